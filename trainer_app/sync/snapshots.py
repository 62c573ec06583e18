"""A new laptop gets an area as one snapshot, then the segments after it: asked for, sent in pieces, verified,
taken in.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from trainer_app.records.segment import SegmentFault
from trainer_app.records.segment.snapshot import MAX_SNAPSHOT_BYTES, open_snapshot
from trainer_app.storage.inbox import Inbox
from trainer_app.storage.peers import cursors
from trainer_app.storage.snapshots import has_nothing, snapshot_for, take_in
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import held_in_part
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import HASH_BYTES, Share

_log = logging.getLogger(__name__)
_MARK = b"snapshot"
_AREA_BYTES = 4
_NAME_BYTES = len(_MARK) + _AREA_BYTES + HASH_BYTES


class SnapshotArrival:
    """One exchange's snapshots on their way in from the centre."""

    def __init__(self, store: Store, peer: bytes, centre_key: bytes) -> None:
        self._store, self._peer, self._centre_key = store, peer, centre_key
        self._inbox = Inbox(store)
        self._refused: set[int] = set()

    def wanted(self, areas: Sequence[int], epoch: bytes) -> dict[int, tuple[bytes, int]]:
        """The areas of which nothing is here, with the name and the bytes of what came in part."""
        read = cursors(self._store, self._peer, epoch)
        parts = self.parts()
        return {
            area: parts.get(area, (b"", 0))
            for area in areas
            if not read.get(area) and area not in self._refused and has_nothing(self._store, area)
        }

    def parts(self) -> dict[int, tuple[bytes, int]]:
        """What came in part, even before the last start: by area the name, and how many bytes are here."""
        found = {}
        for name, held in held_in_part(self._store, _NAME_BYTES):
            if name.startswith(_MARK):
                area = int.from_bytes(name[len(_MARK) :][:_AREA_BYTES], "big")
                found[area] = (name[-HASH_BYTES:], held)
        return found

    def take(self, shares: Sequence[Share], epoch: bytes) -> int:
        """Keep what came; gives how many operations were taken in of what is whole now."""
        return sum(self._take(share, epoch) for share in shares)

    def _take(self, share: Share, epoch: bytes) -> int:
        if share.total > MAX_SNAPSHOT_BYTES or len(share.hash) != HASH_BYTES:
            return self._refuse(share.area, b"", "oversize")
        before = self.parts().get(share.area)
        if before is not None and before[0] != share.hash:
            self._inbox.remove(_name(share.area, before[0]))
        name = _name(share.area, share.hash)
        body = self._inbox.add(name, share.total, share.offset, share.data)
        if len(body) < share.total:
            return 0
        try:
            snapshot = open_snapshot(body, self._centre_key)
            if (snapshot.area, snapshot.hash) != (share.area, share.hash):
                raise SegmentFault("hash")
            taken = take_in(self._store, snapshot, peer=self._peer, epoch=epoch, pos=share.pos)
        except (SegmentFault, ValueError) as fault:
            return self._refuse(share.area, name, str(fault))
        self._inbox.remove(name)
        return taken

    def _refuse(self, area: int, name: bytes, why: str) -> int:
        """The segments themselves come instead."""
        _log.error("snapshot of area %d not taken: %s", area, why)
        if name:
            self._inbox.remove(name)
        self._refused.add(area)
        return 0


def _name(area: int, snapshot: bytes) -> bytes:
    return _MARK + area.to_bytes(_AREA_BYTES, "big") + snapshot


def share_of(
    store: Store, area: int, wanted: Mapping[int, tuple[bytes, int]], epoch: bytes, most: int
) -> Share | None:
    """At the centre: the next bytes of the snapshot of an area, for a laptop that asked; None when the
    segments are to come instead.
    """
    if area not in wanted:
        return None
    name, held = wanted[area]
    kept = snapshot_for(store, area, name, epoch, lambda data: sign(store.private_key, data))
    if kept is None:
        return None
    offset = held if name == kept.hash and held < len(kept.body) else 0
    data = kept.body[offset : offset + most]
    return Share(area, kept.hash, kept.pos, len(kept.body), offset, data)
