"""What somebody should know in the morning: the next session, what waits to be done, the numbers, the
week.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Enrolment, Programme, Session, Target
from trainer_app.records.places import regency_code
from trainer_app.records.training import CLOSED, RUNNING
from trainer_app.reports.targets import target_line
from trainer_app.storage import people_queries
from trainer_app.storage.day_queries import (
    DayCounts,
    day_counts,
    digitised_by_area,
)
from trainer_app.storage.drafts import drafts_of
from trainer_app.storage.sending_state import SendState, send_state
from trainer_app.storage.session_queries import sessions_between, sessions_left_open
from trainer_app.storage.store import Store
from trainer_app.storage.visit_queries import due_order, follow_ups

WEEK_DAYS = 6  # Monday to Saturday
LOOK_AHEAD_DAYS = 14
LEFT_OPEN_DAYS = 60  # older ones nobody will close from here
TARGET_BARS = 5


@dataclass(frozen=True, slots=True)
class NextSession:
    """The session to go to. `people` is how many are enrolled in its batch."""

    session: Session
    batch: str
    people: int


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    """One day: how many sessions, how many of them closed."""

    day: date
    sessions: int
    closed: int


@dataclass(frozen=True, slots=True)
class AreaTarget:
    """How far an area is on the way to its target for digitised people."""

    area: int
    done: int
    target: int


@dataclass(frozen=True, slots=True)
class Today:
    """Everything of one morning, read in one go."""

    next_session: NextSession | None
    left_open: tuple[Session, ...]
    incomplete: int
    state: SendState
    draft_at: int | None  # milliseconds since 1970 UTC
    counts: DayCounts
    week: tuple[DayOfWeek, ...]
    targets: tuple[AreaTarget, ...]
    target_month: str  # 2026-11, empty without targets


@dataclass(frozen=True, slots=True)
class DueToday:
    """Who is to be called or visited by today: how many, how many of them should have been called before, and
    the name and day of the first.
    """

    people: int = 0
    overdue: int = 0
    name: str = ""
    since: date | None = None


def due_today(store: Store, day: date) -> DueToday:
    """Read for itself, for with very many people it takes longer than all the rest."""
    order = due_order(store, day, 0)
    if not order.people:
        return DueToday()
    first = follow_ups(store, order.people[:1], day).get(order.people[0])
    name, since = (first.name, first.due_on) if first else ("", None)
    return DueToday(order.counts.all, order.counts.overdue, name, since)


def today(store: Store, staff: RecordId, now: datetime) -> Today:
    """The facts at `now` (zone-aware: days are those of its zone) for somebody of the staff."""
    targets, month = _targets(store, now.date())
    draft = next((draft for draft in drafts_of(store, staff) if draft.form == "register"), None)
    return Today(
        next_session=_next(store, staff, now),
        left_open=tuple(_left_open(store, now)),
        incomplete=people_queries.counts(store).get(people_queries.INCOMPLETE, 0),
        state=send_state(store),
        draft_at=draft.at if draft else None,
        counts=day_counts(store),
        week=_week(store, now),
        targets=targets,
        target_month=month,
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _midnight(now: datetime, days: int = 0) -> datetime:
    return datetime.combine(now.date() + timedelta(days=days), time(), now.tzinfo)


def _next(store: Store, staff: RecordId, now: datetime) -> NextSession | None:
    """The running session, else the next of today, else the next of the coming days; one's own come first."""
    found = [
        session
        for session in sessions_between(store, _ms(_midnight(now)), _ms(_midnight(now, LOOK_AHEAD_DAYS)))
        if session.state != CLOSED
    ]
    if not found:
        return None
    tomorrow = _ms(_midnight(now, 1))
    chosen = min(
        found,
        key=lambda s: (
            (s.starts_at or 0) >= tomorrow,
            s.state != RUNNING,
            s.trainer not in (staff, None),
            s.starts_at or 0,
        ),
    )
    batch = store.get(Batch, chosen.batch) if chosen.batch else None
    people = (
        store.count(Enrolment, {"batch": chosen.batch, "state": ("aktif", "lulus")}) if chosen.batch else 0
    )
    return NextSession(chosen, batch.name or "" if batch else "", people)


def _left_open(store: Store, now: datetime) -> list[Session]:
    return sessions_left_open(store, _ms(_midnight(now)), _ms(_midnight(now, -LEFT_OPEN_DAYS)))


def _week(store: Store, now: datetime) -> tuple[DayOfWeek, ...]:
    monday = -now.weekday()
    sessions = sessions_between(store, _ms(_midnight(now, monday)), _ms(_midnight(now, monday + WEEK_DAYS)))
    held: dict[date, list[Session]] = {}
    for session in sessions:
        day = datetime.fromtimestamp((session.starts_at or 0) / 1000, now.tzinfo).date()
        held.setdefault(day, []).append(session)
    days = (now.date() + timedelta(days=monday + place) for place in range(WEEK_DAYS))
    return tuple(
        DayOfWeek(day, len(held.get(day, ())), sum(s.state == CLOSED for s in held.get(day, ())))
        for day in days
    )


def _targets(store: Store, day: date) -> tuple[tuple[AreaTarget, ...], str]:
    targets, programmes = store.find(Target), store.find(Programme)
    month = day.isoformat()[:7]
    wanted: dict[int, int] = {}
    for area in store.areas:
        line = target_line(targets, programmes, {regency_code(area)}, "digitised")
        if line is not None:
            wanted[area] = round(line.at(month))
    return _bars(wanted, digitised_by_area(store)), month if wanted else ""


def _bars(wanted: Mapping[int, int], done: Mapping[int, int]) -> tuple[AreaTarget, ...]:
    bars = [AreaTarget(area, done.get(area, 0), target) for area, target in wanted.items() if target > 0]
    return tuple(bars[:TARGET_BARS])
