"""A real centre: the process that `trainer-app serve` starts, on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Postgres
from tests.server.running import RunningCentre
from tests.sync.world import World


@pytest.fixture(scope="session")
def durable_postgres(postgres: Postgres) -> Iterator[Postgres]:
    """The test server with flushes switched on: without them a centre refuses to start."""
    set_fsync(postgres, "on")
    yield postgres
    set_fsync(postgres, "off")


def set_fsync(postgres: Postgres, value: str) -> None:
    """Change the setting and wait until new connections have it: the server reads its file in its own
    time.
    """
    with psycopg.connect(postgres.admin_url, autocommit=True) as c:
        c.execute(f"ALTER SYSTEM SET fsync = {value}")
        c.execute("SELECT pg_reload_conf()")
    for _try in range(1000):
        with psycopg.connect(postgres.admin_url) as c:
            if c.execute("SHOW fsync").fetchone() == (value,):
                return
    raise AssertionError("the server did not take the setting")


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


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A small world in this process, for the hub that laptops meet."""
    with World(tmp_path) as made:
        yield made
