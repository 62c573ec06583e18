"""A seller from the training to the first online sale, in ninety days: two visits, calls, a shop that closed
and opened again; and what the centre counts of it at each moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.people import KUPANG, with_answers
from tests.sync.world import Laptop, World, connect
from trainer_app.actions.assessment import record_answers
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.channels import change_channel, start_channel, stop_channel
from trainer_app.actions.milestones import LAPSED, REACHED, STANDS, Finding, verify_step
from trainer_app.actions.registration import Registered, register
from trainer_app.actions.sessions import SessionPlan, create_batch, plan_session, set_state
from trainer_app.actions.visits import Notes, record_visit
from trainer_app.records.assessment import AFTER
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.item_set import item_set
from trainer_app.records.kinds import CENTRE_AREA, Channel, ChannelUse, Milestone
from trainer_app.records.operation import Edit
from trainer_app.records.training import CLOSED
from trainer_app.records.visit import CALL, PROBLEM, VISIT
from trainer_app.storage import counts, rollup
from trainer_app.storage.history import history
from trainer_app.storage.problem_queries import problem_counts
from trainer_app.storage.server_tables import create_server_tables
from trainer_app.storage.store import Store
from trainer_app.storage.visit_queries import FollowUp, due_visits, follow_up_of, overdue_follow_ups

AREA = 5301
TRAINER, SUPERVISOR = new_id(), new_id()
ENDED = date(2026, 6, 30)
LOOKED_AT = ("registered", "attended", "trained", "qris", "digitised", "first_sale", "active", "already")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A centre that counts."""
    with World(tmp_path) as made:
        create_server_tables(made.centre.db)
        made.centre.on_applied = rollup.update
        gofood = {"code": "gofood", "name": "GoFood", "active_from": "2015-04-01"}
        made.centre.save([Edit(Channel, new_id(), CENTRE_AREA, gofood)], NO_ID)
        yield made


class Season:
    """Siti, her trainer's laptop, and the days after the training."""

    def __init__(self, world: World) -> None:
        self.world, self.laptop = world, world.laptop()
        self.store: Store = self.laptop.store
        self.siti = self._trained()

    def _trained(self) -> Registered:
        batch = create_batch(self.store, TRAINER, name="Angkatan 1", village=KUPANG, venue="Balai Desa")
        siti = register(self.store, with_answers(), TRAINER, batch=batch.id)
        begins = datetime(ENDED.year, ENDED.month, ENDED.day, 1, tzinfo=UTC)
        plan = SessionPlan(batch.id, "GoFood", begins, begins + timedelta(hours=3), village=KUPANG)
        session = plan_session(self.store, plan, TRAINER)
        record_attendance(self.store, session, [siti.person], "H", TRAINER, method="petak")
        set_state(self.store, session, CLOSED, TRAINER)
        items = item_set()
        assert items is not None
        answers = dict.fromkeys(items.items, 1)
        record_answers(self.store, batch, siti.person, AFTER, answers, ENDED, TRAINER)
        return siti

    def day(self, days: int) -> date:
        """So many days after the training."""
        return ENDED + timedelta(days)

    def due(self) -> int | None:
        """On which day after the training she is to be called next."""
        found = follow_up_of(self.store, self.siti.person, self.day(90))
        return (found.due_on - ENDED).days if found is not None and found.due_on else None

    def contact(self, days: int, *findings: Finding, how: str = CALL, **notes: object) -> None:
        """A call or a visit on that day, and then the laptop sends."""
        on = self.day(days)
        due = follow_up_of(self.store, self.siti.person, on)
        told = Notes(how, **notes)  # type: ignore[arg-type]  # as the caller wrote them
        record_visit(self.store, self.siti.person, self.siti.enterprise, told, findings, on, TRAINER, due=due)
        connect(self.laptop)

    def counted(self) -> set[str]:
        """What of her the centre counts."""
        with self.world.centre.db.reading() as c:
            found = counts.by_area(c, None).get(AREA, {})
        return {measure for measure in LOOKED_AT if found.get(measure)}

    def found(self, what: str, step: str, days: int, evidence: str = "") -> Finding:
        """What was seen on that day."""
        return Finding(step, what, self.day(days), evidence or None)


