"""How far one person has come: registered, attended, trained, digitised. One rule for laptop, hub and centre.

The rule (`TRAINED_SHARE` is common practice, 80 % of lesson hours):

- *registered*: a live record of the person.
- *attended*: a mark H or T in a session that was neither cancelled nor deleted.
- *trained*: in one batch, the closed sessions attended hold at least 80 % of the lesson hours (JP) of all its
  closed sessions, and at least one was attended. A post-test is not asked yet; when assessments arrive it
  becomes the second condition.
- *qris*, *first_sale*, *active*: a milestone T4, T5, T6 that has not lapsed and was not there before the
  programme.
- *digitised*: T3 or T4 by the same test. Who had one of them before the programme, and has none by the
  programme, counts as *already* online: told apart, never as a result.

What happened is counted in the area where it happened: a mark in the area of its session, a milestone in that
of the enterprise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

LESSON_HOUR_MS = 45 * 60_000
#: Attended lesson hours times 5 must reach closed lesson hours times 4: 80 % without a fraction.
TRAINED_SHARE = (4, 5)
DIGITISED_STEPS = ("T3", "T4")
#: What is counted, in the order of the ladder; each is the name of the day it was reached.
MEASURES = ("registered", "attended", "trained", "qris", "digitised", "first_sale", "active", "already")


@dataclass(frozen=True, slots=True)
class Held:
    """A session that counts: live and not cancelled. `hours` is lesson hours (JP)."""

    batch: bytes | None
    day: str
    hours: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A live milestone that has not lapsed."""

    step: str
    day: str
    before_programme: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person has come in one area; each of `MEASURES` holds the day (2026-11-24) it was reached, or
    None.
    """

    district: str = ""
    registered: str | None = None
    attended: str | None = None
    trained: str | None = None
    qris: str | None = None
    digitised: str | None = None
    first_sale: str | None = None
    active: str | None = None
    already: str | None = None
    sessions: int = 0
    hours: int = 0

    @property
    def blank(self) -> bool:
        """Nothing counts any more."""
        return not any(getattr(self, measure) for measure in MEASURES)

    def days(self) -> Iterable[tuple[str, str]]:
        """(measure, day) of everything that was reached."""
        for measure in MEASURES:
            day = getattr(self, measure)
            if day:
                yield measure, day


@dataclass(slots=True)
class Facts:
    """What is known of one person in one area."""

    district: str = ""
    registered: str | None = None
    attended: list[Held] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)


def progress_of(facts: Facts, closed_hours: Mapping[bytes, int]) -> Progress:
    """The rule of this module; `closed_hours` is the lesson hours of all closed sessions of each batch."""
    result = [step for step in facts.reached if not step.before_programme]
    digitised = _first(step.day for step in result if step.step in DIGITISED_STEPS)
    before = _first(s.day for s in facts.reached if s.before_programme and s.step in DIGITISED_STEPS)
    return Progress(
        district=facts.district,
        registered=facts.registered,
        attended=_first(held.day for held in facts.attended),
        trained=_trained(facts.attended, closed_hours),
        qris=_first(step.day for step in result if step.step == "T4"),
        digitised=digitised,
        first_sale=_first(step.day for step in result if step.step == "T5"),
        active=_first(step.day for step in result if step.step == "T6"),
        already=None if digitised else before,
        sessions=len(facts.attended),
        hours=sum(held.hours for held in facts.attended),
    )


def _first(days: Iterable[str]) -> str | None:
    return min(days, default=None)


def _trained(attended: Iterable[Held], closed_hours: Mapping[bytes, int]) -> str | None:
    """The day of the last attended session of the first batch whose rule is met."""
    hours: dict[bytes, int] = {}
    last: dict[bytes, str] = {}
    for held in attended:
        if held.batch is not None and held.closed:
            hours[held.batch] = hours.get(held.batch, 0) + held.hours
            last[held.batch] = max(last.get(held.batch, ""), held.day)
    share, whole = TRAINED_SHARE
    return _first(
        last[batch]
        for batch, own in hours.items()
        if own and own * whole >= closed_hours.get(batch, 0) * share
    )


def lesson_hours(hours: int | None, starts_at: int | None, ends_at: int | None) -> int:
    """Lesson hours of a session: as stated, else its length in units of 45 minutes, at least one."""
    if hours is not None and hours > 0:
        return hours
    if starts_at is not None and ends_at is not None and ends_at > starts_at:
        return max(1, round((ends_at - starts_at) / LESSON_HOUR_MS))
    return 1


def local_day(instant_ms: int, utc_offset_hours: int) -> str:
    """The day of an instant where it happened; Indonesia's zones know no summer time. Out of range gives
    "".
    """
    try:
        moment = datetime.fromtimestamp(instant_ms / 1000, UTC) + timedelta(hours=utc_offset_hours)
    except (OverflowError, ValueError, OSError):
        return ""
    return moment.date().isoformat()


def checked_day(text: str | None) -> str:
    """A day as it is counted by: 2026-11-24; where only the year is known its first day; "" for what is no
    day.
    """
    if not text:
        return ""
    whole = f"{text}-01-01" if len(text) == 4 else text
    try:
        return date.fromisoformat(whole).isoformat()
    except ValueError:
        return ""
