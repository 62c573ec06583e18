"""A plain JPEG is told by its markers alone; everything else is refused, whatever it is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.pictures import picture
from trainer_app.records.checks.jpeg import JpegFault, comes_in_strips, jpeg_size

PLAIN = picture(3000, width=1024, height=768)


def part(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def with_part(marker: int, content: bytes) -> bytes:
    return PLAIN[:2] + part(marker, content) + PLAIN[2:]


def test_width_and_height_are_read() -> None:
    assert jpeg_size(PLAIN) == (1024, 768)
    assert jpeg_size(with_part(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")) == (1024, 768)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "start"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "start"),
        (b"MZ" + PLAIN, "start"),
        (PLAIN + b"\0", "end"),
        (PLAIN + PLAIN, "end"),
        (PLAIN[:-2], "scan"),
        (PLAIN[:40], "length"),
        (with_part(0xE1, b"Exif\0\0GPS"), "part e1"),
        (with_part(0xE2, b"ICC_PROFILE"), "part e2"),
        (with_part(0xFE, b"<?php ?>"), "part fe"),
        (with_part(0xE0, b"JFIF\0" + bytes(9) + b"thumbnail"), "part e0"),
        (with_part(0xE0, b"JFXX\0" + bytes(9)), "part e0"),
        (with_part(0xC3, bytes(15)), "part c3"),
        (b"\xff\xd8\xff\xd9", "end"),
        (PLAIN.replace((1024).to_bytes(2, "big"), bytes(2), 1), "frame"),
    ],
)
def test_what_is_no_plain_picture_is_refused_with_its_reason(data: bytes, why: str) -> None:
    with pytest.raises(JpegFault, match=f"^{why}$"):
        jpeg_size(data)


def test_two_frames_are_two_pictures() -> None:
    frame = b"\x08" + (5).to_bytes(2, "big") * 2 + b"\x01\x01\x11\x00"
    with pytest.raises(JpegFault, match="frame"):
        jpeg_size(with_part(0xC0, frame))


@given(st.binary(max_size=300), st.integers(0, len(PLAIN) - 1))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int) -> None:
    for data in (noise, b"\xff\xd8" + noise, PLAIN[:at] + noise, PLAIN[:at] + noise + PLAIN[at:]):
        comes_in_strips(data)
        try:
            width, height = jpeg_size(data)
        except JpegFault:
            continue
        assert 0 < width < 65536
        assert 0 < height < 65536
        assert data.endswith(b"\xff\xd9")


def test_what_must_be_kept_as_a_whole_while_it_is_opened_is_told() -> None:
    assert comes_in_strips(PLAIN)
    assert not comes_in_strips(PLAIN.replace(b"\xff\xc0", b"\xff\xc2", 1)), "progressive"
    assert not comes_in_strips(PLAIN[:20]), "not told"
    three = b"\x08" + (5).to_bytes(2, "big") * 2 + b"\x03" + b"\x01\x11\x00" * 3
    alone = part(0xC0, three) + part(0xDA, b"\x01\x01\x00\x00\x3f\x00")
    assert not comes_in_strips(b"\xff\xd8" + alone), "one colour after the other"
