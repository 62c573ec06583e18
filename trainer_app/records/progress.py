"""How far one person has come: registered, attended, trained, on board, active. One rule for laptop, hub and
centre; `RULE_VERSION` names it, and every report and the dashboard print it.

Rule 2026-2 (domain note 7 and the ladder of resources/curriculum/milestones.csv):

- *registered*: a live record of the person.
- *attended*: a mark H or T in a session that was neither cancelled nor deleted.
- *trained* (T1): in one batch, the closed sessions attended hold at least 80 % of the lesson hours (JP) of
  all its closed sessions, at least one was attended, and the test after the training of that batch was
  *taken*: a live sitting with ten answers or more, the fewest that give a score. It need not be passed: the
  ladder asks that there is one ("has a post-test"), and so does the certificate. Where a batch held no test
  after, nobody of it is trained yet, and all of it becomes so once the tests are entered, however late.
- *qris*, *shop*, *first_sale*, *active*: a milestone T4, T3, T5, T6 that has not lapsed and was not there
  before the programme.
- *digitised*, shown as "on board": T3 or T4 by the same test. *active* (T6) is told beside it and never added
  to it: each is counted for itself, and one does not follow from the other. Who had T3 or T4 before the
  programme, and has none by the programme, counts as *already* online: told apart, never as a result.

What happened is counted in the area where it happened: a mark and a test in the area of the batch, a
milestone in that of the enterprise.

2026-1 was the same without the test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

#: Raised with every change of what counts; `storage.server_upgrades.RULE` then too: all is counted anew.
RULE_VERSION = "2026-2"
LESSON_HOUR_MS = 45 * 60_000
#: Attended lesson hours times 5 must reach closed lesson hours times 4: 80 % without a fraction.
TRAINED_SHARE = (4, 5)
#: A test after the training was taken with so many answers; fewer give no score.
FEWEST_ANSWERS = 10
DIGITISED_STEPS = ("T3", "T4")
#: What is counted, in the order of the ladder; each is the name of the day it was reached.
MEASURES = (
    "registered",
    "attended",
    "trained",
    "qris",
    "digitised",
    "first_sale",
    "active",
    "already",
    "shop",
)


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
class PostTest:
    """A test after the training that was taken; `day` is "" where it is not known."""

    batch: bytes
    day: str


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
    shop: str | None = None
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
    tested: list[PostTest] = field(default_factory=list)


def progress_of(facts: Facts, closed_hours: Mapping[bytes, int]) -> Progress:
    """The rule of this module; `closed_hours` is the lesson hours of all closed sessions of each batch."""
    result = [step for step in facts.reached if not step.before_programme]
    digitised = _first(step.day for step in result if step.step in DIGITISED_STEPS)
    before = _first(s.day for s in facts.reached if s.before_programme and s.step in DIGITISED_STEPS)
    return Progress(
        district=facts.district,
        registered=facts.registered,
        attended=_first(held.day for held in facts.attended),
        trained=_trained(facts, closed_hours),
        qris=_first(step.day for step in result if step.step == "T4"),
        digitised=digitised,
        first_sale=_first(step.day for step in result if step.step == "T5"),
        active=_first(step.day for step in result if step.step == "T6"),
        already=None if digitised else before,
        shop=_first(step.day for step in result if step.step == "T3"),
        sessions=len(facts.attended),
        hours=sum(held.hours for held in facts.attended),
    )


def _first(days: Iterable[str]) -> str | None:
    return min(days, default=None)


def _trained(facts: Facts, closed_hours: Mapping[bytes, int]) -> str | None:
    """The day of the last attended session, or of the test where that came later, of the first batch whose
    rule is met.
    """
    hours: dict[bytes, int] = {}
    last: dict[bytes, str] = {}
    for held in facts.attended:
        if held.batch is not None and held.closed:
            hours[held.batch] = hours.get(held.batch, 0) + held.hours
            last[held.batch] = max(last.get(held.batch, ""), held.day)
    tested = {test.batch: test.day for test in sorted(facts.tested, key=lambda one: one.day, reverse=True)}
    return _first(
        max(last[batch], tested[batch])
        for batch, own in hours.items()
        if qualifies_for_certificate(own, closed_hours.get(batch, 0), tested=batch in tested)
    )


def qualifies_for_certificate(attended_hours: int, closed_hours: int, *, tested: bool) -> bool:
    """Whether somebody is trained in a batch, and so gets its certificate: `attended_hours` of the
    `closed_hours` lesson hours of its closed sessions, and whether the test after was taken.
    """
    return tested and enough_hours(attended_hours, closed_hours)


def enough_hours(attended_hours: int, closed_hours: int) -> bool:
    """Whether somebody was there for 80 % of the lesson hours; without any closed session nobody was."""
    share, whole = TRAINED_SHARE
    return attended_hours > 0 and attended_hours * whole >= closed_hours * share


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
