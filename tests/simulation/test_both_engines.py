"""16: a centre on PostgreSQL comes to the same as one on SQLite, whatever happens to laptops."""

from __future__ import annotations

import pytest

from tests.postgres import Postgres
from tests.simulation.running import run
from tests.simulation.steps import draw


@pytest.mark.parametrize("theme", ["all", "clocks", "versions", "hubs", "sticks"])
def test_both_engines_come_to_the_same(postgres: Postgres, theme: str) -> None:
    history = draw(1, theme).with_steady_centre()
    with postgres.fresh() as url:
        there = run(history, url)
    here = run(history)
    assert (there.why, here.why) == ("", "")
    assert there.trace == here.trace
