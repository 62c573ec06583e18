"""What is to be asked about rows that moved, or should: edits of the old area that the mover had not seen,
and people who are written down in another area than the one they live in. See decision 11.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.fields import Record, fields_of
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA, Consent, Enterprise, Person
from trainer_app.records.merge import RowState
from trainer_app.records.operation import NO_STAMP
from trainer_app.storage.conditions import held_areas, lives_elsewhere
from trainer_app.storage.database import Connection
from trainer_app.storage.rows import load_states

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: What can move: it belongs to an area because of a place that may change.
MOVING: tuple[type[Record], ...] = (Person, Enterprise, Consent)
_OF_A_MOVE = frozenset({"deleted_at", "deleted_reason", "moved_to", "moved_from", "sample"})


def other_areas(store: Store, cls: type[Record], row: RecordId, area: int) -> tuple[int, ...]:
    """The other areas read here in which a record has a row, because it was there before or went there."""
    sql = f"SELECT area FROM {cls.table} WHERE area {held_areas(store)} AND id = ? AND area <> ?"
    with store.db.reading() as c:
        return tuple(int(row[0]) for row in c.all(f"{sql} ORDER BY area", row, area))


# ---------------------------------------------------------------- what was written in the old area meanwhile
@dataclass(frozen=True, slots=True)
class LateEdit:
    """A field of a moved record that says something else in the old area, written unseen by the mover."""

    cls: type[Record]
    row: RecordId
    area: int
    old_area: int
    field: str
    new: RowState
    old: RowState


def late_edits(store: Store, c: Connection) -> list[LateEdit]:
    """What was written in the old area of something that moved, and is not in the new row: where both rows
    are here. A field that was written in the new area since, after the old one, asks nothing.
    """
    found: list[LateEdit] = []
    areas = held_areas(store)
    for cls in MOVING:
        rows = c.all(
            f"SELECT o.area, o.id, o.moved_to FROM {cls.table} o JOIN {cls.table} n "
            f"ON n.area = o.moved_to AND n.id = o.id WHERE o.area {areas} AND n.area {areas} "
            "AND o.moved_to IS NOT NULL AND o.deleted_at IS NOT NULL AND n.deleted_at IS NULL ORDER BY o.id"
        )
        pairs: dict[tuple[int, int], list[RecordId]] = {}
        for old_area, row, area in rows:
            pairs.setdefault((old_area, area), []).append(bytes(row))
        for (old_area, area), ids in sorted(pairs.items()):
            old, new = (load_states(c, cls, where, ids, store.replicas) for where in (old_area, area))
            for row in ids:
                found += [
                    LateEdit(cls, row, area, old_area, name, new[row], old[row])
                    for name in _unseen(cls, old[row], new[row])
                ]
    return found


def _unseen(cls: type[Record], old: RowState, new: RowState) -> Iterable[str]:
    numbers = {field.name: field.number for field in fields_of(cls)}
    founded = new.stamps.get(numbers["moved_to"], NO_STAMP)
    known = old.stamps.get(numbers["moved_from"], NO_STAMP)  # with this the row itself began, all of it known
    for name, number in numbers.items():
        said, counts = old.stamps.get(number), new.stamps.get(number)
        if name in _OF_A_MOVE or said is None or said <= known:
            continue
        if old.values.get(number) == new.values.get(number):
            continue
        if counts is None or counts <= founded or said > counts:
            yield name


# ---------------------------------------------------------------- who is not where he or she lives
@dataclass(frozen=True, slots=True)
class Misplaced:
    """A person in `area` who belongs into `home`: the village lies there, or the other row of two does."""

    person: RecordId
    area: int
    home: int
    name: str


_REGENCY = "CAST(SUBSTR(p.village, 1, 2) || SUBSTR(p.village, 4, 2) AS INTEGER)"


def misplaced(store: Store, c: Connection, limit: int = 500) -> list[Misplaced]:
    """The people whose village lies in another area that is read here too; and those who have a living row in
    two, as after two moves at once.
    """
    held = [area for area in store.areas if area != CENTRE_AREA]
    if len(held) < 2:
        return []
    inside = held_areas(store)
    sql = (
        f"SELECT p.id, p.area, {_REGENCY}, p.full_name FROM person p WHERE p.area {inside} "
        f"AND {lives_elsewhere('p.')} AND {_REGENCY} {inside} ORDER BY p.id LIMIT ?"
    )
    twice = (  # of two living rows one at least was founded by a move
        "SELECT p.id, p.area, q.area, p.full_name FROM person p "
        "JOIN person q ON q.id = p.id AND q.area <> p.area "
        f"WHERE p.area {inside} AND q.area {inside} AND p.moved_from IS NOT NULL "
        "AND p.deleted_at IS NULL AND q.deleted_at IS NULL LIMIT ?"
    )
    found = {
        bytes(row): Misplaced(bytes(row), max(one, other), min(one, other), name)
        for row, one, other, name in c.all(twice, limit)
    }
    for row, *rest in c.all(sql, limit):
        found.setdefault(bytes(row), Misplaced(bytes(row), *rest))
    return list(found.values())


def to_be_moved(store: Store) -> tuple[Misplaced, ...]:
    """`misplaced`, read by itself."""
    with store.db.reading() as c:
        return tuple(misplaced(store, c))
