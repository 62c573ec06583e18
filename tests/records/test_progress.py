"""The rule of what counts as attended, trained and digitised."""

from __future__ import annotations

import pytest

from trainer_app.records.progress import (
    Facts,
    Held,
    Reached,
    checked_day,
    lesson_hours,
    local_day,
    progress_of,
)

BATCH, OTHER = b"\1" * 16, b"\2" * 16


def held(day: int, hours: int = 4, *, batch: bytes | None = BATCH, closed: bool = True) -> Held:
    return Held(batch, f"2026-11-{day:02d}", hours, closed)


def test_nothing_known_is_blank() -> None:
    assert progress_of(Facts(), {}).blank


@pytest.mark.parametrize(
    ("attended", "expected"), [(0, None), (3, None), (4, "2026-11-04"), (5, "2026-11-05")]
)
def test_trained_from_four_fifths_of_the_closed_hours(attended: int, expected: str | None) -> None:
    facts = Facts(attended=[held(day) for day in range(1, attended + 1)])
    assert progress_of(facts, {BATCH: 20}).trained == expected


def test_hours_count_not_sessions() -> None:
    facts = Facts(attended=[held(1, 8), held(2, 8)])
    assert progress_of(facts, {BATCH: 20}).trained == "2026-11-02"


def test_open_sessions_and_sessions_of_no_batch_do_not_train() -> None:
    facts = Facts(attended=[held(1, closed=False), held(2, batch=None)])
    progress = progress_of(facts, {BATCH: 0})
    assert progress.trained is None
    assert (progress.attended, progress.sessions, progress.hours) == ("2026-11-01", 2, 8)


def test_two_half_batches_are_no_whole_one() -> None:
    facts = Facts(attended=[held(1, 8), held(2, 8, batch=OTHER)])
    assert progress_of(facts, {BATCH: 16, OTHER: 16}).trained is None


def test_digitised_is_t3_or_t4_of_the_programme_on_its_first_day() -> None:
    facts = Facts(reached=[Reached("T4", "2026-11-20", False), Reached("T3", "2026-11-10", False)])
    progress = progress_of(facts, {})
    assert (progress.digitised, progress.qris, progress.already) == ("2026-11-10", "2026-11-20", None)


def test_online_before_the_programme_is_told_apart() -> None:
    before = Reached("T3", "2025-01-01", True)
    alone = progress_of(Facts(reached=[before, Reached("T5", "2026-11-12", False)]), {})
    assert (alone.digitised, alone.already, alone.first_sale) == (None, "2025-01-01", "2026-11-12")
    both = progress_of(Facts(reached=[before, Reached("T4", "2026-11-12", False)]), {})
    assert (both.digitised, both.already) == ("2026-11-12", None)


def test_lesson_hours_as_stated_or_by_length() -> None:
    hour = 3_600_000
    assert lesson_hours(6, 0, hour) == 6
    assert lesson_hours(None, 0, 3 * hour) == 4
    assert lesson_hours(None, 0, hour // 4) == 1
    assert lesson_hours(None, 5, None) == 1


def test_days_are_those_of_the_place() -> None:
    late_evening_in_jakarta = 1_795_539_600_000  # 2026-11-24 17:00 UTC
    assert local_day(late_evening_in_jakarta, 7) == "2026-11-25"
    assert local_day(late_evening_in_jakarta, 6) == "2026-11-24"
    assert local_day(1 << 62, 7) == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-11-24", "2026-11-24"), ("2024", "2024-01-01"), ("2026-13-01", ""), ("besok", ""), (None, "")],
)
def test_what_is_no_day_does_not_count(text: str | None, day: str) -> None:
    assert checked_day(text) == day
