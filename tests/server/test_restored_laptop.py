"""A laptop brought back from a backup joins again, and the centre holds what it said before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.laptops import STAFF, VILLAGE
from tests.server.running import AREA, RunningCentre
from tests.server.test_client import send
from trainer_app.__main__ import main
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.backup import backup_now, restore
from trainer_app.storage.branching import known_as
from trainer_app.storage.digest import content_digest
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import create_store, open_store
from trainer_app.storage.rebuild import differences
from trainer_app.storage.ringfile import Cost
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.enrolment import enrol

DEK = bytes(range(32))


def register(laptop: Store, name: str) -> None:
    values = {"full_name": f"{name} CONTOH", "sex": "P", "village": VILLAGE}
    laptop.save([Edit(Person, new_id(), AREA, values)], STAFF)


def test_the_command_restores_and_joins_again(
    centre: RunningCentre, tmp_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAINER_APP_PIN", "735194")
    dek = KeyRing(tmp_home, cost=Cost(64, 1)).create(STAFF, "Siti CONTOH", "pelatih", "735194")
    laptop = create_store(tmp_home, dek)
    first = enrol(laptop, centre.url, centre.code(), "Laptop CONTOH").replica
    register(laptop, "Perintah")
    laptop.close()
    assert main(["backup"]) == 0
    assert main(["restore"]) == 0
    assert "restore --code KODE" in capsys.readouterr().out
    assert main(["restore", "--code", "AAAABBBB"]) == 1
    assert main(["restore", "--code", centre.code()]) == 0
    assert "Menunggu dikirim: 1 catatan" in capsys.readouterr().out
    laptop = open_store(tmp_home, dek)
    assert laptop.replica != first
    send(laptop, centre)
    assert send_state(laptop).all_received
    laptop.close()


@pytest.mark.parametrize("by_code", [False, True])
def test_a_restored_laptop_goes_on_and_nothing_is_lost(
    centre: RunningCentre, tmp_path: Path, by_code: bool
) -> None:
    laptop = create_store(tmp_path, DEK)
    first = enrol(laptop, centre.url, centre.code(), "Laptop CONTOH").replica
    register(laptop, "Sebelum")
    send(laptop, centre)
    register(laptop, "Menunggu di cadangan")
    copy = backup_now(tmp_path, laptop.db, DEK).path
    register(laptop, "Sesudah cadangan")
    send(laptop, centre)
    laptop.close()
    restore(tmp_path, copy, DEK)
    laptop = open_store(tmp_path, DEK)
    register(laptop, "Sesudah pemulihan")
    assert laptop.replica != first
    if by_code:
        again = enrol(laptop, centre.url, centre.code(), "Laptop CONTOH 2", again=True)
        assert laptop.replica == again.replica
    with pytest.raises(ValueError, match="already"):
        enrol(laptop, centre.url, "AAAABBBB", "Laptop CONTOH 3")
    send(laptop, centre)
    assert known_as(laptop) is None

    names = {str(person.full_name).removesuffix(" CONTOH") for person in laptop.find(Person)}
    assert names >= {"Sebelum", "Menunggu di cadangan", "Sesudah cadangan", "Sesudah pemulihan"}
    assert send_state(laptop).all_received
    assert differences(laptop) == []
    with centre.opened() as opened:
        assert content_digest(laptop, (AREA,)) == content_digest(opened.store, (AREA,))
    laptop.close()


def test_a_laptop_that_the_centre_forgot_joins_again_with_all_it_has(
    tmp_path: Path, tmp_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It joined after the copy from which the centre was brought back, and nobody else was there."""
    monkeypatch.setenv("TRAINER_APP_PIN", "735194")
    dek = KeyRing(tmp_home, cost=Cost(64, 1)).create(STAFF, "Siti CONTOH", "pelatih", "735194")
    laptop = create_store(tmp_home, dek)
    folder = tmp_path / "pusat"
    with RunningCentre.start(folder) as centre:
        port = centre.url.rsplit(":", 1)[1]
        assert main(["admin", "backup", "--data", str(folder)]) == 0
        enrol(laptop, centre.url, centre.code(), "Laptop CONTOH")
        register(laptop, "Diterima")
        send(laptop, centre)
        register(laptop, "Menunggu")
        centre.stop()
    assert main(["admin", "restore", "--data", str(folder)]) == 0
    with RunningCentre.start(folder, "", "--port", port) as centre:
        with pytest.raises(CarrierProblem, match="Minta kode baru") as refused:
            send(laptop, centre)
        assert refused.value.code == "device.unknown"
        laptop.close()
        assert main(["restore", "--code", centre.code()]) == 0
        assert "terdaftar lagi" in capsys.readouterr().out
        laptop = open_store(tmp_home, dek)
        send(laptop, centre)
        assert send_state(laptop).all_received
        assert laptop.count(Person) == centre.count("SELECT COUNT(*) FROM person") == 2
        with centre.opened() as opened:
            assert content_digest(laptop, (AREA,)) == content_digest(opened.store, (AREA,))
            assert differences(opened.store) == []
        laptop.close()


def test_both_ends_are_brought_back_and_what_one_of_them_has_is_there(tmp_path: Path) -> None:
    """What the lost life of the centre confirmed is doubted, also by a laptop that joins again."""
    folder, home = tmp_path / "pusat", tmp_path / "laptop"
    home.mkdir()
    laptop = create_store(home, DEK)
    with RunningCentre.start(folder) as centre:
        port = centre.url.rsplit(":", 1)[1]
        enrol(laptop, centre.url, centre.code(), "Laptop CONTOH")
        register(laptop, "Dalam kedua salinan")
        send(laptop, centre)
        assert main(["admin", "backup", "--data", str(folder)]) == 0
        register(laptop, "Dalam salinan laptop saja")
        send(laptop, centre)
        assert send_state(laptop).all_received
        made = backup_now(home, laptop.db, DEK)
        laptop.close()
        centre.stop()
    assert main(["admin", "restore", "--data", str(folder)]) == 0
    restore(home, made.path, DEK)
    laptop = open_store(home, DEK)
    with RunningCentre.start(folder, "", "--port", port) as centre:
        assert centre.count("SELECT COUNT(*) FROM person") == 1
        enrol(laptop, centre.url, centre.code(), "Laptop CONTOH", again=True)
        send(laptop, centre)
        assert centre.count("SELECT COUNT(*) FROM person") == 2
        state = send_state(laptop)
        assert (state.received, state.pending) == (2, 0)
        with centre.opened() as opened:
            assert content_digest(laptop, (AREA,)) == content_digest(opened.store, (AREA,))
    laptop.close()
