"""What happens at each kind of step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from tests.simulation import photos
from tests.simulation.attacks import again, forge, replay
from tests.simulation.disk import FULL, Fault, Stop
from tests.simulation.links import Link, NoWaiting, Trouble
from tests.simulation.steps import Step
from tests.simulation.versions import newer, poison
from tests.simulation.world import NAMES, PEOPLE, SESSIONS, STAFF, Broken, Laptop, Number, World, area_of
from trainer_app.records.fields import Record, Value
from trainer_app.records.ids import NO_ID, named_id
from trainer_app.records.kinds import CENTRE_AREA, Attendance, Device, Person, Staff, derived_id
from trainer_app.records.merge import RowState
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem, StoreProblem
from trainer_app.records.revocation import REVOKED_STATE, written_heads
from trainer_app.storage.backup import RESTORED
from trainer_app.storage.branching import is_restored
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import seal
from trainer_app.storage.rows import load_states
from trainer_app.storage.store import EPOCH, Store
from trainer_app.sync.answer import Authority
from trainer_app.sync.bundle.at_laptop import save
from trainer_app.sync.bundle.homecoming import replies, take_reply
from trainer_app.sync.bundle.taking import packages, take_bundle
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import sign
from trainer_app.sync.progress import ExchangeResult, Stopped

MOST_LAPTOPS = 6
#: So often an administrator gives a restored laptop a new code; else it goes on by itself.
JOINS_WITH_A_CODE = 0.3
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
    "answer.short",
    "device.unknown",
    "feed.fork",
    "feed.restored",
    "area.foreign",
    "area.not_carried",
    "request.replayed",
)


def perform(world: World, step: Step) -> None:
    """Do a step. Raises `Broken`, or whatever the program should not have raised."""
    world.time.now += 1700
    laptop = world.laptops[step.who % len(world.laptops)]
    world.note(step.what, world.time.now)
    _DEEDS[step.what](world, laptop, step)


# --- people at a laptop -------------------------------------------------------------------------------------


def _edit(world: World, laptop: Laptop, step: Step) -> None:
    area, row = area_of(laptop, step), step.row
    value = VALUES[step.text][step.number % 6]
    _save(world, laptop, [Edit(Person, PEOPLE[area][row], area, {step.text: value})])


def _mark(world: World, laptop: Laptop, step: Step) -> None:
    area = area_of(laptop, step)
    _save(world, laptop, [_mark_edit(area, step.number % 2, PEOPLE[area][step.row], step.text)])


def _mark_edit(area: int, session: int, person: bytes, status: str) -> Edit:
    of = SESSIONS[area][session]
    values = {"session": of, "person": person, "status": status}
    return Edit(Attendance, derived_id(Attendance, of, person), area, values)


def _delete(world: World, laptop: Laptop, step: Step) -> None:
    """Deletes a person, or brings a deleted one back."""
    area = area_of(laptop, step)
    row = PEOPLE[area][step.row]
    person = laptop.store.get(Person, row)
    gone = laptop.store.clock.now_ms() if person is None or person.deleted_at is None else None
    values: dict[str, Value] = {"deleted_at": gone, "deleted_reason": "salah" if gone else None}
    _save(world, laptop, [Edit(Person, row, area, values)])


def _burst(world: World, laptop: Laptop, step: Step) -> None:
    area = area_of(laptop, step)
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


def _photo(world: World, laptop: Laptop, step: Step) -> None:
    """A photo is added, and the disk may fail at that."""
    with _disk(world, laptop, step):
        try:
            photos.add(world, laptop, step)
        except Stop as stop:
            world.stopped(laptop.machine, stop)
        except StoreProblem as problem:
            if problem.code != "disk.full" or step.disk is None:
                raise


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
    """A laptop sends to another one, a supervisor's.

    A machine that speaks under the name of another without knowing it serves nobody here: the anchor notices
    it when the program starts. Were both its anchors lost, its readers would hold a branch that the centre
    does not take.
    """
    hub = world.laptops[step.row % len(world.laptops)]
    alone = sum(one.store.replica == hub.store.replica for one in world.laptops) == 1
    if alone and not (is_restored(hub.store) or hub.revoked or hub is laptop):
        _exchange(world, laptop, step, hub)


def _exchange(world: World, laptop: Laptop, step: Step, hub: Laptop | None) -> None:
    links = [Trouble(kind, at) for kind, at in step.links]
    with _disk(world, laptop, step, hub):
        try:
            send(world, laptop, links, step.number or None, hub)
        except Stop as stop:
            at_centre = stop.disk is world.centre.disk  # while it published the laptop
            world.stopped(world.centre if at_centre else laptop.machine, stop)
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
    """An exchange of a laptop with the centre, or with a hub; one that was restored may join anew first."""
    if is_restored(laptop.store) and hub is None and world.random.random() < JOINS_WITH_A_CODE:
        world.rejoin(laptop)
    former = laptop.store.replica, laptop.store.meta(EPOCH)
    link = Link(world.hub_answerer(hub) if hub else world.answerer(), world.mail, troubles, world.keeper(hub))
    try:
        with world.may_go_on(laptop) if laptop.store.replica in world.branched else nullcontext():
            result = exchange(
                laptop.store,
                link,
                stop=NoWaiting(rounds),
                timer=lambda: world.time.now / 1000,
                hub=hub.store.replica if hub else b"",
            )
    finally:
        laptop.requests += link.requests[-3:]
    same = former == (laptop.store.replica, laptop.store.meta(EPOCH))
    if (again := link.sent_again()) and same:
        raise Broken(f"15: {again} bytes went twice in one exchange, though they had arrived")
    world.note(result.rounds, result.bytes_up, result.bytes_down)
    return result


# --- on a stick ---------------------------------------------------------------------------------------------


def _pack(world: World, laptop: Laptop, step: Step) -> None:
    """A laptop writes its bundle to a stick, and removes from it what it is done with."""
    stick = world.sticks[step.number % 2]
    with _told(world), world.may_go_on(laptop):
        save(laptop.store, stick)
    world.note("stick", len(list(stick.iterdir())))


def _stick_at_laptop(world: World, laptop: Laptop, step: Step) -> None:
    """A laptop takes from a stick what is for it: replies, and as a supervisor's the bundles of others."""
    if is_restored(laptop.store) or laptop.revoked:
        return
    store, stick = laptop.store, world.sticks[step.number % 2]
    for path in replies(store, stick):
        with _told(world):
            take_reply(store, path)
    for package in packages(store, Authority.of_hub(store), stick):
        if package.problem is None and package.sender != store.replica:
            with _told(world):
                take_bundle(store, Authority.of_hub(store), package.path)


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


_DEEDS: dict[str, Callable[[World, Laptop, Step], None]] = {
    "edit": _edit,
    "mark": _mark,
    "delete": _delete,
    "burst": _burst,
    "newer": newer,
    "poison": poison,
    "failing": _failing,
    "photo": _photo,
    "seal": _seal,
    "send": _send,
    "meet": _meet,
    "pack": _pack,
    "stick at laptop": _stick_at_laptop,
    "stick at centre": _stick_at_centre,
    "stick": _stick,
    "again": again,
    "mail": _mail,
    "replay": replay,
    "forge": forge,
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
