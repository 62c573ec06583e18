"""A restored or copied database goes on as another replica, so that no number of a feed ever means two
things.

It does so at once, without asking anybody, for the people at it must go on working (`go_on_alone`). The
centre learns of it from a claim that the old key signs, or from a new code.

What the old replica said, as far as the centre confirmed it, stays in the log under its name. What no receipt
covers is taken out of its feed and said again by the new replica, with the stamps it had: whether the old
one's words arrive too or never do, every replica comes to the same rows, and another branch of the old feed
finds its place free. Cursors begin anew, for what others heard from the old replica was never sent back to
it; of all other feeds it is said what is here, so that little comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgpack

from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.operation import Operation
from trainer_app.storage.anchor import FORMER_SELVES
from trainer_app.storage.applying import effective_hlcs
from trainer_app.storage.backup import RESTORED
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, decoded, stored_segment
from trainer_app.storage.peers import REFILL
from trainer_app.storage.rebuild import refold
from trainer_app.storage.replicas import OWN
from trainer_app.storage.saving import start_feed
from trainer_app.storage.store import put_meta
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: In the table `meta` while the centre does not know the present id: the last one that it knew, and its key.
KNOWN_AS = "known_as"
#: In the table `meta` of a laptop that the centre no longer knows: it was restored from a copy that is older.
FORGOTTEN = "forgotten"
#: Tables of the log whose rows name a replica by its local number.
_LOG_TABLES = ("feed", "segment", "operation", "receipt", "touch", "quarantine")


def is_restored(store: Store) -> bool:
    """True for a file that was brought back from a backup and still has the name that it had then."""
    return bool(store.meta(RESTORED, b"0") == b"1")


def known_as(store: Store) -> tuple[RecordId, bytes] | None:
    """The id and the private key under which the centre last knew this laptop, while it goes on under a name
    of its own; None when the centre knows it as it is.
    """
    kept = store.meta(KNOWN_AS)
    if kept is None:
        return None
    replica, private_key = msgpack.unpackb(kept)
    return bytes(replica), bytes(private_key)


def go_on_alone(store: Store) -> int:
    """Become another replica without asking the centre, in the same areas under the same name; gives how many
    operations are said again. The centre is told later: see `known_as`.
    """
    known = known_as(store) or (store.replica, store.private_key)
    replica, private_key = new_identity()
    return _go_on(store, replica, private_key, (store.name, store.areas), msgpack.packb(list(known)))


def new_identity() -> tuple[RecordId, bytes]:
    """An id and a private key that nobody had before."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return new_id(), Ed25519PrivateKey.generate().private_bytes_raw()


def is_known(store: Store) -> None:
    """The centre has published this laptop under its present id."""
    store.db.transact(lambda c: c.run("DELETE FROM meta WHERE key = ?", KNOWN_AS))


def may_join_again(store: Store) -> bool:
    """True when a code makes another replica of this database: it was restored or copied, or forgotten."""
    return is_restored(store) or known_as(store) is not None or store.meta(FORGOTTEN, b"0") == b"1"


def go_on_as(store: Store, replica: RecordId, private_key: bytes, name: str, areas: Sequence[int]) -> int:
    """Make this database another replica, one that the centre knows; gives how many operations it says again.

    One transaction. The new replica must not be known here yet.
    """
    return _go_on(store, replica, private_key, (name, areas), None)


def _go_on(
    store: Store,
    replica: RecordId,
    private_key: bytes,
    about: tuple[str, Sequence[int]],
    known: bytes | None,
) -> int:
    old, (name, areas) = store.replica, about

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
            (FORMER_SELVES, store.meta(FORMER_SELVES, b"") + old),
        ):
            put_meta(c, key, value)
        c.run("DELETE FROM meta WHERE key IN (?, ?, ?)", RESTORED, KNOWN_AS, FORGOTTEN)
        c.run("DELETE FROM cursor")
        put_meta(c, REFILL, b"1")
        if known is not None:
            put_meta(c, KNOWN_AS, known)
        return _say_again(store, c, old, number)

    try:
        again = store.db.transact(work)
    finally:
        store.replicas.reload()
        store.reload()
    if store.anchor is not None:
        store.anchor.keep(store)
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
    feeds = c.all("SELECT area, centre_seq FROM feed WHERE replica = ?", number)
    for area, centre_seq in feeds:
        unsent = [*_sealed(c, area, number, centre_seq), *_unsealed(c, area, number, old)]
        told = [replace(one, replica=store.replica, seq=seq) for seq, one in enumerate(unsent, 1)]
        c.run("DELETE FROM operation WHERE area = ? AND replica = ?", area, number)
        _cut(c, area, number, centre_seq)
        _write(c, area, told)
        _follow(c, area, {one.seq: seq for seq, one in enumerate(unsent, 1)})
        rows = {(KINDS[one.kind], one.row) for one in told if one.kind in KINDS}
        refold(store, c, area, rows)
        again += len(told)
    return again


def _cut(c: Connection, area: int, number: int, after: int) -> None:
    """The feed ends with what the centre confirmed; that is the end of a segment."""
    for table, column in (("segment", "lo"), ("touch", "seq"), ("quarantine", "seq")):
        c.run(f"DELETE FROM {table} WHERE area = ? AND replica = ? AND {column} > ?", area, number, after)
    head = c.value("SELECT hash FROM segment WHERE area = ? AND replica = ? AND hi = ?", area, number, after)
    c.run(
        "UPDATE feed SET last_seq = ?, head_seq = ?, head_hash = ?, hub_seq = centre_seq "
        "WHERE area = ? AND replica = ?",
        *(after, after, bytes(head or b""), area, number),
    )


def _sealed(c: Connection, area: int, number: int, after: int) -> Iterator[Operation]:
    """What lies in segments that no receipt covers, stamped as it counts: a receipt of an earlier life of the
    centre may have corrected it, and what was said after that has smaller stamps than the clock had before.
    """
    for row in c.all(
        f"{SEGMENT_SQL} WHERE s.area = ? AND s.replica = ? AND s.hi > ? ORDER BY s.lo", area, number, after
    ):
        stored = stored_segment(row)
        for one in decoded(stored).operations():
            if one.seq > after:
                yield replace(one, hlc=effective_hlcs([one.seq], [one.hlc], stored.restamp)[0])


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
    known = c.all("SELECT subject, seq, first_seq FROM own_version WHERE area = ?", area)
    c.many(
        "UPDATE own_version SET seq = ?, first_seq = ? WHERE area = ? AND subject = ?",
        [
            (renumbered.get(seq, 0), first and renumbered.get(first, 0), area, bytes(subject))
            for subject, seq, first in known
        ],
    )
