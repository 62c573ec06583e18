"""A real centre: the process that `trainer-app serve` starts, on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.server.running import RunningCentre
from tests.sync.world import World


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
