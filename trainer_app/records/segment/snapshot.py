"""The bytes of a snapshot: all that the centre handed on of an area up to a position, packed anew and signed
by it.

    "TN" version | msgpack [area, pos, epoch, made_at, lengths of the blocks] | blocks | Ed25519

A block is laid out like a segment of the author whose operations it holds, without a signature of its own
(zeros: it is no segment, and nobody can take it for one): from the operation after the block before to the
end of a segment, whose hash stands where a segment names the one before it. Stamps are the ones that count.
So rows, history and the log folded again are what they would be with the segments themselves; only who signed
what has to be believed of the centre. A snapshot is named by its hash: BLAKE2b-256 of all before the
signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgpack
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from trainer_app.records.ids import RecordId
from trainer_app.records.operation import Operation
from trainer_app.records.segment.envelope import HASH_BYTES, SIGNATURE_BYTES, seal_segment
from trainer_app.records.segment.faults import MALFORMED, OVERSIZE, SIGNATURE, SegmentFault

MAGIC = b"TN\x01"
DOMAIN = b"trainer/snapshot/v1\0"
MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024
#: Larger blocks take fewer bytes, for ids are told once in each; readers take up to 100,000 operations.
OPERATIONS_PER_BLOCK = 60_000
_MAX_HEAD = 1024 * 1024
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An area up to a position. `blocks` are to be read with `open_segment(block, None)`."""

    area: int
    pos: int
    epoch: bytes
    made_at: int
    blocks: tuple[bytes, ...]
    hash: bytes


def seal_block(operations: Sequence[Operation], *, replica: RecordId, area: int, end_hash: bytes) -> bytes:
    """A block of operations that follow each other in one feed, up to the end of the segment `end_hash`.

    Raises `SegmentFault` OVERSIZE when they are too many for every reader.
    """
    body, _segment = seal_segment(
        operations,
        replica=replica,
        area=area,
        prev_hash=end_hash,
        sign=lambda _data: bytes(SIGNATURE_BYTES),
        os_clock=0,
        offset_ms=0,
    )
    return body


def pack_snapshot(
    area: int, pos: int, epoch: bytes, made_at: int, blocks: Sequence[bytes], sign: Callable[[bytes], bytes]
) -> tuple[bytes, bytes]:
    """The bytes of a snapshot and their name."""
    head = msgpack.packb([area, pos, epoch, made_at, [len(block) for block in blocks]])
    unsigned = b"".join([MAGIC, head, *blocks])
    name = hashlib.blake2b(unsigned, digest_size=HASH_BYTES).digest()
    return unsigned + sign(DOMAIN + name), name


def snapshot_hash(body: bytes) -> bytes:
    """The name of these bytes."""
    return hashlib.blake2b(memoryview(body)[:-SIGNATURE_BYTES], digest_size=HASH_BYTES).digest()


def open_snapshot(body: bytes, public_key: bytes) -> Snapshot:
    """The snapshot in these bytes, which the owner of `public_key` signed. Raises `SegmentFault`."""
    if len(body) > MAX_SNAPSHOT_BYTES:
        raise SegmentFault(OVERSIZE, "snapshot")
    if body[: len(MAGIC)] != MAGIC or len(body) < len(MAGIC) + SIGNATURE_BYTES:
        raise SegmentFault(MALFORMED, "magic")
    name = snapshot_hash(body)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(body[-SIGNATURE_BYTES:], DOMAIN + name)
    except (InvalidSignature, ValueError) as fault:
        raise SegmentFault(SIGNATURE) from fault
    unpacker = msgpack.Unpacker(max_buffer_size=_MAX_HEAD + 1)
    unpacker.feed(body[len(MAGIC) : len(MAGIC) + _MAX_HEAD])
    try:
        area, pos, epoch, made_at, lengths = unpacker.unpack()
        blocks = _blocks(body, len(MAGIC) + unpacker.tell(), lengths)
        return Snapshot(int(area), int(pos), bytes(epoch), int(made_at), blocks, name)
    except (ValueError, TypeError, msgpack.UnpackException) as fault:
        raise SegmentFault(MALFORMED, "head") from fault


def _blocks(body: bytes, start: int, lengths: Sequence[int]) -> tuple[bytes, ...]:
    blocks, at = [], start
    for length in lengths:
        if length <= 0 or at + length > len(body) - SIGNATURE_BYTES:
            raise ValueError("length")
        blocks.append(body[at : at + length])
        at += length
    if at != len(body) - SIGNATURE_BYTES:
        raise ValueError("rest")
    return tuple(blocks)
