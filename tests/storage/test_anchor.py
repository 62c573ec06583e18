"""A data file that was copied, put back or moved is noticed from outside, and nobody is accused wrongly."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from keyring.backend import KeyringBackend

from tests.storage.test_opening import AREA, AUTHOR, DEK, register
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.storage import keystore, machine
from trainer_app.storage.anchor import COPIED, FILE_NAME, LOST, OLDER, SAME, Anchor, former_selves
from trainer_app.storage.branching import known_as
from trainer_app.storage.feeds import seal
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import DATABASE_NAME, create_store, open_store
from trainer_app.storage.ringfile import Cost
from trainer_app.storage.store import Store


def made(folder: Path) -> Store:
    folder.mkdir(exist_ok=True)
    store = create_store(folder, DEK)
    key = Ed25519PrivateKey.generate().private_bytes_raw()
    store.found(new_id(), key, "Laptop CONTOH", [AREA])
    return store


def sealed(store: Store, name: str) -> None:
    register(store, name)
    seal(store, Ed25519PrivateKey.from_private_bytes(store.private_key).sign)


def names(store: Store) -> set[str | None]:
    return {person.full_name for person in store.find(Person)}


def copied(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    return target


def test_opened_again_and_again_it_stays_who_it_is(tmp_path):
    store = made(tmp_path)
    replica = store.replica
    for name in ("Satu CONTOH", "Dua CONTOH"):
        sealed(store, name)
        store.close()
        store = open_store(tmp_path, DEK)
        register(store, f"Belum disegel {name}")
    assert (store.replica, known_as(store)) == (replica, None)
    store.close()


def test_the_folder_copied_to_another_machine_goes_on_as_another_replica(tmp_path, monkeypatch):
    store = made(tmp_path / "a")
    sealed(store, "Disegel CONTOH")
    register(store, "Belum disegel CONTOH")
    replica, key = store.replica, store.private_key
    store.close()
    copied(tmp_path / "a", tmp_path / "b")
    monkeypatch.setattr(machine, "_id", lambda: "mesin lain")
    twin = open_store(tmp_path / "b", DEK)
    assert twin.replica != replica
    assert known_as(twin) == (replica, key)
    assert former_selves(twin) == {replica}
    assert names(twin) == {"Disegel CONTOH", "Belum disegel CONTOH"}
    register(twin, "Di mesin lain CONTOH")
    twin.close()
    again = open_store(tmp_path / "b", DEK)
    assert again.replica == twin.replica, "once is enough"
    again.close()
    monkeypatch.undo()
    first = open_store(tmp_path / "a", DEK)
    assert first.replica == replica, "the one that stayed stays who it is"
    first.close()


def test_an_older_file_put_back_goes_on_as_another_replica(tmp_path):
    store = made(tmp_path)
    sealed(store, "Satu CONTOH")
    store.close()
    before = (tmp_path / DATABASE_NAME).read_bytes()
    store = open_store(tmp_path, DEK)
    sealed(store, "Dua CONTOH")
    replica = store.replica
    store.close()
    (tmp_path / DATABASE_NAME).write_bytes(before)
    store = open_store(tmp_path, DEK)
    assert store.replica != replica
    assert names(store) == {"Satu CONTOH"}
    third = store.replica
    store.close()
    (tmp_path / DATABASE_NAME).write_bytes(before)
    store = open_store(tmp_path, DEK)
    assert store.replica not in (replica, third), "put back once more, from before it went on"
    store.close()


def test_an_older_file_that_lacks_only_what_nobody_heard_is_no_other_branch(tmp_path):
    store = made(tmp_path)
    sealed(store, "Satu CONTOH")
    replica = store.replica
    store.close()
    before = (tmp_path / DATABASE_NAME).read_bytes()
    store = open_store(tmp_path, DEK)
    register(store, "Belum disegel CONTOH")
    store.close()
    (tmp_path / DATABASE_NAME).write_bytes(before)
    store = open_store(tmp_path, DEK)
    assert store.replica == replica
    store.close()


def test_the_data_file_alone_carried_away_is_noticed(tmp_path):
    store = made(tmp_path / "a")
    sealed(store, "Satu CONTOH")
    replica = store.replica
    store.close()
    (tmp_path / "b").mkdir()
    shutil.copy(tmp_path / "a" / DATABASE_NAME, tmp_path / "b")
    twin = open_store(tmp_path / "b", DEK)
    assert twin.replica != replica
    twin.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"replica": "00"}', '{"replica": 1, "heads": {}}'])
def test_a_damaged_anchor_counts_as_none(tmp_path, text):
    store = made(tmp_path)
    (tmp_path / FILE_NAME).write_text(text)
    assert Anchor(tmp_path).verdict(store) == SAME, "nothing was sealed yet"
    sealed(store, "Satu CONTOH")
    assert Anchor(tmp_path).verdict(store) == SAME
    (tmp_path / FILE_NAME).write_text(text)
    assert Anchor(tmp_path).verdict(store) == LOST
    store.close()


def test_an_anchor_that_lags_behind_accuses_nobody(tmp_path):
    store = made(tmp_path)
    sealed(store, "Satu CONTOH")
    before = (tmp_path / FILE_NAME).read_text()
    sealed(store, "Dua CONTOH")
    (tmp_path / FILE_NAME).write_text(before)  # the power went before it was written
    assert Anchor(tmp_path).verdict(store) == SAME
    store.close()


def test_a_folder_that_cannot_be_written_keeps_the_older_anchor(tmp_path, monkeypatch):
    store = made(tmp_path)
    sealed(store, "Satu CONTOH")

    def full(*_what: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("trainer_app.storage.anchor.write_atomically", full)
    sealed(store, "Dua CONTOH")
    monkeypatch.undo()
    assert Anchor(tmp_path).verdict(store) == SAME
    store.close()


def test_a_new_beginning_forgets_the_old_one(tmp_path):
    store = made(tmp_path)
    sealed(store, "Satu CONTOH")
    store.close()
    (tmp_path / DATABASE_NAME).rename(tmp_path / "lama")
    fresh = made(tmp_path)
    replica = fresh.replica
    fresh.close()
    again = open_store(tmp_path, DEK)
    assert again.replica == replica
    again.close()


class MemoryKeyring(KeyringBackend):
    """A key store of the operating system."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def key_store() -> Iterator[MemoryKeyring]:
    before, store = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(before)


