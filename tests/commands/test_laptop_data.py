"""doctor, rebuild, backup, restore: a laptop's data from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.storage.test_opening import register
from trainer_app.__main__ import main
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.server.centre import open_centre
from trainer_app.server.config import ServerConfig
from trainer_app.storage import ballast, keys
from trainer_app.storage.backup import backups
from trainer_app.storage.feeds import seal
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import DATABASE_NAME, create_store, open_store
from trainer_app.storage.ringfile import Cost
from trainer_app.storage.search import search

PIN, AREA, STAFF = "735194", 5301, new_id()
NAME = "Siti Rahma CONTOH"


@pytest.fixture
def key(tmp_home: Path) -> bytes:
    """A laptop with one registered person, sealed, and one that is not."""
    dek = KeyRing(tmp_home, cost=Cost(64, 1)).create(STAFF, NAME, "pelatih", PIN)
    store = create_store(tmp_home, dek)
    private = Ed25519PrivateKey.generate()
    store.found(new_id(), private.private_bytes_raw(), "Laptop CONTOH", [AREA])
    register(store)
    seal(store, private.sign)
    register(store, "Yohana Tefa CONTOH")
    store.close()
    return dek


@pytest.fixture
def pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_APP_PIN", PIN)


def change(folder: Path, dek: bytes, sql: str) -> None:
    store = open_store(folder, dek)
    store.db.transact(lambda c: c.run(sql))
    store.close()


# ---------------------------------------------------------------- doctor
def test_no_data_is_no_fault(tmp_home, capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "Belum ada data di laptop ini." in said
    assert str(tmp_home) in said
    assert not list(tmp_home.iterdir())


def test_a_laptop_that_is_well(tmp_home, key, pin, capsys):
    assert main(["doctor", "--deep"]) == 0
    said = capsys.readouterr().out
    for sentence in (
        "PIN saja kurang kuat",
        "Kunci pemulihan pusat: belum ada",
        "Berkas data utuh",
        "Peserta 2",
        "Riwayat utuh: 1 perubahan di 1 segmen dari 1 rangkaian",
        "Semua catatan sama dengan riwayatnya.",
        "Menunggu dikirim: 2 dari 2 catatan",
        "Belum ada cadangan.",
        "Tidak ada yang salah.",
    ):
        assert sentence in said, sentence
    assert " X" not in said


def test_the_doctor_changes_nothing_and_may_come_while_somebody_works(tmp_home, key, pin, capsys):
    before = (tmp_home / DATABASE_NAME).read_bytes()
    assert main(["doctor"]) == 0
    assert (tmp_home / DATABASE_NAME).read_bytes() == before
    store = open_store(tmp_home, key)
    assert main(["doctor"]) == 0
    store.close()


def test_without_a_pin_the_doctor_looks_from_outside(tmp_home, key, capsys, monkeypatch):
    monkeypatch.delenv("TRAINER_APP_PIN", raising=False)
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "PIN belum diberikan" in said
    assert "Peserta" not in said


def test_a_damaged_file_is_told(tmp_home, key, pin, capsys, expect_log):
    path = tmp_home / DATABASE_NAME
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1  # where rows are: the last page may hold the shape of the tables
    path.write_bytes(content)
    expect_log("damaged pages")
    assert main(["doctor"]) == 1
    assert "Berkas data rusak" in capsys.readouterr().err


def test_a_changed_log_and_a_changed_row_are_told(tmp_home, key, pin, capsys):
    change(tmp_home, key, "UPDATE person SET full_name = 'Lain'")
    change(tmp_home, key, "UPDATE segment SET hash = zeroblob(32)")
    assert main(["doctor", "--deep"]) == 1
    said = capsys.readouterr().out
    assert "Riwayat wilayah 5301" in said
    assert "2 catatan tidak sama dengan riwayatnya" in said
    assert "Ada yang salah" in said


def test_only_a_laptop_searches_and_is_told_what_it_cannot_find_yet(tmp_path, tmp_home, key, pin, capsys):
    waiting = "INSERT INTO search_pending (area, id) SELECT 5301, zeroblob(16)"
    change(tmp_home, key, waiting)
    assert main(["doctor"]) == 0
    assert "Belum bisa dicari: 1 orang" in capsys.readouterr().out
    where = ["--data", str(tmp_path / "pusat")]
    main(["admin", "init", "--name", "Admin CONTOH", "--login", "admin", *_password(tmp_path), *where])
    centre = open_centre(ServerConfig(tmp_path / "pusat"), create=False)
    centre.store.db.transact(lambda c: c.run(waiting))
    centre.close()
    assert main(["doctor", "--centre", *where]) == 0
    assert "dicari" not in capsys.readouterr().out


def test_the_doctor_of_a_centre(tmp_path, capsys):
    where = ["--data", str(tmp_path / "pusat")]
    assert main(["doctor", "--centre", *where]) == 1
    assert "Belum ada pusat" in capsys.readouterr().err
    assert (
        main(["admin", "init", "--name", "Admin CONTOH", "--login", "admin", *_password(tmp_path), *where])
        == 0
    )
    assert main(["doctor", "--centre", "--deep", *where]) == 0
    said = capsys.readouterr().out
    assert "Petugas 1" in said
    assert "Semua catatan sama dengan riwayatnya." in said


def _password(folder: Path) -> list[str]:
    path = folder / "sandi"
    path.write_text("kucing hujan sawah biru langit")
    return ["--password-file", str(path)]


# ---------------------------------------------------------------- rebuild
def test_rebuild_puts_rows_and_search_right(tmp_home, key, pin, capsys):
    change(tmp_home, key, "UPDATE person SET full_name = 'Salah'")
    assert main(["rebuild", "--check"]) == 1
    assert "2 selisih" in capsys.readouterr().out
    assert main(["rebuild"]) == 0
    assert "2 selisih" in capsys.readouterr().out
    assert main(["rebuild", "--check"]) == 0
    store = open_store(tmp_home, key)
    assert {p.full_name for p in store.find(Person)} == {"Siti Aminah CONTOH", "Yohana Tefa CONTOH"}
    assert len(search(store, "yohana")) == 1
    store.close()


# ---------------------------------------------------------------- backup and restore
def test_backup_and_restore(tmp_home, key, pin, capsys):
    store = open_store(tmp_home, key)  # the program is open meanwhile
    assert main(["backup"]) == 0
    store.close()
    (copy,) = backups(tmp_home)
    assert str(copy.path) in capsys.readouterr().out
    assert main(["backup", "--list"]) == 0
    assert str(copy.path) in capsys.readouterr().out
    change(tmp_home, key, "DELETE FROM person")
    assert main(["restore"]) == 0
    said = capsys.readouterr().out
    assert "Berkas lama ada di" in said
    assert "trainer-app restore --code KODE" in said
    store = open_store(tmp_home, key)
    assert store.count(Person) == 2
    store.close()
    assert main(["doctor"]) == 0
    assert "lanjutan dari cadangan" in capsys.readouterr().out


def test_backup_to_a_stick(tmp_home, tmp_path, key, pin, capsys):
    stick = tmp_path / "stick"
    stick.mkdir()
    assert main(["backup", "--to", str(stick)]) == 0
    said = capsys.readouterr().out
    assert "hanya bisa dibuka di laptop ini" in said
    (copy,) = stick.glob("*.db")
    shutil.rmtree(tmp_home / "backups", ignore_errors=True)
    assert main(["restore"]) == 1
    assert "Belum ada cadangan" in capsys.readouterr().err
    assert main(["restore", str(copy)]) == 0


def test_the_pin_may_come_from_a_file_and_a_wrong_one_is_told(tmp_home, tmp_path, key, capsys, monkeypatch):
    monkeypatch.delenv("TRAINER_APP_PIN", raising=False)
    given = tmp_path / "pin"
    given.write_text(f"{PIN}\n")
    assert main(["backup", "--pin-file", str(given), "--user", NAME.lower()]) == 0
    given.write_text("904817")
    assert main(["backup", "--pin-file", str(given)]) == 1
    assert "PIN belum cocok. Sisa 4 kali." in capsys.readouterr().err
    assert main(["backup", "--pin-file", str(tmp_path / "no")]) == 1
    assert main(["backup", "--user", "Tidak Ada", "--pin-file", str(given)]) == 1


def test_after_too_many_wrong_pins_a_command_waits_and_then_works(tmp_home, key, pin, capsys, monkeypatch):
    """The wait begins anew with every process, so a command that only refused would refuse for ever."""
    monkeypatch.setattr(keys, "DELAYS_SECONDS", (0.2,))
    monkeypatch.setenv("TRAINER_APP_PIN", "000111")
    for _try in range(keys.FREE_TRIES):
        assert main(["backup"]) == 1
    monkeypatch.setenv("TRAINER_APP_PIN", PIN)
    capsys.readouterr()
    assert main(["backup"]) == 0
    assert "Menunggu 1 detik" in capsys.readouterr().err


def test_a_folder_in_the_place_of_the_file_is_a_sentence(tmp_home, key, pin, capsys):
    path = tmp_home / DATABASE_NAME
    path.unlink()
    path.mkdir()
    assert main(["doctor"]) == 1
    assert "Periksa izin folder" in capsys.readouterr().err


def test_a_full_disk_is_a_sentence(tmp_home, key, pin, capsys, monkeypatch):
    monkeypatch.setattr(ballast, "free_bytes", lambda _folder: 1000)
    assert main(["backup"]) == 1
    assert "Ruang simpan tidak cukup untuk cadangan" in capsys.readouterr().err
