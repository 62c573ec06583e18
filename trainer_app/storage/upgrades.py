"""Bringing an older data file up to what this version of the program declares.

What was only added (a kind, a field, an index) is found by comparing the file with the declarations: nobody
writes an upgrade for it. Anything else is a numbered upgrade below. All of it is one transaction, after a
backup; so is the second step, which brings values and segments that an older version could only keep aside
into the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgpack
import sqlalchemy as sa

import trainer_app
from trainer_app.records.fields import KINDS, Record
from trainer_app.storage import search
from trainer_app.storage.database import Connection, Database
from trainer_app.storage.replicas import Replicas
from trainer_app.storage.rows import select_sql, to_row, to_state, upsert_sql
from trainer_app.storage.statistics import assume_shape
from trainer_app.storage.tables import DATA_TABLES, METADATA

if TYPE_CHECKING:
    from trainer_app.storage.feeds import StoredSegment
    from trainer_app.storage.store import Store

#: Numbered upgrades by the version they lead to; what they change cannot be found by comparing.
UPGRADES: dict[int, Callable[[Connection], None]] = {}
#: The version of the file that this program writes (``PRAGMA user_version``).
SCHEMA_VERSION = max(UPGRADES, default=1)
_PROGRAM = "program_version"
_OLD_PARTS = 4


@dataclass(frozen=True, slots=True)
class Missing:
    """What the declarations have and the file has not."""

    tables: tuple[sa.Table, ...]
    columns: tuple[sa.Column[object], ...]
    indexes: tuple[sa.Index, ...]

    def __bool__(self) -> bool:
        return bool(self.tables or self.columns or self.indexes)


def missing(c: Connection) -> Missing:
    """Compare the file with the declarations."""
    tables = {row[0] for row in c.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
    indexes = {row[0] for row in c.all("SELECT name FROM sqlite_master WHERE type = 'index'")}
    there = [table for table in METADATA.sorted_tables if table.name in tables]
    columns = []
    for table in there:
        known = {row[1] for row in c.all(f"PRAGMA table_info('{table.name}')")}
        columns += [column for column in table.columns if column.name not in known]
    return Missing(
        tuple(table for table in METADATA.sorted_tables if table.name not in tables),
        tuple(columns),
        tuple(index for table in there for index in table.indexes if index.name not in indexes),
    )


def needs_upgrade(c: Connection, version: int) -> bool:
    """True when the file is older than the program in anything."""
    return version < SCHEMA_VERSION or bool(missing(c)) or not search.is_there(c)


def upgrade(db: Database, version: int) -> None:
    """Bring the file from `version` to what the program declares; all of it or nothing."""
    replicas = Replicas(db)

    def work(c: Connection) -> None:
        for number in range(version + 1, SCHEMA_VERSION + 1):
            UPGRADES[number](c)
        lacks = missing(c)
        compiler = c.raw.dialect.ddl_compiler(c.raw.dialect, None)  # type: ignore[arg-type]  # no statement is needed
        for table in lacks.tables:
            table.create(c.raw)
        for column in lacks.columns:
            c.run(f"ALTER TABLE {column.table.name} ADD COLUMN {compiler.get_column_specification(column)}")
        for index in lacks.indexes:
            index.create(c.raw)
        changed = {column.table.name for column in lacks.columns}
        for cls in KINDS.values():
            if cls.table in changed:
                promote(c, cls, replicas)
        if not search.is_there(c):
            search.create(c)
            search.reindex(c)
        assume_shape(c, list(DATA_TABLES.values()))
        c.run(f"PRAGMA user_version = {SCHEMA_VERSION}")

    db.transact(work)


def promote(c: Connection, cls: type[Record], replicas: Replicas) -> None:
    """Values of fields that were unknown when they came move from `_extra` into their new columns."""
    rows = c.all(f"{select_sql(cls)} WHERE _extra IS NOT NULL")
    c.many(
        upsert_sql(cls),
        [to_row(cls, row[0], bytes(row[1]), to_state(cls, row, replicas), replicas) for row in rows],
    )


def adopt(store: Store) -> bool:
    """Merge segments that an older version of the program could only store; True when there were any.

    Done once for each version of the program that opens the file. Contradictions that an older one kept in
    another way are worked out anew.
    """
    if _contradictions_of_old(store):
        from trainer_app.storage.rebuild import rebuild

        rebuild(store, repair=True)
    if store.meta(_PROGRAM, b"").decode() == trainer_app.__version__:
        return False
    with store.db.reading() as c:
        waiting = c.value(
            "SELECT COUNT(*) FROM segment WHERE state IN ('parked', 'waiting', 'snapshot-parked')"
        )
    if waiting:
        from trainer_app.storage.rebuild import rebuild

        store.db.transact(lambda c: _set_bad_ones_apart(store, c))
        rebuild(store, repair=True)
        store.db.transact(_mark_applied)
        store.db.transact(search.reindex)
    store.set_meta(_PROGRAM, trainer_app.__version__.encode())
    return bool(waiting)


def _contradictions_of_old(store: Store) -> bool:
    """Whether `review` still holds lines of two stamps and two values each, as in the first version."""
    with store.db.reading() as c:
        detail = c.value("SELECT detail FROM review WHERE field > 0 AND state = 'open' LIMIT 1")
    return detail is not None and len(msgpack.unpackb(bytes(detail))) == _OLD_PARTS


def _set_bad_ones_apart(store: Store, c: Connection) -> None:
    """What could not be read when it came could not be checked either."""
    from trainer_app.storage.applying import Outcome, quarantine_bad
    from trainer_app.storage.feeds import decoded

    for stored in _not_merged(c):
        num = store.replicas.number(stored.replica)
        for group in decoded(stored).groups:
            if group.kind in KINDS:
                quarantine_bad(c, KINDS[group.kind], group, stored.area, num, Outcome("stored"))


def _mark_applied(c: Connection) -> None:
    from trainer_app.storage.applying import APPLIED, SNAPSHOT, SNAPSHOT_PARKED
    from trainer_app.storage.feeds import decoded

    for stored in _not_merged(c):
        segment = decoded(stored)
        if segment.readable and all(group.kind in KINDS for group in segment.groups):
            state = SNAPSHOT if stored.state == SNAPSHOT_PARKED else APPLIED
            c.run("UPDATE segment SET state = ? WHERE area = ? AND pos = ?", state, stored.area, stored.pos)


def _not_merged(c: Connection) -> Iterator[StoredSegment]:
    """Segments that are stored and not in the rows, one at a time."""
    from trainer_app.storage.applying import PARKED, SNAPSHOT_PARKED, WAITING
    from trainer_app.storage.feeds import SEGMENT_SQL, stored_segment

    where = (
        "s.state IN (?, ?, ?) AND (s.area > ? OR (s.area = ? AND s.pos > ?)) ORDER BY s.area, s.pos LIMIT 1"
    )
    states, area, pos = (PARKED, WAITING, SNAPSHOT_PARKED), -1, 0
    while (row := c.one(f"{SEGMENT_SQL} WHERE {where}", *states, area, area, pos)) is not None:
        segment = stored_segment(row)
        area, pos = segment.area, segment.pos
        yield segment
