"""How an exchange bears with a poor link: full jitter, an end to it, smaller parts."""

from __future__ import annotations

import random

import pytest

from tests.sync.test_poor_links import register
from tests.sync.world import DirectCarrier, World
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.sending_state import send_state
from trainer_app.sync import patience
from trainer_app.sync.exchange import exchange
from trainer_app.sync.patience import LEAST_BUDGET, SMALLEST_BUDGET, TRIES, Pace, Patience
from trainer_app.sync.progress import StopToken


class Impatient(StopToken):
    """Notes how long it should have waited, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, seconds: float) -> None:
        if seconds:
            self.waited.append(seconds)
        super().wait(0)


class Narrow(DirectCarrier):
    """Something on the way lets no request through that is larger than `most`."""

    def __init__(self, world: World, most: int, code: str) -> None:
        super().__init__(world)
        self.most, self.code = most, code
        self.refused = 0

    def send(self, data: bytes) -> bytes:
        if len(data) > self.most:
            self.refused += 1
            raise CarrierProblem("too large", code=self.code)
        return super().send(data)


def test_waits_are_spread_over_all_of_a_growing_time() -> None:
    waits = []
    for _n in range(200):
        one = Patience()
        problem = CarrierProblem("", code="http.broken")
        waits.append([one.wait_after(problem, in_the_middle=False) for _m in range(TRIES - 1)])
        with pytest.raises(CarrierProblem):
            one.wait_after(problem, in_the_middle=False)
    for at, most in enumerate((0.1, 0.2, 0.4, 0.8)):
        column = [wait[at] for wait in waits]
        assert 0 <= min(column) < most / 10
        assert most * 9 / 10 < max(column) <= most


def test_a_dead_link_is_told_at_once_and_a_long_wait_too() -> None:
    with pytest.raises(CarrierProblem):
        Patience().wait_after(CarrierProblem("", code="http.unreachable"), in_the_middle=False)
    busy = CarrierProblem("", code="http.busy", retry_after_seconds=31)
    with pytest.raises(CarrierProblem):
        Patience().wait_after(busy, in_the_middle=True)
    short = CarrierProblem("", code="http.busy", retry_after_seconds=29)
    assert Patience().wait_after(short, in_the_middle=True) == 29


def test_the_pace_follows_the_link_and_never_passes_what_was_too_large() -> None:
    pace = Pace()
    pace.measured(300, 1.6)
    assert pace.budget == patience.FIRST_BUDGET, "a small round says nothing of the rate"
    pace.measured(8_000, 8)
    assert pace.budget == 15_000
    pace.measured(50_000, 1000)
    assert pace.budget == LEAST_BUDGET
    while pace.too_large():
        pass
    assert pace.budget == SMALLEST_BUDGET
    pace.measured(1_000_000, 0.1)
    assert pace.budget <= SMALLEST_BUDGET


@pytest.mark.parametrize("code", ["http.large", "http.broken"])
def test_what_does_not_fit_goes_in_smaller_parts(world: World, code: str) -> None:
    """A 413, and a thing on the way that just hangs up on large requests and keeps nothing of them."""
    laptop = world.laptop()
    register(laptop, random.Random(5), 250)  # noqa: S311 - a test must repeat
    narrow, stop = Narrow(world, 9_000, code), Impatient()
    exchange(laptop.store, narrow, stop=stop)
    assert send_state(laptop.store).all_received
    assert world.equal(laptop)
    assert 0 < narrow.refused <= TRIES
    assert max(map(len, narrow.requests)) <= 9_000


def test_nothing_fits(world: World) -> None:
    laptop = world.laptop()
    register(laptop, random.Random(6), 20)  # noqa: S311 - a test must repeat
    for code in ("http.large", "http.broken"):
        with pytest.raises(CarrierProblem) as caught:
            exchange(laptop.store, Narrow(world, 500, code), stop=Impatient())
        assert caught.value.code == code
    exchange(laptop.store, laptop.carrier)
    assert send_state(laptop.store).all_received
