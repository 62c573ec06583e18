"""A step of the ladder T0 to T6 is reached: seen on a day, by somebody, with what was seen."""

from __future__ import annotations

from datetime import date

from trainer_app.actions.registration import marked
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId, named_id
from trainer_app.records.kinds import Enterprise, Milestone
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.storage.store import Store
from trainer_app.words import _


def reach_milestone(
    store: Store,
    enterprise: RecordId,
    step: str,
    on: date,
    by: RecordId,
    *,
    before_programme: bool = False,
    evidence: str | None = None,
) -> RecordId:
    """Record that an enterprise reached a step, and give the record's id; once for each step.

    `before_programme`: it was so before the training, and does not count as its result. Raises `InputProblem`
    when the enterprise is not on this laptop.
    """
    held = store.get(Enterprise, enterprise)
    if held is None:
        raise InputProblem(
            _("Usaha itu tidak ada di laptop ini."), field="enterprise", code="enterprise.unknown"
        )
    row = named_id(enterprise, step)
    values: dict[str, Value] = {
        "enterprise": enterprise,
        "step": step,
        "reached_on": on.isoformat(),
        "before_programme": int(before_programme),
        "evidence": evidence,
        "seen_by": by,
        "lapsed_on": None,
    }
    store.save(marked(store, [Edit(Milestone, row, held.area, values)]), by)
    return row
