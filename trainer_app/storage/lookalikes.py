"""People who may be one: the open questions about pairs, kept as if all people were compared with all others.

A question lies in `review` under the smaller id, with the other person beside it, for as long as
`matching.doubt` says so of the rows as they are now, both are here, alive and listed, and nobody has
answered.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.decision import ABOUT_PEOPLE, DIFFERENT, decision_id
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Consent, Person, derived_id
from trainer_app.records.matching import PersonKey, doubt
from trainer_app.storage.aliases import Place, canonicals
from trainer_app.storage.conditions import chunks, marks
from trainer_app.storage.conflicts import OPEN
from trainer_app.storage.database import Connection
from trainer_app.storage.moves import where_now
from trainer_app.storage.search import person_key
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: A print that so many share (the number of a village office) says nothing about one person.
CROWD = 200
PAIR = 0  # in the column `field` of `review`


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who may be one; `first` has the smaller id. `reason` is a code of `matching.doubt`."""

    first: Place
    second: Place
    reason: str
    found_at: int


def compare(c: Connection, areas: Mapping[RecordId, int], now: int) -> None:
    """Bring the questions about some people up to date, within the caller's transaction. `areas` holds all of
    them, with the area each lies in; `now` in ms UTC.
    """
    people = sorted(areas)
    areas = where_now(c, areas)
    _one_at_a_time(c)
    mine = keys_of(c, people, areas)
    prints = {person: prints_of(key) for person, (_area, key) in mine.items()}
    c.many(
        insert_into("match_key", "ON CONFLICT DO NOTHING"),
        [(one, mine[person][0], person) for person in sorted(prints) for one in sorted(prints[person])],
    )
    met = sharing(c, {one for some in prints.values() for one in some})
    others = where_now(c, {place[1]: place[0] for places in met.values() for place in places})
    rows = {**keys_of(c, [p for p in others if p not in mine], others), **mine}
    found = _pairs(mine, prints, met, rows)
    _drop_answered(c, found)
    _replace(c, people, found, rows, now)


def _one_at_a_time(c: Connection) -> None:
    """Two workers that compare at once would each not see what the other has just written."""
    if c.dialect != "sqlite":
        c.run(insert_into("examined", "ON CONFLICT (area) DO NOTHING"), -1, 0, 0)
        c.run("UPDATE examined SET pos = pos WHERE area = -1")


_COLUMNS = "area, id, full_name, phone, nik, village, birth_date, deleted_at"


def keys_of(
    c: Connection, people: Iterable[RecordId], areas: Mapping[RecordId, int]
) -> dict[RecordId, tuple[int, PersonKey]]:
    """Those of these people who are here, alive and listed: area and what is compared."""
    by_area: dict[int, list[RecordId]] = defaultdict(list)
    for person in people:
        by_area[areas[person]].append(person)
    found: dict[RecordId, tuple[int, PersonKey]] = {}
    for area, some in by_area.items():
        for chunk in chunks(sorted(some)):
            sql = f"SELECT {_COLUMNS} FROM person WHERE area = ? AND id IN ({marks(chunk)})"
            for row in c.all(f"{sql} AND deleted_at IS NULL", area, *chunk):
                found[bytes(row[1])] = (area, person_key(row))
        consents = {derived_id(Consent, person): person for person in some if person in found}
        for chunk in chunks(sorted(consents)):
            sql = f"SELECT id FROM consent WHERE area = ? AND id IN ({marks(chunk)})"
            for (row,) in c.all(f"{sql} AND withdrawn_at IS NOT NULL AND {_ALL_OF_IT}", area, *chunk):
                found.pop(consents[bytes(row)], None)
    return found


_ALL_OF_IT = "(',' || COALESCE(withdrawn_purposes, 'program') || ',') LIKE '%,program,%'"


def prints_of(key: PersonKey) -> set[int]:
    """By what others are met; 64 bits each, for only the rows decide."""
    told = []
    if key.nik:
        told.append(f"n{key.nik}")
    if key.phone:
        told.append(f"p{key.phone}")
    if key.village and key.year:
        told.append(f"v{key.village}{key.year}")
    return {
        int.from_bytes(hashlib.blake2b(one.encode(), digest_size=8).digest(), "big", signed=True)
        for one in told
    }


def sharing(c: Connection, prints: Iterable[int]) -> dict[int, list[Place]]:
    """Who has each of these prints, as far as people were examined; crowds are left out."""
    met: dict[int, list[Place]] = defaultdict(list)
    for chunk in chunks(sorted(prints)):
        for one, area, person in c.all(
            f"SELECT key, area, id FROM match_key WHERE key IN ({marks(chunk)})", *chunk
        ):
            met[one].append((area, bytes(person)))
    return {one: places for one, places in met.items() if len(places) <= CROWD}


