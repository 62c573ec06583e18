"""Opening the data file: every way in which it can be unusable is told in a sentence, and then the file is
left as it is.

A file is looked at read-only before anything opens it for writing. Only when it is ours, whole, of a version
that this program knows and in nobody else's hands is it opened, brought up to date and given out as a
`Store`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.records.problem import StoreProblem
from trainer_app.storage import ballast, upgrades
from trainer_app.storage.anchor import SAME, Anchor
from trainer_app.storage.database import LEAST_FREE_BYTES, Database, damaged, open_sqlite, understood
from trainer_app.storage.filelock import FileLock
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all
from trainer_app.words import _

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection as RawConnection

DATABASE_NAME = "trainer.db"
LOCK_NAME = ".trainer.lock"
#: In the header of every data file of ours (``PRAGMA application_id``): "TrAp".
APPLICATION_ID = 0x54724170
PAGE_BYTES = 4096
#: A restored file with this ending is complete: the next opening finishes the restore if the power went.
RESTORED_SUFFIX = ".restored"
#: Up to this size every page is verified at each opening (0.25 s per 100 MB); larger files only after an
#: unclean end.
ALWAYS_VERIFY_BYTES = 100_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What an inspection found out about a good file."""

    schema_version: int
    pages: int
    unclean: bool  # the program did not close it the last time, or has it open now


def has_store(folder: Path) -> bool:
    """True when there is a data file, whatever its state."""
    return (folder / DATABASE_NAME).exists()


def create_store(folder: Path, dek: bytes) -> Store:
    """A new, empty data file, made under another name first so that a power cut leaves none or a whole one.

    Raises `StoreProblem` when there is one already, the folder refuses or the disk is full.
    """
    path, making = folder / DATABASE_NAME, folder / f".{DATABASE_NAME}.new"
    if path.exists():
        raise StoreProblem(
            _("Di laptop ini sudah ada data. Buka data itu dengan PIN, atau minta pengawas."),
            code="store.exists",
        )
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for leftover in (making, *companions(making)):
            leftover.unlink(missing_ok=True)
        making.touch(mode=0o600)
        db = open_sqlite(making, dek)
        try:
            create_all(db)
            with db.writing() as c:
                c.run(f"PRAGMA application_id = {APPLICATION_ID}")
                c.run(f"PRAGMA user_version = {upgrades.SCHEMA_VERSION}")
        finally:
            db.close()  # folds the write-ahead log into the file
        making.replace(path)
        Anchor(folder).forget()
    return open_store(folder, dek)


def open_store(folder: Path, dek: bytes, *, read_only: bool = False) -> Store:
    """The store of a data folder. `read_only` only looks: it takes no lock and changes nothing.

    Raises `StoreProblem` with one of these codes: ``store.missing``, ``store.key``, ``store.damaged``,
    ``store.foreign``, ``store.newer``, ``store.in_use``, ``store.locked``, ``store.read_only``,
    ``disk.full``.
    """
    path = folder / DATABASE_NAME
    if not path.is_file() and not _restored(folder).is_file():
        raise StoreProblem(
            _("Berkas data tidak ditemukan. Daftarkan laptop ini, atau pulihkan dari cadangan."),
            code="store.missing",
        )
    if read_only:
        inspect(path, dek)
        return Store(open_sqlite(path, dek, read_only=True))
    lock = take_lock(folder)
    try:
        _finish_restore(folder)
        facts = inspect(path, dek)
        return _open_for_writing(folder, dek, lock, facts)
    except BaseException:
        lock.release()
        raise


