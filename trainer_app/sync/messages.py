"""The two messages of an exchange. One request carries both directions.

    request = signature (64) | replica (16) | head | bytes of the pieces, end to end
    answer  =                                 head | bytes of the receipts and items, end to end

Heads are MessagePack arrays of limited size; bytes of segments lie outside them, so that whatever comes in,
little is unpacked before it is known to be small. The signature covers a domain, the id of the receiver, the
sender and all that follows it: a request fits one receiver only. Field order is the protocol
(resources/docs/protocol.md): new fields go at the end, and readers ignore what they do not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack

from trainer_app.records.segment import body_hash
from trainer_app.sync.byte_reading import MessageFault, Rest, count, counts, raw, split
from trainer_app.sync.keys import PROMISE, REQUEST, SIGNATURE_BYTES, is_signed, sign
from trainer_app.sync.photo_words import PhotoWord

PROTOCOL = 1
ID_BYTES, HASH_BYTES = 16, 32


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of one segment: `data` from `offset` on, of `total`. No data means: how much do you hold?

    `receipt` comes with a segment whose stamps an earlier life of the centre corrected, so that they stay so.
    """

    hash: bytes
    total: int
    offset: int
    data: bytes
    receipt: bytes = b""

    @property
    def whole(self) -> bool:
        """Whether it is the segment, all of it."""
        return self.offset == 0 and len(self.data) == self.total > 0


@dataclass(frozen=True, slots=True)
class Report:
    """What a laptop says of itself to the supervisor's board. To a hub also how many own operations are
    `left` when all that comes with the request is stored. `oldest` is how long the oldest record has waited,
    in minutes by the laptop's own clock; 0 when nothing waits.
    """

    os_clock: int = 0
    pending: int = 0
    left: int | None = None
    oldest: int = 0


#: What became of a piece. REFUSED is only said of the words of others: it must not stop what comes with it.
STORED, PARTIAL, GAP, FORK, REFUSED = 0, 1, 2, 3, 4
#: A feed and a number in it: area, replica, number.
Feed = tuple[int, bytes, int]
#: More claims than this nobody has to read out of one request.
MOST_CLAIMS = 50
#: A request with more bytes of segments is promised, on a link that has broken already one with fewer: a
#: promise costs a hundred bytes, and less than this may be lost when a request breaks off.
PROMISED_BYTES, PROMISED_WITH_CARE_BYTES = 2048, 512
#: And more photos than this nobody asks about at once.
MOST_PHOTOS = 64
#: An age recipient has 62 letters.
MOST_RECIPIENT = 80


