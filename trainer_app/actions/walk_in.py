"""Somebody comes to a session without being registered: register, put into the batch, mark present."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_app.actions.attendance import Marked, record_attendance, take_back
from trainer_app.actions.registration import Registered, Registration, register, undo_registration
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Session
from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class WalkedIn:
    """What a walk-in made; give it to `undo_walk_in`."""

    registered: Registered
    marked: Marked


def walk_in(
    store: Store,
    session: Session,
    answers: Registration,
    by: RecordId,
    *,
    person_id: RecordId | None = None,
    same_nik: bool = False,
    reason: str | None = None,
) -> WalkedIn:
    """Register somebody with the little that a full class has time for; the rest shows as "perlu dilengkapi".

    A power cut between the two steps leaves a registered person without a mark, never a mark without a
    person; with the same `person_id`, saving again goes on where it stopped. Raises `Incomplete` and what
    `record_attendance` raises, before anything is saved.
    """
    registered = register(
        store,
        answers,
        by,
        batch=session.batch,
        joined="langsung",
        person_id=person_id,
        same_nik=same_nik,
    )
    done = record_attendance(store, session, [registered.person], "H", by, method="langsung", reason=reason)
    return WalkedIn(registered, done)


def undo_walk_in(store: Store, done: WalkedIn, by: RecordId) -> None:
    """Take the mark and the registration back."""
    take_back(store, done.marked, by)
    undo_registration(store, done.registered, by)
