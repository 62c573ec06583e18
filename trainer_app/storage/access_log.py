"""Who looked at what of a person, and why: an append-only list of this laptop (UU 27/2022 article
31).

It holds no personal value, only ids, and is not sent with the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.ids import RecordId

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class Access:
    """One look: `at` is ms UTC; `what` was looked at ("nik"); `reason` is a code."""

    at: int
    staff: RecordId
    person: RecordId
    what: str
    reason: str


def note_access(store: Store, person: RecordId, staff: RecordId, what: str, reason: str, at: int) -> None:
    """Write down a look, before it is granted. The same look in the same millisecond is one."""
    store.db.transact(
        lambda c: c.run(
            "INSERT INTO access_log (at, person, staff, what, reason) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            at,
            person,
            staff,
            what,
            reason,
        )
    )


def note_accesses(
    store: Store, people: Sequence[RecordId], staff: RecordId, what: str, reason: str, at: int
) -> None:
    """Write down that the data of many went out, before it does."""
    store.db.transact(
        lambda c: c.many(
            "INSERT INTO access_log (at, person, staff, what, reason) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            [(at, person, staff, what, reason) for person in people],
        )
    )


def accesses(store: Store, person: RecordId, limit: int = 50) -> list[Access]:
    """The looks at one person, newest first."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT at, staff, person, what, reason FROM access_log "
            "WHERE person = ? ORDER BY at DESC LIMIT ?",
            person,
            limit,
        )
    return [Access(at, bytes(staff), bytes(who), what, reason) for at, staff, who, what, reason in rows]
