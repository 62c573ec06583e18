"""Snapshots of areas: made and kept at the centre, taken in by a laptop that has nothing of an area yet.

The centre makes one when it is asked and the segments themselves would cost more; it keeps the newest two of
an area, so that a laptop can go on with the one it has a part of. A laptop takes one in whole, in one
transaction, and reads on with the segments after its position. The blocks stay in the log of the laptop in
the place of the segments they stand for: they are folded and shown as history, but never handed on, for
nobody but the centre signed them.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trainer_app.records.fields import KINDS
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Device
from trainer_app.records.operation import Operation
from trainer_app.records.segment import Segment, SegmentFault, open_segment
from trainer_app.records.segment.snapshot import OPERATIONS_PER_BLOCK, Snapshot, pack_snapshot, seal_block
from trainer_app.storage.applying import (
    HANDED_ON,
    PARKED,
    SNAPSHOT,
    SNAPSHOT_PARKED,
    Outcome,
    lock_area,
    materialise,
    next_pos,
)
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, StoredSegment, decoded, stored_segment
from trainer_app.storage.replicas import OWN
from trainer_app.storage.saving import start_feed
from trainer_app.storage.tables import insert_into
from trainer_app.storage.taking_out import take_out

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: An area whose segments are fewer bytes than this comes as it is.
WORTH_BYTES = 48 * 1024
#: A snapshot serves until what came after it has so many bytes, and so great a part of it.
TAIL_BYTES, TAIL_SHARE = 48 * 1024, 0.25
KEPT = 2
_making = threading.Lock()
_STATES = ", ".join(f"'{state}'" for state in HANDED_ON)
_HANDED_ON = f"state IN ({_STATES})"


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot as the centre keeps it; one without bytes says that the segments are fewer."""

    hash: bytes
    pos: int
    body: bytes


# --- at the centre ------------------------------------------------------------------------------------------


def snapshot_for(
    store: Store, area: int, wanted: bytes, epoch: bytes, sign: Callable[[bytes], bytes]
) -> Kept | None:
    """The snapshot of that name if it is still here, else one that is new enough, made now if need be; None
    when the segments themselves are the shorter way.
    """
    known = _kept(store, area)
    for one in known:
        if one.hash == wanted and one.body:
            return one
    with _making:
        known = _kept(store, area)
        newest = known[0] if known else None
        if newest is None or not _serves(store, area, newest):
            newest = _make(store, area, epoch, sign)
    return newest if newest is not None and newest.body else None


def _kept(store: Store, area: int) -> list[Kept]:
    with store.db.reading() as c:
        rows = c.all("SELECT hash, pos, body FROM snapshot WHERE area = ? ORDER BY pos DESC", area)
    return [Kept(bytes(name), int(pos), bytes(body)) for name, pos, body in rows]


def _serves(store: Store, area: int, kept: Kept) -> bool:
    return _bytes_after(store, area, kept.pos) <= max(TAIL_BYTES, TAIL_SHARE * len(kept.body))


def _bytes_after(store: Store, area: int, pos: int) -> int:
    """What the segments of an area after a position have, as they are handed on."""
    sql = f"SELECT COALESCE(SUM(LENGTH(body)), 0) FROM segment WHERE area = ? AND pos > ? AND {_HANDED_ON}"
    with store.db.reading() as c:
        return int(c.value(sql, area, pos) or 0)


def _make(store: Store, area: int, epoch: bytes, sign: Callable[[bytes], bytes]) -> Kept | None:
    plain = _bytes_after(store, area, 0)
    if plain < WORTH_BYTES:
        return None
    end, feeds = _readable(store, area)
    blocks = [block for feed in feeds.values() for block in _blocks(feed)]
    body, name = pack_snapshot(area, end, epoch, store.clock.now_ms(), blocks, sign)
    if len(body) >= plain:
        body = b""
    store.db.transact(lambda c: _keep(c, area, Kept(name, end, body), store.clock.now_ms()))
    return Kept(name, end, body)


def _keep(c: Connection, area: int, made: Kept, now_ms: int) -> None:
    columns = "hash = excluded.hash, body = excluded.body, made_at = excluded.made_at"
    c.run(
        insert_into("snapshot", f"ON CONFLICT (area, pos) DO UPDATE SET {columns}"),
        *(area, made.pos, made.hash, made.body, now_ms),
    )
    newest = c.all(f"SELECT pos FROM snapshot WHERE area = ? ORDER BY pos DESC LIMIT {KEPT}", area)
    c.run("DELETE FROM snapshot WHERE area = ? AND pos < ?", area, min(pos for (pos,) in newest))


