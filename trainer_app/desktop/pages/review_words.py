"""What a question says on the page: its heading, the rows of its table and what stands in each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from trainer_app.actions.review_reading import Compared, Key, Side, TwoPeople, TwoValues, Wrote, declared
from trainer_app.desktop.pages.person_words import value_words
from trainer_app.desktop.parts.record_form import village_words
from trainer_app.desktop.sending_words import moment
from trainer_app.records.checks.nik import mask_nik
from trainer_app.records.fields import Record, Value, fields_by_name
from trainer_app.records.kinds import Enterprise, Person
from trainer_app.records.matching import SAME_BIRTH, SAME_NIK, SAME_PHONE
from trainer_app.words import N_, _, date_short, day_and_time, time_of_day

SAME, CHOICE, BOTH = "same", "choice", "both"
#: Shown of two people also when they are equal, in this order; any other answer only when it differs.
_ALWAYS: tuple[Key, ...] = (
    (Person, "full_name"),
    (Person, "nik"),
    (Person, "phone"),
    (Enterprise, "name"),
    (Person, "birth_date"),
    (Person, "village"),
)
REASONS = {
    SAME_NIK: N_("NIK sama"),
    SAME_PHONE: N_("nama mirip, nomor HP sama"),
    SAME_BIRTH: N_("nama mirip, tanggal lahir dan desa sama"),
}
_GROUPS = 4
_HIDDEN = "•"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: `key` only where somebody chooses. `kind`: the same, a choice, or both count."""

    label: str
    left: str
    right: str
    kind: str
    key: Key | None = None


def wrote_words(wrote: Wrote, now: datetime) -> str:
    """ "Pak Budi · 3 Okt 2026 · Laptop 02"."""
    parts = [wrote.author]
    if wrote.at is not None:
        at = moment(wrote.at)
        if at.date() == now.date():
            parts.append(_("hari ini {jam}").format(jam=time_of_day(at)))
        else:
            parts.append(date_short(at.date()) if at.year != now.year else day_and_time(at))
    parts.append(_("laptop ini") if wrote.here else wrote.device)
    return " · ".join(part for part in parts if part) or _("tidak diketahui")


def label_of(key: Key) -> str:
    """The name of a field, short: without what stands in brackets or behind a stroke on the form."""
    return _(declared(key)).split(" (")[0].split(" / ")[0]


# ---------------------------------------------------------------- two people
def people_reason(two: TwoPeople) -> str:
    """ "NIK sama; berbeda: Nomor HP, Nama usaha"."""
    different = [label_of((c.cls, c.field)) for c in two.compared if c.differs]
    reason = _(REASONS.get(two.pair.reason, REASONS[SAME_NIK]))
    if not different:
        return reason
    shown = ", ".join(different[:3]) + (", …" if len(different) > 3 else "")
    return _("{alasan}; berbeda: {isian}").format(alasan=reason, isian=shown)


def people_rows(two: TwoPeople) -> list[Row]:
    """The rows of a question about two people: who they are first, then what else differs."""
    by_key = {(item.cls, item.field): item for item in two.compared}
    rows = [_row(by_key[key], two) for key in _ALWAYS if key in by_key and _said(by_key[key])]
    rows += [_row(item, two) for key, item in by_key.items() if key not in _ALWAYS and item.differs]
    attended = _attended(two.first), _attended(two.second)
    if any(side.attended for side in (two.first, two.second)):
        rows.append(Row(_("Hadir pelatihan"), *attended, BOTH))
    return rows


def _said(item: Compared) -> bool:
    return item.first is not None or item.second is not None


def _row(item: Compared, two: TwoPeople) -> Row:
    key = (item.cls, item.field)
    label = _("Desa") if key == (Person, "village") else label_of(key)
    left, right = _cells(item, two)
    if item.differs:
        return Row(label, left, right, CHOICE, key)
    return Row(label, left or "–", right or "–", SAME if item.first == item.second else BOTH)


def _cells(item: Compared, two: TwoPeople) -> tuple[str, str]:
    if item.field == "nik":
        return nik_words(item.first, item.second)
    if item.field == "village":
        return _village(item.first, item.second)
    declared_field = fields_by_name(item.cls)[item.field]
    sides: Sequence[Record | None] = (
        (two.first.person, two.second.person) if item.cls is Person else (two.first.firm, two.second.firm)
    )
    left, right = (
        value_words(declared_field, value, side)
        for value, side in zip((item.first, item.second), sides, strict=True)
    )
    return left, right


def _village(one: Value, other: Value) -> tuple[str, str]:
    first, second = (village_words(str(code) if code else None) for code in (one, other))
    if first[0] == second[0] and one != other:  # two villages of one name: say where each lies
        return ", ".join(first), ", ".join(second)
    return first[0], second[0]


def nik_words(one: Value, other: Value) -> tuple[str, str]:
    """Two NIKs masked as everywhere, but for the digits in which they differ: those are the question."""
    a, b = str(one or ""), str(other or "")
    if len(a) != len(b) or a == b or len(a) != _GROUPS * _GROUPS:
        return mask_nik(a), mask_nik(b)
    return "".join(_compared(a, b)), "".join(_compared(b, a))


def _compared(mine: str, other: str) -> Iterator[str]:
    for place, digit in enumerate(mine):
        if place and place % _GROUPS == 0:
            yield " "
        open_part = place < _GROUPS or place >= len(mine) - _GROUPS
        yield digit if open_part or digit != other[place] else _HIDDEN


def _attended(side: Side) -> str:
    return ", ".join(side.attended) or _("belum pernah")


# ---------------------------------------------------------------- two values
def value_label(two: TwoValues) -> str:
    """The name of the field in question."""
    return label_of((two.finding.cls, two.finding.field))


def value_rows(two: TwoValues) -> list[Row]:
    """The rows of a question about one field: of whom, and the two values."""
    rows = []
    key: Key = (two.finding.cls, two.finding.field)
    if two.person is not None and key != (Person, "full_name"):
        name = two.person.full_name or _("Tanpa nama")
        rows.append(Row(_("Nama"), name, name, SAME))
    elif two.person is not None:
        place = village_words(two.person.village)[0]
        rows.append(Row(_("Desa"), place, place, SAME))
    if two.session is not None:
        topic = two.session.topic or _("sesi")
        rows.append(Row(_("Sesi"), topic, topic, SAME))
    item = Compared(*key, *two.values)
    if two.finding.field == "nik":
        cells = nik_words(*two.values)
    elif two.finding.field == "village":
        cells = _village(*two.values)
    else:
        field = fields_by_name(item.cls)[item.field]
        cells = (value_words(field, two.values[0]), value_words(field, two.values[1]))
    rows.append(Row(value_label(two), cells[0] or _("kosong"), cells[1] or _("kosong"), CHOICE, key))
    return rows
