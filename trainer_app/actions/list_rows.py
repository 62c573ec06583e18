"""One row of somebody's list as the answers of a registration: read by the columns, then checked by the one
check that the form has too.

A list cannot give consent. It can say that consent was given: for what, how and when; a row that does not say
all of it is refused with the reason (UU 27/2022 articles 20 and 24).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trainer_app.actions.list_columns import BATCH, Heading, ListColumn, list_columns
from trainer_app.actions.registration import check_registration, day_at
from trainer_app.actions.registration_checks import Registration
from trainer_app.records import places
from trainer_app.records.cells import Cell, is_blank, read_cell, read_village, text_of
from trainer_app.records.fields import Field, FieldType, Value
from trainer_app.records.folding import fold
from trainer_app.records.ids import RecordId
from trainer_app.records.person import NIK_STATUS
from trainer_app.records.problem import InputProblem
from trainer_app.sheets.reading import Line
from trainer_app.words import _

_NO_NUMBER = frozenset({"tidak punya", "tidak ada", "belum punya", "tidak punya hp", "tidak ada hp", "none"})
_NO_NAME = frozenset(
    {"tidak ada", "belum ada", "belum punya nama", "tidak punya", "tanpa nama", "no name yet"}
)
_NIK_WORDS = {fold(word): code for code, word in NIK_STATUS.items()} | {"tidak ada": "tidak_punya"}
_OF_FEW_WORDS = (FieldType.CHOICE, FieldType.CHOICES, FieldType.FLAG)
_REMEMBERED = 2_000
_CONSENT = ("consent.purposes", "consent.manner", "consent.given_at")


@dataclass(frozen=True, slots=True)
class Row:
    """What one row came to. `problems` and `notes` are sentences that begin with the title of the column;
    `checked` are the answers as they would be stored, None when something is wrong.
    """

    line: int
    name: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    checked: Registration | None = None
    batches: tuple[RecordId, ...] = ()


@dataclass(slots=True)
class _Said:
    """The answers of a row on their way."""

    values: dict[str, dict[str, Value]] = field(
        default_factory=lambda: {"person": {}, "enterprise": {}, "consent": {}}
    )
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def answer(self, key: str) -> Value:
        table, _dot, name = key.partition(".")
        return self.values[table].get(name)


class RowReader:
    """Reads rows of one list. `areas` are those of the laptop, whose villages are meant first; `now` is ms
    UTC; `batches` are the ids of batches by folded name.
    """

    def __init__(
        self, heading: Heading, areas: Sequence[int], now: int, batches: Mapping[str, RecordId] | None = None
    ) -> None:
        self._now, self._areas = now, tuple(areas)
        self._batches = batches or {}
        self._places = {key: place for place, key in enumerate(heading.keys) if key}
        known = list_columns()
        self._titles = {key: heading.titles[place] or known[key].title for key, place in self._places.items()}
        later = {*_CONSENT, "person.village", "enterprise.village", BATCH}
        self._plain = [
            known[key] for key in self._places if key not in later and known[key].field is not None
        ]

        self._few: dict[str, dict[Cell, Value]] = {
            one.key: {} for one in self._plain if one.field is not None and one.field.type in _OF_FEW_WORDS
        }

    def read(self, line: Line, *, same_nik: bool = False) -> Row:
        """The row; `same_nik`: it is to be taken though somebody of that NIK is here."""
        said = _Said()
        for column in self._plain:
            self._cell(said, line, column)
        self._villages(said, line)
        home = str(said.answer("person.village") or said.answer("enterprise.village") or "")
        self._consent(said, line, places.utc_hours(home))
        on = day_at(self._now, home or None)
        answers = Registration(**said.values)
        found, checked = check_registration(answers, on, same_nik=same_nik)
        problems = dict(said.problems)
        for problem in found:
            if not self._is_told(problem.field, problems):
                problems[problem.field] = problem.message
        self._consent_whole(said, problems, on)
        return Row(
            line.number,
            text_of(self._at(line, "person.full_name")) or str(said.answer("person.full_name") or ""),
            tuple(self._sentence(key, message) for key, message in problems.items()),
            tuple(said.notes),
            None if problems else checked,
            self._of_batches(said, line),
        )

    def _at(self, line: Line, key: str) -> Cell:
        place = self._places.get(key)
        return None if place is None else line.cell(place)

    def _cell(self, said: _Said, line: Line, column: ListColumn) -> None:
        place = self._places[column.key]
        cell = line.cell(place)
        if place in line.formulas:
            self._formula(said, column, cell)
        if is_blank(cell):
            return
        special = _SPECIAL.get(column.key)
        if special is not None and special(said, fold(text_of(cell))):
            return
        read = self._remembering(column) if column.key in self._few else read_cell
        self._read(said, column, lambda field_: read(field_, cell))

    def _remembering(self, column: ListColumn) -> Callable[[Field, Cell], Value]:
        """What few words are written for is read once."""
        known = self._few[column.key]

        def read(field_: Field, cell: Cell) -> Value:
            value = known.get(cell)
            if value is None:
                value = read_cell(field_, cell)
                if len(known) < _REMEMBERED:
                    known[cell] = value
            return value

        return read

    def _formula(self, said: _Said, column: ListColumn, cell: Cell) -> None:
        title = self._titles[column.key]
        if cell is None:
            message = _("Sel ini berisi rumus tanpa hasil. Ganti dengan nilainya.")
            said.problems.append((column.key, message))
        else:
            said.notes.append(
                _("{kolom}: rumus; dipakai hasil terakhirnya, {isi}").format(kolom=title, isi=text_of(cell))
            )

    def _read(self, said: _Said, column: ListColumn, read: Callable[..., Value]) -> None:
        table, _dot, name = column.key.partition(".")
        try:
            value = read(column.field)
        except InputProblem as problem:
            said.problems.append((column.key, problem.message))
            return
        if value is not None:
            said.values[table][name] = value

    def _villages(self, said: _Said, line: Line) -> None:
        around = " ".join(
            text_of(self._at(line, f"person.village.{name}")) for name in ("district", "regency")
        ).strip()
        for key in ("person.village", "enterprise.village"):
            cell = self._at(line, key)
            if is_blank(cell):
                continue
            near = around if key == "person.village" else ""
            text = text_of(cell)
            self._read(
                said,
                list_columns()[key],
                lambda field_, text=text, near=near: read_village(field_, text, near, self._areas),
            )

    # ---------------------------------------------------------------- consent
    def _consent(self, said: _Said, line: Line, hours: float) -> None:
        for key in _CONSENT:
            cell = self._at(line, key)
            if not is_blank(cell):
                self._read(
                    said, list_columns()[key], lambda field_, cell=cell: read_cell(field_, cell, hours)
                )

    def _consent_whole(self, said: _Said, problems: dict[str, str], on: date) -> None:
        """For what, how and when, or nothing of this person is kept."""
        given = [said.answer(key) for key in _CONSENT]
        if not any(given) and not any(key in problems for key in _CONSENT if said.answer(key)):
            for key in list(problems):
                if key.startswith("consent."):
                    del problems[key]
            problems["consent.purposes"] = _(
                "Belum ada persetujuan. Daftar tidak bisa memberi persetujuan; "
                "isi untuk apa, cara setuju, dan tanggalnya bila peserta sungguh menyetujui."
            )
        elif given[2] is None and "consent.given_at" not in problems:
            problems["consent.given_at"] = _("Kapan persetujuan diberikan belum diisi.")
        elif isinstance(given[2], int) and given[2] > self._now and day_at(given[2], None) > on:
            problems["consent.given_at"] = _("Tanggal persetujuan belum lewat. Periksa tanggalnya.")

    # ---------------------------------------------------------------- words
    def _of_batches(self, said: _Said, line: Line) -> tuple[RecordId, ...]:
        cell = self._at(line, BATCH)
        if is_blank(cell):
            return ()
        found = []
        for name in text_of(cell).split(";"):
            batch = self._batches.get(fold(name))
            if batch is not None:
                found.append(batch)
            elif name.strip():
                message = _("Angkatan “{nama}” tidak ada di laptop ini; orangnya masuk tanpa angkatan itu.")
                said.notes.append(message.format(nama=name.strip()))
        return tuple(found)

    @staticmethod
    def _is_told(key: str, problems: Mapping[str, str]) -> bool:
        """A cell that could not be read needs not be called empty as well."""
        pairs = {"enterprise.unnamed": "enterprise.name", "person.nik_status": "person.nik"}
        return key in problems or pairs.get(key, "") in problems

    def _sentence(self, key: str, message: str) -> str:
        column = list_columns().get(key)
        title = self._titles.get(key) or (column.title if column is not None else "")
        label = column.title if column is not None else ""
        if label and message.startswith(label):  # said of the field; the list has a name of its own for it
            return title + message[len(label) :]
        return message if not title or message.startswith(title) else f"{title}: {message}"


def _no_nik(said: _Said, word: str) -> bool:
    code = _NIK_WORDS.get(word)
    if code is not None and code != "ada":
        said.values["person"]["nik_status"] = code
    return code is not None


def _no_phone(said: _Said, word: str) -> bool:
    if word in _NO_NUMBER:
        said.values["person"]["phone_status"] = "tidak_punya"
    return word in _NO_NUMBER


def _no_name(said: _Said, word: str) -> bool:
    if word in _NO_NAME:
        said.values["enterprise"]["unnamed"] = 1
    return word in _NO_NAME


_SPECIAL: Mapping[str, Callable[[_Said, str], bool]] = {
    "person.nik": _no_nik,
    "person.phone": _no_phone,
    "enterprise.name": _no_name,
}
