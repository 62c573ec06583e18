"""The receiving side of an exchange, the same for centre and hub: who asks, what they bring, what they get.

Accept means durable and acknowledged: a verdict STORED and a receipt are given only after the commit. A
request that cannot be trusted or read is refused with a `Refusal`, before anything of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.storage.feeds import StoredSegment, seal
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import area_end, feed_end, handed_on, note_contact
from trainer_app.sync.intake import Bearer, Intake, NotHere
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import (
    MAX_MESSAGE_BYTES,
    Answer,
    Feed,
    Item,
    MessageFault,
    Request,
    SignedRequest,
    Verdict,
    pack_answer,
    read_request,
    split_request,
)
from trainer_app.sync.receipting import Receipts
from trainer_app.sync.succession import former_ids
from trainer_app.words import _

#: An answer never has more bytes of segments than this, whatever the other side says it can take.
MAX_ANSWER_BYTES = 1024 * 1024
MIN_ANSWER_BYTES = 8 * 1024
#: Nor more segments: heads stay small, and no request takes long.
_MOST_ITEMS = 500
_MOST_FEEDS = 5_000


class Refusal(Exception):
    """The request is refused as it stands. `status` is for HTTP, `code` for programs, `text` for people."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code)
        self.status, self.code, self.text = status, code, text


@dataclass(frozen=True, slots=True)
class Authority:
    """In whose name this side answers. Only the centre (`is_centre`) gives receipts."""

    epoch: bytes
    sample: bool = False
    is_centre: bool = True


def answer(store: Store, authority: Authority, data: bytes) -> bytes:
    """The answer to a request of a laptop. Raises `Refusal`; what it is about was then not stored."""
    signed, bearer = _who(store, data)
    request = _read(signed)
    if request.sample != authority.sample:
        raise Refusal(403, "sample.mixed", _("Data contoh dan data sungguhan tidak boleh bercampur."))
    receipts = Receipts(store, authority.epoch)
    intake = Intake(store, receipts, bearer)
    try:
        _check_areas(request, bearer)
        intake.check(request.pieces)
        _note_contact(store, bearer.replica, request)
        verdicts = intake.take(request.pieces)
    except NotHere as fault:
        raise Refusal(fault.status, fault.code, fault.text) from fault
    given = receipts.for_feeds(bearer.replica, request.heads) if authority.is_centre else []
    outgoing = _Outgoing(store, receipts, request, bearer.replica)
    if request.epoch != authority.epoch:
        outgoing.more = not bearer.revoked  # its cursors are positions in another life of this database
    elif not bearer.revoked:
        outgoing.fill()
    return pack_answer(_answer(store, authority, request, bearer, verdicts, given, outgoing))


def _answer(
    store: Store,
    authority: Authority,
    request: Request,
    bearer: Bearer,
    verdicts: list[Verdict],
    receipts: list[bytes],
    outgoing: _Outgoing,
) -> Answer:
    with store.db.reading() as c:
        held = {area: feed_end(c, area, bearer.replica)[0] for area in request.heads}
    return Answer(
        epoch=b"" if request.epoch == authority.epoch else authority.epoch,
        time=store.clock.now_ms(),
        more=outgoing.more,
        revoked=bearer.revoked,
        hub=not authority.is_centre,
        held=held,
        verdicts=verdicts,
        receipts=receipts,
        items=outgoing.items,
        ends=outgoing.ends,
        wants=[] if bearer.revoked else _wanted(store, request, bearer),
    )


def _wanted(store: Store, request: Request, bearer: Bearer) -> list[Feed]:
    """Of the feeds of others that were offered, those of which more is there than here.

    First what an earlier life of this centre said, for it names the laptops whose words may then come in.
    """
    former = former_ids(store) if request.feeds else set()
    wanted = []
    with store.db.reading() as c:
        for area, replica, seq in request.feeds[:_MOST_FEEDS]:
            if area in bearer.areas or (area == CENTRE_AREA and replica in former):
                held = feed_end(c, area, replica)[0]
                if held < seq and replica not in (store.replica, bearer.replica):
                    wanted.append((area, replica, held))
    first = [feed for feed in wanted if feed[0] == CENTRE_AREA]
    return first or [feed for feed in wanted if store.get(Device, feed[1]) is not None]


