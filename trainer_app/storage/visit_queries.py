"""Who is to be called or visited, and what was found: the rules of `records.follow_up` as queries.

The plan is not stored. A query is given the days it needs as a small table: for each day of the last
`GIVEN_UP` days, from when a contact counts for a mark of the plan and when that mark is due. So SQLite and
PostgreSQL compare texts, and nobody computes with dates in SQL. People who are one count once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from trainer_app.records.follow_up import (
    EARLY,
    GIVEN_UP,
    PLAN_DAYS,
    RECHECK_DAYS,
    Contact,
    next_contact,
    next_recheck,
    plan_day,
)
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Enterprise, Milestone, Visit, derived_id
from trainer_app.records.ladder import rechecked_steps
from trainer_app.records.progress import checked_day
from trainer_app.storage.aliases import canonicals, members
from trainer_app.storage.conditions import chunks, held_areas, in_batch, marks, took_place, withdrawn
from trainer_app.storage.database import Connection

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: So many lines are listed; nobody calls more in a week.
LISTED = 500
WEEK = 6
#: The day of a session is that of Central Indonesian Time: near midnight, where zones differ, none is held.
_DAY_MS, _CENTRAL_MS = 86_400_000, 8 * 3_600_000


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Somebody's follow-up. `due_on`: when the next contact is due, None for nobody any more; `promised`: a
    contact named that day; `rechecks`: steps that are to be looked at by now, each with its day.
    """

    person: RecordId
    name: str = ""
    phone: str = ""
    village: str = ""
    enterprise: RecordId | None = None
    business: str = ""
    batch: RecordId | None = None
    batch_name: str = ""
    ended_on: date | None = None
    due_on: date | None = None
    promised: bool = False
    rechecks: tuple[tuple[str, date], ...] = ()
    last: Visit | None = None

    def plan_day(self) -> int | None:
        """The day of the plan (7, 30, …) that is due."""
        if self.due_on is None or self.promised:
            return None
        return plan_day(self.ended_on, self.due_on)


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How many people are due: before today, today, and within the week after."""

    overdue: int = 0
    today: int = 0
    week: int = 0

    @property
    def all(self) -> int:
        """All of them."""
        return self.overdue + self.today + self.week


# ---------------------------------------------------------------- who is due
@dataclass(frozen=True, slots=True)
class DueOrder:
    """Everybody who is due: who is overdue first, then today, then later; in each village by village, so that
    one trip takes neighbours. Taken once, read a page at a time with `follow_ups`.
    """

    people: tuple[RecordId, ...] = ()
    counts: DueCounts = DueCounts()

    @property
    def overdue(self) -> tuple[RecordId, ...]:
        """Who should have been called before today."""
        return self.people[: self.counts.overdue]

    @property
    def today(self) -> tuple[RecordId, ...]:
        """Who is to be called today."""
        return self.people[self.counts.overdue : self.counts.overdue + self.counts.today]

    @property
    def week(self) -> tuple[RecordId, ...]:
        """Who is to be called in the days after."""
        return self.people[self.counts.overdue + self.counts.today :]


def due_order(store: Store, today: date, ahead: int = WEEK) -> DueOrder:
    """Who is to be called or visited until so many days from today. Belongs in the background: of 3,000
    people it takes some hundredths of a second, of 200,000 (110,000 of them due) three seconds.
    """
    part = "CASE WHEN t.due < ? THEN 0 WHEN t.due = ? THEN 1 ELSE 2 END"
    sql = (
        f"{_due_sql(store, today, ahead)} SELECT t.person, {part} FROM due t "
        f"JOIN person p ON {_same_person(store)} WHERE {_shown(store)} "
        "ORDER BY 2, p.village, t.due, p.full_name, t.person"
    )
    day = today.isoformat()
    with store.db.reading() as c:
        rows = c.all(sql, day, day)
    counted = [sum(1 for _person, which in rows if which == wanted) for wanted in range(3)]
    return DueOrder(tuple(bytes(person) for person, _part in rows), DueCounts(*counted))


def due_people(store: Store, today: date, *, ahead: int = WEEK, limit: int = LISTED) -> list[FollowUp]:
    """The first of `due_order`, with what is known of each."""
    people = due_order(store, today, ahead).people[:limit]
    found = follow_ups(store, people, today)
    return [found[person] for person in people if person in found]


def due_visits(store: Store, today: date, limit: int = 5) -> list[FollowUp]:
    """Who is due today or overdue, for the list of what is to be done today."""
    return due_people(store, today, ahead=0, limit=limit)


def due_counts(store: Store, today: date, ahead: int = WEEK) -> DueCounts:
    """How many people are due."""
    return due_order(store, today, ahead).counts


@dataclass(frozen=True, slots=True)
class Overdue:
    """Of one area: how many people are overdue, and since when the one who waits longest."""

    people: int
    since: date


def overdue_follow_ups(store: Store, today: date) -> dict[int, Overdue]:
    """How many people should have been called or visited before today, by the area of their follow-up."""
    with store.db.reading() as c:
        rows = c.all(
            f"{_due_sql(store, today, -1)} SELECT t.area, COUNT(*), MIN(t.due) FROM due t "
            f"JOIN person p ON {_same_person(store)} WHERE {_shown(store)} GROUP BY t.area"
        )
    return {int(area): Overdue(int(n), date.fromisoformat(since)) for area, n, since in rows}


def _due_sql(store: Store, today: date, ahead: int) -> str:
    """The beginning of a query: `due` holds area, person and day of everybody who is due until then."""
    areas = held_areas(store)
    horizon = (today + timedelta(ahead)).isoformat()
    since = _ms(today - timedelta(GIVEN_UP))
    until = _ms(today + timedelta(1))
    days = [today - timedelta(n) for n in range(GIVEN_UP + 1)]
    return _DUE.format(
        areas=areas,
        plan=", ".join(_marks_of(day, PLAN_DAYS, number=True) for day in days),
        checks=", ".join(_marks_of(day, RECHECK_DAYS, number=False) for day in days),
        plan_columns=", ".join(f"c{n}, d{n}" for n in PLAN_DAYS),
        check_columns=", ".join(f"c{n}, d{n}" for n in RECHECK_DAYS),
        plan_due=_first_open("SUBSTR(v.told, 1, 10)", PLAN_DAYS),
        check_due=_first_open("m.checked_on", RECHECK_DAYS),
        took_place=took_place("s"),
        in_batch=in_batch("n"),
        steps=", ".join(f"'{step}'" for step in rechecked_steps()),
        hexed="HEX(v.id)" if store.db.dialect == "sqlite" else "ENCODE(v.id, 'hex')",
        since=since,
        until=until,
        central=_CENTRAL_MS,
        day_ms=_DAY_MS,
        oldest=days[-1].isoformat(),
        horizon=horizon,
    )


def _marks_of(day: date, marks_: Sequence[int], *, number: bool) -> str:
    """A line of the small table: a day, and for each mark from when a contact counts and when it is due."""
    key = str((day - date(1970, 1, 1)).days) if number else f"'{day.isoformat()}'"
    cells = (f"'{day + timedelta(mark - EARLY)}', '{day + timedelta(mark)}'" for mark in marks_)
    return f"({key}, {', '.join(cells)})"


def _first_open(done: str, marks_: Sequence[int]) -> str:
    cases = " ".join(f"WHEN {done} IS NULL OR {done} < k.c{n} THEN k.d{n}" for n in marks_)
    return f"CASE {cases} END"


def _ms(day: date) -> int:
    return round(datetime.combine(day, time(), UTC).timestamp() * 1000) - _CENTRAL_MS


def _same_person(store: Store) -> str:
    """A laptop finds people in all its areas; the centre looks where they are followed up."""
    return f"p.id = t.person AND p.area {held_areas(store) if store.areas else '= t.area'}"


def _shown(store: Store) -> str:
    return f"p.deleted_at IS NULL AND NOT {withdrawn(held_areas(store) if store.areas else '= t.area')}"


#: `told` holds of each person the last contact as one text: day, id, 1 if it ended the follow-up, next day.
_DUE = """
WITH plan (day, {plan_columns}) AS (VALUES {plan}),
checks (day, {check_columns}) AS (VALUES {checks}),
ended AS (
  SELECT s.area, s.batch, (MAX(s.starts_at) + {central}) / {day_ms} AS day FROM session s
  WHERE s.area {areas} AND {took_place} AND s.batch IS NOT NULL GROUP BY s.area, s.batch
  HAVING MAX(s.starts_at) >= {since} AND MAX(s.starts_at) < {until}),
