"""Sweeps of one fault after another over worlds, counted.

    LD_PRELOAD=… python -m tests.faults.sweeps FAULT COUNT SEED

says on the last line what came of it, as JSON. `run` starts it so. A world bears some lives and is then
looked through; the moments of the faults are spread evenly over all calls of a life.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import chain, islice
from itertools import count as count_up
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.shim import (
    AFTER,
    BEFORE,
    DISK,
    FULL,
    FULL_ON,
    PAUSE_AFTER,
    PAUSE_BEFORE,
    SEND,
    TORN,
    WRITE,
    environment,
)

if TYPE_CHECKING:
    from tests.faults.worlds import Plan, World

LIVES_PER_WORLD = 8
#: A sweep gives up after so many lives for each time that the fault shall strike.
MOST_LIVES = 6
LAPTOP, CENTRE = "laptop", "centre"
DAY_SECONDS, YEAR_SECONDS = 86_400, 31_557_600
JUMPS = (0, DAY_SECONDS, -DAY_SECONDS, 10 * YEAR_SECONDS, -10 * YEAR_SECONDS)
#: Where nothing is slower than memory: what counts is what was asked of the disk, not the disk.
MEMORY = _SHM if (_SHM := Path("/dev/shm")).is_dir() else None  # noqa: S108 - each makes a folder of its own
#: Faults by name: who has it, which calls count, what happens in turn, and where the power goes too.
FAULTS: dict[str, tuple[str, int, tuple[int, ...], tuple[str, ...]]] = {
    "kill-laptop": (LAPTOP, DISK | SEND, (BEFORE, AFTER, TORN), ("",)),
    "kill-centre": (CENTRE, DISK | SEND, (BEFORE, AFTER, TORN), ("",)),
    "power-laptop": (LAPTOP, DISK, (BEFORE, AFTER, TORN), ("lost", "torn")),
    "power-centre": (CENTRE, DISK | SEND, (BEFORE, AFTER, TORN), ("lost", "torn")),
    "full-laptop": (LAPTOP, WRITE, (FULL, FULL_ON), ("",)),
    "full-centre": (CENTRE, WRITE, (FULL, FULL_ON), ("",)),
    "clock": (LAPTOP, 0, (0,), ("",)),
    "replay": (LAPTOP, 0, (0,), ("",)),
    # a centre on PostgreSQL: what it says to the database are its moments
    "kill-worker": (CENTRE, SEND, (BEFORE, AFTER), ("",)),
    "stop-database": (CENTRE, SEND, (PAUSE_BEFORE, PAUSE_AFTER), ("",)),
    "kill-database": (CENTRE, SEND, (PAUSE_BEFORE, PAUSE_AFTER), ("",)),
    "power-database": (CENTRE, SEND, (PAUSE_BEFORE, PAUSE_AFTER), ("",)),
}
ON_POSTGRES = ("kill-worker", "stop-database", "kill-database", "power-database")


@dataclass(slots=True)
class Figures:
    """What a sweep came to. `happened` counts lives in which the fault struck."""

    fault: str
    lives: int = 0
    happened: int = 0
    #: Power cuts that took along something unflushed.
    with_loss: int = 0
    #: Registrations and marks that a laptop said are saved, and operations that the centre confirmed.
    saved: int = 0
    acknowledged: int = 0
    calls: int = 0
    worlds: int = 0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How often the fault really struck: a power cut that takes nothing along is only a kill."""
        return self.with_loss if self.fault.startswith("power") else self.happened

    @property
    def lost(self) -> int:
        """Things that were told to be saved or confirmed, and were not found again."""
        return sum(": lost " in finding for finding in self.findings)

    @property
    def doubled(self) -> int:
        """Things that were found twice."""
        return sum(": doubled " in finding for finding in self.findings)

    def add(self, other: Figures) -> None:
        """Count another sweep of the same fault in."""
        for each in fields(self):
            if each.name not in ("fault", "calls"):
                setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


