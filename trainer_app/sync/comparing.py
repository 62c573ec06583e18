"""Does the centre hold what this laptop holds? A receipt is compared with the laptop's own feed, count by
count.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from trainer_app.storage.feeds import decoded, feed_segments
from trainer_app.storage.store import Store
from trainer_app.storage.subjects import Row, count_subjects
from trainer_app.sync.receipt import Receipt, open_receipt


@dataclass(frozen=True, slots=True)
class Comparison:
    """`kinds` is (kind, operations here, operations at the centre). `same_digest`: the run ends in the same
    hash, which covers every byte of it and all that came before. `records` is how many things people count
    the operations here are about.
    """

    receipt: Receipt
    here: int
    there: int
    kinds: tuple[tuple[int, int, int], ...]
    same_digest: bool
    records: int = 0

    @property
    def same(self) -> bool:
        """Nothing is missing and nothing differs."""
        return self.same_digest and self.here == self.there and all(a == b for _kind, a, b in self.kinds)


def compare(store: Store, data: bytes) -> Comparison:
    """Compare a kept receipt with the feed it is about. Raises `ReceiptFault` when its signature is not the
    centre's.
    """
    receipt = open_receipt(data, store.meta("centre_key", b""))
    counts: Counter[int] = Counter()
    rows: set[Row] = set()
    last_hash, reached = b"", 0
    for stored in feed_segments(store, receipt.area, store.replica, receipt.lo - 1):
        if stored.lo > receipt.hi:
            break
        segment = decoded(stored)
        for group in segment.groups:
            covered = [
                row
                for row, seq in zip(group.rows, group.seqs, strict=True)
                if receipt.lo <= seq <= receipt.hi
            ]
            counts[group.kind] += len(covered)
            rows.update((group.kind, row) for row in covered)
        last_hash, reached = stored.hash, stored.hi
    kinds = tuple(
        (kind, counts.get(kind, 0), receipt.counts.get(kind, 0))
        for kind in sorted({*counts, *receipt.counts})
    )
    same_digest = reached == receipt.hi and last_hash == receipt.hash
    records = count_subjects(store, receipt.area, rows)
    return Comparison(receipt, sum(counts.values()), receipt.operations, kinds, same_digest, records)
