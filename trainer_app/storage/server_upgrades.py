"""Bringing a centre's database up to what this version of the program declares, on both engines.

Tables, columns and indexes are only ever added, so what is missing is found by comparing; values of fields
that were unknown when they came move out of `_extra`. A new rule of counting (`RULE`) makes all rollups be
counted anew.
"""

from __future__ import annotations

import logging

import sqlalchemy as sa

from trainer_app.records.fields import KINDS
from trainer_app.storage import rollup, upgrades
from trainer_app.storage.database import Connection, Database
from trainer_app.storage.replicas import Replicas
from trainer_app.storage.server_tables import SERVER_METADATA, create_server_tables
from trainer_app.storage.store import Store
from trainer_app.storage.tables import METADATA, create_all

#: Raised whenever `records.progress` or `rollup` come to count something otherwise.
RULE = 4
_RULE_KEY = "rollup_rule"

_log = logging.getLogger(__name__)


def bring_up_to_date(db: Database) -> None:
    """Make what is missing; harmless when nothing is. One transaction, so that a cut leaves the old shape."""
    create_all(db)
    create_server_tables(db)
    with db.reading() as c:
        lacks = missing_columns(c)
    if not lacks:
        return
    replicas = Replicas(db)

    def work(c: Connection) -> None:
        compiler = c.raw.dialect.ddl_compiler(c.raw.dialect, None)  # type: ignore[arg-type]  # no statement is needed
        for column in lacks:
            c.run(f"ALTER TABLE {column.table.name} ADD COLUMN {compiler.get_column_specification(column)}")
        changed = {column.table.name for column in lacks}
        for cls in KINDS.values():
            if cls.table in changed:
                upgrades.promote(c, cls, replicas)

    db.transact(work)
    _log.info("database brought up to date: %d columns added", len(lacks))


def missing_columns(c: Connection) -> list[sa.Column[object]]:
    """Columns that are declared and not there."""
    there = {
        name: {column["name"] for column in columns}
        for (_schema, name), columns in sa.inspect(c.raw).get_multi_columns().items()
    }
    declared = [*METADATA.sorted_tables, *SERVER_METADATA.sorted_tables]
    return [
        column
        for table in declared
        if table.name in there
        for column in table.columns
        if column.name not in there[table.name]
    ]


def catch_up(store: Store) -> None:
    """Merge what an older program could only store, and count anew where that or the rule asks for it."""
    adopted = upgrades.adopt(store)
    if not adopted and store.meta(_RULE_KEY) == str(RULE).encode():
        return
    with store.db.reading() as c:
        areas = rollup.areas_with_data(c)
    for area in areas:
        store.db.transact(lambda c, area=area: rollup.recompute(c, area))  # type: ignore[misc]  # area is bound at once
    store.set_meta(_RULE_KEY, str(RULE).encode())