def inspect(path: Path, dek: bytes, *, thorough: bool = False, laptop: bool = True) -> FileFacts:
    """Look at a data file without changing it or leaving anything beside it. Raises `StoreProblem`.

    `thorough` verifies every page and the order within, whatever the size. `laptop=False` is for the file of
    a centre, which another program version may always open.
    """
    size, unclean = path.stat().st_size, any(p.exists() and p.stat().st_size for p in companions(path)[:1])
    if size < PAGE_BYTES:  # SQLite takes the very small for an empty file
        raise damaged()
    with _told(path.parent), path.open("rb") as file:
        if file.read(16) == b"SQLite format 3\0":  # not encrypted: not ours
            raise _foreign()
    with _raw(path, dek, immutable=not unclean) as raw:
        facts = _facts(raw, size, unclean, laptop)
        if thorough or unclean or size <= ALWAYS_VERIFY_BYTES:
            _verify_pages(raw, unclean)
        if thorough:
            _verify_order(raw)
    return facts


def require_key(path: Path, dek: bytes) -> None:
    """Raises `StoreProblem` when `dek` is not the key of a file, which may be in use."""
    with _raw(path, dek, immutable=False) as raw:
        raw.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()


# ---------------------------------------------------------------- looking at a file
@contextmanager
def _raw(path: Path, dek: bytes, *, immutable: bool) -> Iterator[RawConnection]:
    """A bare connection that writes nothing: a file at rest is even opened without its lock and its index
    file.
    """
    from sqlcipher3 import dbapi2

    how = "mode=ro&immutable=1" if immutable else "mode=ro"
    with _told(path.parent):
        raw = dbapi2.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
        try:
            raw.execute("PRAGMA cipher_log_level = NONE")
            raw.execute(f"PRAGMA key = \"x'{dek.hex()}'\"")
            yield raw
        finally:
            raw.close()


