"""Two processes write into one database at the same time: what both were told is saved is there, the feed has
no gap, and its stamps rise. On a laptop the second is told in a sentence that the program is open already.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from tests.faults.lives import KEY
from tests.postgres import Postgres
from trainer_app.records.clock import BUILD_MS, Clock
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import CENTRE_AREA, Person, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.staff import ROLE
from trainer_app.server.centre import open_centre
from trainer_app.server.config import ServerConfig
from trainer_app.storage.feeds import heads, seal
from trainer_app.storage.integrity import verify_log
from trainer_app.storage.opening import create_store, open_store
from trainer_app.storage.replicas import OWN
from trainer_app.storage.store import Store
from trainer_app.sync.keys import make_private_key, sign

SENTENCE = "Trainer App sudah terbuka di laptop ini. Pakai jendela yang sudah ada, atau tutup dulu."


class Writer:
    """The process of `tests.faults.writer`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.said: list[str] = []

    @property
    def _out(self) -> TextIO:
        assert self._process.stdout is not None
        return self._process.stdout

    def until(self, word: str) -> None:
        """Listen until it says something that begins so."""
        for line in self._out:
            self.said.append(line.rstrip("\n"))
            if line.startswith(word):
                return
        raise AssertionError(self.said)

    def go_on(self) -> None:
        """Let it go on; it says the rest when it is asked."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def saved(self) -> list[bytes]:
        """Listen to the end; what it was told is saved."""
        self.said += [line.rstrip("\n") for line in self._out]
        assert self._process.wait() == 0
        return [bytes.fromhex(line.split()[1]) for line in self.said if line.startswith("saved")]


@contextmanager
def _writing(*arguments: object) -> Iterator[Writer]:
    command = [sys.executable, "-m", "tests.faults.writer", *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Writer(process)
        finally:
            process.kill()


def _feed(store: Store, area: int) -> list[int]:
    """The stamps of the own operations of an area, in order; they are numbered without a gap."""
    with store.db.reading() as c:
        rows = c.all("SELECT seq, hlc FROM operation WHERE area = ? AND replica = ? ORDER BY seq", area, OWN)
    assert [row[0] for row in rows] == list(range(rows[0][0], rows[0][0] + len(rows)))
    return [row[1] for row in rows]


def test_two_programs_on_one_laptop(tmp_path: Path) -> None:
    store, count = create_store(tmp_path, KEY), 6
    store.found(new_id(), make_private_key(), "Laptop CONTOH", (5301,))
    store.close()
    with _writing("laptop", tmp_path, count) as first:
        first.until("saved")
        with _writing("laptop", tmp_path, count) as second:
            second.until("refused")  # while the first is open
            first.go_on()
            second.go_on()
            told = [*first.saved(), *second.saved()]
            refused = [line for line in first.said + second.said if line.startswith("refused")]
    assert set(refused) == {f"refused store.in_use {SENTENCE}"}
    assert len(set(told)) == 2 * count
    store = open_store(tmp_path, KEY)
    assert {person.id for person in store.find(Person)} == set(told)
    assert len(_feed(store, 5301)) == 2 * count
    _verify(store)
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    postgres: Postgres = request.getfixturevalue("durable_postgres")
    with postgres.fresh() as url:
        yield url


def test_two_programs_at_one_centre(tmp_path: Path, database: str) -> None:
    config, count = ServerConfig(tmp_path / "centre", database), 40
    open_centre(config).close()
    with ExitStack() as stack:
        writers = [
            stack.enter_context(_writing("centre", config.folder, count, *[database] * bool(database)))
            for _n in range(2)
        ]
        for writer in writers:
            writer.until("ready")
        for writer in writers:
            writer.go_on()
        told = [row for writer in writers for row in writer.saved()]
    assert len(set(told)) == 2 * count
    centre = open_centre(config, create=False)
    assert {staff.id for staff in centre.store.find(Staff)} >= set(told)
    stamps = _feed(centre.store, CENTRE_AREA)
    assert len(stamps) >= 2 * count
    assert stamps == sorted(set(stamps))
    _verify(centre.store)
    centre.close()


def test_stamps_rise_whoever_of_two_writes(tmp_path: Path, database: str) -> None:
    config = ServerConfig(tmp_path / "centre", database)
    one, other = open_centre(config), open_centre(config)
    for store in (one.store, other.store):
        store.clock = Clock(wall=lambda: BUILD_MS)  # all in one millisecond, and neither knows of the other
    for store in (one.store, other.store, one.store):
        store.save([Edit(Staff, new_id(), CENTRE_AREA, {"role": role}) for role in ROLE], NO_ID)
        stamps = _feed(store, CENTRE_AREA)
        assert stamps == sorted(set(stamps))
    seal(other.store, lambda data: sign(other.store.private_key, data))
    one.store.save([Edit(Staff, new_id(), CENTRE_AREA, {"role": "pelatih"})], NO_ID)
    assert _feed(one.store, CENTRE_AREA)[0] > stamps[-1]
    _verify(one.store)
    one.close()
    other.close()


def _verify(store: Store) -> None:
    assert verify_log(store).faults == ()
    seal(store, lambda data: sign(store.private_key, data))
    assert verify_log(store).faults == ()
    assert all(head.head_seq == head.last_seq for head in heads(store))
