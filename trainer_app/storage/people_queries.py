"""The list of people, for tens of thousands of them: the order is taken once, rows are read a page at a time.

An order is the keys of everybody who belongs in the list, packed, 20 bytes each: it gives the number of rows,
any page is as near as the first, and rows do not move under the eye while somebody saves. Taking it reads the
table once (200,000 people: about 0.2 s newest first, 0.4 s by name), so it belongs in the background; a page
reads rows by their key in some milliseconds. Whoever withdrew the consent is in no list. Laptops only: the
centre shows figures, not people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.checks.nik import mask_nik
from trainer_app.records.completeness import QUESTIONS, Question
from trainer_app.records.fields import Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Consent, Enterprise, Person, derived_id
from trainer_app.storage.aliases import MERGED_AWAY, members
from trainer_app.storage.conditions import (
    came,
    chunks,
    held_areas,
    in_batch,
    marks,
    took_place,
    withdrawn,
)
from trainer_app.storage.database import Connection, Row
from trainer_app.storage.moves import moved_away
from trainer_app.storage.replicas import OWN
from trainer_app.storage.search import Found, search
from trainer_app.storage.sending_state import OWN_VERSIONS, RECEIVED, STATE, row_states

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

ALL, INCOMPLETE, UNSENT, NO_BATCH = "all", "incomplete", "unsent", "no_batch"
FILTERS = (ALL, INCOMPLETE, UNSENT, NO_BATCH)
NEWEST, BY_NAME = "newest", "name"
_SORTS = {NEWEST: "p.id DESC", BY_NAME: "p.full_name COLLATE NOCASE, p.id"}
#: So many hits of a search are listed; a longer list is not read anyway.
LISTED = 500
_AREA_BYTES, _KEY_BYTES = 4, 20
#: The enterprises of each person: id, name, and 1 where a question is open.
Firms = Mapping[RecordId, list[tuple[RecordId, str, int]]]


@dataclass(frozen=True, slots=True)
class Order:
    """Who is in a list, in which order. `packed`: of each, 4 bytes of area and 16 of id."""

    packed: bytes = b""

    def __len__(self) -> int:
        return len(self.packed) // _KEY_BYTES

    def keys(self, offset: int, limit: int) -> list[Found]:
        """(area, id) of one page; shorter at the end."""
        part = self.packed[offset * _KEY_BYTES : (offset + limit) * _KEY_BYTES]
        cut = [part[i : i + _KEY_BYTES] for i in range(0, len(part), _KEY_BYTES)]
        return [(int.from_bytes(key[:_AREA_BYTES], "big"), key[_AREA_BYTES:]) for key in cut]

    def place(self, person: RecordId) -> int:
        """The place of somebody in this order, -1 for nobody of it."""
        at = self.packed.find(person)
        while at >= 0 and at % _KEY_BYTES != _AREA_BYTES:
            at = self.packed.find(person, at + 1)
        return at // _KEY_BYTES if at >= 0 else -1

    @classmethod
    def of(cls, keys: Iterable[Found]) -> Order:
        """An order from keys."""
        return cls(b"".join(area.to_bytes(_AREA_BYTES, "big") + row for area, row in keys))


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list. `attended` of `sessions` held in the newest batch; `steps` the milestones that
    hold now; `sending` where the record is, None for what is not this laptop's own.
    """

    id: RecordId
    area: int
    name: str
    nik: str  # masked
    village: str
    business: str
    batch: str
    attended: int
    sessions: int
    steps: frozenset[str]
    incomplete: bool
    sending: str | None


# ---------------------------------------------------------------- who is in the list
def take_order(store: Store, which: str = ALL, sort: str = NEWEST) -> Order:
    """Everybody of one filter. Raises KeyError for a filter or a sorting that there is not."""
    areas = held_areas(store)
    sql = (
        "SELECT GROUP_CONCAT(k, '') FROM (SELECT PRINTF('%08X', p.area) || HEX(p.id) AS k FROM person p "
        f"WHERE p.area {areas} AND {_shown(areas)}{_whole_filter(which, areas)} ORDER BY {_SORTS[sort]})"
    )
    with store.db.reading() as c:
        return Order(bytes.fromhex(c.value(sql) or ""))


