"""Stamps from the future are corrected by the centre's receipt, never refused; the feed keeps its order."""

from __future__ import annotations

from trainer_app.records.clock import RESTAMP_AFTER_MS, pack
from trainer_app.records.segment import Restamp, Segment
from trainer_app.storage.seen import Around

#: Nobody saw anything.
NOTHING_SEEN = Around()


def restamp_for(
    segment: Segment,
    received_at: int,
    feed_newest: int,
    around: Around = NOTHING_SEEN,
    overtaken: int = 0,
) -> Restamp | None:
    """The correction for a segment that arrives now: from its first operation later than `received_at` + 10
    minutes, or not later than the one before it, or that somebody here replaced before it came (`overtaken`).

    `feed_newest` is the newest effective stamp of its feed so far; the corrected ones stay behind it in
    order, and if there is room they are where `around` (`seen.stamps_around`) says.
    """
    limit = pack(received_at + RESTAMP_AFTER_MS)
    stamps = sorted(
        (seq, hlc) for group in segment.groups for seq, hlc in zip(group.seqs, group.hlcs, strict=True)
    )
    newest = feed_newest
    for seq, hlc in stamps:
        if hlc > limit or seq == overtaken:
            return seq, max(newest + 1, _wanted(pack(received_at), around))
        if hlc <= newest:  # an earlier life of the centre had corrected those before it otherwise
            return seq, max(newest, around.behind) + 1
        newest = hlc
    return None


def _wanted(arrival: int, around: Around) -> int:
    wanted = arrival if around.at_most is None else min(arrival, around.at_most)
    wanted = max(wanted, around.behind + 1)
    return wanted if around.before is None else min(wanted, around.before - 1)