def _pairs(
    mine: Mapping[RecordId, tuple[int, PersonKey]],
    prints: Mapping[RecordId, set[int]],
    met: Mapping[int, Sequence[Place]],
    rows: Mapping[RecordId, tuple[int, PersonKey]],
) -> dict[tuple[RecordId, RecordId], str]:
    found: dict[tuple[RecordId, RecordId], str] = {}
    for person, (_area, key) in mine.items():
        near = {place[1] for one in prints[person] for place in met.get(one, ())} - {person}
        for other in near:
            pair = (min(person, other), max(person, other))
            if pair in found or other not in rows:
                continue
            reason = doubt(key, rows[other][1])
            if reason is not None:
                found[pair] = reason
    return found


def _drop_answered(c: Connection, found: dict[tuple[RecordId, RecordId], str]) -> None:
    by_id = {decision_id(*pair): pair for pair in found}
    for chunk in chunks(sorted(by_id)):
        sql = f"SELECT id FROM decision WHERE id IN ({marks(chunk)}) AND undone_at IS NULL"
        for (row,) in c.all(f"{sql} AND answer IS NOT NULL AND deleted_at IS NULL", *chunk):
            found.pop(by_id[bytes(row)], None)


def _replace(
    c: Connection,
    people: Sequence[RecordId],
    found: Mapping[tuple[RecordId, RecordId], str],
    rows: Mapping[RecordId, tuple[int, PersonKey]],
    now: int,
) -> None:
    lines = {
        pair: (rows[pair[0]][0], msgpack.packb([rows[pair[1]][0], reason])) for pair, reason in found.items()
    }
    gone: list[tuple[object, ...]] = []
    for chunk in chunks(people):
        for column in ("row", "other"):
            sql = (
                "SELECT area, row, other, detail FROM review "
                f"WHERE kind = ? AND field = ? AND {column} IN ({marks(chunk)})"
            )
            for area, first, second, detail in c.all(sql, Person.kind, PAIR, *chunk):
                pair = (bytes(first), bytes(second))
                if lines.get(pair) != (area, bytes(detail)):
                    gone.append((area, Person.kind, pair[0], PAIR, pair[1]))
    c.many("DELETE FROM review WHERE area = ? AND kind = ? AND row = ? AND field = ? AND other = ?", gone)
    c.many(
        insert_into("review", "ON CONFLICT DO NOTHING"),
        [
            (area, Person.kind, first, PAIR, second, detail, now, OPEN)
            for (first, second), (area, detail) in sorted(lines.items())
        ],
    )


# ---------------------------------------------------------------- reading
def open_pairs(c: Connection) -> list[Pair]:
    """The questions as they are asked, oldest first: once for two sets of people that were merged already,
    and not where somebody said of two of them that they are different.
    """
    lines = c.all(
        "SELECT area, row, other, detail, found_at FROM review WHERE kind = ? AND field = ? AND state = ? "
        "ORDER BY row, other",
        *(Person.kind, PAIR, OPEN),
    )
    if not lines:
        return []
    tops = canonicals(c, {bytes(person) for line in lines for person in line[1:3]})
    apart = _apart(c) if tops else set()
    asked: dict[tuple[RecordId, RecordId], Pair] = {}
    for area, first, second, detail, found_at in lines:
        second_area, reason = msgpack.unpackb(bytes(detail))
        one = tops.get(bytes(first), (area, bytes(first)))
        other = tops.get(bytes(second), (second_area, bytes(second)))
        low, high = sorted((one, other), key=lambda place: place[1])
        pair = (low[1], high[1])
        if pair[0] != pair[1] and pair not in apart:
            asked.setdefault(pair, Pair(low, high, reason, found_at))
    return list(asked.values())


def _apart(c: Connection) -> set[tuple[RecordId, RecordId]]:
    """Sets of people of whom somebody said that they are two, by who stands for each."""
    rows = c.all(
        "SELECT first, second FROM decision WHERE about = ? AND answer = ? AND undone_at IS NULL "
        "AND deleted_at IS NULL",
        *(ABOUT_PEOPLE, DIFFERENT),
    )
    pairs = [(bytes(a), bytes(b)) for a, b in rows if a is not None and b is not None]
    tops = canonicals(c, {person for pair in pairs for person in pair})
    named = [tuple(tops.get(p, (0, p))[1] for p in pair) for pair in pairs]
    return {(min(pair), max(pair)) for pair in named}


def pairs(store: Store) -> list[Pair]:
    """The open questions about people of this replica."""
    with store.db.reading() as c:
        return open_pairs(c)
