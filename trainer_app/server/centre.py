"""The centre as an object: its store, its identity and its epoch; opened by the server and by `trainer-app
admin` alike.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.problem import StoreProblem
from trainer_app.server.config import KEY_VARIABLE, ServerConfig
from trainer_app.storage import rollup
from trainer_app.storage.backup import finish_restore
from trainer_app.storage.database import Database, open_postgres, open_sqlite
from trainer_app.storage.enrolment_codes import owner_of
from trainer_app.storage.filelock import FileLock
from trainer_app.storage.keystore import CENTRE_FILE, centre_key
from trainer_app.storage.server_upgrades import bring_up_to_date, catch_up, missing_columns
from trainer_app.storage.store import EPOCH, Store
from trainer_app.sync.answer import Authority
from trainer_app.sync.keys import make_private_key, public_key_of
from trainer_app.sync.recipients import publish
from trainer_app.sync.succession import take_up
from trainer_app.words import _

SAMPLE = "sample"
LOCK_FILE = "centre.lock"
#: Below this share of free disk the centre says that it is not ready: what it confirms must be on the disk.
DISK_FREE_AT_LEAST = 0.10


@dataclass(slots=True)
class Centre:
    """An opened centre. `epoch` names this life of its database: a restored centre has another one."""

    config: ServerConfig
    store: Store
    epoch: bytes
    public_key: bytes
    sample: bool

    @property
    def db(self) -> Database:
        """The database of the store and of the centre's own tables."""
        return self.store.db

    def now_ms(self) -> int:
        """The time that goes into receipts, codes and sessions."""
        return self.store.clock.now_ms()

    def authority(self) -> Authority:
        """In whose name it answers laptops."""
        return Authority(self.epoch, self.sample, owner_of=self._owner_of)

    def _owner_of(self, laptop: RecordId) -> RecordId | None:
        with self.db.reading() as c:
            return owner_of(c, laptop)

    def save(self, edits: Sequence[Edit], author: RecordId = NO_ID) -> list[Operation]:
        """Say something in the centre's own feed. Another process may have spoken meanwhile, so the clock is
        read anew.
        """
        self.store.reload()
        return self.store.save(edits, author)

    def close(self) -> None:
        """Give back the connections."""
        self.store.close()


def open_centre(config: ServerConfig, *, create: bool = True) -> Centre:
    """Open the centre's database; the first time, make its tables and its identity. Raises `StoreProblem`.

    With `create=False` a folder or database that holds no centre is a problem, and stays as it is.
    """
    config.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(config.folder / LOCK_FILE):
        if not create and not config.database and not config.database_path.exists():
            raise _no_centre(config)
        db = _open_database(config)
        try:
            assert_durable(db)
            if not create and not _tables_are_there(db):
                raise _no_centre(config)
            bring_up_to_date(db)
            store = Store(db)
            if not store.replica:
                if not create:
                    raise _no_centre(config)
                _found(store, config)
            take_up(store)
            catch_up(store)
            publish(store)
        except BaseException:
            db.close()
            raise
    store.on_applied = rollup.update
    public_key = public_key_of(store.private_key)
    return Centre(config, store, store.meta(EPOCH), public_key, store.meta(SAMPLE, b"0") == b"1")


def _tables_are_there(db: Database) -> bool:
    with db.reading() as c:
        return sa.inspect(c.raw).has_table("meta")


def _no_centre(config: ServerConfig) -> StoreProblem:
    where = config.folder if not config.database else "PostgreSQL"
    return StoreProblem(
        _("Belum ada pusat di {tempat}. Siapkan dulu dengan: trainer-app admin init").format(tempat=where),
        code="centre.missing",
    )


def _open_database(config: ServerConfig) -> Database:
    if config.database:
        if not config.database.startswith(("postgresql://", "postgres://")):
            raise StoreProblem(
                _("Alamat basis data harus dimulai dengan postgresql://. Periksa lagi, lalu jalankan ulang."),
                code="serve.database",
            )
        return open_postgres(config.database)
    finish_restore(config.folder, config.database_path.name)  # if the power went during one
    key = sqlite_key(config, create=not config.database_path.exists())
    config.database_path.touch(mode=0o600)
    return open_sqlite(config.database_path, key)


def sqlite_key(config: ServerConfig, *, create: bool = False) -> bytes:
    """The key of the SQLite file: from the environment, else from the file beside it. Raises
    `StoreProblem`.
    """
    given = os.environ.get(KEY_VARIABLE, "")
    if not given:
        return centre_key(config.folder, create=create)
    try:
        key = bytes.fromhex(given)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise StoreProblem(
            _("{nama} harus berisi 64 angka heksadesimal.").format(nama=KEY_VARIABLE), code="serve.key"
        )
    return key


def key_place(config: ServerConfig) -> str:
    """A sentence that says where the key of the data lies, for whoever starts a centre."""
    if config.database:
        return _("Data di PostgreSQL; enkripsi disk diatur di server basis data.")
    if os.environ.get(KEY_VARIABLE):
        return _("Data terenkripsi; kuncinya dari {nama}.").format(nama=KEY_VARIABLE)
    return _(
        "Data terenkripsi; kuncinya di {berkas}. Simpan salinannya di tempat lain: tanpa kunci, data hilang."
    ).format(berkas=config.folder / CENTRE_FILE)


def _found(store: Store, config: ServerConfig) -> None:
    store.set_meta(EPOCH, os.urandom(16))
    store.set_meta(SAMPLE, b"1" if config.sample else b"0")
    store.found(new_id(), make_private_key(), config.name, ())


def assert_durable(db: Database) -> None:
    """Raises `StoreProblem` when the database may forget what it has confirmed: then no receipt may be
    given.
    """
    if db.dialect == "sqlite":
        return
    with db.reading() as c:
        for setting in ("synchronous_commit", "fsync", "full_page_writes"):
            if c.value(f"SHOW {setting}") == "off":
                raise StoreProblem(
                    _(
                        "PostgreSQL berjalan dengan {nama}=off: tanda terima bisa hilang saat listrik mati. "
                        "Nyalakan setelan itu, lalu jalankan lagi."
                    ).format(nama=setting),
                    code=f"serve.{setting}",
                )


def not_ready(centre: Centre) -> list[str]:
    """What keeps this centre from taking data just now, as small codes; empty when it is ready."""
    found = []
    try:
        assert_durable(centre.db)
        centre.store.set_meta("ready_check", str(centre.now_ms()).encode())
        with centre.db.reading() as c:
            if missing_columns(c):
                found.append("schema")
    except StoreProblem as problem:
        found.append(problem.code or "database")
    except Exception:  # whatever the driver says, the answer is the same: not ready
        found.append("database")
    usage = shutil.disk_usage(centre.config.folder)
    if usage.free < usage.total * DISK_FREE_AT_LEAST:
        found.append("disk")
    return found
