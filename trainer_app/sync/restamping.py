"""Stamps from the future are corrected by the centre's receipt, never refused; the feed keeps its order."""

from __future__ import annotations

from trainer_app.records.clock import RESTAMP_AFTER_MS, pack
from trainer_app.records.segment import Restamp, Segment


def restamp_for(
    segment: Segment, received_at: int, feed_newest: int, behind: int = 0, before: int | None = None
) -> Restamp | None:
    """The correction for a segment that arrives now: from its first operation later than `received_at` + 10
    minutes.

    `feed_newest` is the newest effective stamp of its feed so far; the corrected ones stay behind it in
    order, and if there is room behind `behind` and before `before` (`seen.stamps_around`).
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
            wanted = max(pack(received_at), behind + 1)
            return seq, max(newest + 1, wanted if before is None else min(wanted, before - 1))
        newest = max(newest, hlc)
    return None