@dataclass(frozen=True, slots=True)
class Request:
    """What a laptop brings and asks for.

    `counter` rises with each request (a replayed one is refused). `cursors` is the position held per area,
    `heads` the newest confirmed number per area where a receipt is missing, `partial` what is held of
    segments on their way in (area, position, bytes), `budget` how many bytes the answer may have. `feeds`
    (area, replica, number held): what the words of others are here, for a centre that lives anew and may lack
    them. `claims`: laptops that go on as others (`sync.claims`). `snapshots`: areas of which nothing is here,
    so that a snapshot would do, with the name of the one that came in part and how many bytes of it are here.
    `care` (area, replica, number up to which receipts are here): feeds of others that came through this
    laptop, and whose receipts it wants to take along. `recipient`: its age recipient, told once. `promise`:
    the laptop's signature under what bytes follow, so that those of a request that breaks off can be kept.
    `photos`: bytes of photos, behind all pieces; without bytes: how much of it is there? Bytes go only to a
    side that answered that question.
    """

    app: str
    counter: int
    epoch: bytes
    budget: int
    cursors: Mapping[int, int] = field(default_factory=dict)
    heads: Mapping[int, int] = field(default_factory=dict)
    partial: Sequence[tuple[int, int, int]] = ()
    pieces: Sequence[Piece] = ()
    report: Report = field(default_factory=Report)
    sample: bool = False
    feeds: Sequence[Feed] = ()
    claims: Sequence[bytes] = ()
    snapshots: Mapping[int, tuple[bytes, int]] = field(default_factory=dict)
    care: Sequence[Feed] = ()
    protocol: int = PROTOCOL
    recipient: str = ""
    promise: bytes = b""
    photos: Sequence[Piece] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a piece, in the order of the pieces. `held` is bytes for PARTIAL, else the newest number
    held.
    """

    status: int
    held: int


@dataclass(frozen=True, slots=True)
class Item:
    """A segment, or bytes of it, for the laptop; `receipt` comes with one whose stamps it corrected."""

    area: int
    pos: int
    total: int
    offset: int
    data: bytes
    receipt: bytes = b""


@dataclass(frozen=True, slots=True)
class Share:
    """Bytes of an area's snapshot at a position; `hash` names it."""

    area: int
    hash: bytes
    pos: int
    total: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side says.

    `epoch` is empty when it is the one of the request. `more`: it has more than fitted. `revoked`: the laptop
    may not go on. `hub`: it gives no receipts. `held`: its newest number of each feed asked about. `receipts`
    are short (`receipt.expand`). `ends`: positions up to which the laptop now has everything of an area.
    `wants`: of the feeds that were offered, those of which more is wanted, and the number held. `shares`:
    bytes of snapshots, for areas that asked for one. `relayed`: whole receipts for the feeds in `care`.
    `update`: what the laptop brought was taken, but it is too old to be told anything. `photos`: a word for
    each photo of the request, in its order.
    """

    epoch: bytes
    time: int
    more: bool = False
    revoked: bool = False
    hub: bool = False
    held: Mapping[int, int] = field(default_factory=dict)
    verdicts: Sequence[Verdict] = ()
    receipts: Sequence[bytes] = ()
    items: Sequence[Item] = ()
    ends: Mapping[int, int] = field(default_factory=dict)
    wants: Sequence[Feed] = ()
    shares: Sequence[Share] = ()
    relayed: Sequence[bytes] = ()
    update: bool = False
    photos: Sequence[PhotoWord] = ()


# --- requests -----------------------------------------------------------------------------------------------


def pack_request(
    request: Request, *, replica: bytes, private_key: bytes, receiver: bytes, care: bool = False
) -> bytes:
    """The signed bytes of a request. The name of a whole segment is not sent: it follows from its bytes,
    unless it is promised, for then it must be known before they came. `care`: the link has broken already.
    """
    least = PROMISED_WITH_CARE_BYTES if care else PROMISED_BYTES
    promised = sum(len(piece.data) for piece in (*request.pieces, *request.photos)) > least
    promise = sign(private_key, _promised(request, receiver, replica)) if promised else b""
    head: list[Any] = [
        request.protocol,
        request.app,
        request.counter,
        request.epoch,
        request.budget,
        dict(request.cursors),
        dict(request.heads),
        [list(item) for item in request.partial],
        [_piece_head(piece, named=bool(promise)) for piece in request.pieces],
        _report_head(request.report),
        int(request.sample),
    ]
    head += _without_empty_end(
        [list(feed) for feed in request.feeds],
        list(request.claims),
        {area: list(held) for area, held in request.snapshots.items()},
        [list(feed) for feed in request.care],
        request.recipient,
        promise,
        [_piece_head(photo, named=True) for photo in request.photos],
    )
    parts = (part for piece in (*request.pieces, *request.photos) for part in (piece.data, piece.receipt))
    body = b"".join([msgpack.packb(head), *parts])
    return sign(private_key, REQUEST + receiver + replica + body) + replica + body


def _promised(request: Request, receiver: bytes, replica: bytes) -> bytes:
    """What a promise is signed over: for whom, by whom, and name, size and beginning of each piece."""
    pieces = (*request.pieces, *request.photos)
    numbers = [part.to_bytes(8, "little") for piece in pieces for part in (piece.total, piece.offset)]
    names = b"".join(piece.hash for piece in pieces)
    return b"".join([PROMISE, receiver, replica, request.counter.to_bytes(8, "little"), names, *numbers])


def is_promised(request: Request, public_key: bytes, receiver: bytes, replica: bytes) -> bool:
    """Whether the owner of this key said to this receiver that bytes of these segments follow."""
    return is_signed(public_key, request.promise, _promised(request, receiver, replica))


def _report_head(report: Report) -> list[int]:
    head = [report.os_clock, report.pending]
    if report.oldest:
        return [*head, report.left or 0, report.oldest]
    return head if report.left is None else [*head, report.left]


def _without_empty_end(*later: Any) -> list[Any]:
    """Elements that came later into the protocol, left out while nothing follows: heads stay small."""
    elements = list(later)
    while elements and not elements[-1]:
        elements.pop()
    return elements


def _piece_head(piece: Piece, *, named: bool) -> list[Any]:
    head = [b"" if piece.whole and not named else piece.hash, piece.total, piece.offset, len(piece.data)]
    return [*head, len(piece.receipt)] if piece.receipt else head


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request that is not trusted yet."""

    replica: bytes
    signature: bytes
    body: bytes

    def is_by(self, public_key: bytes, receiver: bytes) -> bool:
        """Whether the owner of this key sent it to this receiver."""
        return is_signed(public_key, self.signature, REQUEST + receiver + self.replica + self.body)


def split_request(data: bytes) -> SignedRequest:
    """The parts of request bytes. Raises `MessageFault`."""
    start = SIGNATURE_BYTES + ID_BYTES
    if len(data) <= start:
        raise MessageFault("short")
    return SignedRequest(data[SIGNATURE_BYTES:start], data[:SIGNATURE_BYTES], data[start:])


