"""Counting those once who have a line in the counts of several areas: who moved, and who was merged across
areas.

`rollup` reads and writes one area in each transaction, so `progress` holds what somebody reached there. When
figures are read, the lines of such a person are taken out of the totals of each area, and what they come to
together is added where the person lives now. Of each measure the earliest day counts; a batch lies in one
area, so nobody becomes trained, or stops being so, by adding up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trainer_app.records.ids import RecordId
from trainer_app.records.progress import MEASURES
from trainer_app.storage.aliases import canonicals, members
from trainer_app.storage.conditions import chunks, marks
from trainer_app.storage.database import Connection
from trainer_app.storage.moves import where_now

Days = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """What counts of somebody in one area: the district, and the day of each measure that was reached."""

    area: int
    district: str
    days: Days


@dataclass(frozen=True, slots=True)
class Spanning:
    """One person with lines in several places: those that are taken out, and the one that stands instead."""

    lines: tuple[Line, ...]
    whole: Line


#: By how much the totals change: by (area, district), and by month for (area, month).
Change = Mapping[tuple[int, str], Counter[str]]


def spanning(c: Connection) -> list[Spanning]:
    """Everybody who moved or was merged across areas, and has a line in the counts."""
    homes = _homes(c)
    groups: dict[RecordId, list[Line]] = defaultdict(list)
    under = {person: person for person in homes} | members(c, homes)
    for person, line in _lines(c, sorted(under)):
        groups[under[person]].append(line)
    return [Spanning(tuple(lines), _together(homes[top], lines)) for top, lines in sorted(groups.items())]


def changes_by_district(found: Iterable[Spanning]) -> Change:
    """By how much the totals of (area, district) change so that each of these counts once."""
    made: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for one in found:
        for line, sign in _signed(one):
            for measure in line.days:
                made[line.area, line.district][measure] += sign
    return made


def changes_by_month(found: Iterable[Spanning]) -> Change:
    """The same for (area, month)."""
    made: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for one in found:
        for line, sign in _signed(one):
            for measure, day in line.days.items():
                made[line.area, day[:7]][measure] += sign
    return made


def _signed(one: Spanning) -> list[tuple[Line, int]]:
    return [*((line, -1) for line in one.lines), (one.whole, 1)]


def _homes(c: Connection) -> dict[RecordId, int]:
    """Who stands for each of them, and the area where that one lives now."""
    wide = c.all("SELECT DISTINCT canonical, canonical_area FROM alias WHERE area <> canonical_area")
    gone = c.all("SELECT id, area FROM person WHERE moved_to IS NOT NULL AND deleted_at IS NOT NULL")
    people = {bytes(row): area for row, area in gone}
    tops = canonicals(c, people)
    found = {bytes(row): area for row, area in wide}
    for person, area in people.items():
        top_area, top = tops.get(person, (area, person))
        found[top] = top_area
    return where_now(c, found)


def _lines(c: Connection, people: Sequence[RecordId]) -> Iterable[tuple[RecordId, Line]]:
    names = ", ".join(MEASURES)
    for chunk in chunks(people):
        sql = f"SELECT person, area, district, {names} FROM progress WHERE person IN ({marks(chunk)})"
        for person, area, district, *days in c.all(f"{sql} ORDER BY area, person", *chunk):
            reached = {measure: day for measure, day in zip(MEASURES, days, strict=True) if day}
            yield bytes(person), Line(area, district, reached)


def _together(home: int, lines: Sequence[Line]) -> Line:
    days: dict[str, str] = {}
    for line in lines:
        for measure, day in line.days.items():
            days[measure] = min(day, days.get(measure, day))
    if "digitised" in days:
        days.pop("already", None)
    district = next((line.district for line in lines if line.area == home and line.district), "")
    return Line(home, district, days)
