"""A copy of the centre, brought back: laptops fill in what it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.postgres import Postgres
from tests.server.laptops import STAFF, VILLAGE
from tests.server.running import AREA, RunningCentre
from tests.server.test_client import new_laptop, send
from trainer_app.__main__ import main
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.server import keeping
from trainer_app.server.centre import LOCK_FILE, open_centre
from trainer_app.server.config import ServerConfig
from trainer_app.storage.backup import restore_centre
from trainer_app.storage.digest import content_digest
from trainer_app.storage.filelock import FileLock
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.enrolment import enrol


def register(laptop: Store) -> None:
    values = {"full_name": "Siti CONTOH", "sex": "P", "village": VILLAGE}
    laptop.save([Edit(Person, new_id(), AREA, values)], STAFF)


def test_a_centre_from_a_copy_gets_back_what_came_after_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pusat"
    with new_laptop(tmp_path) as laptop:
        with RunningCentre.start(folder) as centre:
            enrol(laptop, centre.url, centre.code(), "Laptop CONTOH")
            register(laptop)
            send(laptop, centre)
            assert main(["admin", "backup", "--data", str(folder)]) == 0
            assert "Cadangan tersimpan" in capsys.readouterr().out
            register(laptop)
            send(laptop, centre)
            assert main(["admin", "restore", "--data", str(folder)]) == 1, "not while it runs"
            capsys.readouterr()
            centre.stop()
        assert main(["admin", "restore", "--data", str(folder)]) == 0
        assert "Laptop akan mengirim lagi" in capsys.readouterr().out
        with RunningCentre.start(folder, "", "--port", centre.url.rsplit(":", 1)[1]) as again:
            assert again.count("SELECT COUNT(*) FROM person") == 1
            send(laptop, again)
            assert again.count("SELECT COUNT(*) FROM person") == 2
            assert again.count("SELECT SUM(registered) FROM area_total") == 2
            assert send_state(laptop).all_received
            with again.opened() as opened:
                assert content_digest(laptop, (AREA,)) == content_digest(opened.store, (AREA,))


def test_no_centre_starts_while_a_copy_is_brought_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would open the file that is about to go, and give receipts for what goes with it."""
    config = ServerConfig(tmp_path / "pusat")
    centre = open_centre(config)
    keeping.back_up(centre)
    centre.close()
    free = []

    def restoring(*what: Any) -> Path | None:
        free.append(FileLock(config.folder / LOCK_FILE).try_acquire())
        return restore_centre(*what)

    monkeypatch.setattr(keeping, "restore_centre", restoring)
    keeping.bring_back(config, None)
    assert free == [False]
    open_centre(config).close()


def test_postgresql_has_its_own_tools(
    durable_postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with durable_postgres.fresh() as url:
        config = ServerConfig(tmp_path / "pusat", url)
        first = open_centre(config)
        first.close()
        where = ["--data", str(config.folder), "--database", url]
        for deed in ("backup", "restore"):
            assert main(["admin", deed, *where]) == 1
            assert "alat PostgreSQL" in capsys.readouterr().err
        assert main(["admin", "restored", *where]) == 0
        again = open_centre(config)
        again.close()
        assert again.epoch != first.epoch
        assert again.public_key == first.public_key  # its word still counts
        assert again.store.replica != first.store.replica  # what it said since the copy may be known
