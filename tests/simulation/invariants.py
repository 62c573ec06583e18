"""The invariants of the sync engine, each under its number: what must hold after every step, and what once
everybody has sent.

1 no saved operation is lost, 2 all hold the same, 3 rows are the log folded, 4 applying again changes nothing
(also in `deeds`), 5 feeds are gapless chains, 6 a cursor never passes what is not stored and a confirmation
means stored, 7 who saw a value beats it, 8 corrected stamps keep the order of their feed, 9 a bad operation
delays nothing, 10 nothing goes outside of its areas (in `world`), 11 nothing that nobody said is in the
tables (also in `deeds` and `links`), 12 both branches of a copy are there, 13 unknown fields survive, 14 an
idle exchange is one small request, 15 only what was in flight is sent again, 17 the inbox is bounded, 18 a
full disk leaves a usable database (also in `deeds`). 16, both engines alike, has a test of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from tests.simulation import photos
from tests.simulation.links import Link, NoWaiting
from tests.simulation.log_reading import Line, header_of, lines, segments
from tests.simulation.machine import Machine
from tests.simulation.world import Broken, Laptop, World
from trainer_app.records.clock import RESTAMP_AFTER_MS
from trainer_app.records.fields import KINDS, Value
from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.records.operation import Stamp
from trainer_app.records.segment import open_segment
from trainer_app.storage.applying import APPLIED, PARKED, REVOKED, SNAPSHOTS, WAITING, apply_segment
from trainer_app.storage.branching import is_restored
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import StoredSegment, heads
from trainer_app.storage.inbox import MAX_BYTES
from trainer_app.storage.peers import cursors
from trainer_app.storage.rebuild import differences
from trainer_app.storage.rows import select_sql, to_state
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import EPOCH, Store
from trainer_app.sync.arrival import Arrival
from trainer_app.sync.exchange import exchange

_COUNTS = (APPLIED, PARKED, WAITING, "open")
#: Bytes of a request that brings nothing.
IDLE_BYTES = 300


def check_step(world: World, touched: Collection[int]) -> None:
    """What must hold after every step: of the centre, and of the laptops that it was about."""
    laptops = [laptop for i, laptop in enumerate(world.laptops) if i in touched]
    for machine in (world.centre, *(laptop.machine for laptop in laptops)):
        _feeds(world, machine)
        _bounded(machine)
    for laptop in laptops:
        _cursors(world, laptop)
        _own_words(world, laptop)
        photos.kept(world, laptop)


def check_all(world: World) -> None:
    """The same of all machines, and every log is folded again."""
    check_step(world, range(len(world.laptops)))
    for machine in world.machines():
        _folded(machine)


def _feeds(world: World, machine: Machine) -> None:
    by_feed: dict[tuple[int, bytes], list[StoredSegment]] = defaultdict(list)
    for segment in segments(machine.store):
        by_feed[segment.area, segment.replica].append(segment)
    for head in heads(machine.store):
        run = by_feed.pop((head.area, head.replica), [])
        end, name = 0, b""
        for segment in run:
            block = segment.state in SNAPSHOTS  # stands for segments, the last of which has its hash
            prev_hash = name if block else header_of(segment.body).prev_hash
            if (segment.lo, prev_hash) != (end + 1, name):
                raise Broken(f"5: {machine.name} has a feed of area {head.area} that breaks at {segment.lo}")
            end, name = segment.hi, segment.hash
            if not block:
                _one_hash(world, segment)
        if (head.head_seq, head.head_hash) != (end, name) or head.last_seq < end:
            raise Broken(f"5: {machine.name} has a wrong end of a feed of area {head.area}")
        if max(head.centre_seq, head.hub_seq) > head.head_seq:
            raise Broken(f"6: {machine.name} counts as confirmed what it has not sealed")
    if by_feed:
        raise Broken(f"5: {machine.name} has segments without a feed")


def _one_hash(world: World, segment: StoredSegment) -> None:
    number = segment.area, segment.replica, segment.lo
    known = world.hashes.setdefault(number, segment.hash)
    if known != segment.hash and segment.replica not in world.branched | set(world.lives):
        raise Broken(f"5: number {segment.lo} of a feed of area {segment.area} means two things")


def _bounded(machine: Machine) -> None:
    with machine.store.db.reading() as c:
        size = int(c.value("SELECT COALESCE(SUM(LENGTH(body)), 0) FROM inbox"))
    if size > MAX_BYTES:
        raise Broken(f"17: the inbox of {machine.name} has {size} bytes")


def _folded(machine: Machine) -> None:
    if found := differences(machine.store):
        raise Broken(f"3: {machine.name} has rows that the log does not: {found[:3]}")


def _cursors(world: World, laptop: Laptop) -> None:
    """6: whatever lies before the cursor is here; whatever counts as received is at the centre."""
    store, epoch = laptop.store, world.authority.epoch
    there = segments(world.centre.store)
    _passed(world, laptop, there, cursors(store, store.meta("centre_replica", b""), epoch))
    for hub in world.laptops:
        name = hub.store.replica
        if hub is not laptop and (read := cursors(store, name, name)):
            _passed(world, laptop, segments(hub.store), read)
    if store.meta(EPOCH) == epoch:
        names = {segment.hash for segment in there}
        own = [segment for segment in segments(store) if segment.replica == store.replica]
        for segment in own:
            if segment.hi <= _confirmed(store, segment.area) and segment.hash not in names:
                raise Broken(f"6: {laptop.machine.name} counts as received what the centre has not")


def _passed(world: World, laptop: Laptop, there: list[StoredSegment], read: Mapping[int, int]) -> None:
    store = laptop.store
    held = segments(store)
    here = {segment.hash for segment in held}
    covered = {(one.area, one.replica): one.hi for one in held if one.state in SNAPSHOTS}
    # what a hub has as a snapshot it cannot hand on, nor what follows: that comes from the centre
    behind = {(one.area, one.replica) for one in there if one.state in SNAPSHOTS}
    for segment in there:
        feed = segment.area, segment.replica
        if segment.hi <= covered.get(feed, 0) or feed in behind:
            continue
        passed = segment.pos <= read.get(segment.area, 0)
        meant = segment.state != REVOKED and segment.replica != store.replica
        if passed and meant and segment.hash not in here and segment.replica not in world.branched:
            raise Broken(f"6: the cursor of {laptop.machine.name} passed what is not there")


def _confirmed(store: Store, area: int) -> int:
    return max(h.centre_seq for h in heads(store) if (h.area, h.replica) == (area, store.replica))


def _own_words(world: World, laptop: Laptop) -> None:
    """1: what a laptop was told is saved stays in its log."""
    own = laptop.store.replica
    if own in world.branched:
        return
    held = {line.key for line in lines(laptop.store) if line.operation.replica == own}
    for key, saved in world.ledger.items():
        if saved.number[1] == own and key not in held and key not in world.excused:
            raise Broken(f"1: {laptop.machine.name} lost number {saved.number[2]} of area {key[0]}")


# --- once everybody has sent --------------------------------------------------------------------------------


def check_end(world: World) -> None:
    """What must hold when nobody has anything new."""
    log = list(lines(world.centre.store))
    active = [laptop for laptop in world.laptops if not laptop.revoked]
    _nothing_lost(world, log)
    _nothing_invented(world, log)
    _order(world, log)
    _alike(world, active)
    _as_told(world.centre.store, log)
    photos.arrived(world, active)
    for laptop in active:
        _quiet(world, laptop)
        _applied_again(world, laptop)
    for machine in world.machines():
        _usable(machine)


def _nothing_lost(world: World, log: list[Line]) -> None:
    """1, 9, 12: every operation that was saved, and is not on a lost disk, counts at the centre."""
    there = {line.key for line in log if line.state in _COUNTS}
    revoked = {line.key for line in log if line.state == REVOKED}
    for laptop in world.laptops:
        if laptop.revoked:
            revoked |= {line.key for line in lines(laptop.store)}
    missing = world.ledger.keys() - there - world.excused - revoked
    if missing:
        told = [(world.ledger[key].number[0], world.ledger[key].number[2]) for key in sorted(missing)]
        raise Broken(f"1: {len(missing)} saved operations are not at the centre: (area, number) {told[:5]}")


def _nothing_invented(world: World, log: list[Line]) -> None:
    """11: what counts at the centre was saved by somebody; what was faulty is apart."""
    with world.centre.store.db.reading() as c:
        rows = c.all("SELECT q.area, r.id, q.seq FROM quarantine q JOIN replica r ON r.num = q.replica")
    apart = {(area, bytes(replica), seq) for area, replica, seq in rows}
    for line in log:
        one = line.operation
        saved = world.ledger.get(line.key)
        # the centre itself publishes laptops that go on by themselves
        claimed = one.kind == Device.kind and one.replica in world.lives
        if line.state in _COUNTS and saved is None and not claimed:
            raise Broken(f"11: nobody said number {one.seq} of a feed of area {one.area}")
        if saved and line.state in _COUNTS and saved.poison != ((one.area, one.replica, one.seq) in apart):
            raise Broken(f"9: number {one.seq} of area {one.area} is in quarantine or not, wrongly")


def _order(world: World, log: list[Line]) -> None:
    """7 and 8."""
    last: dict[tuple[int, bytes], int] = {}
    effective: dict[tuple[int, bytes, int], Stamp] = {}
    for line in log:
        one = line.operation
        feed = one.area, one.replica
        if line.effective <= last.get(feed, 0):
            raise Broken(f"8: stamps of a feed of area {one.area} fall at number {one.seq}")
        last[feed] = line.effective
        if line.state in _COUNTS:
            effective[one.area, one.replica, one.seq] = (line.effective, one.replica, one.seq)
        if line.effective >> 16 > world.time.now + RESTAMP_AFTER_MS and line.state in (APPLIED, PARKED):
            raise Broken(f"8: number {one.seq} of area {one.area} counts from the future")
    for saved in world.ledger.values():
        mine = effective.get(saved.number)
        for seen in saved.saw if mine and len(world.numbers[saved.number]) == 1 else ():
            if seen in effective and len(world.numbers[seen]) <= 1 and effective[seen] >= mine:
                raise Broken(f"7: number {mine[2]} of area {saved.number[0]} loses against what it replaced")


def _alike(world: World, active: list[Laptop]) -> None:
    """2, 3 and 10: everybody holds the centre's rows of their areas, byte for byte."""
    for laptop in active:
        areas = (CENTRE_AREA, *laptop.store.areas)
        if content_digest(laptop.store, areas) != content_digest(world.centre.store, areas):
            raise Broken(f"2: {laptop.machine.name} and the centre differ in areas {areas}")
        if strange := {s.area for s in segments(laptop.store)} - laptop.areas_held - {CENTRE_AREA}:
            raise Broken(f"10: {laptop.machine.name} has words of {strange}")
    for machine in (world.centre, *(laptop.machine for laptop in active)):
        _folded(machine)


