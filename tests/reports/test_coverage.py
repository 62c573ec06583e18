"""Up to when the numbers are complete."""

from __future__ import annotations

from trainer_app.records.clock import DAY_MS
from trainer_app.reports.coverage import LONGEST_MS, coverage
from trainer_app.storage.fleet import Laptop

NOW = 1_795_000_000_000


def laptop(days_ago: float | None, state: str = "aktif", enrolled_days_ago: float = 90) -> Laptop:
    seen = None if days_ago is None else NOW - round(days_ago * DAY_MS)
    enrolled = NOW - round(enrolled_days_ago * DAY_MS)
    return Laptop(b"\1" * 16, "CONTOH", frozenset({5301}), state, enrolled, seen, None, None, "", None)


def test_no_laptop_at_all() -> None:
    empty = coverage([], NOW)
    assert (empty.laptops, empty.share, empty.until, empty.complete_until) == (0, None, None, None)


def test_share_heard_within_seven_days() -> None:
    found = coverage([laptop(1), laptop(6.9), laptop(7.1), laptop(None)], NOW)
    assert found.share == 0.5


def test_revoked_laptops_are_not_waited_for() -> None:
    found = coverage([laptop(1), laptop(60, "dicabut")], NOW)
    assert (found.laptops, found.share) == (1, 1.0)


def test_complete_up_to_the_moment_after_which_nine_of_ten_were_heard() -> None:
    found = coverage([laptop(day) for day in range(1, 11)], NOW)
    assert found.complete_until is not None
    assert round((NOW - found.complete_until.timestamp() * 1000) / DAY_MS) == 9
    assert found.until is not None
    assert round((NOW - found.until.timestamp() * 1000) / DAY_MS) == 1


def test_few_laptops_are_all_waited_for_but_not_longer_than_a_month() -> None:
    found = coverage([laptop(1), laptop(200, enrolled_days_ago=300)], NOW)
    assert found.complete_until is not None
    assert NOW - found.complete_until.timestamp() * 1000 == LONGEST_MS
