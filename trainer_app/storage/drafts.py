"""What somebody has typed and not saved yet: kept at every pause, so that a flat battery costs a few letters
at most.

A draft belongs to one form and one member of staff, is encrypted like everything else and never leaves the
laptop.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainer_app.records.clock import wall_ms

if TYPE_CHECKING:
    from trainer_app.records.ids import RecordId
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers of an unfinished form as JSON values, and when they were kept (milliseconds since 1970
    UTC).
    """

    form: str
    body: Mapping[str, Any]
    at: int


def save_draft(store: Store, form: str, staff: RecordId, body: Mapping[str, Any]) -> None:
    """Keep the answers in place of the ones before; on return they survive a power cut. Values must be
    JSON's.
    """
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    at = wall_ms()
    store.db.transact(
        lambda c: c.run(
            "INSERT INTO draft (form, staff, body, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (form, staff) DO UPDATE SET body = excluded.body, at = excluded.at",
            form,
            staff,
            content,
            at,
        )
    )


def load_draft(store: Store, form: str, staff: RecordId) -> Draft | None:
    """What was kept of this form by this person, if anything."""
    with store.db.reading() as c:
        row = c.one("SELECT body, at FROM draft WHERE form = ? AND staff = ?", form, staff)
    return None if row is None else Draft(form, json.loads(bytes(row[0])), int(row[1]))


def clear_draft(store: Store, form: str, staff: RecordId) -> None:
    """The form was saved or given up."""
    store.db.transact(lambda c: c.run("DELETE FROM draft WHERE form = ? AND staff = ?", form, staff))


def drafts_of(store: Store, staff: RecordId) -> list[Draft]:
    """All unfinished forms of a person, the newest first."""
    with store.db.reading() as c:
        rows = c.all("SELECT form, body, at FROM draft WHERE staff = ? ORDER BY at DESC, form", staff)
    return [Draft(form, json.loads(bytes(body)), int(at)) for form, body, at in rows]
