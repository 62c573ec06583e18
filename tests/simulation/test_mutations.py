"""The simulation must notice when a rule is taken out of the program. For the lock of an area:
`test_two_at_once`.
"""

from __future__ import annotations

import pytest

from tests.simulation.mutations import MUTATIONS
from tests.simulation.running import run
from tests.simulation.steps import draw

#: In so many histories at most. Unchanged, the program breaks nothing in them.
BOUND = 60
_THEMES = {"restamps": "clocks", "order of restamps": "clocks", "forced to disk": "disks"}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_rule_taken_out_is_noticed(name: str) -> None:
    for seed in range(BOUND):
        history = draw(seed, _THEMES.get(name, "all"))
        with MUTATIONS[name]():
            noticed = run(history).why
        if noticed:
            assert run(history).why == "", "without the mutation nothing is wrong"
            return
    pytest.fail(f"{BOUND} histories without {name}, and nothing was noticed")
