"""Stamps rise whatever the laptop's clock does, and an edit that saw a value is later than it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records.clock import BUILD_MS, HOUR_MS, MAX_AHEAD_MS, Clock, milliseconds, pack

NOW = BUILD_MS + 30 * 24 * HOUR_MS
YEAR = 365 * 24 * HOUR_MS


class Wall:
    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms


@given(st.lists(st.integers(-10 * YEAR, 10 * YEAR), min_size=2, max_size=30))
def test_stamps_rise_under_any_jump_of_the_clock(jumps):
    wall = Wall(NOW)
    clock = Clock(wall=wall)
    given_out = []
    for jump in jumps:
        wall.ms = max(NOW + jump, 0)
        given_out.append(clock.tick())
    assert given_out == sorted(set(given_out))


def test_an_edit_that_saw_a_value_of_next_year_beats_it():
    clock = Clock(wall=Wall(NOW))
    seen = pack(NOW + YEAR)
    assert clock.tick(after=seen) > seen


def test_a_stamp_from_the_far_future_does_not_drag_the_clock_along():
    clock = Clock(wall=Wall(NOW))
    clock.observe(pack(NOW + MAX_AHEAD_MS + 1))
    assert milliseconds(clock.tick()) == NOW
    clock.observe(pack(NOW + HOUR_MS))
    assert milliseconds(clock.tick()) == NOW + HOUR_MS


def test_the_offset_learnt_from_the_centre_counts():
    clock = Clock(offset_ms=2 * HOUR_MS, wall=Wall(NOW))
    assert milliseconds(clock.tick()) == NOW + 2 * HOUR_MS


def test_a_flat_battery_is_noticed_and_never_gives_stamps_of_1970():
    clock = Clock(wall=Wall(0))
    assert clock.looks_wrong()
    assert milliseconds(clock.tick()) >= BUILD_MS
    assert not Clock(wall=Wall(NOW)).looks_wrong()
