"""Counts per area, kept in the transaction that applies what arrived: the dashboard never counts people.

`progress` holds one row per (area, person); `area_total` and `area_month` move by the difference between the
old and the new progress of the people touched. Only rows of the one area of the transaction are read or
written: no province or nation row, which all writers would wait for. National figures are sums over areas.
`recompute` counts anew; `differences` compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from trainer_app.records.assessment import AFTER, SLOTS
from trainer_app.records.clock import DAY_MS, milliseconds
from trainer_app.records.fields import Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    CENTRE_AREA,
    Assessment,
    Attendance,
    Consent,
    Decision,
    Enterprise,
    Milestone,
    Person,
    Session,
    derived_id,
)
from trainer_app.records.places import utc_hours
from trainer_app.records.progress import (
    FEWEST_ANSWERS,
    MEASURES,
    Facts,
    Held,
    PostTest,
    Progress,
    Reached,
    checked_day,
    lesson_hours,
    local_day,
    progress_of,
)
from trainer_app.records.training import CLOSED
from trainer_app.storage.aliases import canonicals, members
from trainer_app.storage.conditions import came, chunks, marks, took_place
from trainer_app.storage.database import Connection

_PROGRESS_COLUMNS = ("district", *MEASURES, "sessions", "hours")
#: Rows whose reference may change, and where it stands.
_LINKED: Mapping[type[Record], str] = {Enterprise: "owner", Milestone: "enterprise", Session: "batch"}

Delta = dict[str, Counter[str]]


def update(c: Connection, area: int, touched: Mapping[type[Record], set[RecordId]]) -> None:
    """Bring the counts of an area up to date with the rows that were just written, in the same
    transaction.
    """
    if area == CENTRE_AREA:
        return
    persons = _persons_behind(c, area, touched)
    if persons:
        _refresh(c, area, sorted(persons))


def recompute(c: Connection, area: int) -> None:
    """Forget the counts of an area and count anew."""
    for table in ("progress", "area_total", "area_month", "rollup_link"):
        c.run(f"DELETE FROM {table} WHERE area = ?", area)
    for cls in _LINKED:
        _relink(
            c, area, cls, [bytes(row) for (row,) in c.all(f"SELECT id FROM {cls.table} WHERE area = ?", area)]
        )
    _refresh(c, area, _everybody(c, area))


def differences(c: Connection, area: int) -> list[str]:
    """What a fresh count of an area says otherwise than the kept one; empty when all is well."""
    fresh: dict[RecordId, Progress] = {}
    for chunk in chunks(_everybody(c, area)):
        fresh.update(_count(c, area, chunk))
    kept = _stored(c, area, None)
    found = [
        f"progress {(fresh.get(p) or kept[p]).district}: {kept.get(p)} != {fresh.get(p)}"
        for p in sorted(fresh.keys() | kept.keys())
        if fresh.get(p) != kept.get(p)
    ]
    totals, months = _deltas([(None, progress) for progress in fresh.values()])
    found += _compare(c, area, "area_total", "district", totals)
    found += _compare(c, area, "area_month", "month", months)
    return found


def areas_with_data(c: Connection) -> list[int]:
    """Every area that may have something to count."""
    return [area for (area,) in c.all("SELECT DISTINCT area FROM feed WHERE area > 0 ORDER BY area")]


def progress_now(c: Connection, area: int, person: RecordId) -> Progress:
    """How far one person is by the same rule, read from the records: also where no counts are kept."""
    return _count(c, area, [person]).get(person, Progress())


def _compare(c: Connection, area: int, table: str, key: str, fresh: Delta) -> list[str]:
    kept = {
        row[0]: Counter({m: n for m, n in zip(MEASURES, row[1:], strict=True) if n})
        for row in c.all(f"SELECT {key}, {', '.join(MEASURES)} FROM {table} WHERE area = ?", area)
    }
    return [
        f"{table} {name}: {dict(kept.get(name, Counter()))} != {dict(fresh.get(name, Counter()))}"
        for name in sorted(kept.keys() | fresh.keys())
        if +kept.get(name, Counter()) != +fresh.get(name, Counter())
    ]


# --- who is touched -----------------------------------------------------------------------------------------


def _persons_behind(c: Connection, area: int, touched: Mapping[type[Record], set[RecordId]]) -> set[RecordId]:
    persons = set(touched.get(Person, ()))
    for cls, column in ((Consent, "person"), (Attendance, "person"), (Assessment, "person")):
        persons.update(_column(c, area, cls, column, "id", touched.get(cls, ())))
    persons.update(_relink(c, area, Enterprise, touched.get(Enterprise, ())))
    enterprises = _relink(c, area, Milestone, touched.get(Milestone, ()))
    persons.update(_column(c, area, Enterprise, "owner", "id", enterprises))
    batches = _relink(c, area, Session, touched.get(Session, ()))
    sessions = set(touched.get(Session, ())) | _column(c, area, Session, "id", "batch", batches)
    persons.update(_column(c, area, Attendance, "person", "session", sessions))
    for column in ("first", "second"):
        persons.update(_column(c, area, Decision, column, "id", touched.get(Decision, ())))
    return _with_theirs(c, persons)


def _with_theirs(c: Connection, persons: set[RecordId]) -> set[RecordId]:
    """These people and all who are one with any of them."""
    tops = {place[1] for place in canonicals(c, persons).values()}
    return persons | tops | set(members(c, persons | tops))


def _column(
    c: Connection, area: int, cls: type[Record], wanted: str, by: str, values: Iterable[RecordId]
) -> set[RecordId]:
    """The values of one reference column of the rows (deleted ones too) that another column picks."""
    sql = (
        f"SELECT DISTINCT {wanted} FROM {cls.table} WHERE area = ? AND {by} IN (%s) AND {wanted} IS NOT NULL"
    )
    return {bytes(value) for (value,) in _picked(c, sql, area, values)}


def _relink(c: Connection, area: int, cls: type[Record], rows: Iterable[RecordId]) -> set[RecordId]:
    """What these rows point to now, and what they pointed to when they were last counted."""
    rows = sorted(rows)
    old = {
        bytes(row): bytes(parent)
        for row, parent in _picked(
            c, "SELECT row, parent FROM rollup_link WHERE area = ? AND row IN (%s)", area, rows
        )
    }
    column = _LINKED[cls]
    sql = f"SELECT id, {column} FROM {cls.table} WHERE area = ? AND id IN (%s) AND {column} IS NOT NULL"
    new = {bytes(row): bytes(parent) for row, parent in _picked(c, sql, area, rows)}
    c.many(
        "INSERT INTO rollup_link (area, row, parent) VALUES (?, ?, ?) "
        "ON CONFLICT (area, row) DO UPDATE SET parent = excluded.parent",
        [(area, row, parent) for row, parent in new.items() if old.get(row) != parent],
    )
    return {*old.values(), *new.values()}


def _everybody(c: Connection, area: int) -> list[RecordId]:
    persons: set[RecordId] = set()
    for cls, column in ((Person, "id"), (Enterprise, "owner"), (Attendance, "person")):
        sql = f"SELECT DISTINCT {column} FROM {cls.table} WHERE area = ? AND {column} IS NOT NULL"
        persons.update(bytes(value) for (value,) in c.all(sql, area))
    return sorted(persons)


# --- the count of some people -------------------------------------------------------------------------------


def _refresh(c: Connection, area: int, persons: Sequence[RecordId]) -> None:
    for chunk in chunks(persons):
        old = _stored(c, area, chunk)
        new = _count(c, area, chunk)
        changed = [person for person in chunk if old.get(person) != new.get(person)]
        _write_progress(c, area, changed, new)
        totals, months = _deltas([(old.get(person), new.get(person)) for person in changed])
        _add(c, area, "area_total", "district", totals)
        _add(c, area, "area_month", "month", months)


def _stored(c: Connection, area: int, persons: Sequence[RecordId] | None) -> dict[RecordId, Progress]:
    sql = f"SELECT person, {', '.join(_PROGRESS_COLUMNS)} FROM progress WHERE area = ?"
    rows = c.all(sql, area) if persons is None else _picked(c, f"{sql} AND person IN (%s)", area, persons)
    return {bytes(row[0]): Progress(*row[1:]) for row in rows}


def _count(c: Connection, area: int, persons: Sequence[RecordId]) -> dict[RecordId, Progress]:
    """Progress of those of `persons` for whom anything counts; all that was written of somebody who was
    merged counts for the one who stands for both.
    """
    wanted = set(persons)
    under = _counted_under(c, area, persons)
    facts: dict[RecordId, Facts] = {person: Facts() for person in persons}
    for person, top in under.items():
        facts[person] = facts.setdefault(top, Facts())  # one person, one set of facts
    _add_registration(c, area, facts)
    closed_hours = _add_attendance(c, area, facts)
    _add_tests(c, area, facts)
    _add_milestones(c, area, facts)
    counted = {
        person: progress_of(known, closed_hours)
        for person, known in facts.items()
        if person not in under and person in wanted
    }
    return {person: progress for person, progress in counted.items() if not progress.blank}


def _counted_under(c: Connection, area: int, persons: Iterable[RecordId]) -> dict[RecordId, RecordId]:
    """Everybody of an area who is counted under another one there, of those whose facts these people need.

    People who are one but live in two areas have a line in both, for no transaction reads another area;
    `spanning` counts them once when the figures are read.
    """
    near = _with_theirs(c, set(persons))
    tops = {person: place for person, place in canonicals(c, near).items() if place[0] == area}
    alive = {
        bytes(row)
        for (row,) in _picked(
            c,
            "SELECT id FROM person WHERE area = ? AND id IN (%s) AND deleted_at IS NULL",
            area,
            {place[1] for place in tops.values()},
        )
    }
    return {person: place[1] for person, place in tops.items() if place[1] in alive}


def _add_registration(c: Connection, area: int, facts: Mapping[RecordId, Facts]) -> None:
    consents = {derived_id(Consent, person): person for person in facts}
    sql = "SELECT id, given_at FROM consent WHERE area = ? AND id IN (%s) AND given_at IS NOT NULL"
    given = {consents[bytes(row)]: at for row, at in _picked(c, sql, area, consents)}
    sql = "SELECT id, village, _h FROM person WHERE area = ? AND id IN (%s) AND deleted_at IS NULL"
    offset = utc_hours(area)
    home = _code_head(area)
    for row, village, stamp in _picked(c, sql, area, facts):
        person = bytes(row)
        written = milliseconds(stamp)
        # a paper form is entered late, so its date counts; one well after the operation's own clock is a slip
        at = given.get(person, written)
        day = local_day(min(at, written + DAY_MS), offset)
        held, day = facts[person].registered, day or local_day(written, offset)
        facts[person].registered = min(held, day) if held and day else held or day
        # a village outside the area (a guest of the laptop's home area) belongs to no district of it
        district = village[:8] if village and village.startswith(home) else ""
        facts[person].district = facts[person].district or district


def _add_attendance(c: Connection, area: int, facts: Mapping[RecordId, Facts]) -> dict[bytes, int]:
    """Adds what each person attended; gives the lesson hours of all closed sessions of the batches met."""
    sql = (
        "SELECT a.person, a.session FROM attendance a WHERE a.area = ? AND a.person IN (%s) "
        f"AND {came('a')} AND a.session IS NOT NULL"
    )
    marks = [(bytes(person), bytes(session)) for person, session in _picked(c, sql, area, facts)]
    sessions = _sessions(c, area, "id", {session for _person, session in marks})
    counted: set[tuple[int, RecordId]] = set()
    for person, session in marks:
        once = (id(facts[person]), session)  # two marks of one person in one session are one
        if session in sessions and once not in counted:
            counted.add(once)
            facts[person].attended.append(sessions[session])
    hours: Counter[bytes] = Counter()
    batches = {held.batch for held in sessions.values() if held.batch is not None}
    for held in _sessions(c, area, "batch", batches).values():
        if held.closed and held.batch is not None:
            hours[held.batch] += held.hours
    return hours


#: Whether a sitting is a test after the training that was taken.
TAKEN_AFTER = (
    f"{{0}}.deleted_at IS NULL AND {{0}}.phase = '{AFTER}' AND {{0}}.batch IS NOT NULL AND "
    + " + ".join(f"CASE WHEN {{0}}.a{slot} IS NULL THEN 0 ELSE 1 END" for slot in range(1, SLOTS + 1))
    + f" >= {FEWEST_ANSWERS}"
)


def _add_tests(c: Connection, area: int, facts: Mapping[RecordId, Facts]) -> None:
    sql = (
        "SELECT t.person, t.batch, t.taken_on FROM assessment t WHERE t.area = ? AND t.person IN (%s) "
        f"AND {TAKEN_AFTER.format('t')}"
    )
    for person, batch, taken_on in _picked(c, sql, area, facts):
        facts[bytes(person)].tested.append(PostTest(bytes(batch), checked_day(taken_on)))


def _sessions(c: Connection, area: int, by: str, ids: Iterable[RecordId]) -> dict[RecordId, Held]:
    sql = (
        "SELECT s.id, s.batch, s.starts_at, s.ends_at, s.hours, s.state FROM session s "
        f"WHERE s.area = ? AND s.{by} IN (%s) AND {took_place('s')} AND s.starts_at IS NOT NULL"
    )
    offset = utc_hours(area)
    return {
        bytes(row): Held(
            batch=None if batch is None else bytes(batch),
            day=local_day(starts_at, offset) or "1970-01-01",
            hours=lesson_hours(hours, starts_at, ends_at),
            closed=state == CLOSED,
        )
        for row, batch, starts_at, ends_at, hours, state in _picked(c, sql, area, ids)
    }


def _add_milestones(c: Connection, area: int, facts: Mapping[RecordId, Facts]) -> None:
    sql = (  # what an enterprise reached before it moved stays where that happened
        "SELECT id, owner FROM enterprise WHERE area = ? AND owner IN (%s) "
        "AND (deleted_at IS NULL OR moved_to IS NOT NULL)"
    )
    owners = {bytes(row): bytes(owner) for row, owner in _picked(c, sql, area, facts)}
    sql = (
        "SELECT enterprise, step, reached_on, before_programme FROM milestone "
        "WHERE area = ? AND enterprise IN (%s) AND deleted_at IS NULL AND lapsed_on IS NULL "
        "AND step IS NOT NULL"
    )
    for enterprise, step, reached_on, before in _picked(c, sql, area, owners):
        if day := checked_day(reached_on):
            facts[owners[bytes(enterprise)]].reached.append(Reached(step, day, bool(before)))


# --- writing ------------------------------------------------------------------------------------------------


def _write_progress(
    c: Connection, area: int, persons: Sequence[RecordId], new: Mapping[RecordId, Progress]
) -> None:
    names = ("area", "person", *_PROGRESS_COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[2:])
    c.many(
        f"INSERT INTO progress ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT (area, person) DO UPDATE SET {changes}",
        [
            (area, person, *(getattr(new[person], name) for name in _PROGRESS_COLUMNS))
            for person in persons
            if person in new
        ],
    )
    gone = [(area, person) for person in persons if person not in new]
    c.many("DELETE FROM progress WHERE area = ? AND person = ?", gone)


def _deltas(pairs: Iterable[tuple[Progress | None, Progress | None]]) -> tuple[Delta, Delta]:
    """By how much the counts per district and per month change from the old to the new progress of some
    people.
    """
    totals: Delta = {}
    months: Delta = {}
    for old, new in pairs:
        for progress, sign in ((old, -1), (new, 1)):
            for measure, day in progress.days() if progress else ():
                totals.setdefault(progress.district, Counter())[measure] += sign  # type: ignore[union-attr]  # days() came from it
                months.setdefault(day[:7], Counter())[measure] += sign
    return totals, months


def _add(c: Connection, area: int, table: str, key: str, deltas: Delta) -> None:
    names = ("area", key, *MEASURES)
    changes = ", ".join(f"{measure} = {table}.{measure} + excluded.{measure}" for measure in MEASURES)
    rows = [
        (area, name, *(counts.get(measure, 0) for measure in MEASURES))
        for name, counts in sorted(deltas.items())
        if any(counts.values())
    ]
    c.many(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT (area, {key}) DO UPDATE SET {changes}",
        rows,
    )


# --- helpers ------------------------------------------------------------------------------------------------


def _picked(c: Connection, sql: str, area: int, ids: Iterable[RecordId]) -> Iterator[tuple[Any, ...]]:
    """Rows of a query whose `%s` becomes as many marks as there are ids, some hundreds at a time."""
    for chunk in chunks(sorted(ids)):
        yield from c.all(sql.replace("%s", marks(chunk)), area, *chunk)


def _code_head(area: int) -> str:
    """5301 → "53.01", with which every village code of the area begins."""
    return f"{area // 100:02d}.{area % 100:02d}"
