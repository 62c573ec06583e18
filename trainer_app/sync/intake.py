"""Segments that a laptop brings: pieces put together, checked, stored, and acknowledged after the commit.

First everything is checked that costs nothing: sizes, author, area, and the signature of what is whole. Then
segments are opened and stored one after the other, so that memory holds one at a time. One that cannot be
opened ends the request with a `NotHere`; those before it stay, for they are as good as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.records.problem import Problem
from trainer_app.records.revocation import REVOKED_STATE, revoked_after
from trainer_app.records.segment import (
    MAX_BODY_BYTES,
    MOST_HEAD_BYTES,
    Header,
    Restamp,
    Segment,
    SegmentFault,
    check_signature,
    open_segment,
    peek,
)
from trainer_app.storage.applying import apply_segment, effective_hlcs
from trainer_app.storage.history import history
from trainer_app.storage.inbox import Inbox
from trainer_app.storage.seen import overtaken, stamps_around
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import feed_end, segment_end
from trainer_app.sync.claims import Claim, believed
from trainer_app.sync.keys import public_key_of
from trainer_app.sync.messages import FORK, GAP, HASH_BYTES, PARTIAL, REFUSED, STORED, Piece, Verdict
from trainer_app.sync.receipt import Receipt, ReceiptFault, open_receipt
from trainer_app.sync.receipting import Receipts
from trainer_app.sync.relaying import correction_of
from trainer_app.sync.restamping import restamp_for
from trainer_app.words import _

_VERDICTS = {"stored": STORED, "known": STORED, "gap": GAP, "fork": FORK}
_TOO_LARGE = "oversize"


class NotHere(Problem):
    """A piece that may not come in: foreign area, foreign author, not a segment."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text, code=code)
        self.status, self.text = status, text


@dataclass(frozen=True, slots=True)
class Bearer:
    """A laptop as the centre published it. What a `revoked` one says later is kept and changes nothing."""

    replica: bytes
    key: bytes
    areas: frozenset[int]
    revoked: bool = False
    device: Device | None = None

    @classmethod
    def of(cls, device: Device) -> Bearer | None:
        """What the centre published of a laptop; None when that is not enough."""
        try:
            key = bytes.fromhex(device.public_key or "")
        except ValueError:
            key = b""
        if not key:
            return None
        areas = frozenset(int(area) for area in (device.areas or "").split(",") if area.strip().isdecimal())
        revoked = device.state == REVOKED_STATE
        return cls(device.id, key, areas - {CENTRE_AREA}, revoked, device)

    @classmethod
    def known(
        cls, store: Store, replica: RecordId, claims: Callable[[], Sequence[bytes]] = tuple
    ) -> Bearer | None:
        """The laptop of this id as the centre published it. One that is not published yet counts when the
        laptop that it was signed for it, in one of the `claims` (asked for only then).
        """
        device = store.get(Device, replica)
        if device is not None:
            return cls.of(device)
        for data in claims():
            found = believed(store, data)
            if found is not None and found[0].new == replica:
                return cls.claimed(*found)
        return None

    def revoked_after(self, area: int) -> int | None:
        """The number of its feed in an area up to which its words count; None when it may speak."""
        return None if self.device is None else revoked_after(self.device, area)

    @classmethod
    def claimed(cls, claim: Claim, old: Device) -> Bearer | None:
        """What `old` has become: in the same areas, with the key that it signed."""
        was = cls.of(old)
        return None if was is None else cls(claim.new, claim.public_key, was.areas)


