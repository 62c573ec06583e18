"""Segments that a laptop brings: pieces put together, checked, stored, and acknowledged after the commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from trainer_app.records.problem import Problem
from trainer_app.records.segment import (
    MAX_BODY_BYTES,
    Header,
    Segment,
    SegmentFault,
    body_hash,
    open_segment,
    peek,
)
from trainer_app.storage.applying import Outcome, apply_segment
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import decoded, feed_segments
from trainer_app.storage.inbox import Inbox
from trainer_app.storage.store import Store
from trainer_app.storage.tables import insert_into
from trainer_app.sync.messages import FORK, GAP, PARTIAL, STORED, Piece, Verdict
from trainer_app.sync.receipt import Receipt, receipt_code, seal_receipt
from trainer_app.sync.restamping import restamp_for
from trainer_app.words import _

_VERDICTS = {"stored": STORED, "known": STORED, "gap": GAP, "fork": FORK}
#: Faults that a body too large or too dense has; anything else is content that cannot be understood.
_TOO_LARGE = "oversize"


class NotHere(Problem):
    """A piece that may not come in: foreign area, foreign author, not a segment."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text, code=code)
        self.status, self.text = status, text


class Intake:
    """What one laptop brings in one request."""

    def __init__(self, store: Store, epoch: bytes, replica: bytes, areas: Sequence[int]) -> None:
        self._store, self._epoch, self._replica = store, epoch, replica
        self._areas = set(areas)
        self._inbox = Inbox(store)
        self._key = self._public_key()

    def _public_key(self) -> bytes:
        from trainer_app.records.kinds import Device

        device = self._store.get(Device, self._replica)
        return bytes.fromhex(device.public_key or "") if device else b""

    def look_at(self, pieces: Sequence[Piece]) -> None:
        """Refuse what must not come in, before anything is stored. Raises `NotHere`."""
        for piece in pieces:
            if (
                len(piece.hash) != 32
                or piece.total > MAX_BODY_BYTES
                or piece.offset + len(piece.data) > piece.total
            ):
                raise NotHere(413, "segment.oversize", _("Kiriman terlalu besar."))
            if piece.offset == 0 and piece.data:
                self._check_header(self._peek(piece.data))
            if piece.offset == 0 and len(piece.data) == piece.total:
                self._open(piece.hash, piece.data)

    def _peek(self, data: bytes) -> Header:
        try:
            return peek(data)
        except SegmentFault as fault:
            raise _refused(fault) from fault

    def _check_header(self, header: Header) -> None:
        if header.replica != self._replica:
            raise NotHere(403, "segment.foreign", _("Kiriman itu bukan dari laptop ini."))
        if header.area not in self._areas:
            raise NotHere(403, "area.foreign", _("Laptop ini tidak bertugas di wilayah itu."))

    def _open(self, name: bytes, body: bytes) -> Segment:
        if body_hash(body) != name:
            raise NotHere(422, "segment.hash", _("Kiriman berubah di jalan. Kirim lagi."))
        try:
            return open_segment(body, self._key)
        except SegmentFault as fault:
            raise _refused(fault) from fault

    def take(self, pieces: Sequence[Piece], *, revoked_after: int | None) -> list[Verdict]:
        """Store what is whole, keep what is not; `revoked_after`: later operations of this laptop change
        nothing.
        """
        return [self._take(piece, revoked_after) for piece in pieces]

    def _take(self, piece: Piece, revoked_after: int | None) -> Verdict:
        held = self._stored_already(piece.hash)
        if held:
            return Verdict(piece.hash, STORED, held)
        whole = piece.offset == 0 and len(piece.data) == piece.total
        body = piece.data if whole else self._inbox.add(piece.hash, piece.total, piece.offset, piece.data)
        if len(body) < piece.total:
            return Verdict(piece.hash, PARTIAL, len(body))
        try:
            self._check_header(self._peek(body))
            segment = self._open(piece.hash, body)
        finally:
            self._inbox.remove(piece.hash)
        outcome = self._apply(segment, body, revoked_after)
        return Verdict(piece.hash, _VERDICTS[outcome.result], outcome.head_seq)

    def _stored_already(self, name: bytes) -> int:
        with self._store.db.reading() as c:
            return int(c.value("SELECT hi FROM segment WHERE hash = ?", name) or 0)

    def _apply(self, segment: Segment, body: bytes, revoked_after: int | None) -> Outcome:
        store = self._store
        with store.db.reading() as c:
            newest = c.value(
                "SELECT f.head_hlc FROM feed f JOIN replica r ON r.num = f.replica "
                "WHERE f.area = ? AND r.id = ?",
                segment.area,
                segment.replica,
            )
        restamp = restamp_for(segment, store.clock.now_ms(), newest or 0)
        revoked = revoked_after is not None and segment.hi > revoked_after
        return apply_segment(store, segment, body, restamp=restamp, public_key=self._key, revoked=revoked)

    # receipts

    def held(self, heads: Mapping[int, int]) -> dict[int, int]:
        """The newest number held of each feed of this laptop that it asked about."""
        return {area: self._head(area) for area in heads}

    def _head(self, area: int) -> int:
        with self._store.db.reading() as c:
            head = c.value(
                "SELECT f.head_seq FROM feed f JOIN replica r ON r.num = f.replica "
                "WHERE f.area = ? AND r.id = ?",
                area,
                self._replica,
            )
        return int(head or 0)

    def receipts(self, heads: Mapping[int, int]) -> list[bytes]:
        """Receipts for all that is held of these feeds and the laptop has no receipt for (`heads`:
        confirmed number).
        """
        made: list[bytes] = []
        for area, confirmed in sorted(heads.items()):
            made += self._receipts(area, confirmed)
        return made

    def _receipts(self, area: int, confirmed: int) -> list[bytes]:
        store, num = self._store, self._store.replicas.number(self._replica)
        with store.db.reading() as c:
            newest = c.value("SELECT MAX(hi) FROM receipt WHERE area = ? AND replica = ?", area, num) or 0
        if self._head(area) > newest:
            self._write_receipt(area, int(newest))
        with store.db.reading() as c:
            rows = c.all(
                "SELECT body FROM receipt WHERE area = ? AND replica = ? AND hi > ? ORDER BY lo",
                area,
                num,
                confirmed,
            )
        return [bytes(body) for (body,) in rows]

    def _write_receipt(self, area: int, after: int) -> None:
        store = self._store
        counts: Counter[int] = Counter()
        restamps: list[tuple[int, int]] = []
        last = None
        for stored in feed_segments(store, area, self._replica, after):
            last = stored
            segment = decoded(stored)
            for group in segment.groups:
                counts[group.kind] += len(group.rows)
            if stored.restamp:
                restamps.append(stored.restamp)
        if last is None:
            return
        receipt = Receipt(
            area,
            self._replica,
            after + 1,
            last.hi,
            last.hash,
            self._epoch,
            store.clock.now_ms(),
            counts,
            restamps,
            self._quarantined(area, after),
        )
        data = seal_receipt(receipt, store.private_key)
        store.db.transact(lambda c: keep_receipt(store, c, receipt, data))

    def _quarantined(self, area: int, after: int) -> list[tuple[int, str]]:
        num = self._store.replicas.number(self._replica)
        with self._store.db.reading() as c:
            return [
                (seq, f"{reason}:{detail}")
                for seq, reason, detail in c.all(
                    "SELECT seq, reason, detail FROM quarantine "
                    "WHERE area = ? AND replica = ? AND seq > ? ORDER BY seq",
                    area,
                    num,
                    after,
                )
            ]


def keep_receipt(store: Store, c: Connection, receipt: Receipt, data: bytes) -> None:
    """Write a receipt down, once."""
    c.run(
        insert_into("receipt", "ON CONFLICT (area, replica, lo) DO NOTHING"),
        receipt.area,
        store.replicas.number(receipt.replica),
        receipt.lo,
        receipt.hi,
        receipt.received_at,
        receipt_code(data),
        data,
    )


def _refused(fault: SegmentFault) -> NotHere:
    if fault.code == _TOO_LARGE:
        return NotHere(413, "segment.oversize", _("Kiriman terlalu besar."))
    return NotHere(422, f"segment.{fault.code}", _("Kiriman tidak bisa dibaca, jadi tidak disimpan."))
