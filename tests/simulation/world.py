"""One world: a centre and laptops, what was ever saved in it, and who may know what. It moves by `deeds`."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.disk import Stop
from tests.simulation.links import Answerer, Keeper, Mail, Unreachable
from tests.simulation.log_reading import Key, Line, held_keys, key_of, lines
from tests.simulation.machine import KEY, Machine, PostgresCentre, Time
from tests.simulation.steps import AREAS, ROWS, History, Step
from trainer_app.records.clock import BUILD_MS
from trainer_app.records.fields import Value
from trainer_app.records.ids import NO_ID, RecordId, named_id
from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.problem import StoreProblem
from trainer_app.storage.backup import RESTORED
from trainer_app.storage.feeds import heads
from trainer_app.storage.store import EPOCH, Store
from trainer_app.sync import recipients
from trainer_app.sync.answer import Authority, answer
from trainer_app.sync.cut import keep_cut
from trainer_app.sync.enrolment import _become
from trainer_app.sync.keys import public_key_of
from trainer_app.sync.messages import read_answer, split_request
from trainer_app.sync.succession import take_up

#: The age identity of every machine: made for this, and the same in every run.
IDENTITY = "AGE-SECRET-KEY-10R2L702DDG5C96PVFJRGGCUK05XPWJEDE7M0MMCNTGUMDMAR8GEQX0W800"
START = BUILD_MS + 30 * 86_400_000
STAFF = named_id(NO_ID, "staff")
PEOPLE = {area: [named_id(NO_ID, f"person {area} {i}") for i in range(ROWS)] for area in AREAS}
SESSIONS = {area: [named_id(NO_ID, f"session {area} {i}") for i in range(2)] for area in AREAS}
NAMES = ("Siti CONTOH", "Siti Aminah CONTOH", "Budi CONTOH", "Wati CONTOH", "Agus CONTOH", None)
#: (area, replica, number): one operation, unless a copied database used the number twice.
Number = tuple[int, bytes, int]


class Broken(AssertionError):
    """An invariant does not hold; the text begins with its number."""


@dataclass(slots=True)
class Saved:
    """An operation that somebody was told is saved. `saw` are the operations whose values it replaced."""

    number: Number
    saw: frozenset[Number]
    poison: bool = False


@dataclass(slots=True)
class Laptop:
    """A laptop. `areas_held` are all areas that it was ever given; `copy_of` is the name that its data folder
    had when it was copied from another machine.
    """

    machine: Machine
    areas_held: set[int]
    backup: tuple[bytes, bytes] | None = None
    revoked: bool = False
    copy_of: bytes = b""
    requests: list[bytes] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.machine.store


class World:
    """Everything of one history. Close it at the end."""

    def __init__(self, folder: Path, history: History, postgres: str = "") -> None:
        self.random = random.Random(f"world {history.seed}")  # noqa: S311 - must repeat
        self.folder = folder
        self.time = Time(START)
        self.mail = Mail()
        self._key = KEY if history.encrypted else None
        self.trace = hashlib.blake2b(digest_size=16)
        self.ledger: dict[Key, Saved] = {}
        self.numbers: dict[Number, set[Key]] = defaultdict(set)
        #: Operations that are gone with the last disk that held them, and those of revoked laptops.
        self.excused: set[Key] = set()
        #: Feeds of databases that were copied: there a number may mean two things.
        self.branched: set[bytes] = set()
        self.hashes: dict[Number, bytes] = {}
        #: Photos by the name of their bytes: the laptop that added it.
        self.photos: dict[str, bytes] = {}
        #: Whether more than one thing may still have been said by the centre under one number.
        self.lives: list[bytes] = []
        self.centre: Machine = (
            PostgresCentre(postgres, folder, self.time)
            if postgres
            else Machine("centre", folder, self.time, self._key)
        )
        self.centre.store.found(self.new_id(), self.random.randbytes(32), "Pusat CONTOH", ())
        self.centre.store.set_meta(recipients.IDENTITY, IDENTITY.encode())
        self.authority = self._begin_life()
        recipients.publish(self.centre.store)
        self.find_saved(self.centre.store)
        self.sticks = [folder / f"stick{i}" for i in range(2)]
        for stick in self.sticks:
            stick.mkdir()
        self.centre_copy = self.centre.copy()
        self.laptops: list[Laptop] = []
        for areas in history.areas:
            self.join(areas)

    def close(self) -> None:
        """Everything is closed."""
        for machine in self.machines():
            machine.close()

    def machines(self) -> list[Machine]:
        """All machines, the centre first."""
        return [self.centre, *(laptop.machine for laptop in self.laptops)]

    def new_id(self) -> RecordId:
        """A UUIDv7 of this moment, out of the seed."""
        raw = bytearray(self.time.now.to_bytes(6, "big") + self.random.randbytes(10))
        raw[6] = 0x70 | raw[6] & 0x0F
        raw[8] = 0x80 | raw[8] & 0x3F
        return bytes(raw)

    def new_identity(self) -> tuple[RecordId, bytes]:
        """The same for a laptop that goes on alone."""
        return self.new_id(), self.random.randbytes(32)

    def note(self, *what: object) -> None:
        """Something that must come out the same whenever the seed is run."""
        self.trace.update(repr(what).encode())

    # --- the centre -----------------------------------------------------------------------------------------

    def centre_saves(self, edits: Iterable[Edit]) -> None:
        """The centre says something."""
        self.saved(self.centre.store, self.centre.store.save(list(edits), NO_ID), {})

    def publish(self, replica: RecordId, **values: Value) -> None:
        """The centre says something of a laptop."""
        self.centre_saves([Edit(Device, replica, CENTRE_AREA, values)])

    def _begin_life(self) -> Authority:
        """As a restore and the next start do it."""
        epoch = self.random.randbytes(16)
        self.centre.store.set_meta(EPOCH, epoch)
        take_up(self.centre.store, self.new_id())
        self.lives.append(self.centre.store.replica)
        return Authority(epoch)

    def restore_centre(self, copy: tuple[bytes, bytes]) -> None:
        """The centre is lost and comes back from a copy, as a new life of it."""
        self.centre.become(copy)
        self.authority = self._begin_life()
        self.forget_what_nobody_holds()

    def answerer(self) -> Answerer:
        """The way to the centre as it is at the time of each request."""
        return self._centre_answers

    def _centre_answers(self, data: bytes) -> bytes:
        try:
            reply = answer(self.centre.store, self.authority, data)
        except Stop as stop:
            self.stopped(self.centre, stop)
            raise Unreachable from stop
        except StoreProblem as problem:
            if problem.code != "disk.full":
                raise
            raise Unreachable from problem
        self._check_areas(split_request(data).replica, reply)
        return reply

    def keeper(self, hub: Laptop | None = None) -> Keeper:
        """What the other side does with a request that broke off."""
        machine = hub.machine if hub else self.centre

        def keep(data: bytes) -> None:
            authority = Authority.of_hub(hub.store) if hub else self.authority
            try:
                keep_cut(machine.store, authority, data)
            except Stop as stop:
                self.stopped(machine, stop)
                raise Unreachable from stop

        return keep

    def hub_answerer(self, hub: Laptop) -> Answerer:
        """The way to a supervisor's laptop."""

        def answers(data: bytes) -> bytes:
            try:
                reply = answer(hub.store, Authority.of_hub(hub.store), data)
            except Stop as stop:
                self.stopped(hub.machine, stop)
                raise Unreachable from stop
            except StoreProblem as problem:
                if problem.code != "disk.full":
                    raise
                raise Unreachable from problem
            self._check_areas_of_hub(split_request(data).replica, reply)
            return reply

        return answers

    def _check_areas_of_hub(self, replica: bytes, reply: bytes) -> None:
        """A hub may not know yet that an area was taken away, but never gives one that was not given."""
        held = [laptop.areas_held for laptop in self.laptops if laptop.store.replica == replica]
        allowed = {CENTRE_AREA}.union(*held)
        if held and (wrong := {item.area for item in read_answer(reply).items} - allowed):
            raise Broken(f"10: a hub gave words of areas {wrong} to a laptop that had {allowed}")

    def _check_areas(self, replica: bytes, reply: bytes) -> None:
        device = self.centre.store.get(Device, replica)
        allowed = {str(CENTRE_AREA), *(device.areas or "").split(",")} if device else set()
        said = read_answer(reply)
        if wrong := {item.area for item in said.items if str(item.area) not in allowed}:
            raise Broken(f"10: words of areas {wrong} went to a laptop that has {allowed}")

    # --- laptops --------------------------------------------------------------------------------------------

    def join(self, areas: tuple[int, ...]) -> Laptop:
        """A new laptop."""
        machine = Machine(f"laptop{len(self.laptops)}", self.folder, self.time, self._key)
        machine.store.set_meta(recipients.IDENTITY, IDENTITY.encode())
        laptop = Laptop(machine, set(areas))
        self.laptops.append(laptop)
        self._enrol(laptop, areas)
        return laptop

    def rejoin(self, laptop: Laptop) -> None:
        """A restored or copied laptop joins anew and goes on as another replica.

        The administrator gives it the areas of all words that it has yet to hand in.
        """
        store = laptop.store
        own = {head.area for head in heads(store) if head.replica == store.replica}
        with self.may_go_on(laptop):
            self._enrol(laptop, (*store.areas, *sorted(own - {CENTRE_AREA, *store.areas})))

    @contextmanager
    def may_go_on(self, laptop: Laptop) -> Iterator[None]:
        """In the block a laptop may become another replica: what it says again is the same as before."""
        store, former = laptop.store, laptop.store.replica
        before = {_said(line): line for line in lines(store) if line.operation.replica == former}
        yield
        if store.replica == former:
            return
        if former not in self.branched:
            raise Broken("5: a laptop that was never copied nor restored goes on under another name")
        for line in lines(store):
            known = before.get(_said(line))
            if line.operation.replica == store.replica and known and known.key in self.ledger:
                self._said_again(known.key, line)

    def _said_again(self, key: Key, line: Line) -> None:
        """An operation has the stamp now that a receipt gave it: its content is another, it is the same."""
        if line.key != key:
            saved = self.ledger[key]
            number = line.operation.area, line.operation.replica, line.operation.seq
            self.ledger[line.key] = Saved(number, frozenset(), saved.poison)
            self.numbers[number].add(line.key)
            self.excused.add(key)

    def _enrol(self, laptop: Laptop, areas: tuple[int, ...]) -> None:
        store, replica, private_key = laptop.store, self.new_id(), self.random.randbytes(32)
        self.publish(
            replica,
            name=f"Laptop {replica.hex()[-4:]}",
            public_key=public_key_of(private_key).hex(),
            areas=",".join(map(str, areas)),
            state="aktif",
        )
        centre = self.centre.store
        said = {
            "replica": replica.hex(),
            "areas": list(areas),
            "epoch": self.authority.epoch.hex(),
            "centre_key": public_key_of(centre.private_key).hex(),
            "centre_replica": centre.replica.hex(),
            "centre_recipient": recipients.own_recipient(centre),
        }
        _become(store, "https://pusat.contoh", "Laptop CONTOH", private_key, said)
        laptop.revoked = False

    def copy_laptop(self, laptop: Laptop) -> None:
        """Somebody copies the data folder to another machine, and both are used."""
        machine = Machine(f"laptop{len(self.laptops)}", self.folder, self.time, self._key)
        machine.become(laptop.machine.copy())
        self.branched.add(laptop.store.replica)
        held, name = set(laptop.areas_held), laptop.store.replica
        copied = Laptop(machine, held, revoked=laptop.revoked, copy_of=name)
        self.laptops.append(copied)

    def copies_are_noticed(self) -> None:
        """A machine whose data folder was copied from another finds the anchor of that one."""
        for laptop in self.laptops:
            if laptop.store.replica == laptop.copy_of and not laptop.revoked:
                laptop.store.set_meta(RESTORED, b"1")

    def stopped(self, machine: Machine, stop: Stop) -> None:
        """A machine stopped in the middle; it starts again."""
        if stop.disk is not machine.disk:
            raise stop
        if stop.power:
            machine.power_cut(self.random.randbytes(self.random.randrange(200)))
        else:
            machine.restart()
        self.find_saved(machine.store)

    # --- what was saved -------------------------------------------------------------------------------------

    def saved(
        self, store: Store, operations: Iterable[Operation], saw: dict[int, frozenset[Number]], **more: bool
    ) -> None:
        """The store said that these are saved. `saw`: what they replaced, by their number."""
        for one in operations:
            number, key = (one.area, store.replica, one.seq), key_of(one)
            self.ledger[key] = Saved(number, saw.get(one.seq, frozenset()), **more)
            self.numbers[number].add(key)
            self.excused.discard(key)
            self.note("saved", key)

    def find_saved(self, store: Store) -> None:
        """After a stop in the middle of a saving: what is there now was saved, and must not vanish again."""
        from trainer_app.storage.feeds import unsealed

        for area in (CENTRE_AREA, *AREAS):
            with store.db.reading() as c:
                found = unsealed(store, c, area)
            self.saved(store, [one for one in found if key_of(one) not in self.ledger], {})

    def forget_what_nobody_holds(self) -> None:
        """A disk is gone. What only it held is lost, and nobody can help it."""
        held = set(held_keys(self.centre.store))
        for laptop in self.laptops:
            own = laptop.store.replica
            areas = {CENTRE_AREA, *laptop.store.areas}
            held |= {
                key
                for key, (replica, area) in held_keys(laptop.store).items()
                if replica == own or area in areas
            }
        self.excused |= self.ledger.keys() - held


def _said(line: Line) -> tuple[object, ...]:
    """What an operation says and counts from, under whatever name and number."""
    return (*line.key[:3], line.effective, line.key[4])


def area_of(laptop: Laptop, step: Step) -> int:
    """The area that a step at a laptop is about: one of those that it has."""
    areas = laptop.store.areas or AREAS
    return areas[step.area % len(areas)]
