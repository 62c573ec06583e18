"""A segment arrives: stored, chained, merged into the rows, in one transaction, with its area's row locked
first.

Accept means durable. What cannot be merged does not keep the rest back: a bad operation goes to quarantine,
an unknown kind is parked, a segment that will not materialise at all is stored and tried again later.
Applying a segment twice changes nothing.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trainer_app.records.fields import (
    FLAG,
    INSTANT,
    KINDS,
    NUMBER,
    REFERENCE,
    Field,
    Record,
    Value,
    fields_by_number,
)
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA, Decision, Device, Enterprise, Person
from trainer_app.records.merge import RowState, apply_values
from trainer_app.records.operation import Stamp
from trainer_app.records.segment import Group, Restamp, Segment
from trainer_app.storage.aliases import follow_decisions
from trainer_app.storage.conflicts import note_conflicts
from trainer_app.storage.database import Connection
from trainer_app.storage.rows import insert_columns, load_states, write_states
from trainer_app.storage.saving import start_feed
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

_log = logging.getLogger(__name__)

APPLIED, PARKED, WAITING, REVOKED = "applied", "parked", "waiting", "revoked"
#: A block of a snapshot in the place of the segments it stands for; the second holds a kind unknown here.
SNAPSHOTS = SNAPSHOT, SNAPSHOT_PARKED = "snapshot", "snapshot-parked"
#: What may be handed on, and what counts here. The words of a laptop after it was revoked are kept, no more.
HANDED_ON = (APPLIED, PARKED, WAITING)
COUNTED = (*HANDED_ON, *SNAPSHOTS)


@dataclass(slots=True)
class Outcome:
    """What became of a segment. `result` is stored, known, gap or fork; a gap and a fork were not stored."""

    result: str
    pos: int = 0
    state: str = APPLIED
    quarantined: int = 0
    head_seq: int = 0
    touched: dict[type[Record], set[RecordId]] = field(default_factory=lambda: defaultdict(set))


def apply_segment(
    store: Store,
    segment: Segment,
    body: bytes,
    *,
    restamp: Restamp | None = None,
    public_key: bytes | None = None,
    revoked: bool = False,
) -> Outcome:
    """Store a verified segment and merge it. `revoked`: it is kept, but its author may no longer change
    anything.
    """

    def work(c: Connection, merge: bool) -> Outcome:
        lock_area(c, segment.area)
        num = store.replicas.introduce(c, segment.replica, public_key)
        start_feed(c, segment.area, num)
        outcome = _place(c, segment, num)
        if outcome.result != "stored":
            return outcome
        if revoked:
            outcome.state = REVOKED
        elif not segment.readable:
            outcome.state = PARKED
        elif not merge:
            outcome.state = WAITING
        else:
            materialise(store, c, segment, num, restamp, outcome)
        _insert(c, store, segment, body, num, restamp, outcome)
        if devices := outcome.touched.get(Device):
            _take_out(store, c, devices)
        return outcome

    try:
        outcome = store.db.transact(lambda c: work(c, True))
    except (ValueError, TypeError, OverflowError, KeyError) as fault:
        _log.error("segment stored, but could not be merged yet: %s", type(fault).__name__, exc_info=True)
        outcome = store.db.transact(lambda c: work(c, False))
    if outcome.result == "stored":
        stamps = (max(effective_hlcs(group.seqs, group.hlcs, restamp)) for group in segment.groups)
        store.clock.observe(max(stamps, default=0))
        store.announce({cls.kind for cls in outcome.touched})
    return outcome


def _take_out(store: Store, c: Connection, devices: set[RecordId]) -> None:
    from trainer_app.storage.taking_out import take_out

    take_out(store, c, devices)


def lock_area(c: Connection, area: int) -> None:
    """Take the lock that gives arrival positions in an area, before anything else is read in it."""
    if c.run("UPDATE area_head SET pos = pos WHERE area = ?", area) == 0:
        c.run("INSERT INTO area_head (area, pos) VALUES (?, 0) ON CONFLICT (area) DO NOTHING", area)
        c.run("UPDATE area_head SET pos = pos WHERE area = ?", area)


def next_pos(c: Connection, area: int) -> int:
    """The next arrival position of an area whose lock is held."""
    c.run("UPDATE area_head SET pos = pos + 1 WHERE area = ?", area)
    return int(c.value("SELECT pos FROM area_head WHERE area = ?", area))


def covered_up_to(c: Connection, area: int, num: int) -> int:
    """The number of a feed (by its replica's local number) up to which a snapshot stands for segments."""
    sql = "SELECT MAX(hi) FROM segment WHERE area = ? AND replica = ? AND state IN (?, ?)"
    return int(c.value(sql, area, num, SNAPSHOT, SNAPSHOT_PARKED) or 0)


def _place(c: Connection, segment: Segment, num: int) -> Outcome:
    """Where the segment belongs in its feed: next, known already, after a gap, or on another branch."""
    row = c.one("SELECT head_seq, head_hash FROM feed WHERE area = ? AND replica = ?", segment.area, num)
    head_seq, head_hash = (int(row[0]), bytes(row[1])) if row else (0, b"")
    if segment.lo <= head_seq:
        same = c.value(
            "SELECT COUNT(*) FROM segment WHERE area = ? AND replica = ? AND lo = ? AND hash = ?",
            segment.area,
            num,
            segment.lo,
            segment.hash,
        )
        same = same or segment.hi <= covered_up_to(c, segment.area, num)
        return Outcome("known" if same else "fork", head_seq=head_seq)
    if segment.lo > head_seq + 1:
        return Outcome("gap", head_seq=head_seq)
    if segment.prev_hash != head_hash:
        return Outcome("fork", head_seq=head_seq)
    return Outcome("stored", head_seq=segment.hi)


def _insert(
    c: Connection,
    store: Store,
    segment: Segment,
    body: bytes,
    num: int,
    restamp: Restamp | None,
    outcome: Outcome,
) -> None:
    outcome.pos = next_pos(c, segment.area)
    c.run(
        insert_into("segment"),
        segment.area,
        num,
        segment.lo,
        segment.hi,
        outcome.pos,
        segment.hash,
        outcome.state,
        restamp[0] if restamp else None,
        restamp[1] if restamp else None,
        store.clock.now_ms(),
        body,
    )
    newest = max((_effective(g.seqs[-1], g.hlcs[-1], restamp) for g in segment.groups if g.seqs), default=0)
    c.run(
        "UPDATE feed SET last_seq = CASE WHEN last_seq > ? THEN last_seq ELSE ? END, head_seq = ?, "
        "head_hash = ?, head_hlc = CASE WHEN head_hlc > ? THEN head_hlc ELSE ? END "
        "WHERE area = ? AND replica = ?",
        segment.hi,
        segment.hi,
        segment.hi,
        segment.hash,
        newest,
        newest,
        segment.area,
        num,
    )


def materialise(
    store: Store, c: Connection, segment: Segment, num: int, restamp: Restamp | None, outcome: Outcome
) -> None:
    """Merge what is in a segment into the rows; what cannot be is set apart, and `outcome` says so."""
    if not segment.readable:
        outcome.state = PARKED
    for group in segment.groups:
        cls = KINDS.get(group.kind)
        if cls is None:
            outcome.state = PARKED
            continue
        good = quarantine_bad(c, cls, group, segment.area, num, outcome)
        if good.rows:
            merge_group(store, c, cls, good, (segment.area, segment.replica, num), restamp)
            outcome.touched[cls].update(good.rows)
    _after(store, c, segment.area, outcome)


def _after(store: Store, c: Connection, area: int, outcome: Outcome) -> None:
    if decided := outcome.touched.get(Decision):
        follow_decisions(c, area, decided)
    if c.dialect == "sqlite":
        persons = set(outcome.touched.get(Person, ()))
        if businesses := outcome.touched.get(Enterprise):
            states = load_states(c, Enterprise, area, businesses, store.replicas)
            persons |= {owner for s in states.values() if isinstance(owner := s.values.get(1), bytes)}
        c.many(
            insert_into("search_pending", "ON CONFLICT DO NOTHING"),
            [(area, person) for person in sorted(persons)],
        )
    if store.on_applied is not None and outcome.touched:
        store.on_applied(c, area, outcome.touched)


def _effective(seq: int, hlc: int, restamp: Restamp | None) -> int:
    return hlc if restamp is None or seq < restamp[0] else restamp[1] + (seq - restamp[0])


def effective_hlcs(seqs: Sequence[int], hlcs: Sequence[int], restamp: Restamp | None) -> Sequence[int]:
    """The stamps that count: as written, or as the centre's receipt corrected them."""
    if restamp is None or seqs[-1] < restamp[0]:
        return hlcs
    return [_effective(seq, hlc, restamp) for seq, hlc in zip(seqs, hlcs, strict=True)]


def merge_group(
    store: Store,
    c: Connection,
    cls: type[Record],
    group: Group,
    feed: tuple[int, bytes, int],
    restamp: Restamp | None,
) -> None:
    """Merge one block of like operations: new rows straight from the columns, the rest field by field."""
    area, replica, num = feed
    hlcs = effective_hlcs(group.seqs, group.hlcs, restamp)
    known = fields_by_number(cls)
    plain = not any(group.bases) and all(number in known for number in group.fields)
    if (
        plain
        and all(None not in column for column in group.columns)
        and len(set(group.rows)) == len(group.rows)
    ):
        columns = dict(zip(group.fields, group.columns, strict=True))
        if insert_columns(c, cls, area, group.rows, columns, (hlcs, num, group.seqs)) == len(group.rows):
            return
    operations = list(_stamped(group, hlcs, replica))
    states = load_states(c, cls, area, set(group.rows), store.replicas)
    touched: list[tuple[int, RecordId, int, int]] = []
    for row, stamp, base, values in operations:
        state = states.setdefault(row, RowState())
        if state.stamps and min(state.stamps.values()) != stamp:
            touched.append((area, row, num, stamp[2]))
        met = apply_values(state, values, stamp)
        if met:
            note_conflicts(store, c, cls, area, row, met, stamp, base)
    write_states(c, cls, area, {row: states[row] for row in group.rows}, store.replicas)
    c.many(insert_into("touch", "ON CONFLICT DO NOTHING"), touched)


def _stamped(
    group: Group, hlcs: Sequence[int], replica: bytes
) -> Iterable[tuple[RecordId, Stamp, int, dict[int, Value]]]:
    columns = list(zip(*group.columns, strict=True)) if group.columns else [()] * len(group.rows)
    for i, row in enumerate(group.rows):
        values = dict(zip(group.fields, columns[i], strict=True))
        yield row, (hlcs[i], replica, group.seqs[i]), group.bases[i], values


def quarantine_bad(
    c: Connection, cls: type[Record], group: Group, area: int, num: int, outcome: Outcome
) -> Group:
    """The group without the operations that may not be merged; those are kept apart, with the reason."""
    bad = _bad(cls, group, area)
    if not bad:
        return group
    c.many(
        insert_into("quarantine", "ON CONFLICT DO NOTHING"),
        [
            (area, num, group.seqs[i], cls.kind, group.rows[i], reason, detail, None, None)
            for i, (reason, detail) in bad.items()
        ],
    )
    outcome.quarantined += len(bad)
    _log.warning("%d operations of kind %d went to quarantine", len(bad), cls.kind)
    return group.without(bad.keys())


def _bad(cls: type[Record], group: Group, area: int) -> dict[int, tuple[str, str]]:
    """Operations that say what only the centre may say, or values that cannot be what their fields are:
    reason and detail by their place in the group.
    """
    if cls.of_centre and area != CENTRE_AREA:
        return dict.fromkeys(range(len(group.rows)), ("foreign", ""))
    known = fields_by_number(cls)
    bad: dict[int, tuple[str, str]] = {}
    for number, column in zip(group.fields, group.columns, strict=True):
        declared = known.get(number)
        if declared is None or column_fits(declared, column):
            continue
        for i, value in enumerate(column):
            if not column_fits(declared, [value]):
                bad[i] = ("value", declared.name)
    return bad


_INT64 = 1 << 63
#: Milliseconds that every machine can show as a moment: 1970 to 2999 (Windows knows no later ones).
_MOMENTS = range(32_500_000_000_000)


def column_fits(declared: Field, column: Sequence[Value]) -> bool:
    """True when every value of a column is of the field's type and can be stored by both engines."""
    kinds = set(map(type, column)) - {type(None)}
    if declared.type in (FLAG, NUMBER, INSTANT):
        if not kinds <= {int}:
            return False
        if declared.type is FLAG:
            return set(column) <= {0, 1, None}
        if declared.type is INSTANT:
            return all(value in _MOMENTS for value in column if value is not None)
        return all(-_INT64 <= value < _INT64 for value in column if isinstance(value, int))
    if declared.type is REFERENCE:
        return kinds <= {bytes} and all(len(value) == 16 for value in column if isinstance(value, bytes))
    return kinds <= {str} and not any("\0" in value for value in column if isinstance(value, str))
