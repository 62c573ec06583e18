"""Looking through what came for people who may be one and for records whose other half is not here.

The log is the list of what to look at: per area it is remembered up to which segment, and up to which own
operation, it was looked through. So saving and applying pay nothing for it, a cut loses nothing, and every
replica comes to the same findings from the same data. `examine` belongs after each sending and saving, in the
background; a transaction of it takes a fraction of a second.

Two people are compared when they share a print in `match_key`: of the NIK, of the phone number, of village
and year of birth. Prints that somebody had earlier stay; what counts is always read from the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.fields import KINDS, Record, Value, fields_by_name
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    Assessment,
    Attendance,
    Batch,
    ChannelUse,
    Consent,
    Decision,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Session,
    Visit,
)
from trainer_app.storage.aliases import look_again
from trainer_app.storage.applying import COUNTED
from trainer_app.storage.conditions import chunks, marks
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, StoredSegment, decoded, stored_segment
from trainer_app.storage.lookalikes import compare
from trainer_app.storage.replicas import OWN
from trainer_app.storage.search import index_pending
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: People compared in one transaction.
BATCH = 300
WAITING = "waiting"
#: What a record cannot be read without: its field, and the kind that the field names.
_NEEDS: dict[type[Record], tuple[tuple[str, type[Record]], ...]] = {
    Attendance: (("person", Person), ("session", Session)),
    Enrolment: (("person", Person), ("batch", Batch)),
    Assessment: (("person", Person), ("batch", Batch)),
    Enterprise: (("owner", Person),),
    Milestone: (("enterprise", Enterprise),),
    ChannelUse: (("enterprise", Enterprise),),
    Visit: (("person", Person),),
}
_NEEDED = frozenset(other for needs in _NEEDS.values() for _name, other in needs)
Said = tuple[type[Record], RecordId, dict[int, Value]]


@dataclass(slots=True)
class _Met:
    """What a piece of the log is about."""

    people: set[RecordId] = field(default_factory=set)
    consents: set[RecordId] = field(default_factory=set)
    decisions: set[RecordId] = field(default_factory=set)
    came: dict[type[Record], set[RecordId]] = field(default_factory=lambda: defaultdict(set))
    needs: dict[type[Record], dict[RecordId, list[tuple[int, RecordId, int]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )


def examine(store: Store) -> int:
    """Look through what was saved or came since the last time; gives how many people were compared."""
    with store.db.reading() as c:
        areas = [row[0] for row in c.all("SELECT DISTINCT area FROM feed WHERE area > 0 ORDER BY area")]
    for area in areas:
        while _next_segment(store, area):
            pass
        _own(store, area)
    done = 0
    while batch := store.db.transact(partial(_compare_some, store)):
        done += batch
    if done:
        store.announce({Decision.kind})
    return done


def look_through(store: Store) -> None:
    """`examine`, once whoever came can be searched for. Belongs after each sending and taking in."""
    index_pending(store)
    examine(store)


def examine_from_the_start(c: Connection, area: int) -> None:
    """Have the whole log of an area looked through again, after its rows were written anew."""
    c.run("DELETE FROM examined WHERE area = ?", area)
    c.run("DELETE FROM counted WHERE area = ?", area)


# ---------------------------------------------------------------- what came
def _next_segment(store: Store, area: int) -> bool:
    with store.db.reading() as c:
        pos, own = _looked_through(c, area)
        row = c.one(f"{SEGMENT_SQL} WHERE s.area = ? AND s.pos > ? ORDER BY s.pos LIMIT 1", area, pos)
    if row is None:
        return False
    segment = stored_segment(row)
    met = _met(_said(segment)) if segment.state in COUNTED else _Met()
    store.db.transact(partial(_note, store, area=area, met=met, mark=(segment.pos, own)))
    return True


def _said(segment: StoredSegment) -> Iterator[Said]:
    content = decoded(segment)
    for group in content.groups:
        cls = KINDS.get(group.kind)
        if cls is None:
            continue
        wanted = _numbers(cls)
        places = [(number, group.columns[i]) for i, number in enumerate(group.fields) if number in wanted]
        for i, row in enumerate(group.rows):
            yield cls, row, {number: column[i] for number, column in places}


def _own(store: Store, area: int) -> None:
    with store.db.reading() as c:
        pos, own = _looked_through(c, area)
        newer = c.all(
            "SELECT kind, row, body, seq FROM operation "
            "WHERE area = ? AND replica = ? AND seq > ? ORDER BY seq",
            *(area, OWN, own),
        )
    if newer:
        said = (
            (KINDS[kind], bytes(row), msgpack.unpackb(body, strict_map_key=False))
            for kind, row, body, _seq in newer
            if kind in KINDS
        )
        mark = (pos, newer[-1][3])
        store.db.transact(partial(_note, store, area=area, met=_met(said), mark=mark))


def _looked_through(c: Connection, area: int) -> tuple[int, int]:
    row = c.one("SELECT pos, own_seq FROM examined WHERE area = ?", area)
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _numbers(cls: type[Record]) -> dict[int, type[Record]]:
    known = fields_by_name(cls)
    return {known[name].number: other for name, other in _NEEDS.get(cls, ())}


def _met(said: Iterable[Said]) -> _Met:
    met = _Met()
    for cls, row, values in said:
        if cls is Person:
            met.people.add(row)
        elif cls is Consent:
            met.consents.add(row)
        elif cls is Decision:
            met.decisions.add(row)
        if cls in _NEEDED:
            met.came[cls].add(row)
        for number, other in _numbers(cls).items():
            needed = values.get(number)
            if isinstance(needed, bytes):
                met.needs[other][needed].append((cls.kind, row, number))
    return met


def _note(store: Store, c: Connection, *, area: int, met: _Met, mark: tuple[int, int]) -> None:
    """Write down who is to be compared and what is lacking, and that this piece was looked through."""
    look_again(c, area, met.people)
    _look_at_named(c, Consent, area, met.consents, "person")
    for name in ("first", "second"):
        _look_at_named(c, Decision, area, met.decisions, name)
    for rows in met.came.values():
        for chunk in chunks(sorted(rows)):
            c.run(f"DELETE FROM review WHERE state = '{WAITING}' AND other IN ({marks(chunk)})", *chunk)
    now = store.clock.now_ms()
    for cls, needs in met.needs.items():
        lacking = set(needs) - _here(c, cls, needs)
        lines = [
            (area, kind, row, number, needed, b"", now, WAITING)
            for needed in sorted(lacking)
            for kind, row, number in needs[needed]
        ]
        c.many(insert_into("review", "ON CONFLICT DO NOTHING"), lines)
    c.run(
        insert_into(
            "examined", "ON CONFLICT (area) DO UPDATE SET pos = excluded.pos, own_seq = excluded.own_seq"
        ),
        *(area, *mark),
    )


def _look_at_named(c: Connection, cls: type[Record], area: int, rows: Iterable[RecordId], name: str) -> None:
    for chunk in chunks(sorted(rows)):
        sql = (
            f"SELECT {name} FROM {cls.table} WHERE area = ? AND id IN ({marks(chunk)}) AND {name} IS NOT NULL"
        )
        look_again(c, area, {bytes(row[0]) for row in c.all(sql, area, *chunk)})


def _here(c: Connection, cls: type[Record], ids: Iterable[RecordId]) -> set[RecordId]:
    found: set[RecordId] = set()
    areas = [row[0] for row in c.all("SELECT DISTINCT area FROM feed ORDER BY area")]
    for area in areas:
        rest = sorted(set(ids) - found)
        for chunk in chunks(rest):
            sql = f"SELECT id FROM {cls.table} WHERE area = ? AND id IN ({marks(chunk)})"
            found.update(bytes(row[0]) for row in c.all(sql, area, *chunk))
    return found


def _compare_some(store: Store, c: Connection) -> int:
    waiting: Sequence[tuple[int, RecordId]] = [
        (area, bytes(person)) for area, person in c.all(f"SELECT area, id FROM examine_pending LIMIT {BATCH}")
    ]
    if waiting:
        compare(c, {person: area for area, person in waiting}, store.clock.now_ms())
        c.many("DELETE FROM examine_pending WHERE area = ? AND id = ?", waiting)
    return len(waiting)


# ---------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that cannot be read yet: the one it names is not here. Resolves itself when that comes."""

    cls: type[Record]
    area: int
    row: RecordId
    needs: type[Record]
    needed: RecordId
    since: int


def waiting(store: Store, limit: int = 500) -> list[Waiting]:
    """What waits for its other half, longest first."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT kind, area, row, field, other, found_at FROM review WHERE state = ? "
            "ORDER BY found_at, area, kind, row, field LIMIT ?",
            *(WAITING, limit),
        )
    return [
        Waiting(KINDS[kind], area, bytes(row), _numbers(KINDS[kind])[number], bytes(other), since)
        for kind, area, row, number, other, since in rows
    ]
