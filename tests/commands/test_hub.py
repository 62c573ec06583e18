"""`trainer-app hub` and `trainer-app sync --hub` as processes: a trainer, a supervisor and a centre that
serves.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.desks import DEK, PIN, SUPERVISOR_NAME, SUPERVISOR_PIN, TRAINER_NAME
from tests.desktop.joined import ServedCentre, write_batches
from tests.server.running import RunningCentre
from trainer_app.actions.staff import first_sign_in, roster
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import open_store

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ended by a signal")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCentre]:
    with RunningCentre.start(tmp_path_factory.mktemp("pusat")) as running:
        yield ServedCentre.prepared(running)


@pytest.fixture
def trainer(tmp_path: Path, served: ServedCentre) -> Path:
    """A laptop with two records to send."""
    folder = tmp_path / "pelatih"
    author = served.laptop(folder)
    store = open_store(folder, DEK)
    write_batches(store, author, 2)
    store.close()
    return folder


@pytest.fixture
def supervisor(tmp_path: Path, served: ServedCentre, trainer: Path) -> Path:
    """A supervisor's laptop that joins after the trainer's."""
    assert trainer.is_dir()
    folder = tmp_path / "pengawas"
    served.laptop(folder)
    store = open_store(folder, DEK)
    person = next(person for person in roster(store) if person.name == SUPERVISOR_NAME)
    first_sign_in(store, KeyRing(folder), DEK, person.id, SUPERVISOR_PIN, code=None)
    store.close()
    return folder


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "trainer_app", *arguments]


def environment(pin: str) -> dict[str, str]:
    return {**os.environ, "TRAINER_APP_PIN": pin, "LANGUAGE": "id", "PYTHONUNBUFFERED": "1"}


def run(pin: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=environment(pin),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class RunningHub:
    """`trainer-app hub` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            command(
                "hub", "--data", str(folder), "--user", SUPERVISOR_NAME, "--host", "127.0.0.1", "--port", "0"
            ),
            env=environment(SUPERVISOR_PIN),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._heard = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._heard:
                self.lines.append(line)
                self._heard.notify_all()

    def wait_for(self, pattern: str) -> str:
        """The first group of the first line that fits."""
        with self._heard:
            assert self._heard.wait_for(lambda: re.search(pattern, "".join(self.lines)), 60), self.lines
        found = re.search(pattern, "".join(self.lines))
        assert found is not None
        return found[1]

    def end(self, sig: int) -> int:
        self._process.send_signal(sig)
        code = self._process.wait(30)
        self._reader.join(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code


def test_a_trainer_hands_over_and_gets_receipts_later(trainer: Path, supervisor: Path) -> None:
    assert run(SUPERVISOR_PIN, "sync", "--data", str(supervisor), "--user", SUPERVISOR_NAME).returncode == 0
    hub = RunningHub(supervisor)
    address, code = hub.wait_for(r"Menerima di (\S+)"), hub.wait_for(r"Kode: (\d{6})")
    to_hub = ("sync", "--data", str(trainer), "--hub", address)
    asked = run(PIN, *to_hub)
    assert asked.returncode == 1
    # it joined before the hub did, and has heard nothing of it since
    assert "kode 6 angka" in asked.stderr
    wrong = run(PIN, *to_hub, "--code", f"{(int(code) + 1) % 10**6:06}")
    assert "Kode belum cocok" in wrong.stderr
    given = run(PIN, *to_hub, "--code", code)
    assert given.returncode == 0, given.stderr
    assert "Di laptop pengawas: 2 catatan. Diterima pusat: 0 dari 2." in given.stdout
    hub.wait_for(r"(: selesai, 2 perubahan diterima)")
    assert hub.end(signal.SIGKILL) != 0  # the laptop's power went
    sent = run(SUPERVISOR_PIN, "sync", "--data", str(supervisor), "--user", SUPERVISOR_NAME)
    assert sent.returncode == 0, sent.stderr
    hub = RunningHub(supervisor)
    home = run(PIN, "sync", "--data", str(trainer), "--hub", hub.wait_for(r"Menerima di (\S+)"))
    assert home.returncode == 0, home.stderr
    assert "Diterima pusat: 2 dari 2." in home.stdout
    assert "Tanda terima " in home.stdout
    assert hub.end(signal.SIGTERM) == 0


def test_only_supervisors_turn_a_laptop_into_a_hub(supervisor: Path) -> None:
    done = run(PIN, "hub", "--data", str(supervisor), "--user", TRAINER_NAME)
    assert done.returncode == 1
    assert "dimulai oleh pengawas" in done.stderr
