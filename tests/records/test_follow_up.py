"""The plan after a training: which day is next, whatever was done before and however late."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records.follow_up import (
    EARLY,
    GIVEN_UP,
    PLAN_DAYS,
    Contact,
    next_contact,
    next_recheck,
    plan_day,
    plan_of,
    proposed,
)

ENDED = date(2026, 6, 30)
AFTER = st.integers(0, GIVEN_UP).map(lambda days: ENDED + timedelta(days))


def test_the_days_of_the_plan_follow_one_another() -> None:
    done: Contact | None = None
    for due in plan_of(ENDED):
        assert next_contact(ENDED, done, ENDED) == due
        done = Contact(due)
    assert next_contact(ENDED, done, ENDED) is None
    assert [(day - ENDED).days for day in plan_of(ENDED)] == [7, 30, 60, 90, 180]


def test_a_contact_moves_the_plan_or_ends_it() -> None:
    promised = date(2026, 7, 20)
    moved = Contact(date(2026, 7, 7), promised)
    assert next_contact(ENDED, moved, ENDED) == promised
    assert next_contact(ENDED, Contact(promised), ENDED) == ENDED + timedelta(30), "after it as before"
    assert next_contact(ENDED, Contact(promised, ended=True), ENDED) is None
    assert next_contact(None, moved, ENDED) == promised, "also for whoever is in no batch"
    assert next_contact(None, None, ENDED) is None


def test_nobody_is_called_late_for_ever() -> None:
    assert next_contact(ENDED, None, ENDED + timedelta(GIVEN_UP)) == ENDED + timedelta(7)
    assert next_contact(ENDED, None, ENDED + timedelta(GIVEN_UP + 1)) is None


def test_what_is_proposed_after_a_contact() -> None:
    assert proposed(ENDED, ENDED + timedelta(7)) == ENDED + timedelta(30)
    assert proposed(ENDED, ENDED + timedelta(180)) is None
    assert proposed(None, ENDED) == ENDED + timedelta(30)
    assert proposed(ENDED, ENDED, reached=False) == ENDED + timedelta(7)


@given(AFTER, AFTER)
def test_who_was_contacted_later_is_never_due_earlier(one: date, other: date) -> None:
    first, second = sorted((one, other))
    before, after = (next_contact(ENDED, Contact(day), ENDED) for day in (first, second))
    assert after is None or (before is not None and before <= after)


@given(AFTER)
def test_what_is_next_is_a_day_of_the_plan_and_not_the_one_just_done(on: date) -> None:
    due = next_contact(ENDED, Contact(on), ENDED)
    assert due is None or (due in plan_of(ENDED) and due > on + timedelta(EARLY))
    assert due == proposed(ENDED, on)
    stood_for = plan_day(ENDED, on)
    missed = [days for days in PLAN_DAYS if ENDED + timedelta(days) <= on]
    assert not missed or (stood_for is not None and stood_for >= missed[-1])


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_step_is_looked_at_three_times(checked: int, more: int) -> None:
    due = next_recheck("T3", ENDED, ENDED + timedelta(checked))
    later = next_recheck("T3", ENDED, ENDED + timedelta(checked + more))
    assert due is None or (due - ENDED).days in (30, 90, 180)
    assert later is None or (due is not None and due <= later)
    assert next_recheck("T5", ENDED, None) is None, "a first sale was made, and stays made"
    assert next_recheck("T3", ENDED, None) == ENDED + timedelta(30)
