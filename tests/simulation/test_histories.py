"""A short run of the simulation, every history that once broke something, and that a seed says everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.running import run
from tests.simulation.soaking import kept_histories
from tests.simulation.steps import History, draw

#: Few enough for every run of the tests; `python3 -m tests soak` does the others.
SEEDS = range(40)
GROUPS = 4


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_history_breaks_an_invariant(group: int) -> None:
    broken = [verdict for seed in SEEDS[group::GROUPS] if (verdict := run(draw(seed))).why]
    assert [(one.history.seed, one.at, one.why) for one in broken] == []


@pytest.mark.parametrize("path", kept_histories(), ids=lambda path: path.stem)
def test_what_once_broke_stays_whole(path: Path) -> None:
    verdict = run(History.of(path.read_text()))
    assert verdict.why == ""


def test_a_history_can_be_written_down_and_read() -> None:
    history = draw(5)
    assert History.of(history.text("because")) == history


_TRACES = "from tests.simulation.running import run; from tests.simulation.steps import draw; import sys; "


def test_a_seed_says_everything() -> None:
    """In another process, where sets come in another order and the time is another."""
    seeds = (2, 13, 24)
    script = f"{_TRACES}sys.stdout.write(' '.join(run(draw(seed)).trace for seed in {seeds}))"
    environment = {**os.environ, "PYTHONHASHSEED": "1234"}
    there = subprocess.run(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, check=True
    )
    assert there.stdout.decode().split() == [run(draw(seed)).trace for seed in seeds]
