"""Identifiers: 16 bytes, made on the laptop, never given out by a counter.

A new record gets a UUIDv7 (RFC 9562, section 5.7). A record that stands for a pair of others (a mark for one
person in one session) gets a UUIDv5 of the pair, so two laptops that write it offline write the same row and
its id need not travel.
"""

from __future__ import annotations

import hashlib
import os
import time

RecordId = bytes
NO_ID: RecordId = bytes(16)


def new_id(now_ms: int | None = None) -> RecordId:
    """A fresh UUIDv7; `now_ms` is milliseconds since 1970 UTC (default: this machine's clock)."""
    ms = int(time.time() * 1000) if now_ms is None else now_ms
    raw = bytearray(ms.to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return bytes(raw)


def pair_id(first: RecordId, second: RecordId) -> RecordId:
    """The UUIDv5 of `second` in the name space `first`; the same on every replica."""
    raw = bytearray(hashlib.sha1(first + second, usedforsecurity=False).digest()[:16])
    raw[6] = 0x50 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return bytes(raw)


def named_id(space: RecordId, name: str) -> RecordId:
    """The UUIDv5 of a text in the name space `space`."""
    return pair_id(space, name.encode())
