"""After each fault nothing is lost that somebody was told is saved, or received; and it is there once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.shim import why_not
from tests.faults.sweeps import FAULTS, ON_POSTGRES, run

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be had")
#: Lives of the short run, and of the long one.
FEW = {"clock": 5, "replay": 5, **dict.fromkeys(ON_POSTGRES, 4)}
MANY = {"kill-laptop": 500, "kill-centre": 400, "kill-worker": 200, "power-laptop": 120, "power-centre": 120}
#: To read all of a PostgreSQL and write it anew takes too long for the short run.
LONG = ("power-database",)
#: Where nothing is slower than memory: what counts is what was asked of the disk, not the disk.
_MEMORY = Path("/dev/shm")  # noqa: S108 - every sweep makes a folder of its own


def _struck(fault: str, lives: int, seed: int) -> str:
    figures = run(fault, lives, seed, _MEMORY if _MEMORY.is_dir() else None)
    assert figures.findings == []
    assert figures.lives == lives
    # some calls come only in some lives: the last ones of a life may be missing in another
    assert figures.happened >= lives * (0.3 if fault.startswith("full") else 0.75)
    if fault.startswith("power"):
        assert figures.with_loss > 0, "nothing was lost with the power: it never went"
    return figures.line()


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in LONG])
def test_a_few(fault: str) -> None:
    _struck(fault, FEW.get(fault, 8), 5)


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS)
def test_many(fault: str) -> None:
    print(f"\n{_struck(fault, MANY.get(fault, 100), 77)}")  # noqa: T201 - the figures are what the run is for
