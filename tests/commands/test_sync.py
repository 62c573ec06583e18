"""`trainer-app sync` against a centre that serves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.desks import DEK, PIN, SUPERVISOR_NAME, SUPERVISOR_PIN, TRAINER_NAME
from tests.desktop.joined import ServedCentre, write_batches
from tests.server.running import RunningCentre
from trainer_app.actions.staff import first_sign_in, roster
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import open_store
from trainer_app.storage.sending_state import send_state


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCentre]:
    with RunningCentre.start(tmp_path_factory.mktemp("pusat")) as running:
        yield ServedCentre.prepared(running)


@pytest.fixture
def laptop(tmp_home: Path, served: ServedCentre) -> Path:
    """A laptop that has joined and has two records to send; the rule is the default, "pengawas"."""
    trainer = served.laptop(tmp_home)
    store = open_store(tmp_home, DEK)
    write_batches(store, trainer, 2)
    supervisor = next(person for person in roster(store) if person.name == SUPERVISOR_NAME)
    first_sign_in(store, KeyRing(tmp_home), DEK, supervisor.id, SUPERVISOR_PIN, code=None)
    store.close()
    return tmp_home


def sync(pin: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TRAINER_APP_PIN": pin, "LANGUAGE": "id"}
    command = [sys.executable, "-m", "trainer_app", "sync", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_supervisor_sends_from_the_command_line(laptop: Path) -> None:
    done = sync(SUPERVISOR_PIN, "--user", SUPERVISOR_NAME.lower())
    assert done.returncode == 0, done.stderr
    assert "Terkirim: 2 perubahan" in done.stdout
    assert "Tanda terima " in done.stdout
    assert "Diterima pusat: 2 dari 2 catatan" in done.stdout
    store = open_store(laptop, DEK)
    assert send_state(store).all_received
    store.close()


def test_a_trainer_may_not_under_that_rule(laptop: Path) -> None:
    done = sync(PIN, "--user", TRAINER_NAME)
    assert done.returncode == 1
    assert "pengawas yang memulai" in done.stderr
    store = open_store(laptop, DEK)
    assert send_state(store).pending == 2
    store.close()


@pytest.mark.parametrize(
    ("pin", "arguments", "words"),
    [("918273", (), "PIN belum cocok"), (PIN, ("--user", "CONTOH Siapa"), "tidak ada di laptop ini")],
)
def test_who_is_not_let_in_gets_a_sentence(
    laptop: Path, pin: str, arguments: tuple[str, ...], words: str
) -> None:
    done = sync(pin, *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_laptop_that_never_joined(tmp_home: Path) -> None:
    done = sync(PIN)
    assert done.returncode == 1
    assert "belum didaftarkan" in done.stderr
