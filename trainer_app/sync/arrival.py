"""What comes down: segments put together and applied, receipts checked and kept, orders obeyed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.records.problem import CarrierProblem
from trainer_app.records.revocation import revoked_after
from trainer_app.records.segment import (
    Header,
    Restamp,
    Segment,
    SegmentFault,
    check_signature,
    open_segment,
    peek,
)
from trainer_app.storage.applying import apply_segment, lock_area
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import confirm
from trainer_app.storage.inbox import Inbox
from trainer_app.storage.peers import cursors, set_cursor
from trainer_app.storage.replicas import OWN
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import (
    hash_at,
    held_in_part,
)
from trainer_app.sync.messages import ID_BYTES, Item
from trainer_app.sync.receipt import FULL, Receipt, ReceiptFault, expand, open_receipt, receipt_code
from trainer_app.sync.relaying import Kept, correction_of, keep, take_as_written, take_receipt
from trainer_app.words import _

_log = logging.getLogger(__name__)
_AREA_BYTES, _POS_BYTES = 4, 8
_NAME_BYTES = ID_BYTES + _AREA_BYTES + _POS_BYTES


class NotTrusted(ValueError):
    """Something that only the centre may say was not signed by it."""


def not_genuine() -> CarrierProblem:
    """The same, as people are told it of a receipt."""
    return CarrierProblem(
        _("Tanda terima dari pusat tidak asli. Catatan tetap aman di laptop ini. Hubungi pengawas."),
        code="receipt.signature",
    )


class Arrival:
    """Takes in what one peer sends. Segments count by their author's signature, receipts by the centre's."""

    def __init__(self, store: Store, peer: bytes, centre_key: bytes) -> None:
        self._store, self._peer, self._centre_key = store, peer, centre_key
        self._is_hub = peer != store.meta("centre_replica", b"")
        self._inbox = Inbox(store)
        #: Areas that stopped at a segment whose author is not known here; the centre's words may name him.
        self.stopped: set[int] = set()

    def partial(self, epoch: bytes) -> list[tuple[int, int, int]]:
        """Segments that came in part, even before the last start: area, position, bytes held.

        What lies before a cursor came whole another time; its pieces go when they are old.
        """
        found = []
        read = cursors(self._store, self._peer, epoch)
        for name, held in held_in_part(self._store, _NAME_BYTES):
            if name[:ID_BYTES] == epoch and held:
                area = int.from_bytes(name[ID_BYTES : ID_BYTES + _AREA_BYTES], "big")
                pos = int.from_bytes(name[-_POS_BYTES:], "big")
                if pos > read.get(area, 0):
                    found.append((area, pos, held))
        return found

    # --- segments -------------------------------------------------------------------------------------------

    def take(self, items: Sequence[Item], epoch: bytes) -> int:
        """Apply what is whole, in order; gives how many operations were new.

        An area stops at the first segment that cannot be taken yet; the others go on.
        """
        received = 0
        stopped: set[int] = set()
        for item in sorted(items, key=lambda item: (item.area, item.pos)):
            body = None if item.area in stopped else self._whole(item, epoch)
            new = None if body is None else self._apply(item, body)
            if new is None:
                stopped.add(item.area)
                if body is not None:
                    self.stopped.add(item.area)
                continue
            received += new
            if item.area == CENTRE_AREA:
                self.stopped.clear()
            set_cursor(self._store, self._peer, epoch, item.area, item.pos)
        return received

    def _whole(self, item: Item, epoch: bytes) -> bytes | None:
        if item.offset == 0 and len(item.data) == item.total:
            return item.data
        place = item.area.to_bytes(_AREA_BYTES, "big") + item.pos.to_bytes(_POS_BYTES, "big")
        name = epoch + place
        body = self._inbox.add(name, item.total, item.offset, item.data)
        if len(body) < item.total:
            return None
        self._inbox.remove(name)
        return body

    def _apply(self, item: Item, body: bytes) -> int | None:
        """How many operations were new; None when the segment cannot be taken yet: its author is not known
        here.
        """
        try:
            header = peek(body)
            if header.area != item.area:
                return self._passed_over(item, "of another area")
            author = self._author(header, body)
            if author is None:
                return None
            key, revoked_after = author
            segment = open_segment(body, key)
        except SegmentFault as fault:
            return self._passed_over(item, f"{fault}")
        receipt = self._receipt_for(item, segment)
        revoked = revoked_after is not None and segment.hi > revoked_after
        restamp = self._restamp(segment, receipt)
        outcome = apply_segment(self._store, segment, body, restamp=restamp, public_key=key, revoked=revoked)
        if outcome.result in ("gap", "fork"):
            return self._passed_over(item, outcome.result)
        if receipt:  # kept, for whoever hands a corrected segment on hands its correction on
            take_receipt(self._store, item.receipt)
        elif outcome.result == "known" and not self._is_hub:
            take_as_written(self._store, segment)
        return segment.n if outcome.result == "stored" else 0

    def _restamp(self, segment: Segment, receipt: Receipt | None) -> Restamp | None:
        """The correction of a segment that comes. The centre says each time whether there is one; a hub may
        not have heard of one that is here.
        """
        if receipt:
            return receipt.restamp_of(segment.lo, segment.hi)
        return correction_of(self._store, segment) if self._is_hub else None

    def _passed_over(self, item: Item, why: str) -> int:
        """One wrong segment must not keep everything behind it away from the people of an area."""
        _log.error("segment at %d of area %d not taken: %s", item.pos, item.area, why)
        return 0

    def _author(self, header: Header, body: bytes) -> tuple[bytes, int | None] | None:
        """The key whose signature counts, and the number after which it does not any more.

        In its own area only the centre speaks, under whatever id it has in its present life; elsewhere whom
        it published as a laptop, or itself. None when the author is not known here (yet).
        """
        if header.area == CENTRE_AREA:
            return self._centre_key, None
        device = self._store.get(Device, header.replica)
        if device is None or not device.public_key:
            return (self._centre_key, None) if self._is_of_centre(header, body) else None
        return bytes.fromhex(device.public_key), revoked_after(device, header.area)

    def _is_of_centre(self, header: Header, body: bytes) -> bool:
        try:
            check_signature(body, header.hash, self._centre_key)
        except SegmentFault:
            return False
        return True

    def _receipt_for(self, item: Item, segment: Segment) -> Receipt | None:
        """The centre's correction that came with a segment."""
        if not item.receipt:
            return None
        try:
            receipt = open_receipt(item.receipt, self._centre_key)
        except ReceiptFault as fault:
            raise NotTrusted(str(fault)) from fault
        if (receipt.area, receipt.replica) != (segment.area, segment.replica):
            raise NotTrusted("not of this feed")
        return receipt

    # --- receipts -------------------------------------------------------------------------------------------

    def receipt(self, short: bytes, epoch: bytes, held: Mapping[int, int]) -> tuple[Receipt, str, bool]:
        """Check and keep a receipt for this replica: the receipt, its code, and whether it was new.

        It counts when the centre signed it, it names segments that this laptop made, and it is of the
        centre's present life, or that life says that it holds as much (`held`, by area). Raises `NotTrusted`.
        """
        store = self._store
        try:
            data = expand(short, store.replica, epoch, lambda a, seq: hash_at(store, a, store.replica, seq))
            receipt = open_receipt(data, self._centre_key)
        except ReceiptFault as fault:
            raise NotTrusted(str(fault)) from fault
        mine = hash_at(store, receipt.area, store.replica, receipt.hi)
        if receipt.replica != store.replica or mine != receipt.hash:
            raise NotTrusted("not of this feed")
        if receipt.epoch != epoch and receipt.hi > held.get(receipt.area, 0):
            raise NotTrusted("of an earlier life of the centre")
        is_new = store.db.transact(lambda c: self._keep(c, receipt, data))
        return receipt, receipt_code(data), is_new

    def _keep(self, c: Connection, receipt: Receipt, data: bytes) -> bool:
        lock_area(c, receipt.area)
        return keep(self._store, c, receipt, data, OWN, counts=True)

    def through_hub(self, full: bytes) -> tuple[Receipt, str, bool]:
        """The same for a receipt that a hub kept for this laptop: whole, so that only the centre's signature
        matters and not who hands it over.
        """
        if full[:1] != FULL:
            raise NotTrusted("a hub gives no receipts")
        kept = self._relayed(full[1:])
        return kept.receipt, kept.code, kept.is_new

    def relayed(self, data: bytes) -> bool:
        """Check and keep a receipt for the words of another; whether it was new. Raises `NotTrusted`."""
        return self._relayed(data).is_new

    def _relayed(self, data: bytes) -> Kept:
        try:
            return take_receipt(self._store, data)
        except ReceiptFault as fault:
            raise NotTrusted(str(fault)) from fault

    def held_by_hub(self, held: Mapping[int, int]) -> None:
        """A hub's word (`held`: number by area) is no receipt: it only says that it will carry this on."""
        store = self._store
        for area, seq in held.items():
            with store.db.writing() as c:
                confirm(store, c, area, store.replica, seq, by_centre=False)

    # --- orders ---------------------------------------------------------------------------------------------

    def obey(self) -> bool:
        """Take up what the centre says of this laptop: its areas. True when they are others now."""
        device = self._store.get(Device, self._store.replica)
        told = (device.areas or "").split(",") if device else []
        areas = tuple(int(area) for area in told if area.strip().isdecimal())
        if not areas or areas == self._store.areas:
            return False
        self._store.set_areas(areas)
        return True
