"""A restored or copied database goes on as another replica, so that no number of a feed ever means two
things.

What the old replica said stays in the log under its name: it may be known elsewhere, and more of it than the
backup holds. What no receipt covers is said again by the new replica, with the stamps it had: whether the old
one's words arrive too or never do, every replica comes to the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgpack

from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId
from trainer_app.records.operation import Operation
from trainer_app.records.segment import open_segment
from trainer_app.storage.backup import RESTORED
from trainer_app.storage.database import Connection
from trainer_app.storage.rebuild import refold
from trainer_app.storage.replicas import OWN
from trainer_app.storage.saving import start_feed
from trainer_app.storage.store import put_meta
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: In the table `meta` of a laptop that the centre no longer knows: it was restored from a copy that is older.
FORGOTTEN = "forgotten"
#: Tables of the log whose rows name a replica by its local number.
_LOG_TABLES = ("feed", "segment", "operation", "receipt", "touch", "quarantine")


def is_restored(store: Store) -> bool:
    """True from a restore until the laptop has joined again; it must not send until then."""
    return bool(store.meta(RESTORED, b"0") == b"1")


def may_join_again(store: Store) -> bool:
    """True when a code makes another replica of this database: it was restored, or the centre forgot it."""
    return is_restored(store) or store.meta(FORGOTTEN, b"0") == b"1"


def go_on_as(store: Store, replica: RecordId, private_key: bytes, name: str, areas: Sequence[int]) -> int:
    """Make this database another replica than it was; gives how many operations it says again.

    One transaction. The new replica must not be known here yet.
    """
    old = store.replica

    def work(c: Connection) -> int:
        number = int(c.value("SELECT MAX(num) FROM replica")) + 1
        _renumber(c, number)
        c.run("INSERT INTO replica (num, id) VALUES (?, ?)", OWN, replica)
        store.replicas.renumber(old, number, replica)
        store.replica = replica
        for key, value in (
            ("replica", replica),
            ("private_key", private_key),
            ("name", name.encode()),
            ("areas", msgpack.packb(list(areas))),
        ):
            put_meta(c, key, value)
        c.run("DELETE FROM meta WHERE key IN (?, ?)", RESTORED, FORGOTTEN)
        return _say_again(store, c, old, number)

    try:
        again = store.db.transact(work)
    finally:
        store.replicas.reload()
        store.reload()
    store.announce(set(KINDS))
    return again


def _renumber(c: Connection, number: int) -> None:
    """The own replica becomes one among the others, wherever it is named."""
    c.run("UPDATE replica SET num = ? WHERE num = ?", number, OWN)
    for table in _LOG_TABLES:
        c.run(f"UPDATE {table} SET replica = ? WHERE replica = ?", number, OWN)
    for cls in KINDS.values():
        c.run(f"UPDATE {cls.table} SET _r = ? WHERE _r = ?", number, OWN)
        c.many(
            f"UPDATE {cls.table} SET _x = ? WHERE area = ? AND id = ?",
            list(_stamps_renumbered(c, cls, number)),
        )


def _stamps_renumbered(c: Connection, cls: type[Record], number: int) -> Iterator[tuple[bytes, int, bytes]]:
    for area, row, packed in c.all(f"SELECT area, id, _x FROM {cls.table} WHERE _x IS NOT NULL"):
        stamps = msgpack.unpackb(packed, strict_map_key=False)
        if any(num == OWN for _hlc, num, _seq in stamps.values()):
            changed = {n: (hlc, number if num == OWN else num, seq) for n, (hlc, num, seq) in stamps.items()}
            yield msgpack.packb(changed), area, bytes(row)


def _say_again(store: Store, c: Connection, old: RecordId, number: int) -> int:
    again = 0
    feeds = c.all("SELECT area, head_seq, centre_seq FROM feed WHERE replica = ?", number)
    for area, head_seq, centre_seq in feeds:
        unsent = [*_sealed(c, area, number, centre_seq), *_unsealed(c, area, number, old)]
        told = [replace(one, replica=store.replica, seq=seq) for seq, one in enumerate(unsent, 1)]
        c.run("DELETE FROM operation WHERE area = ? AND replica = ?", area, number)
        c.run("DELETE FROM touch WHERE area = ? AND replica = ? AND seq > ?", area, number, head_seq)
        c.run("UPDATE feed SET last_seq = head_seq WHERE area = ? AND replica = ?", area, number)
        _write(c, area, told)
        _follow(c, area, {one.seq: seq for seq, one in enumerate(unsent, 1)})
        rows = {(KINDS[one.kind], one.row) for one in told if one.kind in KINDS}
        refold(store, c, area, rows)
        again += len(told)
    return again


def _sealed(c: Connection, area: int, number: int, after: int) -> Iterator[Operation]:
    """What lies in segments that no receipt covers."""
    for (body,) in c.all(
        "SELECT body FROM segment WHERE area = ? AND replica = ? AND hi > ? ORDER BY lo", area, number, after
    ):
        yield from (one for one in open_segment(bytes(body), None).operations() if one.seq > after)


def _unsealed(c: Connection, area: int, number: int, old: RecordId) -> Iterator[Operation]:
    rows: list[tuple[Any, ...]] = c.all(
        "SELECT kind, row, seq, hlc, author, base, body FROM operation "
        "WHERE area = ? AND replica = ? ORDER BY seq",
        area,
        number,
    )
    for kind, row, seq, hlc, author, base, body in rows:
        values = msgpack.unpackb(body, strict_map_key=False)
        yield Operation(kind, bytes(row), area, old, seq, hlc, bytes(author), base, values)


def _write(c: Connection, area: int, told: Sequence[Operation]) -> None:
    start_feed(c, area, OWN)
    c.run("UPDATE feed SET last_seq = ? WHERE area = ? AND replica = ?", len(told), area, OWN)
    c.many(
        insert_into("operation"),
        [
            (
                area,
                OWN,
                one.seq,
                one.hlc,
                one.kind,
                one.row,
                one.author,
                one.base,
                msgpack.packb(dict(one.values)),
            )
            for one in told
        ],
    )
    c.many(insert_into("touch", "ON CONFLICT DO NOTHING"), [(area, one.row, OWN, one.seq) for one in told])


def _follow(c: Connection, area: int, renumbered: dict[int, int]) -> None:
    """What people count as sent stays so; the rest waits under its new number."""
    known = c.all("SELECT subject, seq FROM own_version WHERE area = ?", area)
    c.many(
        "UPDATE own_version SET seq = ? WHERE area = ? AND subject = ?",
        [(renumbered.get(seq, 0), area, bytes(subject)) for subject, seq in known],
    )
