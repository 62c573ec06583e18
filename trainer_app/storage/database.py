"""One database, two engines: SQLCipher on laptops and small centres, PostgreSQL for the nation.

Statements are written once with `?` placeholders in the SQL that both engines share, and go through
SQLAlchemy's driver level: as fast as the bare driver, with one pool, one set of pragmas and one place that
understands "disk full".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from trainer_app.records.problem import StoreProblem
from trainer_app.storage.ballast import free_bytes
from trainer_app.words import _

T = TypeVar("T")
Row = tuple[Any, ...]
BUSY_TIMEOUT_MS = 10_000
#: With less than that SQLite cannot even make the index of its log.
LEAST_FREE_BYTES = 65_536
#: How often a transaction is tried again when PostgreSQL reports a serialisation failure or a deadlock.
TRANSACTION_TRIES = 5
_RETRY_STATES = {"40001", "40P01"}


class Connection:
    """A thin hand on one transaction: `?` placeholders, plain tuples.

    On SQLite statements go to the driver itself: SQLAlchemy's wrapping of each costs four times the
    statement, and a saved form is some twenty of them. Faults are SQLAlchemy's on both engines; they never
    quote the values.
    """

    def __init__(self, raw: sa.Connection, dialect: str) -> None:
        self.raw = raw
        self.dialect = dialect
        self._driver: Any = raw.connection.dbapi_connection if dialect == "sqlite" else None

    def _sql(self, sql: str) -> str:
        return sql if self.dialect == "sqlite" else sql.replace("%", "%%").replace("?", "%s")

    @contextmanager
    def _told(self, sql: str) -> Iterator[None]:
        base = self.raw.dialect.loaded_dbapi.Error
        try:
            yield
        except base as fault:
            raise sa.exc.DBAPIError.instance(sql, None, fault, base, hide_parameters=True) from fault

    def all(self, sql: str, *params: Any) -> list[Row]:
        """Every row of a query."""
        if self._driver is None:
            return [tuple(row) for row in self.raw.exec_driver_sql(self._sql(sql), params)]
        with self._told(sql):
            return self._driver.execute(sql, params).fetchall()  # type: ignore[no-any-return]  # tuples

    def one(self, sql: str, *params: Any) -> Row | None:
        """The first row of a query, or None."""
        if self._driver is None:
            row = self.raw.exec_driver_sql(self._sql(sql), params).first()
            return None if row is None else tuple(row)
        with self._told(sql):
            cursor = self._driver.execute(sql, params)
            found = cursor.fetchone()
            cursor.close()  # a query that is not read to its end would keep its snapshot
            return found  # type: ignore[no-any-return]  # a tuple

    def value(self, sql: str, *params: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, *params)
        return None if row is None else row[0]

    def run(self, sql: str, *params: Any) -> int:
        """Change rows; gives how many."""
        if self._driver is None:
            return self.raw.exec_driver_sql(self._sql(sql), params).rowcount
        with self._told(sql):
            return int(self._driver.execute(sql, params).rowcount)

    def many(self, sql: str, rows: Sequence[Row]) -> int:
        """One statement for many rows; gives how many rows changed in all."""
        if not rows:
            return 0
        if self._driver is None:
            return self.raw.exec_driver_sql(self._sql(sql), list(rows)).rowcount
        with self._told(sql):
            return int(self._driver.executemany(sql, rows).rowcount)

    def copy_new(self, table: str, names: Sequence[str], rows: Iterable[Row]) -> bool:
        """Copy rows into a table of PostgreSQL, as fast as it takes them; False when one of them is there
        already: then none was copied.
        """
        driver: Any = self.raw.connection.driver_connection
        errors = self.raw.dialect.loaded_dbapi
        try:
            with self.raw.begin_nested(), driver.cursor() as cursor:
                try:
                    with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
                except errors.Error as fault:
                    raise sa.exc.DBAPIError.instance(
                        "COPY", None, fault, errors.Error, hide_parameters=True, dialect=self.raw.dialect
                    ) from fault
        except sa.exc.IntegrityError:
            return False
        return True


class Database:
    """An engine with transactions. Usable from any thread; on SQLite one writer at a time."""

    def __init__(self, engine: sa.Engine, path: Path | None = None, *, read_only: bool = False) -> None:
        self.engine = engine
        self.path = path
        self.dialect = engine.dialect.name
        self.read_only = read_only
        self._writer = threading.RLock()
        #: Called when the disk is full; True means that room was made and the transaction is tried once more.
        self.spare: Callable[[], bool] | None = None
        #: Called after the last connection was given back.
        self.closed: list[Callable[[], None]] = []

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look at the data. Raises `StoreProblem` when the file cannot be read."""
        try:
            with self.engine.connect() as raw:
                if self.dialect == "sqlite":
                    raw.exec_driver_sql("BEGIN")
                yield Connection(raw, self.dialect)
        except sa.exc.DBAPIError as fault:
            if self.dialect == "sqlite":
                raise understood(fault, self.path) from fault
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing. Raises `StoreProblem` when the disk is full or the file
        is locked.
        """
        if self.dialect != "sqlite":
            with self.engine.begin() as raw:
                yield Connection(raw, self.dialect)
            return
        try:
            with self._writer, self.engine.connect() as raw:
                try:
                    raw.exec_driver_sql("BEGIN IMMEDIATE")
                    yield Connection(raw, self.dialect)
                    raw.commit()
                except BaseException:
                    raw.rollback()
                    raise
        except sa.exc.DBAPIError as fault:
            raise understood(fault, self.path) from fault

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one write transaction, again when another transaction got in its way."""
        for attempt in range(TRANSACTION_TRIES):
            try:
                with self.writing() as connection:
                    return work(connection)
            except sa.exc.DBAPIError as fault:
                state = getattr(fault.orig, "sqlstate", "")
                if state not in _RETRY_STATES or attempt == TRANSACTION_TRIES - 1:
                    raise
            except StoreProblem as problem:
                if problem.code != "disk.full" or self.spare is None or not self.spare():
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        while self.closed:
            self.closed.pop()()


