"""Pictures for tests: bytes with the markers of a JPEG and noise for points; nobody has to see them."""

from __future__ import annotations

import random

from tests.sync.world import AREA, STAFF, Laptop
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Photo
from trainer_app.records.operation import Edit
from trainer_app.records.photo import photo_name
from trainer_app.storage.blobs import save_photo


def picture(size: int = 5000, seed: int = 1, width: int = 640, height: int = 480) -> bytes:
    """A plain JPEG of so many bytes."""
    frame = b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    parts = b"\xff\xd8" + _part(0xDB, bytes(65)) + _part(0xC0, frame) + _part(0xC4, bytes(20))
    parts += _part(0xDA, b"\x01\x01\x00\x00\x3f\x00")
    noise = random.Random(seed).randbytes(size)  # noqa: S311 - a test must repeat
    points = noise.replace(b"\xff", b"\xfe")[: size - len(parts) - 2]
    return parts + points + b"\xff\xd9"


def _part(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def add(laptop: Laptop, about: RecordId, body: bytes, area: int = AREA) -> RecordId:
    """A photo as the screen adds one, without its questions."""
    row, digest = new_id(), photo_name(body).hex()
    values = {
        "about": about,
        "purpose": "usaha",
        "taken_at": laptop.store.clock.now_ms(),
        "digest": digest,
        "size": len(body),
    }
    save_photo(laptop.store, [Edit(Photo, row, area, values)], STAFF, digest, body)
    return row
