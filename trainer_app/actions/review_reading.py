"""What is put before somebody who answers a question: two sides, who wrote them when, and what differs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from trainer_app.actions.review import Change
from trainer_app.records.clock import milliseconds
from trainer_app.records.fields import Record, Value, fields_by_name, fields_of
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    Attendance,
    Device,
    Enterprise,
    Person,
    Session,
    Staff,
    derived_id,
)
from trainer_app.records.operation import NO_STAMP, Stamp
from trainer_app.records.training import ATTENDED
from trainer_app.storage.aliases import one_person
from trainer_app.storage.feeds import operation_at
from trainer_app.storage.findings import Finding
from trainer_app.storage.history import history
from trainer_app.storage.lookalikes import Pair
from trainer_app.storage.store import Store

#: Answers that go with another one: whoever's number is right, so is how it was typed.
_WITH: dict[tuple[type[Record], str], tuple[str, ...]] = {
    (Person, "nik"): ("nik_status", "nik_warning"),
    (Person, "phone"): ("phone_status", "phone_typed", "has_whatsapp", "phone_shared"),
    (Enterprise, "name"): ("unnamed",),
    (Enterprise, "kbli"): ("kbli_version",),
    (Enterprise, "nib"): ("nib_status",),
}
_FOLLOWS = frozenset(name for names in _WITH.values() for name in names)
_NOT_ANSWERS = frozenset({"deleted_at", "deleted_reason", "sample", "owner", *_FOLLOWS})
Key = tuple[type[Record], str]


@dataclass(frozen=True, slots=True)
class Wrote:
    """Who wrote something, when (ms UTC; None: not known), on which laptop; `here` is this one."""

    author: str
    at: int | None
    device: str
    here: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of two people as recorded. `filled` counts the answers there are."""

    person: Person
    firm: Enterprise | None
    wrote: Wrote
    attended: tuple[str, ...]
    filled: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two people: what each side says."""

    cls: type[Record]
    field: str
    first: Value
    second: Value

    @property
    def differs(self) -> bool:
        """Both say something, and not the same: only then somebody has to choose."""
        return self.first != self.second and self.first is not None and self.second is not None


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """A question about a pair, read."""

    pair: Pair
    first: Side
    second: Side
    compared: tuple[Compared, ...]

    def better(self) -> int | None:
        """The side that is both newer and more complete: 0, 1, or None."""
        newer = (self.second.wrote.at or 0) - (self.first.wrote.at or 0)
        fuller = self.second.filled - self.first.filled
        if newer * fuller <= 0:
            return None
        return 1 if newer > 0 else 0


@dataclass(frozen=True, slots=True)
class TwoValues:
    """A question about one field, read; the older of the two first."""

    finding: Finding
    person: Person | None
    session: Session | None
    values: tuple[Value, Value]
    wrote: tuple[Wrote, Wrote]


def read_pair(store: Store, pair: Pair) -> TwoPeople | None:
    """The two people of a question; None when one of them is not here any more."""
    sides = [_side(store, area, person) for area, person in (pair.first, pair.second)]
    if sides[0] is None or sides[1] is None:
        return None
    compared = [*_compare(Person, sides[0].person, sides[1].person)]
    if sides[0].firm is not None and sides[1].firm is not None:
        compared += _compare(Enterprise, sides[0].firm, sides[1].firm)
    return TwoPeople(pair, sides[0], sides[1], tuple(compared))


def _side(store: Store, area: int, person: RecordId) -> Side | None:
    held = store.get(Person, person)
    if held is None:
        return None
    firm = store.get(Enterprise, derived_id(Enterprise, person))
    first = next(iter(history(store, Person, person, area)), None)
    wrote = (
        _wrote(store, first.author, milliseconds(first.at_hlc), first.replica)
        if first is not None
        else Wrote("", None, "", False)
    )
    filled = sum(
        getattr(record, field.name) is not None
        for record in (held, firm)
        if record is not None
        for field in fields_of(type(record))
    )
    return Side(held, firm, wrote, _attended(store, person), filled)


def _attended(store: Store, person: RecordId) -> tuple[str, ...]:
    sessions = [
        store.get(Session, mark.session)
        for one in one_person(store, person)
        for mark in store.find(Attendance, {"person": one, "status": ATTENDED})
        if mark.session
    ]
    known = {session.id: session for session in sessions if session is not None}
    return tuple(s.topic or "" for s in sorted(known.values(), key=lambda s: (s.starts_at or 0, s.id)))


def _compare(cls: type[Record], one: Record, other: Record) -> list[Compared]:
    return [
        Compared(cls, field.name, getattr(one, field.name), getattr(other, field.name))
        for field in fields_of(cls)
        if field.name not in _NOT_ANSWERS
    ]


def changes_for(two: TwoPeople, from_second: Collection[Key]) -> list[Change]:
    """What changes in the one who stands for both: the answers chosen of the second, and those that only the
    second has.
    """
    found: list[Change] = []
    records: dict[type[Record], tuple[Record | None, Record | None]] = {
        Person: (two.first.person, two.second.person),
        Enterprise: (two.first.firm, two.second.firm),
    }
    for item in two.compared:
        only_there = item.first is None and item.second is not None
        if not only_there and (item.cls, item.field) not in from_second:
            continue
        one, other = records[item.cls]
        if one is None or other is None:
            continue
        for name in (item.field, *_WITH.get((item.cls, item.field), ())):
            before, after = getattr(one, name), getattr(other, name)
            if before != after:
                found.append(Change(item.cls, one.id, one.area, name, before, after))
    return found


def read_value(store: Store, finding: Finding) -> TwoValues:
    """A question about a field with who wrote what."""
    losing_area = finding.area if finding.losing_area is None else finding.losing_area
    sides = [
        (losing_area, finding.loser, finding.losing),
        (finding.area, finding.winner, finding.winning),
    ]
    if finding.loser > finding.winner:
        sides.reverse()
    held = store.get(finding.cls, finding.row)
    person, session = held if isinstance(held, Person) else None, None
    if isinstance(held, Attendance):
        person = store.get(Person, held.person) if held.person else None
        session = store.get(Session, held.session) if held.session else None
    wrote = [_who(store, finding, area, stamp, value) for area, stamp, value in sides]
    return TwoValues(finding, person, session, (sides[0][2], sides[1][2]), (wrote[0], wrote[1]))


def _who(store: Store, finding: Finding, area: int, stamp: Stamp, value: Value) -> Wrote:
    if stamp != NO_STAMP:
        with store.db.reading() as c:
            operation = operation_at(store, c, area, stamp[1], stamp[2])
        author = operation.author if operation is not None else b""
        return _wrote(store, author, milliseconds(stamp[0]), stamp[1])
    told = [
        entry
        for entry in history(store, finding.cls, finding.row, finding.area)
        if finding.field in entry.values and entry.values[finding.field] == value
    ]
    if not told:
        return Wrote("", None, "", False)
    first = told[0]
    return _wrote(store, first.author, milliseconds(first.at_hlc), first.replica)


def _wrote(store: Store, author: RecordId, at: int, replica: bytes) -> Wrote:
    staff = store.get(Staff, author) if author else None
    device = store.get(Device, replica)
    here = replica == store.replica
    name = (device.name if device is not None else None) or (store.name if here else "")
    return Wrote((staff.full_name if staff is not None else None) or "", at, name or "", here)


def declared(key: Key) -> str:
    """The message id of a field's label."""
    return fields_by_name(key[0])[key[1]].label
