"""Write down how somebody did in the test before or after a training; every answer can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from trainer_app.actions.registration import ALIVE, marked
from trainer_app.records.assessment import AFTER, PHASE, Assessment, answer_field, assessment_id
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.item_set import NEWEST, Item, item_set
from trainer_app.records.kinds import Batch
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.storage.store import Store
from trainer_app.words import _

#: Which form is usual: what was asked before the training is not asked again after it.
USUAL_FORM = {phase: "B" if phase == AFTER else "A" for phase in PHASE}


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers that were written, with what was there before; give it to `take_back`."""

    row: RecordId
    area: int
    before: Mapping[str, Value]
    was_there: bool


def record_answers(
    store: Store,
    batch: Batch,
    person: RecordId,
    phase: str,
    answers: Mapping[Item, int | None],
    on: date,
    by: RecordId,
) -> Answered:
    """Write answers of one person's test; None takes one away. Others of the same test stay as they are.

    Raises `InputProblem` with the code `answer.unknown` for an answer that the item does not have.
    """
    row = assessment_id(batch.id, person, phase)
    held = store.get(Assessment, row)
    live = held if held is not None and held.deleted_at is None else None
    form = (live.form if live is not None else None) or USUAL_FORM[phase]
    values: dict[str, Value] = {}
    for item, answer in answers.items():
        if answer is not None and not 0 <= answer < item.answers(form):
            message = _("Jawaban {kode} adalah angka 0 sampai {n}.")
            raise InputProblem(
                message.format(kode=item.code, n=item.answers(form) - 1),
                field=item.code,
                code="answer.unknown",
            )
        values[answer_field(item)] = answer
    before: dict[str, Value] = {name: getattr(live, name) if live else None for name in values}
    if live is None:
        values |= {
            "batch": batch.id,
            "person": person,
            "phase": phase,
            "item_set": NEWEST,
            "form": form,
            "taken_on": on.isoformat(),
            **ALIVE,
        }
    values["assessed_by"] = by
    store.save(marked(store, [Edit(Assessment, row, batch.area, values)]), by)
    return Answered(row, batch.area, before, live is not None)


def take_back(store: Store, done: Answered, by: RecordId) -> None:
    """Put the answers back to what they were; a test that was not there is taken away."""
    values = dict(done.before)
    if not done.was_there:
        values["deleted_at"] = store.clock.now_ms()
    store.save([Edit(Assessment, done.row, done.area, values)], by)


def items_of(sitting: Assessment | None) -> tuple[Item, ...]:
    """The items that a test was made with, or those of the newest; none when a newer program made it."""
    known = item_set(sitting.item_set if sitting is not None else None)
    return known.items if known is not None else ()
