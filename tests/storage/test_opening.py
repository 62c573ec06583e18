"""Opening: a file that cannot be used is told in a sentence and stays as it was, byte for byte."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2

from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import StoreProblem
from trainer_app.storage import anchor, ballast, opening, search, upgrades
from trainer_app.storage.backup import backups
from trainer_app.storage.database import Database, open_sqlite
from trainer_app.storage.opening import DATABASE_NAME, PAGE_BYTES, create_store, has_store, open_store
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all

DEK, OTHER = bytes(range(32)), bytes(32)
AREA = 5301
AUTHOR = new_id()


def register(store: Store, name: str = "Siti Aminah CONTOH") -> bytes:
    person = new_id()
    answers = {"full_name": name, "sex": "P", "village": "53.01.08.2006"}
    store.save([Edit(Person, person, AREA, answers)], AUTHOR)
    return person


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one person, closed as the program closes it."""
    store = create_store(tmp_path, DEK)
    store.found(new_id(), bytes(32), "Laptop CONTOH", [AREA])
    register(store)
    store.close()
    return tmp_path


@pytest.fixture
def unclean(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, as it lies there after the power went: with a write-ahead log."""
    store = open_store(folder, DEK)
    register(store, "Yohana Tefa CONTOH")
    cut = tmp_path_factory.mktemp("cut")
    for part in (folder / DATABASE_NAME, *opening.companions(folder / DATABASE_NAME)):
        shutil.copy(part, cut)
    store.close()
    return cut


def refused(folder: Path, dek: bytes = DEK, *, read_only: bool = False) -> StoreProblem:
    """The problem, having seen that the folder is as it was before."""
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(StoreProblem) as caught:
        open_store(folder, dek, read_only=read_only)
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for name in (opening.LOCK_NAME, f"{DATABASE_NAME}-shm"):  # a lock, and an index that is made anew anyway
        after.pop(name, None)
        before.pop(name, None)
    assert after == before
    assert caught.value.message.count(".") >= 2  # what happened, and what to do
    return caught.value


# ---------------------------------------------------------------- good files
def test_created_closed_and_opened_again(folder):
    store = open_store(folder, DEK)
    assert [p.full_name for p in store.find(Person)] == ["Siti Aminah CONTOH"]
    with store.db.reading() as c:
        assert c.value("PRAGMA journal_mode") == "wal"
        assert c.value("PRAGMA synchronous") == 2  # FULL
        assert c.value("PRAGMA application_id") == opening.APPLICATION_ID
    store.close()
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [DATABASE_NAME, opening.LOCK_NAME, ballast.FILE_NAME, anchor.FILE_NAME]
    )


def test_nothing_of_a_person_is_readable_in_the_folder(unclean):
    for path in unclean.iterdir():
        content = path.read_bytes()
        for word in (b"Siti", b"Aminah", b"CONTOH", b"53.01.08.2006", b"SQLite format"):
            assert word not in content


def test_after_a_power_cut_what_was_saved_is_there(unclean):
    store = open_store(unclean, DEK)
    assert {p.full_name for p in store.find(Person)} == {"Siti Aminah CONTOH", "Yohana Tefa CONTOH"}
    store.close()


def test_a_second_file_is_not_made_over_the_first(folder):
    with pytest.raises(StoreProblem) as caught:
        create_store(folder, OTHER)
    assert caught.value.code == "store.exists"
    open_store(folder, DEK).close()


def test_a_cut_while_creating_leaves_no_store_and_a_second_try_works(tmp_path):
    (tmp_path / f".{DATABASE_NAME}.new").write_bytes(b"half of one")
    assert not has_store(tmp_path)
    create_store(tmp_path, DEK).close()
    assert has_store(tmp_path)
    assert not (tmp_path / f".{DATABASE_NAME}.new").exists()


def test_one_program_at_a_time_but_looking_is_allowed(folder):
    store = open_store(folder, DEK)
    problem = refused(folder)
    assert problem.code == "store.in_use"
    looker = open_store(folder, DEK, read_only=True)
    assert looker.count(Person) == 1
    looker.close()
    store.close()
    open_store(folder, DEK).close()


def test_looking_changes_nothing(folder):
    before = (folder / DATABASE_NAME).read_bytes()
    store = open_store(folder, DEK, read_only=True)
    with pytest.raises(StoreProblem):
        store.set_meta("x", b"y")
    store.close()
    assert (folder / DATABASE_NAME).read_bytes() == before


# ---------------------------------------------------------------- bad files
def test_missing(tmp_path):
    assert refused(tmp_path).code == "store.missing"


def test_another_key(folder):
    assert refused(folder, OTHER).code == "store.key"


def test_another_key_with_a_log(unclean):
    assert refused(unclean, OTHER).code in ("store.key", "store.damaged")


@pytest.mark.parametrize("offset", [100, 2000, PAGE_BYTES + 50, 5 * PAGE_BYTES + 4000, 0.6])
def test_one_flipped_bit_anywhere(folder, offset, expect_log):
    if offset < 1 or offset > PAGE_BYTES:  # the first page cannot even be read
        expect_log("damaged pages: HMAC verification failed for page")
    path = folder / DATABASE_NAME
    content = bytearray(path.read_bytes())
    content[offset if offset >= 1 else int(len(content) * offset)] ^= 1
    path.write_bytes(content)
    assert refused(folder).code == "store.damaged"
    assert refused(folder, read_only=True).code == "store.damaged"


def test_the_salt_is_gone(folder):
    path = folder / DATABASE_NAME
    path.write_bytes(os.urandom(16) + path.read_bytes()[16:])
    assert refused(folder).code == "store.key"


@pytest.mark.parametrize("lost", [1, 100, PAGE_BYTES, 3 * PAGE_BYTES])
def test_truncated(folder, lost):
    path = folder / DATABASE_NAME
    path.write_bytes(path.read_bytes()[:-lost])
    assert refused(folder).code == "store.damaged"


@pytest.mark.parametrize("length", [0, 1, 100, PAGE_BYTES])
def test_hardly_anything_left(folder, length):
    path = folder / DATABASE_NAME
    path.write_bytes(path.read_bytes()[:length])
    assert refused(folder).code in ("store.damaged", "store.key")


def test_zeros_only(folder):
    path = folder / DATABASE_NAME
    path.write_bytes(bytes(path.stat().st_size))
    assert refused(folder).code in ("store.damaged", "store.key")


def test_a_file_of_another_program(folder):
    path = folder / DATABASE_NAME
    path.write_bytes(b"%PDF-1.7 " + b"x" * 9000)
    assert refused(folder).code in ("store.key", "store.damaged")
    path.unlink()
    plain = sqlite3.connect(path)  # the library of Python itself is fine for making a foreign file
    plain.execute("CREATE TABLE t (a)")
    plain.close()
    assert refused(folder).code == "store.foreign"


def test_an_encrypted_file_of_another_program(tmp_path):
    db = open_sqlite(tmp_path / DATABASE_NAME, DEK)
    with db.writing() as c:
        c.run("CREATE TABLE t (a)")
    db.close()
    assert refused(tmp_path).code == "store.foreign"


def test_a_file_of_a_newer_program(folder):
    db = open_sqlite(folder / DATABASE_NAME, DEK)
    with db.writing() as c:
        c.run(f"PRAGMA user_version = {upgrades.SCHEMA_VERSION + 1}")
    db.close()
    assert refused(folder).code == "store.newer"


def test_another_program_holds_the_file(folder, monkeypatch):
    monkeypatch.setattr("trainer_app.storage.database.BUSY_TIMEOUT_MS", 50)
    holder = open_sqlite(folder / DATABASE_NAME, DEK)
    with holder.writing() as c:
        c.run("UPDATE meta SET value = value")
        assert refused_while_held(folder).code == "store.locked"
    holder.close()
    open_store(folder, DEK).close()


def refused_while_held(folder: Path) -> StoreProblem:
    before = (folder / DATABASE_NAME).read_bytes()
    with pytest.raises(StoreProblem) as caught:
        open_store(folder, DEK)
    assert (folder / DATABASE_NAME).read_bytes() == before
    return caught.value


AS_NOBODY = """
import os, sys
from pathlib import Path
folder, what = Path(sys.argv[1]), sys.argv[2]
from trainer_app.records.problem import StoreProblem
from trainer_app.storage import backup, opening, search, upgrades  # late imports may fail later
os.setgid(65534); os.setuid(65534)
try:
    {"open": opening.open_store, "create": opening.create_store}[what](folder, bytes(range(32)))
except StoreProblem as problem:
    print(problem.code)
"""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs another user to be refused")
@pytest.mark.parametrize("what", ["open", "create"])
def test_a_folder_that_may_not_be_written(folder, what):
    for parent in folder.parents:  # nobody must get there to be refused there
        if not parent.stat().st_mode & 0o001:
            parent.chmod(0o755)
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
    if what == "create":
        (folder / DATABASE_NAME).unlink()
    before = sorted(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(folder), what], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("store.read_only", "")
    assert sorted(folder.iterdir()) == before


# ---------------------------------------------------------------- a full disk
ON_A_FULL_DISK = """
import os, sys
from pathlib import Path
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import StoreProblem
from trainer_app.storage import anchor, ballast, opening
from trainer_app.storage.rebuild import rebuild
folder, dek, author = Path(sys.argv[1]) / "data", bytes(range(32)), new_id()
ballast.RESERVE_BYTES = 0  # the disk is small all over
ballast.BALLAST_BYTES = 400_000
store = opening.create_store(folder, dek)
store.found(new_id(), bytes(32), "Laptop CONTOH", [5301])

def register(n):
    answers = {"full_name": f"Siti {n} CONTOH", "sex": "P", "landmark": "x" * 150}
    store.save([Edit(Person, new_id(), 5301, answers)], author)

filler = folder.parent / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
saved = 0
try:
    while saved < 20_000:
        register(saved)
        saved += 1
except StoreProblem as problem:
    print(problem.code, ballast.FILE_NAME in os.listdir(folder), saved >= 3)
print(store.count(Person) == saved, rebuild(store, repair=False))
store.close()
for what in (opening.open_store, opening.open_store):
    try:
        again = what(folder, dek)
        print("open", again.count(Person) == saved)
        again.close()
    except StoreProblem as problem:
        print(problem.code)
filler.unlink()
store = opening.open_store(folder, dek)
register("lagi")
print(store.count(Person) == saved + 1, rebuild(store, repair=False))
store.close()
"""


def _small_disk(script: str, tmp_path: Path) -> str:
    """Runs a script with the path of a real disk of 3 MB, in a mount name space of its own."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    shell = f'mount -t tmpfs -o size=3m tmpfs "{mounted}" && exec "$0" -c "$1" "{mounted}"'
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", shell, sys.executable, script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    probe = "mount -t tmpfs tmpfs /mnt"
    return (
        subprocess.run(
            ["unshare", "--mount", "--map-root-user", "sh", "-c", probe], capture_output=True, check=False
        ).returncode
        == 0
    )


@pytest.mark.skipif(not _can_mount(), reason="needs the right to mount a small disk")
def test_a_full_disk_loses_nothing_and_the_ballast_saves_what_was_typed(tmp_path):
    lines = _small_disk(ON_A_FULL_DISK, tmp_path).splitlines()
    assert lines[0] == "disk.full False True"  # the ballast was given up, and bought some more saves
    assert lines[1] == "True []"  # rows are what the log says
    assert all(line in ("open True", "disk.full") for line in lines[2:4])
    assert lines[4] == "True []"


# ---------------------------------------------------------------- older files
def older(folder: Path, change: Callable[[Database], None]) -> None:
    db = open_sqlite(folder / DATABASE_NAME, DEK)
    change(db)
    db.close()


def drop_a_field(db: Database) -> None:
    """As a version wrote it that did not know `landmark` (14): its value was kept in `_extra`."""
    import msgpack

    with db.writing() as c:
        c.run("UPDATE person SET _extra = ?", msgpack.packb({14: "Dekat gereja"}))
        c.run("ALTER TABLE person DROP COLUMN landmark")
        c.run("DROP INDEX ix_person_phone")
        c.run("DROP TABLE draft")
        c.run("DROP TABLE person_search")


def test_what_was_added_since_is_added_and_kept_values_are_promoted(folder):
    older(folder, drop_a_field)
    store = open_store(folder, DEK)
    (person,) = store.find(Person)
    assert person.landmark == "Dekat gereja"
    with store.db.reading() as c:
        assert c.value("SELECT _extra FROM person") is None
        assert not upgrades.needs_upgrade(c, upgrades.SCHEMA_VERSION)
    assert search.index_pending(store) == 1
    assert search.search(store, "aminah") == [(AREA, person.id)]
    store.close()
    assert [backup.reason for backup in backups(folder)] == ["upgrade"]
    open_store(folder, DEK).close()
    assert len(backups(folder)) == 1  # nothing to do the second time


def test_an_upgrade_that_fails_changes_nothing(folder, monkeypatch):
    older(folder, drop_a_field)
    before = (folder / DATABASE_NAME).read_bytes()

    def broken(_c: object, _cls: object, _replicas: object) -> None:
        raise RuntimeError("stop")

    monkeypatch.setattr(upgrades, "promote", broken)
    with pytest.raises(RuntimeError):
        open_store(folder, DEK)
    assert (folder / DATABASE_NAME).read_bytes() == before
    monkeypatch.undo()
    store = open_store(folder, DEK)
    assert store.count(Person) == 1
    store.close()


def test_numbered_upgrades_run_once_in_order(folder, monkeypatch):
    ran: list[int] = []
    monkeypatch.setattr(upgrades, "UPGRADES", {n: (lambda c, n=n: ran.append(n)) for n in (2, 3)})
    monkeypatch.setattr(upgrades, "SCHEMA_VERSION", 3)
    open_store(folder, DEK).close()
    open_store(folder, DEK).close()
    assert ran == [2, 3]


def test_a_store_made_by_its_tables_alone_is_whole(tmp_path):
    """`create_all` and an upgrade know the same tables."""
    db = open_sqlite(tmp_path / "x.db", DEK)
    create_all(db)
    with db.reading() as c:
        assert not upgrades.needs_upgrade(c, upgrades.SCHEMA_VERSION)
    db.close()


# ---------------------------------------------------------------- ballast
def test_ballast_is_made_once_and_given_up_once(tmp_path):
    assert ballast.make(tmp_path)
    assert (tmp_path / ballast.FILE_NAME).stat().st_size == ballast.BALLAST_BYTES
    assert ballast.release(tmp_path)
    assert not ballast.release(tmp_path)


def test_no_ballast_on_a_disk_that_is_short_already(tmp_path, monkeypatch):
    monkeypatch.setattr(ballast, "RESERVE_BYTES", 1 << 60)
    assert not ballast.make(tmp_path)


def test_a_wrong_statement_is_a_fault_of_ours_and_no_full_disk(folder):
    store = open_store(folder, DEK)
    with pytest.raises(sa.exc.DBAPIError, match="full_names"), store.db.reading() as c:
        c.all("SELECT full_names FROM person")
    store.close()


def test_damage_that_is_met_while_working_is_a_sentence_too(folder):
    path = folder / DATABASE_NAME
    content = bytearray(path.read_bytes())
    for page in range(20, len(content) // PAGE_BYTES):  # the first ones hold the list of tables
        content[page * PAGE_BYTES + 100] ^= 1
    path.write_bytes(content)
    db = open_sqlite(path, DEK)  # as if the disk had failed after the opening
    for work in (lambda c: c.all("SELECT * FROM person"), lambda c: c.run("DELETE FROM person")):
        with pytest.raises(StoreProblem) as caught:
            db.transact(work)
        assert caught.value.code == "store.damaged"
    with pytest.raises(StoreProblem) as caught, db.reading() as c:
        c.all("SELECT * FROM person")
    assert caught.value.code == "store.damaged"
    db.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_the_file_is_its_owners_only(folder):
    assert (folder / DATABASE_NAME).stat().st_mode & 0o077 == 0


def test_the_power_goes_while_the_log_is_folded_in(unclean):
    """Pages of the file are half old and half new then; the log still holds them whole."""
    path = unclean / DATABASE_NAME
    torn = bytearray(path.read_bytes())
    log = opening.companions(path)[0].read_bytes()
    head, frame = 32, 24 + PAGE_BYTES
    pages = [int.from_bytes(log[at : at + 4]) for at in range(head, len(log) - frame + 1, frame)]
    assert pages
    for page in pages:
        middle = (page - 1) * PAGE_BYTES + PAGE_BYTES // 2
        if middle < len(torn):
            torn[middle : middle + 512] = bytes(512)
    path.write_bytes(torn + bytes(512))  # nor is the last page whole
    store = open_store(unclean, DEK)
    assert store.count(Person) == 2
    store.close()
    open_store(unclean, DEK).close()


def test_damage_beside_the_log_is_damage(unclean):
    path = unclean / DATABASE_NAME
    log = opening.companions(path)[0].read_bytes()
    frame = 24 + PAGE_BYTES
    pages = {int.from_bytes(log[at : at + 4]) for at in range(32, len(log) - frame + 1, frame)}
    content = bytearray(path.read_bytes())
    page = next(page for page in range(20, path.stat().st_size // PAGE_BYTES) if page not in pages)
    content[page * PAGE_BYTES - 100] ^= 1
    path.write_bytes(content)
    assert refused(unclean).code == "store.damaged"


def test_no_room_for_the_index_of_the_log_is_a_full_disk(folder, monkeypatch):
    store = open_store(folder, DEK)
    monkeypatch.setattr(ballast.shutil, "disk_usage", lambda _path: SimpleNamespace(free=0))
    driver = sqlite3.OperationalError("disk I/O error")
    fault = sa.exc.DBAPIError.instance("", None, driver, sqlite3.Error, hide_parameters=True)
    with pytest.raises(StoreProblem) as caught, store.db.writing():
        raise fault
    assert caught.value.code == "disk.full"
    store.close()


def test_no_room_to_look_at_a_file_with_a_log_is_no_damage(unclean, monkeypatch):
    """Whoever is told that the file is damaged restores an older one."""
    (unclean / f"{DATABASE_NAME}-shm").unlink()

    def no_room(sql):
        if "sqlite_master" in sql:
            raise dbapi2.OperationalError("disk I/O error")
        return iter(())

    monkeypatch.setattr(opening, "_raw", _failing(opening._raw, no_room))
    monkeypatch.setattr(ballast.shutil, "disk_usage", lambda _path: SimpleNamespace(free=0))
    assert refused(unclean).code == "disk.full"


def _failing(real, fault):
    @contextmanager
    def raw(*args, **how):
        with real(*args, **how):
            yield SimpleNamespace(execute=fault)

    return raw