taught AS (
  SELECT MIN(n.area) AS area, COALESCE(x.canonical, n.person) AS person, MAX(e.day) AS day
  FROM ended e JOIN enrolment n ON n.area = e.area AND n.batch = e.batch AND {in_batch}
  LEFT JOIN alias x ON x.id = n.person WHERE n.person IS NOT NULL GROUP BY COALESCE(x.canonical, n.person)),
spoken AS (
  SELECT v.area, v.person,
    MAX(v.done_on || {hexed} || COALESCE(v.ended, 0) || COALESCE(v.next_on, '')) AS told
  FROM visit v WHERE v.area {areas} AND v.deleted_at IS NULL AND v.done_on IS NOT NULL
  GROUP BY v.area, v.person),
told AS MATERIALIZED (
  SELECT MIN(v.area) AS area, COALESCE(x.canonical, v.person) AS person, MAX(v.told) AS told
  FROM spoken v LEFT JOIN alias x ON x.id = v.person WHERE v.person IS NOT NULL
  GROUP BY COALESCE(x.canonical, v.person)),
looked AS (
  SELECT m.area, COALESCE(x.canonical, e.owner) AS person, {check_due} AS due
  FROM milestone m JOIN checks k ON k.day = m.reached_on
  JOIN enterprise e ON e.area = m.area AND e.id = m.enterprise LEFT JOIN alias x ON x.id = e.owner
  WHERE m.area {areas} AND m.deleted_at IS NULL AND m.lapsed_on IS NULL AND m.reached_on >= '{oldest}'
    AND m.step IN ({steps}) AND {check_due} <= '{horizon}'
    AND e.deleted_at IS NULL AND e.owner IS NOT NULL),