def test_the_whole_folder_put_back_is_noticed_by_the_key_store(tmp_path, key_store):
    folder = tmp_path / "data"
    folder.mkdir()
    KeyRing(folder, cost=Cost(64, 1)).create(AUTHOR, "Siti CONTOH", "pelatih", "735194", dek=DEK)
    store = made(folder)
    sealed(store, "Satu CONTOH")
    store.close()
    copied(folder, tmp_path / "cadangan")
    store = open_store(folder, DEK)
    sealed(store, "Dua CONTOH")
    replica = store.replica
    store.close()
    assert all(len(text) < 1000 for text in key_store.kept.values())
    shutil.rmtree(folder)
    copied(tmp_path / "cadangan", folder)
    store = open_store(folder, DEK)
    assert store.replica != replica
    store.close()


def test_a_key_store_that_fails_is_only_a_second_place(tmp_path, key_store, monkeypatch):
    def broken(*_what: object) -> None:
        raise ValueError("the library of the system")

    monkeypatch.setattr(key_store, "set_password", broken)
    monkeypatch.setattr(key_store, "get_password", broken)
    keystore.remember("anchor-x", "text")
    assert keystore.recall_text("anchor-x") == ""


def test_the_machine_has_another_name_for_everybody_who_asks():
    assert machine.fingerprint(b"a" * 16) == machine.fingerprint(b"a" * 16)
    assert machine.fingerprint(b"a" * 16) != machine.fingerprint(b"b" * 16)
    assert machine._id() not in machine.fingerprint(b"a" * 16)


def test_verdicts(tmp_path, monkeypatch):
    store = made(tmp_path)
    sealed(store, "Satu CONTOH")
    anchor = Anchor(tmp_path)
    assert anchor.verdict(store) == SAME
    monkeypatch.setattr(machine, "_id", lambda: "lain")
    assert anchor.verdict(store) == COPIED
    monkeypatch.undo()
    with store.db.writing() as c:
        c.run("UPDATE segment SET hash = ?", b"x" * 32)
    assert anchor.verdict(store) == OLDER
    store.close()
