"""The receiving side of an exchange, the same for centre and hub: who asks, what they bring, what they get.

Accept means durable and acknowledged: a verdict STORED and a receipt are given only after the commit. A
request that cannot be trusted or read is refused with a `Refusal`, before anything of it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.storage.care import take_into_care
from trainer_app.storage.feeds import StoredSegment, seal
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import area_end, feed_end, handed_on, note_contact
from trainer_app.sync.byte_reading import MAX_MESSAGE_BYTES, MessageFault
from trainer_app.sync.claims import hear
from trainer_app.sync.intake import Bearer, Intake, NotHere
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import (
    Answer,
    Feed,
    Item,
    Request,
    Share,
    SignedRequest,
    Verdict,
    pack_answer,
    read_request,
    split_request,
)
from trainer_app.sync.photo_words import PhotoWord
from trainer_app.sync.photos import PhotoIntake
from trainer_app.sync.receipt import FULL
from trainer_app.sync.receipting import Receipts
from trainer_app.sync.recipients import learn_recipient
from trainer_app.sync.relaying import hear_centre, receipts_for
from trainer_app.sync.reporting import MINUTE_MS
from trainer_app.sync.snapshots import share_of
from trainer_app.sync.succession import began_at, former_ids
from trainer_app.words import _

#: An answer never has more bytes of segments than this, whatever the other side says it can take.
MAX_ANSWER_BYTES = 1024 * 1024
MIN_ANSWER_BYTES = 8 * 1024
#: Nor more segments: heads stay small, and no request takes long.
_MOST_ITEMS = 500
_MOST_FEEDS = 5_000
#: Of what a hub announces of the feeds of others, so much is kept for the board of laptops.
_MOST_TOLD = 500


class Refusal(Exception):
    """The request is refused as it stands. `status` is for HTTP, `code` for programs, `text` for people."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code)
        self.status, self.code, self.text = status, code, text


@dataclass(frozen=True, slots=True)
class Authority:
    """In whose name this side answers. Only the centre (`is_centre`) gives receipts.

    `epoch` names the life of the database whose positions the laptop's cursors are; that of a hub is its
    replica id, for a hub that was restored is another replica.
    """

    epoch: bytes
    sample: bool = False
    is_centre: bool = True
    #: Older laptops may hand in what they have, and get receipts; more they would not understand.
    least_protocol: int = 1
    #: At the centre: the staff member for whom the laptop of a replica id was enrolled.
    owner_of: Callable[[bytes], bytes | None] | None = None

    @classmethod
    def of_hub(cls, store: Store) -> Authority:
        """In whose name a supervisor's laptop answers: its positions are those of its own database."""
        return cls(store.replica, store.meta("sample", b"0") == b"1", is_centre=False)


def answer(store: Store, authority: Authority, data: bytes) -> bytes:
    """The answer to a request of a laptop. Raises `Refusal`; what it is about was then not stored."""
    signed, bearer = _who(store, authority, data)
    request = _read(signed)
    if request.sample != authority.sample:
        raise Refusal(403, "sample.mixed", _("Data contoh dan data sungguhan tidak boleh bercampur."))
    _hear_claims(store, authority, request, bearer)
    receipts = Receipts(store, authority.epoch, is_centre=authority.is_centre)
    intake = Intake(store, receipts, bearer, is_centre=authority.is_centre, relays=bool(request.care))
    try:
        _check_areas(request, bearer)
        intake.check(request.pieces)
        _note_contact(store, bearer.replica, request)
        if request.recipient and authority.owner_of:
            learn_recipient(store, bearer.replica, request.recipient, authority.owner_of(bearer.replica))
        verdicts = intake.take(request.pieces)
    except NotHere as fault:
        raise Refusal(fault.status, fault.code, fault.text) from fault
    given, relayed = _receipts(store, authority, receipts, request, bearer)
    outgoing = _Outgoing(store, receipts, request, bearer.replica, _carried(store, authority))
    outgoing.epoch = authority.epoch if authority.is_centre else b""
    if request.epoch != authority.epoch:
        outgoing.more = not bearer.revoked  # its cursors are positions in another life of this database
    elif not bearer.revoked and request.protocol >= authority.least_protocol:
        outgoing.fill()
    answered = _answer(store, authority, request, bearer, verdicts, given, outgoing)
    return pack_answer(replace(answered, relayed=relayed, photos=_photos(store, authority, request, bearer)))


