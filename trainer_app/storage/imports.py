"""Lists of people that came in on this laptop: saved row by row of the list, remembered so that one can go on
after a stop and the whole can be taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.fields import KINDS, REFERENCE, fields_of
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Consent, Enrolment, Enterprise, Person, derived_id
from trainer_app.records.matching import PersonKey, doubt
from trainer_app.records.operation import Edit
from trainer_app.storage.conditions import chunks, held_areas, marks
from trainer_app.storage.database import Connection
from trainer_app.storage.lookalikes import keys_of, prints_of, sharing
from trainer_app.storage.moves import where_now
from trainer_app.storage.saving import save_edits
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

RUNNING, DONE, UNDONE = "running", "done", "undone"


@dataclass(frozen=True, slots=True)
class ListImport:
    """One list that came in. `at` is ms UTC; `last_line` the last row of the file that was dealt with."""

    id: RecordId
    at: int
    staff: RecordId
    name: str
    digest: str
    last_line: int
    state: str
    people: int


_COLUMNS = "id, at, staff, name, digest, last_line, state, people"


def _import(row: Sequence[object]) -> ListImport:
    made, at, staff, name, digest, last, state, people = row
    return ListImport(
        _bytes(made), _int(at), _bytes(staff), str(name), str(digest), _int(last), str(state), _int(people)
    )


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes | memoryview)  # noqa: S101 (a column of bytes)
    return bytes(value)


def _int(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101 (a column of whole numbers)
    return value


def imports(store: Store, digest: str = "") -> list[ListImport]:
    """The lists of this laptop, newest first; those of one file only, where its digest is given."""
    where, params = ("WHERE digest = ?", (digest,)) if digest else ("", ())
    with store.db.reading() as c:
        rows = c.all(f"SELECT {_COLUMNS} FROM list_import {where} ORDER BY at DESC, id DESC", *params)
    return [_import(row) for row in rows]


def begin_import(store: Store, one: ListImport) -> None:
    """Remember that a list comes in."""
    row = (one.id, one.at, one.staff, one.name, one.digest, one.last_line, one.state, one.people)
    store.db.transact(lambda c: c.run(insert_into("list_import", "ON CONFLICT DO NOTHING"), *row))


def save_people(
    store: Store,
    which: RecordId,
    edits: Sequence[Edit],
    people: Mapping[int, tuple[int, RecordId]],
    last_line: int,
    author: RecordId,
) -> set[int]:
    """Save some rows of a list in one transaction, with the note of which they were: `people` holds area and
    id by the line of the file. Gives the kinds that changed; the caller announces them.
    """

    def work(c: Connection) -> set[int]:
        kinds = {operation.kind for operation in save_edits(store, c, edits, author)} if edits else set()
        c.many(insert_into("imported"), [(which, line, *place) for line, place in sorted(people.items())])
        c.run(
            "UPDATE list_import SET last_line = ?, people = people + ? WHERE id = ?",
            last_line,
            len(people),
            which,
        )
        return kinds

    return store.db.transact(work)


def set_state(store: Store, which: RecordId, state: str) -> None:
    """The list is in, or was taken back."""
    store.db.transact(lambda c: c.run("UPDATE list_import SET state = ? WHERE id = ?", state, which))


def imported_people(store: Store, which: RecordId, after: int, limit: int) -> list[tuple[int, int, RecordId]]:
    """Line, area and id of people of a list, in the order of their lines, after a line."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT line, area, person FROM imported WHERE import = ? AND line > ? ORDER BY line LIMIT ?",
            *(which, after, limit),
        )
    return [(line, area, bytes(person)) for line, area, person in rows]


# ---------------------------------------------------------------- who is here already
def alike(store: Store, people: Sequence[PersonKey]) -> dict[int, list[tuple[PersonKey, str]]]:
    """Who of this laptop may be one of these, by their places in the sequence, with the code of
    `matching.doubt`: found by what was examined, and by NIK and phone in the rows themselves.
    """
    found: dict[int, list[tuple[PersonKey, str]]] = {}
    with store.db.reading() as c:
        near = _near(store, c, people)
        areas = where_now(c, {person: area for some in near.values() for area, person in some})
        keys = keys_of(c, areas, areas)
    for place, some in near.items():
        for _area, person in some:
            key = keys.get(person)
            reason = doubt(people[place], key[1]) if key is not None else None
            if key is not None and reason is not None:
                found.setdefault(place, []).append((key[1], reason))
    return found


