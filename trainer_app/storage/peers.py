"""What this replica knows of the one it exchanges with: positions read, requests counted, what is still
unconfirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.storage.database import Connection
from trainer_app.storage.replicas import OWN
from trainer_app.storage.store import EPOCH, put_meta
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

REQUEST_COUNT = "request_count"
#: In the table `meta`: the epochs that were present before the one that is now, end to end.
PAST_LIVES = "past_lives"
EPOCH_BYTES = 16
#: And: the centre lives anew, and does not yet hold again what is here of the words of others.
REFILL = "exchange_refill"
#: And: all its receipts are to be asked for once more, for they may correct stamps otherwise.
REASK = "exchange_reask"


@dataclass(frozen=True, slots=True)
class Unsent:
    """Own sealed operations that the centre has not confirmed."""

    operations: int
    bytes: int


def cursors(store: Store, peer: bytes, epoch: bytes) -> dict[int, int]:
    """The position up to which each area was read from this peer in this life of it."""
    with store.db.reading() as c:
        rows = c.all("SELECT area, pos FROM cursor WHERE peer = ? AND epoch = ?", peer, epoch)
    return {area: pos for area, pos in rows}


def set_cursor(store: Store, peer: bytes, epoch: bytes, area: int, pos: int) -> None:
    """Remember a position; called only after what lies before it was stored."""
    store.db.transact(
        lambda c: c.run(
            insert_into("cursor") + "ON CONFLICT (peer, epoch, area) DO UPDATE SET pos = excluded.pos",
            peer,
            epoch,
            area,
            pos,
        )
    )


def next_request(store: Store, at_least: int = 0) -> int:
    """The number of the next request; written down before it is used, so that it never comes twice."""

    def work(c: Connection) -> int:
        last = int(c.value("SELECT value FROM meta WHERE key = ?", REQUEST_COUNT) or b"0")
        number = max(last, at_least) + 1
        put_meta(c, REQUEST_COUNT, b"%d" % number)
        return number

    return store.db.transact(work)


def unsent(store: Store) -> Unsent:
    """How much waits for the centre, in operations and bytes as sealed."""
    with store.db.reading() as c:
        operations, size = c.all(
            "SELECT COALESCE(SUM(s.hi - s.lo + 1), 0), COALESCE(SUM(LENGTH(s.body)), 0) FROM segment s "
            "JOIN feed f ON f.area = s.area AND f.replica = s.replica "
            "WHERE s.replica = ? AND s.hi > f.centre_seq",
            OWN,
        )[0]
    return Unsent(int(operations), int(size))


#: What operations come to in a segment, by their number: many are alike, few are not. Measured.
_FIRST_BYTES, _MANY_BYTES, _FIRST = 40, 6, 100


def waiting_bytes(store: Store) -> int:
    """About how many bytes a sending now would have to bring to the centre; 0 when nothing waits."""
    with store.db.reading() as c:
        fresh = int(c.value("SELECT COUNT(*) FROM operation WHERE replica = ?", OWN) or 0)
    return unsent(store).bytes + _FIRST_BYTES * min(fresh, _FIRST) + _MANY_BYTES * max(0, fresh - _FIRST)


def begin_life(store: Store, epoch: bytes, held: dict[int, int]) -> None:
    """The centre lives anew, from an older copy: what it does not hold any more waits again.

    `held` is, by area, what the new life is known to hold of this laptop's words. Receipts are kept: they
    tell the new life how the old one corrected stamps. For the words of others in care here (`care`) the new
    life is asked again.
    """

    def work(c: Connection) -> None:
        known = c.value("SELECT value FROM meta WHERE key = ?", PAST_LIVES) or b""
        former = c.value("SELECT value FROM meta WHERE key = ?", EPOCH) or b""
        if former and former != epoch:
            put_meta(c, PAST_LIVES, bytes(known) + bytes(former))
        put_meta(c, EPOCH, epoch)
        put_meta(c, REFILL, b"1")
        put_meta(c, REASK, b"1")
        for area, seq in held.items():
            c.run(
                "UPDATE feed SET centre_seq = CASE WHEN centre_seq > ? THEN ? ELSE centre_seq END "
                "WHERE area = ? AND replica = ?",
                *(seq, seq, area, OWN),
            )
        c.run("UPDATE feed SET centre_seq = 0 WHERE replica <> ?", OWN)

    store.db.transact(work)


def past_lives(store: Store) -> set[bytes]:
    """The epochs of the centre that are over, as far as this laptop lived through them."""
    joined = store.meta(PAST_LIVES, b"")
    return {joined[at : at + EPOCH_BYTES] for at in range(0, len(joined), EPOCH_BYTES)}
