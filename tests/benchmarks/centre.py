"""The centre on PostgreSQL: taking in segments, against what COPY of the same rows takes. Both durable."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg

from tests.benchmarks.measurement import Measurement, alternating, seconds
from tests.benchmarks.storage import AREA, SEGMENT_OPERATIONS, segments
from tests.postgres import Postgres, set_fsync
from trainer_app.records.ids import new_id
from trainer_app.records.segment import open_segment
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.database import Database, open_postgres
from trainer_app.storage.rollup import update
from trainer_app.storage.server_tables import create_server_tables
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all
from trainer_app.sync.keys import make_private_key

ROUNDS = 3


def measure() -> list[Measurement]:
    """All figures of this module."""
    with Postgres.start() as server:
        set_fsync(server, "on")
        return list(_applying(server))


@contextmanager
def _database(server: Postgres) -> Iterator[Database]:
    with server.fresh(_prepare) as url:
        db = open_postgres(url)
        try:
            yield db
        finally:
            db.close()


def _prepare(url: str) -> None:
    db = open_postgres(url)
    create_all(db)
    create_server_tables(db)
    db.close()


def _applying(server: Postgres) -> Iterator[Measurement]:
    """Verify, decode, store and merge 65,000 operations in segments of 20,000, each a transaction."""
    public_key, bodies, rows = segments()
    name = "apply 65,000 operations on PostgreSQL / COPY of the rows"
    for counting, limit, words in ((False, 2.2, name), (True, 15.0, "  with the counts of the dashboard")):
        value, baseline = alternating(
            partial(_applied, server, public_key, bodies, counting),
            lambda: _copied(server, rows),
            ROUNDS,
        )
        yield Measurement(words, value, "s", limit, baseline)


def _applied(server: Postgres, public_key: bytes, bodies: list[bytes], counting: bool) -> float:
    with _database(server) as db:
        store = Store(db)
        store.found(new_id(), make_private_key(), "Pusat CONTOH", (AREA,))
        if counting:
            store.on_applied = update

        def apply() -> None:
            for body in bodies:
                segment = open_segment(body, public_key)
                outcome = apply_segment(store, segment, body, public_key=public_key)
                if outcome.result != "stored" or outcome.quarantined:
                    raise AssertionError(outcome)

        return seconds(apply, time.perf_counter)


def _copied(server: Postgres, rows: list[tuple[str, list[tuple[Any, ...]]]]) -> float:
    with _database(server) as db, db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection

        def copy() -> None:
            for sql, values in rows:
                table, names = re.findall(r"INSERT INTO (\w+) \((.*?)\)", sql)[0]
                for start in range(0, len(values), SEGMENT_OPERATIONS):
                    _copy(raw, table, names, values[start : start + SEGMENT_OPERATIONS])

        return seconds(copy, time.perf_counter)


def _copy(raw: psycopg.Connection[Any], table: str, names: str, rows: list[tuple[Any, ...]]) -> None:
    with raw.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        raw.commit()
