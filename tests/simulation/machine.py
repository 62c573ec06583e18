"""A machine: a clock that may be wrong, a disk that may fail, and the store on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.simulation.disk import Disk, WatchedDatabase
from trainer_app.records.clock import Clock
from trainer_app.storage.database import open_postgres, open_sqlite
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all

#: The key of files in those worlds whose files are encrypted.
KEY = bytes(range(32))


@dataclass(slots=True)
class Time:
    """The true time of a world, in milliseconds since 1970 UTC. It moves only when told to."""

    now: int


@dataclass(slots=True)
class Wall:
    """A machine's clock: `ahead_ms` wrong, and with `stuck_at` standing still."""

    time: Time
    ahead_ms: int = 0
    stuck_at: int | None = None

    def __call__(self) -> int:
        return (self.time.now if self.stuck_at is None else self.stuck_at) + self.ahead_ms


class Machine:
    """One database file, opened. `key` None: the file is not encrypted."""

    def __init__(self, name: str, folder: Path, time: Time, key: bytes | None) -> None:
        self.name, self.key = name, key
        self.wall = Wall(time)
        self.disk = Disk(folder / f"{name}.db")
        self.disk.put(_empty(key))
        self.store = self._open()

    def _open(self) -> Store:
        # encrypted worlds are few: they go the whole way of the real database
        db = WatchedDatabase(open_sqlite(self.disk.path, self.key), self.disk, lean=self.key is None)
        return Store(db, Clock(wall=self.wall))

    def close(self) -> None:
        """The program ends."""
        self.store.close()

    def restart(self) -> None:
        """The program ends and starts again."""
        self.store.close()
        self.disk.stopped = False
        self.store = self._open()

    def power_cut(self, torn: bytes = b"") -> None:
        """The machine is off, and then on again."""
        left = self.disk.survivors(torn)
        self.store.close()
        self.disk.put(*left)
        self.disk.stopped = False
        self.store = self._open()

    def copy(self) -> tuple[bytes, bytes]:
        """The file as it is now."""
        return self.disk.image()

    def become(self, copy: tuple[bytes, bytes]) -> None:
        """The file is replaced by a copy, as a restore does it."""
        self.store.close()
        self.disk.put(*copy)
        self.store = self._open()


class PostgresCentre(Machine):
    """A centre on PostgreSQL. Its disk never fails here, and it is never restored."""

    def __init__(self, url: str, folder: Path, time: Time) -> None:
        self.name, self.key = "centre", None
        self.wall = Wall(time)
        self.disk = Disk(folder / "no-file")
        self._url = url
        self.store = self._open()

    def _open(self) -> Store:
        db = open_postgres(self._url)
        create_all(db)
        return Store(db, Clock(wall=self.wall))

    def power_cut(self, torn: bytes = b"") -> None:
        self.restart()

    def copy(self) -> tuple[bytes, bytes]:
        return b"", b""


@cache
def _empty(key: bytes | None) -> bytes:
    """The file of a database with all tables, made once: every machine begins with a copy of it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        db = open_sqlite(path, key)
        create_all(db)
        with db.engine.connect() as raw:
            raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        return path.read_bytes()