def _photos(store: Store, authority: Authority, request: Request, bearer: Bearer) -> list[PhotoWord]:
    """What becomes of the photos that come behind everything else. Of a laptop that was taken out none."""
    try:
        return photo_intake(store, authority, bearer).take(request.photos)
    except MessageFault as fault:
        raise Refusal(422, "photo.malformed", _("Foto tidak bisa dibaca, jadi tidak disimpan.")) from fault


def photo_intake(store: Store, authority: Authority, bearer: Bearer) -> PhotoIntake:
    """For the photos of one laptop. The centre takes those of any area: whoever has the bytes that a record
    names may hand them in, also when the area was taken from them since. A supervisor's laptop takes those of
    the areas of both.
    """
    if bearer.revoked:
        return PhotoIntake(store, bearer.replica, frozenset())
    if authority.is_centre:
        return PhotoIntake(store, bearer.replica, None, authority.epoch)
    return PhotoIntake(store, bearer.replica, bearer.areas & frozenset(store.areas))


def _carried(store: Store, authority: Authority) -> frozenset[int] | None:
    """The areas of which this side has anything to say; None for the centre, which has all."""
    return None if authority.is_centre else frozenset({CENTRE_AREA, *store.areas})


def _receipts(
    store: Store, authority: Authority, receipts: Receipts, request: Request, bearer: Bearer
) -> tuple[list[bytes], list[bytes]]:
    """Receipts for the bearer's own words, and those that it asks for on behalf of others. A hub has only
    those that the centre gave it; of what it has none for, it takes care.
    """
    asked = [] if bearer.revoked else [feed for feed in request.care if feed[1] != bearer.replica]
    asked = asked[:_MOST_FEEDS]
    if authority.is_centre:
        own = receipts.for_feeds(bearer.replica, request.heads)
        return own, receipts.for_others(asked, bearer.areas)
    theirs = [(area, bearer.replica, seq) for area, seq in request.heads.items() if area in store.areas]
    for area, replica, seq in [*theirs, *(feed for feed in asked if feed[0] in store.areas)]:
        take_into_care(store, area, replica, seq)
    given = [FULL + data for feed in theirs for data in receipts_for(store, *feed)]
    return given, [data for feed in asked if feed[0] in bearer.areas for data in receipts_for(store, *feed)]


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
        held = {
            area: feed_end(c, area, bearer.replica)[0] for area in request.heads if outgoing.carries(area)
        }
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
        shares=outgoing.shares,
        update=request.protocol < authority.least_protocol,
        ends=outgoing.ends,
        wants=_wanted(store, authority, request, bearer),
    )


def _wanted(store: Store, authority: Authority, request: Request, bearer: Bearer) -> list[Feed]:
    """Of the feeds of others that were offered, those of which more is there than here.

    First what an earlier life of this centre said, for it names the laptops whose words may then come in.
    It may be a life that this one does not know of, when the copy that was restored is older than that. A
    laptop that was taken out may bring that too, for it is the centre's own word, and nothing else of others.
    """
    wanted = []
    with store.db.reading() as c:
        for area, replica, seq in request.feeds[:_MOST_FEEDS]:
            here = authority.is_centre or area in store.areas
            if area == CENTRE_AREA or (here and area in bearer.areas and not bearer.revoked):
                held = feed_end(c, area, replica)[0]
                if held < seq and replica not in (store.replica, bearer.replica):
                    wanted.append((area, replica, held))
    first = [feed for feed in wanted if feed[0] == CENTRE_AREA]
    return first or [feed for feed in wanted if store.get(Device, feed[1]) is not None]


