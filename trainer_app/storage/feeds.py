"""The log of this store: own operations not yet sealed, segments of all feeds, and what is known of each
feed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.operation import Operation
from trainer_app.records.segment import Restamp, Segment, fitting, open_segment, seal_segment
from trainer_app.storage.applying import APPLIED, lock_area, next_pos
from trainer_app.storage.conditions import in_areas
from trainer_app.storage.database import Connection, Row
from trainer_app.storage.replicas import OWN
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: A segment is sealed when somebody sends, or earlier at so many operations.
OPERATIONS_PER_SEGMENT = 20_000

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A segment as it lies in the store; `body` are the signed bytes, verbatim."""

    area: int
    replica: bytes
    lo: int
    hi: int
    pos: int
    hash: bytes
    state: str
    restamp: Restamp | None
    body: bytes


@dataclass(frozen=True, slots=True)
class FeedHead:
    """How much of a feed is here without a gap, and how much of it the hub and the centre confirmed."""

    area: int
    replica: bytes
    last_seq: int
    head_seq: int
    head_hash: bytes
    hub_seq: int
    centre_seq: int


def seal(store: Store, sign: Sign) -> int:
    """Turn all own operations that are not in a segment yet into signed segments; gives how many segments.

    `sign` signs bytes with this replica's key. One transaction per segment; a cut leaves whole segments.
    """
    with store.db.reading() as c:
        areas = [
            row[0]
            for row in c.all("SELECT DISTINCT area FROM operation WHERE replica = ? ORDER BY area", OWN)
        ]
    made = 0
    for area in areas:
        while store.db.transact(partial(_seal_one, store, area, sign)):
            made += 1
    if made and store.anchor is not None:
        store.anchor.keep(store)  # before any of it leaves
    return made


def _seal_one(store: Store, area: int, sign: Sign, c: Connection) -> bool:
    lock_area(c, area)
    operations = unsealed(store, c, area, OPERATIONS_PER_SEGMENT)
    if not operations:
        return False
    operations = operations[: fitting(operations)]
    head_hash = c.value("SELECT head_hash FROM feed WHERE area = ? AND replica = ?", area, OWN)
    body, segment = seal_segment(
        operations,
        replica=store.replica,
        area=area,
        prev_hash=bytes(head_hash),
        sign=sign,
        os_clock=store.clock.now_ms() - store.clock.offset_ms,
        offset_ms=store.clock.offset_ms,
    )
    c.run(
        insert_into("segment"),
        area,
        OWN,
        segment.lo,
        segment.hi,
        next_pos(c, area),
        segment.hash,
        APPLIED,
        None,
        None,
        store.clock.now_ms(),
        body,
    )
    c.run(
        "UPDATE feed SET head_seq = ?, head_hash = ?, head_hlc = ? WHERE area = ? AND replica = ?",
        segment.hi,
        segment.hash,
        operations[-1].hlc,
        area,
        OWN,
    )
    c.run("DELETE FROM operation WHERE area = ? AND replica = ? AND seq <= ?", area, OWN, segment.hi)
    return True


def unsealed(store: Store, c: Connection, area: int, limit: int = -1) -> list[Operation]:
    """Own operations of an area that are in no segment yet, in order."""
    sql = (
        "SELECT kind, row, seq, hlc, author, base, body FROM operation "
        "WHERE area = ? AND replica = ? ORDER BY seq"
    )
    rows = c.all(sql + (f" LIMIT {limit}" if limit >= 0 else ""), area, OWN)
    return [
        Operation(
            kind,
            bytes(row),
            area,
            store.replica,
            seq,
            hlc,
            bytes(author),
            base,
            msgpack.unpackb(body, strict_map_key=False),
        )
        for kind, row, seq, hlc, author, base, body in rows
    ]


def heads(store: Store, areas: tuple[int, ...] | None = None) -> list[FeedHead]:
    """All feeds known, of these areas or of all."""
    where = "" if areas is None else f" WHERE {in_areas(areas, 'f.area')}"
    with store.db.reading() as c:
        rows = c.all(
            "SELECT f.area, r.id, f.last_seq, f.head_seq, f.head_hash, f.hub_seq, f.centre_seq FROM feed f "
            f"JOIN replica r ON r.num = f.replica{where} ORDER BY f.area, r.id"
        )
    return [
        FeedHead(area, bytes(rid), last, head, bytes(hash_), hub, centre)
        for area, rid, last, head, hash_, hub, centre in rows
    ]


#: All columns of a segment, ready for a WHERE (`s` is the segment, `r` its replica).
SEGMENT_SQL = (
    "SELECT s.area, r.id, s.lo, s.hi, s.pos, s.hash, s.state, s.restamp_seq, s.restamp_hlc, s.body "
    "FROM segment s JOIN replica r ON r.num = s.replica"
)


def stored_segment(row: Row) -> StoredSegment:
    """A row of `SEGMENT_SQL`."""
    area, replica, lo, hi, pos, hash_, state, seq, hlc, body = row
    restamp = None if seq is None else (seq, hlc)
    return StoredSegment(area, bytes(replica), lo, hi, pos, bytes(hash_), state, restamp, bytes(body))


def feed_segments(store: Store, area: int, replica: bytes, after_seq: int = 0) -> Iterator[StoredSegment]:
    """The segments of one feed in their order, from the one that holds `after_seq + 1`."""
    while True:
        with store.db.reading() as c:
            row = c.one(
                f"{SEGMENT_SQL} WHERE s.area = ? AND r.id = ? AND s.hi > ? ORDER BY s.lo LIMIT 1",
                area,
                replica,
                after_seq,
            )
        if row is None:
            return
        segment = stored_segment(row)
        after_seq = segment.hi
        yield segment


def all_segments(c: Connection, area: int) -> Iterator[StoredSegment]:
    """Every segment of an area in order of arrival, one at a time."""
    pos = 0
    while (
        row := c.one(f"{SEGMENT_SQL} WHERE s.area = ? AND s.pos > ? ORDER BY s.pos LIMIT 1", area, pos)
    ) is not None:
        segment = stored_segment(row)
        pos = segment.pos
        yield segment


def decoded(segment: StoredSegment) -> Segment:
    """The content of a segment that was verified when it was stored."""
    return open_segment(segment.body, None)


def operation_at(store: Store, c: Connection, area: int, replica: bytes, seq: int) -> Operation | None:
    """One operation of the log by feed and number, sealed or not; stamped as it counts now."""
    if replica == store.replica:
        for operation in unsealed(store, c, area):
            if operation.seq == seq:
                return operation
    row = c.one(
        f"{SEGMENT_SQL} WHERE s.area = ? AND r.id = ? AND s.lo <= ? AND s.hi >= ?", area, replica, seq, seq
    )
    if row is None:
        return None
    return next((op for op in decoded(stored_segment(row)).operations() if op.seq == seq), None)


def confirm(store: Store, c: Connection, area: int, replica: bytes, seq: int, *, by_centre: bool) -> None:
    """The hub or the centre confirmed a feed up to `seq`, the end of an unbroken run of stored segments."""
    column = "centre_seq" if by_centre else "hub_seq"
    c.run(
        f"UPDATE feed SET {column} = CASE WHEN {column} > ? THEN {column} ELSE ? END "
        "WHERE area = ? AND replica = ?",
        seq,
        seq,
        area,
        store.replicas.number(replica),
    )
