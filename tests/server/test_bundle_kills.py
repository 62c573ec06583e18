"""A stick is taken at the centre and the power goes, again and again: everything is there once in the end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sync.world import AREA
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.server.centre import Centre, open_centre
from trainer_app.server.config import ServerConfig
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import seal
from trainer_app.storage.receipts import receipts
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all
from trainer_app.sync.keys import make_private_key, public_key_of, sign
from trainer_app.sync.recipients import CENTRE_RECIPIENT, own_recipient

SEGMENTS = 16
LAPTOP_LIVES = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerConfig]:
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("durable_postgres").fresh())
        yield ServerConfig(tmp_path / "pusat", url)


def joined(centre: Centre, folder: Path) -> Store:
    """A laptop that the centre knows, with its area in its own hands."""
    replica, key = new_id(), make_private_key()
    db = open_sqlite(folder / "laptop.db", bytes(32))
    create_all(db)
    store = Store(db)
    store.found(replica, key, "Laptop CONTOH", (AREA,))
    about = {
        "centre_replica": centre.store.replica,
        "centre_key": centre.public_key,
        "epoch": centre.epoch,
        CENTRE_RECIPIENT: own_recipient(centre.store).encode(),
    }
    for name, value in about.items():
        store.set_meta(name, value)
    values = {
        "name": "Laptop CONTOH",
        "public_key": public_key_of(key).hex(),
        "areas": str(AREA),
        "state": "aktif",
    }
    centre.save([Edit(Device, replica, CENTRE_AREA, values)], NO_ID)
    return store


def dying(who: str, place: Path, database: str, stick: Path, lives: int) -> list[str]:
    """So many lives that are killed, and one that is not; what was told of them."""
    words = (who, str(place), database, str(stick), str(lives))
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.bundle.dying", *words],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_killed_in_the_middle_and_taken_again(where: ServerConfig, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    centre = open_centre(where)
    laptop = joined(centre, tmp_path)
    centre.close()
    for i in range(SEGMENTS):
        laptop.save([Edit(Person, new_id(), AREA, {"full_name": f"Siti {i} CONTOH"})], NO_ID)
        seal(laptop, lambda data: sign(laptop.private_key, data))
    laptop.close()
    (killed,) = dying("save", tmp_path / "laptop.db", "-", stick, LAPTOP_LIVES)
    assert int(killed) >= LAPTOP_LIVES // 2
    told = dying("centre", where.folder, where.database, stick, SEGMENTS)
    killed, _operations, refused, replied = told[-4:]
    assert int(killed) >= SEGMENTS * 3 // 4, "hardly anything was interrupted"
    assert (refused, replied) == ("0", "True")
    (killed,) = dying("home", tmp_path / "laptop.db", "-", stick, LAPTOP_LIVES)
    assert int(killed) >= LAPTOP_LIVES // 2
    laptop = Store(open_sqlite(tmp_path / "laptop.db", bytes(32)))
    centre = open_centre(where)
    try:
        assert send_state(laptop).all_received
        assert len(receipts(laptop, 10)) == 1
        assert centre.store.count(Person) == SEGMENTS
        assert content_digest(centre.store, (CENTRE_AREA, AREA)) == content_digest(
            laptop, (CENTRE_AREA, AREA)
        )
    finally:
        centre.close()
        laptop.close()
    assert [path.name for path in stick.iterdir() if path.name.startswith(".")] == []
