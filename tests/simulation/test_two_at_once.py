"""Two laptops of one area send at the same moment to a centre on PostgreSQL, and a third one reads meanwhile:
the second transaction is run whole inside of the first, at each of its writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa

from tests.postgres import Postgres
from trainer_app.records.clock import Clock, pack
from trainer_app.records.fields import to_wire
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Operation
from trainer_app.records.segment import open_segment, seal_segment
from trainer_app.storage import applying
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.database import Connection, Database, open_postgres
from trainer_app.storage.rebuild import differences
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import area_end, handed_on
from trainer_app.storage.tables import create_all
from trainer_app.sync.keys import make_private_key, sign

AREA = 5301
PERSON, STAFF = new_id(), new_id()
_LOCK_TAKEN = "55P03"


class _Interrupted(Connection):
    """Calls `between` before each write."""

    between: Callable[[], None]

    def run(self, sql: str, *params: Any) -> int:
        self.between()
        return super().run(sql, *params)


class _InterruptedDatabase(Database):
    """Calls `between` before each write of a transaction, and gives up at once where a lock is taken."""

    between: Callable[[], None] = staticmethod(lambda: None)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with super().writing() as c:
            c.run("SET LOCAL lock_timeout = '100ms'")
            interrupted = _Interrupted(c.raw, c.dialect)
            interrupted.between = self.between
            yield interrupted


class _Laptop:
    def __init__(self) -> None:
        self.replica, self.key = new_id(), make_private_key()
        self.seq, self.hash = 0, b""

    def says(self, name: str, at: int) -> bytes:
        """The next segment of this laptop."""
        self.seq += 1
        values = to_wire(Person, {"full_name": name})
        one = Operation(Person.kind, PERSON, AREA, self.replica, self.seq, pack(at), STAFF, 0, values)
        body, segment = seal_segment(
            [one],
            replica=self.replica,
            area=AREA,
            prev_hash=self.hash,
            sign=lambda data: sign(self.key, data),
            os_clock=0,
            offset_ms=0,
        )
        self.hash = segment.hash
        return body


class _Centre:
    """Two processes of one centre, and what a reader has read of it."""

    def __init__(self, url: str) -> None:
        self.stores = [_store(url), _store(url)]
        self.cursor = 0
        self.read: set[int] = set()

    def apply(self, process: int, body: bytes) -> bool:
        """Whether it could be stored now."""
        try:
            return apply_segment(self.stores[process], open_segment(body, None), body).result == "stored"
        except sa.exc.OperationalError as fault:
            if getattr(fault.orig, "sqlstate", "") != _LOCK_TAKEN:
                raise
            return False

    def look(self) -> None:
        """The reader goes on from its cursor."""
        store = self.stores[1]
        end = area_end(store, AREA)
        self.read |= {segment.pos for segment in handed_on(store, AREA, self.cursor, b"")}
        self.cursor = max(self.cursor, end)


def _store(url: str) -> Store:
    real = open_postgres(url)
    create_all(real)
    store = Store(_InterruptedDatabase(real.engine), Clock())
    if not store.replica:
        store.found(new_id(), make_private_key(), "Pusat CONTOH", ())
    return store


def _faults(url: str) -> list[str]:
    """What goes wrong when two transactions meet, at each write of the first."""
    centre = _Centre(url)
    one, two = _Laptop(), _Laptop()
    found: list[str] = []
    at = 1_800_000_000_000
    for body, process in ((one.says("Satu CONTOH", at), 0), (two.says("Dua CONTOH", at + 1), 1)):
        assert centre.apply(process, body)
    for place in range(12):
        at += 100
        found += _meet(
            centre, (one.says(f"A{place} CONTOH", at), two.says(f"B{place} CONTOH", at + 1)), place
        )
    for store in centre.stores:
        store.close()
    return found


def _meet(centre: _Centre, bodies: tuple[bytes, bytes], place: int) -> list[str]:
    done = False
    left = place

    def between() -> None:
        nonlocal done, left
        left -= 1
        if left == -1:
            done = centre.apply(1, bodies[1])
            centre.look()

    database = centre.stores[0].db
    assert isinstance(database, _InterruptedDatabase)
    database.between = between  # type: ignore[method-assign]  # that is what it is for
    try:
        assert centre.apply(0, bodies[0])
    finally:
        database.between = lambda: None  # type: ignore[method-assign]  # as before
    assert done or centre.apply(1, bodies[1])
    centre.look()
    with centre.stores[0].db.reading() as c:
        stored = {row[0] for row in c.all("SELECT pos FROM segment WHERE area = ?", AREA)}
    told = [f"3: at {place}" for _ in differences(centre.stores[0])]
    return told + ([f"6: at {place}"] if stored - centre.read else [])


def _no_lock() -> AbstractContextManager[Any]:
    """The lock of an area is only made, not taken, and positions are counted without it."""

    def make(c: Connection, area: int) -> None:
        c.run("INSERT INTO area_head (area, pos) VALUES (?, 0) ON CONFLICT (area) DO NOTHING", area)

    return mock.patch.object(applying, "lock_area", make)


def _no_order() -> AbstractContextManager[Any]:
    """And positions come from a counter that nobody waits for, as a sequence would give them."""
    counter = iter(range(1000, 2000))

    def take(c: Connection, area: int) -> int:
        position = next(counter)
        with c.raw.engine.begin() as other:
            Connection(other, c.dialect).run("UPDATE area_head SET pos = ? WHERE area = ?", position, area)
        return position

    return mock.patch.object(applying, "next_pos", take)


@pytest.mark.parametrize(
    ("without", "broken"),
    [(nullcontext, set()), (_no_lock, {"3"}), (lambda: _both(_no_lock, _no_order), {"3", "6"})],
    ids=["as it is", "without the lock", "without the lock and the order"],
)
def test_two_at_once(
    postgres: Postgres, without: Callable[[], AbstractContextManager[Any]], broken: set[str]
) -> None:
    with postgres.fresh() as url, without():
        assert {fault.partition(":")[0] for fault in _faults(url)} == broken


@contextmanager
def _both(*parts: Callable[[], AbstractContextManager[Any]]) -> Iterator[None]:
    with parts[0](), parts[1]():
        yield
