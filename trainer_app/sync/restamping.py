"""Stamps from the future are corrected by the centre's receipt, never refused; the feed keeps its order."""

from __future__ import annotations

from trainer_app.records.clock import RESTAMP_AFTER_MS, pack
from trainer_app.records.segment import Restamp, Segment


def restamp_for(segment: Segment, received_at: int, feed_newest: int) -> Restamp | None:
    """The correction for a segment that arrives now: from its first operation later than `received_at` + 10
    minutes.

    `feed_newest` is the newest effective stamp of its feed so far; the corrected ones stay behind it in
    order.
    """
    limit = pack(received_at + RESTAMP_AFTER_MS)
    if all(hlc <= limit for group in segment.groups for hlc in group.hlcs):
        return None
    stamps = sorted(
        (seq, hlc) for group in segment.groups for seq, hlc in zip(group.seqs, group.hlcs, strict=True)
    )
    newest = feed_newest
    for seq, hlc in stamps:
        if hlc > limit:
            return seq, max(pack(received_at), newest + 1)
        newest = max(newest, hlc)
    return None
