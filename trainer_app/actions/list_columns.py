"""The columns of a list of people, made from what records say of their fields: what may be in one, which
column of somebody's list is which, and the empty list to fill in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgpack

from trainer_app.records.cells import AROUND, is_blank, text_of, words_of_choices
from trainer_app.records.checks.phone import read_phones
from trainer_app.records.fields import Field, FieldType, Record, fields_by_name, listed_fields
from trainer_app.records.folding import fold
from trainer_app.records.kinds import Consent, Enrolment, Enterprise, Person
from trainer_app.sheets.reading import Line
from trainer_app.sheets.writing import SheetColumn
from trainer_app.storage.store import Store
from trainer_app.words import LANGUAGES, _, speaking

PARTS: tuple[type[Record], ...] = (Person, Enterprise, Consent)
BATCH = "enrolment.batch"
#: Rows at the top of a list in which its titles are looked for: letterheads come before them.
HEAD_ROWS = 25
_NEEDED = frozenset(
    {"person.full_name", "person.sex", "person.village", "enterprise.name", "enterprise.business_group"}
    | {"consent.purposes", "consent.manner", "consent.given_at"}
)
_SURE = 0.8
_MOST_REMEMBERED = 500
_REMEMBERED = "list_columns"


@dataclass(frozen=True, slots=True)
class ListColumn:
    """Something a list can say. `key` is "person.full_name"; `field` is None for the words around a place."""

    key: str
    label: str
    field: Field | None = None
    needed: bool = False
    also: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """In the language in force."""
        return _(self.label)


@cache
def list_columns() -> dict[str, ListColumn]:
    """All of them by key, in the order of the form."""
    found: list[ListColumn] = []
    for cls in PARTS:
        for field in listed_fields(cls):
            if field.type is FieldType.REFERENCE:
                continue
            key = f"{cls.table}.{field.name}"
            found.append(ListColumn(key, field.label, field, key in _NEEDED, field.titles))
            if key == "person.village":
                found += [
                    ListColumn(f"{key}.{name}", label, None, False, also)
                    for name, (label, also) in AROUND.items()
                ]
    batch = fields_by_name(Enrolment)["batch"]
    found.append(ListColumn(BATCH, batch.label, batch, False, ("kelompok", "kelas", "gelombang")))
    return {column.key: column for column in found}


# ---------------------------------------------------------------- which column is which
@dataclass(frozen=True, slots=True)
class Heading:
    """The row of titles, and what each column is taken for ("" is not used)."""

    row: int
    titles: tuple[str, ...]
    keys: tuple[str, ...]


@cache
def _known_titles() -> dict[str, str]:
    known: dict[str, str] = {}
    for key, column in list_columns().items():
        words = [column.key, *column.also]
        for language in LANGUAGES:
            with speaking(language):
                words.append(column.title)
        for word in words:
            known.setdefault(fold(word), key)
    return known


def _key_of(title: str, remembered: Mapping[str, str]) -> str:
    folded = fold(title.replace("*", ""))
    known = remembered.get(folded)
    if known is not None:
        return known if known in list_columns() else ""
    bare = re.sub(r"\s*\(.*?\)", "", title.replace("*", ""))
    return _known_titles().get(folded) or _known_titles().get(fold(bare)) or ""


def find_heading(lines: Sequence[Line], remembered: Mapping[str, str]) -> Heading:
    """The row among the first ones whose cells are known as titles best, and what its columns are: by title,
    by what somebody said of such a title before, and by what is in them.
    """
    best, most = lines[0], -1
    for line in lines[:HEAD_ROWS]:
        hits = len({key for cell in line.cells if (key := _key_of(text_of(cell), remembered))})
        if hits > most:
            best, most = line, hits
    width = max(len(line.cells) for line in lines)
    titles = tuple(text_of(best.cell(place)) for place in range(width))
    keys: list[str] = []
    for title in titles:
        key = _key_of(title, remembered) if title else ""
        keys.append("" if key in keys else key)
    below = [line for line in lines if line.number > best.number and not is_numbering(line)]
    for place, key in enumerate(keys):
        if not key and fold(titles[place]) not in remembered:
            guess = _by_content([line.cell(place) for line in below])
            keys[place] = guess if guess and guess not in keys else ""
    return Heading(best.number, titles, tuple(keys))


def is_numbering(line: Line) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 …"""
    told = [text_of(cell) for cell in line.cells]
    return len(told) > 2 and told == [str(n) for n in range(1, len(told) + 1)]