Rows = dict[tuple[int, int, bytes], dict[int, tuple[Stamp, Value]]]


def _as_told(centre: Store, log: list[Line]) -> None:
    """2, 11 and 13: the newest word on each field stands, counted without the program's merge."""
    with centre.db.reading() as c:
        apart = {(area, num, seq) for area, num, seq in c.all("SELECT area, replica, seq FROM quarantine")}
    told: Rows = defaultdict(dict)
    for line in log:
        one = line.operation
        if line.state not in _COUNTS or one.kind not in KINDS:
            continue
        if (one.area, centre.replicas.number(one.replica), one.seq) in apart:
            continue
        stamp = line.effective, one.replica, one.seq
        row = told[one.area, one.kind, one.row]
        for number, value in one.values.items():
            if number not in row or row[number][0] < stamp:
                row[number] = stamp, value
    if told != _live(centre):
        raise Broken("2: the centre's rows are not the newest words of its log")


def _live(store: Store) -> Rows:
    found: Rows = {}
    with store.db.reading() as c:
        for kind, cls in KINDS.items():
            for row in c.all(select_sql(cls)):
                state = to_state(cls, row, store.replicas)
                key = int(row[0]), kind, bytes(row[1])
                found[key] = {n: (stamp, state.values.get(n)) for n, stamp in state.stamps.items()}
    return found


