"""Many records at a time, for lists that become files: in pages, so that memory does not grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from trainer_app.records.fields import REFERENCE, Field, Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    KINDS,
    Consent,
    Enterprise,
    Person,
    derived_id,
)
from trainer_app.storage.conditions import areas_of, chunks, held_areas, in_batch, marks
from trainer_app.storage.database import Connection
from trainer_app.storage.people_queries import Order
from trainer_app.storage.rows import select_sql, to_record

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

PAGE = 400
#: What a record is called by, in this order.
_NAMES = ("full_name", "name", "topic", "title_id", "code", "label")


@dataclass(frozen=True, slots=True)
class PersonParts:
    """Somebody with all that a list of people says."""

    person: Person
    enterprises: tuple[Enterprise, ...]
    consent: Consent | None
    batches: tuple[str, ...]


def people_pages(store: Store, order: Order) -> Iterator[tuple[int, list[PersonParts]]]:
    """The people of an order, with how many came before. Who is no longer here is left out."""
    for done in range(0, len(order), PAGE):
        ids = [person for _area, person in order.keys(done, PAGE)]
        with store.db.reading() as c:
            yield done, _parts(store, c, ids)


def _parts(store: Store, c: Connection, ids: Sequence[RecordId]) -> list[PersonParts]:
    areas = held_areas(store)
    persons = {one.id: one for one in _records(c, Person, areas, "id", ids)}
    firms: dict[RecordId, list[Enterprise]] = defaultdict(list)
    for firm in _records(c, Enterprise, areas, "owner", ids):
        firms[cast(Enterprise, firm).owner or b""].append(cast(Enterprise, firm))
    given = {
        cast(Consent, one).person: cast(Consent, one)
        for one in _records(c, Consent, areas, "id", [derived_id(Consent, person) for person in ids])
    }
    names: dict[RecordId, list[str]] = defaultdict(list)
    for chunk in chunks(ids):
        sql = (
            f"SELECT n.person, b.name FROM enrolment n JOIN batch b ON b.area = n.area AND b.id = n.batch "
            f"WHERE n.area {areas} AND n.person IN ({marks(chunk)}) AND b.deleted_at IS NULL "
            f"AND {in_batch('n')} ORDER BY b.id"
        )
        for person, name in c.all(sql, *chunk):
            names[bytes(person)].append(name or "")
    return [
        PersonParts(cast(Person, persons[one]), tuple(firms[one]), given.get(one), tuple(names[one]))
        for one in ids
        if one in persons
    ]


def _records(
    c: Connection, cls: type[Record], areas: str, column: str, ids: Sequence[RecordId]
) -> Iterator[Record]:
    for chunk in chunks(ids):
        sql = f"{select_sql(cls)} WHERE area {areas} AND {column} IN ({marks(chunk)}) AND deleted_at IS NULL"
        for row in c.all(sql, *chunk):
            yield to_record(cls, row)


def record_pages(store: Store, cls: type[Record]) -> Iterator[tuple[int, int, list[Record]]]:
    """All live records of a kind in the order of their areas and ids: how many came before, how many there
    are, and a page.
    """
    where = f"WHERE area {areas_of(store, cls)} AND deleted_at IS NULL"
    with store.db.reading() as c:
        total = int(c.value(f"SELECT COUNT(*) FROM {cls.table} {where}"))
    done, area, last = 0, -1, b""
    while True:
        with store.db.reading() as c:
            rows = c.all(
                f"{select_sql(cls)} {where} AND (area, id) > (?, ?) ORDER BY area, id LIMIT {PAGE}",
                area,
                last,
            )
        if not rows:
            return
        yield done, total, [to_record(cls, row) for row in rows]
        done, area, last = done + len(rows), rows[-1][0], bytes(rows[-1][1])


class RecordNames:
    """Names for what records refer to, and which people must not be named for a purpose."""

    def __init__(self, store: Store, purpose: str) -> None:
        self._store, self._purpose = store, purpose
        self._names: dict[RecordId, str] = {}
        self._hidden: set[RecordId] = set()

    def learn(self, fields: Sequence[Field], page: Sequence[Record]) -> None:
        """Look up what a page of records refers to; what the page before did is forgotten."""
        wanted = {
            value
            for record in page
            for one in fields
            if one.type is REFERENCE and isinstance(value := getattr(record, one.name), bytes)
        }
        self._names, self._hidden = {}, set()
        owners: dict[RecordId, RecordId] = {}
        with self._store.db.reading() as c:
            for cls in KINDS.values():
                self._learn_kind(c, cls, sorted(wanted), owners)
            people = {row: row for row in wanted if self._names.get(row) is not None} | owners
            self._hide(c, {row: person for row, person in people.items()})

    def _learn_kind(
        self, c: Connection, cls: type[Record], ids: Sequence[RecordId], owners: dict[RecordId, RecordId]
    ) -> None:
        column = next((name for name in _NAMES if hasattr(cls, name)), None)
        if column is None:
            return
        more = ", owner" if cls is Enterprise else ", id"
        for chunk in chunks(ids):
            sql = f"SELECT id, {column}{more} FROM {cls.table} WHERE area {areas_of(self._store, cls)}"
            for row, name, owner in c.all(f"{sql} AND id IN ({marks(chunk)})", *chunk):
                self._names[bytes(row)] = str(name or "")
                if cls in (Person, Enterprise) and owner is not None:
                    owners[bytes(row)] = bytes(owner)

    def _hide(self, c: Connection, people: dict[RecordId, RecordId]) -> None:
        consents = {derived_id(Consent, person): row for row, person in people.items()}
        areas = held_areas(self._store)
        for one in _records(c, Consent, areas, "id", sorted(consents)):
            given = cast(Consent, one)
            gone = (
                (given.withdrawn_purposes or "program").split(",") if given.withdrawn_at is not None else []
            )
            if self._purpose in gone or self._purpose not in (given.purposes or "").split(","):
                self._hidden.add(consents[given.id])

    def name(self, row: RecordId) -> str:
        """What a record is called; empty for one that is not here."""
        return self._names.get(row, "")

    def is_hidden(self, fields: Sequence[Field], record: Record) -> bool:
        """Whether a record is about somebody who must not be named."""
        return any(getattr(record, one.name) in self._hidden for one in fields if one.type is REFERENCE)
