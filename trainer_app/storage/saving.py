"""One edit of a person at this laptop: checked, stamped, merged and written, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.fields import KINDS, Record, Value, fields_by_number, to_wire
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Consent, Decision, Enrolment, Enterprise, Person
from trainer_app.records.merge import RowState, apply_values
from trainer_app.records.operation import Edit, Operation
from trainer_app.storage.aliases import follow_decisions
from trainer_app.storage.conflicts import settle
from trainer_app.storage.database import Connection
from trainer_app.storage.replicas import OWN
from trainer_app.storage.rows import load_states, write_states
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: Records that people count as part of a person: the number of the field that names the person.
PART_OF_PERSON: dict[type[Record], int] = {Enterprise: 1, Consent: 1, Enrolment: 2}


def save_edits(store: Store, c: Connection, edits: Sequence[Edit], author: RecordId) -> list[Operation]:
    """The operations that `edits` came to; none for values that change nothing."""
    saving = _Saving(store, c, author)
    saving.read(edits)
    for edit in edits:
        saving.merge(edit)
    saving.write()
    return saving.operations


class _Saving:
    """The edits of one deed: rows are read once, merged in memory, each table is written by one statement."""

    def __init__(self, store: Store, c: Connection, author: RecordId) -> None:
        self._store, self._c, self._author = store, c, author
        self._states: dict[tuple[type[Record], int], dict[RecordId, RowState]] = defaultdict(dict)
        self._last: dict[int, int] = {}
        self._changed: dict[tuple[type[Record], int], set[RecordId]] = defaultdict(set)
        self._updates: list[tuple[int, RecordId, int, int]] = []
        self._versions: dict[tuple[int, RecordId], tuple[int, int, int]] = {}
        self._found_by: set[tuple[int, RecordId]] = set()
        self.operations: list[Operation] = []

    def read(self, edits: Sequence[Edit]) -> None:
        """Fetch the rows that the edits are about."""
        wanted: dict[tuple[type[Record], int], list[RecordId]] = defaultdict(list)
        for edit in edits:
            wanted[edit.cls, edit.area].append(edit.id)
        for area in sorted({edit.area for edit in edits}):
            self._claim(area)
        for (cls, area), ids in wanted.items():
            self._states[cls, area] = load_states(self._c, cls, area, ids, self._store.replicas)

    def _claim(self, area: int) -> None:
        """Nobody else numbers operations of this feed until the end; SQLite has one writer anyway."""
        claim = "UPDATE feed SET last_seq = last_seq WHERE area = ? AND replica = ?"
        if self._c.dialect != "sqlite" and self._c.run(claim, area, OWN):
            return
        start_feed(self._c, area, OWN)
        if self._c.dialect != "sqlite":
            self._c.run(claim, area, OWN)

    def merge(self, edit: Edit) -> None:
        """Turn one edit into an operation, unless it changes nothing."""
        cls: type[Record] = edit.cls
        held = self._states[cls, edit.area].get(edit.id)
        state = held or RowState()
        changes: dict[int, Value] = {
            number: value
            for number, value in to_wire(cls, edit.values).items()
            if edit.anew or state.values.get(number) != value
        }
        if not changes:
            return
        base = max((state.stamps[number][0] for number in changes if number in state.stamps), default=0)
        if held is not None and base == 0:
            base = min(stamp[0] for stamp in state.stamps.values())  # an update, though of empty fields
        seq = self._next_seq(edit.area)
        hlc = self._store.clock.tick(after=base)
        replica = self._store.replica
        apply_values(state, changes, (hlc, replica, seq))
        self._states[cls, edit.area][edit.id] = state
        self._changed[cls, edit.area].add(edit.id)
        if held is not None:
            self._updates.append((edit.area, edit.id, OWN, seq))
            settle(self._c, cls, edit.area, edit.id, changes)
        subject = _subject(cls, edit.id, state)
        kind = Person.kind if subject != edit.id else cls.kind
        if cls in (Person, Enterprise):
            self._found_by.add((edit.area, subject))
        known = self._versions.get((edit.area, subject))
        first = known[2] if known else 0 if held is not None else seq
        self._versions[edit.area, subject] = (kind, seq, first)
        self.operations.append(
            Operation(cls.kind, edit.id, edit.area, replica, seq, hlc, self._author, base, changes)
        )

    def _next_seq(self, area: int) -> int:
        """The next number of the own feed of an area; the feed begins with its first edit."""
        if area not in self._last:
            self._last[area] = self._newest(area)
        self._last[area] += 1
        return self._last[area]

    def _newest(self, area: int) -> int:
        """The number with which the own feed of an area ends. Another process of this replica may have
        written it a moment ago: the stamps of a feed rise, whoever writes.
        """
        seq, sealed, unsealed = self._c.one(
            "SELECT f.last_seq, f.head_hlc, o.hlc FROM feed f LEFT JOIN operation o "
            "ON o.area = f.area AND o.replica = f.replica AND o.seq = f.last_seq "
            "WHERE f.area = ? AND f.replica = ?",
            area,
            OWN,
        ) or (0, 0, 0)
        clock = self._store.clock
        clock.last = max(clock.last, int(sealed or 0), int(unsealed or 0))
        return int(seq)

    def write(self) -> None:
        """Write rows, operations, and what follows from them."""
        c, store = self._c, self._store
        for (cls, area), ids in self._changed.items():
            states = self._states[cls, area]
            write_states(c, cls, area, {row: states[row] for row in ids}, store.replicas)
        c.many(insert_into("operation"), [_logged(operation) for operation in self.operations])
        c.many(insert_into("touch", "ON CONFLICT DO NOTHING"), self._updates)
        now = store.clock.now_ms()
        c.many(
            insert_into("own_version") + _NEWER_VERSION,
            [
                (area, subject, kind, seq, now, first)
                for (area, subject), (kind, seq, first) in self._versions.items()
            ],
        )
        c.many(
            "UPDATE feed SET last_seq = ? WHERE area = ? AND replica = ?",
            [(seq, area, OWN) for area, seq in self._last.items()],
        )
        for (cls, area), ids in self._changed.items():
            if cls is Decision:
                follow_decisions(c, area, ids)
        _mark_fixed(c, self.operations)
        if self._found_by and c.dialect == "sqlite":
            _index(c, self._found_by)


#: A record that was received and changes again waits from now on; one that waits already keeps its place. Its
#: first edit stays the first; of a line that an older program wrote, the newest before this one is known.
_NEWER_VERSION = (
    "ON CONFLICT (area, subject) DO UPDATE SET since = CASE WHEN own_version.seq <= "
    "(SELECT centre_seq FROM feed WHERE feed.area = own_version.area AND feed.replica = 1) "
    "THEN excluded.since ELSE own_version.since END, seq = excluded.seq, "
    "first_seq = COALESCE(own_version.first_seq, own_version.seq)"
)


def _logged(operation: Operation) -> tuple[object, ...]:
    return (
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


def start_feed(c: Connection, area: int, num: int) -> None:
    """An empty feed of a replica (by its local number) in an area, unless it is there."""
    c.run(
        insert_into("feed", "ON CONFLICT (area, replica) DO NOTHING"),
        *(area, num, 0, 0, b"", 0, 0, 0),
    )


def _subject(cls: type[Record], row: RecordId, state: RowState) -> RecordId:
    """The thing that people count this row under: a person with all that was written on the form is one."""
    number = PART_OF_PERSON.get(cls)
    person = state.values.get(number) if number else None
    return person if isinstance(person, bytes) else row


def _index(c: Connection, persons: set[tuple[int, RecordId]]) -> None:
    """People must be found by what was just typed, so the search index is part of the same transaction."""
    from trainer_app.storage.search import index_persons

    index_persons(c, sorted(persons))


def _mark_fixed(c: Connection, operations: Sequence[Operation]) -> None:
    """What the centre kept apart is put right when the field that was wrong is said again."""
    kept = "SELECT area, row FROM quarantine WHERE replica = ? AND resolved_at IS NULL AND fixed_seq IS NULL"
    apart = {(area, bytes(row)) for area, row in c.all(kept, OWN)}
    for operation in operations:
        if (operation.area, operation.row) not in apart:
            continue
        known = fields_by_number(KINDS[operation.kind])
        names = [known[number].name for number in operation.values if number in known]
        c.run(
            "UPDATE quarantine SET fixed_seq = ? WHERE area = ? AND replica = ? AND row = ? AND seq < ? "
            f"AND resolved_at IS NULL AND fixed_seq IS NULL AND detail IN ({', '.join('?' * len(names))})",
            *(operation.seq, operation.area, OWN, operation.row, operation.seq, *names),
        )
