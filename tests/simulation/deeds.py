"""What happens at each kind of step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgpack

from tests.simulation.disk import FULL, Fault, Stop
from tests.simulation.links import Link, NoWaiting, Trouble, Unreachable
from tests.simulation.log_reading import segments
from tests.simulation.steps import AREAS, Step
from tests.simulation.world import PEOPLE, SESSIONS, STAFF, Broken, Laptop, Number, World
from trainer_app.records.fields import Record, Value, fields_by_name, to_wire
from trainer_app.records.ids import NO_ID, named_id
from trainer_app.records.kinds import CENTRE_AREA, Attendance, Device, Person, Staff, derived_id
from trainer_app.records.merge import RowState, apply_values
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.problem import CarrierProblem, StoreProblem
from trainer_app.records.revocation import REVOKED_STATE, written_heads
from trainer_app.records.segment import open_segment, seal_segment
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.backup import RESTORED
from trainer_app.storage.branching import is_restored
from trainer_app.storage.database import Connection
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import heads, seal
from trainer_app.storage.peers import next_request
from trainer_app.storage.replicas import OWN
from trainer_app.storage.rows import load_states, write_states
from trainer_app.storage.saving import start_feed
from trainer_app.storage.store import Store
from trainer_app.storage.tables import insert_into
from trainer_app.sync.answer import Refusal, answer
from trainer_app.sync.bundle.homecoming import replies, take_reply
from trainer_app.sync.bundle.packing import export_bundle
from trainer_app.sync.bundle.taking import hub_authority, packages, take_bundle
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import Piece, Request, pack_request
from trainer_app.sync.progress import ExchangeResult, Stopped

MOST_LAPTOPS = 6
#: A field and a kind that this version of the program does not know.
LATER_FIELD, LATER_KIND = 901, 90
FLAG_FIELD = fields_by_name(Person)["has_whatsapp"].number
NAMES = ("Siti CONTOH", "Siti Aminah CONTOH", "Budi CONTOH", "Wati CONTOH", "Agus CONTOH", None)
VALUES: dict[str, tuple[Value, ...]] = {
    "full_name": NAMES,
    "landmark": ("dekat balai desa", "samping masjid", "simpang tiga", "satu", "dua", None),
    "rt": ("001", "002", "003", "004", "005", None),
    "education": ("sd", "smp", "sma", "d1_d3", "s2", None),
}
#: What an exchange may end with, when nothing is wrong with the program.
_EXPECTED = (
    "http.unreachable",
    "http.busy",
    "answer.malformed",
    "device.unknown",
    "feed.fork",
    "feed.restored",
    "area.foreign",
    "request.replayed",
)


def perform(world: World, step: Step) -> None:
    """Do a step. Raises `Broken`, or whatever the program should not have raised."""
    world.time.now += 1700
    laptop = world.laptops[step.who % len(world.laptops)]
    world.note(step.what, world.time.now)
    _DEEDS[step.what](world, laptop, step)


# --- people at a laptop -------------------------------------------------------------------------------------


def _area(laptop: Laptop, step: Step) -> int:
    areas = laptop.store.areas or AREAS
    return areas[step.area % len(areas)]


def _edit(world: World, laptop: Laptop, step: Step) -> None:
    area, row = _area(laptop, step), step.row
    value = VALUES[step.text][step.number % 6]
    _save(world, laptop, [Edit(Person, PEOPLE[area][row], area, {step.text: value})])


def _mark(world: World, laptop: Laptop, step: Step) -> None:
    area = _area(laptop, step)
    _save(world, laptop, [_mark_edit(area, step.number % 2, PEOPLE[area][step.row], step.text)])


def _mark_edit(area: int, session: int, person: bytes, status: str) -> Edit:
    of = SESSIONS[area][session]
    values = {"session": of, "person": person, "status": status}
    return Edit(Attendance, derived_id(Attendance, of, person), area, values)


def _delete(world: World, laptop: Laptop, step: Step) -> None:
    """Deletes a person, or brings a deleted one back."""
    area = _area(laptop, step)
    row = PEOPLE[area][step.row]
    person = laptop.store.get(Person, row)
    gone = laptop.store.clock.now_ms() if person is None or person.deleted_at is None else None
    values: dict[str, Value] = {"deleted_at": gone, "deleted_reason": "salah" if gone else None}
    _save(world, laptop, [Edit(Person, row, area, values)])


def _burst(world: World, laptop: Laptop, step: Step) -> None:
    area = _area(laptop, step)
    people = [world.new_id() for _ in range(step.number)]
    edits = [
        Edit(Person, person, area, {"full_name": f"{world.random.randbytes(6).hex()} CONTOH", "sex": "P"})
        for person in people
    ]
    _save(world, laptop, edits)


def _save(world: World, laptop: Laptop, edits: list[Edit]) -> None:
    store = laptop.store
    saw = {}
    seen = {
        (edit.cls.kind, edit.id, number): stamp[1:]
        for edit in edits
        for number, stamp in _state(store, edit.cls, edit.area, edit.id).stamps.items()
    }
    operations = store.save(edits, STAFF)
    for one in operations:
        replaced = [seen.get((one.kind, one.row, number)) for number in one.values]
        saw[one.seq] = frozenset[Number]((one.area, *number) for number in replaced if number)
    world.saved(store, operations, saw)


def _state(store: Store, cls: type[Record], area: int, row: bytes) -> RowState:
    with store.db.reading() as c:
        return load_states(c, cls, area, [row], store.replicas).get(row, RowState())


def _failing(world: World, laptop: Laptop, step: Step) -> None:
    """A saving during which the disk fails."""
    before = content_digest(laptop.store)
    with _disk(world, laptop, step):
        try:
            _edit(world, laptop, step)
        except Stop as stop:
            world.stopped(laptop.machine, stop)
            return
        except StoreProblem as problem:
            if problem.code != "disk.full":
                raise
    if step.disk and step.disk[1] == FULL and content_digest(laptop.store) == before:
        _edit(world, laptop, step)  # 18: as if nothing had been


@contextmanager
def _disk(world: World, laptop: Laptop, step: Step, hub: Laptop | None = None) -> Iterator[None]:
    """The disk of the laptop, or of the other side, fails as the step says."""
    if step.disk is None:
        yield
        return
    of, kind, after = step.disk
    there = hub.machine if hub else world.centre
    disk = (laptop.machine if of == "laptop" else there).disk
    disk.fault = Fault(kind, after)
    try:
        yield
    finally:
        disk.fault = None


# --- words of another version -------------------------------------------------------------------------------


def _raw(world: World, laptop: Laptop, area: int, kind: int, row: bytes, values: dict[int, Value]) -> None:
    """An operation as another version of the program writes it: past this version's checks."""
    from trainer_app.records.fields import KINDS

    store = laptop.store
    poison = kind == Person.kind and FLAG_FIELD in values
    cls = KINDS.get(kind)

    def work(c: Connection) -> Operation:
        start_feed(c, area, OWN)
        seq = 1 + int(c.value("SELECT last_seq FROM feed WHERE area = ? AND replica = ?", area, OWN))
        state = load_states(c, cls, area, [row], store.replicas).get(row, RowState()) if cls else RowState()
        base = max((state.stamps[n][0] for n in values if n in state.stamps), default=0)
        one = Operation(kind, row, area, store.replica, seq, store.clock.tick(base), STAFF, base, values)
        c.run(
            insert_into("operation"),
            *(area, OWN, seq, one.hlc, kind, row, STAFF, base, msgpack.packb(values)),
        )
        c.run("UPDATE feed SET last_seq = ? WHERE area = ? AND replica = ?", seq, area, OWN)
        if cls:
            known = row in load_states(c, cls, area, [row], store.replicas)
            apply_values(state, values, (one.hlc, store.replica, seq))
            write_states(c, cls, area, {row: state}, store.replicas)
            c.many(insert_into("touch", "ON CONFLICT DO NOTHING"), [(area, row, OWN, seq)] if known else [])
        return one

    one = store.db.transact(work)
    world.saved(store, [one], {}, poison=poison)


