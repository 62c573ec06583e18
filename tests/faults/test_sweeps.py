"""After each fault nothing is lost that somebody was told is saved, or received; and it is there once."""

from __future__ import annotations

import pytest

from tests.faults.shim import why_not
from tests.faults.sweeps import FAULTS, MEMORY, ON_POSTGRES, run

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be had")
#: To start PostgreSQL is what takes long.
FEW = dict.fromkeys(ON_POSTGRES, 4)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_few(fault: str) -> None:
    wanted = FEW.get(fault, 6)
    figures = run(fault, wanted, 5, MEMORY)
    assert figures.findings == []
    assert figures.count >= wanted
    assert figures.saved > 0
    assert figures.acknowledged > 0
