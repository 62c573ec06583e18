"""A step is recorded once, with who saw it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.storage.conftest import AREA, make_store, store
from trainer_app.actions.milestones import reach_milestone
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Enterprise, Milestone
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem

__all__ = ["make_store", "store"]
BY = new_id()


def test_a_step_is_recorded_once_and_can_be_seen_again_later(store):
    enterprise, owner = new_id(), new_id()
    store.save([Edit(Enterprise, enterprise, AREA, {"owner": owner, "business_group": "jasa"})], BY)
    first = reach_milestone(store, enterprise, "T3", date(2026, 11, 20), BY, evidence="toko daring")
    again = reach_milestone(store, enterprise, "T3", date(2026, 11, 24), BY)
    assert first == again
    (step,) = store.find(Milestone)
    assert (step.step, step.reached_on, step.seen_by) == ("T3", "2026-11-24", BY)


def test_an_unknown_enterprise_is_refused(store):
    with pytest.raises(InputProblem, match="tidak ada"):
        reach_milestone(store, new_id(), "T3", date(2026, 11, 20), BY)
