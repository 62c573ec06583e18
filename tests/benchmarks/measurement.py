"""One measured figure beside its bar. A figure with a baseline is judged by the ratio of the two, measured in
the same run.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """`limit` bounds the ratio to `baseline` where there is one, else the value. Both in `unit`; smaller is
    better.
    """

    name: str
    value: float
    unit: str
    limit: float
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """The value in terms of the baseline."""
        return None if self.baseline is None else self.value / self.baseline

    @property
    def passed(self) -> bool:
        """Whether the bar was met."""
        judged = self.ratio
        return (self.value if judged is None else judged) <= self.limit


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long `work` takes by `clock` (``time.process_time`` for CPU)."""
    begin = clock()
    work()
    return clock() - begin


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def alternating(ours: Callable[[], float], bare: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Medians of two measurements taken in turns, so that a busy machine troubles both alike."""
    pairs = [(ours(), bare()) for _n in range(rounds)]
    return statistics.median(a for a, _b in pairs), statistics.median(b for _a, b in pairs)