def understood(fault: sa.exc.DBAPIError, path: Path | None = None) -> Exception:
    """The database driver's fault as a sentence for people, or the fault itself when it is ours. `path` is
    where the data lie: a disk without room for the index of the log says no more than "disk I/O error".
    """
    text = str(fault.orig).lower()
    no_room = path is not None and "disk i/o error" in text and free_bytes(path.parent) < LEAST_FREE_BYTES
    if "disk is full" in text or no_room:
        return StoreProblem(
            _(
                "Ruang simpan laptop penuh, jadi perubahan terakhir belum tersimpan. "
                "Hapus berkas yang tidak dipakai, lalu simpan lagi. Catatan yang sudah tersimpan tetap aman."
            ),
            code="disk.full",
        )
    if "is locked" in text or "busy" in text:
        return StoreProblem(
            _("Data sedang dipakai program lain. Tutup program itu, lalu coba lagi."), code="store.locked"
        )
    if "readonly database" in text:
        return StoreProblem(
            _("Folder data tidak boleh ditulisi. Periksa izin folder, lalu coba lagi."),
            code="store.read_only",
        )
    if "malformed" in text or "not a database" in text:
        return damaged()
    return fault


def damaged() -> StoreProblem:
    """The data file does not hold what was written into it."""
    return StoreProblem(
        _(
            "Berkas data rusak dan tidak diubah. Pulihkan dari cadangan; "
            "catatan yang sudah dikirim akan datang lagi dari pusat."
        ),
        code="store.damaged",
    )


def open_sqlite(path: Path, key: bytes | None, *, read_only: bool = False) -> Database:
    """A SQLCipher database file, made if it is missing; `key` is 32 raw bytes (None: not encrypted, for
    public data).

    WAL with `synchronous=FULL`: what was committed survives a power cut. Nothing is checked here; see
    `opening`.
    """
    from sqlcipher3 import dbapi2

    def connect() -> Any:
        uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        raw = dbapi2.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        cursor = raw.cursor()
        if key is not None:
            cursor.execute("PRAGMA cipher_log_level = NONE")
            cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA temp_store = MEMORY")
        if not read_only:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()
        return raw

    engine = sa.create_engine(
        "sqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=12,
        hide_parameters=True,  # a fault that is logged must not quote a name
    )
    return Database(engine, path, read_only=read_only)


def open_postgres(url: str) -> Database:
    """A PostgreSQL database by its URL (`postgresql://user:password@host/name`)."""
    engine = sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    return Database(engine)
