"""`python3 -m tests faults`: all sweeps, each until its fault struck often enough, and one table of what came
of them.

    python3 -m tests faults                      everything: 1,010 kills and 220 power cuts among it
    python3 -m tests faults --percent 5          a twentieth of it
    python3 -m tests faults --only power-database,kill-worker
    python3 -m tests faults --seed 77            the moments of an earlier run, which printed its seed

Exit code 0 only when nothing was lost, nothing is there twice, nothing else was found wrong, and every count
was reached. `--minutes` bounds the whole: what has not begun by then does not begin.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.faults.shim import library, why_not
from tests.faults.sweeps import MEMORY, Figures, run

#: A sweep in one process has so many strikes; more are several sweeps, so that two cores share them evenly.
STRIKES_PER_SWEEP = 40
#: One loss is found again by every look that follows: the first lines of each fault tell what it is.
MOST_TOLD = 20
#: Lines below the table: what they add up, by how the names of the faults begin.
SUMS = {"kills": ("kill", "stop"), "power cuts": ("power",)}


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, what it is for people, and how often it shall strike."""

    fault: str
    kind: str
    engine: str
    wanted: int


ROWS = (
    Row("kill-worker", "worker of the centre killed", "PostgreSQL", 220),
    Row("power-database", "power cut of the database", "PostgreSQL", 60),
    Row("kill-database", "database killed (all processes)", "PostgreSQL", 40),
    Row("stop-database", "database stopped at once", "PostgreSQL", 40),
    Row("kill-centre", "centre killed", "SQLite", 330),
    Row("power-centre", "power cut of the centre", "SQLite", 60),
    Row("kill-laptop", "laptop killed", "SQLite", 380),
    Row("power-laptop", "power cut of the laptop", "SQLite", 100),
    Row("full-laptop", "disk of the laptop full", "SQLite", 40),
    Row("full-centre", "disk of the centre full", "SQLite", 40),
    Row("clock", "clock of the laptop jumps", "SQLite", 40),
    Row("replay", "requests sent again", "SQLite", 40),
)


def main(arguments: list[str]) -> int:
    """See the top of this file."""
    options = _options(arguments)
    if reason := why_not():
        print(f"The faults cannot be had here: {reason}.", file=sys.stderr)
        return 1
    library()  # compiled before two processes want it
    rows = _chosen(options)
    print(f"seed {options.seed} (again with: python3 -m tests faults --seed {options.seed})", flush=True)
    until = time.monotonic() + 60 * options.minutes
    found = {row.fault: Figures(row.fault) for row in rows}
    broken: list[str] = []
    with ThreadPoolExecutor(options.jobs) as pool:

        def sweep(job: tuple[Row, int, int]) -> None:
            row, strikes, seed = job
            if time.monotonic() > until:
                broken.append(f"{row.fault}: not begun, the time is over")
                return
            try:
                figures = run(row.fault, strikes, seed, MEMORY)
            except AssertionError as fault:
                broken.append(f"{row.fault}, seed {seed}: the sweep itself ended: {fault}")
                return
            found[row.fault].add(figures)
            said = f"{figures.count:4} of {strikes}, {figures.lives} lives, {figures.seconds:.0f} s"
            print(f"{row.fault:15} seed {seed:10} {said}, {len(figures.findings)} findings", flush=True)

        list(pool.map(sweep, _jobs(rows, options.seed)))
    for each in [*broken, *(one for row in rows for one in found[row.fault].findings[:MOST_TOLD])]:
        print(each[:1500])
    print(table(rows, found))
    return 1 if broken or not all(passed(row, found[row.fault]) for row in rows) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python3 -m tests faults")
    parser.add_argument("--percent", type=float, default=100, help="how much of the counts")
    parser.add_argument("--only", default="", help="some faults, with commas")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--jobs", type=int, default=2, help="sweeps at a time")
    parser.add_argument("--minutes", type=float, default=90, help="begin nothing after so long")
    return parser.parse_args(arguments)


def _chosen(options: argparse.Namespace) -> list[Row]:
    names = [name for name in options.only.split(",") if name]
    if unknown := set(names) - {row.fault for row in ROWS}:
        raise SystemExit(f"No such fault: {', '.join(sorted(unknown))}")
    return [
        Row(row.fault, row.kind, row.engine, max(1, round(row.wanted * options.percent / 100)))
        for row in ROWS
        if not names or row.fault in names
    ]


def _jobs(rows: list[Row], seed: int) -> Iterator[tuple[Row, int, int]]:
    """Sweeps of all rows, each with a seed of its own that does not depend on which rows were chosen."""
    for row in rows:
        left, number = row.wanted, 0
        while left > 0:
            strikes = min(left, STRIKES_PER_SWEEP)
            yield row, strikes, random.Random(f"{seed} {row.fault} {number}").randrange(10**9)  # noqa: S311 - must repeat
            left, number = left - strikes, number + 1


def passed(row: Row, figures: Figures) -> bool:
    """Whether the fault struck as often as it shall, and nothing was found."""
    return figures.count >= row.wanted and not figures.findings


def table(rows: list[Row], found: dict[str, Figures]) -> str:
    """What came of it, for people."""
    head = ("kind", "engine", "count", "wanted", "saved", "acknowledged", "lost", "doubled", "other", "")
    lines = [head, *(_line(row, found[row.fault]) for row in rows)]
    for kind, beginnings in SUMS.items():
        total, wanted = Figures(kind), 0
        for row in rows:
            if row.fault.startswith(beginnings):
                total.add(found[row.fault])
                wanted += row.wanted
        lines.append(_line(Row(kind, f"all {kind}", "both", wanted), total))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n" + "\n".join(_set(line, widths) for line in lines)


def _line(row: Row, f: Figures) -> tuple[str, ...]:
    other = len(f.findings) - f.lost - f.doubled
    figures = (f.count, row.wanted, f.saved, f.acknowledged, f.lost, f.doubled, other)
    verdict = "ok" if passed(row, f) else "FAILED"
    return (row.kind, row.engine, *(f"{figure:,}" for figure in figures), verdict)


def _set(line: tuple[str, ...], widths: list[int]) -> str:
    words = zip(line, widths, strict=True)
    return "  ".join(
        word.ljust(width) if i < 2 else word.rjust(width) for i, (word, width) in enumerate(words)
    ).rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
