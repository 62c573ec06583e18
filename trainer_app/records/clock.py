"""Hybrid logical clock: a time that sorts, survives a wrong laptop clock and never runs backwards.

A stamp is one 64-bit integer: milliseconds since 1970 UTC in the upper 48 bits, a counter in the lower 16
(Kulkarni et al. 2014, "Logical physical clocks"). What the stamps are for is in resources/docs/protocol.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable

COUNTER_BITS = 16
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
#: A stamp from elsewhere drags this clock at most so far beyond the wall clock.
MAX_AHEAD_MS = 24 * HOUR_MS
#: The centre restamps operations that claim to be later than their arrival by more than this.
RESTAMP_AFTER_MS = 10 * 60_000
#: No stamp is earlier than the day this program was made: a flat battery shows 1970 or 2019.
BUILD_MS = 1_793_500_000_000  # 2026-11-01


def pack(ms: int, counter: int = 0) -> int:
    """The stamp of a moment in milliseconds."""
    return (ms << COUNTER_BITS) | counter


def milliseconds(stamp: int) -> int:
    """The moment of a stamp, in milliseconds since 1970 UTC."""
    return stamp >> COUNTER_BITS


def wall_ms() -> int:
    """This machine's clock, in milliseconds since 1970 UTC."""
    return int(time.time() * 1000)


class Clock:
    """Gives rising stamps. `last` is the newest known; `offset_ms` is centre time minus machine time."""

    def __init__(self, last: int = 0, offset_ms: int = 0, wall: Callable[[], int] = wall_ms) -> None:
        self.last = max(last, pack(BUILD_MS))
        self.offset_ms = offset_ms
        self._wall = wall

    def now_ms(self) -> int:
        """The best guess of the true time: machine clock plus the offset learnt from the centre."""
        return self._wall() + self.offset_ms

    def tick(self, after: int = 0) -> int:
        """The next stamp; later than all given before and than `after`, a stamp this edit has seen."""
        self.last = max(pack(self.now_ms()), self.last + 1, after + 1)
        return self.last

    def observe(self, stamp: int) -> None:
        """Learn of a stamp from elsewhere; one from the far future does not drag this clock along."""
        if milliseconds(stamp) <= self.now_ms() + MAX_AHEAD_MS:
            self.last = max(self.last, stamp)

    def looks_wrong(self) -> bool:
        """True when the clock lies behind the day the program was made, or far behind known stamps."""
        return self._wall() < BUILD_MS or self._wall() + HOUR_MS < milliseconds(self.last)
