"""Segments made to hurt, and how much memory reading each of them takes.

Runs alone: `python -m tests.records.segment.bombs`.

Everything is signed with the right key, for a laptop in wrong hands has one.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.sync.season import make_season, operations
from trainer_app.records.segment import SegmentFault, open_segment
from trainer_app.records.segment.dictionary import compress
from trainer_app.records.segment.numbers import to_planes
from trainer_app.records.segment.shapes import LISTED, NEW, Shape, shapes_to_bytes
from trainer_app.records.segment.writing import write_frame

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
REPLICA = b"R" * 16


def signed(frame: bytes, n: int, raw_len: int, version: int = 1) -> bytes:
    """A segment around a compressed frame, whatever is in it."""
    header = msgpack.packb([REPLICA, 5301, 1, n, b"", 1, n, raw_len, 0, 0])
    body = b"TS" + bytes([version]) + header + frame
    name = hashlib.blake2b(body, digest_size=32).digest()
    return body + KEY.sign(b"trainer/segment/v1\0" + name)


def around(raw: bytes, n: int) -> bytes:
    """A segment around the bytes of a frame."""
    return signed(compress(raw, 3), n, len(raw))


def frame_of(
    shapes: list[Shape],
    n: int,
    rest: list[object],
    numbers: bytes = b"",
    *,
    told: list[object] | None = None,
    words: list[int] | None = None,
    indices: int = 0,
    first_moment: int = 1,
) -> bytes:
    """The bytes of a frame with so many operations of the first shape; `rest` are the column descriptors."""
    first = shapes_to_bytes(shapes)
    stream = first + bytes((n + 6) // 8) + numbers
    moments = [first_moment, 0, [0, 0], 0, [0, 0], [0, 0]]
    ids = told or [[0, 0], 0, [0, 0], 0, 1]
    lengths = [len(stream) + (n + 7) // 8, indices, 0]
    bases = [0, 0, [0, 0], [0, 0], [0, 0]]
    skeleton = [lengths, words or [], len(first), 0, moments, ids, [6, 0, 0], [], rest, bases]
    return msgpack.packb(skeleton) + stream + bytes((n + 7) // 8 + indices) + REPLICA


def same_values() -> bytes:
    """Two hundred columns of a hundred thousand times the same value, in two kilobytes."""
    fields = tuple(range(1, 201))
    columns: list[object] = [[6, 0, 0], *([0, 1] for _ in fields)]
    return around(frame_of([Shape(7, fields, LISTED)], 100_000, columns), 100_000)


def same_rows() -> bytes:
    """As many operations as are allowed, all on one row, one column: the largest that is read."""
    return around(frame_of([Shape(7, (1,), LISTED)], 100_000, [[6, 0, 0], [0, 1]]), 100_000)


def zeros() -> bytes:
    """Eight megabytes of zeros."""
    return around(bytes(8 * 1024 * 1024), 10)


def claims_much() -> bytes:
    """A header that claims thirty gigabytes."""
    return signed(compress(b"\x90", 3), 10, 30 << 30)


def frame_claims_much() -> bytes:
    """A zstd frame that claims four gigabytes of itself."""
    head = b"\x28\xb5\x2f\xfd" + bytes([0b11000000]) + b"\x58" + (4 << 30).to_bytes(8, "little")
    return signed(head + b"\x01\x00\x00", 10, 1000)


def holds_more() -> bytes:
    """A zstd frame that holds a thousand times what the header says, without saying so."""
    parameters = zstandard.ZstdCompressionParameters.from_level(3, write_content_size=0)
    return signed(
        zstandard.ZstdCompressor(compression_params=parameters).compress(bytes(64 << 20)), 10, 65_536
    )


def wide_window() -> bytes:
    """A zstd frame that asks for a window of a gigabyte."""
    head = b"\x28\xb5\x2f\xfd" + bytes([0]) + bytes([20 << 3])
    return signed(head + b"\x01\x00\x00", 10, 1000)


def empty_lists() -> bytes:
    """A skeleton of a quarter million empty lists."""
    return around(b"\x9a" + b"\xdd" + (250_000).to_bytes(4, "big") + b"\x90" * 250_000, 10)


def deep_lists() -> bytes:
    """A skeleton of lists in lists in lists."""
    return around(b"\x91" * 250_000, 10)


def deep_columns() -> bytes:
    """Columns woven of columns woven of columns."""
    column: object = [0, 1]
    for _ in range(400):
        column = [1, 0, column, [0, 1]]
    return around(frame_of([Shape(7, (1,), LISTED)], 1000, [[6, 0, 0], column], bytes(125 * 400)), 1000)


def many_words() -> bytes:
    """A text column of seven million words."""
    count = 7_000_000
    column = [9, 0, count, 1]
    raw = frame_of([Shape(7, (1,), LISTED)], 10, [[6, 0, 0], column], words=[0, 0], indices=count)
    return around(raw, 10)


def many_ids() -> bytes:
    """A table of half a million ids."""
    told: list[object] = [[0, 0], 0, [0, 0], 0, 500_000]
    return around(frame_of([Shape(7, (), NEW)], 10, [[6, 0, 0]], told=told) + bytes(7 << 20), 10)


def many_shapes() -> bytes:
    """Every operation of another shape, each with a thousand fields."""
    fields = tuple(range(1, 1001))
    shapes = [Shape(kind, fields, LISTED) for kind in range(1, 3000)]
    order = to_planes(list(range(2999)), 2)
    first = shapes_to_bytes(shapes)
    skeleton = [[len(first) + len(order), 0, 0], [], len(first), 2, [], [], [], [], [], []]
    return around(msgpack.packb(skeleton) + first + order, 2999)


def huge_numbers() -> bytes:
    """Clocks beyond all time."""
    return around(frame_of([Shape(7, (1,), LISTED)], 10, [[6, 0, 0], [0, 1]], first_moment=1 << 63), 10)


def largest_season() -> bytes:
    """No bomb: the largest a laptop sends."""
    season = make_season(people=1250, sessions=12)
    ops = operations([*season.registrations, *season.marks], REPLICA, season.author)[:20_000]
    return around(write_frame(ops), len(ops))


BOMBS: tuple[Callable[[], bytes], ...] = (
    same_values,
    same_rows,
    zeros,
    claims_much,
    frame_claims_much,
    holds_more,
    wide_window,
    empty_lists,
    deep_lists,
    deep_columns,
    many_words,
    many_ids,
    many_shapes,
    huge_numbers,
    largest_season,
)


def _peak_kib() -> int:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError("no VmHWM")


def _in_child(work: Callable[[], object]) -> Any:
    """What `work` gives, done in a process of its own, so that this one stays as small as it is."""
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=lambda: theirs.send(work()))
    process.start()
    result = mine.recv()
    process.join()
    return result


def _try(bomb: Callable[[], bytes]) -> tuple[str, int, int]:
    """What reading it gives, by how many KiB a process grows that does nothing else, and how small it is."""
    body = _in_child(bomb)

    def read() -> tuple[str, int]:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        before = _peak_kib()
        try:
            open_segment(body, PUBLIC)
            verdict = "read"
        except SegmentFault as fault:
            verdict = f"{fault.code} {fault.detail}"
        return verdict, _peak_kib() - before

    verdict, grown = _in_child(read)
    return verdict, grown, len(body)


def main() -> None:
    """Print what became of each bomb."""
    sys.stdout.write(json.dumps({bomb.__name__: _try(bomb) for bomb in BOMBS}))


if __name__ == "__main__":
    main()
