"""The centre's side of receipts: written after the commit of what they confirm, kept, and sent until they
arrived. Only the centre writes any: a hub hands on those that it was given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from trainer_app.records.segment import Segment
from trainer_app.storage.applying import REVOKED
from trainer_app.storage.feeds import StoredSegment, decoded, feed_segments
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import (
    drop_receipts,
    feed_end,
    keep_receipt,
    quarantined_after,
    receipt_of,
    receipted_up_to,
    receipts_after,
)
from trainer_app.sync.messages import Feed
from trainer_app.sync.receipt import Receipt, open_receipt, receipt_code, seal_receipt, shorten

#: So many receipts go into one answer; the rest with the next.
_MOST_RECEIPTS = 100
#: So many operations that could not be merged are named in one receipt.
_MOST_QUARANTINED = 5_000


class Receipts:
    """Receipts of the centre in its life `epoch`. `seen` spares decoding again what was opened just now.

    With `is_centre` false none is ever written.
    """

    def __init__(self, store: Store, epoch: bytes, *, is_centre: bool = True) -> None:
        self._store, self._epoch, self._is_centre = store, epoch, is_centre
        self._counts: dict[bytes, Counter[int]] = {}

    def seen(self, segment: Segment) -> None:
        """Remember what is in a segment that was opened anyhow."""
        self._counts[segment.hash] = _counted(segment)

    def for_feeds(self, replica: bytes, heads: Mapping[int, int]) -> list[bytes]:
        """Short receipts for all that is held of a laptop's feeds beyond the numbers it has receipts for."""
        made: list[bytes] = []
        for area, confirmed in sorted(heads.items()):
            self._write_missing(area, replica)
            room = _MOST_RECEIPTS - len(made)
            made += receipts_after(self._store, area, replica, confirmed, room)
        return [shorten(data, self._epoch) for data in made]

    def for_others(
        self, feeds: Sequence[Feed], areas: Iterable[int], most: int = _MOST_RECEIPTS
    ) -> list[bytes]:
        """Whole receipts for the feeds of others (area, replica, number up to which their bearer has
        receipts) in these areas.

        Whoever they are for may have no other way to hear that this is another life of the centre, so those
        that an earlier life gave are signed again in the name of this one.
        """
        made: list[bytes] = []
        for area, replica, receipted in feeds:
            if area in areas:
                self._write_missing(area, replica)
                made += receipts_after(self._store, area, replica, receipted, most - len(made))
        return [self._of_present_life(data) for data in made]

    def _of_present_life(self, data: bytes) -> bytes:
        receipt = open_receipt(data, None)
        if receipt.epoch == self._epoch:
            return data
        return seal_receipt(replace(receipt, epoch=self._epoch), self._store.private_key)

    def of(self, segment: StoredSegment) -> bytes:
        """The receipt with the correction of a restamped segment, whole; the centre writes one that is
        missing now.
        """
        found = receipt_of(self._store, segment.area, segment.replica, segment.lo)
        if not found and self._is_centre:
            self._write_missing(segment.area, segment.replica)
            found = receipt_of(self._store, segment.area, segment.replica, segment.lo)
        return self._of_present_life(found) if found and self._is_centre else found

    def honour(self, data: bytes) -> None:
        """Keep a receipt that an earlier life of this centre gave, and that was checked; where the present
        one has spoken already its own stay.
        """
        store, receipt = self._store, open_receipt(data, None)
        with store.db.reading() as c:
            spoken = receipted_up_to(c, receipt.area, store.replicas.number(receipt.replica))
        if receipt.lo > spoken:
            self.keep(data)

    def correct_otherwise(self, segment: Segment) -> None:
        """The present life corrects a segment otherwise than an earlier one whose receipt is kept here."""
        store = self._store
        num = store.replicas.number(segment.replica)
        store.db.transact(lambda c: drop_receipts(c, segment.area, num, segment.lo))

    def keep(self, data: bytes) -> None:
        """Keep a receipt of this centre."""
        store, receipt = self._store, open_receipt(data, None)
        num = store.replicas.number(receipt.replica)
        run, at, code = (receipt.lo, receipt.hi), receipt.received_at, receipt_code(data)
        store.db.transact(lambda c: keep_receipt(c, receipt.area, num, run, at, code, data))

    def _write_missing(self, area: int, replica: bytes) -> None:
        store = self._store
        with store.db.reading() as c:
            end, _newest = feed_end(c, area, replica)
            after = receipted_up_to(c, area, store.replicas.number(replica)) if end else 0
        if end <= after:
            return
        run: list[StoredSegment] = []
        for stored in feed_segments(store, area, replica, after):
            if stored.state == REVOKED:
                break
            run.append(stored)
        if run:
            self._write(run, after)

    def _write(self, run: list[StoredSegment], after: int) -> None:
        store, last = self._store, run[-1]
        counts: Counter[int] = Counter()
        for stored in run:
            counts += self._counts.get(stored.hash) or _counted(decoded(stored))
        num = store.replicas.number(last.replica)
        with store.db.reading() as c:
            quarantined = quarantined_after(c, last.area, num, after, _MOST_QUARANTINED)
        receipt = Receipt(
            last.area,
            last.replica,
            after + 1,
            last.hi,
            last.hash,
            self._epoch,
            store.clock.now_ms(),
            counts,
            [stored.restamp for stored in run if stored.restamp],
            [(seq, reason) for seq, reason in quarantined if seq <= last.hi],
        )
        self.keep(seal_receipt(receipt, store.private_key))


def _counted(segment: Segment) -> Counter[int]:
    counts: Counter[int] = Counter()
    for group in segment.groups:
        counts[group.kind] += len(group.rows)
    return counts
