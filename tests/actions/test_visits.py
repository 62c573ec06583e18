"""A contact and what it found are one deed: written together, taken back together."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.actions.people import NEEDED, TRAINER, laptop
from trainer_app.actions.channels import change_channel, start_channel, stop_channel, undo_channel
from trainer_app.actions.milestones import (
    LAPSED,
    REACHED,
    STANDS,
    Finding,
    kind_of_evidence,
    milestone_id,
    record_findings,
    undo_steps,
    verify_step,
)
from trainer_app.actions.people import delete_person
from trainer_app.actions.registration import Registered, register
from trainer_app.actions.visits import Notes, record_visit, undo_visit
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import ChannelUse, Milestone, Visit
from trainer_app.records.problem import InputProblem
from trainer_app.storage.history import history
from trainer_app.storage.store import Store
from trainer_app.storage.visit_queries import follow_up_of

DAY = date(2026, 11, 24)
SUPERVISOR = new_id()


@pytest.fixture
def store(tmp_path: Path):
    store = laptop(tmp_path)
    yield store
    store.close()


@pytest.fixture
def siti(store: Store) -> Registered:
    return register(store, NEEDED, TRAINER)


def held(store: Store, siti: Registered, step: str) -> Milestone:
    found = store.get(Milestone, milestone_id(siti.enterprise, step))
    assert found is not None
    return found


def test_a_call_with_a_step_reached_is_taken_back_whole(store: Store, siti: Registered) -> None:
    found = [Finding("T3", REACHED, DAY, "https://gofood.link/a/CONTOH")]
    notes = Notes(problems=("stok", "sinyal"), note="  ramai   di pagi hari ")
    done = record_visit(store, siti.person, siti.enterprise, notes, found, DAY, TRAINER)
    (visit,) = store.find(Visit)
    assert (visit.steps, visit.problems, visit.note) == ("+T3", "sinyal,stok", "ramai di pagi hari")
    step = held(store, siti, "T3")
    assert (step.evidence_kind, step.seen_by, step.reached_on) == ("tautan", TRAINER, "2026-11-24")
    undo_visit(store, done, TRAINER)
    assert store.find(Visit) == []
    assert store.find(Milestone) == []


def test_a_failed_recheck_lapses_the_step_and_keeps_its_history(store: Store, siti: Registered) -> None:
    record_findings(store, siti.enterprise, [Finding("T4", REACHED, DAY, "ID1020304050607")], TRAINER)
    later = DAY + timedelta(30)
    fine = Finding("T4", STANDS, later)
    record_visit(store, siti.person, siti.enterprise, Notes(), [fine], later, TRAINER)
    assert held(store, siti, "T4").checked_on == later.isoformat()
    last = DAY + timedelta(90)
    gone = Finding("T4", LAPSED, last, reason="QRIS tidak aktif")
    done = record_visit(store, siti.person, siti.enterprise, Notes(), [gone], last, TRAINER)
    lapsed = held(store, siti, "T4")
    assert (lapsed.lapsed_on, lapsed.reached_on, lapsed.evidence_kind) == (
        last.isoformat(),
        "2026-11-24",
        "nmid",
    )
    with pytest.raises(InputProblem, match="belum tercapai"):
        record_visit(store, siti.person, siti.enterprise, Notes(), [gone], last, TRAINER)
    undo_visit(store, done, TRAINER)
    assert held(store, siti, "T4").lapsed_on is None
    again = Finding("T4", REACHED, last + timedelta(5))
    record_findings(store, siti.enterprise, [gone], TRAINER)
    record_findings(store, siti.enterprise, [again], TRAINER)
    step = held(store, siti, "T4")
    assert (step.lapsed_on, step.checked_on, step.reached_on) == (None, None, "2027-02-27")
    told = history(store, Milestone, step.id, step.area)
    assert [entry.values.get("lapsed_on") for entry in told if entry.values.get("lapsed_on")] == [
        last.isoformat(),
        last.isoformat(),
    ]


def test_a_step_is_verified_by_somebody_else(store: Store, siti: Registered) -> None:
    (step,) = record_findings(store, siti.enterprise, [Finding("T3", REACHED, DAY)], TRAINER)
    with pytest.raises(InputProblem, match="orang lain"):
        verify_step(store, step.after.id, DAY, TRAINER)
    done = verify_step(store, step.after.id, DAY, SUPERVISOR)
    assert (done.after.verified_by, done.after.verified_on) == (SUPERVISOR, "2026-11-24")
    undo_steps(store, [done], SUPERVISOR)
    assert held(store, siti, "T3").verified_by is None


def test_a_contact_that_cannot_be_is_refused_and_writes_nothing(store: Store, siti: Registered) -> None:
    found = [Finding("T3", REACHED, DAY), Finding("T4", LAPSED, DAY)]
    with pytest.raises(InputProblem, match="belum tercapai"):
        record_visit(store, siti.person, siti.enterprise, Notes(), found, DAY, TRAINER)
    with pytest.raises(InputProblem, match="harus sesudah"):
        record_visit(store, siti.person, siti.enterprise, Notes(next_on=DAY), [], DAY, TRAINER)
    with pytest.raises(InputProblem, match="Catat dulu usahanya"):
        record_visit(store, siti.person, None, Notes(), found, DAY, TRAINER)
    with pytest.raises(InputProblem, match="tidak ada"):
        record_visit(store, new_id(), None, Notes(), [], DAY, TRAINER)
    assert store.find(Visit) == []
    assert store.find(Milestone) == []


def test_the_day_of_the_plan_is_not_kept_another_day_is(store: Store, siti: Registered) -> None:
    due = follow_up_of(store, siti.person, DAY)
    assert due is not None
    assert due.due_on is None
    own = DAY + timedelta(14)
    done = record_visit(store, siti.person, siti.enterprise, Notes(next_on=own), [], DAY, TRAINER, due=due)
    assert done.visit.next_on == own.isoformat()
    after = follow_up_of(store, siti.person, DAY)
    assert after is not None
    assert (after.due_on, after.promised) == (own, True)


def test_sells_by_gofood_since_march_and_stopped_in_june(store: Store, siti: Registered) -> None:
    begun = start_channel(
        store, siti.enterprise, "gofood", None, TRAINER, sign_up="dokumen_siap", ready=("menu", "ktp")
    ).after
    assert (begun.since, begun.ready) == (None, "ktp,menu")
    active = change_channel(store, begun, {"since": "2026-03-10", "sign_up": "aktif"}, TRAINER).after
    with pytest.raises(InputProblem, match="berhenti"):
        stop_channel(store, active, date(2026, 3, 9), TRAINER)
    stopped = stop_channel(store, active, date(2026, 6, 12), TRAINER)
    (use,) = store.find(ChannelUse)
    assert (use.channel, use.since, use.until) == ("gofood", "2026-03-10", "2026-06-12")
    undo_channel(store, stopped, TRAINER)
    assert store.find(ChannelUse)[0].until is None


def test_whoever_is_deleted_takes_contacts_and_channels_along(store: Store, siti: Registered) -> None:
    record_visit(store, siti.person, siti.enterprise, Notes(), [], DAY, TRAINER)
    start_channel(store, siti.enterprise, "gofood", DAY, TRAINER)
    delete_person(store, siti.person, TRAINER, "salah_catat")
    assert store.find(Visit) == []
    assert store.find(ChannelUse) == []


def test_evidence_is_known_by_its_looks() -> None:
    assert kind_of_evidence("https://shopee.co.id/contoh") == "tautan"
    assert kind_of_evidence("gofood.link/a/x") == "tautan"
    assert kind_of_evidence("ID 1020 3040 5060 7") == "nmid"
    assert kind_of_evidence("Warung CONTOH di GoFood") == "nama_toko"
    assert kind_of_evidence(" ") is None
