"""What comes down from the centre: segments put together and applied, receipts checked and kept, orders
obeyed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.records.segment import Restamp, SegmentFault, open_segment, peek
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import confirm, decoded, feed_segments
from trainer_app.storage.inbox import Inbox
from trainer_app.storage.peers import set_cursor
from trainer_app.storage.rebuild import refold
from trainer_app.storage.replicas import OWN
from trainer_app.storage.store import Store
from trainer_app.storage.tables import insert_into
from trainer_app.sync.intake import keep_receipt
from trainer_app.sync.messages import Item
from trainer_app.sync.receipt import Receipt, ReceiptFault, open_receipt, receipt_code


class NotTrusted(ValueError):
    """Something that only the centre may say was not signed by it."""


class Arrival:
    """Takes in what one peer, the centre, sends."""

    def __init__(self, store: Store, centre: bytes, centre_key: bytes) -> None:
        self._store, self._centre, self._centre_key = store, centre, centre_key
        self._inbox = Inbox(store)
        self._waiting: dict[tuple[int, int], int] = {}
        self.held_bytes = 0

    def partial(self) -> list[tuple[int, int, int]]:
        """Segments that came in part: area, position, bytes held."""
        return [(area, pos, held) for (area, pos), held in self._waiting.items()]

    # segments

    def take(self, items: Sequence[Item], epoch: bytes) -> int:
        """Apply what is whole, in order; gives how many operations were new. An area stops at the first
        that cannot be.
        """
        received = 0
        stopped: set[int] = set()
        for item in sorted(items, key=lambda item: (item.area, item.pos)):
            if item.area in stopped:
                continue
            body = self._whole(item, epoch)
            if body is None:
                stopped.add(item.area)
                continue
            new = self._apply(item, body)
            if new is None:
                stopped.add(item.area)
                continue
            received += new
            set_cursor(self._store, self._centre, epoch, item.area, item.pos)
        return received

    def _whole(self, item: Item, epoch: bytes) -> bytes | None:
        if item.offset == 0 and len(item.data) == item.total:
            return item.data
        name = hashlib.blake2b(b"%s/%d/%d" % (epoch, item.area, item.pos), digest_size=32).digest()
        body = self._inbox.add(name, item.total, item.offset, item.data)
        if len(body) < item.total:
            self._waiting[item.area, item.pos] = len(body)
            self.held_bytes += len(item.data)
            return None
        self._inbox.remove(name)
        self._waiting.pop((item.area, item.pos), None)
        return body

    def _apply(self, item: Item, body: bytes) -> int | None:
        """How many operations were new; None when the segment cannot be taken yet."""
        try:
            header = peek(body)
            key = self._key_of(header.replica, header.area)
            if key is None or header.area != item.area:
                return None
            segment = open_segment(body, key)
        except SegmentFault:
            return None
        outcome = apply_segment(
            self._store, segment, body, restamp=self._restamp(item, segment.lo, segment.hi), public_key=key
        )
        if outcome.result in ("gap", "fork"):
            return None
        return segment.n if outcome.result == "stored" else 0

    def _key_of(self, replica: bytes, area: int) -> bytes | None:
        """The key whose signature counts: the centre's own, or the one that the centre published for a
        laptop.
        """
        if replica == self._centre:
            return self._centre_key
        if area == CENTRE_AREA:
            return None
        device = self._store.get(Device, replica)
        return bytes.fromhex(device.public_key) if device and device.public_key else None

    def _restamp(self, item: Item, lo: int, hi: int) -> Restamp | None:
        if not item.receipt:
            return None
        receipt = open_receipt(item.receipt, self._centre_key)
        return next(((seq, hlc) for seq, hlc in receipt.restamps if lo <= seq <= hi), None)

    # receipts

    def receipt(self, data: bytes) -> tuple[Receipt, str, bool]:
        """Check and keep a receipt for this replica: the receipt, its code, and whether it was new. Raises
        `NotTrusted`.
        """
        store = self._store
        try:
            receipt = open_receipt(data, self._centre_key)
        except ReceiptFault as fault:
            raise NotTrusted(str(fault)) from fault
        if receipt.replica != store.replica or not self._is_mine(receipt):
            raise NotTrusted("not of this feed")
        is_new = store.db.transact(lambda c: self._keep(c, receipt, data))
        return receipt, receipt_code(data), is_new

    def _is_mine(self, receipt: Receipt) -> bool:
        """Whether the receipt names the very segments that this laptop made."""
        last = next(feed_segments(self._store, receipt.area, receipt.replica, receipt.hi - 1), None)
        return last is not None and last.hi == receipt.hi and last.hash == receipt.hash

    def _keep(self, c: Connection, receipt: Receipt, data: bytes) -> bool:
        known = c.value("SELECT COUNT(*) FROM receipt WHERE code = ? AND body = ?", receipt_code(data), data)
        if known:
            return False
        keep_receipt(self._store, c, receipt, data)
        confirm(self._store, c, receipt.area, receipt.replica, receipt.hi, by_centre=True)
        self._correct_stamps(c, receipt)
        for seq, reason in receipt.quarantined:
            self._quarantine(c, receipt.area, seq, reason)
        return True

    def _correct_stamps(self, c: Connection, receipt: Receipt) -> None:
        for seq, hlc in receipt.restamps:
            c.run(
                "UPDATE segment SET restamp_seq = ?, restamp_hlc = ? "
                "WHERE area = ? AND replica = ? AND lo <= ? AND hi >= ?",
                *(seq, hlc, receipt.area, OWN, seq, seq),
            )
        if receipt.restamps:
            refold(self._store, c, receipt.area, self._rows(receipt))

    def _rows(self, receipt: Receipt) -> set[tuple[type[Record], RecordId]]:
        first = min(seq for seq, _hlc in receipt.restamps)
        return {
            (KINDS[operation.kind], operation.row)
            for stored in feed_segments(self._store, receipt.area, receipt.replica, first - 1)
            if stored.lo <= receipt.hi
            for operation in decoded(stored).operations()
            if operation.kind in KINDS
        }

    def _quarantine(self, c: Connection, area: int, seq: int, reason: str) -> None:
        from trainer_app.storage.feeds import operation_at

        operation = operation_at(self._store, c, area, self._store.replica, seq)
        if operation is None:
            return
        why, _colon, detail = reason.partition(":")
        c.run(
            insert_into("quarantine", "ON CONFLICT DO NOTHING"),
            *(area, OWN, seq, operation.kind, operation.row, why, detail, None),
        )

    # orders

    def obey(self, store: Store) -> None:
        """Take up what the centre says of this laptop: the areas it works in."""
        device = store.get(Device, store.replica)
        if device is None or not device.areas:
            return
        areas = tuple(int(area) for area in device.areas.split(",") if area.strip())
        if areas and areas != store.areas:
            store.set_areas(areas)
