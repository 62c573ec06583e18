"""Many histories on all cores for as long as one likes. What breaks is made short and kept as a test."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

from tests.simulation.running import Verdict, run
from tests.simulation.shrinking import KEPT, keep, shrink
from tests.simulation.steps import draw

#: So many histories a process does between two looks at the clock.
BATCH = 20
#: And so many are counted between two lines about them.
TELL_EVERY = 200
#: Histories are made short at most so often in one soak: the first ones tell enough.
MOST_SHRUNK = 12


@dataclass(slots=True)
class Figures:
    """What a soak came to."""

    first: int
    histories: int = 0
    steps: int = 0
    operations: int = 0
    seconds: float = 0.0
    broken: list[Verdict] = field(default_factory=list)

    def line(self) -> str:
        """For people."""
        rate = self.histories / max(self.seconds, 0.001)
        return (
            f"seeds {self.first} to {self.first + self.histories - 1}: {self.histories} histories, "
            f"{self.steps} steps, {self.operations} operations, {rate:.1f} histories/s, "
            f"{len(self.broken)} broken"
        )


def soak(minutes: float, first: int, cores: int | None = None, kept: Path = KEPT) -> Figures:
    """Run the histories of seeds from `first` on until the time is over."""
    figures, started = Figures(first), time.monotonic()
    workers = cores or len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(workers) as pool:
        batches = (range(at, at + BATCH) for at in count(first, BATCH))
        waiting = [pool.submit(_some, batch) for batch in islice(batches, workers * 2)]
        while waiting:
            _count(figures, waiting.pop(0).result(), kept)
            figures.seconds = time.monotonic() - started
            if figures.seconds < minutes * 60:
                waiting.append(pool.submit(_some, next(batches)))
    return figures


def _some(seeds: range) -> list[Verdict]:
    return [run(draw(seed)) for seed in seeds]


def _count(figures: Figures, verdicts: list[Verdict], kept: Path) -> None:
    for verdict in verdicts:
        figures.histories += 1
        figures.steps += verdict.steps
        figures.operations += verdict.operations
        if verdict.why:
            figures.broken.append(verdict)
            _tell(f"seed {verdict.history.seed} step {verdict.at}: {verdict.why}")
            if len(figures.broken) <= MOST_SHRUNK:
                _tell(f"  kept as {keep(shrink(verdict), kept)}")
    if figures.histories % TELL_EVERY < len(verdicts):
        _tell(figures.line())


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def kept_histories() -> list[Path]:
    """The files of histories that once broke something."""
    return sorted(KEPT.glob("*.json"))
