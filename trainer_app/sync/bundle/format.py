"""The bytes of a bundle, before they are sealed.

    bundle = "TB" | version (1 byte, 1) | signature (64) | sender (16) | head | bytes of receipts and items

The signature is Ed25519 by the sender's key over a domain and all that follows it: who sealed a file cannot
be told from age, so the sender signs inside. The head is a MessagePack array of limited size whose order is
the protocol (resources/docs/protocol.md): new fields go to the end, readers ignore what they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack

from trainer_app.sync.byte_reading import Rest, count, counts, raw, split_at
from trainer_app.sync.keys import BUNDLE, SIGNATURE_BYTES, is_signed, sign
from trainer_app.sync.messages import ID_BYTES, MOST_CLAIMS, Feed, read_feeds

VERSION = 1
PROTOCOL = 1
_MAGIC = b"TB"
_START = len(_MAGIC) + 1
_SENDER = _START + SIGNATURE_BYTES
_HEAD = _SENDER + ID_BYTES
#: More is never put into one file; the rest goes with the next. Far below what FAT32 can take.
MAX_BUNDLE_BYTES = 64 * 1024 * 1024
MAX_HEAD_BYTES = 1024 * 1024
#: So many segments and receipts go into one bundle, so that its head stays small.
MAX_ITEMS, MAX_RECEIPTS, MAX_FEEDS = 10_000, 2_000, 5_000

#: PHOTOS lies beside UP and says nothing but what its photos are.
UP, REPLY, PHOTOS = 0, 1, 2
#: So many photos are in one file, or spoken of in a reply.
MAX_PHOTOS = 2_000
_REVOKED, _HUB, _MORE, _FORK = 1, 2, 4, 8


class BundleFault(ValueError):
    """Not a bundle, or not one that this version can read (`version`)."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a bundle, in the numbers that people see before they take it. `records` waited at the sender
    (a person with the whole form is one), the oldest since `oldest_ms`; `kinds` counts operations.
    """

    records: int = 0
    operations: int = 0
    segments: int = 0
    receipts: int = 0
    oldest_ms: int = 0
    kinds: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BundleItem:
    """A whole segment. `pos` is its place in the area's order at the sender of a reply, else 0; `receipt`
    corrects its stamps.
    """

    area: int
    pos: int
    data: bytes
    receipt: bytes = b""


@dataclass(frozen=True, slots=True)
class BundlePhoto:
    """A photo by its name; without `data` it is only asked about."""

    name: bytes
    total: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One file. All kinds have the same fields; `UP` comes from a laptop, `REPLY` answers one, `PHOTOS` has
    `photos` alone.

    `to` are the replicas it is meant for, `recipient` the age key to which an answer is sealed, `number`
    rises with every bundle and request of a laptop, `made_at` is milliseconds since 1970 UTC by the sender's
    clock. `heads`: area → number up to which the own feed has receipts. `cursors`: area → position read from
    the centre in the life `epoch`. `vector`: area, replica, number held, of all feeds. `care`: area, replica,
    number up to which receipts are here, of feeds of others that came through this laptop. `claims` are of
    laptops that go on as others (`sync.claims`).

    Of a reply: `held`: area → number held of the receiver's feed; `starts`, `ends`: positions between which
    it has everything of an area. `receipts` are whole. `seals`: name of a photo that is held there, and the
    centre's word for it, empty from a hub that has none.
    """

    kind: int
    app: str
    number: int
    made_at: int
    sample: bool
    epoch: bytes
    to: Sequence[bytes]
    name: str
    recipient: str
    manifest: Manifest = field(default_factory=Manifest)
    heads: Mapping[int, int] = field(default_factory=dict)
    cursors: Mapping[int, int] = field(default_factory=dict)
    vector: Sequence[Feed] = ()
    care: Sequence[Feed] = ()
    held: Mapping[int, int] = field(default_factory=dict)
    starts: Mapping[int, int] = field(default_factory=dict)
    ends: Mapping[int, int] = field(default_factory=dict)
    receipts: Sequence[bytes] = ()
    items: Sequence[BundleItem] = ()
    revoked: bool = False
    hub: bool = False
    more: bool = False
    fork: bool = False
    claims: Sequence[bytes] = ()
    photos: Sequence[BundlePhoto] = ()
    seals: Sequence[tuple[bytes, bytes]] = ()
    sender: bytes = b""

    @property
    def flags(self) -> int:
        """The flags as one number."""
        return self.revoked * _REVOKED | self.hub * _HUB | self.more * _MORE | self.fork * _FORK


