"""Findings for people, read: which values of a critical field two laptops wrote without knowing of each
other.

A finding never holds anything up: the newest value counts at once, the others are kept with it until somebody
has decided. They are kept by `conflicts`, in the transactions that save and apply.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.clock import milliseconds
from trainer_app.records.decision import ABOUT_VALUE
from trainer_app.records.fields import KINDS, Record, Value, fields_by_name, fields_by_number
from trainer_app.records.ids import RecordId
from trainer_app.records.operation import NO_STAMP, Stamp
from trainer_app.storage.conflicts import COUNTS, OPEN, unpack
from trainer_app.storage.database import Connection, Row
from trainer_app.storage.lookalikes import open_pairs
from trainer_app.storage.moved_rows import LateEdit, late_edits, misplaced

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class Finding:
    """Two values of one field, both meant; `winner` and `loser` are (effective clock, replica id, number)."""

    cls: type[Record]
    area: int
    row: RecordId
    field: str
    winner: Stamp
    winning: Value
    loser: Stamp
    losing: Value
    found_at: int
    #: Where the value that does not count was written, when that is another area: the record moved.
    losing_area: int | None = None


def open_questions(store: Store, c: Connection) -> int:
    """How many questions wait for an answer; several values of one field are one question."""
    sql = "SELECT DISTINCT area, kind, row, field FROM review WHERE state = ? AND field > 0"
    values = int(c.value(f"SELECT COUNT(*) FROM ({sql}) q", OPEN))
    again = int(c.value(f"SELECT COUNT(*) FROM decision d WHERE {_TAKEN_BACK}"))
    return values + again + len(open_pairs(c)) + len(late_edits(store, c)) + len(misplaced(store, c))


#: Answers about a value that were taken back, while the field does not raise the question by itself again.
_TAKEN_BACK = (
    f"d.about = '{ABOUT_VALUE}' AND d.undone_at IS NOT NULL AND d.deleted_at IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM review v WHERE v.area = d.area AND v.kind = d.kind_of AND v.row = d.first "
    f"AND v.field = d.field AND v.state = '{OPEN}')"
)


def findings(store: Store, limit: int = 500) -> list[Finding]:
    """The open contradictions of this replica, those met last first; then those asked again."""
    with store.db.reading() as c:
        lines = c.all(
            "SELECT l.kind, l.area, l.row, l.field, w.detail, l.detail, l.found_at FROM review l "
            "JOIN review w ON w.area = l.area AND w.kind = l.kind AND w.row = l.row AND w.field = l.field "
            "WHERE l.state = ? AND w.state = ? AND l.field > 0 "
            "ORDER BY l.found_at DESC, l.area, l.kind, l.row, l.field, l.other LIMIT ?",
            *(OPEN, COUNTS, limit),
        )
        again = c.all(
            f"SELECT d.kind_of, d.area, d.first, d.field, d.changes, d.undone_at FROM decision d "
            f"WHERE {_TAKEN_BACK} ORDER BY d.undone_at DESC, d.id LIMIT ?",
            limit,
        )
    made = []
    for kind, area, row, number, winning, losing, found_at in lines:
        cls, counts, lost = KINDS[kind], unpack(bytes(winning)), unpack(bytes(losing))
        name = fields_by_number(cls)[number].name
        said = (counts.stamp, counts.value, lost.stamp, lost.value)
        made.append(Finding(cls, area, bytes(row), name, said[0], said[1], said[2], said[3], found_at))
    with store.db.reading() as c:
        made += [_late(edit) for edit in late_edits(store, c)]
    return made + [found for line in again if (found := _asked_again(store, line)) is not None]


def _late(edit: LateEdit) -> Finding:
    """The value of the new area counts, that of the old one is asked about."""
    number = fields_by_name(edit.cls)[edit.field].number
    counts, said = edit.new.stamps.get(number, NO_STAMP), edit.old.stamps[number]
    values = edit.new.values.get(number), edit.old.values.get(number)
    return Finding(
        edit.cls,
        edit.area,
        edit.row,
        edit.field,
        counts,
        values[0],
        said,
        values[1],
        milliseconds(said[0]),
        losing_area=edit.old_area,
    )


def _asked_again(store: Store, line: Row) -> Finding | None:
    """A question whose answer was taken back: the value that counts now, and the other one."""
    kind, area, row, number, changes, undone_at = line
    cls = KINDS.get(kind)
    held = store.get(cls, bytes(row)) if cls is not None else None
    if cls is None or held is None or number not in fields_by_number(cls):
        return None
    field = fields_by_number(cls)[number].name
    counts = getattr(held, field)
    told = json.loads(changes or "[]")
    values = [value for change in told[:1] for value in change[4:]]
    other = next((value for value in values if value != counts), None)
    return Finding(cls, area, bytes(row), field, NO_STAMP, counts, NO_STAMP, other, undone_at)
