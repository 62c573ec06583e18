"""Copies of the data file: made while it is open, encrypted with the same key, verified before they count.

Seven daily ones are kept, and a few from before an upgrade or a restore; none for longer than 35 days, since
what was erased must not live on in copies. A restore verifies first, keeps the old file aside, and marks the
data as restored: it must not go on writing under the old replica id, because what that id said since the
backup may be known elsewhere.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from trainer_app.records.problem import StoreProblem
from trainer_app.settings import sync_folder, write_atomically
from trainer_app.storage import ballast, opening
from trainer_app.storage.database import Connection, Database, open_sqlite
from trainer_app.storage.store import EPOCH, put_meta
from trainer_app.words import _

FOLDER_NAME = "backups"
LAPTOP = Path(opening.DATABASE_NAME).stem
DAILY, UPGRADE, MANUAL = "daily", "upgrade", "manual"
DAILY_KEPT, OTHERS_KEPT = 7, 3
KEPT_DAYS = 35
#: A copy that was not finished for so long never will be: its maker was killed.
ABANDONED_SECONDS = 3600
#: In the table `meta` of a restored file, until its replica has a new id.
RESTORED = "restored"
_STAMP = "%Y%m%d-%H%M%SZ"
_ASIDE = "replaced-"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was verified when it was made. `at` is in UTC; `reason` is daily, upgrade or manual."""

    path: Path
    at: datetime
    reason: str
    size_bytes: int


