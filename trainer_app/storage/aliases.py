"""Who is whom: people whom somebody found to be one person, as sets (union-find), the smallest id standing
for all.

`alias` is made from the decisions that stand, in the transaction that saves or applies one, so every replica
that has the same decisions has the same sets, whatever the order. Nothing is moved: the rows of all stay as
they are, and a decision that is taken back divides the set again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from trainer_app.records.decision import ABOUT_PEOPLE, SAME
from trainer_app.records.ids import RecordId
from trainer_app.storage.conditions import chunks, marks
from trainer_app.storage.database import Connection

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

Place = tuple[int, RecordId]  # area and id
#: Whether person `p` is shown under another one who is here and alive.
MERGED_AWAY = (
    "p.id IN (SELECT x.id FROM alias x JOIN person q ON q.area = x.canonical_area AND q.id = x.canonical "
    "WHERE q.deleted_at IS NULL OR q.moved_to IS NOT NULL)"
)
_STANDS = f"about = '{ABOUT_PEOPLE}' AND undone_at IS NULL AND deleted_at IS NULL"
_JOINS = f"SELECT first, area, second, second_area FROM decision WHERE {_STANDS} AND answer = '{SAME}'"


def follow_decisions(c: Connection, area: int, decisions: Iterable[RecordId]) -> None:
    """Some decisions of an area were written: make the sets of the people behind them anew."""
    people: set[RecordId] = set()
    for chunk in chunks(sorted(decisions)):
        sql = f"SELECT first, second FROM decision WHERE area = ? AND about = ? AND id IN ({marks(chunk)})"
        for pair in c.all(sql, area, ABOUT_PEOPLE, *chunk):
            people.update(bytes(person) for person in pair if person is not None)
    if people:
        _regroup(c, people)


def follow_all(c: Connection) -> None:
    """Make every set anew, after rows were written from the log."""
    people = {bytes(row[0]) for row in c.all("SELECT id FROM alias")}
    people.update(bytes(person) for row in c.all(_JOINS) for person in (row[0], row[2]))
    _regroup(c, people)


def look_again(c: Connection, area: int, people: Iterable[RecordId]) -> None:
    """Have these people compared with others once more."""
    c.many(
        "INSERT INTO examine_pending (area, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(area, person) for person in sorted(people)],
    )


def _regroup(c: Connection, people: set[RecordId]) -> None:
    edges, everybody = _reach(c, people)
    top = {person: person for person in everybody}

    def root(person: RecordId) -> RecordId:
        while top[person] != person:
            top[person] = top[top[person]]
            person = top[person]
        return person

    areas: dict[RecordId, int] = {}
    for one, one_area, other, other_area in edges:
        areas[one], areas[other] = one_area, other_area
        low, high = sorted((root(one), root(other)))
        top[high] = low
    c.many("DELETE FROM alias WHERE id = ?", [(person,) for person in sorted(everybody)])
    c.many(
        "INSERT INTO alias (id, area, canonical, canonical_area) VALUES (?, ?, ?, ?)",
        [(p, areas[p], root(p), areas[root(p)]) for p in sorted(everybody) if root(p) != p],
    )
    for person in sorted(areas):
        look_again(c, areas[person], [person])


def _reach(
    c: Connection, people: set[RecordId]
) -> tuple[set[tuple[RecordId, int, RecordId, int]], set[RecordId]]:
    """Every decision that joins somebody to these people, over as many steps as there are, and everybody met;
    also those who were in one set with them until now.
    """
    edges: set[tuple[RecordId, int, RecordId, int]] = set()
    met: set[RecordId] = set()
    ahead = set(people)
    while ahead:
        met |= ahead
        found: set[RecordId] = set()
        for chunk in chunks(sorted(ahead)):
            some = marks(chunk)
            for one, area, other, other_area in c.all(
                f"{_JOINS} AND first IN ({some}) UNION {_JOINS} AND second IN ({some})", *chunk, *chunk
            ):
                if one is not None and other is not None and one != other:
                    edges.add((bytes(one), area, bytes(other), area if other_area is None else other_area))
                    found |= {bytes(one), bytes(other)}
            for row in c.all(
                f"SELECT id, canonical FROM alias WHERE id IN ({some}) OR canonical IN ({some})",
                *chunk,
                *chunk,
            ):
                found |= {bytes(row[0]), bytes(row[1])}
        ahead = found - met
    return edges, met


# ---------------------------------------------------------------- reading
def canonicals(c: Connection, people: Iterable[RecordId]) -> dict[RecordId, Place]:
    """Who stands for each of these who does not stand for himself or herself."""
    found: dict[RecordId, Place] = {}
    for chunk in chunks(sorted(set(people))):
        sql = f"SELECT id, canonical_area, canonical FROM alias WHERE id IN ({marks(chunk)})"
        found.update((bytes(p), (area, bytes(top))) for p, area, top in c.all(sql, *chunk))
    return found


def members(c: Connection, people: Iterable[RecordId]) -> dict[RecordId, RecordId]:
    """Everybody who is one with these people, by id: the one of `people` they are to be shown under."""
    wanted = sorted(set(people))
    shown = {person: person for person in wanted}
    for chunk in chunks(wanted):
        for person, top in c.all(
            f"SELECT id, canonical FROM alias WHERE canonical IN ({marks(chunk)})", *chunk
        ):
            shown.setdefault(bytes(person), bytes(top))
    return shown


def one_person(store: Store, person: RecordId) -> tuple[RecordId, ...]:
    """The ids of somebody, the one that stands for all first; only `person` where nothing was merged."""
    with store.db.reading() as c:
        place = canonicals(c, [person]).get(person)
        top = place[1] if place is not None else person
        return (top, *sorted(set(members(c, [top])) - {top}))


def as_shown(c: Connection, found: Sequence[Place]) -> list[Place]:
    """People as they are shown: each under the one who stands for the set, once, where that one is here."""
    tops = canonicals(c, [person for _area, person in found])
    here: set[RecordId] = set()
    for chunk in chunks(sorted({top for _area, top in tops.values()})):
        sql = f"SELECT id FROM person WHERE deleted_at IS NULL AND id IN ({marks(chunk)})"
        here.update(bytes(row[0]) for row in c.all(sql, *chunk))
    shown = [tops[key[1]] if key[1] in tops and tops[key[1]][1] in here else key for key in found]
    return list(dict.fromkeys(shown))