met AS (
  SELECT area, person, day, NULL AS due FROM taught
  UNION ALL SELECT area, person, NULL, due FROM looked
  UNION ALL SELECT area, person, NULL, SUBSTR(told, 44) FROM told WHERE LENGTH(told) > 43),
each AS (
  SELECT t.area, t.person, CASE WHEN t.day IS NULL THEN t.due
    WHEN LENGTH(v.told) > 43 THEN SUBSTR(v.told, 44) ELSE {plan_due} END AS due
  FROM met t LEFT JOIN plan k ON k.day = t.day LEFT JOIN told v ON v.person = t.person
  WHERE v.told IS NULL OR SUBSTR(v.told, 43, 1) = '0'),
due AS (
  SELECT MIN(area) AS area, person, MIN(due) AS due FROM each WHERE due <= '{horizon}' GROUP BY person)
"""


# ---------------------------------------------------------------- of some people
def follow_ups(store: Store, people: Sequence[RecordId], today: date) -> dict[RecordId, FollowUp]:
    """The follow-up of each of these people who is here, due or not, under the id that was given."""
    areas = held_areas(store)
    with store.db.reading() as c:
        under = members(c, people)
        persons = _persons(c, areas, people)
        firms = _firms(c, areas, under)
        taught = _taught(c, areas, under, today)
    known = {bytes(row[0]) for own in firms.values() for row in own}
    visits = _last_visits(store, under)
    steps = _standing(store, known)
    return {
        person: _follow_up(
            person, persons[person], firms.get(person, []), taught.get(person), visits, steps, today
        )
        for person in people
        if person in persons
    }


def follow_up_of(store: Store, person: RecordId, today: date) -> FollowUp | None:
    """The follow-up of one person, under whoever stands for him or her; None for somebody who is not here."""
    with store.db.reading() as c:
        place = canonicals(c, [person]).get(person)
    top = place[1] if place is not None else person
    found = follow_ups(store, [top, person], today)
    return found.get(top) or found.get(person)


@dataclass(frozen=True, slots=True)
class _Taught:
    batch: RecordId
    name: str
    ended_on: date


def _follow_up(
    person: RecordId,
    known: tuple[str, str, str],
    firms: Sequence[tuple[RecordId, str]],
    taught: _Taught | None,
    visits: Mapping[RecordId, Visit],
    steps: Mapping[RecordId, Sequence[Milestone]],
    today: date,
) -> FollowUp:
    last = visits.get(person)
    contact = contact_of(last) if last is not None else None
    ended_on = taught.ended_on if taught is not None else None
    planned = next_contact(ended_on, contact, today)
    over = contact is not None and contact.ended
    first = derived_id(Enterprise, person)
    firm = next((one for one in firms if one[0] == first), next(iter(firms), None))
    standing = [step for own, _name in firms for step in steps.get(own, ())]
    rechecks = () if over else tuple(_rechecks(standing, today))
    days = [day for _step, day in rechecks] + ([planned] if planned is not None else [])
    due_on = min(days, default=None)
    return FollowUp(
        person,
        *known,
        firm[0] if firm else None,
        next((name for _row, name in firms if name), ""),
        taught.batch if taught else None,
        taught.name if taught else "",
        ended_on,
        due_on,
        promised=contact is not None and contact.next_on is not None and contact.next_on == due_on,
        rechecks=tuple((step, day) for step, day in rechecks if day <= today + timedelta(WEEK)),
        last=last,
    )


def contact_of(visit: Visit) -> Contact:
    """What of a visit counts for the plan."""
    return Contact(_day(visit.done_on), _maybe_day(visit.next_on), bool(visit.ended))


def _rechecks(standing: Iterable[Milestone], today: date) -> Iterator[tuple[str, date]]:
    for step in standing:
        reached = _maybe_day(step.reached_on)
        if reached is None or reached < today - timedelta(GIVEN_UP) or reached > today:
            continue
        due = next_recheck(step.step or "", reached, _maybe_day(step.checked_on))
        if due is not None:
            yield step.step or "", due


def _day(text: str | None) -> date:
    return _maybe_day(text) or date.min


def _maybe_day(text: str | None) -> date | None:
    known = checked_day(text)
    return date.fromisoformat(known) if known else None


def _persons(c: Connection, areas: str, people: Sequence[RecordId]) -> dict[RecordId, tuple[str, str, str]]:
    found: dict[RecordId, tuple[str, str, str]] = {}
    for some in chunks(people):
        sql = (
            f"SELECT id, full_name, phone, village FROM person WHERE area {areas} "
            f"AND id IN ({marks(some)}) AND deleted_at IS NULL"
        )
        found.update((bytes(row[0]), (row[1] or "", row[2] or "", row[3] or "")) for row in c.all(sql, *some))
    return found


def _firms(
    c: Connection, areas: str, under: Mapping[RecordId, RecordId]
) -> dict[RecordId, list[tuple[RecordId, str]]]:
    found: dict[RecordId, list[tuple[RecordId, str]]] = {}
    for some in chunks(sorted(under)):
        sql = (
            f"SELECT owner, id, name FROM enterprise WHERE area {areas} AND owner IN ({marks(some)}) "
            "AND deleted_at IS NULL ORDER BY id"
        )
        for owner, firm, name in c.all(sql, *some):
            found.setdefault(under[bytes(owner)], []).append((bytes(firm), name or ""))
    return found


def _taught(
    c: Connection, areas: str, under: Mapping[RecordId, RecordId], today: date
) -> dict[RecordId, _Taught]:
    """The batch of each that ended last, however long ago."""
    found: dict[RecordId, _Taught] = {}
    for some in chunks(sorted(under)):
        sql = (
            "SELECT n.person, n.batch, b.name, (SELECT MAX(s.starts_at) FROM session s "
            f"WHERE s.area = n.area AND s.batch = n.batch AND {took_place('s')}) FROM enrolment n "
            "LEFT JOIN batch b ON b.area = n.area AND b.id = n.batch "
            f"WHERE n.area {areas} AND n.person IN ({marks(some)}) AND {in_batch('n')} ORDER BY n.batch"
        )
        for person, batch, name, last in c.all(sql, *some):
            if last is None or int(last) >= _ms(today + timedelta(1)):
                continue
            ended_on = date(1970, 1, 1) + timedelta((int(last) + _CENTRAL_MS) // _DAY_MS)
            top = under[bytes(person)]
            if top not in found or found[top].ended_on < ended_on:
                found[top] = _Taught(bytes(batch), name or "", ended_on)
    return found


def _last_visits(store: Store, under: Mapping[RecordId, RecordId]) -> dict[RecordId, Visit]:
    found: dict[RecordId, Visit] = {}
    for visit in visits_of(store, under):
        top = under[visit.person or b""]
        there = found.get(top)
        if there is None or (visit.done_on or "", visit.id) > (there.done_on or "", there.id):
            found[top] = visit
    return found


def visits_of(store: Store, people: Iterable[RecordId]) -> list[Visit]:
    """All contacts with these people."""
    rows: list[Visit] = []
    for some in chunks(sorted(people)):
        rows += [one for one in store.find(Visit, {"person": tuple(some)}) if one.done_on]
    return rows


def _standing(store: Store, firms: Iterable[RecordId]) -> dict[RecordId, list[Milestone]]:
    found: dict[RecordId, list[Milestone]] = {}
    for some in chunks(sorted(firms)):
        for step in store.find(Milestone, {"enterprise": tuple(some)}):
            if step.lapsed_on is None and step.enterprise is not None:
                found.setdefault(step.enterprise, []).append(step)
    return found
