"""A real centre: the process that `trainer-app serve` starts, on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Postgres
from tests.server.running import RunningCentre


@pytest.fixture(scope="session")
def durable_postgres(postgres: Postgres) -> Iterator[Postgres]:
    """The test server with flushes switched on: without them a centre refuses to start."""
    with psycopg.connect(postgres.admin_url, autocommit=True) as c:
        before = c.execute("SHOW fsync").fetchone()
        c.execute("ALTER SYSTEM SET fsync = on")
        c.execute("SELECT pg_reload_conf()")
    yield postgres
    if before == ("off",):
        with psycopg.connect(postgres.admin_url, autocommit=True) as c:
            c.execute("ALTER SYSTEM SET fsync = off")
            c.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def centre(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningCentre]:
    """A centre that serves, one for all tests of a module and engine: a test makes its own laptops and
    people.
    """
    folder: Path = tmp_path_factory.mktemp("pusat")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("durable_postgres").fresh())
        yield stack.enter_context(RunningCentre.start(folder, url))
