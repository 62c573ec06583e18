"""All sessions of a batch at once, made from the modules that it has yet to be taught."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from trainer_app.actions.registration import marked
from trainer_app.actions.sessions import (
    SessionPlan,
    change_back,
    next_plan,
    session_edit,
    with_module,
)
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Module, Session
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.records.training import CANCELLED
from trainer_app.storage.store import Store
from trainer_app.words import _

#: A lesson hour (JP) is 45 minutes, by custom.
LESSON_HOUR = timedelta(minutes=45)
#: Between two sessions of a day.
BREAK = timedelta(minutes=30)
USUAL_HOURS = 2
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the sessions are: from `first` (venue time, with its zone) on, `a_day` of them one after the
    other, and the next ones `every` days later. From day to day, Sundays are left out.
    """

    first: datetime
    a_day: int = 1
    every: int = 7


def modules_left(store: Store, batch: RecordId, *, core_only: bool) -> list[Module]:
    """The modules of the curriculum that no session of the batch teaches yet, in their order."""
    taught = {s.module for s in store.find(Session, {"batch": batch}) if s.state != CANCELLED}
    return [
        module
        for module in store.find(Module, order="code")
        if module.id not in taught and (module.core or not core_only)
    ]


def series(store: Store, batch: Batch, modules: Sequence[Module], rhythm: Rhythm) -> list[SessionPlan]:
    """A session for each module, as long as its lesson hours, at the usual place of the batch."""
    usual = next_plan(store, batch, rhythm.first)
    days = _days(rhythm)
    plans: list[SessionPlan] = []
    starts = rhythm.first
    for place, module in enumerate(modules):
        if place % rhythm.a_day == 0:
            starts = datetime.combine(next(days), rhythm.first.timetz())
        ends = starts + (module.hours or USUAL_HOURS) * LESSON_HOUR
        plan = SessionPlan(batch.id, "", starts, ends, usual.venue, usual.village)
        plans.append(with_module(plan, module))
        starts = ends + BREAK
    return plans


def _days(rhythm: Rhythm) -> Iterator[date]:
    day = rhythm.first.date()
    while True:
        yield day
        day += timedelta(rhythm.every)
        if rhythm.every == 1 and day.weekday() == _SUNDAY:
            day += timedelta(1)


def plan_series(store: Store, plans: Sequence[SessionPlan], by: RecordId) -> list[Session]:
    """Save them all or none. Raises `InputProblem`: there is none, one ends after midnight, or what is wrong
    with one.
    """
    if not plans:
        raise InputProblem(
            _("Semua modul itu sudah punya sesi di angkatan ini."), field="modules", code="series.empty"
        )
    late = next((plan for plan in plans if plan.ends.date() != plan.starts.date()), None)
    if late is not None:
        raise InputProblem(
            _("Sesi terakhir hari itu lewat tengah malam. Mulai lebih pagi, atau satu sesi sehari."),
            field="starts_at",
            code="series.late",
        )
    edits: list[Edit] = [session_edit(store, plan, by) for plan in plans]
    store.save(marked(store, edits), by)
    made = [store.get(Session, edit.id) for edit in edits]
    return [session for session in made if session is not None]


def undo_series(store: Store, made: Sequence[Session], by: RecordId) -> None:
    """Take back all of them."""
    store.save([change_back(store, None, session) for session in made], by)
