"""The four byte streams of a frame, kept apart because the compressor likes company of one kind.

`numbers` (byte planes and bits), `indices` (into the word list), `text` (UTF-8) and `random` (id tails, which
no compressor can shrink). A writer appends, a reader takes the same lengths in the same order.
"""

from __future__ import annotations

from trainer_app.records.segment.faults import MALFORMED, OVERSIZE, SegmentFault

NUMBERS, INDICES, TEXT, RANDOM = range(4)
STREAMS = 4


class Sink:
    """Collects the streams of one frame."""

    def __init__(self) -> None:
        self.parts: tuple[list[bytes], ...] = tuple([] for _ in range(STREAMS))

    def put(self, stream: int, data: bytes) -> int:
        """Append; gives the length."""
        self.parts[stream].append(data)
        return len(data)

    def streams(self) -> list[bytes]:
        """The streams, whole."""
        return [b"".join(parts) for parts in self.parts]


class Source:
    """Takes from the streams of one frame, and counts what the reader is about to build.

    `budget` is how many bytes of memory the decoded lists may take; spending comes before allocating.
    """

    def __init__(self, streams: list[memoryview], budget: int) -> None:
        self._streams = streams
        self._at = [0] * STREAMS
        self._budget = budget

    def spend(self, count: int, each: int) -> None:
        """Announce `count` objects of about `each` bytes. Raises `SegmentFault` when that is more than
        allowed.
        """
        if count < 0:
            raise SegmentFault(MALFORMED, "count")
        self._budget -= count * each
        if self._budget < 0:
            raise SegmentFault(OVERSIZE, "memory")

    def take(self, stream: int, length: int) -> memoryview:
        """The next `length` bytes of a stream. Raises `SegmentFault` when there are not so many."""
        start = self._at[stream]
        end = start + length
        if length < 0 or end > len(self._streams[stream]):
            raise SegmentFault(MALFORMED, "stream")
        self._at[stream] = end
        return self._streams[stream][start:end]

    def finish(self) -> None:
        """Nothing may be left over: two encodings of one content would be two hashes of it."""
        if any(at != len(stream) for at, stream in zip(self._at, self._streams, strict=True)):
            raise SegmentFault(MALFORMED, "left over")
