"""A segment as it travels and lies: magic, version, header, compressed frame, signature. Made once, forwarded
verbatim.

    "TS" version | msgpack [replica, area, lo, hi, prev_hash, schema, n, raw_len, os_clock, offset] | zstd
    frame | Ed25519

Hash and signature cover the bytes as they are, so no canonical encoding is needed. Everything is checked
before memory is taken for it: the sizes the header claims, then the signature, then the frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgpack
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from trainer_app.records.ids import RecordId
from trainer_app.records.operation import Operation
from trainer_app.records.segment.dictionary import compress, decompress
from trainer_app.records.segment.faults import DICTIONARY, MALFORMED, OVERSIZE, SIGNATURE, SegmentFault
from trainer_app.records.segment.frame import read_frame
from trainer_app.records.segment.shapes import Group
from trainer_app.records.segment.writing import write_frame

#: Counted up when the layout of the frame changes; the header's layout never changes.
VERSION = 1
#: The registry of kinds and fields that the author of a segment knew.
SCHEMA = 1
MAGIC = b"TS"
DOMAIN = b"trainer/segment/v1\0"
SIGNATURE_BYTES = 64
HASH_BYTES = 32

MAX_BODY_BYTES = 8 * 1024 * 1024
#: A reader takes up to so many operations; a writer begins a new segment long before (`fitting`).
MAX_OPERATIONS = 100_000
_MOST_SEALED = 20_000
_MAX_RAW = 8 * 1024 * 1024
_MAX_MEMORY = 44 * 1024 * 1024
_MAX_HEADER = 192
#: So many bytes of the beginning of a segment are enough for `peek`, whatever its header says.
MOST_HEAD_BYTES = len(MAGIC) + 1 + _MAX_HEADER
_MOST_NUMBER = (1 << 63) - 1

#: Level 19 takes a tenth fewer bytes and twenty times the work; below this it is worth a minute of a
#: village's radio.
_THOROUGH_BELOW = 1024 * 1024
_THOROUGH, _QUICK = 19, 12

#: From this number on the stamps count as `base + (seq - first)`: (first_seq, base_hlc), the centre's word.
Restamp = tuple[int, int]
Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader is ready to take: bytes as sent, operations, bytes unpacked, bytes of memory for the
    lists.
    """

    body: int = MAX_BODY_BYTES
    operations: int = MAX_OPERATIONS
    raw: int = _MAX_RAW
    memory: int = _MAX_MEMORY


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Header:
    """What a segment says of itself before it is unpacked. `hash` names it; `prev_hash` names the one before
    ("" at first).
    """

    version: int
    replica: RecordId
    area: int
    lo: int
    hi: int
    prev_hash: bytes
    schema: int
    n: int
    raw_len: int
    os_clock: int
    offset_ms: int
    hash: bytes
    size: int  # bytes before the frame


@dataclass(slots=True)
class Segment:
    """An opened segment. `readable` is False for one of a later version of the program: it is kept and passed
    on, but not understood.
    """

    replica: RecordId
    area: int
    lo: int
    hi: int
    prev_hash: bytes
    schema: int
    n: int
    os_clock: int
    offset_ms: int
    hash: bytes
    groups: list[Group] = field(default_factory=list)
    readable: bool = True

    def operations(self) -> Iterator[Operation]:
        """Its operations in the order of the feed."""
        made = [operation for group in self.groups for operation in group.operations(self.area, self.replica)]
        return iter(sorted(made, key=lambda operation: operation.seq))


def body_hash(body: bytes) -> bytes:
    """The name of a segment: BLAKE2b-256 of its header and frame, without the signature."""
    return hashlib.blake2b(memoryview(body)[:-SIGNATURE_BYTES], digest_size=HASH_BYTES).digest()


def signed_bytes(segment_hash: bytes) -> bytes:
    """What is signed, for a segment of this hash."""
    return DOMAIN + segment_hash


def fitting(operations: Sequence[Operation]) -> int:
    """How many of these operations go into one segment, well within what every reader takes; at least one.

    Estimated from above: what each operation and value can cost a reader in memory, and in bytes unpacked.
    """
    memory, raw = _MAX_MEMORY // 2, _MAX_RAW // 2
    for i, operation in enumerate(operations[:_MOST_SEALED]):
        memory -= 400
        for value in operation.values.values():
            length = len(value) if isinstance(value, str | bytes) else 8
            words = value.count(" ") if isinstance(value, str) else 0
            memory -= 160 + 2 * length + 100 * words
            raw -= 16 + 4 * length
        if min(memory, raw) < 0:
            return max(i, 1)
    return min(len(operations), _MOST_SEALED)