def _newer(world: World, laptop: Laptop, step: Step) -> None:
    """A newer version of the program writes a field or a kind that this one does not know."""
    area = _area(laptop, step)
    if step.number % 2:
        values: dict[int, Value] = {1: NAMES[step.number % 5], LATER_FIELD: f"baru {step.number}"}
        _raw(world, laptop, area, Person.kind, PEOPLE[area][step.row], values)
    else:
        _raw(world, laptop, area, LATER_KIND, world.new_id(), {1: "baru", 7: step.number})


def _poison(world: World, laptop: Laptop, step: Step) -> None:
    """A faulty version answers a question of yes and no with a number."""
    area = _area(laptop, step)
    _raw(world, laptop, area, Person.kind, PEOPLE[area][step.row], {FLAG_FIELD: 7 + step.number})


# --- the machine --------------------------------------------------------------------------------------------


def _restart(world: World, laptop: Laptop, step: Step) -> None:
    (world.centre if step.number % 3 == 0 else laptop.machine).restart()


def _power(world: World, laptop: Laptop, step: Step) -> None:
    machine = world.centre if step.number % 3 == 0 else laptop.machine
    machine.power_cut(world.random.randbytes(step.number))


def _clock(world: World, laptop: Laptop, step: Step) -> None:
    wall = laptop.machine.wall
    wall.ahead_ms = step.number
    wall.stuck_at = world.time.now if step.text == "stuck" else None