# ---------------------------------------------------------------- making
def backup_now(folder: Path, db: Database, dek: bytes, *, reason: str = MANUAL) -> Backup:
    """Copy the open data file into the folder of backups. Raises `StoreProblem`; then there is none."""
    now = datetime.now(UTC)
    target = folder / FOLDER_NAME / f"{_stem(db)}-{now:{_STAMP}}-{reason}.db"
    with _told(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy(db, dek, target)
        _rotate(target.parent, _stem(db), now)
    return Backup(target, now.replace(microsecond=0), reason, target.stat().st_size)


def daily_backup(folder: Path, db: Database, dek: bytes) -> Backup | None:
    """A backup, if there is none of this day yet (by the machine's calendar)."""
    today = datetime.now().astimezone().date()
    known = backups(folder, _stem(db))
    if any(b.reason == DAILY and b.at.astimezone().date() == today for b in known):
        return None
    return backup_now(folder, db, dek, reason=DAILY)


def backups(folder: Path, stem: str = LAPTOP) -> list[Backup]:
    """The copies in a data folder, newest first; `stem` is the name of the data file, without its ending."""
    found = [_backup_of(path) for path in (folder / FOLDER_NAME).glob(f"{stem}-*.db")]
    return sorted((b for b in found if b is not None), key=lambda b: b.path.name, reverse=True)


def copy_to(target: Path, db: Database, dek: bytes, *, sealed_key: bytes | None, name: str) -> Path:
    """A backup on a stick, verified there: the data file and, beside it, what the centre needs to open it.

    `sealed_key` is `KeyRing.sealed_for_recovery()`; without it only this laptop can use the copy. `name` is
    the laptop's. Raises `StoreProblem` when the stick is full, gone or cannot be written.
    """
    now = datetime.now(UTC)
    path = target / f"{_stem(db)}-{now:{_STAMP}}-{MANUAL}.db"
    with _told(target):
        _copy(db, dek, path)
        beside = {
            "laptop": name,
            "made_at": now.isoformat(timespec="seconds"),
            "key": base64.b64encode(sealed_key).decode() if sealed_key else None,
        }
        write_atomically(_key_file(path), json.dumps(beside, ensure_ascii=False).encode() + b"\n")
    return path


def sealed_key_beside(path: Path) -> bytes | None:
    """The sealed key that lies beside a copy on a stick, for `keys.open_recovery`; None if there is none."""
    try:
        key = json.loads(_key_file(path).read_bytes())["key"]
        return base64.b64decode(key) if key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _key_file(path: Path) -> Path:
    return path.with_suffix(".key.json")


def _stem(db: Database) -> str:
    if db.path is None:
        raise ValueError("only a file can be copied")
    return db.path.stem


def _copy(db: Database, dek: bytes, target: Path) -> None:
    from sqlcipher3 import dbapi2

    if db.path is None:
        raise ValueError("only a file can be copied")
    if ballast.free_bytes(target.parent) < db.path.stat().st_size * 1.1 + ballast.BALLAST_BYTES:
        raise _full()
    opening.require_key(db.path, dek)  # a copy under another key would be a copy that nobody can use
    making = target.with_name(f".{target.name}.making")
    making.unlink(missing_ok=True)
    try:
        source = db.engine.raw_connection()
        copy = dbapi2.connect(str(making), isolation_level=None)
        try:
            copy.execute("PRAGMA cipher_log_level = NONE")
            copy.execute(f"PRAGMA key = \"x'{dek.hex()}'\"")
            # one step: a consistent look that keeps no writer waiting, since the file has a write-ahead log
            source.driver_connection.backup(copy)  # type: ignore[union-attr]  # a pooled connection is connected
        finally:
            copy.close()
            source.close()
        opening.inspect(making, dek, thorough=True, laptop=_stem(db) == LAPTOP)
        _settle(making, target)
    except BaseException:
        making.unlink(missing_ok=True)
        raise


def _settle(making: Path, target: Path) -> None:
    """Give a finished file its name, for good."""
    with making.open("rb+") as file:
        os.fsync(file.fileno())
    making.chmod(0o600)
    making.replace(target)
    sync_folder(target.parent)


def _backup_of(path: Path) -> Backup | None:
    parts = path.stem.split("-", 3)
    try:
        at = datetime.strptime(f"{parts[1]}-{parts[2]}", _STAMP).replace(tzinfo=UTC)
        return Backup(path, at, parts[3], path.stat().st_size)
    except (IndexError, ValueError, OSError):
        return None


def _rotate(folder: Path, stem: str, now: datetime) -> None:
    kept = {DAILY: DAILY_KEPT}
    seen: dict[str, int] = {}
    for backup in backups(folder.parent, stem):
        seen[backup.reason] = seen.get(backup.reason, 0) + 1
        old = now - backup.at > timedelta(days=KEPT_DAYS)
        if old or seen[backup.reason] > kept.get(backup.reason, OTHERS_KEPT):
            backup.path.unlink(missing_ok=True)
    for leftover in folder.glob(f".{stem}-*.making*"):
        if now.timestamp() - leftover.stat().st_mtime > ABANDONED_SECONDS:
            leftover.unlink(missing_ok=True)
    for aside in folder.glob(f"{_ASIDE}*"):
        if now.timestamp() - aside.stat().st_mtime > timedelta(days=KEPT_DAYS).total_seconds():
            shutil.rmtree(aside, ignore_errors=True)


# ---------------------------------------------------------------- restoring
def restore(folder: Path, backup: Path, dek: bytes) -> Path | None:
    """Put a backup in the place of the data file; gives the folder where the old file was put, if there was
    one.

    The store must be closed. The backup is verified, copied and marked first; only then is the old file
    moved, and a power cut in between is made good by the next opening. Raises `StoreProblem` with nothing
    changed.
    """
    lock = opening.take_lock(folder)
    try:
        with _told(folder):
            _prepare(folder, opening.DATABASE_NAME, backup, dek, {RESTORED: b"1"})
            return finish_restore(folder)
    finally:
        lock.release()


def restore_centre(path: Path, backup: Path, dek: bytes) -> Path | None:
    """`restore` for the SQLite file of a centre: it begins a new epoch, so that every laptop offers again
    what the backup lacks. Raises `StoreProblem` while the centre runs.
    """
    with _told(path.parent):
        _require_unused(path, dek)
        _prepare(path.parent, path.name, backup, dek, {EPOCH: os.urandom(16)})
        return finish_restore(path.parent, path.name)


def finish_restore(folder: Path, name: str = opening.DATABASE_NAME) -> Path | None:
    """Swap in a restored file that is ready, if there is one."""
    ready, path = folder / f"{name}{opening.RESTORED_SUFFIX}", folder / name
    if not ready.exists():
        return None
    aside = None
    old = [p for p in (path, *opening.companions(path)) if p.exists()]
    if old:
        made = datetime.fromtimestamp(ready.stat().st_mtime, UTC)  # the same again after a power cut
        aside = folder / FOLDER_NAME / f"{_ASIDE}{made:{_STAMP}}"
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        for part in old:
            part.replace(aside / part.name)
        sync_folder(aside)
    ready.replace(path)
    sync_folder(folder)
    return aside


def _prepare(folder: Path, name: str, backup: Path, dek: bytes, marks: Mapping[str, bytes]) -> None:
    """Make the file that is to take the place of `name`, whole and verified, beside it."""
    laptop = name == opening.DATABASE_NAME
    if not backup.is_file():
        raise StoreProblem(_("Berkas cadangan tidak ditemukan. Pilih berkas lain."), code="backup.missing")
    opening.inspect(backup, dek, thorough=True, laptop=laptop)
    if ballast.free_bytes(folder) < backup.stat().st_size * 1.1 + ballast.BALLAST_BYTES:
        raise _full()
    ready = folder / f"{name}{opening.RESTORED_SUFFIX}"
    making = folder / f".{ready.name}.making"
    leftovers = (making, *opening.companions(making))
    for leftover in (*leftovers, ready):
        leftover.unlink(missing_ok=True)
    try:
        shutil.copyfile(backup, making)
        db = open_sqlite(making, dek)
        try:
            db.transact(lambda c: _mark(c, marks))
        finally:
            db.close()
        opening.inspect(making, dek, thorough=True, laptop=laptop)
        _settle(making, ready)
    except BaseException:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)
        raise


