"""Copies: whole, verified, made while people work; a restore that never costs what it replaces."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest

from tests.storage.test_opening import AREA, AUTHOR, DEK, OTHER, register
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import StoreProblem
from trainer_app.storage import backup, ballast, opening
from trainer_app.storage.backup import backup_now, backups, copy_to, daily_backup, restore
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.keys import KeyRing, open_recovery
from trainer_app.storage.opening import DATABASE_NAME, create_store, open_store
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.ringfile import Cost
from trainer_app.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = create_store(tmp_path, DEK)
    made.found(new_id(), bytes(32), "Laptop CONTOH", [AREA])
    register(made)
    yield made
    made.close()


def names(folder: Path) -> set[str | None]:
    opened = open_store(folder, DEK, read_only=True)
    found = {person.full_name for person in opened.find(Person)}
    opened.close()
    return found


def as_store(copy: Path, tmp_path: Path) -> Path:
    """A folder in which the copy is the data file."""
    folder = tmp_path / f"look-{copy.stem}"
    folder.mkdir()
    (folder / DATABASE_NAME).write_bytes(copy.read_bytes())
    return folder


# ---------------------------------------------------------------- making
def test_a_copy_of_an_open_store_is_whole_and_encrypted(store, tmp_path):
    made = backup_now(tmp_path, store.db, DEK)
    assert opening.inspect(made.path, DEK, thorough=True).schema_version == 1
    assert b"Siti" not in made.path.read_bytes()
    assert names(as_store(made.path, tmp_path)) == {"Siti Aminah CONTOH"}
    assert [p.name for p in (tmp_path / backup.FOLDER_NAME).iterdir()] == [made.path.name]
    assert backups(tmp_path) == [made]


def test_saving_goes_on_while_a_copy_is_made_and_the_copy_is_one_moment(store, tmp_path):
    """A pair of records saved together is in a copy together, or not at all."""
    stop = threading.Event()
    pairs = 0

    def work() -> None:
        nonlocal pairs
        while not stop.is_set():
            edits = [Edit(Person, new_id(), AREA, {"full_name": f"Pasangan {pairs} CONTOH"}) for _n in "ab"]
            store.save(edits, AUTHOR)
            pairs += 1

    thread = threading.Thread(target=work)
    thread.start()
    copies = [backup_now(tmp_path, store.db, DEK, reason=f"uji{n}") for n in range(4)]
    stop.set()
    thread.join()
    assert pairs > 4
    for copy in copies:
        folder = as_store(copy.path, tmp_path)
        opened = open_store(folder, DEK)
        assert opened.count(Person) % 2 == 1
        assert rebuild(opened, repair=False) == []
        opened.close()


def test_one_daily_copy_a_day(store, tmp_path):
    first = daily_backup(tmp_path, store.db, DEK)
    assert first is not None
    assert first.reason == "daily"
    assert daily_backup(tmp_path, store.db, DEK) is None


def test_old_copies_go_and_nothing_outlives_an_erasure(store, tmp_path):
    made = backup_now(tmp_path, store.db, DEK, reason="daily")
    now = datetime.now(UTC)
    for days in (*range(1, 10), 40):
        at = now - timedelta(days=days)
        (made.path.parent / f"trainer-{at:%Y%m%d-%H%M%SZ}-daily.db").write_bytes(b"x")
    for days in (2, 3, 4, 5, 36):
        at = now - timedelta(days=days)
        (made.path.parent / f"trainer-{at:%Y%m%d-%H%M%SZ}-upgrade.db").write_bytes(b"x")
    (made.path.parent / "catatan.txt").write_text("not ours")
    backup_now(tmp_path, store.db, DEK)
    left = [(b.reason, (now - b.at).days) for b in backups(tmp_path)]
    assert [days for reason, days in left if reason == "daily"] == [0, 1, 2, 3, 4, 5, 6]
    assert [days for reason, days in left if reason == "upgrade"] == [2, 3, 4]
    assert (made.path.parent / "catatan.txt").exists()


def test_a_copy_that_is_not_right_does_not_count(store, tmp_path, monkeypatch):
    with pytest.raises(StoreProblem):  # nobody could use it
        backup_now(tmp_path, store.db, OTHER)
    monkeypatch.setattr(ballast, "free_bytes", lambda _folder: 1000)
    with pytest.raises(StoreProblem) as caught:
        backup_now(tmp_path, store.db, DEK)
    assert caught.value.code == "disk.full"
    assert list((tmp_path / backup.FOLDER_NAME).iterdir()) == []


def test_a_file_that_was_damaged_meanwhile_gives_no_copy(store, tmp_path):
    store.close()
    path = tmp_path / DATABASE_NAME
    content = bytearray(path.read_bytes())
    content[-50] ^= 1
    path.write_bytes(content)
    db = open_sqlite(path, DEK)
    with pytest.raises(StoreProblem) as caught:
        backup_now(tmp_path, db, DEK)
    db.close()
    assert caught.value.code == "store.damaged"
    assert backups(tmp_path) == []


# ---------------------------------------------------------------- on a stick
def test_a_copy_on_a_stick_opens_on_another_laptop_with_the_centres_key(store, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    ring = KeyRing(tmp_path, cost=Cost(64, 1))
    ring.create(AUTHOR, "Siti CONTOH", "pelatih", "735194", dek=DEK)
    ring.set_recovery_recipient(DEK, str(identity.to_public()))
    stick, laptop = tmp_path / "stick", tmp_path / "other"
    stick.mkdir()
    laptop.mkdir()
    copy = copy_to(stick, store.db, DEK, sealed_key=ring.sealed_for_recovery(), name="Laptop CONTOH")
    sealed = backup.sealed_key_beside(copy)
    assert sealed is not None
    assert DEK.hex().encode() not in b"".join(path.read_bytes() for path in stick.iterdir())
    dek = open_recovery(sealed, str(identity))
    other = KeyRing(laptop, cost=Cost(64, 1))
    other.create(AUTHOR, "Siti CONTOH", "pelatih", "862073", dek=dek)
    assert restore(laptop, copy, dek) is None
    assert names(laptop) == {"Siti Aminah CONTOH"}
    assert other.unlock(AUTHOR, "862073") == DEK


def test_a_stick_without_recovery_key_says_so_and_a_missing_one_is_told(store, tmp_path):
    copy = copy_to(tmp_path, store.db, DEK, sealed_key=None, name="Laptop CONTOH")
    assert backup.sealed_key_beside(copy) is None
    with pytest.raises(StoreProblem) as caught:
        copy_to(tmp_path / "pulled", store.db, DEK, sealed_key=None, name="Laptop CONTOH")
    assert caught.value.code == "backup.write"
    assert "pulled" in caught.value.message


# ---------------------------------------------------------------- restoring
def test_restore_keeps_the_old_file_and_marks_the_new_one(store, tmp_path):
    copy, before = backup_now(tmp_path, store.db, DEK), store.replica
    register(store, "Yohana Tefa CONTOH")
    store.close()
    aside = restore(tmp_path, copy.path, DEK)
    assert aside is not None
    assert names(tmp_path) == {"Siti Aminah CONTOH"}
    assert names(aside) == {"Siti Aminah CONTOH", "Yohana Tefa CONTOH"}
    again = open_store(tmp_path, DEK)
    assert again.replica != before, "a restored laptop goes on as another replica"
    again.close()


def test_restore_over_a_broken_file(store, tmp_path):
    copy = backup_now(tmp_path, store.db, DEK)
    store.close()
    (tmp_path / DATABASE_NAME).write_bytes(b"broken")
    aside = restore(tmp_path, copy.path, DEK)
    assert aside is not None
    assert (aside / DATABASE_NAME).read_bytes() == b"broken"
    assert names(tmp_path) == {"Siti Aminah CONTOH"}


def test_an_open_store_is_not_restored_over(store, tmp_path):
    copy = backup_now(tmp_path, store.db, DEK)
    with pytest.raises(StoreProblem) as caught:
        restore(tmp_path, copy.path, DEK)
    assert caught.value.code == "store.in_use"


@pytest.mark.parametrize("fault", ["missing", "damaged", "key", "full"])
def test_a_restore_that_cannot_be_changes_nothing(store, tmp_path, monkeypatch, fault, expect_log):
    copy = backup_now(tmp_path, store.db, DEK).path
    store.close()
    before = (tmp_path / DATABASE_NAME).read_bytes()
    if fault == "damaged":
        content = bytearray(copy.read_bytes())
        content[len(content) // 2] ^= 1  # the last page may hold the shape of the tables
        copy.write_bytes(content)
        expect_log("damaged pages")
    if fault == "full":
        monkeypatch.setattr(ballast, "free_bytes", lambda _folder: 1000)
    with pytest.raises(StoreProblem) as caught:
        restore(
            tmp_path, tmp_path / "tidak.db" if fault == "missing" else copy, OTHER if fault == "key" else DEK
        )
    assert (
        caught.value.code
        == {
            "missing": "backup.missing",
            "damaged": "store.damaged",
            "key": "store.key",
            "full": "disk.full",
        }[fault]
    )
    assert (tmp_path / DATABASE_NAME).read_bytes() == before
    assert names(tmp_path) == {"Siti Aminah CONTOH"}
    assert not [p for p in tmp_path.iterdir() if "restored" in p.name]


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_power_cut_during_the_swap_is_made_good_by_the_next_opening(store, tmp_path, monkeypatch, moved):
    """The plug is pulled before the n-th file is moved."""
    copy, before = backup_now(tmp_path, store.db, DEK), store.replica
    register(store, "Yohana Tefa CONTOH")
    store.close()
    for part in opening.companions(tmp_path / DATABASE_NAME):
        part.write_bytes(b"")  # what an unclean end leaves
    real, calls = Path.replace, 0

    class PlugPulledError(Exception):
        pass

    def replace(path: Path, target: Path) -> Path:
        nonlocal calls
        if path.name.startswith(DATABASE_NAME):
            calls += 1
            if calls > moved:
                raise PlugPulledError
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(PlugPulledError):
        restore(tmp_path, copy.path, DEK)
    monkeypatch.undo()
    again = open_store(tmp_path, DEK)
    assert [p.full_name for p in again.find(Person)] == ["Siti Aminah CONTOH"]
    assert again.replica != before, "a restored laptop goes on as another replica"
    again.close()
    (aside,) = (tmp_path / backup.FOLDER_NAME).glob("replaced-*")
    assert names(aside) == {"Siti Aminah CONTOH", "Yohana Tefa CONTOH"}


def test_what_a_killed_copy_left_behind_goes(store, tmp_path):
    """Each has the size of the data: a few cuts of the power would fill the disk, and outlive an erasure."""
    folder = tmp_path / backup.FOLDER_NAME
    backup_now(tmp_path, store.db, DEK)
    old, fresh, foreign = (
        folder / name
        for name in (
            ".trainer-20260101-000000Z-daily.db.making-journal",
            ".trainer-20260101-000001Z-daily.db.making",
            ".centre-20260101-000000Z-daily.db.making",
        )
    )
    for path in (old, fresh, foreign):
        path.write_bytes(b"left")
    long_ago = datetime.now(UTC).timestamp() - backup.ABANDONED_SECONDS - 1
    for path in (old, foreign):
        os.utime(path, (long_ago, long_ago))
    backup_now(tmp_path, store.db, DEK)
    assert not old.exists()
    assert fresh.exists(), "somebody may be at it"
    assert foreign.exists()
