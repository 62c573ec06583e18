"""The log of a store as the simulation reads it: with its own eyes, not with the program's merge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import msgpack

from trainer_app.records.operation import Operation
from trainer_app.records.segment import Header, open_segment, peek
from trainer_app.storage.applying import SNAPSHOTS
from trainer_app.storage.feeds import SEGMENT_SQL, StoredSegment, stored_segment, unsealed
from trainer_app.storage.store import Store

#: What an operation says, whoever says it: area, kind, row, stamp as written, values.
Key = tuple[int, int, bytes, int, bytes]


def key_of(one: Operation) -> Key:
    """The content of an operation, the same when a restored laptop says it again under another name."""
    return one.area, one.kind, one.row, one.hlc, msgpack.packb(sorted(one.values.items()))


@lru_cache(maxsize=4096)
def _operations(body: bytes) -> tuple[Operation, ...]:
    return tuple(open_segment(body, None).operations())


@lru_cache(maxsize=4096)
def header_of(body: bytes) -> Header:
    """The header of a stored segment."""
    return peek(body)


def operations_of(segment: StoredSegment) -> tuple[Operation, ...]:
    """The content of a stored segment."""
    return _operations(segment.body)


def segments(store: Store) -> list[StoredSegment]:
    """Every segment of a store, feed by feed."""
    with store.db.reading() as c:
        rows = c.all(f"{SEGMENT_SQL} ORDER BY s.area, r.id, s.lo")
    return [stored_segment(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Line:
    """An operation of a log, with the stamp that counts."""

    operation: Operation
    effective: int
    state: str
    key: Key


def lines(store: Store) -> Iterator[Line]:
    """Every operation of a log, sealed or not, in the order of its feed."""
    for segment in segments(store):
        for one in operations_of(segment):
            yield Line(one, _effective(one, segment), segment.state, key_of(one))
    with store.db.reading() as c:
        areas = [row[0] for row in c.all("SELECT DISTINCT area FROM operation ORDER BY area")]
        waiting = [one for area in areas for one in unsealed(store, c, area)]
    for one in waiting:
        yield Line(one, one.hlc, "open", key_of(one))


def _effective(one: Operation, segment: StoredSegment) -> int:
    if segment.restamp is None or one.seq < segment.restamp[0]:
        return one.hlc
    return segment.restamp[1] + one.seq - segment.restamp[0]


def held_keys(store: Store) -> dict[Key, tuple[bytes, int]]:
    """What a log holds and can hand on: content, and the replica and area under which it does."""
    return {
        line.key: (line.operation.replica, line.operation.area)
        for line in lines(store)
        if line.state not in SNAPSHOTS
    }
