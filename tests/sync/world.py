"""A small world in one process: a centre and laptops as real stores, and a carrier that can be cut."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from trainer_app.records.clock import Clock, wall_ms
from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.digest import content_digest
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all
from trainer_app.sync.answer import Authority, Refusal, answer
from trainer_app.sync.carrier import Refused
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import make_private_key, public_key_of
from trainer_app.sync.succession import take_up

AREA = 5301
STAFF = new_id()
KEY = bytes(range(32))


@dataclass(slots=True)
class Cut:
    """A coming request is cut: the `request` never arrives, or the `answer` never comes back; after `rounds`
    others.
    """

    where: str
    rounds: int = 0


@dataclass(slots=True)
class Wall:
    """A machine's clock, `ahead_ms` wrong."""

    ahead_ms: int = 0

    def __call__(self) -> int:
        return wall_ms() + self.ahead_ms


@dataclass(slots=True)
class DirectCarrier:
    """Gives requests straight to the answering side of the world."""

    world: World
    cut: Cut | None = None
    requests: list[bytes] = field(default_factory=list)

    def send(self, data: bytes) -> bytes:
        self.requests.append(data)
        cut = self.cut
        if cut and cut.rounds:
            cut.rounds -= 1
            cut = None
        elif cut:
            self.cut = None
        if cut and cut.where == "request":
            raise CarrierProblem("cut", code="test.cut")
        try:
            reply = self.world.answer(data)
        except Refusal as refusal:
            raise Refused(refusal.status, refusal.text, refusal.code) from refusal
        if cut:
            raise CarrierProblem("cut", code="test.cut")
        return reply

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Laptop:
    """An enrolled laptop."""

    store: Store
    carrier: DirectCarrier
    wall: Wall


class World:
    """Make laptops with `laptop()`; everything is closed at the end of the with block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stores: list[Store] = []
        #: The clock of the centre's machine.
        self.wall = Wall()
        self.centre = self._store("centre", self.wall)
        self.centre.found(new_id(), make_private_key(), "Pusat CONTOH", ())
        self.authority = self._begin_life()

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for store in self._stores:
            store.close()

    def now(self) -> int:
        """The true time, ms."""
        return self.wall()

    def _store(self, name: str, wall: Wall | None = None) -> Store:
        path = self._folder / f"{name}.db"
        if not path.exists():
            path.write_bytes(_empty_database())
        store = Store(open_sqlite(path, KEY), Clock(wall=wall or Wall()))
        self._stores.append(store)
        return store

    def reopen(self, laptop: Laptop) -> None:
        """The program ends and starts again."""
        self.close(laptop)
        self.open_again(laptop)

    def close(self, laptop: Laptop) -> None:
        """The program ends; its file is free for another."""
        laptop.store.close()
        self._stores.remove(laptop.store)

    def open_again(self, laptop: Laptop) -> None:
        """The program starts on the file that it had."""
        path = laptop.store.db.path
        assert path is not None
        laptop.store = self._store(path.stem, laptop.wall)

    def laptop(self, *, ahead_ms: int = 0, areas: tuple[int, ...] = (AREA,)) -> Laptop:
        """A new laptop that the centre knows; `ahead_ms` is how wrong its clock is."""
        replica, private_key, wall = new_id(), make_private_key(), Wall(ahead_ms)
        store = self._store(replica.hex(), wall)
        store.found(replica, private_key, "Laptop CONTOH", areas)
        store.set_meta("centre_replica", self.centre.replica)
        store.set_meta("centre_key", public_key_of(self.centre.private_key))
        store.set_meta("epoch", self.authority.epoch)
        values = {
            "name": f"Laptop {replica.hex()[-4:]}",
            "public_key": public_key_of(private_key).hex(),
            "areas": ",".join(map(str, areas)),
            "state": "aktif",
        }
        self.centre.save([Edit(Device, replica, CENTRE_AREA, values)], NO_ID)
        return Laptop(store, DirectCarrier(self), wall)

    def answer(self, data: bytes) -> bytes:
        """The centre's answer to request bytes."""
        return answer(self.centre, self.authority, data)

    def equal(self, *laptops: Laptop) -> bool:
        """Whether these laptops and the centre hold the same rows and stamps."""
        stores = [self.centre, *(laptop.store for laptop in laptops)]
        return len({content_digest(store, (CENTRE_AREA, AREA)) for store in stores}) == 1

    def backup_centre(self) -> bytes:
        """The centre's file as it is now."""
        path = self._folder / "centre.db"
        with self.centre.db.writing() as c:
            c.run("UPDATE meta SET value = value WHERE key = 'replica'")
        with self.centre.db.engine.connect() as raw:
            raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()

    def restore_centre(self, copy: bytes) -> None:
        """The centre is lost and comes back from a copy, as a new life of it."""
        self.centre.close()
        self._stores.remove(self.centre)
        for path in self._folder.glob("centre.db*"):
            path.unlink()
        (self._folder / "centre.db").write_bytes(copy)
        self.centre = self._store("centre", self.wall)
        self.authority = self._begin_life()

    def _begin_life(self) -> Authority:
        """As a restore and the next start do it."""
        epoch = os.urandom(16)
        self.centre.set_meta("epoch", epoch)
        take_up(self.centre)
        return Authority(epoch)


def connect(*laptops: Laptop) -> None:
    """Each exchanges with the centre."""
    for laptop in laptops:
        exchange(laptop.store, laptop.carrier)


def register(store: Store, name: str = "Siti", area: int = AREA) -> RecordId:
    """A made-up person."""
    row = new_id()
    values = {"full_name": f"{name} CONTOH", "sex": "P", "village": "53.01.08.2006"}
    store.save([Edit(Person, row, area, values)], STAFF)
    return row


@cache
def _empty_database() -> bytes:
    """The file of a database with all tables, made once: many small worlds begin with it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        db = open_sqlite(path, KEY)
        create_all(db)
        with db.engine.connect() as raw:
            raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        return path.read_bytes()
