"""A disk that fails when it is told to: the machine stops at the k-th write, the disk is full from it on, or
the power goes and takes along what was not yet forced to the disk.

The database below is the real one. Only the moments between its writes are watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from trainer_app.storage.database import Connection, Database, Row, understood

STOP, POWER, FULL = "stop", "power", "full"
_FULL_SYNC = 2


class Stop(BaseException):
    """The program ends here, between two writes. Nothing may catch it but the world."""

    def __init__(self, disk: Disk, *, power: bool) -> None:
        super().__init__()
        self.disk, self.power = disk, power


@dataclass(slots=True)
class Fault:
    """What happens at the write `after` others: STOP, POWER or FULL."""

    kind: str
    after: int


class Disk:
    """The disk of one machine, with the one database file that lies on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fault: Fault | None = None
        #: Nothing is written any more until the machine starts again.
        self.stopped = False
        #: Writes and commits so far.
        self.writes = 0
        #: The file as it was before the first commit that was not forced to the disk.
        self._safe: tuple[bytes, bytes] | None = None

    @property
    def log(self) -> Path:
        """The write-ahead log beside the file."""
        return self.path.with_name(f"{self.path.name}-wal")

    def write(self) -> None:
        """A write is about to happen. Raises `Stop`, or sqlite's own "disk is full"."""
        self.writes += 1
        if self.stopped:
            raise Stop(self, power=False)  # whoever cleans up after a stop is not there any more
        fault = self.fault
        if fault is None:
            return
        if fault.after > 0:
            fault.after -= 1
        elif fault.kind == FULL:
            raise _full()
        else:
            self.fault, self.stopped = None, True
            raise Stop(self, power=fault.kind == POWER)

    def before_commit(self, synchronous: int) -> None:
        """Keep what is safe, when the coming commit is not forced to the disk."""
        if synchronous < _FULL_SYNC and self._safe is None:
            self._safe = self.image()

    def after_commit(self, synchronous: int) -> None:
        """A commit that was forced to the disk takes all before it along."""
        if synchronous >= _FULL_SYNC:
            self._safe = None

    def image(self) -> tuple[bytes, bytes]:
        """File and log as they are."""
        return self.path.read_bytes(), self.log.read_bytes() if self.log.exists() else b""

    def survivors(self, torn: bytes) -> tuple[bytes, bytes]:
        """What is on the disk after the power went; `torn` is a piece of what was being written."""
        file, log = self._safe or self.image()
        self._safe = None
        return file, log + torn if log else log

    def put(self, file: bytes, log: bytes = b"") -> None:
        """Replace what is on the disk. The database must be closed."""
        for path in self.path.parent.glob(f"{self.path.name}*"):
            path.unlink()
        self.path.write_bytes(file)
        if log:
            self.log.write_bytes(log)
        self._safe = None


def _full() -> Exception:
    from sqlcipher3 import dbapi2

    cause = dbapi2.OperationalError("database or disk is full")
    return sa.exc.DBAPIError.instance("", None, cause, dbapi2.Error, hide_parameters=True)


class WatchedConnection(Connection):
    """Tells the disk of each write before it happens."""

    def __init__(self, raw: sa.Connection, dialect: str, disk: Disk) -> None:
        super().__init__(raw, dialect)
        self._disk = disk

    def run(self, sql: str, *params: Any) -> int:
        self._disk.write()
        return super().run(sql, *params)

    def many(self, sql: str, rows: list[Row]) -> int:  # type: ignore[override]  # any sequence, really
        if rows:
            self._disk.write()
        return super().many(sql, rows)


class _Reader(Connection):
    """A connection that reads without the engine's transaction around it."""

    def __init__(self, fairy: Any, engine: sa.Engine) -> None:
        self.fairy, self.driver = fairy, fairy.driver_connection
        self.dialect, self._driver = "sqlite", self.driver
        self.raw = engine  # type: ignore[assignment]  # only its dialect is asked for


class WatchedDatabase(Database):
    """The real database of a machine whose disk may fail."""

    def __init__(self, real: Database, disk: Disk, *, lean: bool = True) -> None:
        super().__init__(real.engine, real.path)
        self._disk, self._lean = disk, lean
        self._idle: list[_Reader] = []

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """As the real one; a lean one keeps connections for itself, since the way through the engine's pool
        takes longer than what is read.
        """
        if not self._lean:
            with super().reading() as c:
                yield c
            return
        reader = self._idle.pop() if self._idle else _Reader(self.engine.raw_connection(), self.engine)
        try:
            reader.driver.execute("BEGIN")
            yield reader
        except sa.exc.DBAPIError as fault:
            raise understood(fault) from fault
        finally:
            reader.driver.rollback()
            self._idle.append(reader)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().fairy.close()
        super().close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with super().writing() as c:
            yield WatchedConnection(c.raw, c.dialect, self._disk)
            synchronous = int(c.value("PRAGMA synchronous"))
            self._disk.before_commit(synchronous)
            try:
                self._disk.write()
            except sa.exc.DBAPIError as fault:
                raise understood(fault) from fault
        self._disk.after_commit(synchronous)
        if self._disk.fault is not None and self._disk.fault.kind != FULL:
            self._disk.write()  # stopped after the commit, before anybody heard of it
