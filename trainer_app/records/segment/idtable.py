"""Every id of a segment is told once, in as few bits as its version leaves open; everything else refers to it
by number.

UUIDv7: the moment (as a step, or from the clock of the operation that made the row) and 74 free bits. UUIDv5:
122 free bits. Anything else: 16 bytes. Ids that follow from two others, or from one and the name of a table,
are not told at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from trainer_app.records.ids import RecordId
from trainer_app.records.segment import numbers as num
from trainer_app.records.segment.faults import MALFORMED, SegmentFault
from trainer_app.records.segment.plain import Descriptor, Reading, Writing, read_ints, write_ints
from trainer_app.records.segment.streams import RANDOM

ID_BYTES = 96
_TIME_BITS, _MOST_MS = 48, (1 << 48) - 1
_LOW = (1 << 62) - 1
_FREE_7, _FREE_5 = 74, 122
_TOGETHER = 4  # so many tails fill whole bytes


def version(row: RecordId) -> int:
    """7 or 5 for an id that can be told short, 0 for another."""
    number = row[6] >> 4
    return number if number in (5, 7) and row[8] >> 6 == 2 else 0


# --- tails --------------------------------------------------------------------------------------------------


def _tail(row: RecordId, bits: int) -> int:
    """The free bits of an id: without version and variant, and for version 7 without the moment."""
    whole = int.from_bytes(row, "big")
    short = (whole >> 80) << 74 | (whole >> 64 & 0xFFF) << 62 | whole & _LOW
    return short & ((1 << bits) - 1)


def _whole(tail: int, ms: int, version_: int) -> RecordId:
    high = ms if version_ == 7 else tail >> _FREE_7
    middle = tail >> 62 & 0xFFF
    return (high << 80 | version_ << 76 | middle << 64 | 2 << 62 | tail & _LOW).to_bytes(16, "big")


def _pack_tails(tails: Sequence[int], bits: int) -> bytes:
    parts = []
    for start in range(0, len(tails), _TOGETHER):
        group = tails[start : start + _TOGETHER]
        joined = 0
        for tail in group:
            joined = joined << bits | tail
        parts.append(joined.to_bytes((bits * len(group) + 7) // 8, "big"))
    return b"".join(parts)


def _packed_size(count: int, bits: int) -> int:
    whole, rest = divmod(count, _TOGETHER)
    return whole * bits * _TOGETHER // 8 + (bits * rest + 7) // 8


def _unpack_tails(data: memoryview, bits: int, count: int) -> list[int]:
    mask, tails, size = (1 << bits) - 1, list[int](), bits * _TOGETHER // 8
    for start in range(0, count, _TOGETHER):
        at = start // _TOGETHER * size
        joined = int.from_bytes(data[at : at + size], "big")
        group = min(_TOGETHER, count - start)
        if joined >> bits * group:
            raise SegmentFault(MALFORMED, "tails")
        tails.extend(joined >> bits * k & mask for k in range(group - 1, -1, -1))
    return tails


# --- the table ----------------------------------------------------------------------------------------------


def write_ids_told(
    to: Writing, new: Sequence[tuple[RecordId, int]], others: Sequence[RecordId]
) -> Descriptor:
    """Tell ids: `new` ones of version 7 with the moment of their operation, then `others`, which
    `sort_others` sorted.
    """
    made = write_ints(to.bare(), [moment_of(row) - moment for row, moment in new])
    sevens = [row for row in others if version(row) == 7]
    fives = [row for row in others if version(row) == 5]
    plain = others[len(sevens) + len(fives) :]
    steps = write_ints(to.bare(), num.zigzag(b - a for a, b in pairwise([0, *map(moment_of, sevens)])))
    to.sink.put(
        RANDOM, _pack_tails([_tail(row, _FREE_7) for row in [*(row for row, _ in new), *sevens]], _FREE_7)
    )
    to.sink.put(RANDOM, _pack_tails([_tail(row, _FREE_5) for row in fives], _FREE_5))
    to.sink.put(RANDOM, b"".join(plain))
    return [made, len(sevens), steps, len(fives), len(plain)]


def read_ids_told(of: Reading, described: Descriptor, moments: Sequence[int]) -> list[RecordId]:
    """The opposite; `moments` are those of the operations that made the new ids, in their order."""
    made, sevens, steps, fives, plain = described
    of.source.spend(sevens + fives + plain + len(moments), ID_BYTES)
    if min(sevens, fives, plain) < 0:
        raise SegmentFault(MALFORMED, "ids")
    times = [moment + after for moment, after in zip(moments, read_ints(of, made, len(moments)), strict=True)]
    times.extend(accumulate(num.unzigzag(read_ints(of, steps, sevens))))
    if times and not 0 <= min(times) <= max(times) <= _MOST_MS:
        raise SegmentFault(MALFORMED, "moment")
    tails = _unpack_tails(of.source.take(RANDOM, _packed_size(len(times), _FREE_7)), _FREE_7, len(times))
    ids = [_whole(tail, ms, 7) for tail, ms in zip(tails, times, strict=True)]
    tails = _unpack_tails(of.source.take(RANDOM, _packed_size(fives, _FREE_5)), _FREE_5, fives)
    ids.extend(_whole(tail, 0, 5) for tail in tails)
    raw = bytes(of.source.take(RANDOM, 16 * plain))
    ids.extend(raw[at : at + 16] for at in range(0, len(raw), 16))
    return ids


def sort_others(ids: Iterable[RecordId]) -> list[RecordId]:
    """Ids by how they are told, otherwise in the order given."""
    return sorted(ids, key=lambda row: -version(row))


def moment_of(row: RecordId) -> int:
    """The milliseconds in a UUIDv7."""
    return int.from_bytes(row[:6], "big")


# --- ids that follow from others ----------------------------------------------------------------------------

_DIGEST = 20
_VERSION_5 = bytes(0x50 | byte & 0x0F for byte in range(256))
_VARIANT = bytes(0x80 | byte & 0x3F for byte in range(256))


def paired(firsts: Iterable[RecordId], seconds: Iterable[bytes]) -> list[RecordId]:
    """`ids.pair_id` of many pairs (`ids.named_id` where the second is a name in UTF-8): sixty thousand in
    0.04 s.
    """
    sha1 = hashlib.sha1
    digests = [sha1(a + b, usedforsecurity=False).digest() for a, b in zip(firsts, seconds, strict=True)]
    joined = bytearray().join(digests)
    joined[6::_DIGEST] = joined[6::_DIGEST].translate(_VERSION_5)
    joined[8::_DIGEST] = joined[8::_DIGEST].translate(_VARIANT)
    made = bytes(joined)
    return [made[at : at + 16] for at in range(0, len(made), _DIGEST)]