def _readable(store: Store, area: int) -> tuple[int, dict[bytes, list[StoredSegment]]]:
    """The segments that are handed on, feed by feed, up to the first that this program cannot read, and the
    position up to which that is.
    """
    feeds: dict[bytes, list[StoredSegment]] = defaultdict(list)
    with store.db.reading() as c:
        end = int(c.value("SELECT pos FROM area_head WHERE area = ?", area) or 0)
        where = f"s.area = ? AND s.pos <= ? AND s.{_HANDED_ON}"
        rows = c.all(f"{SEGMENT_SQL} WHERE {where} ORDER BY s.pos", area, end)
    for row in rows:
        stored = stored_segment(row)
        if stored.state == PARKED and not open_segment(stored.body, None).readable:
            return stored.pos - 1, feeds
        feeds[stored.replica].append(stored)
    return end, feeds


def _blocks(feed: list[StoredSegment]) -> Iterator[bytes]:
    """The operations of one feed in as few blocks as readers take."""
    run: list[StoredSegment] = []
    size = 0
    for stored in feed:
        n = stored.hi - stored.lo + 1
        if run and size + n > OPERATIONS_PER_BLOCK:
            yield from _sealed(run)
            run, size = [], 0
        run.append(stored)
        size += n
    if run:
        yield from _sealed(run)


def _sealed(run: list[StoredSegment]) -> Iterator[bytes]:
    last = run[-1]
    operations = [operation for stored in run for operation in _effective(stored)]
    try:
        yield seal_block(operations, replica=last.replica, area=last.area, end_hash=last.hash)
    except SegmentFault:  # long texts: more than a reader takes at once
        if len(run) == 1:
            raise
        half = len(run) // 2
        yield from _sealed(run[:half])
        yield from _sealed(run[half:])


def _effective(stored: StoredSegment) -> Iterator[Operation]:
    """The operations with the stamps that count."""
    for operation in decoded(stored).operations():
        first, hlc = stored.restamp or (operation.seq + 1, 0)
        yield operation if operation.seq < first else replace(operation, hlc=hlc + operation.seq - first)


# --- at a laptop --------------------------------------------------------------------------------------------


def has_nothing(store: Store, area: int) -> bool:
    """Whether nothing of others is here of an area, so that a snapshot may be taken in."""
    with store.db.reading() as c:
        n = c.value("SELECT COUNT(*) FROM feed WHERE area = ? AND replica <> ? AND head_seq > 0", area, OWN)
    return not n


def take_in(store: Store, snapshot: Snapshot, *, peer: bytes, epoch: bytes, pos: int) -> int:
    """Take a verified snapshot in and read on after `pos`; gives how many operations it had. One transaction.

    Blocks of the own feed are passed over. Raises ValueError when something of others is here already.
    """

    def work(c: Connection) -> tuple[int, int, set[int]]:
        lock_area(c, snapshot.area)
        taken, newest, kinds, devices = 0, 0, set[int](), set[RecordId]()
        for body in snapshot.blocks:
            block = open_segment(body, None)
            if block.area != snapshot.area:
                raise ValueError("block of another area")
            if block.replica != store.replica:
                outcome, last = _take_block(store, c, block, body)
                taken, newest = taken + block.n, max(newest, last)
                kinds |= {cls.kind for cls in outcome.touched}
                devices |= {block.replica, *outcome.touched.get(Device, ())}
        take_out(store, c, devices)  # a snapshot may be older than what this laptop knows of an author
        c.run(
            insert_into("cursor") + "ON CONFLICT (peer, epoch, area) DO UPDATE SET pos = excluded.pos",
            *(peer, epoch, snapshot.area, pos),
        )
        return taken, newest, kinds

    taken, newest, kinds = store.db.transact(work)
    store.clock.observe(newest)
    store.announce(kinds)
    return taken


def _take_block(store: Store, c: Connection, block: Segment, body: bytes) -> tuple[Outcome, int]:
    num = store.replicas.introduce(c, block.replica)
    start_feed(c, block.area, num)
    head = int(c.value("SELECT head_seq FROM feed WHERE area = ? AND replica = ?", block.area, num) or 0)
    if block.lo != head + 1:
        raise ValueError("not the next of its feed")
    outcome = Outcome("stored")
    materialise(store, c, block, num, None, outcome)
    newest = max(max(group.hlcs) for group in block.groups)
    state = SNAPSHOT if all(group.kind in KINDS for group in block.groups) else SNAPSHOT_PARKED
    c.run(
        insert_into("segment"),
        *(block.area, num, block.lo, block.hi, next_pos(c, block.area), block.prev_hash, state),
        *(None, None, store.clock.now_ms(), body),
    )
    c.run(
        "UPDATE feed SET last_seq = ?, head_seq = ?, head_hash = ?, "
        "head_hlc = CASE WHEN head_hlc > ? THEN head_hlc ELSE ? END WHERE area = ? AND replica = ?",
        *(block.hi, block.hi, block.prev_hash, newest, newest, block.area, num),
    )
    return outcome, newest
