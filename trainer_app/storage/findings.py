"""Findings for people: two laptops changed the same critical field without knowing of each other.

A finding never holds anything up: the newest value counts at once, the other is kept with it until somebody
has looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.fields import KINDS, Record, Value, fields_by_number
from trainer_app.records.ids import RecordId
from trainer_app.records.merge import Overwritten
from trainer_app.records.operation import Stamp
from trainer_app.storage.database import Connection
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

OPEN = "open"


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
    state: str


def note_conflicts(
    store: Store,
    c: Connection,
    cls: type[Record],
    area: int,
    row: RecordId,
    met: list[Overwritten],
    incoming: Stamp,
    base: int,
) -> None:
    """Open a finding for each critical field whose two values were written without sight of each other."""
    known = fields_by_number(cls)
    for item in met:
        declared = known.get(item.number)
        if declared is None or not declared.critical or item.winning == item.losing:
            continue
        if item.winner[1] == item.loser[1]:
            continue
        seen = base if item.winner == incoming else _base_of(store, c, area, item.winner)
        if seen >= item.loser[0]:
            continue
        detail = msgpack.packb([list(item.winner), item.winning, list(item.loser), item.losing])
        other = item.loser[1] + item.loser[2].to_bytes(8, "big")
        c.run(
            insert_into("review", "ON CONFLICT DO NOTHING"),
            area,
            cls.kind,
            row,
            item.number,
            other,
            detail,
            store.clock.now_ms(),
            OPEN,
        )


def _base_of(store: Store, c: Connection, area: int, stamp: Stamp) -> int:
    """What the author of a stored operation had seen of the fields it wrote."""
    from trainer_app.storage.feeds import operation_at

    operation = operation_at(store, c, area, stamp[1], stamp[2])
    return operation.base if operation else 0


def findings(store: Store, state: str = OPEN, limit: int = 500) -> list[Finding]:
    """The findings of this replica, newest first."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT kind, area, row, field, detail, found_at, state FROM review "
            "WHERE state = ? ORDER BY found_at DESC LIMIT ?",
            state,
            limit,
        )
    made = []
    for kind, area, row, number, detail, found_at, held in rows:
        cls = KINDS[kind]
        winner, winning, loser, losing = msgpack.unpackb(detail)
        made.append(
            Finding(
                cls,
                area,
                bytes(row),
                fields_by_number(cls)[number].name,
                (winner[0], winner[1], winner[2]),
                winning,
                (loser[0], loser[1], loser[2]),
                losing,
                found_at,
                held,
            )
        )
    return made
