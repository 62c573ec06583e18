"""Real stores: SQLCipher files and databases of a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trainer_app.records.clock import Clock
from trainer_app.records.ids import new_id
from trainer_app.storage.database import Database, open_postgres, open_sqlite
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all

KEY = bytes(range(32))
AREA = 5301
MakeStore = Callable[..., Store]


def prepare(url: str) -> None:
    """The tables, made once; every test gets a copy."""
    db = open_postgres(url)
    create_all(db)
    db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeStore]:
    """Makes a new replica each time it is called: `make_store(areas=(5301,), wall=lambda: ms)`."""
    with ExitStack() as stack:

        def make(areas: tuple[int, ...] = (AREA,), wall: Callable[[], int] | None = None) -> Store:
            db = _database(request, stack, tmp_path)
            stack.callback(db.close)
            store = Store(db, Clock(wall=wall) if wall else Clock())
            store.found(new_id(), Ed25519PrivateKey.generate().private_bytes_raw(), "Laptop CONTOH", areas)
            return store

        yield make


def _database(request: pytest.FixtureRequest, stack: ExitStack, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        db = open_sqlite(tmp_path / f"{new_id().hex()}.db", KEY)
        create_all(db)
        return db
    return open_postgres(stack.enter_context(request.getfixturevalue("postgres").fresh(prepare)))


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    """One laptop in Kabupaten Kupang."""
    return make_store()