class Intake:
    """What one laptop brings in one request: its own words, and those of others that this side may lack.

    A hub (`is_centre` false) corrects no stamps: it knows only the corrections that the centre has signed.
    From a laptop that `relays`, words of others that may not come in are left out one by one, for nothing
    else must wait because of them; from any other they are a reason to refuse the request.
    """

    def __init__(
        self,
        store: Store,
        receipts: Receipts,
        bearer: Bearer,
        *,
        is_centre: bool = True,
        relays: bool = False,
    ) -> None:
        self._store, self._receipts, self._bearer = store, receipts, bearer
        self._is_centre, self._relays = is_centre, relays
        self._inbox = Inbox(store)
        own = public_key_of(store.private_key)
        self._centre_key: bytes = own if is_centre else store.meta("centre_key", b"")
        self._refused: set[bytes] = set()

    def check(self, pieces: Sequence[Piece]) -> None:
        """Refuse what must not come in, before anything is stored or unpacked. Raises `NotHere`."""
        for piece in pieces:
            if len(piece.hash) != HASH_BYTES or not piece.total:
                raise NotHere(422, "segment.malformed", _("Kiriman tidak bisa dibaca, jadi tidak disimpan."))
            if piece.offset + len(piece.data) > piece.total or piece.total > MAX_BODY_BYTES:
                raise NotHere(413, "segment.oversize", _("Kiriman terlalu besar."))
            if piece.whole or (piece.offset == 0 and len(piece.data) >= MOST_HEAD_BYTES):
                self._check_begin(piece)

    def _check_begin(self, piece: Piece) -> None:
        """What is seen in the beginning of a segment."""
        header = _peek(piece.data)
        try:
            if piece.whole:
                self._check_whole(piece.hash, piece.data)
            else:
                self._author(header)
        except NotHere:
            if not self._may_be_left_out(header):
                raise
            self._refused.add(piece.hash)

    def _may_be_left_out(self, header: Header) -> bool:
        return self._relays and header.replica != self._bearer.replica

    def _author(self, header: Header) -> Bearer:
        """Whose words these are. Raises `NotHere` when they may not come in, or not from this laptop."""
        bearer = self._bearer
        if header.area == CENTRE_AREA and not self._is_centre:
            return Bearer(header.replica, self._centre_key, frozenset())  # whoever brings it
        if header.replica == bearer.replica:
            author: Bearer | None = bearer
        elif header.area == CENTRE_AREA and header.replica != self._store.replica:
            # of an earlier life, which this one need not know of: the key stays through all of them
            return Bearer(header.replica, self._centre_key, frozenset())
        else:
            author = Bearer.known(self._store, header.replica)
        if not self._is_centre and header.area not in self._store.areas:
            raise NotHere(403, "area.not_carried", _("Laptop pengawas ini tidak bertugas di wilayah itu."))
        if author is None:
            raise NotHere(403, "segment.foreign", _("Kiriman itu bukan dari laptop ini."))
        if header.area == CENTRE_AREA or not (
            self._may_write(author, header.area) and self._may_bring(header)
        ):
            raise NotHere(403, "area.foreign", _("Laptop ini tidak bertugas di wilayah itu."))
        return author

    def _may_write(self, author: Bearer, area: int) -> bool:
        """A laptop that was given other areas may still hand in what it wrote in one that it had."""
        if area in author.areas:
            return True
        with self._store.db.reading() as c:
            if feed_end(c, area, author.replica)[0]:
                return True
        return any(self._had(replica, area) for replica in self._selves(author.replica))

    def _had(self, replica: RecordId, area: int) -> bool:
        told = history(self._store, Device, replica, CENTRE_AREA)
        return any(str(area) in str(entry.values.get("areas")).split(",") for entry in told)

    def _selves(self, replica: RecordId) -> Iterator[RecordId]:
        """This laptop, and those that it goes on from: it says again what they wrote."""
        known: set[RecordId] = set()
        while replica not in known:
            known.add(replica)
            yield replica
            device = self._store.get(Device, replica)
            replica = (device.succeeds if device else None) or replica

    def _may_bring(self, header: Header) -> bool:
        return header.replica == self._bearer.replica or header.area in self._bearer.areas

    def _check_whole(self, name: bytes, body: bytes) -> Bearer:
        header = _peek(body)
        author = self._author(header)
        if header.hash != name:
            raise NotHere(422, "segment.hash", _("Kiriman berubah di jalan. Kirim lagi."))
        try:
            check_signature(body, header.hash, author.key)
        except SegmentFault as fault:
            raise _refused(fault) from fault
        return author

    def take(self, pieces: Sequence[Piece]) -> list[Verdict]:
        """Store what is whole, keep what is not; a verdict for each piece. Raises `NotHere`."""
        return [self._take(piece) for piece in pieces]

    def _take(self, piece: Piece) -> Verdict:
        if piece.hash in self._refused:
            return Verdict(REFUSED, 0)
        end = segment_end(self._store, piece.hash)
        if end is not None:
            return Verdict(STORED, end)
        if piece.whole:
            return self._store_whole(piece, piece.data)
        body = self._inbox.add(piece.hash, piece.total, piece.offset, piece.data)
        if len(body) < piece.total:
            return Verdict(PARTIAL, len(body))
        try:
            verdict = self._store_whole(piece, body)
        except NotHere:
            self._inbox.remove(piece.hash)
            if not self._may_be_left_out(_peek(body)):
                raise
            return Verdict(REFUSED, 0)
        # not when the disk was full: then it is here to be stored another time, and needs not come again
        self._inbox.remove(piece.hash)
        return verdict

    def _store_whole(self, piece: Piece, body: bytes) -> Verdict:
        author = self._check_whole(piece.hash, body)
        try:
            segment = open_segment(body, None)
        except SegmentFault as fault:
            raise _refused(fault) from fault
        told = self._told(segment, piece.receipt)
        restamp = self._restamp(segment, told) if told else self._restamp_now(segment)
        after = author.revoked_after(segment.area)
        revoked = after is not None and segment.hi > after
        outcome = apply_segment(
            self._store, segment, body, restamp=restamp, public_key=author.key, revoked=revoked
        )
        if outcome.result == "stored":
            self._receipts.seen(segment)
            self._keep_told(segment, piece.receipt, told, restamp)
        return Verdict(_VERDICTS[outcome.result], outcome.head_seq)

    def _told(self, segment: Segment, data: bytes) -> Receipt | None:
        """The receipt that came with a segment, when it is about it. Raises `NotHere` for a forged one."""
        if not data:
            return None
        try:
            said = open_receipt(data, self._centre_key)
        except ReceiptFault as fault:
            raise NotHere(422, "receipt.signature", _("Tanda terima itu bukan dari pusat ini.")) from fault
        return said if (said.area, said.replica) == (segment.area, segment.replica) else None

    def _keep_told(
        self, segment: Segment, data: bytes, told: Receipt | None, restamp: Restamp | None
    ) -> None:
        if not restamp:
            return
        if told and told.restamp_of(segment.lo, segment.hi) == restamp:
            self._receipts.honour(data) if self._is_centre else self._receipts.keep(data)
        elif self._is_centre:
            self._receipts.correct_otherwise(segment)

    def _restamp(self, segment: Segment, told: Receipt) -> Restamp | None:
        """As an earlier life of this centre corrected the stamps, for others hold them so; unless it corrects
        those before them otherwise in this one, and the feed would lose its order.
        """
        said = told.restamp_of(segment.lo, segment.hi)
        if not self._is_centre:
            return said
        with self._store.db.reading() as c:
            _seq, newest = feed_end(c, segment.area, segment.replica)
        oldest = min(min(effective_hlcs(g.seqs, g.hlcs, said)) for g in segment.groups)
        in_order = oldest > newest
        return said if in_order else self._restamp_now(segment)

    def _restamp_now(self, segment: Segment) -> Restamp | None:
        if not self._is_centre:
            return correction_of(self._store, segment)
        now = self._store.clock.now_ms()
        with self._store.db.reading() as c:
            _seq, newest = feed_end(c, segment.area, segment.replica)
            late = overtaken(c, segment)
            restamp = restamp_for(segment, now, newest, overtaken=late)
            if restamp is None:
                return None
            around = stamps_around(self._store, c, segment, restamp[0], now)
        return restamp_for(segment, now, newest, around, late)


def _peek(data: bytes) -> Header:
    try:
        return peek(data)
    except SegmentFault as fault:
        raise _refused(fault) from fault


def _refused(fault: SegmentFault) -> NotHere:
    if fault.code == _TOO_LARGE:
        return NotHere(413, "segment.oversize", _("Kiriman terlalu besar."))
    return NotHere(422, f"segment.{fault.code}", _("Kiriman tidak bisa dibaca, jadi tidak disimpan."))