def test_from_the_training_to_the_first_sale(world: World) -> None:
    season = Season(world)
    connect(season.laptop)
    assert season.counted() == {"registered", "attended", "trained"}
    assert [one.person for one in due_visits(season.store, season.day(7))] == [season.siti.person]
    assert due_visits(season.store, season.day(6)) == []

    season.contact(7, season.found(REACHED, "T2", 7), problems=("surat",))
    gofood = start_channel(
        season.store,
        season.siti.enterprise,
        "gofood",
        None,
        TRAINER,
        sign_up="dikirim",
        ready=("ktp", "menu"),
    ).after
    assert season.due() == 30

    season.contact(31, season.found(REACHED, "T3", 31, "https://gofood.link/a/CONTOH"), how=VISIT)
    active = change_channel(
        season.store, gofood, {"since": season.day(31).isoformat(), "sign_up": "aktif"}, TRAINER
    ).after
    assert season.counted() == {"registered", "attended", "trained", "digitised"}
    assert season.due() == 37, "a step is looked at again a month after it was reached"
    season.contact(37, season.found(STANDS, "T2", 37))
    assert season.due() == 60

    # the shop is looked at again a month later, and it is gone
    assert [step for step, _day in _follow(season, 61).rechecks] == ["T3"]
    stop_channel(season.store, active, season.day(58), TRAINER)
    lapsed = Finding("T3", LAPSED, season.day(61), reason="toko ditutup, stok kosong")
    season.contact(61, lapsed, how=VISIT, problems=("stok",), next_on=season.day(75))
    assert season.counted() == {"registered", "attended", "trained"}
    assert season.due() == 75, "as promised"

    season.contact(75, season.found(REACHED, "T3", 75, "Warung Siti CONTOH di GoFood"))
    start_channel(season.store, season.siti.enterprise, "gofood", season.day(75), TRAINER)
    assert season.due() == 90
    season.contact(90, season.found(REACHED, "T4", 88, "ID1020304050607"), season.found(REACHED, "T5", 89))
    assert season.counted() == {"registered", "attended", "trained", "qris", "digitised", "first_sale"}

    _the_centre_knows_all_of_it(season)


def _follow(season: Season, days: int) -> FollowUp:
    found = follow_up_of(season.store, season.siti.person, season.day(days))
    assert found is not None
    return found


def _the_centre_knows_all_of_it(season: Season) -> None:
    centre: Store = season.world.centre
    (step,) = centre.find(Milestone, {"step": "T3"})
    verify_step(season.store, step.id, season.day(91), SUPERVISOR)
    connect(season.laptop)
    (step,) = centre.find(Milestone, {"step": "T3"})
    assert (step.reached_on, step.lapsed_on, step.verified_by) == (
        season.day(75).isoformat(),
        None,
        SUPERVISOR,
    )
    told = history(centre, Milestone, step.id, AREA)
    lapses = [entry.values["lapsed_on"] for entry in told if entry.values.get("lapsed_on")]
    assert lapses == [season.day(61).isoformat()], "that it was gone is not forgotten"
    uses = [(use.since, use.until) for use in centre.find(ChannelUse)]
    assert uses == [
        (season.day(31).isoformat(), season.day(58).isoformat()),
        (season.day(75).isoformat(), None),
    ]
    problems = [(one.problem, one.people) for one in problem_counts(centre, PROBLEM)]
    assert problems == [("stok", 1), ("surat", 1)]
    assert problem_counts(season.store, PROBLEM) == problem_counts(centre, PROBLEM)
    assert overdue_follow_ups(centre, season.day(97)) == {}
    late = overdue_follow_ups(centre, season.day(120))[AREA]
    assert (late.people, (late.since - ENDED).days) == (1, 97), "T2 was to be looked at after 90 days"
    assert season.world.equal(season.laptop)


def test_what_was_there_before_the_programme_is_counted_apart(world: World) -> None:
    season = Season(world)
    before = Finding("T3", REACHED, season.day(7), "Shopee CONTOH", before_programme=True)
    season.contact(7, before)
    assert season.counted() == {"registered", "attended", "trained", "already"}


def test_two_laptops_tell_of_one_step_and_the_centre_has_one(world: World) -> None:
    season = Season(world)
    connect(season.laptop)
    other: Laptop = world.laptop()
    connect(other)
    season.contact(7, season.found(REACHED, "T3", 6, "Warung Siti CONTOH"))
    record_visit(
        other.store,
        season.siti.person,
        season.siti.enterprise,
        Notes(),
        [season.found(REACHED, "T3", 8, "https://gofood.link/a/CONTOH")],
        season.day(8),
        SUPERVISOR,
    )
    connect(other, season.laptop, other)
    assert len(world.centre.find(Milestone)) == 1
    assert world.equal(season.laptop, other)
