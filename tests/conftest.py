"""What every test shares. Fixtures of one folder live in that folder's ``conftest.py``."""

from __future__ import annotations

import os

# before anything imports Qt or keyring: no window on the screen, no entry in the developer's own key store
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

import importlib.util
import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

# the environment may have been made for another checkout (git worktree): the files of this one count
_RESOURCES = Path(__file__).resolve().parent.parent / "resources"
_spec = importlib.util.spec_from_file_location(
    "trainer_app.resources", _RESOURCES / "__init__.py", submodule_search_locations=[str(_RESOURCES)]
)
assert _spec is not None
sys.modules["trainer_app.resources"] = importlib.util.module_from_spec(_spec)

from tests.postgres import Postgres, set_fsync  # noqa: E402 (after the resources)
from trainer_app import words  # noqa: E402 (after the resources)

# The default must give the same verdict on every run and stay quick; "long" is for a night.
hypothesis.settings.register_profile("default", derandomize=True, max_examples=30, deadline=None)
hypothesis.settings.register_profile("long", max_examples=2000, deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture
def tmp_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder that the program under test takes for its own."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("TRAINER_APP_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL, started when the first test asks for it (one per test process)."""
    with Postgres.start() as server:
        yield server


@pytest.fixture(scope="session")
def durable_postgres(postgres: Postgres) -> Iterator[Postgres]:
    """The test server with flushes switched on: without them a centre refuses to start."""
    set_fsync(postgres, "on")
    yield postgres
    set_fsync(postgres, "off")


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a fresh, empty database of this test alone; dropped afterwards.

    For a database that many tests need filled alike use ``postgres.fresh(prepare)``: ``prepare`` runs once
    and every later database is a copy of what it made.
    """
    with postgres.fresh() as url:
        yield url


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def verdict(self) -> str:
        """What is wrong with what was logged; empty when nothing is."""
        lines = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in self.records]
        missing = [e for e in self.expected if not any(re.search(e, line) for line in lines)]
        surprising = [line for line in lines if not any(re.search(e, line) for e in self.expected)]
        return "\n".join(
            [f"logged unexpectedly: {line}" for line in surprising] + [f"never logged: {e}" for e in missing]
        )


@pytest.fixture(autouse=True)
def _quiet_log() -> Iterator[_Collector]:
    """Fails a test during which the program logs a warning or worse that the test did not announce."""
    collector = _Collector()
    logger = logging.getLogger("trainer_app")
    logger.addHandler(collector)
    yield collector
    logger.removeHandler(collector)
    if verdict := collector.verdict():
        pytest.fail(verdict, pytrace=False)


@pytest.fixture
def expect_log(_quiet_log: _Collector) -> Callable[[str], None]:
    """``expect_log(pattern)``: a warning or error matching ``pattern`` must be logged in this test."""
    return _quiet_log.expected.append


@pytest.fixture(autouse=True)
def _indonesian() -> Iterator[None]:
    """Every test begins in Indonesian, whatever the one before it chose."""
    words.use_language("id")
    yield
    words.use_language("id")