def pack_bundle(bundle: Bundle, *, sender: bytes, private_key: bytes) -> bytes:
    """The signed bytes of a bundle."""
    m = bundle.manifest
    head: list[Any] = [
        PROTOCOL,
        bundle.kind,
        bundle.app,
        bundle.number,
        bundle.made_at,
        int(bundle.sample),
        bundle.epoch,
        list(bundle.to),
        bundle.name,
        bundle.recipient,
        [m.records, m.operations, m.segments, m.receipts, m.oldest_ms, dict(m.kinds)],
        dict(bundle.heads),
        dict(bundle.cursors),
        [list(feed) for feed in bundle.vector],
        [list(feed) for feed in bundle.care],
        dict(bundle.held),
        dict(bundle.starts),
        dict(bundle.ends),
        [len(receipt) for receipt in bundle.receipts],
        [[item.area, item.pos, len(item.data), len(item.receipt)] for item in bundle.items],
        bundle.flags,
        list(bundle.claims),
        [[photo.name, photo.total, len(photo.data)] for photo in bundle.photos],
        [list(seal) for seal in bundle.seals],
    ]
    parts = (part for item in bundle.items for part in (item.data, item.receipt))
    photos = (photo.data for photo in bundle.photos)
    rest = b"".join([sender, msgpack.packb(head), *bundle.receipts, *parts, *photos])
    return _MAGIC + bytes([VERSION]) + sign(private_key, BUNDLE + rest) + rest


@dataclass(frozen=True, slots=True)
class SignedBundle:
    """A bundle that is not trusted yet."""

    sender: bytes
    data: bytes

    def is_by(self, public_key: bytes) -> bool:
        """Whether the owner of this key made it."""
        return is_signed(public_key, self.data[_START:_SENDER], BUNDLE + self.data[_SENDER:])


def split_bundle(data: bytes) -> SignedBundle:
    """Who says to have made these bytes. Raises `BundleFault`."""
    if len(data) <= _HEAD or data[: len(_MAGIC)] != _MAGIC:
        raise BundleFault("magic")
    if data[len(_MAGIC)] != VERSION:
        raise BundleFault("version")
    return SignedBundle(data[_SENDER:_HEAD], data)


def read_bundle(signed: SignedBundle) -> Bundle:
    """The content of a bundle whose signature was verified. Raises `BundleFault`."""
    try:
        head, rest = split_at(signed.data, _HEAD, MAX_HEAD_BYTES)
        return _read(head, rest, signed.sender)
    except (ValueError, TypeError, AttributeError, IndexError) as fault:
        raise BundleFault("content") from fault


def _read(head: list[Any], rest: Rest, sender: bytes) -> Bundle:
    receipts = rest.whole(head[18])
    items = tuple(
        BundleItem(count(area), count(pos), *rest.take_with(count(length), count(receipt)))
        for area, pos, length, receipt in head[19]
    )
    photos = tuple(
        BundlePhoto(raw(name), count(total), rest.take(count(length)))
        for told in head[22:23]
        for name, total, length in told
    )
    rest.finish()
    records, operations, segments, receipted, oldest = map(count, head[10][:5])
    flags = count(head[20])
    return Bundle(
        kind=count(head[1]),
        app=str(head[2])[:40],
        number=count(head[3]),
        made_at=count(head[4]),
        sample=bool(head[5]),
        epoch=raw(head[6]),
        to=tuple(raw(replica) for replica in head[7]),
        name=str(head[8])[:60],
        recipient=str(head[9])[:80],
        manifest=Manifest(records, operations, segments, receipted, oldest, counts(head[10][5])),
        heads=counts(head[11]),
        cursors=counts(head[12]),
        vector=read_feeds(head[13:14]),
        care=read_feeds(head[14:15]),
        held=counts(head[15]),
        starts=counts(head[16]),
        ends=counts(head[17]),
        receipts=receipts,
        items=items,
        revoked=bool(flags & _REVOKED),
        hub=bool(flags & _HUB),
        more=bool(flags & _MORE),
        fork=bool(flags & _FORK),
        claims=tuple(raw(claim) for claims in head[21:22] for claim in claims[:MOST_CLAIMS]),
        photos=photos,
        seals=tuple((raw(name), raw(seal)) for told in head[23:24] for name, seal in told),
        sender=sender,
    )
