"""Rows of replicated tables: read and written with their stamps, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

import msgpack

from trainer_app.records.fields import Record, Value, fields_by_number, fields_of, per_kind
from trainer_app.records.ids import RecordId
from trainer_app.records.merge import RowState, full, sparse
from trainer_app.records.operation import Stamp
from trainer_app.storage.conditions import chunks, marks
from trainer_app.storage.database import Connection
from trainer_app.storage.replicas import Replicas
from trainer_app.storage.tables import MERGE_COLUMNS, columns_of

#: From so many new rows on PostgreSQL is given them by COPY: some ten times as fast as by INSERT.
COPIED_ROWS = 50
ANALYSED_ROWS = 1_000


@per_kind
def select_sql(cls: type[Record]) -> str:
    """All columns of a kind's table, ready for a WHERE."""
    return f"SELECT {', '.join(columns_of(cls))} FROM {cls.table}"


@per_kind
def insert_sql(cls: type[Record]) -> str:
    """Insert a row unless one of its id is there."""
    names = columns_of(cls)
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {cls.table} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT (area, id) DO NOTHING"


@per_kind
def upsert_sql(cls: type[Record]) -> str:
    """Insert a row or replace all of it."""
    names = columns_of(cls)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[2:])
    marks = ", ".join("?" * len(names))
    return (
        f"INSERT INTO {cls.table} ({', '.join(names)}) VALUES ({marks}) "
        f"ON CONFLICT (area, id) DO UPDATE SET {changes}"
    )


def to_state(cls: type[Record], row: Sequence[Any], replicas: Replicas) -> RowState:
    """The merge's view of a table row in `columns_of` order."""
    fields = fields_of(cls)
    end = 2 + len(fields)
    values: dict[int, Value] = {field.number: row[2 + i] for i, field in enumerate(fields)}
    hlc, num, seq, packed, extra = row[end : end + len(MERGE_COLUMNS)]
    if extra is not None:
        values.update(msgpack.unpackb(extra, strict_map_key=False))
    exceptions: dict[int, Stamp] = {}
    if packed is not None:
        for number, (x_hlc, x_num, x_seq) in msgpack.unpackb(packed, strict_map_key=False).items():
            exceptions[number] = (x_hlc, replicas.id(x_num), x_seq)
    return full(values, (hlc, replicas.id(num), seq), exceptions)


def to_row(
    cls: type[Record], area: int, row_id: RecordId, state: RowState, replicas: Replicas
) -> tuple[Any, ...]:
    """The table row of a merged state; unknown fields are kept in `_extra`."""
    stamp, exceptions = sparse(state)
    known = fields_by_number(cls)
    extra = {number: value for number, value in sorted(state.values.items()) if number not in known}
    packed = {number: (s[0], replicas.number(s[1]), s[2]) for number, s in exceptions.items()}
    return (
        area,
        row_id,
        *(state.values.get(field.number) for field in fields_of(cls)),
        stamp[0],
        replicas.number(stamp[1]),
        stamp[2],
        msgpack.packb(packed) if packed else None,
        msgpack.packb(extra) if extra else None,
    )


def load_states(
    c: Connection, cls: type[Record], area: int, ids: Iterable[RecordId], replicas: Replicas
) -> dict[RecordId, RowState]:
    """The states of those rows that exist, by id."""
    wanted = list(ids)
    found: dict[RecordId, RowState] = {}
    for chunk in chunks(wanted):
        for row in c.all(f"{select_sql(cls)} WHERE area = ? AND id IN ({marks(chunk)})", area, *chunk):
            found[bytes(row[1])] = to_state(cls, row, replicas)
    return found


def write_states(
    c: Connection, cls: type[Record], area: int, states: Mapping[RecordId, RowState], replicas: Replicas
) -> None:
    """Write these rows, whether they are there or not; in id order, so that transactions do not deadlock."""
    c.many(upsert_sql(cls), [to_row(cls, area, key, states[key], replicas) for key in sorted(states)])


def insert_columns(
    c: Connection,
    cls: type[Record],
    area: int,
    ids: Sequence[RecordId],
    columns: Mapping[int, Sequence[Value]],
    stamps: tuple[Sequence[int], int, Sequence[int]],
) -> int:
    """Insert many new rows straight from columns (`stamps`: clocks, replica number, numbers); gives how
    many were new.
    """
    hlcs, num, seqs = stamps
    blank = repeat(None)
    parts = [columns.get(field.number, blank) for field in fields_of(cls)]
    rows = list(zip(repeat(area), ids, *parts, hlcs, repeat(num), seqs, blank, blank))
    many = c.dialect == "postgresql" and len(rows) >= COPIED_ROWS
    if many and c.copy_new(cls.table, columns_of(cls), rows):
        _grown(c, cls.table, len(rows))
        return len(rows)
    return c.many(insert_sql(cls), rows)


def _grown(c: Connection, table: str, rows: int) -> None:
    """A table that PostgreSQL believes to be smaller than what was just copied would be read from end to end
    for each few rows that are looked up next.
    """
    known = c.value("SELECT reltuples FROM pg_class WHERE oid = CAST(? AS regclass)", table)
    if rows >= ANALYSED_ROWS and float(known or 0) < rows:
        c.run(f"ANALYZE {table}")


def to_record(cls: type[Record], row: Sequence[Any]) -> Record:
    """The frozen value of a table row in `columns_of` order."""
    fields = fields_of(cls)
    values = {field.name: row[2 + i] for i, field in enumerate(fields)}
    return cls(id=bytes(row[1]), area=row[0], **values)