def _near(store: Store, c: Connection, people: Sequence[PersonKey]) -> dict[int, set[tuple[int, RecordId]]]:
    near: dict[int, set[tuple[int, RecordId]]] = defaultdict(set)
    prints = {place: prints_of(one) for place, one in enumerate(people)}
    met = sharing(c, {one for some in prints.values() for one in some})
    for place, some in prints.items():
        near[place].update(who for one in some for who in met.get(one, ()))
    for column in ("nik", "phone"):
        places: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(people):
            value = one.nik if column == "nik" else one.phone
            if value:
                places[value].append(place)
        for chunk in chunks(sorted(places)):
            sql = (
                f"SELECT {column}, area, id FROM person WHERE area {held_areas(store)} "
                f"AND {column} IN ({marks(chunk)})"
            )
            for value, area, person in c.all(f"{sql} AND deleted_at IS NULL", *chunk):
                for place in places[value]:
                    near[place].add((area, bytes(person)))
    return near


# ---------------------------------------------------------------- taking back
def untouched(store: Store, people: Sequence[tuple[int, RecordId]]) -> set[RecordId]:
    """Those of these people (area and id) whose records are as the list brought them, with nothing beside
    them: no field was changed, no mark, visit or photo names them.
    """
    ids = [person for _area, person in people]
    own = {derived_id(cls, person): person for person in ids for cls in (Enterprise, Consent)}
    own.update((person, person) for person in ids)
    touched: set[RecordId] = set()
    with store.db.reading() as c:
        for cls in (Person, Enterprise, Consent):
            for chunk in chunks(sorted(own)):
                sql = (
                    f"SELECT id FROM {cls.table} WHERE area {held_areas(store)} AND id IN ({marks(chunk)}) "
                    "AND (_x IS NOT NULL OR deleted_at IS NOT NULL)"
                )
                touched.update(own[bytes(row[0])] for row in c.all(sql, *chunk))
        for chunk in chunks(sorted(own)):
            touched.update(own[row] for row in _named(store, c, chunk))
        for chunk in chunks(ids):  # the list may put somebody into one batch
            sql = (
                f"SELECT person FROM enrolment WHERE area {held_areas(store)} AND person IN ({marks(chunk)}) "
                "GROUP BY person HAVING COUNT(*) > 1 OR MAX(_x IS NOT NULL) = 1"
            )
            touched.update(bytes(row[0]) for row in c.all(sql, *chunk))
    return set(ids) - touched


def _named(store: Store, c: Connection, ids: Sequence[RecordId]) -> Iterable[RecordId]:
    """Which of these ids a live record names that is no part of a registration."""
    for cls in KINDS.values():
        if cls in (Enterprise, Consent, Enrolment) or cls.of_centre:
            continue
        for field in fields_of(cls):
            if field.type is REFERENCE:
                sql = (
                    f"SELECT DISTINCT {field.name} FROM {cls.table} WHERE area {held_areas(store)} "
                    f"AND {field.name} IN ({marks(ids)}) AND deleted_at IS NULL"
                )
                yield from (bytes(row[0]) for row in c.all(sql, *ids))
    sql = f"SELECT owner, id FROM enterprise WHERE area {held_areas(store)} AND owner IN ({marks(ids)})"
    for owner, firm in c.all(f"{sql} AND deleted_at IS NULL", *ids):
        if bytes(firm) != derived_id(Enterprise, bytes(owner)):
            yield bytes(owner)


def rows_of(store: Store, people: Iterable[tuple[int, RecordId]]) -> list[tuple[type, RecordId, int]]:
    """Kind, id and area of every live record that a list made for these people."""
    found: list[tuple[type, RecordId, int]] = []
    areas = held_areas(store)
    wanted = dict((person, area) for area, person in people)
    with store.db.reading() as c:
        for cls, column in (
            (Person, "id"),
            (Consent, "person"),
            (Enterprise, "owner"),
            (Enrolment, "person"),
        ):
            for chunk in chunks(sorted(wanted)):
                keys = [derived_id(Consent, one) for one in chunk] if cls is Consent else list(chunk)
                name = "id" if cls is Consent else column
                sql = f"SELECT id, area FROM {cls.table} WHERE area {areas} AND {name} IN ({marks(keys)})"
                rows = c.all(f"{sql} AND deleted_at IS NULL", *keys)
                found += [(cls, bytes(row), area) for row, area in rows]
    return found