def _passes(world: World, laptop: Laptop, step: Step) -> None:
    world.time.now += step.number


def _backup(world: World, laptop: Laptop, step: Step) -> None:
    laptop.backup = laptop.machine.copy()


def _restore(world: World, laptop: Laptop, step: Step) -> None:
    if laptop.backup is None or laptop.revoked:
        return
    world.branched.add(laptop.store.replica)
    laptop.machine.become(laptop.backup)
    laptop.store.set_meta(RESTORED, b"1")
    world.forget_what_nobody_holds()


def _clone(world: World, laptop: Laptop, step: Step) -> None:
    if len(world.laptops) < MOST_LAPTOPS:
        world.copy_laptop(laptop)


# --- the centre ---------------------------------------------------------------------------------------------


def _keep_centre(world: World, laptop: Laptop, step: Step) -> None:
    world.centre_copy = world.centre.copy()


def _restore_centre(world: World, laptop: Laptop, step: Step) -> None:
    world.restore_centre(world.centre_copy)


def _centre_says(world: World, laptop: Laptop, step: Step) -> None:
    values: dict[str, Value] = {"full_name": NAMES[step.number % 5], "role": "pelatih"}
    world.centre_saves([Edit(Staff, named_id(NO_ID, f"staff {step.row}"), CENTRE_AREA, values)])


def _areas(world: World, laptop: Laptop, step: Step) -> None:
    """The centre gives a laptop other areas."""
    replica = laptop.store.replica
    if laptop.revoked or world.centre.store.get(Device, replica) is None:
        return
    world.publish(replica, areas=step.text)
    for other in world.laptops:
        if other.store.replica == replica:
            other.areas_held |= {int(area) for area in step.text.split(",")}


def _revoke(world: World, laptop: Laptop, step: Step) -> None:
    """As the administrator's command does it. At least one laptop stays."""
    active = {one.store.replica for one in world.laptops if not one.revoked}
    replica = laptop.store.replica
    if laptop.revoked or len(active) < 2 or world.centre.store.get(Device, replica) is None:
        return
    with world.centre.store.db.reading() as c:
        ends = c.all(
            "SELECT f.area, f.head_seq FROM feed f JOIN replica r ON r.num = f.replica WHERE r.id = ?",
            replica,
        )
    held = {int(area): int(seq) for area, seq in ends}
    last = max(held.values(), default=0)
    world.publish(replica, state=REVOKED_STATE, revoked_after=last, revoked_heads=written_heads(held))
    for other in world.laptops:
        other.revoked = other.revoked or other.store.replica == replica


# --- on the way ---------------------------------------------------------------------------------------------


