"""Bytes that are not an honest segment are refused with a code, and take no memory worth speaking of."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.records.segment.bombs import BOMBS, KEY, PUBLIC, REPLICA, around, signed
from tests.sync.season import make_season, operations
from trainer_app.records.operation import Operation
from trainer_app.records.segment import SegmentFault, open_segment, peek, seal_segment
from trainer_app.records.segment.writing import write_frame

MOST_GROWTH_KIB = 64 * 1024
CODES = {"malformed", "oversize", "signature"}


@pytest.fixture(scope="module")
def some() -> list[Operation]:
    season = make_season(people=30, sessions=3)
    return operations([*season.plan, *season.registrations, *season.marks], REPLICA, season.author)


@pytest.fixture(scope="module")
def body(some: list[Operation]) -> bytes:
    sealed, _ = seal_segment(
        some, replica=REPLICA, area=5301, prev_hash=b"", sign=KEY.sign, os_clock=0, offset_ms=0
    )
    return sealed


def _code(data: bytes, key: bytes | None) -> str:
    try:
        open_segment(data, key)
    except SegmentFault as fault:
        return fault.code
    return "read"


def test_every_flipped_byte_is_seen(body: bytes) -> None:
    for at in range(len(body)):
        changed = body[:at] + bytes([body[at] ^ 0x41]) + body[at + 1 :]
        assert _code(changed, PUBLIC) in CODES, at


def test_every_cut_is_seen(body: bytes) -> None:
    for end in range(0, len(body), 7):
        assert _code(body[:end], PUBLIC) in {"malformed", "signature"}, end
    assert _code(body + b"\0", PUBLIC) == "signature"


def test_without_a_key_nothing_but_a_fault_comes_of_changed_bytes(body: bytes) -> None:
    """The signature of a stored segment is not checked again; a bad disk must still not bring the program
    down.
    """
    rnd = random.Random(1)  # noqa: S311 - a test must repeat
    for _ in range(300):
        at = rnd.randrange(len(body))
        changed = body[:at] + rnd.randbytes(rnd.randrange(1, 9)) + body[at + rnd.randrange(9) :]
        assert _code(changed, None) in {*CODES, "read"}


def _changed(raw: bytes) -> Iterator[bytes]:
    """A frame with wrong bytes at the front, where the structure is, and everywhere."""
    rnd = random.Random(2)  # noqa: S311 - a test must repeat
    for at in range(min(400, len(raw))):
        yield raw[:at] + bytes([raw[at] ^ (1 << at % 8)]) + raw[at + 1 :]
        yield (
            raw[:at] + rnd.choice([b"\x00", b"\xff", b"\xc0", b"\xcf" + b"\xff" * 8, b"\x90"]) + raw[at + 1 :]
        )
    for _ in range(400):
        at = rnd.randrange(len(raw))
        yield raw[:at] + rnd.randbytes(rnd.randrange(0, 4)) + raw[at + rnd.randrange(4) :]
        yield raw[: rnd.randrange(len(raw))]


@pytest.mark.parametrize("count", [12, 250])
def test_a_signed_frame_that_makes_no_sense_is_a_fault_and_nothing_else(
    some: list[Operation], count: int
) -> None:
    raw = write_frame(some[-count:])
    verdicts = [_code(around(changed, count), PUBLIC) for changed in _changed(raw)]
    assert set(verdicts) <= {*CODES, "read"}
    assert verdicts.count("malformed") > len(verdicts) // 4


@pytest.mark.parametrize(
    "junk", [b"", b"TS", b"TS\x01", b"hello", bytes(100), b"TS\x01" + b"\xc1" * 200, b"TS" * 100]
)
def test_what_is_no_segment_is_malformed(junk: bytes) -> None:
    with pytest.raises(SegmentFault) as caught:
        peek(junk)
    assert caught.value.code == "malformed"


def test_more_bytes_than_a_segment_may_have_are_refused_unseen() -> None:
    assert _code(b"TS\x01" + bytes(8 * 1024 * 1024), PUBLIC) == "oversize"


def test_a_dictionary_of_a_later_version_makes_a_segment_unreadable_but_not_unwelcome(body: bytes) -> None:
    header = peek(body)
    frame = bytearray(body[header.size : -64])
    assert frame[4] & 3 == 1, "the frame names a dictionary in one byte"
    frame[6] = 200
    segment = open_segment(signed(bytes(frame), header.n, header.raw_len), PUBLIC)
    assert not segment.readable
    assert segment.groups == []


@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="peak memory is read from Linux's /proc"
)
def test_bombs_take_little_memory() -> None:
    command = [sys.executable, "-m", "tests.records.segment.bombs"]
    told = subprocess.run(
        command, capture_output=True, check=True, timeout=120, cwd=Path(__file__).parents[3]
    )
    found = json.loads(told.stdout)
    assert len(found) == len(BOMBS)
    grown = {name: kib for name, (_, kib, _) in found.items()}
    assert max(grown.values()) < MOST_GROWTH_KIB, grown
    read = {name for name, (verdict, _, _) in found.items() if verdict == "read"}
    assert read == {"same_rows", "largest_season"}