def _facts(raw: RawConnection, size: int, unclean: bool, laptop: bool) -> FileFacts:
    from sqlcipher3 import dbapi2

    try:
        raw.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except dbapi2.DatabaseError as fault:
        if "disk i/o error" in str(fault).lower():
            raise  # no room for the index of the log says nothing about the file
        raise _unreadable(raw, size) from fault
    application, version, pages = (
        int(raw.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("application_id", "user_version", "page_count")
    )
    if laptop and application != APPLICATION_ID:
        raise _foreign()
    if laptop and version > upgrades.SCHEMA_VERSION:
        raise StoreProblem(
            _("Data ini dari Trainer App yang lebih baru. Pasang versi yang baru, lalu buka lagi."),
            code="store.newer",
        )
    # while the log is folded in, the power may leave any part of a page: the whole one is still in the log
    if not unclean and pages * PAGE_BYTES != size:
        raise damaged()
    return FileFacts(version, pages, unclean)


def _unreadable(raw: RawConnection, size: int) -> StoreProblem:
    """The first page cannot be read: with another key none can be, with ours only the damaged ones cannot."""
    bad = sum(1 for _row in raw.execute("PRAGMA cipher_integrity_check"))
    if bad < max(1, size // PAGE_BYTES):
        return damaged()
    return StoreProblem(
        _(
            "Berkas data tidak cocok dengan kunci laptop ini, atau bagian awalnya rusak. "
            "Jangan dihapus. Pulihkan dari cadangan, atau hubungi pengawas."
        ),
        code="store.key",
    )


def _verify_pages(raw: RawConnection, unclean: bool) -> None:
    """Every page of the file; where the log is not folded in yet, those count that are read with it."""
    bad = [row[0] for row in raw.execute("PRAGMA cipher_integrity_check")]
    if bad and unclean:
        _verify_order(raw)
    elif bad:
        _log.warning("the data file has damaged pages: %s", "; ".join(bad[:5]))
        raise damaged()


def _verify_order(raw: RawConnection) -> None:
    from sqlcipher3 import dbapi2

    try:
        verdict = raw.execute("PRAGMA quick_check").fetchone()
    except dbapi2.DatabaseError as fault:  # the search index, say, could not even begin
        raise damaged() from fault
    if verdict != ("ok",):
        raise damaged()


def companions(path: Path) -> tuple[Path, Path]:
    """The write-ahead log and its index beside a database file."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


# ---------------------------------------------------------------- opening for writing
def take_lock(folder: Path) -> FileLock:
    """The right to change the data of a folder. Raises `StoreProblem` when a running program has it."""
    lock = FileLock(folder / LOCK_NAME)
    try:
        if lock.try_acquire():
            return lock
    except OSError as fault:
        raise _refused() from fault
    raise StoreProblem(
        _("Trainer App sudah terbuka di laptop ini. Pakai jendela yang sudah ada, atau tutup dulu."),
        code="store.in_use",
    )


def _restored(folder: Path) -> Path:
    return folder / f"{DATABASE_NAME}{RESTORED_SUFFIX}"


def _finish_restore(folder: Path) -> None:
    if _restored(folder).is_file():
        from trainer_app.storage.backup import finish_restore

        with _told(folder):
            finish_restore(folder)


def _open_for_writing(folder: Path, dek: bytes, lock: FileLock, facts: FileFacts) -> Store:
    path = folder / DATABASE_NAME
    if not os.access(path, os.W_OK):
        raise _refused()
    with _told(folder):
        db = open_sqlite(path, dek)
        try:
            _bring_up_to_date(folder, dek, db, facts)
            store = Store(db)
            upgrades.adopt(store)
            _anchored(store, folder)
        except BaseException:
            db.close()
            raise
    db.closed.append(lock.release)
    db.spare = lambda: ballast.release(folder)
    with suppress(OSError):
        ballast.make(folder)
    return store


def _anchored(store: Store, folder: Path) -> None:
    """A file that was restored, copied or put back goes on under another name before anybody writes."""
    from trainer_app.storage.branching import go_on_alone, is_restored

    store.anchor = Anchor(folder)
    verdict = store.anchor.verdict(store)
    if store.replica and (verdict != SAME or is_restored(store)):
        _log.info("the data file goes on as another replica: %s", verdict)
        go_on_alone(store)
    else:
        store.anchor.keep(store)


def _bring_up_to_date(folder: Path, dek: bytes, db: Database, facts: FileFacts) -> None:
    with db.writing() as c:  # also tells at once when another program holds the file
        older = upgrades.needs_upgrade(c, facts.schema_version)
    if not older:
        return
    from trainer_app.storage.backup import UPGRADE, backup_now

    backup_now(folder, db, dek, reason=UPGRADE)
    upgrades.upgrade(db, facts.schema_version)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Faults of the driver and the operating system while opening, as sentences."""
    import sqlalchemy as sa
    from sqlcipher3 import dbapi2

    try:
        yield
    except sa.exc.DBAPIError as fault:
        raise in_words(fault, folder) from fault
    except dbapi2.DatabaseError as fault:  # from connecting, before SQLAlchemy wraps anything
        raise in_words(fault, folder) from fault
    except OSError as fault:
        raise _refused() from fault


def in_words(fault: Exception, folder: Path) -> Exception:
    """A fault of the database driver as a `StoreProblem`, or the fault itself when it is ours."""
    import sqlalchemy as sa

    wrapped = fault if isinstance(fault, sa.exc.DBAPIError) else sa.exc.DBAPIError("", (), fault)
    told = understood(wrapped)
    if isinstance(told, StoreProblem):
        return told
    text = str(wrapped.orig).lower()
    if "disk i/o error" in text and ballast.free_bytes(folder) < LEAST_FREE_BYTES:
        return StoreProblem(
            _("Ruang simpan laptop penuh. Hapus berkas yang tidak dipakai, lalu buka lagi."), code="disk.full"
        )
    if "unable to open" in text:
        return _refused()
    return fault


def _foreign() -> StoreProblem:
    return StoreProblem(
        _("Berkas ini bukan data Trainer App. Pilih berkas lain, atau pulihkan dari cadangan."),
        code="store.foreign",
    )


def _refused() -> StoreProblem:
    return StoreProblem(
        _("Folder data tidak boleh ditulisi. Periksa izin folder, lalu coba lagi."), code="store.read_only"
    )