def _seal(world: World, laptop: Laptop, step: Step) -> None:
    if not is_restored(laptop.store):
        seal(laptop.store, lambda data: sign(laptop.store.private_key, data))


def _send(world: World, laptop: Laptop, step: Step) -> None:
    _exchange(world, laptop, step, None)


def _meet(world: World, laptop: Laptop, step: Step) -> None:
    """A laptop sends to another one, a supervisor's."""
    hub = world.laptops[step.row % len(world.laptops)]
    usable = not (is_restored(hub.store) or hub.revoked or hub.store.replica == laptop.store.replica)
    if usable:
        _exchange(world, laptop, step, hub)


def _exchange(world: World, laptop: Laptop, step: Step, hub: Laptop | None) -> None:
    links = [Trouble(kind, at) for kind, at in step.links]
    with _disk(world, laptop, step, hub):
        try:
            send(world, laptop, links, step.number or None, hub)
        except Stop as stop:
            world.stopped(laptop.machine, stop)
        except Stopped:
            return
        except StoreProblem as problem:
            if problem.code != "disk.full" or step.disk is None:
                raise
        except CarrierProblem as problem:
            world.note(problem.code)
            if not problem.code.startswith(_EXPECTED):
                raise


def send(
    world: World,
    laptop: Laptop,
    troubles: list[Trouble],
    rounds: int | None = None,
    hub: Laptop | None = None,
) -> ExchangeResult:
    """An exchange of a laptop with the centre, or with a hub; one that was restored joins first, and so does
    a copy that was found to be one.
    """
    if is_restored(laptop.store):
        world.rejoin(laptop)
    link = Link(world.hub_answerer(hub) if hub else world.answerer(), world.mail, troubles)
    try:
        result = exchange(
            laptop.store,
            link,
            stop=NoWaiting(rounds),
            timer=lambda: world.time.now / 1000,
            hub=hub.store.replica if hub else b"",
        )
    except CarrierProblem as problem:
        if problem.code != "feed.fork":
            raise
        if laptop.store.replica not in world.branched:
            raise Broken("5: a laptop that was never copied is taken for a copy") from problem
        laptop.store.set_meta(RESTORED, b"1")
        raise
    finally:
        laptop.requests += link.requests[-3:]
    world.note(result.rounds, result.bytes_up, result.bytes_down)
    return result


# --- on a stick ---------------------------------------------------------------------------------------------


def _pack(world: World, laptop: Laptop, step: Step) -> None:
    """A laptop writes its bundle to a stick."""
    stick = world.sticks[step.number % 2]
    with _told(world):
        export_bundle(laptop.store, stick)
    world.note("stick", len(list(stick.iterdir())))


def _stick_at_laptop(world: World, laptop: Laptop, step: Step) -> None:
    """A laptop takes from a stick what is for it: replies, and as a supervisor's the bundles of others."""
    if is_restored(laptop.store) or laptop.revoked:
        return
    store, stick = laptop.store, world.sticks[step.number % 2]
    for path in replies(store, stick):
        with _told(world):
            take_reply(store, path)
    for package in packages(store, hub_authority(store), stick):
        if package.problem is None and package.sender != store.replica:
            with _told(world):
                take_bundle(store, hub_authority(store), package.path)


def _stick_at_centre(world: World, laptop: Laptop, step: Step) -> None:
    """The centre takes every bundle on a stick and answers it."""
    with _told(world):
        for package in packages(world.centre.store, world.authority, world.sticks[step.number % 2]):
            if package.problem is None:
                take_bundle(world.centre.store, world.authority, package.path)


