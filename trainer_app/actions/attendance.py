"""Mark who came. Every way of marking writes the same record; every mark can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer_app.actions.registration import marked
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Attendance, Session, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.storage.store import Store
from trainer_app.words import _


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks that were set, with what was there before; give it to `take_back`."""

    session: Session
    before: tuple[tuple[RecordId, Attendance | None], ...]

    @property
    def persons(self) -> tuple[RecordId, ...]:
        """Who was marked."""
        return tuple(person for person, _before in self.before)


def record_attendance(
    store: Store,
    session: Session,
    persons: Sequence[RecordId],
    status: str,
    by: RecordId,
    *,
    method: str,
    reason: str | None = None,
) -> Marked:
    """Give these people the status H, T, I, S or A in a session, in one transaction.

    The time of arrival is kept for H and T. A closed session takes a change only with a `reason`, which goes
    into the trail: attendance is money.
    """
    if session.state == "ditutup" and not reason:
        raise InputProblem(
            _("Sesi ini sudah ditutup. Tulis alasan perubahan, lalu simpan."),
            field="reason",
            code="session.closed",
        )
    now = store.clock.now_ms()
    ids = {person: derived_id(Attendance, session.id, person) for person in persons}
    held = {mark.person: mark for mark in store.find(Attendance, {"session": session.id})} if persons else {}
    edits = []
    for person, row in ids.items():
        values: dict[str, Value] = {
            "session": session.id,
            "person": person,
            "status": status,
            "method": method,
            "marked_by": by,
            "arrived_at": now if status in ("H", "T") else None,
            "deleted_at": None,
        }
        if reason:
            values["reason"] = reason
        edits.append(Edit(Attendance, row, session.area, values))
    store.save(marked(store, edits), by)
    return Marked(session, tuple((person, held.get(person)) for person in persons))


def take_back(store: Store, done: Marked, by: RecordId) -> None:
    """Put every mark back to what it was; one that was not there is taken away (and stays in the history)."""
    edits = []
    for person, before in done.before:
        row = derived_id(Attendance, done.session.id, person)
        if before is None:
            values: dict[str, Value] = {"deleted_at": store.clock.now_ms(), "deleted_reason": "undo"}
        else:
            values = {
                "status": before.status,
                "method": before.method,
                "marked_by": before.marked_by,
                "arrived_at": before.arrived_at,
            }
        edits.append(Edit(Attendance, row, done.session.area, values))
    store.save(edits, by)
