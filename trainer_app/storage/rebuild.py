"""Rows are only a reading of the log: fold it again, for all rows or for a few, and find no difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Decision, Person
from trainer_app.records.merge import RowState, apply_values
from trainer_app.records.operation import Operation
from trainer_app.storage.aliases import follow_all, look_again
from trainer_app.storage.applying import COUNTED, effective_hlcs
from trainer_app.storage.conflicts import critical_numbers, rewrite
from trainer_app.storage.database import Connection
from trainer_app.storage.examining import examine_from_the_start
from trainer_app.storage.feeds import all_segments, decoded, unsealed
from trainer_app.storage.rows import select_sql, to_row, write_states

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

Rows = dict[RecordId, RowState]
Wanted = Callable[[type[Record], RecordId], bool]
#: The operations on critical fields by record, with the stamps that count: what contradictions are made from.
Said = defaultdict[tuple[type[Record], RecordId], list[tuple[Operation, int]]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that does not say what the log says."""

    table: str
    area: int
    row: RecordId
    what: str


def rebuild(store: Store, *, repair: bool) -> list[Difference]:
    """Fold the whole log, area by area, and compare every row with it; `repair` also writes what the log
    says.

    Memory holds one area at a time. A store without faults gives an empty list.
    """
    return store.db.transact(
        lambda c: [d for area in _areas(c) for d in _rebuild_area(store, c, area, repair)]
    )


def differences(store: Store) -> list[Difference]:
    """What `rebuild` would repair; only reads, so it also works on a store that was opened read-only."""
    with store.db.reading() as c:
        return [d for area in _areas(c) for d in _rebuild_area(store, c, area, False)]


def refold(store: Store, c: Connection, area: int, rows: Collection[tuple[type[Record], RecordId]]) -> None:
    """Write these rows anew from the log, after a receipt has corrected stamps that were in the future or has
    said which operations are kept apart.
    """
    wanted = set(rows)
    said: Said = defaultdict(list)
    folded = _fold(store, c, area, lambda cls, row: (cls, row) in wanted, said)
    for cls, states in folded.items():
        write_states(c, cls, area, states, store.replicas)
    for cls, row in wanted:
        rewrite(store, c, cls, area, row, said.get((cls, row), ()))
        if row not in folded.get(cls, {}):
            c.run(f"DELETE FROM {cls.table} WHERE area = ? AND id = ?", area, row)
    _follow(c, area, wanted)


def _follow(c: Connection, area: int, rows: Iterable[tuple[type[Record], RecordId]]) -> None:
    """What else is made from rows that were written anew: who is whom, and who is to be looked at again."""
    found = list(rows)
    look_again(c, area, [row for cls, row in found if cls is Person])
    if any(cls is Decision for cls, _row in found):
        follow_all(c)


def _areas(c: Connection) -> list[int]:
    return [row[0] for row in c.all("SELECT DISTINCT area FROM feed ORDER BY area")]


def _rebuild_area(store: Store, c: Connection, area: int, repair: bool) -> list[Difference]:
    said: Said = defaultdict(list)
    folded = _fold(store, c, area, lambda _cls, _row: True, said)
    found: list[Difference] = []
    for cls in KINDS.values():
        states = folded.get(cls, {})
        live = {bytes(row[1]): tuple(row) for row in c.all(f"{select_sql(cls)} WHERE area = ?", area)}
        for row_id, state in states.items():
            if row_id not in live:
                found.append(Difference(cls.table, area, row_id, "missing"))
            elif _plain(live[row_id]) != _plain(to_row(cls, area, row_id, state, store.replicas)):
                found.append(Difference(cls.table, area, row_id, "differs"))
        found += [
            Difference(cls.table, area, row_id, "not in the log") for row_id in live.keys() - states.keys()
        ]
        if repair:
            for row_id in states:
                rewrite(store, c, cls, area, row_id, said.get((cls, row_id), ()))
            write_states(c, cls, area, states, store.replicas)
            c.many(
                f"DELETE FROM {cls.table} WHERE area = ? AND id = ?",
                [(area, row_id) for row_id in live.keys() - states.keys()],
            )
    if repair:
        follow_all(c)
        examine_from_the_start(c, area)
    return found


def _plain(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)


def _fold(store: Store, c: Connection, area: int, wanted: Wanted, said: Said) -> dict[type[Record], Rows]:
    """What the log of an area says, for the rows that `wanted(cls, row)` asks for; fills `said`."""
    folded: dict[type[Record], Rows] = defaultdict(dict)
    excluded = {
        (num, seq)
        for num, seq in c.all(
            "SELECT replica, seq FROM quarantine WHERE area = ? AND resolved_at IS NULL", area
        )
    }
    for operation, hlc in _log(store, c, area):
        cls = KINDS.get(operation.kind)
        if cls is None or not wanted(cls, operation.row):
            continue
        if (store.replicas.number(operation.replica), operation.seq) in excluded:
            continue
        state = folded[cls].setdefault(operation.row, RowState())
        apply_values(state, operation.values, (hlc, operation.replica, operation.seq))
        if critical_numbers(cls) & operation.values.keys():
            said[cls, operation.row].append((operation, hlc))
    return folded


def _log(store: Store, c: Connection, area: int) -> Iterator[tuple[Operation, int]]:
    """Every operation of an area that counts, with its effective stamp."""
    for stored in all_segments(c, area):
        if stored.state not in COUNTED:
            continue
        for operation in decoded(stored).operations():
            yield operation, effective_hlcs([operation.seq], [operation.hlc], stored.restamp)[0]
    for operation in unsealed(store, c, area):
        yield operation, operation.hlc