def run(fault: str, count: int, seed: int, folder: Path | None = None) -> Figures:
    """A sweep in a process of its own, under the library of faults. It lasts until the fault struck `count`
    times, but not for ever: some calls come only in some lives.
    """
    command = [sys.executable, "-m", "tests.faults.sweeps", fault, str(count), str(seed)]
    told = {**environment(), **({"TMPDIR": str(folder)} if folder else {})}
    done = subprocess.run(command, env=told, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def sweep(fault: str, count: int, seed: int) -> Figures:
    """So many lives with this fault."""
    figures, started = Figures(fault), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="trainer-app-faults-") as name, ExitStack() as stack:
        Path(name).chmod(0o711)  # PostgreSQL may run under another account
        worlds = _Worlds(Path(name), fault, stack)
        plans = _plans(fault, count, seed, _calls(fault, worlds, figures))
        while figures.count < count and figures.lives < MOST_LIVES * count:
            _live(worlds, list(islice(plans, min(LIVES_PER_WORLD, count - figures.count))), figures)
    figures.seconds = time.monotonic() - started
    return figures


class _Worlds:
    """Worlds like one template, on the engine that a fault is about."""

    def __init__(self, place: Path, fault: str, stack: ExitStack) -> None:
        from tests.faults.cluster import Cluster
        from tests.faults.worlds import template

        self._place, self._fault, self._made = place, fault, 0
        self._cluster: Cluster | None = None
        database = ""
        if fault in ON_POSTGRES:
            self._cluster = Cluster(place / "cluster", watched=fault == "power-database")
            stack.callback(self._cluster.close)
            database = self._cluster.copy("template0", "template")
        template(place / "template", database)

    @contextmanager
    def one(self) -> Iterator[World]:
        """A new one, gone afterwards."""
        from tests.faults.worlds import World

        self._made += 1
        name, cluster = f"world-{self._made}", self._cluster
        world = World(
            self._place / name, self._place / "template", cluster.copy("template", name) if cluster else ""
        )
        if cluster is not None:
            deeds = {"power-database": cluster.power_goes, "kill-database": cluster.die}
            world.paused = deeds.get(self._fault, cluster.stop_at_once)
        yield world
        world.close()
        if cluster is not None:
            cluster.drop(name)


def _live(worlds: _Worlds, plans: list[Plan], figures: Figures) -> None:
    """Some lives in one world, and what is found in the end."""
    with worlds.one() as world:
        for plan in plans:
            outcome = world.live(plan)
            figures.lives += 1
            figures.happened += bool(outcome.killed or outcome.full or outcome.stopped or not plan.nth)
            figures.with_loss += outcome.unsafe > 0
            figures.findings += [f"world {figures.worlds}, {plan}: {one}" for one in outcome.faults]
        figures.findings += [f"world {figures.worlds}, in the end: {one}" for one in world.check()]
        figures.worlds += 1
        figures.saved += world.told.saved
        figures.acknowledged += max(0, world.told.acknowledged - world.confirmed_before)


def _calls(fault: str, worlds: _Worlds, figures: Figures) -> int:
    """How many calls that count a life has."""
    from tests.faults.worlds import Plan

    who, kinds, _acts, _power = FAULTS[fault]
    if not kinds:
        return 0
    with worlds.one() as world:
        outcome = world.live(Plan(who, kinds))
    assert outcome.calls, outcome
    assert not outcome.faults, outcome
    figures.calls = outcome.calls
    return outcome.calls


def _plans(fault: str, count: int, seed: int, calls: int) -> Iterator[Plan]:
    """The moments of all calls of a life, evenly, in mixed order, with all that may happen there in turn;
    then any moments, for as long as somebody asks.
    """
    from tests.faults.worlds import Plan

    who, kinds, acts, power = FAULTS[fault]
    rnd = random.Random(seed)  # noqa: S311 - must repeat
    moments = (
        [1 + (i * calls + rnd.randrange(calls)) // count for i in range(count)] if calls else [0] * count
    )
    rnd.shuffle(moments)
    more = (rnd.randint(1, calls) if calls else 0 for _n in count_up())
    for i, nth in enumerate(chain(moments, more)):
        plan = Plan(who, kinds, nth, acts[i % len(acts)], power[i // len(acts) % len(power)])
        if fault == "clock":
            plan = replace(plan, jumps=[rnd.choice(JUMPS) for _n in range(2)])
        if fault == "replay":
            plan = replace(plan, twice=i % 3 != 1, again=i % 3 != 0)
        yield plan


def main(fault: str, count: str, seed: str) -> None:
    """One sweep."""
    figures = sweep(fault, int(count), int(seed))
    sys.stdout.write(json.dumps(asdict(figures)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
