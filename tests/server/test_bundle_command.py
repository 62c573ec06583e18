"""`trainer-app bundle`: a stick between a laptop and a centre that serves, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop.desks import DEK, PIN, SUPERVISOR_NAME, SUPERVISOR_PIN
from tests.desktop.joined import ServedCentre, write_batches
from tests.server.running import RunningCentre
from trainer_app.actions.staff import first_sign_in, roster
from trainer_app.records.kinds import Batch, Device
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import open_store
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    store = open_store(folder, DEK)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def laptop(tmp_path: Path, centre: RunningCentre) -> Path:
    """A laptop that has joined; three records wait on it."""
    folder = tmp_path / "laptop"
    folder.mkdir(mode=0o700)
    trainer = ServedCentre.prepared(centre).laptop(folder)
    with opened(folder) as store:
        write_batches(store, trainer, 3)
        supervisor = next(person for person in roster(store) if person.name == SUPERVISOR_NAME)
        first_sign_in(store, KeyRing(folder), DEK, supervisor.id, SUPERVISOR_PIN, code=None)
    return folder


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "FLASHDISK"
    folder.mkdir()
    return folder


def bundle(*words: str, pin: str = SUPERVISOR_PIN) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TRAINER_APP_PIN": pin, "LANGUAGE": "id"}
    return subprocess.run(
        [sys.executable, "-m", "trainer_app", "bundle", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_out_to_the_centre_and_back(laptop: Path, stick: Path, centre: RunningCentre) -> None:
    at_laptop = ("--data", str(laptop), "--user", SUPERVISOR_NAME)
    at_centre = ["--centre", "--data", str(centre.folder)]
    at_centre += ["--database", centre.database] if centre.database else []
    out = bundle("export", str(stick), *at_laptop)
    assert out.returncode == 0, out.stderr
    assert "ke kiriman_laptop-" in out.stdout
    assert "Cabut flashdisk, sudah aman" in out.stdout
    taken = bundle("import", str(stick), *at_centre)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert "3 perubahan baru diambil" in taken.stdout
    assert "Balasan ada di balasan_laptop-" in taken.stdout
    again = bundle("import", str(stick), *at_centre)
    assert again.returncode == 0
    assert "Sudah pernah diambil" in again.stdout
    home = bundle("import", str(stick), *at_laptop)
    assert home.returncode == 0, home.stdout + home.stderr
    assert "Tanda terima " in home.stdout
    assert "Diterima pusat: 3 perubahan" in home.stdout
    with opened(laptop) as store:
        assert send_state(store).all_received
        replica = store.replica
    with centre.opened() as there:
        assert there.store.count(Batch) >= 3
        device = there.store.get(Device, replica)
        assert device is not None
        assert device.recipient is None, "a trainer's laptop opens no packages of others"


def test_the_rule_about_who_sends_holds_for_sticks(laptop: Path, stick: Path) -> None:
    out = bundle("export", str(stick), "--data", str(laptop), "--user", "CONTOH Siti Rahma", pin=PIN)
    assert out.returncode == 1
    assert "pengawas yang memulai" in out.stderr
    assert list(stick.iterdir()) == []


def test_a_stick_that_is_not_there(laptop: Path, tmp_path: Path) -> None:
    out = bundle("export", str(tmp_path / "tidak-ada"), "--data", str(laptop), "--user", SUPERVISOR_NAME)
    assert out.returncode == 1
    assert out.stderr.startswith("Flashdisk tidak terbaca atau sudah dicabut.")
    home = bundle("import", str(tmp_path), "--data", str(laptop), "--user", SUPERVISOR_NAME)
    assert home.returncode == 0
    assert "Tidak ada paket atau balasan" in home.stdout
