"""The two messages of an exchange, as MessagePack arrays. One request carries both directions.

Request bytes are `signature | replica | body`; the signature covers a domain, the id of the receiver, the
sender and the body, so a request fits one receiver only. Field order is the protocol
(resources/docs/protocol.md): new fields go at the end and readers ignore what they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack

from trainer_app.sync.keys import REQUEST, SIGNATURE_BYTES, is_signed, sign

PROTOCOL = 1
ID_BYTES = 16
#: A request or an answer unpacks to no longer lists than this; bodies of segments are byte strings.
_MOST_ITEMS = 20_000


class MessageFault(ValueError):
    """Not a message of this protocol."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of one segment: `data` from `offset` on, of `total`. No data means an offer: how much do you
    hold?
    """

    hash: bytes
    total: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """What a laptop says of itself to the supervisor's board."""

    os_clock: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What a laptop brings and asks for.

    `counter` rises with each request (a replayed one is refused). `cursors` is the position held per area,
    `heads` the newest own number per area where a receipt is missing, `partial` what is held of segments on
    their way in (area, position, bytes), `budget` how many bytes the answer may have.
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


STORED, PARTIAL, GAP, FORK = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a piece. `held` is bytes for PARTIAL, the newest number held for the others."""

    hash: bytes
    status: int
    held: int


@dataclass(frozen=True, slots=True)
class Item:
    """A segment, or bytes of it, for the laptop; `receipt` comes with one whose stamps were corrected."""

    area: int
    pos: int
    total: int
    offset: int
    data: bytes
    receipt: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side says. `more`: it has more than fitted. `held`: its newest number of each feed
    asked about.
    """

    epoch: bytes
    time: int
    more: bool = False
    revoked: bool = False
    held: Mapping[int, int] = field(default_factory=dict)
    verdicts: Sequence[Verdict] = ()
    receipts: Sequence[bytes] = ()
    items: Sequence[Item] = ()


def pack_request(request: Request, *, replica: bytes, private_key: bytes, receiver: bytes) -> bytes:
    """The signed bytes of a request."""
    body = msgpack.packb(
        [
            PROTOCOL,
            request.app,
            request.counter,
            request.epoch,
            request.budget,
            dict(request.cursors),
            dict(request.heads),
            [list(item) for item in request.partial],
            [[p.hash, p.total, p.offset, p.data] for p in request.pieces],
            [request.report.os_clock, request.report.pending],
            int(request.sample),
        ]
    )
    return sign(private_key, REQUEST + receiver + replica + body) + replica + bytes(body)


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


def read_request(body: bytes) -> Request:
    """The request in a verified body. Raises `MessageFault`."""
    try:
        protocol, app, counter, epoch, budget, cursors, heads, partial, pieces, report, sample = _unpack(
            body
        )[:11]
        if int(protocol) < 1:
            raise MessageFault("protocol")
        return Request(
            str(app)[:40],
            _count(counter),
            _name(epoch),
            _count(budget),
            {_count(area): _count(pos) for area, pos in cursors.items()},
            {_count(area): _count(seq) for area, seq in heads.items()},
            tuple((_count(area), _count(pos), _count(have)) for area, pos, have in partial),
            tuple(
                Piece(_name(name), _count(total), _count(at), _name(data)) for name, total, at, data in pieces
            ),
            Report(_count(report[0]), _count(report[1])),
            bool(sample),
        )
    except (ValueError, TypeError, AttributeError, IndexError, msgpack.UnpackException) as fault:
        raise MessageFault("content") from fault


def pack_answer(answer: Answer) -> bytes:
    """The bytes of an answer."""
    packed: bytes = msgpack.packb(
        [
            PROTOCOL,
            answer.epoch,
            answer.time,
            int(answer.more) | int(answer.revoked) << 1,
            dict(answer.held),
            [[v.hash, v.status, v.held] for v in answer.verdicts],
            list(answer.receipts),
            [[i.area, i.pos, i.total, i.offset, i.data, i.receipt] for i in answer.items],
        ]
    )
    return packed


def read_answer(data: bytes) -> Answer:
    """The answer in these bytes. Raises `MessageFault`."""
    try:
        protocol, epoch, time, flags, held, verdicts, receipts, items = _unpack(data)[:8]
        if int(protocol) < 1:
            raise MessageFault("protocol")
        return Answer(
            _name(epoch),
            _count(time),
            bool(flags & 1),
            bool(flags & 2),
            {_count(area): _count(seq) for area, seq in held.items()},
            tuple(Verdict(_name(name), _count(status), _count(have)) for name, status, have in verdicts),
            tuple(_name(receipt) for receipt in receipts),
            tuple(
                Item(_count(area), _count(pos), _count(total), _count(at), _name(data), _name(receipt))
                for area, pos, total, at, data, receipt in items
            ),
        )
    except (ValueError, TypeError, AttributeError, IndexError, msgpack.UnpackException) as fault:
        raise MessageFault("content") from fault


def _unpack(data: bytes) -> Any:
    return msgpack.unpackb(
        data, strict_map_key=False, max_array_len=_MOST_ITEMS, max_map_len=_MOST_ITEMS, max_ext_len=0
    )


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise MessageFault("number")
    return value


def _name(value: object) -> bytes:
    if type(value) is not bytes:
        raise MessageFault("bytes")
    return value