def _who(store: Store, authority: Authority, data: bytes) -> tuple[SignedRequest, Bearer]:
    """The laptop that signed the request, as the centre knows it."""
    if len(data) > MAX_MESSAGE_BYTES:
        raise Refusal(413, "request.too_large", _("Kiriman terlalu besar."))
    try:
        signed = split_request(data)
    except MessageFault as fault:
        raise Refusal(400, "request.short", _("Permintaan tidak bisa dibaca.")) from fault
    if not authority.is_centre:
        hear_centre(store, _read(signed).pieces)
    bearer = Bearer.known(store, signed.replica, lambda: _claims(signed))
    if bearer is None:
        raise _unknown(authority)
    # laptops address a centre by the id under which they joined it
    if not any(signed.is_by(bearer.key, name) for name in (store.replica, *former_ids(store))):
        raise Refusal(401, "request.signature", _("Tanda tangan laptop tidak cocok."))
    return signed, bearer


def _claims(signed: SignedRequest) -> Sequence[bytes]:
    """The claims in a request that nobody has verified; none when it cannot be read."""
    try:
        return read_request(signed.body).claims
    except MessageFault:
        return ()


def _hear_claims(store: Store, authority: Authority, request: Request, bearer: Bearer) -> None:
    """Raises `Refusal` when the centre does not take the claim of this very laptop."""
    hear(store, request.claims, is_centre=authority.is_centre)
    if authority.is_centre and request.claims and store.get(Device, bearer.replica) is None:
        raise _unknown(authority)


def _unknown(authority: Authority) -> Refusal:
    if authority.is_centre:
        sentence = _("Pusat belum mengenal laptop ini. Minta kode baru dari admin, lalu daftarkan ulang.")
        return Refusal(401, "device.unknown", sentence)
    return Refusal(
        401,
        "device.unknown",
        _(
            "Laptop pengawas belum mengenal laptop ini. Catatan tetap aman di sini. "
            "Sambungkan laptop pengawas ke internet sekali, lalu kirim lagi."
        ),
    )


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
    if request.report.oldest:
        report["oldest_at"] = store.clock.now_ms() - request.report.oldest * MINUTE_MS
    if parts := [[piece.hash, piece.total] for piece in request.pieces if piece.data and not piece.whole]:
        report["parts"] = parts
    if told := [list(feed) for feed in request.feeds[:_MOST_TOLD]]:
        report["told"] = told
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
    areas: frozenset[int] | None = None
    items: list[Item] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    more: bool = False
    epoch: bytes = b""
    shares: list[Share] = field(default_factory=list)

    def carries(self, area: int) -> bool:
        """Whether this side has anything to say of an area: a hub only of those it was assigned."""
        return self.areas is None or area in self.areas

    def fill(self) -> None:
        """Fill the answer up to its budget; a large segment goes in pieces."""
        seal(self.store, lambda data: sign(self.store.private_key, data))
        left = max(MIN_ANSWER_BYTES, min(self.request.budget, MAX_ANSWER_BYTES))
        for area, cursor in sorted(self.request.cursors.items()):
            if not self.carries(area):
                continue
            if not cursor and self._share(area, left):
                return
            left = self._fill_area(area, cursor, left)
            if self.more:
                return

    def _share(self, area: int, left: int) -> bool:
        """Bytes of a snapshot, for a laptop that has nothing of an area; False when the segments are to come.

        Only the centre has any: it signs them.
        """
        if not self.epoch:
            return False
        share = share_of(self.store, area, self.request.snapshots, self.epoch, left)
        if share is not None:
            self.shares.append(share)
            self.more = True
        return share is not None

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
        """What the laptop lacks; of the feeds that it offers it says itself what is there. What was corrected
        goes all the same: the laptop may have it from a hub, without the correction. So does what came in
        this life of a restored centre: an earlier one may have corrected it otherwise, or at all.
        """
        began = began_at(self.store)
        since = began.get(area, 0) if began else area_end(self.store, area)
        there = {(of, replica): held for of, replica, held in self.request.feeds}
        for segment in handed_on(self.store, area, cursor, self.replica):
            if segment.restamp or segment.pos > since or segment.hi > there.get((area, segment.replica), 0):
                yield segment

    def _item(self, segment: StoredSegment, left: int) -> Item:
        have = {(area, pos): held for area, pos, held in self.request.partial}
        offset = min(have.get((segment.area, segment.pos), 0), len(segment.body) - 1)
        data = segment.body[offset : offset + left]
        receipt = self.receipts.of(segment) if segment.restamp else b""
        return Item(segment.area, segment.pos, len(segment.body), offset, data, receipt)
