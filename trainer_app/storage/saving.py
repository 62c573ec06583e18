"""One edit of a person at this laptop: checked, stamped, merged and written, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.fields import Record, Value, to_wire
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Consent, Enrolment, Enterprise, Person
from trainer_app.records.merge import RowState, apply_values
from trainer_app.records.operation import Edit, Operation
from trainer_app.storage.database import Connection
from trainer_app.storage.replicas import OWN
from trainer_app.storage.rows import load_states, write_states
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: Records that people count as part of a person: the number of the field that names the person.
_PART_OF_PERSON: dict[type[Record], int] = {Enterprise: 1, Consent: 1, Enrolment: 2}


def save_edits(store: Store, c: Connection, edits: Sequence[Edit], author: RecordId) -> list[Operation]:
    """The operations that `edits` came to; none for values that change nothing."""
    made: list[Operation] = []
    found_by: set[tuple[int, RecordId]] = set()
    for edit in edits:
        operation, subject = _save_edit(store, c, edit, author)
        if operation is None:
            continue
        made.append(operation)
        if operation.kind in (Person.kind, Enterprise.kind):
            found_by.add((operation.area, subject))
    if found_by and c.dialect == "sqlite":
        _index(c, found_by)
    return made


def _save_edit(
    store: Store, c: Connection, edit: Edit, author: RecordId
) -> tuple[Operation | None, RecordId]:
    cls: type[Record] = edit.cls
    wanted = to_wire(cls, edit.values)
    held = load_states(c, cls, edit.area, [edit.id], store.replicas).get(edit.id)
    state = held or RowState()
    changes: dict[int, Value] = {
        number: value for number, value in wanted.items() if state.values.get(number) != value
    }
    if not changes:
        return None, edit.id
    base = max((state.stamps[number][0] for number in changes if number in state.stamps), default=0)
    if held is not None and base == 0:
        base = min(stamp[0] for stamp in state.stamps.values())  # an update, though of fields that were empty
    seq = _next_seq(c, edit.area)
    hlc = store.clock.tick(after=base)
    operation = Operation(cls.kind, edit.id, edit.area, store.replica, seq, hlc, author, base, changes)
    apply_values(state, changes, (hlc, store.replica, seq))
    write_states(c, cls, edit.area, {edit.id: state}, store.replicas)
    subject = _subject(cls, edit.id, state)
    _log(c, operation, subject, store.clock.now_ms(), first=held is None)
    return operation, subject


def _next_seq(c: Connection, area: int) -> int:
    """The next number of the own feed of an area; the feed begins with its first edit."""
    if c.run("UPDATE feed SET last_seq = last_seq + 1 WHERE area = ? AND replica = ?", area, OWN) == 0:
        start_feed(c, area, OWN)
        c.run("UPDATE feed SET last_seq = 1 WHERE area = ? AND replica = ?", area, OWN)
    return int(c.value("SELECT last_seq FROM feed WHERE area = ? AND replica = ?", area, OWN))


def start_feed(c: Connection, area: int, num: int) -> None:
    """An empty feed of a replica (by its local number) in an area, unless it is there."""
    c.run(
        insert_into("feed", "ON CONFLICT (area, replica) DO NOTHING"),
        *(area, num, 0, 0, b"", 0, 0, 0),
    )


def _subject(cls: type[Record], row: RecordId, state: RowState) -> RecordId:
    """The thing that people count this row under: a person with all that was written on the form is one."""
    number = _PART_OF_PERSON.get(cls)
    person = state.values.get(number) if number else None
    return person if isinstance(person, bytes) else row


def _log(c: Connection, operation: Operation, subject: RecordId, now_ms: int, *, first: bool) -> None:
    c.run(
        insert_into("operation"),
        operation.area,
        OWN,
        operation.seq,
        operation.hlc,
        operation.kind,
        operation.row,
        operation.author,
        operation.base,
        msgpack.packb(dict(operation.values)),
    )
    if not first:
        c.run(
            insert_into("touch", "ON CONFLICT DO NOTHING"),
            operation.area,
            operation.row,
            OWN,
            operation.seq,
        )
    kind = Person.kind if subject != operation.row else operation.kind
    c.run(
        insert_into("own_version")
        + "ON CONFLICT (area, subject) DO UPDATE SET since = CASE WHEN own_version.seq <= "
        "(SELECT centre_seq FROM feed WHERE feed.area = own_version.area AND feed.replica = 1) "
        "THEN excluded.since ELSE own_version.since END, seq = excluded.seq",
        operation.area,
        subject,
        kind,
        operation.seq,
        now_ms,
    )


def _index(c: Connection, persons: set[tuple[int, RecordId]]) -> None:
    """People must be found by what was just typed, so the search index is part of the same transaction."""
    from trainer_app.storage.search import index_persons

    index_persons(c, sorted(persons))