def find_order(store: Store, text: str, which: str = ALL) -> Order:
    """The people of one filter whose words begin as typed, the best first; at most `LISTED` hits are looked
    at.
    """
    hits = search(store, text, LISTED)
    areas = held_areas(store)
    shown: set[RecordId] = set()
    with store.db.reading() as c:
        for chunk in chunks([person for _area, person in hits]):
            sql = (
                f"SELECT p.id FROM person p WHERE p.area {areas} AND p.id IN ({marks(chunk)}) "
                f"AND {_found(areas)}{_near_filter(which, areas)}"
            )
            shown.update(bytes(row[0]) for row in c.all(sql, *chunk))
        if which == INCOMPLETE:
            known = _known(c, areas, sorted(shown))
            shown = {person for person in shown if known.incomplete(person)}
    return Order.of(key for key in hits if key[1] in shown)


def counts(store: Store) -> dict[str, int]:
    """How many people each filter holds."""
    areas = held_areas(store)
    with store.db.reading() as c:
        return {
            which: int(
                c.value(
                    f"SELECT COUNT(*) FROM person p WHERE p.area {areas} AND {_shown(areas)}"
                    f"{_whole_filter(which, areas)}"
                )
            )
            for which in FILTERS
        }


def registered_since(store: Store, start_ms: int) -> int:
    """How many people this laptop has registered since an instant (ms UTC): ids of new records begin with
    their time.
    """
    first = start_ms.to_bytes(6, "big") + bytes(10)
    with store.db.reading() as c:
        return int(
            c.value(
                f"SELECT COUNT(*) FROM person WHERE area {held_areas(store)} AND id >= ? "
                "AND deleted_at IS NULL AND _r = ?",
                first,
                OWN,
            )
        )


def _shown(areas: str) -> str:
    """Live, not withdrawn as a whole, and not shown under another one."""
    return f"p.deleted_at IS NULL AND NOT {withdrawn(areas)} AND NOT {MERGED_AWAY}"


def _found(areas: str) -> str:
    """Who a search finds: those of the list, and who moved to an area that is not here."""
    return f"({_shown(areas)} OR ({moved_away(areas, 'p')} AND NOT {withdrawn(areas)}))"


def _whole_filter(which: str, areas: str) -> str:
    """The filter for a walk over everybody: whatever it compares with is gathered once."""
    if which == ALL:
        return ""
    if which == INCOMPLETE:
        owners = _LIVE_OWNERS.format(areas=areas)
        return (
            f" AND ({_OPEN_PERSON} OR p.id IN ({owners} AND {_OPEN_ENTERPRISE}) "
            f"OR p.id NOT IN ({owners}) OR p.id NOT IN ({_CONSENTED.format(areas=areas)}))"
        )
    if which == NO_BATCH:
        return (
            f" AND p.id NOT IN (SELECT n.person FROM enrolment n WHERE n.area {areas} "
            f"AND n.person IS NOT NULL AND {in_batch('n')})"
        )
    return _near_filter(which, areas)


def _near_filter(which: str, areas: str) -> str:
    """The filter for some people, looked up one by one."""
    return {
        ALL: "",
        INCOMPLETE: "",  # see `_Known`: a consent is found by its id only
        UNSENT: f" AND {_UNSENT}",
        NO_BATCH: (
            f" AND NOT EXISTS (SELECT 1 FROM enrolment n WHERE n.area {areas} AND n.person = p.id "
            f"AND {in_batch('n')})"
        ),
    }[which]


_UNSENT = (
    f"p.id IN (SELECT o.subject {OWN_VERSIONS} WHERE o.kind = {Person.kind} AND {STATE} <> '{RECEIVED}')"
)


_LIVE_OWNERS = (
    "SELECT e.owner FROM enterprise e WHERE e.area {areas} AND e.deleted_at IS NULL AND e.owner IS NOT NULL"
)


def _open_questions(cls: type[Record], alias: str) -> str:
    """An SQL condition: some question of the form about this kind is open."""
    return f"NOT ({' AND '.join(_answered(q, alias) for q in QUESTIONS if q.cls is cls)})"


def _answered(question: Question, alias: str) -> str:
    ways = []
    for name in question.fields:
        value = f"{alias}.{name}"
        blank = ", ".join(f"'{code}'" for code in question.blank)
        ways.append(
            f"({value} IS NOT NULL AND {value} NOT IN ({blank}))" if blank else f"{value} IS NOT NULL"
        )
    if question.silenced_by is not None:
        name, code = question.silenced_by
        ways.append(f"COALESCE({alias}.{name}, '') = '{code}'")
    return f"({' OR '.join(ways)})"


