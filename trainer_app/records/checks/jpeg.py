"""Whether bytes are a plain JPEG picture: read from its markers, without decoding anything.

Plain means: one picture from the first byte to the last, nothing before, between or behind it, and no part
that can carry anything but the picture (ITU-T T.81, annex B). So there is no place for what a camera notes,
for a thumbnail, for a comment, or for a second file that pretends to be a picture.
"""

from __future__ import annotations

_START, _END, _SCAN, _RESTART = b"\xff\xd8", 0xD9, 0xDA, range(0xD0, 0xD8)
#: Baseline, extended and progressive; what browsers and Qt show.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
#: Huffman and quantisation tables, restart interval, JFIF.
_TABLES = frozenset({0xC4, 0xDB, 0xDD, 0xE0})
#: JFIF without a thumbnail is this long.
_JFIF_BYTES = 16


class JpegFault(ValueError):
    """Not a plain JPEG picture; says at which part."""


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height in points. Raises `JpegFault`."""
    if data[:2] != _START:
        raise JpegFault("start")
    size: tuple[int, int] | None = None
    at = 2
    while True:
        marker, part, at = _part(data, at)
        if marker == _END:
            break
        if marker in _FRAMES:
            size = _frame(part, size)
        elif marker == _SCAN:
            at = _behind_scan(data, at)
        elif marker not in _TABLES or (marker == 0xE0 and not _is_jfif(part)):
            raise JpegFault(f"part {marker:02x}")
    if size is None or at != len(data):
        raise JpegFault("end")
    return size


def comes_in_strips(head: bytes) -> bool:
    """Whether a JPEG of any sort, whose beginning this is, can be opened strip by strip: it is not
    progressive and all its colours come together. False when the beginning does not tell.
    """
    colours, at = 0, 2
    try:
        while True:
            marker, part, at = _part(head, at)
            if marker in (0xC0, 0xC1):
                colours = part[5]
            elif marker in _FRAMES:
                return False
            elif marker in (_SCAN, _END):
                return bool(part) and part[0] == colours
    except (JpegFault, IndexError):
        return False


def _part(data: bytes, at: int) -> tuple[int, bytes, int]:
    """The marker at a place, what belongs to it, and the place behind."""
    if at + 2 > len(data) or data[at] != 0xFF:
        raise JpegFault("marker")
    marker = data[at + 1]
    if marker == _END:
        return marker, b"", at + 2
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    end = at + 2 + length
    if length < 2 or end > len(data):
        raise JpegFault("length")
    return marker, data[at + 4 : end], end


def _frame(part: bytes, before: tuple[int, int] | None) -> tuple[int, int]:
    height, width = int.from_bytes(part[1:3], "big"), int.from_bytes(part[3:5], "big")
    if before is not None or not width or not height:
        raise JpegFault("frame")
    return width, height


def _is_jfif(part: bytes) -> bool:
    return part[:5] == b"JFIF\0" and len(part) == _JFIF_BYTES - 2


def _behind_scan(data: bytes, at: int) -> int:
    """Where the coded points end: at a marker that is neither a stuffed 255 nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise JpegFault("scan")
        if data[at + 1] and data[at + 1] not in _RESTART:
            return at
        at += 2
