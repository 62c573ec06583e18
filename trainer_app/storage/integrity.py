"""Is the log what it says it is? Every chain followed from its first segment to its head, every signature
verified.

What the program checks when a segment arrives it trusts afterwards; this looks again, for the doctor, at a
file that has been through power cuts, restores and copying.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.segment import SegmentFault, body_hash, open_segment
from trainer_app.storage.applying import SNAPSHOTS
from trainer_app.storage.feeds import FeedHead, StoredSegment, feed_segments, heads

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Where a feed is not what it should be. `what` is gap, hash, chain, signature, content or head."""

    area: int
    replica: bytes
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class LogReport:
    """What was looked at, and what was found."""

    feeds: int
    segments: int
    operations: int
    faults: tuple[ChainFault, ...]


def file_faults(store: Store) -> list[str]:
    """What SQLCipher and SQLite find wrong with the pages of the file, in their words. SQLite only."""
    with store.db.reading() as c:
        found = [str(row[0]) for row in c.all("PRAGMA cipher_integrity_check")]
        return found + [str(row[0]) for row in c.all("PRAGMA quick_check") if row[0] != "ok"]


def verify_log(store: Store) -> LogReport:
    """Verify every feed of the store, one segment at a time. Only reads."""
    segments, operations = 0, 0
    faults: list[ChainFault] = []
    known = heads(store)
    keys = _public_keys(store)
    for head in known:
        last_hash, last_seq = b"", 0
        for stored in feed_segments(store, head.area, head.replica):
            segments += 1
            operations += stored.hi - stored.lo + 1
            faults += (
                ChainFault(head.area, head.replica, stored.lo, what)
                for what in _faults_of(stored, last_hash, last_seq, keys.get(head.replica))
            )
            last_hash, last_seq = stored.hash, stored.hi
        if (last_hash, last_seq) != (head.head_hash, head.head_seq) or _unsealed_missing(store, head):
            faults.append(ChainFault(head.area, head.replica, head.head_seq, "head"))
    return LogReport(len(known), segments, operations, tuple(faults))


def _faults_of(stored: StoredSegment, last_hash: bytes, last_seq: int, key: bytes | None) -> Iterator[str]:
    if stored.lo != last_seq + 1:
        yield "gap"
    if stored.state in SNAPSHOTS:
        yield from _faults_of_block(stored)
        return
    if body_hash(stored.body) != stored.hash:
        yield "hash"
    try:
        segment = open_segment(stored.body, key)
    except SegmentFault as fault:
        yield "signature" if fault.code == "signature" else "content"
        return
    if segment.prev_hash != last_hash:
        yield "chain"
    if (segment.area, segment.replica, segment.lo, segment.hi) != (
        stored.area,
        stored.replica,
        stored.lo,
        stored.hi,
    ):
        yield "content"


def _faults_of_block(stored: StoredSegment) -> Iterator[str]:
    """A block of a snapshot: the centre's signature was verified when it came; it names where it ends."""
    try:
        block = open_segment(stored.body, None)
    except SegmentFault:
        yield "content"
        return
    told = (block.area, block.replica, block.lo, block.hi, block.prev_hash)
    if told != (stored.area, stored.replica, stored.lo, stored.hi, stored.hash):
        yield "content"


def _unsealed_missing(store: Store, head: FeedHead) -> bool:
    """Own operations after the sealed ones must all be there, without a gap."""
    if head.replica != store.replica:
        return False
    with store.db.reading() as c:
        n, lowest, highest = c.one(
            "SELECT COUNT(*), MIN(seq), MAX(seq) FROM operation WHERE area = ?", head.area
        ) or (0, None, None)
    if n == 0:
        return head.last_seq != head.head_seq
    return (lowest, highest, n) != (head.head_seq + 1, head.last_seq, head.last_seq - head.head_seq)


def _public_keys(store: Store) -> dict[bytes, bytes]:
    """Keys by replica, as learnt; one's own is made from the private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with store.db.reading() as c:
        rows = c.all("SELECT id, public_key FROM replica WHERE public_key IS NOT NULL")
    keys = {bytes(replica): bytes(key) for replica, key in rows}
    if store.replica:
        own = Ed25519PrivateKey.from_private_bytes(store.private_key)
        keys[store.replica] = own.public_key().public_bytes_raw()
    return keys
