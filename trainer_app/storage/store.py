"""The store: what one replica knows and what it has yet to tell. The same class on laptop, hub and centre.

Writing is `save` (people's edits) and `applying.apply_segment` (what arrives); both merge with
`records.merge`, both are one transaction. Screens get frozen records and ids, never anything that is tied to
the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgpack

from trainer_app.records.clock import Clock
from trainer_app.records.fields import Record, Value, fields_by_name
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.operation import Edit, Operation
from trainer_app.storage.conditions import areas_of, marks
from trainer_app.storage.database import Connection, Database
from trainer_app.storage.replicas import OWN, Replicas
from trainer_app.storage.rows import select_sql, to_record

if TYPE_CHECKING:
    from trainer_app.storage.anchor import Anchor

R = TypeVar("R", bound=Record)
#: What moved to another area has a row in each; a real tombstone is newer than the one a move leaves.
_LIVING_FIRST = "ORDER BY deleted_at IS NOT NULL, deleted_at DESC, area LIMIT 1"
#: In `changed`: not a kind of record, but where records are on their way to the centre.
SENDING = 0
#: In the table `meta`: the life of the centre's database, this one's or the one that a laptop last heard of.
EPOCH = "epoch"
Wanted = Value | tuple[Value, ...]
#: Told inside the transaction that applied something (connection, area, ids by kind); keeps rollups.
OnApplied = Callable[[Connection, int, Mapping[type[Record], set[RecordId]]], None]


class Store:
    """An opened database. Made by `opening.open_store`, or from a `Database` whose tables exist."""

    def __init__(self, db: Database, clock: Clock | None = None) -> None:
        self.db = db
        self.replicas = Replicas(db)
        self.changed: list[Callable[[set[int]], None]] = []
        self.on_applied: OnApplied | None = None
        self.anchor: Anchor | None = None
        self._private_key: bytes | None = None
        self.clock = clock or Clock()
        self.reload()

    def reload(self) -> None:
        """Read who this replica is and the newest stamp it knows."""
        with self.db.reading() as c:
            self.replica = bytes(c.value("SELECT value FROM meta WHERE key = 'replica'") or b"")
            newest = c.value("SELECT MAX(head_hlc) FROM feed") or 0
            unsealed = c.value("SELECT MAX(hlc) FROM operation") or 0
        self.clock.offset_ms = int(self.meta("clock_offset", b"0"))
        self.clock.observe(max(newest, unsealed))
        self.clock.last = max(self.clock.last, self._own_newest())
        self.areas: tuple[int, ...] = tuple(msgpack.unpackb(self.meta("areas", b"\x90")))
        self._private_key = self.meta("private_key")

    def _own_newest(self) -> int:
        """Own stamps always rise, even those from a time when the clock was wrong."""
        with self.db.reading() as c:
            return max(
                c.value("SELECT MAX(head_hlc) FROM feed WHERE replica = ?", OWN) or 0,
                c.value("SELECT MAX(hlc) FROM operation WHERE replica = ?", OWN) or 0,
            )

    def close(self) -> None:
        """Close the database; what was saved is on disk already."""
        self.db.close()

    # identity

    def found(self, replica: bytes, private_key: bytes, name: str, areas: Sequence[int]) -> None:
        """Make this database the replica `replica` (16 bytes) with its Ed25519 key (32 bytes). Raises
        ValueError twice.
        """
        if self.replica:
            raise ValueError("this database is a replica already")

        def work(c: Connection) -> None:
            c.run("INSERT INTO replica (num, id) VALUES (?, ?)", OWN, replica)
            for key, value in (("replica", replica), ("private_key", private_key), ("name", name.encode())):
                c.run("INSERT INTO meta (key, value) VALUES (?, ?)", key, value)
            c.run("INSERT INTO meta (key, value) VALUES ('areas', ?)", msgpack.packb(list(areas)))

        self.db.transact(work)
        self.replicas.reload()
        self.reload()

    @property
    def private_key(self) -> bytes:
        """The raw Ed25519 private key of this replica."""
        if self._private_key is None:
            raise ValueError("this database is no replica yet")
        return self._private_key

    @property
    def name(self) -> str:
        """This laptop's name."""
        return str(self.meta("name", b""), "utf-8")

    def set_areas(self, areas: Sequence[int]) -> None:
        """What the centre assigns to this laptop; the first is its home area."""
        self.set_meta("areas", msgpack.packb(list(areas)))
        self.areas = tuple(areas)

    def area_for(self, place_code: str | None) -> int:
        """The feed for a record of that place: its regency if assigned here, else this laptop's home area."""
        regency = int(place_code[:5].replace(".", "")) if place_code and len(place_code) >= 5 else 0
        if regency and (not self.areas or regency in self.areas):
            return regency
        return self.areas[0] if self.areas else CENTRE_AREA

    def meta(self, key: str, default: Any = None) -> Any:
        """A small named value of this database, bytes."""
        with self.db.reading() as c:
            value = c.value("SELECT value FROM meta WHERE key = ?", key)
        return default if value is None else bytes(value)

    def set_meta(self, key: str, value: bytes) -> None:
        """Keep a small named value."""
        self.db.transact(lambda c: put_meta(c, key, value))

    # writing

    def save(self, edits: Sequence[Edit], author: RecordId) -> list[Operation]:
        """Save what somebody did: one transaction with the operations and the rows; on return it survives a
        power cut.

        Values that do not change anything are left out. Raises `InputProblem` for a value that is not right
        and `StoreProblem` when the disk is full; then nothing at all was saved.
        """
        from trainer_app.storage.saving import save_edits

        operations = self.db.transact(lambda c: save_edits(self, c, edits, author))
        self.announce({operation.kind for operation in operations})
        return operations

    def announce(self, kinds: set[int]) -> None:
        """Tell listeners which kinds of record changed."""
        if kinds:
            for listener in list(self.changed):
                listener(kinds)

    # reading

    def get(self, cls: type[R], row_id: RecordId) -> R | None:
        """One record by id, deleted or not; of one that moved, the row where it is now."""
        with self.db.reading() as c:
            row = c.one(
                f"{select_sql(cls)} WHERE area {areas_of(self, cls)} AND id = ? {_LIVING_FIRST}", row_id
            )
        return None if row is None else cast(R, to_record(cls, row))

    def find(
        self,
        cls: type[R],
        where: Mapping[str, Wanted] | None = None,
        order: str = "id",
        limit: int | None = None,
        offset: int = 0,
    ) -> list[R]:
        """Live records that hold these values (a tuple means any of them). `order` is a field name, "-"
        first for falling.
        """
        clause, params = self._where(cls, where or {})
        falling = order.startswith("-")
        column = order.lstrip("-")
        if column != "id" and column not in fields_by_name(cls):
            raise KeyError(column)
        sql = f"{select_sql(cls)} WHERE {clause} ORDER BY {column} {'DESC' if falling else 'ASC'}, id"
        if limit is not None:
            sql += f" LIMIT {int(limit)} OFFSET {int(offset)}"
        with self.db.reading() as c:
            return [cast(R, to_record(cls, row)) for row in c.all(sql, *params)]

    def count(self, cls: type[Record], where: Mapping[str, Wanted] | None = None) -> int:
        """How many live records hold these values."""
        clause, params = self._where(cls, where or {})
        with self.db.reading() as c:
            return int(c.value(f"SELECT COUNT(*) FROM {cls.table} WHERE {clause}", *params))

    def _where(self, cls: type[Record], where: Mapping[str, Wanted]) -> tuple[str, list[Value]]:
        clauses, params = [f"area {areas_of(self, cls)}", "deleted_at IS NULL"], list[Value]()
        known = fields_by_name(cls)
        for name, wanted in where.items():
            if name not in known and name not in ("id", "area"):
                raise KeyError(name)
            if isinstance(wanted, tuple):
                clauses.append(f"{name} IN ({marks(wanted)})" if wanted else "1 = 0")
                params.extend(wanted)
            elif wanted is None:
                clauses.append(f"{name} IS NULL")
            else:
                clauses.append(f"{name} = ?")
                params.append(wanted)
        return " AND ".join(clauses), params


def put_meta(c: Connection, key: str, value: bytes) -> None:
    """Write a small named value inside a transaction."""
    c.run(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
    )
