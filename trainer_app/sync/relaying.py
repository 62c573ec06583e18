"""Words of others on their way through this laptop, and the centre's receipts on their way back to them.

A hub and a stick carry the same two things: segments, signed by their authors, and receipts, signed by the
centre. Whoever takes one in checks it here, so a way through a third laptop is worth as much as the direct
one: it can lose or delay, but neither invent, change nor confirm anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.segment import Restamp, Segment, SegmentFault, open_segment, peek
from trainer_app.storage.applying import apply_segment, lock_area
from trainer_app.storage.care import hand_on_again, kept_for, segment_ending
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, StoredSegment, confirm, decoded, stored_segment
from trainer_app.storage.peers import begin_life, past_lives
from trainer_app.storage.rebuild import refold
from trainer_app.storage.replicas import OWN
from trainer_app.storage.store import EPOCH, SENDING, Store
from trainer_app.storage.sync_queries import (
    correct_head,
    correct_own_clock,
    correct_stamps,
    keep_receipt,
    keep_rejection,
    receipt_of,
    uncorrected,
)
from trainer_app.sync.messages import Piece
from trainer_app.sync.receipt import Receipt, open_receipt, receipt_code

#: So many receipts go into one answer; the rest with the next.
MOST_RECEIPTS = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt that came through others. `counts`: it moved what is known as received by the centre.

    A receipt that does not count is none of this log's: of a former life of the centre, or of words that
    another branch of a copied laptop said.
    """

    receipt: Receipt
    code: str
    is_new: bool
    counts: bool
    is_own: bool


def receipts_for(store: Store, area: int, replica: bytes, after: int) -> list[bytes]:
    """Whole receipts of the centre's present life for a feed of another, beyond number `after`."""
    return kept_for(store, area, replica, after, MOST_RECEIPTS)


def take_receipt(store: Store, data: bytes) -> Kept:
    """Check and keep a whole receipt that came another way than from the centre itself: by a hub, by a stick.

    For this replica's own words it then counts like one from the centre; for the words of another it is kept
    until that laptop is met. Raises `ReceiptFault` unless the centre signed it.
    """
    receipt = open_receipt(data, store.meta("centre_key", b""))
    own = receipt.replica == store.replica
    present = _is_of_present_life(store, receipt, own)

    def work(c: Connection) -> Kept:
        lock_area(c, receipt.area)
        num = OWN if own else store.replicas.introduce(c, receipt.replica)
        held = segment_ending(c, receipt.area, num, receipt.hi)
        fits = held is not None and held.hash == receipt.hash
        if own and not (fits and present):
            return Kept(receipt, receipt_code(data), False, False, True)
        counts = present and fits
        is_new = keep(store, c, receipt, data, num, counts=counts)
        return Kept(receipt, receipt_code(data), is_new, counts, own)

    kept = store.db.transact(work)
    if kept.is_new:
        store.announce({SENDING, *(KINDS if receipt.restamps else ())})
    return kept


def _is_of_present_life(store: Store, receipt: Receipt, own: bool) -> bool:
    """Whether the receipt is of the life of the centre that this laptop knows.

    A receipt for own words from a life that was never heard of is news of a later one: the centre was
    restored. (Those of others may be from before this laptop joined, and tell nothing.)
    """
    present = store.meta(EPOCH, b"")
    if receipt.epoch == present:
        return True
    if not own or receipt.epoch in past_lives(store):
        return False
    begin_life(store, receipt.epoch, {area: 0 for area in store.areas})
    return True


def keep(store: Store, c: Connection, receipt: Receipt, data: bytes, num: int, *, counts: bool) -> bool:
    """Write a verified receipt down, and everything that follows from it; False when it was here already.

    `num` is the local number of its replica. `counts`: it is about the segments that are here, and of the
    centre's present life; the feed is confirmed by it, and its stamps count as it says. An earlier life's
    correction only counts for a segment that comes with it (`correction_of`), until the present one speaks.
    """
    if counts:
        confirm(store, c, receipt.area, receipt.replica, receipt.hi, by_centre=True)
        _correct(store, c, receipt, num)
    run, code = (receipt.lo, receipt.hi), receipt_code(data)
    if not keep_receipt(c, receipt.area, num, run, receipt.received_at, code, data, newest=counts):
        return False
    if num == OWN:
        rejected = [
            keep_rejection(store, c, receipt.area, seq, reason) for seq, reason in receipt.quarantined
        ]
        refold(store, c, receipt.area, [row for row in rejected if row is not None])
    return True


def _correct(store: Store, c: Connection, receipt: Receipt, num: int) -> None:
    """Let the stamps of a run count as the centre's present life says. What it does not correct, an earlier
    life may have.
    """
    named = [seq for seq, _hlc in receipt.restamps]
    first = uncorrected(c, receipt.area, num, (receipt.lo, receipt.hi), named)
    if correct_stamps(c, receipt.area, num, receipt.restamps):
        first = min(first or named[0], *named)
    if first:
        _count_anew(store, c, receipt.area, num, (first, receipt.hi))


def _count_anew(store: Store, c: Connection, area: int, num: int, run: tuple[int, int]) -> None:
    """What follows from other stamps within `run` of a feed."""
    refold(store, c, area, set(_rows(c, area, num, run)))
    correct_head(c, area, num)
    hand_on_again(c, area, num, run[0])
    if num == OWN:
        correct_own_clock(store, c)


def take_as_written(store: Store, segment: Segment) -> bool:
    """The centre itself hands a segment on without a correction: one of an earlier life of it, that is here,
    counts no more. True when there was one.
    """

    def work(c: Connection) -> bool:
        lock_area(c, segment.area)
        num = OWN if segment.replica == store.replica else store.replicas.number(segment.replica)
        run = segment.lo, segment.hi
        if not uncorrected(c, segment.area, num, run, ()):
            return False
        _count_anew(store, c, segment.area, num, run)
        return True

    return store.db.transact(work)


def _rows(
    c: Connection, area: int, num: int, run: tuple[int, int]
) -> Iterator[tuple[type[Record], RecordId]]:
    """The rows that the segments of a run are about."""
    where = "WHERE s.area = ? AND s.replica = ? AND s.hi >= ? AND s.lo <= ? ORDER BY s.lo"
    for row in c.all(f"{SEGMENT_SQL} {where}", area, num, *run):
        for operation in decoded(stored_segment(row)).operations():
            if operation.kind in KINDS:
                yield KINDS[operation.kind], operation.row


def hear_centre(store: Store, pieces: Sequence[Piece]) -> None:
    """Take in what the centre said, from whoever brings it whole: a laptop that a hub has not heard of
    carries the centre's word on who it is. What the centre did not sign is left alone.
    """
    key = store.meta("centre_key", b"")
    for piece in pieces:
        if not piece.whole:
            continue
        try:
            header = peek(piece.data)
            if header.area == CENTRE_AREA:
                apply_segment(store, open_segment(piece.data, key), piece.data, public_key=key)
        except SegmentFault:
            continue  # `Intake` says what is wrong with it


def receipt_beside(store: Store, segment: StoredSegment) -> bytes:
    """The receipt that goes with a segment whose stamps the centre corrected; empty for any other."""
    if segment.restamp is None:
        return b""
    return receipt_of(store, segment.area, segment.replica, segment.lo)


def correction_of(store: Store, segment: Segment) -> Restamp | None:
    """How a receipt that is here already corrects the stamps of a segment that comes now."""
    data = receipt_of(store, segment.area, segment.replica, segment.lo)
    return open_receipt(data, None).restamp_of(segment.lo, segment.hi) if data else None
