"""Plan training: batches and their sessions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from trainer_app.actions.registration import UNDONE, enrolment_edit, marked
from trainer_app.records import places
from trainer_app.records.fields import Record, Value, fields_of, problems
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Attendance, Batch, Enrolment, Module, Session
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.records.training import CANCELLED, CLOSED, PLANNED, RUNNING
from trainer_app.storage.store import Store
from trainer_app.words import _

R = TypeVar("R", bound=Record)
#: The next session of a batch is usually a week later, at the same hour and place.
USUAL_INTERVAL = timedelta(days=7)
FIRST_LENGTH = timedelta(minutes=150)
_WESTERN = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What the form for a new session holds. `starts` and `ends` are in venue time, with their zone."""

    batch: RecordId
    topic: str
    starts: datetime
    ends: datetime
    venue: str = ""
    village: str | None = None
    module: RecordId | None = None
    hours: int | None = None


def create_batch(
    store: Store,
    by: RecordId,
    *,
    name: str,
    village: str | None = None,
    venue: str = "",
    programme: RecordId | None = None,
    starts_on: str | None = None,
    capacity: int | None = None,
) -> Batch:
    """A new batch in the area of its village. Raises `InputProblem` when it has no name."""
    values: dict[str, Value] = {
        "name": name,
        "village": village,
        "venue": venue,
        "programme": programme,
        "starts_on": starts_on,
        "capacity": capacity,
        "trainer": by,
    }
    if found := problems(Batch, values):
        raise found[0]
    row = new_id()
    store.save(marked(store, [Edit(Batch, row, store.area_for(village), values)]), by)
    return _saved(store, Batch, row)


def venue_zone(village: str | None, area: int) -> str:
    """The IANA name of the time zone at a place; Indonesia has three."""
    return places.time_zone(village or area).iana


def next_plan(store: Store, batch: Batch, now: datetime) -> SessionPlan:
    """The form for the next session of a batch, filled from the last one: a week later (never in the past),
    the module after the last that was held.

    `now` is aware; the first session of a batch is proposed for tomorrow from 9 to 11.30, venue time.
    """
    zone = ZoneInfo(venue_zone(batch.village, batch.area))
    here = now.astimezone(zone)
    held = store.find(Session, {"batch": batch.id}, order="-starts_at")
    taught = next((session.module for session in held if session.state != CANCELLED), None)
    plan = _after(held[0], here.date()) if held else _first_plan(batch, here)
    plan = dataclasses.replace(plan, topic=_("Pertemuan {n}").format(n=len(held) + 1))
    return with_module(plan, _following(store.find(Module, order="code"), taught))


def _first_plan(batch: Batch, here: datetime) -> SessionPlan:
    starts = here.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return SessionPlan(batch.id, "", starts, starts + FIRST_LENGTH, batch.venue or "", batch.village)


def _after(last: Session, today: date) -> SessionPlan:
    starts = local_time(last.starts_at or 0, last.zone)
    length = local_time(last.ends_at, last.zone) - starts if last.ends_at else FIRST_LENGTH
    starts += USUAL_INTERVAL
    while starts.date() < today:
        starts += USUAL_INTERVAL
    return SessionPlan(last.batch or b"", "", starts, starts + length, last.venue or "", last.village)


def _following(modules: list[Module], done: RecordId | None) -> Module | None:
    ids = [module.id for module in modules]
    after = ids.index(done) + 1 if done in ids else 0
    return modules[after] if after < len(modules) else None


def with_module(plan: SessionPlan, module: Module | None) -> SessionPlan:
    """The plan for teaching this module."""
    if module is None:
        return plan
    return dataclasses.replace(plan, module=module.id, topic=module.title_id or "", hours=module.hours)


def on_day(plan: SessionPlan, day: date) -> SessionPlan:
    """The plan at the same hours of another day."""
    shift = day - plan.starts.date()
    return dataclasses.replace(plan, starts=plan.starts + shift, ends=plan.ends + shift)


def plan_session(
    store: Store, plan: SessionPlan, by: RecordId, session_id: RecordId | None = None
) -> Session:
    """Save a new session, or move or correct the one of `session_id`. Raises `InputProblem`."""
    edit = session_edit(store, plan, by, session_id)
    store.save(marked(store, [edit]), by)
    return _saved(store, Session, edit.id)


