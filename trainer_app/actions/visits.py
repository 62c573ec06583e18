"""A call, a chat or a visit is written down, with what was found on the ladder: all at once, and all of it
can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trainer_app.actions.milestones import Finding, Stepped, step_edit, stepped
from trainer_app.actions.registration import ALIVE, marked
from trainer_app.actions.sessions import change_back
from trainer_app.records.fields import fields_by_name, join_choices
from trainer_app.records.follow_up import plan_day, proposed
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Enterprise, Milestone, Person, Visit
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.records.visit import CALL
from trainer_app.storage.store import Store
from trainer_app.storage.visit_queries import FollowUp
from trainer_app.words import _


@dataclass(frozen=True, slots=True)
class Notes:
    """What is told of a contact. `next_on`: a day for the next one, None leaves it to the plan; `ended`:
    there is no next one.
    """

    how: str = CALL
    reached: bool = True
    problems: tuple[str, ...] = ()
    note: str = ""
    next_on: date | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Visited:
    """A contact that was written, with the steps it changed; give it to `undo_visit`."""

    visit: Visit
    steps: tuple[Stepped, ...]


def record_visit(
    store: Store,
    person: RecordId,
    enterprise: RecordId | None,
    notes: Notes,
    findings: Sequence[Finding],
    on: date,
    by: RecordId,
    *,
    due: FollowUp | None = None,
) -> Visited:
    """Write a contact of a day with its findings, in one transaction. `due` is what it was due for.

    Raises `InputProblem` when the person is not here (`person.unknown`), when the next day is not after this
    one (`visit.next_on`), and as `step_edit` does.
    """
    held = store.get(Person, person)
    if held is None or held.deleted_at is not None:
        raise InputProblem(_("Peserta itu tidak ada di laptop ini."), field="person", code="person.unknown")
    if notes.next_on is not None and notes.next_on <= on:
        message = _("Tanggal berikutnya harus sesudah {hari}.").format(hari=on.strftime("%d-%m-%Y"))
        raise InputProblem(message, field="next_on", code="visit.next_on")
    if findings and enterprise is None:
        message = _("Catat dulu usahanya, lalu tahapannya.")
        raise InputProblem(message, field="enterprise", code="enterprise.unknown")
    steps = [step_edit(store, enterprise, finding, by) for finding in findings] if enterprise else []
    before = {edit.id: store.get(Milestone, edit.id) for edit in steps}
    visit = _visit_edit(store, held, enterprise, notes, findings, on, by, due)
    store.save(marked(store, [visit, *steps]), by)
    written = store.get(Visit, visit.id)
    assert written is not None  # noqa: S101 (it was written a line above)
    return Visited(written, tuple(stepped(store, before)))


def _visit_edit(
    store: Store,
    person: Person,
    enterprise: RecordId | None,
    notes: Notes,
    findings: Sequence[Finding],
    on: date,
    by: RecordId,
    due: FollowUp | None,
) -> Edit:
    firm = store.get(Enterprise, enterprise) if enterprise else None
    ended_on = due.ended_on if due is not None else None
    by_plan = proposed(ended_on, on) if ended_on is not None else None
    own_day = notes.next_on if notes.next_on != by_plan and not notes.ended else None
    return Edit(
        Visit,
        new_id(store.clock.now_ms()),
        firm.area if firm is not None else person.area,
        {
            "enterprise": enterprise,
            "person": person.id,
            "planned_on": due.due_on.isoformat() if due is not None and due.due_on else None,
            "done_on": on.isoformat(),
            "how": notes.how,
            "reached": int(notes.reached),
            "problems": join_choices(notes.problems, fields_by_name(Visit)["problems"]),
            "steps": ",".join(finding.code for finding in findings) or None,
            "note": " ".join(notes.note.split()) or None,
            "next_on": own_day.isoformat() if own_day is not None else None,
            "by": by,
            "batch": due.batch if due is not None else None,
            "plan_day": plan_day(ended_on, on),
            "ended": int(notes.ended),
            **ALIVE,
        },
    )


def undo_visit(store: Store, done: Visited, by: RecordId) -> None:
    """Take a contact back, and put the steps to what they were before it."""
    edits = [change_back(store, None, done.visit)]
    edits += [change_back(store, one.before, one.after) for one in done.steps]
    store.save(edits, by)
