"""The ladder of one person's enterprise as it stands: each step with its record; the first two follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from trainer_app.records.follow_up import next_recheck
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Enterprise, Milestone, Person
from trainer_app.records.ladder import COMPUTED, REGISTERED, Step, steps
from trainer_app.records.progress import checked_day
from trainer_app.storage.rollup import progress_now

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of somebody. `day`: since when it stands, "" when it does not; `milestone` its record, also of
    one that lapsed; `recheck_on`: when it is to be looked at again.
    """

    step: Step
    day: str = ""
    milestone: Milestone | None = None
    recheck_on: date | None = None

    @property
    def computed(self) -> bool:
        """It follows from registration or attendance; nobody ticks it."""
        return self.step.code in COMPUTED

    @property
    def stands(self) -> bool:
        """It is reached and has not lapsed."""
        return bool(self.day)


def ladder_of(store: Store, person: Person, enterprises: Sequence[RecordId]) -> list[Rung]:
    """Every step in its order. Of several enterprises the record that stands counts before one that lapsed,
    the earlier before the later.
    """
    held = store.find(Milestone, {"enterprise": tuple(enterprises)}) if enterprises else []
    with store.db.reading() as c:
        progress = progress_now(c, person.area, person.id)
    computed = {REGISTERED: progress.registered or ""}
    best: dict[str, Milestone] = {}
    for one in sorted(held, key=lambda m: (m.lapsed_on is not None, m.reached_on or "", m.id)):
        best.setdefault(one.step or "", one)
    rungs = []
    for step in steps():
        if step.code in COMPUTED:
            rungs.append(Rung(step, computed.get(step.code, progress.trained or "")))
            continue
        rungs.append(_rung(step, best.get(step.code)))
    return rungs


def _rung(step: Step, milestone: Milestone | None) -> Rung:
    if milestone is None or milestone.lapsed_on is not None:
        return Rung(step, milestone=milestone)
    day = checked_day(milestone.reached_on)
    if not day:
        return Rung(step, milestone=milestone)
    checked = checked_day(milestone.checked_on)
    recheck = next_recheck(
        step.code, date.fromisoformat(day), date.fromisoformat(checked) if checked else None
    )
    return Rung(step, day, milestone, recheck)


def firms_of(store: Store, people: Sequence[RecordId]) -> list[Enterprise]:
    """The live enterprises of somebody, under all ids of that person."""
    return store.find(Enterprise, {"owner": tuple(people)})