def _quiet(world: World, laptop: Laptop) -> None:
    """14, and the numbers on the screen: an exchange without news is one small request."""
    link = Link(world.answerer(), world.mail)
    result = exchange(laptop.store, link, stop=NoWaiting(), timer=lambda: 0.0)
    if result.rounds != 1 or result.bytes_up > IDLE_BYTES:
        raise Broken(f"14: an idle exchange took {result.rounds} rounds, {result.bytes_up} bytes")
    state = send_state(laptop.store)
    if state.pending or state.at_supervisor:
        raise Broken(f"6: {laptop.machine.name} says that {state.pending} wait, though all is received")
    here = {CENTRE_AREA, *laptop.store.areas}  # what lies of others goes when it is old
    parts = Arrival(laptop.store, laptop.store.meta("centre_replica"), b"").partial(world.authority.epoch)
    if left := [part for part in parts if part[0] in here]:
        raise Broken(f"17: {len(left)} pieces are left in the inbox of {laptop.machine.name}")


def _applied_again(world: World, laptop: Laptop) -> None:
    """4: all of the centre's log once more changes nothing."""
    store = laptop.store
    areas = (CENTRE_AREA, *store.areas)
    before = content_digest(store)
    for segment in segments(world.centre.store):
        if segment.area in areas and segment.state in (APPLIED, PARKED):
            result = apply_segment(store, open_segment(segment.body, None), segment.body).result
            if result != "known":
                raise Broken(f"4: a segment of area {segment.area} at {laptop.machine.name} came to {result}")
    if content_digest(store) != before:
        raise Broken(f"4: applying again changed rows of {laptop.machine.name}")


def _usable(machine: Machine) -> None:
    """18: the file is sound and takes a word."""
    if is_restored(machine.store) or machine.store.db.dialect != "sqlite":
        return
    with machine.store.db.reading() as c:
        if (said := c.value("PRAGMA integrity_check")) != "ok":
            raise Broken(f"18: the file of {machine.name} is not sound: {said}")
    machine.store.set_meta("usable", b"1")
