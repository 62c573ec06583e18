"""Records that moved to another area: the same id has a row in each, and that of the old area says where it
went.

A move is ordinary operations (`actions.moving`); here is what reading has to know of it. See decision 11.
"""

from __future__ import annotations

from collections.abc import Mapping

from trainer_app.records.ids import RecordId
from trainer_app.storage.conditions import chunks, marks
from trainer_app.storage.database import Connection

#: Why the row of the old area has a tombstone.
MOVED = "pindah"
#: So many areas one record is followed through; a ring of moves ends.
_STEPS = 8


def moved_away(areas: str, alias: str) -> str:
    """An SQL condition: a record that went to an area that is not read here. `areas` as of `held_areas`."""
    gone = f"{alias}.moved_to IS NOT NULL AND {alias}.deleted_at IS NOT NULL"
    return f"({gone} AND NOT {alias}.moved_to {areas})"


def where_now(c: Connection, people: Mapping[RecordId, int]) -> dict[RecordId, int]:
    """The area in which each of these people lives now, as far as it is here; else the one given."""
    found = dict(people)
    ahead = found
    for _step in range(_STEPS):
        ahead = _one_step(c, ahead)
        if not ahead:
            break
        found.update(ahead)
    return found


def _one_step(c: Connection, people: Mapping[RecordId, int]) -> dict[RecordId, int]:
    gone = _rows_in(c, people, "moved_to", "moved_to IS NOT NULL AND deleted_at IS NOT NULL")
    there = _rows_in(c, gone, "area", "1 = 1")
    return {person: area for person, area in there.items() if area != people[person]}


def _rows_in(c: Connection, people: Mapping[RecordId, int], column: str, where: str) -> dict[RecordId, int]:
    by_area: dict[int, list[RecordId]] = {}
    for person, area in people.items():
        by_area.setdefault(area, []).append(person)
    found: dict[RecordId, int] = {}
    for area, some in sorted(by_area.items()):
        for chunk in chunks(sorted(some)):
            sql = f"SELECT id, {column} FROM person WHERE area = ? AND id IN ({marks(chunk)}) AND {where}"
            found.update((bytes(person), value) for person, value in c.all(sql, area, *chunk))
    return found
