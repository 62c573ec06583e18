"""Which values of one critical field were written without sight of each other: the same on every replica, in
whatever order the operations came.

Of all operations that wrote a field, those still speak whose stamp is newer than everything that any of them
had seen (its `base`). While one speaks alone there is nothing to keep. Else all that speak lie in `review`,
the winner too: whatever arrives later finds there what it needs, so nothing has to be looked up in the log
but once, when two meet for the first time. An edit that saw the winner silences all, so a decision is an edit
like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.fields import Record, Value, fields_by_number, per_kind
from trainer_app.records.ids import RecordId
from trainer_app.records.merge import Overwritten
from trainer_app.records.operation import Operation, Stamp
from trainer_app.storage.database import Connection
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: States in `review`: a value that lost and is a question, the one that counts, and one that says the same.
OPEN, COUNTS, AGREES = "open", "counts", "agrees"


@dataclass(frozen=True, slots=True)
class Said:
    """One operation on one field: its stamp, the newest stamp its author had seen, and the value."""

    stamp: Stamp
    base: int
    value: Value


@per_kind
def critical_numbers(cls: type[Record]) -> frozenset[int]:
    """The fields of a kind whose unseen edits are asked about."""
    return frozenset(number for number, field in fields_by_number(cls).items() if field.critical)


def said(stamp: Stamp, base: int, value: Value) -> Said:
    """What an operation said. Nobody has seen what comes later than oneself, whatever a wrong clock wrote
    before a receipt corrected it.
    """
    return Said(stamp, min(base, stamp[0] - 1), value)


def still_speaking(all_said: Iterable[Said]) -> list[Said]:
    """Those that none of the others had seen, the winner first."""
    everyone = list(all_said)
    seen = max((one.base for one in everyone), default=0)
    return sorted((one for one in everyone if one.stamp[0] > seen), key=lambda one: one.stamp, reverse=True)


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
    """Bring what speaks about each critical field up to date after `incoming` met what was there."""
    critical = critical_numbers(cls)
    for item in met:
        if item.number not in critical:
            continue
        won = item.winner == incoming
        new = said(incoming, base, item.winning if won else item.losing)
        other, value = (item.loser, item.losing) if won else (item.winner, item.winning)
        there = _load(store, c, cls, area, row, item.number)
        if not there:
            if won and new.base >= other[0]:
                continue  # an ordinary correction
            there = [said(other, _base_of(store, c, area, other), value)]
        if all(one.stamp != incoming for one in there):
            _write(store, c, cls, area, row, item.number, [*there, new])


def settle(c: Connection, cls: type[Record], area: int, row: RecordId, numbers: Iterable[int]) -> None:
    """Somebody here wrote these fields after having seen what won: nothing else speaks any longer."""
    for number in critical_numbers(cls).intersection(numbers):
        c.run(
            "DELETE FROM review WHERE area = ? AND kind = ? AND row = ? AND field = ?",
            *(area, cls.kind, row, number),
        )


def rewrite(
    store: Store,
    c: Connection,
    cls: type[Record],
    area: int,
    row: RecordId,
    log: Iterable[tuple[Operation, int]],
) -> None:
    """Work out anew what speaks about a record from all its operations (with the stamps that count)."""
    by_field: dict[int, list[Said]] = {number: [] for number in critical_numbers(cls)}
    for operation, hlc in log:
        for number in by_field.keys() & operation.values.keys():
            stamp = (hlc, operation.replica, operation.seq)
            by_field[number].append(said(stamp, operation.base, operation.values[number]))
    for number, all_said in by_field.items():
        _write(store, c, cls, area, row, number, all_said)


def _base_of(store: Store, c: Connection, area: int, stamp: Stamp) -> int:
    """What the author of a stored operation had seen of the fields it wrote."""
    from trainer_app.storage.feeds import operation_at

    operation = operation_at(store, c, area, stamp[1], stamp[2])
    return operation.base if operation else 0


def _load(
    store: Store, c: Connection, cls: type[Record], area: int, row: RecordId, number: int
) -> list[Said]:
    rows = c.all(
        "SELECT detail FROM review WHERE area = ? AND kind = ? AND row = ? AND field = ?",
        *(area, cls.kind, row, number),
    )
    return [unpack(bytes(detail)) for (detail,) in rows]


def _write(
    store: Store,
    c: Connection,
    cls: type[Record],
    area: int,
    row: RecordId,
    number: int,
    all_said: Iterable[Said],
) -> None:
    settle(c, cls, area, row, [number])
    speaking = still_speaking(all_said)
    if len(speaking) < 2:
        return
    first, now = speaking[0], store.clock.now_ms()
    c.many(
        insert_into("review"),
        [
            (area, cls.kind, row, number, _key(one.stamp), _pack(one), now, _state(one, first))
            for one in speaking
        ],
    )


def _state(one: Said, first: Said) -> str:
    if one is first:
        return COUNTS
    return AGREES if one.value == first.value or one.stamp[1] == first.stamp[1] else OPEN


def _key(stamp: Stamp) -> bytes:
    return stamp[1] + stamp[2].to_bytes(8, "big")


def _pack(one: Said) -> bytes:
    return bytes(msgpack.packb([list(one.stamp), one.base, one.value]))


def unpack(detail: bytes) -> Said:
    """A line of `review` about a field."""
    stamp, base, value = msgpack.unpackb(detail)
    return Said((stamp[0], bytes(stamp[1]), stamp[2]), base, value)