def _by_content(cells: Sequence[object]) -> str:
    texts = [text_of(cell) for cell in cells if not is_blank(cell)]  # type: ignore[arg-type]  # cells of a line
    if len(texts) < 2:
        return ""
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("person.nik", lambda text: len(re.sub(r"\D", "", text)) == 16),
        ("person.phone", _is_phone),
        ("person.sex", lambda text: fold(text) in ("l", "p", "lk", "pr", "laki laki", "perempuan")),
    )
    for key, holds in tests:
        if sum(map(holds, texts)) >= _SURE * len(texts):
            return key
    return ""


def _is_phone(text: str) -> bool:
    readings = read_phones(text)
    return bool(readings) and readings[0].e164 is not None and len(re.sub(r"\D", "", text)) >= 9


def remembered_titles(store: Store) -> dict[str, str]:
    """What was said of titles on this laptop, folded; "" where a column was not to be used."""
    return dict(msgpack.unpackb(store.meta(_REMEMBERED, b"\x80")))


def remember_titles(store: Store, heading: Heading) -> None:
    """Keep what the columns of a list were taken for. Titles only, nothing of what is in the list."""
    said = {fold(title): key for title, key in zip(heading.titles, heading.keys, strict=True) if title}
    kept = {**remembered_titles(store), **said}
    store.set_meta(_REMEMBERED, msgpack.packb(dict(list(kept.items())[-_MOST_REMEMBERED:])))


def lacking(keys: Sequence[str]) -> list[ListColumn]:
    """Columns without which no row can be registered."""
    there = set(keys)
    return [
        column
        for key, column in list_columns().items()
        if column.needed
        and key not in there
        and not (key == "enterprise.name" and "enterprise.unnamed" in there)
    ]


# ---------------------------------------------------------------- the list to fill in
def template_columns() -> list[SheetColumn]:
    """The columns of an empty list, those that are needed marked, with choices to drop down."""
    made = []
    for column in list_columns().values():
        choices = words_of_choices(column.field) if column.field is not None else ()
        several = column.field is not None and column.field.type is FieldType.CHOICES
        made.append(
            SheetColumn(
                column.title,
                max(14, min(34, len(column.title) + 4)),
                () if several else choices,
                needed=column.needed,
            )
        )
    return made


def template_notes() -> list[str]:
    """How the list is to be filled in."""
    several = [
        c for c in list_columns().values() if c.field is not None and c.field.type is FieldType.CHOICES
    ]
    notes = [
        _("Satu baris untuk satu orang dengan satu usaha. Kolom berwarna kuning wajib diisi."),
        _("Nama usaha boleh kosong bila kolom “Usaha belum punya nama” diisi Ya."),
        _(
            "NIK dan nomor HP ditulis sebagai teks, supaya angkanya tidak hilang. "
            "Tanpa NIK, isi kolom “NIK ada?”."
        ),
        _("Tanggal: 14-03-1984, atau tahunnya saja. Desa: tulis juga kecamatan dan kabupatennya."),
        _(
            "Persetujuan tidak bisa diberikan oleh daftar. Isi hanya bila peserta sungguh menyetujui: "
            "untuk apa, dengan cara apa, dan kapan. Baris tanpa itu tidak dimasukkan."
        ),
    ]
    for column in several:
        assert column.field is not None  # noqa: S101 (several are fields)
        words = "; ".join(words_of_choices(column.field))
        notes.append(
            _("{kolom} (boleh lebih dari satu, pisahkan dengan titik koma): {pilihan}").format(
                kolom=column.title, pilihan=words
            )
        )
    return notes