def seal_segment(
    operations: Sequence[Operation],
    *,
    replica: RecordId,
    area: int,
    prev_hash: bytes,
    sign: Sign,
    os_clock: int,
    offset_ms: int,
) -> tuple[bytes, Segment]:
    """A signed segment of operations that follow each other without a gap; and the segment read back from it.

    What was written is read again and compared before it is given out, for the caller deletes the originals.
    Raises ValueError when they are not one run of one feed, or hold what no field can hold.
    """
    lo, hi = operations[0].seq, operations[-1].seq
    _check_run(operations, replica, area)
    raw = write_frame(operations)
    header = [replica, area, lo, hi, prev_hash, SCHEMA, len(operations), len(raw), os_clock, offset_ms]
    level = _THOROUGH if len(raw) < _THOROUGH_BELOW else _QUICK
    unsigned = MAGIC + bytes((VERSION,)) + msgpack.packb(header) + compress(raw, level)
    name = hashlib.blake2b(unsigned, digest_size=HASH_BYTES).digest()
    body = unsigned + sign(signed_bytes(name))
    segment = open_segment(body, None)
    if list(segment.operations()) != list(operations):
        raise ValueError("the segment does not read back as it was written")
    return body, segment


def _check_run(operations: Sequence[Operation], replica: RecordId, area: int) -> None:
    first = operations[0].seq
    for i, operation in enumerate(operations):
        if operation.seq != first + i or operation.area != area or operation.replica != replica:
            raise ValueError("not a run of one feed")


def peek(body: bytes) -> Header:
    """The header of a segment, without unpacking or trusting anything. Raises `SegmentFault`."""
    if len(body) > MAX_BODY_BYTES:
        raise SegmentFault(OVERSIZE, "body")
    start = len(MAGIC) + 1
    if body[: len(MAGIC)] != MAGIC or len(body) < start + SIGNATURE_BYTES:
        raise SegmentFault(MALFORMED, "magic")
    unpacker = msgpack.Unpacker(max_buffer_size=_MAX_HEADER)
    unpacker.feed(body[start : start + _MAX_HEADER])
    try:
        replica, area, lo, hi, prev_hash, schema, n, raw_len, os_clock, offset_ms = unpacker.unpack()
    except (ValueError, TypeError, msgpack.UnpackException) as fault:
        raise SegmentFault(MALFORMED, "header") from fault
    if not _is_header((replica, prev_hash), (area, lo, hi, schema, n, raw_len, os_clock), offset_ms):
        raise SegmentFault(MALFORMED, "header")
    if hi - lo + 1 != n or lo < 1 or len(replica) != 16 or len(prev_hash) not in (0, HASH_BYTES):
        raise SegmentFault(MALFORMED, "header")
    size = start + unpacker.tell()
    return Header(
        body[start - 1],
        replica,
        area,
        lo,
        hi,
        prev_hash,
        schema,
        n,
        raw_len,
        os_clock,
        offset_ms,
        body_hash(body),
        size,
    )


def _is_header(names: tuple[object, ...], counts: tuple[object, ...], offset: object) -> bool:
    return (
        all(type(name) is bytes for name in names)
        and all(type(count) is int and 0 <= count <= _MOST_NUMBER for count in counts)
        and type(offset) is int
        and abs(offset) <= _MOST_NUMBER
    )


def open_segment(body: bytes, public_key: bytes | None, *, limits: Limits = DEFAULT_LIMITS) -> Segment:
    """The content of a segment whose signature is that of `public_key` (None: it was verified when it came).

    Raises `SegmentFault`. Whatever the bytes are, memory grows by less than 64 MiB.
    """
    if len(body) > limits.body:
        raise SegmentFault(OVERSIZE, "body")
    header = peek(body)
    if public_key is not None:
        check_signature(body, header.hash, public_key)
    segment = Segment(
        header.replica,
        header.area,
        header.lo,
        header.hi,
        header.prev_hash,
        header.schema,
        header.n,
        header.os_clock,
        header.offset_ms,
        header.hash,
    )
    if header.version > VERSION:
        segment.readable = False
        return segment
    if header.n > limits.operations or header.raw_len > limits.raw:
        raise SegmentFault(OVERSIZE, "content")
    try:
        raw = decompress(body[header.size : -SIGNATURE_BYTES], header.raw_len)
    except SegmentFault as fault:
        if fault.code != DICTIONARY:
            raise
        segment.readable = False
        return segment
    segment.groups = read_frame(raw, header.n, header.lo, limits.memory)
    return segment


def check_signature(body: bytes, name: bytes, public_key: bytes) -> None:
    """Raises `SegmentFault` unless the owner of `public_key` signed this segment of hash `name`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(body[-SIGNATURE_BYTES:], signed_bytes(name))
    except (InvalidSignature, ValueError) as fault:
        raise SegmentFault(SIGNATURE) from fault