def _mark(c: Connection, marks: Mapping[str, bytes]) -> None:
    for key, value in marks.items():
        put_meta(c, key, value)


def _require_unused(path: Path, dek: bytes) -> None:
    """Raises `StoreProblem` when a running centre has the file open."""
    if not path.exists():
        return
    db = open_sqlite(path, dek)
    try:
        with db.engine.connect() as raw:
            raw.exec_driver_sql("PRAGMA busy_timeout = 0")
            raw.exec_driver_sql("PRAGMA locking_mode = EXCLUSIVE")
            raw.exec_driver_sql("BEGIN IMMEDIATE")
    except sa.exc.DBAPIError as fault:
        told = opening.in_words(fault, path.parent)
        if isinstance(told, StoreProblem) and told.code == "store.damaged":
            return  # nobody can be using that
        raise told from fault
    finally:
        db.close()


# ---------------------------------------------------------------- faults
def _full() -> StoreProblem:
    return StoreProblem(
        _("Ruang simpan tidak cukup untuk cadangan. Hapus berkas yang tidak dipakai, lalu coba lagi."),
        code="disk.full",
    )


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    from sqlcipher3 import dbapi2

    try:
        yield
    except OSError as fault:
        raise _cannot_write(folder, fault) from fault
    except dbapi2.DatabaseError as fault:
        raise opening.in_words(fault, folder) from fault


def _cannot_write(folder: Path, fault: Exception) -> StoreProblem:
    import errno

    if getattr(fault, "errno", None) == errno.ENOSPC:
        return _full()
    _log.info("a copy could not be written: %s", fault)
    return StoreProblem(
        _("Cadangan tidak bisa ditulis ke {folder}. Periksa folder atau USB itu, lalu coba lagi.").format(
            folder=folder
        ),
        code="backup.write",
    )
