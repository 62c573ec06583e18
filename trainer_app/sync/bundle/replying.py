"""The reply to a laptop's bundle: receipts, and what is new for it here, sealed to that laptop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trainer_app import __version__
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.storage.feeds import StoredSegment, seal
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import area_end, feed_end, handed_on
from trainer_app.sync.answer import Authority
from trainer_app.sync.bundle.format import (
    MAX_ITEMS,
    MAX_RECEIPTS,
    REPLY,
    Bundle,
    BundleItem,
    Manifest,
    pack_bundle,
)
from trainer_app.sync.bundle.packing import ROOM_BYTES, day_of
from trainer_app.sync.bundle.sealing import seal_bundle
from trainer_app.sync.bundle.stick import Say, bundle_name, write_file
from trainer_app.sync.intake import Bearer
from trainer_app.sync.keys import sign
from trainer_app.sync.receipting import Receipts
from trainer_app.sync.recipients import own_recipient
from trainer_app.sync.relaying import receipts_for


def write_reply(
    store: Store,
    authority: Authority,
    asked: Bundle,
    bearer: Bearer,
    folder: Path,
    *,
    fork: bool = False,
    seals: Sequence[tuple[bytes, bytes]] = (),
    say: Say | None = None,
) -> Path:
    """Make the reply to a bundle that was taken and write it to the stick. Raises `CarrierProblem`."""
    reply = _Reply(store, authority, asked, bearer)
    reply.fill()
    bundle = reply.bundle(fork=fork, seals=seals)
    signed = pack_bundle(bundle, sender=store.replica, private_key=store.private_key)
    name = bundle_name(REPLY, asked.sender, asked.name, day_of(bundle.made_at))
    return write_file(folder, name, seal_bundle(signed, [asked.recipient]), say)


class _Reply:
    def __init__(self, store: Store, authority: Authority, asked: Bundle, bearer: Bearer) -> None:
        self._store, self._authority = store, authority
        self._asked, self._bearer = asked, bearer
        self._receipts = Receipts(store, authority.epoch, is_centre=authority.is_centre)
        self._vector = {(area, replica): seq for area, replica, seq in asked.vector}
        self._left = ROOM_BYTES
        self._given: list[bytes] = []
        self._items: list[BundleItem] = []
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._more = False

    def fill(self) -> None:
        """Receipts first, then the centre's own feed, then the laptop's areas."""
        self._take_receipts()
        if self._bearer.revoked:
            return
        seal(self._store, lambda data: sign(self._store.private_key, data))
        for area in sorted({CENTRE_AREA, *self._bearer.areas}):
            # a hub has something to say only of the areas that it was assigned
            if self._authority.is_centre or area in {CENTRE_AREA, *self._store.areas}:
                self._fill_area(area)

    def _take_receipts(self) -> None:
        asked, bearer = self._asked, self._bearer
        feeds = [(area, bearer.replica, seq) for area, seq in sorted(asked.heads.items())]
        if not bearer.revoked:
            feeds += [feed for feed in asked.care if feed[0] in bearer.areas and feed[1] != bearer.replica]
        if self._authority.is_centre:
            self._given = self._receipts.for_others(feeds, {feed[0] for feed in feeds}, MAX_RECEIPTS)
        else:
            for feed in feeds:
                self._given += receipts_for(self._store, *feed)
        self._left -= sum(map(len, self._given))

    def _fill_area(self, area: int) -> None:
        # read before the segments: whatever was stored up to here, the loop below sees
        end = area_end(self._store, area)
        start = last = self._start(area)
        for segment in handed_on(self._store, area, start, self._bearer.replica):
            if self._is_there(segment):
                last = segment.pos
                continue
            receipt = self._receipts.of(segment) if segment.restamp else b""
            size = len(segment.body) + len(receipt)
            if size > self._left or len(self._items) >= MAX_ITEMS:
                self._more = True
                end = last
                break
            self._left -= size
            self._items.append(BundleItem(area, segment.pos, segment.body, receipt))
            last = segment.pos
        self._starts[area], self._ends[area] = start, max(end, last)

    def _start(self, area: int) -> int:
        """Where the laptop stands in this area; positions are those of one side in one life only."""
        ours = self._authority.is_centre and self._asked.epoch == self._authority.epoch
        return self._asked.cursors.get(area, 0) if ours else 0

    def _is_there(self, segment: StoredSegment) -> bool:
        """Whether the laptop holds it already. One with corrected stamps goes, for the correction's sake."""
        held = self._vector.get((segment.area, segment.replica), 0)
        return segment.restamp is None and segment.hi <= held

    def bundle(self, *, fork: bool, seals: Sequence[tuple[bytes, bytes]]) -> Bundle:
        """The reply as it stands."""
        store, asked = self._store, self._asked
        with store.db.reading() as c:
            held = {area: feed_end(c, area, asked.sender)[0] for area in asked.heads}
        return Bundle(
            kind=REPLY,
            app=__version__,
            number=asked.number,
            made_at=store.clock.now_ms(),
            sample=self._authority.sample,
            epoch=self._authority.epoch,
            to=[asked.sender],
            name=store.name,
            recipient=own_recipient(store),
            manifest=Manifest(segments=len(self._items), receipts=len(self._given)),
            held=held,
            starts=self._starts,
            ends=self._ends,
            receipts=self._given,
            items=self._items,
            revoked=self._bearer.revoked,
            hub=not self._authority.is_centre,
            more=self._more,
            fork=fork,
            seals=seals,
        )
