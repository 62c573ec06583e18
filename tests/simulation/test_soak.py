"""The long run: ``python3 -m tests soak --minutes N``."""

from __future__ import annotations

import os
import random

import pytest

from tests.simulation.soaking import soak


@pytest.mark.soak
def test_soak() -> None:
    minutes = float(os.environ.get("TRAINER_APP_SOAK_MINUTES", "10"))
    given = os.environ.get("TRAINER_APP_SOAK_SEED")
    first = int(given) if given else random.SystemRandom().randrange(10**9)
    figures = soak(minutes, first)
    print(f"\n{figures.line()}")  # noqa: T201 - the figures are what the run is for
    assert [verdict.history.seed for verdict in figures.broken] == []
