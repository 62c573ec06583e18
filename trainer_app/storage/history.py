"""The history of a record: every edit, who made it on which laptop, and which values won."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.fields import Record, Value, fields_by_number
from trainer_app.records.ids import RecordId
from trainer_app.records.people import Device
from trainer_app.storage.applying import effective_hlcs
from trainer_app.storage.feeds import all_segments, decoded, unsealed
from trainer_app.storage.rows import load_states

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


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
    known = fields_by_number(cls)
    entries: list[HistoryEntry] = []
    with store.db.reading() as c:
        state = load_states(c, cls, area, [row], store.replicas).get(row)
        names = {bytes(i): n for i, n in c.all("SELECT id, name FROM device")}
        found = [
            (operation, effective_hlcs([operation.seq], [operation.hlc], stored.restamp)[0])
            for stored in all_segments(c, area)
            for operation in decoded(stored).operations()
            if operation.row == row and operation.kind == cls.kind
        ]
        found += [(op, op.hlc) for op in unsealed(store, c, area) if op.row == row and op.kind == cls.kind]
    for operation, hlc in sorted(found, key=lambda item: (item[1], item[0].replica, item[0].seq)):
        stamp = (hlc, operation.replica, operation.seq)
        won = {
            known[n].name for n in operation.values if n in known and state and state.stamps.get(n) == stamp
        }
        entries.append(
            HistoryEntry(
                hlc,
                operation.replica,
                names.get(operation.replica)
                or (store.name if operation.replica == store.replica else Device.title),
                operation.author,
                {known[n].name: v for n, v in operation.values.items() if n in known},
                frozenset(won),
            )
        )
    return entries