_OPEN_PERSON = _open_questions(Person, "p")
_OPEN_ENTERPRISE = _open_questions(Enterprise, "e")
_GIVEN = f"NOT {_open_questions(Consent, 'k')}"
_CONSENTED = (
    "SELECT k.person FROM consent k WHERE k.area {areas} AND k.deleted_at IS NULL AND k.person IS NOT NULL "
    f"AND {_GIVEN}"
)


# ---------------------------------------------------------------- rows
def people_rows(store: Store, order: Order, offset: int, limit: int) -> list[PersonRow]:
    """The lines of one page, in order. Somebody who was deleted since the order was taken still has a line,
    without text.
    """
    keys = order.keys(offset, limit)
    ids = [person for _area, person in keys]
    areas = held_areas(store)
    with store.db.reading() as c:
        under = members(c, ids)
        known = _known(c, areas, list(under)).joined(under)
        steps = _steps(c, areas, known.firms)
        batches = _newest(_batches(c, areas, list(under)), under)
        held = _held(c, areas, {batch for batch, _name in batches.values()})
        attended = _together(_attended(c, areas, list(under)), under)
        sending = row_states(c, ids)
    rows = []
    for area, person in keys:
        name, nik, village, _open = known.persons.get(person, ("", "", "", 0))
        own = known.firms.get(person, [])
        batch, batch_name = batches.get(person, (b"", ""))
        sessions = held.get(batch, frozenset())
        rows.append(
            PersonRow(
                id=person,
                area=area,
                name=name or "",
                nik=mask_nik(nik or ""),
                village=village or "",
                business=_first_business(person, own),
                batch=batch_name,
                attended=len(attended.get(person, set()) & sessions),
                sessions=len(sessions),
                steps=frozenset(step for firm, _name, _gaps in own for step in steps.get(firm, ())),
                incomplete=known.incomplete(person),
                sending=sending.get(person),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class _Known:
    """What is needed to tell whether somebody has an open question."""

    persons: Mapping[RecordId, tuple[str | None, str | None, str | None, int]]
    firms: Firms
    consented: set[RecordId]

    def joined(self, under: Mapping[RecordId, RecordId]) -> _Known:
        """The same with the enterprises and consents of people who are one laid together."""
        firms: dict[RecordId, list[tuple[RecordId, str, int]]] = {}
        for person in sorted(self.firms):
            firms.setdefault(under[person], []).extend(self.firms[person])
        return _Known(self.persons, firms, {under[person] for person in self.consented})

    def incomplete(self, person: RecordId) -> bool:
        """A question open about the person or any enterprise; or there is no enterprise, or no consent."""
        held, own = self.persons.get(person), self.firms.get(person)
        if held is None or held[3] or not own or person not in self.consented:
            return True
        return any(gaps for _firm, _name, gaps in own)


def _known(c: Connection, areas: str, ids: Sequence[RecordId]) -> _Known:
    return _Known(_persons(c, areas, ids), _enterprises(c, areas, ids), _consented(c, areas, ids))


def _persons(
    c: Connection, areas: str, ids: Sequence[RecordId]
) -> dict[RecordId, tuple[str | None, str | None, str | None, int]]:
    sql = (
        f"SELECT p.id, p.full_name, p.nik, p.village, {_OPEN_PERSON} FROM person p "
        "WHERE p.area {areas} AND (p.deleted_at IS NULL OR {gone}) AND p.id IN ({marks})"
    ).replace("{gone}", moved_away(areas, "p"))
    return {bytes(row[0]): (row[1], row[2], row[3], row[4]) for row in _by_ids(c, sql, areas, ids)}


def _consented(c: Connection, areas: str, ids: Sequence[RecordId]) -> set[RecordId]:
    sql = (
        "SELECT k.person FROM consent k WHERE k.area {areas} AND k.id IN ({marks}) "
        f"AND k.deleted_at IS NULL AND {_GIVEN}"
    )
    return {bytes(row[0]) for row in _by_ids(c, sql, areas, [derived_id(Consent, person) for person in ids])}


def _enterprises(c: Connection, areas: str, ids: Sequence[RecordId]) -> Firms:
    sql = (
        f"SELECT e.owner, e.id, e.name, {_OPEN_ENTERPRISE} FROM enterprise e "
        "WHERE e.area {areas} AND e.owner IN ({marks}) AND e.deleted_at IS NULL ORDER BY e.id"
    )
    found: dict[RecordId, list[tuple[RecordId, str, int]]] = {}
    for owner, firm, name, gaps in _by_ids(c, sql, areas, ids):
        found.setdefault(bytes(owner), []).append((bytes(firm), name or "", gaps))
    return found


def _first_business(person: RecordId, own: Sequence[tuple[RecordId, str, int]]) -> str:
    """The name of the first enterprise; another's where that has none."""
    first = derived_id(Enterprise, person)
    names = [name for firm, name, _gaps in own if name and firm == first]
    return next(iter([*names, *(name for _firm, name, _gaps in own if name)]), "")


def _steps(c: Connection, areas: str, firms: Firms) -> dict[RecordId, set[str]]:
    sql = (
        "SELECT m.enterprise, m.step FROM milestone m WHERE m.area {areas} AND m.enterprise IN ({marks}) "
        "AND m.deleted_at IS NULL AND m.lapsed_on IS NULL AND m.step IS NOT NULL"
    )
    found: dict[RecordId, set[str]] = {}
    for firm, step in _by_ids(c, sql, areas, [firm for own in firms.values() for firm, _n, _g in own]):
        found.setdefault(bytes(firm), set()).add(step)
    return found


def _batches(c: Connection, areas: str, ids: Sequence[RecordId]) -> dict[RecordId, tuple[RecordId, str]]:
    """The newest batch of each, with its name."""
    sql = (
        "SELECT n.person, n.batch, b.name FROM enrolment n "
        "JOIN batch b ON b.area = n.area AND b.id = n.batch "
        "WHERE n.area {areas} AND n.person IN ({marks}) AND b.deleted_at IS NULL "
        f"AND {in_batch('n')} ORDER BY b.id"
    )
    return {bytes(person): (bytes(batch), name or "") for person, batch, name in _by_ids(c, sql, areas, ids)}


def _newest(
    batches: Mapping[RecordId, tuple[RecordId, str]], under: Mapping[RecordId, RecordId]
) -> dict[RecordId, tuple[RecordId, str]]:
    """The newest batch of each after those who are one were laid together."""
    found: dict[RecordId, tuple[RecordId, str]] = {}
    for person, batch in batches.items():
        found[under[person]] = max(batch, found.get(under[person], (b"", "")))
    return found


def _together(
    found: Mapping[RecordId, set[RecordId]], under: Mapping[RecordId, RecordId]
) -> dict[RecordId, set[RecordId]]:
    joined: dict[RecordId, set[RecordId]] = {}
    for person, some in found.items():
        joined.setdefault(under[person], set()).update(some)
    return joined


def _held(c: Connection, areas: str, batches: Iterable[RecordId]) -> dict[RecordId, frozenset[RecordId]]:
    """The sessions of each batch, but for the cancelled."""
    sql = (
        "SELECT s.batch, s.id FROM session s WHERE s.area {areas} AND s.batch IN ({marks}) "
        f"AND {took_place('s')}"
    )
    found: dict[RecordId, set[RecordId]] = {}
    for batch, session in _by_ids(c, sql, areas, sorted(batches)):
        found.setdefault(bytes(batch), set()).add(bytes(session))
    return {batch: frozenset(sessions) for batch, sessions in found.items()}


def _attended(c: Connection, areas: str, ids: Sequence[RecordId]) -> dict[RecordId, set[RecordId]]:
    sql = (
        "SELECT a.person, a.session FROM attendance a WHERE a.area {areas} AND a.person IN ({marks}) "
        f"AND {came('a')}"
    )
    found: dict[RecordId, set[RecordId]] = {}
    for person, session in _by_ids(c, sql, areas, ids):
        found.setdefault(bytes(person), set()).add(bytes(session))
    return found


def _by_ids(c: Connection, sql: str, areas: str, ids: Sequence[RecordId]) -> Iterable[Row]:
    for chunk in chunks(ids):
        yield from c.all(sql.replace("{areas}", areas).replace("{marks}", marks(chunk)), *chunk)
