"""The rule of what counts as attended, trained and digitised."""

from __future__ import annotations

import pytest

from trainer_app.records.progress import (
    Facts,
    Held,
    PostTest,
    Reached,
    checked_day,
    lesson_hours,
    local_day,
    progress_of,
    qualifies_for_certificate,
)

BATCH, OTHER = b"\1" * 16, b"\2" * 16


TESTED = PostTest(BATCH, "2026-11-02")


def held(day: int, hours: int = 4, *, batch: bytes | None = BATCH, closed: bool = True) -> Held:
    return Held(batch, f"2026-11-{day:02d}", hours, closed)


def test_nothing_known_is_blank() -> None:
    assert progress_of(Facts(), {}).blank


@pytest.mark.parametrize(
    ("attended", "expected"), [(0, None), (3, None), (4, "2026-11-04"), (5, "2026-11-05")]
)
def test_trained_from_four_fifths_of_the_closed_hours(attended: int, expected: str | None) -> None:
    facts = Facts(attended=[held(day) for day in range(1, attended + 1)], tested=[TESTED])
    assert progress_of(facts, {BATCH: 20}).trained == expected


def test_hours_count_not_sessions() -> None:
    facts = Facts(attended=[held(1, 8), held(2, 8)], tested=[TESTED])
    assert progress_of(facts, {BATCH: 20}).trained == "2026-11-02"


def test_open_sessions_and_sessions_of_no_batch_do_not_train() -> None:
    facts = Facts(attended=[held(1, closed=False), held(2, batch=None)], tested=[TESTED])
    progress = progress_of(facts, {BATCH: 0})
    assert progress.trained is None
    assert (progress.attended, progress.sessions, progress.hours) == ("2026-11-01", 2, 8)


def test_two_half_batches_are_no_whole_one() -> None:
    both = [TESTED, PostTest(OTHER, "2026-11-02")]
    facts = Facts(attended=[held(1, 8), held(2, 8, batch=OTHER)], tested=both)
    assert progress_of(facts, {BATCH: 16, OTHER: 16}).trained is None


def test_nobody_is_trained_before_the_test_after_the_training() -> None:
    there = [held(1), held(2)]
    assert progress_of(Facts(attended=there), {BATCH: 8}).trained is None
    assert progress_of(Facts(attended=there, tested=[PostTest(OTHER, "")]), {BATCH: 8}).trained is None


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([""], "2026-11-02"),  # taken on a day that nobody noted: the last day of attendance
        (["2026-11-01"], "2026-11-02"),
        (["2026-11-09"], "2026-11-09"),
        (["2026-11-09", "2026-11-05"], "2026-11-05"),  # of two papers the one that came first
    ],
)
def test_trained_since_the_later_of_the_last_session_and_the_test(tests: list[str], expected: str) -> None:
    facts = Facts(attended=[held(1), held(2)], tested=[PostTest(BATCH, day) for day in tests])
    assert progress_of(facts, {BATCH: 8}).trained == expected


@pytest.mark.parametrize(
    ("attended", "closed", "tested", "answer"),
    [(16, 20, True, True), (15, 20, True, False), (20, 20, False, False), (0, 0, True, False)],
)
def test_who_gets_a_certificate(attended: int, closed: int, tested: bool, answer: bool) -> None:
    assert qualifies_for_certificate(attended, closed, tested=tested) is answer


def test_active_and_on_board_are_told_apart() -> None:
    progress = progress_of(Facts(reached=[Reached("T6", "2026-11-20", False)]), {})
    assert (progress.digitised, progress.active, progress.shop) == (None, "2026-11-20", None)
    progress = progress_of(Facts(reached=[Reached("T3", "2026-11-10", False)]), {})
    assert (progress.digitised, progress.active, progress.shop) == ("2026-11-10", None, "2026-11-10")


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
