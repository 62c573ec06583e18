"""When somebody is to be called or visited after the training, and when a step is looked at again.

The plan (day 7, 30, 60, 90 and 180 after the last session of the batch) is derived, never stored:

- a contact up to `EARLY` days before a day of the plan stands for that day, and for all before it;
- a contact that names a day for the next one moves the plan to that day; after that one it goes on as before;
- a contact that ends the follow-up leaves nothing to be done;
- nobody is called late for ever: `GIVEN_UP` days after the batch ended only a day named by a contact counts.

A step is looked at again 30, 90 and 180 days after it was reached, by the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trainer_app.records.ladder import rechecked_steps

PLAN_DAYS = (7, 30, 60, 90, 180)
RECHECK_DAYS = (30, 90, 180)
#: A call in the same week as the day of the plan is that call.
EARLY = 5
GIVEN_UP = 270
#: Without a plan the next contact is so many days later; after one that reached nobody it is sooner.
USUAL_PAUSE, AGAIN = 30, 7


@dataclass(frozen=True, slots=True)
class Contact:
    """What of a visit counts for the plan."""

    done_on: date
    next_on: date | None = None
    ended: bool = False


def plan_of(ended_on: date) -> tuple[date, ...]:
    """The days of the plan after a batch ended."""
    return tuple(ended_on + timedelta(days) for days in PLAN_DAYS)


def next_contact(ended_on: date | None, last: Contact | None, today: date) -> date | None:
    """When the next contact is due, perhaps before today; None when none is."""
    if last is not None and last.ended:
        return None
    if last is not None and last.next_on is not None:
        return last.next_on
    if ended_on is None or today > ended_on + timedelta(GIVEN_UP):
        return None
    return _first_open(ended_on, PLAN_DAYS, last.done_on if last else None)


def plan_day(ended_on: date | None, on: date) -> int | None:
    """Which day of the plan (7, 30, …) a contact on a day stands for; None without one."""
    if ended_on is None:
        return None
    stood_for = [days for days in PLAN_DAYS if on >= _counts_from(ended_on, days)]
    return stood_for[-1] if stood_for else None


def proposed(ended_on: date | None, on: date, *, reached: bool = True) -> date | None:
    """The day that is proposed for the next contact after one on `on`; None when the plan is done."""
    if not reached:
        return on + timedelta(AGAIN)
    if ended_on is None:
        return on + timedelta(USUAL_PAUSE)
    return _first_open(ended_on, PLAN_DAYS, on)


def next_recheck(step: str, reached_on: date, checked_on: date | None) -> date | None:
    """When a step that stands is to be looked at again; None when it never is, or no more."""
    if step not in rechecked_steps():
        return None
    return _first_open(reached_on, RECHECK_DAYS, checked_on)


def _first_open(begin: date, marks: Sequence[int], done_on: date | None) -> date | None:
    open_marks = (days for days in marks if done_on is None or done_on < _counts_from(begin, days))
    return next((begin + timedelta(days) for days in open_marks), None)


def _counts_from(begin: date, days: int) -> date:
    return begin + timedelta(days - EARLY)
