"""Mark who came. Every way of marking writes the same record; every mark can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trainer_app.actions.registration import ALIVE, UNDONE, enrolment_edit, marked
from trainer_app.actions.sessions import change_back, local_time
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Attendance, Enrolment, Session, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.records.training import ATTENDED, CANCELLED, CLOSED, PLANNED, RUNNING
from trainer_app.storage.store import Store
from trainer_app.words import _

#: Why a change was refused (`InputProblem.code`): a page asks for the reason, or offers to open again.
SESSION_CLOSED, SESSION_CANCELLED = "session.closed", "session.cancelled"


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks that were set (`status` None: taken away), with what was there before; give it to `take_back`.

    `session` is as it was before: its first mark sets it going, `closed` ended it in the same deed.
    `enrolled`: somebody who was also put into the batch, with the enrolment there was.
    """

    session: Session
    status: str | None
    before: tuple[tuple[RecordId, Attendance | None], ...]
    at_ms: int
    arrived_at: int | None = None
    started: bool = False
    closed: bool = False
    enrolled: tuple[RecordId, Enrolment | None] | None = None

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

    The time of arrival is kept for H and T, unless the mark is made on another day (a paper list). A closed
    session takes a change only with a `reason`, which goes into the trail: attendance is money. Raises
    `InputProblem` with the code `SESSION_CLOSED` or `SESSION_CANCELLED`.
    """
    session = _changeable(store, session, reason)
    done = _done(store, session, persons, status)
    edits = _mark_edits(done, by, method, reason)
    if done.started:
        edits.append(Edit(Session, session.id, session.area, {"state": RUNNING}))
    store.save(marked(store, edits), by)
    return done


def clear_attendance(
    store: Store, session: Session, persons: Sequence[RecordId], by: RecordId, *, reason: str | None = None
) -> Marked:
    """Take marks away, so that these people count as not marked yet. As `record_attendance` otherwise."""
    session = _changeable(store, session, reason)
    done = replace(_done(store, session, persons, None), started=False)
    values: dict[str, Value] = {"deleted_at": done.at_ms, "deleted_reason": reason or UNDONE}
    rows = [derived_id(Attendance, session.id, person) for person, before in done.before if before]
    store.save([Edit(Attendance, row, session.area, values) for row in rows], by)
    return done


def close_session(store: Store, session: Session, by: RecordId, *, absent: Sequence[RecordId] = ()) -> Marked:
    """Close a session, and with it mark those who never came as absent: one deed, taken back as one."""
    session = _changeable(store, session, None)
    done = replace(_done(store, session, absent, "A"), started=False, closed=True)
    edits = _mark_edits(done, by, "sisanya", None)
    values: dict[str, Value] = {"state": CLOSED, "closed_at": done.at_ms, "reason": None}
    edits.append(Edit(Session, session.id, session.area, values))
    store.save(marked(store, edits), by)
    return done


def welcome(
    store: Store, session: Session, person: RecordId, by: RecordId, *, method: str, reason: str | None = None
) -> Marked:
    """Mark somebody present who is not on the sheet. Who is in no batch yet joins this one; who is in another
    is a guest of this session.
    """
    session = _changeable(store, session, reason)
    done = _done(store, session, [person], "H")
    edits = _mark_edits(done, by, method, reason)
    if session.batch and not store.count(Enrolment, {"person": person, "state": "aktif"}):
        row = derived_id(Enrolment, session.batch, person)
        done = replace(done, enrolled=(person, store.get(Enrolment, row)))
        edits.append(enrolment_edit(store, session.batch, person, "langsung"))
    if done.started:
        edits.append(Edit(Session, session.id, session.area, {"state": RUNNING}))
    store.save(marked(store, edits), by)
    return done


def take_back(store: Store, done: Marked, by: RecordId) -> None:
    """Put every mark, and the session, back to what they were; a mark that was not there is taken away (and
    stays in the history).
    """
    edits = [_restored(store, done.session, person, before) for person, before in done.before]
    if done.closed:
        now = store.get(Session, done.session.id)
        edits += [change_back(store, done.session, now)] if now is not None else []
    elif done.started and _only_marks(store, done):
        edits.append(Edit(Session, done.session.id, done.session.area, {"state": done.session.state}))
    if done.enrolled is not None:
        edits += _left_again(store, done.session, *done.enrolled)
    store.save(edits, by)


# ---------------------------------------------------------------- steps
def _changeable(store: Store, session: Session, reason: str | None) -> Session:
    """The session as it is now: somebody may have closed it since the screen was drawn."""
    now = store.get(Session, session.id) or session
    if now.state == CANCELLED:
        raise InputProblem(
            _("Sesi ini dibatalkan. Buka lagi sesinya, lalu catat kehadiran."), code=SESSION_CANCELLED
        )
    if now.state == CLOSED and not (reason or "").strip():
        raise InputProblem(
            _("Sesi ini sudah ditutup. Tulis alasan perubahan, lalu simpan."),
            field="reason",
            code=SESSION_CLOSED,
        )
    return now


def _done(store: Store, session: Session, persons: Sequence[RecordId], status: str | None) -> Marked:
    held: Mapping[RecordId | None, Attendance] = {}
    if persons:
        held = {mark.person: mark for mark in store.find(Attendance, {"session": session.id})}
    now = store.clock.now_ms()
    on_the_day = (
        local_time(now, session.zone).date() == local_time(session.starts_at or 0, session.zone).date()
    )
    return Marked(
        session,
        status,
        tuple((person, held.get(person)) for person in dict.fromkeys(persons)),
        now,
        now if on_the_day and status in ATTENDED else None,
        started=session.state in (None, PLANNED),
    )


def _mark_edits(done: Marked, by: RecordId, method: str, reason: str | None) -> list[Edit]:
    edits = []
    for person, before in done.before:
        arrived = done.arrived_at
        if before is not None and done.status in ATTENDED:
            arrived = before.arrived_at or arrived  # late or not, the person came when the person came
        values: dict[str, Value] = {
            "session": done.session.id,
            "person": person,
            "status": done.status,
            "method": method,
            "marked_by": by,
            "arrived_at": arrived,
            "reason": (reason or "").strip() or None,
            **ALIVE,
        }
        row = derived_id(Attendance, done.session.id, person)
        edits.append(Edit(Attendance, row, done.session.area, values))
    return edits


def _restored(store: Store, session: Session, person: RecordId, before: Attendance | None) -> Edit:
    values: dict[str, Value] = {"deleted_at": store.clock.now_ms(), "deleted_reason": UNDONE}
    if before is not None:
        values = {
            "status": before.status,
            "method": before.method,
            "marked_by": before.marked_by,
            "arrived_at": before.arrived_at,
            "reason": before.reason,
            **ALIVE,
        }
    return Edit(Attendance, derived_id(Attendance, session.id, person), session.area, values)


def _only_marks(store: Store, done: Marked) -> bool:
    others = {mark.person for mark in store.find(Attendance, {"session": done.session.id})}
    return not others - set(done.persons)


def _left_again(store: Store, session: Session, person: RecordId, before: Enrolment | None) -> list[Edit]:
    now = store.get(Enrolment, derived_id(Enrolment, session.batch or b"", person))
    return [change_back(store, before, now)] if now is not None else []
