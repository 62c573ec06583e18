"""Who of a list is here already, or twice in the list: sure ones are left out, doubtful ones are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trainer_app.actions.list_rows import Row
from trainer_app.records.checks.names import SIMILAR, fold_name, match_name
from trainer_app.records.fields import Value
from trainer_app.records.matching import SAME_BIRTH, SAME_NIK, SAME_PHONE, PersonKey, doubt
from trainer_app.storage.imports import alike
from trainer_app.storage.lookalikes import CROWD, prints_of
from trainer_app.storage.search import duplicates
from trainer_app.storage.store import Store
from trainer_app.words import N_, _

#: Surely here already; may be here.
KNOWN, MAYBE = "known", "maybe"
REASONS = {
    SAME_NIK: N_("NIK sama, nama berbeda"),
    SAME_PHONE: N_("Nama mirip, nomor HP sama"),
    SAME_BIRTH: N_("Nama mirip, desa dan tahun lahir sama"),
    "name": N_("Nama dan desa sama, tahun lahir belum lengkap"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a row is not simply new. `other` is the id of who is here, or None for a row of the list itself,
    whose line is `other_line`.
    """

    line: int
    name: str
    kind: str
    reason: str
    other: bytes | None
    other_name: str
    other_line: int = 0

    @property
    def words(self) -> str:
        """The reason, in words."""
        return _(REASONS.get(self.reason, self.reason))


class Twins:
    """Judges rows in the order of the list; remembers those it has seen by what they may be met with."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: dict[int, list[PersonKey]] = defaultdict(list)

    def judge(self, rows: Sequence[Row], *, skip_store: bool = False) -> dict[int, Verdict]:
        """Verdicts by line, for rows that are not simply new."""
        keys = [key_of(row) for row in rows]
        here = {} if skip_store else alike(self._store, keys)
        found: dict[int, Verdict] = {}
        for place, (row, key) in enumerate(zip(rows, keys, strict=True)):
            met = here.get(place) or self._unnumbered(key, skip_store)
            verdict = _worst(row, key, met) or self._in_list(row, key)
            if verdict is not None:
                found[row.line] = verdict
            if verdict is None or verdict.kind == MAYBE:
                self._note(key)
        return found

    def _unnumbered(self, key: PersonKey, skip_store: bool) -> list[tuple[PersonKey, str]]:
        """Somebody without any number or year of birth is looked for as the form does."""
        if skip_store or key.nik or key.phone or key.year:
            return []
        return [(other, "name") for other, _likeness in duplicates(self._store, key, 3)]

    def _in_list(self, row: Row, key: PersonKey) -> Verdict | None:
        met: dict[int, PersonKey] = {}
        for one in _prints(key):
            met.update((id(other), other) for other in self._seen.get(one, ()))
        doubts = [(other, reason) for other in met.values() if (reason := _reason(key, other)) is not None]
        return _worst(row, key, doubts)

    def _note(self, key: PersonKey) -> None:
        for one in _prints(key):
            if len(self._seen[one]) < CROWD:
                self._seen[one].append(key)


def _prints(key: PersonKey) -> set[int]:
    numbers = prints_of(key)
    return numbers or {hash((fold_name(key.name), key.village))}


def _reason(key: PersonKey, other: PersonKey) -> str | None:
    found = doubt(key, other)
    if (
        found is None
        and not (key.nik or key.phone or key.year)
        and not (other.nik or other.phone or other.year)
    ):
        return "name" if _same_words(key, other) else None
    return found


def _worst(row: Row, key: PersonKey, met: Sequence[tuple[PersonKey, str]]) -> Verdict | None:
    """The verdict that says most: surely here before perhaps here."""
    doubtful: Verdict | None = None
    for other, reason in met:
        sure = _is_known(key, other, reason)
        of_list = isinstance(other.id, str)
        verdict = Verdict(
            row.line,
            row.name,
            KNOWN if sure else MAYBE,
            reason,
            None if of_list else bytes(other.id),  # type: ignore[arg-type]  # ids of rows are texts
            other.name,
            int(other.id) if of_list else 0,
        )
        if sure:
            return verdict
        doubtful = doubtful or verdict
    return doubtful


def _is_known(key: PersonKey, other: PersonKey, reason: str) -> bool:
    """The same NIK with a like name; or all that is compared is the same."""
    if reason == SAME_NIK:
        return match_name(key.name, other.name) >= SIMILAR
    told = (key.nik, key.phone, key.birth_date, key.year)
    return _same_words(key, other) and told == (other.nik, other.phone, other.birth_date, other.year)


def _same_words(key: PersonKey, other: PersonKey) -> bool:
    return key.village == other.village and fold_name(key.name) == fold_name(other.name)


def key_of(row: Row) -> PersonKey:
    """What is compared of a row; its id is its line, as text."""
    values: Mapping[str, Value] = row.checked.person if row.checked is not None else {}
    born = str(values.get("birth_date") or "")
    return PersonKey(
        str(row.line),
        str(values.get("full_name") or ""),
        nik=_text(values.get("nik")),
        phone=_text(values.get("phone")),
        birth_year=int(born[:4]) if born[:4].isdigit() else None,
        birth_date=date.fromisoformat(born) if len(born) == 10 else None,
        village=_text(values.get("village")),
    )


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