def _stick(world: World, laptop: Laptop, step: Step) -> None:
    """Somebody copies one stick onto the other, or a bit of a file on it falls over."""
    stick, other = world.sticks[step.number % 2], world.sticks[1 - step.number % 2]
    for path in sorted(stick.iterdir()):
        data = bytearray(path.read_bytes())
        if step.row == 0 and data:
            data[step.number * len(data) // 100] ^= 1 << step.number % 8
            path.write_bytes(data)
        else:
            (other / path.name).write_bytes(data)


@contextmanager
def _told(world: World) -> Iterator[None]:
    """What a stick may be refused for."""
    try:
        yield
    except CarrierProblem as problem:
        world.note(problem.code)
        if not problem.code.startswith(("bundle.", "feed.restored", "feed.fork", "device.", "sample.")):
            raise


def _mail(world: World, laptop: Laptop, step: Step) -> None:
    world.mail.deliver()


def _replay(world: World, laptop: Laptop, step: Step) -> None:
    """Somebody sends again what was once sent."""
    if not laptop.requests:
        return
    before = content_digest(world.centre.store)
    try:
        answer(world.centre.store, world.authority, laptop.requests[step.number % len(laptop.requests)])
    except Refusal:
        if content_digest(world.centre.store) != before:
            raise Broken("4: a refused request changed rows") from None


def _again(world: World, laptop: Laptop, step: Step) -> None:
    """A segment arrives that is here already."""
    store = (world.centre.store, laptop.store)[step.area]
    held = segments(store)
    if not held:
        return
    segment = held[step.number % len(held)]
    before = content_digest(store)
    outcome = apply_segment(store, open_segment(segment.body, None), segment.body)
    if outcome.result != "known" or content_digest(store) != before:
        raise Broken(f"4: a segment that is here already came to {outcome.result}")


def _forge(world: World, laptop: Laptop, step: Step) -> None:
    """A laptop speaks in the name of the centre or of another laptop, or begins a second branch of its own
    feed.
    """
    store, centre = laptop.store, world.centre.store
    other = world.laptops[(step.who + 1) % len(world.laptops)].store.replica
    area = _area(laptop, step) if step.row else CENTRE_AREA
    name = (centre.replica, other, store.replica)[step.row]
    if laptop.revoked or is_restored(store) or (step.row == 1 and other == store.replica):
        return
    known = [head for head in heads(centre) if (head.area, head.replica) == (area, name)]
    seq, prev_hash = (known[0].head_seq, known[0].head_hash) if known else (0, b"")
    if step.row == 2:
        prev_hash = world.random.randbytes(32)
    cls = Person if area else Device
    values = to_wire(cls, {"full_name": "Palsu CONTOH"} if area else {"areas": "5301,5302"})
    row = PEOPLE[area][0] if area else store.replica
    one = Operation(cls.kind, row, area, name, seq + 1, store.clock.tick(), STAFF, 0, values)
    body, segment = seal_segment(
        [one],
        replica=name,
        area=area,
        prev_hash=prev_hash,
        sign=lambda data: sign(store.private_key, data),
        os_clock=0,
        offset_ms=0,
    )
    pieces = [Piece(segment.hash, len(body), 0, body)]
    request = Request("1", next_request(store), world.authority.epoch, 10_000, pieces=pieces)
    data = pack_request(
        request, replica=store.replica, private_key=store.private_key, receiver=store.meta("centre_replica")
    )
    before = content_digest(centre)
    with suppress(Refusal, Unreachable):
        answer(centre, world.authority, data)
    if content_digest(centre) != before or any(held.hash == segment.hash for held in segments(centre)):
        raise Broken("11: words in the name of another, or of a second branch, were taken")


_DEEDS: dict[str, Callable[[World, Laptop, Step], None]] = {
    "edit": _edit,
    "mark": _mark,
    "delete": _delete,
    "burst": _burst,
    "newer": _newer,
    "poison": _poison,
    "failing": _failing,
    "seal": _seal,
    "send": _send,
    "meet": _meet,
    "pack": _pack,
    "stick at laptop": _stick_at_laptop,
    "stick at centre": _stick_at_centre,
    "stick": _stick,
    "again": _again,
    "mail": _mail,
    "replay": _replay,
    "forge": _forge,
    "restart": _restart,
    "power": _power,
    "clock": _clock,
    "pass": _passes,
    "backup": _backup,
    "restore": _restore,
    "clone": _clone,
    "revoke": _revoke,
    "areas": _areas,
    "keep centre": _keep_centre,
    "restore centre": _restore_centre,
    "centre says": _centre_says,
}