def read_request(body: bytes, *, cut: bool = False) -> Request:
    """The request in a verified body, or what came of one that was `cut`. Raises `MessageFault`."""
    head, rest = split(body, cut=cut)
    try:
        protocol, app, counter, epoch, budget, cursors, heads, partial, pieces, report, sample = head[:11]
        if int(protocol) < 1:
            raise MessageFault("protocol")
        request = Request(
            str(app)[:40],
            count(counter),
            raw(epoch),
            count(budget),
            counts(cursors),
            counts(heads),
            tuple((count(area), count(pos), count(have)) for area, pos, have in partial),
            tuple(_read_piece(rest, *piece) for piece in pieces),
            Report(*(count(number) for number in report[:4])),
            bool(sample),
            read_feeds(head[11:12]),
            tuple(raw(claim) for claims in head[12:13] for claim in claims[:MOST_CLAIMS]),
            {
                count(area): (raw(name), count(held))
                for areas in head[13:14]
                for area, (name, held) in dict(areas).items()
            },
            read_feeds(head[14:15]),
            int(protocol),
            str(head[15])[:MOST_RECIPIENT] if len(head) > 15 else "",
            raw(head[16]) if len(head) > 16 else b"",
            tuple(_read_piece(rest, *photo) for photos in head[17:18] for photo in photos[:MOST_PHOTOS]),
        )
    except (ValueError, TypeError, AttributeError, IndexError) as fault:
        raise MessageFault("content") from fault
    rest.finish()
    return request


def _read_piece(
    rest: Rest, name: object, total: object, offset: object, length: object, receipt: object = 0
) -> Piece:
    data, told = rest.take_with(count(length), count(receipt))
    piece = Piece(raw(name), count(total), count(offset), data, told)
    if piece.hash:
        return piece
    if not piece.whole:
        raise MessageFault("piece")
    return Piece(body_hash(data), piece.total, 0, data, piece.receipt)


def read_feeds(told: Sequence[Any]) -> tuple[Feed, ...]:
    """The feeds in a field of a head, if it is there. Raises `MessageFault`."""
    return tuple((count(area), raw(replica), count(seq)) for feeds in told for area, replica, seq in feeds)


# --- answers ------------------------------------------------------------------------------------------------


def pack_answer(answer: Answer) -> bytes:
    """The bytes of an answer."""
    head: list[Any] = [
        PROTOCOL,
        answer.epoch,
        answer.time,
        int(answer.more) | int(answer.revoked) << 1 | int(answer.hub) << 2 | int(answer.update) << 3,
        dict(answer.held),
        [[verdict.status, verdict.held] for verdict in answer.verdicts],
        [len(receipt) for receipt in answer.receipts],
        [[i.area, i.pos, i.total, i.offset, len(i.data), len(i.receipt)] for i in answer.items],
        dict(answer.ends),
    ]
    head += _without_empty_end(
        [list(feed) for feed in answer.wants],
        [[s.area, s.hash, s.pos, s.total, s.offset, len(s.data)] for s in answer.shares],
        [len(receipt) for receipt in answer.relayed],
        [[word.status, word.held, word.seal] for word in answer.photos],
    )
    parts = (part for item in answer.items for part in (item.data, item.receipt))
    shares = (share.data for share in answer.shares)
    return b"".join([msgpack.packb(head), *answer.receipts, *parts, *shares, *answer.relayed])


def read_answer(data: bytes, *, cut: bool = False) -> Answer:
    """The answer in these bytes, or what came of one that was `cut`. Raises `MessageFault`."""
    head, rest = split(data, cut=cut)
    try:
        protocol, epoch, time, flags, held, verdicts, receipts, items, ends = head[:9]
        if int(protocol) < 1:
            raise MessageFault("protocol")
        answer = Answer(
            raw(epoch),
            count(time),
            bool(flags & 1),
            bool(flags & 2),
            bool(flags & 4),
            counts(held),
            tuple(Verdict(count(status), count(have)) for status, have in verdicts),
            rest.whole(receipts),
            tuple(_read_items(rest, items)),
            counts(ends),
            read_feeds(head[9:10]),
            tuple(_read_shares(rest, head[10:11])),
            tuple(receipt for lengths in head[11:12] for receipt in rest.whole(lengths)),
            bool(flags & 8),
            tuple(
                PhotoWord(count(status), count(have), raw(seal))
                for photos in head[12:13]
                for status, have, seal in photos
            ),
        )
    except (ValueError, TypeError, AttributeError, IndexError) as fault:
        raise MessageFault("content") from fault
    rest.finish()
    return answer


def _read_items(rest: Rest, items: Sequence[Any]) -> Iterator[Item]:
    for area, pos, total, offset, length, receipt in items:
        if rest.over:
            return
        body, told = rest.take_with(count(length), count(receipt))
        yield Item(count(area), count(pos), count(total), count(offset), body, told)


def _read_shares(rest: Rest, told: Sequence[Any]) -> Iterator[Share]:
    for shares in told:
        for area, name, pos, total, offset, length in shares:
            if rest.over:
                return
            data = rest.take(count(length))
            yield Share(count(area), raw(name), count(pos), count(total), count(offset), data)
