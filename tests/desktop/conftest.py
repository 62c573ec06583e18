"""A real centre that serves, for the pages that talk to one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.joined import ServedCentre
from tests.server.running import RunningCentre


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCentre]:
    """One centre for the tests of a module: with a trainer and a supervisor, on a free port."""
    folder: Path = tmp_path_factory.mktemp("pusat")
    with RunningCentre.start(folder) as running:
        yield ServedCentre.prepared(running)