def session_edit(store: Store, plan: SessionPlan, by: RecordId, session_id: RecordId | None = None) -> Edit:
    """What saving a plan means. Raises `InputProblem`."""
    batch = store.get(Batch, plan.batch)
    if batch is None:
        raise InputProblem(_("Pilih angkatan untuk sesi ini."), field="batch", code="session.batch")
    if plan.ends <= plan.starts:
        raise InputProblem(
            _("Jam selesai harus sesudah jam mulai. Periksa jamnya."), field="ends_at", code="session.times"
        )
    village = plan.village or batch.village
    values: dict[str, Value] = {
        "batch": plan.batch,
        "module": plan.module,
        "topic": plan.topic,
        "starts_at": instant(plan.starts),
        "ends_at": instant(plan.ends),
        "zone": venue_zone(village, batch.area),
        "venue": plan.venue,
        "village": village,
        "hours": plan.hours,
    }
    if session_id is None:
        values |= {"state": PLANNED, "trainer": by}
    if found := problems(Session, values):
        raise found[0]
    return Edit(Session, session_id or new_id(), batch.area, values)


def repeat_session(store: Store, session: Session, by: RecordId) -> Session:
    """The same session once more, a week later at the same hour of the venue."""
    starts = local_time(session.starts_at or 0, session.zone)
    length = local_time(session.ends_at, session.zone) - starts if session.ends_at else FIRST_LENGTH
    plan = SessionPlan(
        session.batch or b"",
        session.topic or "",
        starts + USUAL_INTERVAL,
        starts + USUAL_INTERVAL + length,
        session.venue or "",
        session.village,
        session.module,
        session.hours,
    )
    return plan_session(store, plan, by)


def _saved(store: Store, cls: type[R], row: RecordId) -> R:
    saved = store.get(cls, row)
    if saved is None:
        raise LookupError(row.hex())
    return saved


def set_state(store: Store, session: Session, state: str, by: RecordId, *, reason: str = "") -> Session:
    """Start, cancel (with a reason) or reopen a session. Raises `InputProblem` for a missing reason.

    To close one, with what becomes of those not marked, use `attendance.close_session`.
    """
    reason = reason.strip()
    if state == CANCELLED and not reason:
        raise InputProblem(_("Tulis alasan sesi dibatalkan."), field="reason", code="session.reason")
    closed_at = store.clock.now_ms() if state == CLOSED else None
    values: dict[str, Value] = {"state": state, "closed_at": closed_at, "reason": reason or None}
    store.save([Edit(Session, session.id, session.area, values)], by)
    return _saved(store, Session, session.id)


def reopen(store: Store, session: Session, by: RecordId) -> Session:
    """Open a closed or cancelled session again: running when somebody was marked in it, else planned."""
    begun = store.count(Attendance, {"session": session.id}) > 0
    return set_state(store, session, RUNNING if begun else PLANNED, by)


def enrol_all(
    store: Store, batch: RecordId, persons: Sequence[RecordId], by: RecordId, joined: str = "daftar"
) -> list[tuple[Enrolment | None, Enrolment]]:
    """Put several people into a batch in one transaction; those who are in it already stay as they are.

    Gives each enrolment as it was and as it is now, for `undo_change`.
    """
    edits = [enrolment_edit(store, batch, person, joined) for person in persons]
    before = {edit.id: store.get(Enrolment, edit.id) for edit in edits}
    store.save(marked(store, edits), by)
    return [(before[edit.id], _saved(store, Enrolment, edit.id)) for edit in edits]


# ---------------------------------------------------------------- taking back
def change_back(store: Store, before: Record | None, after: Record) -> Edit:
    """The edit that undoes the step from `before` (None: was not there) to `after`, and nothing besides."""
    if before is None:
        values: dict[str, Value] = {"deleted_at": store.clock.now_ms(), "deleted_reason": UNDONE}
    else:
        names = [field.name for field in fields_of(type(after))]
        values = {n: getattr(before, n) for n in names if getattr(before, n) != getattr(after, n)}
    return Edit(type(after), after.id, after.area, values)


def undo_change(store: Store, before: Record | None, after: Record, by: RecordId) -> None:
    """Take back what was made or changed; what somebody changed elsewhere in the meantime stays."""
    store.save([change_back(store, before, after)], by)


def instant(moment: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware moment."""
    return int(moment.timestamp() * 1000)


def local_time(ms: int, zone: str | None) -> datetime:
    """A moment in venue time; in that of western Indonesia where the zone is not known here."""
    return datetime.fromtimestamp(ms / 1000, _zone(zone or _WESTERN))


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # what another laptop wrote: no path, not known, a folder
        return ZoneInfo(_WESTERN)
