"""Whole numbers as byte planes, small codes as packed bits. Everything is little-endian and works on whole
lists at once.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain

WIDEST = 8
_ARRAY_OF = {1: "B", 2: "H", 3: "I", 4: "I", 5: "Q", 6: "Q", 7: "Q", 8: "Q"}
MAX_UINT = (1 << 64) - 1


def width_of(largest: int) -> int:
    """How many bytes hold numbers from 0 to `largest`: 0 for nothing but zeros, at most 8."""
    return (largest.bit_length() + 7) // 8


def to_planes(values: Sequence[int], width: int) -> bytes:
    """All lowest bytes, then all second bytes and so on: bytes of like meaning stand together."""
    if width == 0:
        return b""
    if width == 1:
        return bytes(values)
    items = array(_ARRAY_OF[width], values)
    if sys.byteorder == "big":
        items.byteswap()
    raw = items.tobytes()
    return b"".join(raw[k :: items.itemsize] for k in range(width))


def from_planes(planes: memoryview, width: int, count: int) -> list[int]:
    """The opposite of `to_planes`. Raises ValueError when the sizes do not fit."""
    if not 0 <= width <= WIDEST or len(planes) != width * count:
        raise ValueError("planes")
    if width == 0:
        return [0] * count
    if width == 1:
        return list(planes)
    items = array(_ARRAY_OF[width])
    raw = bytearray(items.itemsize * count)
    for k in range(width):
        raw[k :: items.itemsize] = planes[k * count : (k + 1) * count]
    items.frombytes(raw)
    if sys.byteorder == "big":
        items.byteswap()
    return items.tolist()


def zigzag(values: Iterable[int]) -> list[int]:
    """Signed numbers as unsigned ones, small ones staying small."""
    return [v << 1 if v >= 0 else (-v << 1) - 1 for v in values]


def unzigzag(values: Iterable[int]) -> list[int]:
    """The opposite of `zigzag`."""
    return [(u >> 1) ^ -(u & 1) for u in values]


# --- bits ---------------------------------------------------------------------------------------------------


def bits_for(codes: int) -> int:
    """Bits for each of so many different codes: 1, 2, 4 or 8; more than 256 are not packed."""
    return 1 if codes <= 2 else 2 if codes <= 4 else 4 if codes <= 16 else 8


def packed_size(count: int, bits: int) -> int:
    """Bytes that `count` codes of `bits` bits take."""
    return (count * bits + 7) // 8


def pack(codes: Sequence[int], bits: int) -> bytes:
    """Small codes, the first in the lowest bits of the first byte."""
    if bits == 8:
        return bytes(codes)
    per = 8 // bits
    padded = [*codes, *([0] * (-len(codes) % per))]
    lanes = [padded[k::per] for k in range(per)]
    if bits == 4:
        return bytes([a | b << 4 for a, b in zip(*lanes, strict=True)])
    if bits == 2:
        return bytes([a | b << 2 | c << 4 | d << 6 for a, b, c, d in zip(*lanes, strict=True)])
    return bytes(
        [
            a | b << 1 | c << 2 | d << 3 | e << 4 | f << 5 | g << 6 | h << 7
            for a, b, c, d, e, f, g, h in zip(*lanes, strict=True)
        ]
    )


@cache
def _unpacking(bits: int) -> tuple[tuple[int, ...], ...]:
    mask = (1 << bits) - 1
    return tuple(tuple(byte >> shift & mask for shift in range(0, 8, bits)) for byte in range(256))


def unpack(data: memoryview, bits: int, count: int) -> list[int]:
    """The opposite of `pack`. Raises ValueError when the size does not fit or the padding is not zero."""
    if bits not in (1, 2, 4, 8) or len(data) != packed_size(count, bits):
        raise ValueError("bits")
    codes = list(chain.from_iterable(map(_unpacking(bits).__getitem__, data)))
    if any(codes[count:]):
        raise ValueError("padding")
    del codes[count:]
    return codes
