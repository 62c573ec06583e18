"""The history of a record: every edit, who made it on which laptop, and which values won."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.fields import Record, Value, fields_by_number
from trainer_app.records.ids import RecordId
from trainer_app.records.merge import RowState
from trainer_app.records.operation import Operation
from trainer_app.records.staff import Device
from trainer_app.storage.applying import effective_hlcs
from trainer_app.storage.feeds import all_segments, decoded, unsealed
from trainer_app.storage.rows import load_states

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

Key = tuple[type[Record], RecordId]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One edit. `values` by field name; `won` names the fields whose present value comes from this edit."""

    at_hlc: int
    replica: bytes
    device: str
    author: RecordId
    values: Mapping[str, Value]
    won: frozenset[str]


def history(store: Store, cls: type[Record], row: RecordId, area: int) -> list[HistoryEntry]:
    """All edits of one record, oldest first. Reads the log of its area: meant for one page, not for lists."""
    return histories(store, [(cls, row)], area)[(cls, row)]


def histories(store: Store, records: Iterable[Key], area: int) -> dict[Key, list[HistoryEntry]]:
    """The edits of several records of one area, each oldest first. Reads the log of the area, once
    for all of them: meant for one page, not for lists.
    """
    entries: dict[Key, list[HistoryEntry]] = {key: [] for key in records}
    by_kind = {(cls.kind, row): (cls, row) for cls, row in entries}
    with store.db.reading() as c:
        names = {bytes(i): n for i, n in c.all("SELECT id, name FROM device")}
        states = {
            (cls, row): load_states(c, cls, area, [row], store.replicas).get(row) for cls, row in entries
        }
        found = [
            (operation, effective_hlcs([operation.seq], [operation.hlc], stored.restamp)[0])
            for stored in all_segments(c, area)
            for operation in decoded(stored).operations()
            if (operation.kind, operation.row) in by_kind
        ]
        found += [(op, op.hlc) for op in unsealed(store, c, area) if (op.kind, op.row) in by_kind]
    for operation, hlc in sorted(found, key=lambda item: (item[1], item[0].replica, item[0].seq)):
        key = by_kind[(operation.kind, operation.row)]
        device = names.get(operation.replica) or (
            store.name if operation.replica == store.replica else Device.title
        )
        entries[key].append(_entry(key[0], operation, hlc, states[key], device))
    return entries


def _entry(
    cls: type[Record], operation: Operation, hlc: int, state: RowState | None, device: str
) -> HistoryEntry:
    known = fields_by_number(cls)
    stamp = (hlc, operation.replica, operation.seq)
    won = {known[n].name for n in operation.values if n in known and state and state.stamps.get(n) == stamp}
    return HistoryEntry(
        hlc,
        operation.replica,
        device,
        operation.author,
        {known[n].name: v for n, v in operation.values.items() if n in known},
        frozenset(won),
    )