def _who(store: Store, data: bytes) -> tuple[SignedRequest, Bearer]:
    """The laptop that signed the request, as the centre knows it."""
    if len(data) > MAX_MESSAGE_BYTES:
        raise Refusal(413, "request.too_large", _("Kiriman terlalu besar."))
    try:
        signed = split_request(data)
    except MessageFault as fault:
        raise Refusal(400, "request.short", _("Permintaan tidak bisa dibaca.")) from fault
    device = store.get(Device, signed.replica)
    bearer = Bearer.of(device) if device else None
    if bearer is None:
        sentence = _("Pusat belum mengenal laptop ini. Minta kode baru dari admin, lalu daftarkan ulang.")
        raise Refusal(401, "device.unknown", sentence)
    # laptops address a centre by the id under which they joined it
    if not any(signed.is_by(bearer.key, name) for name in (store.replica, *former_ids(store))):
        raise Refusal(401, "request.signature", _("Tanda tangan laptop tidak cocok."))
    return signed, bearer


def _read(signed: SignedRequest) -> Request:
    try:
        return read_request(signed.body)
    except MessageFault as fault:
        raise Refusal(400, f"request.{fault}", _("Permintaan tidak bisa dibaca.")) from fault


def _check_areas(request: Request, bearer: Bearer) -> None:
    """A laptop is told only of its own areas; it may ask what is held of its own words anywhere."""
    asked = {*request.cursors, *(area for area, _pos, _have in request.partial)}
    if asked - {CENTRE_AREA, *bearer.areas}:
        raise NotHere(403, "area.foreign", _("Laptop ini tidak bertugas di wilayah itu."))


def _note_contact(store: Store, replica: bytes, request: Request) -> None:
    """Remember the contact; a request that was seen before is refused, so that it cannot be played again."""
    report: dict[str, object] = {
        "app": request.app,
        "pending": request.report.pending,
        "offset_ms": store.clock.now_ms() - request.report.os_clock,
    }
    newest = store.db.transact(lambda c: note_contact(store, c, replica, request.counter, report))
    if newest is not None:
        raise Refusal(409, f"request.replayed:{newest}", _("Permintaan ini sudah pernah diterima."))


@dataclass(slots=True)
class _Outgoing:
    """What goes to the laptop: segments after its cursors, the centre's own feed first, within its budget."""

    store: Store
    receipts: Receipts
    request: Request
    replica: bytes
    items: list[Item] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    more: bool = False

    def fill(self) -> None:
        """Fill the answer up to its budget; a large segment goes in pieces."""
        seal(self.store, lambda data: sign(self.store.private_key, data))
        left = max(MIN_ANSWER_BYTES, min(self.request.budget, MAX_ANSWER_BYTES))
        for area, cursor in sorted(self.request.cursors.items()):
            left = self._fill_area(area, cursor, left)
            if self.more:
                return

    def _fill_area(self, area: int, cursor: int, left: int) -> int:
        # read before the segments: whatever was stored up to here, the loop below sees
        end = area_end(self.store, area)
        last = cursor
        for segment in self._segments(area, cursor):
            if left <= 0 or len(self.items) >= _MOST_ITEMS:
                self.more = True
                return left
            item = self._item(segment, left)
            self.items.append(item)
            left -= len(item.data)
            last = segment.pos
            if item.offset + len(item.data) < item.total:
                self.more = True
                return left
        if end > last:
            self.ends[area] = end
        return left

    def _segments(self, area: int, cursor: int) -> Iterator[StoredSegment]:
        return handed_on(self.store, area, cursor, self.replica)

    def _item(self, segment: StoredSegment, left: int) -> Item:
        have = {(area, pos): held for area, pos, held in self.request.partial}
        offset = min(have.get((segment.area, segment.pos), 0), len(segment.body) - 1)
        data = segment.body[offset : offset + left]
        receipt = self.receipts.of(segment) if segment.restamp else b""
        return Item(segment.area, segment.pos, len(segment.body), offset, data, receipt)
