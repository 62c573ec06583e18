"""Makes a history that breaks something shorter, as long as the same thing breaks, and keeps it as a test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.simulation.running import Verdict, run
from tests.simulation.steps import History, Step

#: Histories that once broke something. The default tests run them all.
KEPT = Path(__file__).parent / "kept"
#: So many runs a search may take.
MOST_RUNS = 400


def shrink(broken: Verdict, most_runs: int = MOST_RUNS) -> Verdict:
    """The shortest history found that breaks the same: steps dropped in halves, then one by one, then made
    plainer.
    """
    search = _Search(broken, most_runs)
    if 0 <= broken.at < len(broken.history.steps) - 1:
        search.holds(broken.history.with_steps(broken.history.steps[: broken.at + 1]))
    size = max(1, len(search.best.history.steps) // 2)
    while size and search.left:
        dropped = search.drop(size)
        size = size if dropped and size == 1 else size // 2
    search.plainer()
    return search.best


class _Search:
    def __init__(self, broken: Verdict, most_runs: int) -> None:
        self.best, self.left = broken, most_runs

    def holds(self, history: History) -> bool:
        """Whether this one breaks the same; then it is the best."""
        if not self.left:
            return False
        self.left -= 1
        verdict = run(history)
        if verdict.code != self.best.code:
            return False
        self.best = verdict
        return True

    def drop(self, size: int) -> bool:
        """Try without each block of so many steps; True when one was not needed."""
        dropped, at = False, 0
        while at < len(steps := self.best.history.steps):
            if self.holds(self.best.history.with_steps(steps[:at] + steps[at + size :])):
                dropped = True
            else:
                at += size
        return dropped

    def plainer(self) -> None:
        """No encryption, whole messages, and steps without faults, where that breaks it too."""
        for plain in ({"encrypted": False}, {"small": False}):
            if any(getattr(self.best.history, name) != value for name, value in plain.items()):
                self.holds(replace(self.best.history, **plain))
        for at, step in enumerate(self.best.history.steps):
            for calmer in _calmer(step):
                steps = list(self.best.history.steps)
                steps[at] = calmer
                if self.holds(self.best.history.with_steps(steps)):
                    break


def _calmer(step: Step) -> list[Step]:
    found = []
    if step.links and step.disk:
        found.append(replace(step, links=(), disk=None))
    if step.links:
        found.append(replace(step, links=()))
    if step.disk:
        found.append(replace(step, disk=None))
    return found


def keep(verdict: Verdict, folder: Path = KEPT) -> Path:
    """Write a history down, for the default tests to run."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{verdict.code.replace(' ', '_')}-{verdict.history.seed}.json"
    path.write_text(verdict.history.text(verdict.why))
    return path
