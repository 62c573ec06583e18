"""Deeds with people who are registered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.people import NEEDED, NOW, TRAINER, batch, laptop, with_answers
from trainer_app.actions.people import (
    delete_person,
    enrol,
    is_withdrawn,
    leave_batch,
    renew_consent,
    restore_person,
    see_nik,
    withdraw_consent,
)
from trainer_app.actions.registration import register
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Consent, Enrolment, Enterprise, Person
from trainer_app.records.problem import InputProblem
from trainer_app.storage.access_log import accesses
from trainer_app.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = laptop(tmp_path)
    yield made
    made.close()


def test_in_out_and_back_into_a_batch_is_one_enrolment(store):
    person, group = register(store, NEEDED, TRAINER, now=NOW).person, batch(store)
    enrolment = enrol(store, group, person, TRAINER, joined="langsung")
    leave_batch(store, group, person, TRAINER)
    assert store.get(Enrolment, enrolment).state == "keluar"
    assert enrol(store, group, person, TRAINER) == enrolment
    held = store.get(Enrolment, enrolment)
    assert (held.state, held.joined) == ("aktif", "langsung")
    with pytest.raises(InputProblem):
        enrol(store, new_id(), person, TRAINER)
    assert leave_batch(store, new_id(), person, TRAINER) == []


def test_a_person_goes_with_all_that_is_theirs_and_comes_back_with_it(store):
    done = register(store, NEEDED, TRAINER, batch=batch(store), now=NOW)
    kinds = (Person, Enterprise, Consent, Enrolment)
    with pytest.raises(InputProblem):
        delete_person(store, done.person, TRAINER, " ")
    gone = delete_person(store, done.person, TRAINER, "ganda", now=NOW + 1)
    assert [store.count(cls) for cls in kinds] == [0, 0, 0, 0]
    assert store.get(Person, done.person).deleted_reason == "ganda"
    restore_person(store, gone, TRAINER)
    assert [store.count(cls) for cls in kinds] == [1, 1, 1, 1]


def test_withdrawing_all_hides_and_withdrawing_a_part_does_not(store):
    answers = with_answers(consent={"purposes": "program,gojek,foto"})
    done = register(store, answers, TRAINER, now=NOW)
    withdraw_consent(store, done.person, TRAINER, purposes=("gojek",), now=NOW + 5)
    consent = store.get(Consent, done.consent)
    assert (consent.withdrawn_at, consent.withdrawn_purposes) == (NOW + 5, "gojek")
    assert not is_withdrawn(consent)
    withdraw_consent(store, done.person, TRAINER, now=NOW + 6)
    assert is_withdrawn(store.get(Consent, done.consent))
    assert store.get(Consent, done.consent).given_at == NOW  # that it was given stays provable
    renew_consent(store, done.person, TRAINER)
    assert not is_withdrawn(store.get(Consent, done.consent))
    with pytest.raises(InputProblem):
        withdraw_consent(store, new_id(), TRAINER)


def test_looking_at_a_nik_needs_a_reason_and_is_written_down_first(store):
    person = register(store, with_answers(person={"nik": "5301085508909001"}), TRAINER, now=NOW).person
    with pytest.raises(InputProblem):
        see_nik(store, person, TRAINER, "")
    assert accesses(store, person) == []
    assert see_nik(store, person, TRAINER, "cocokkan", now=NOW + 1) == "5301085508909001"
    assert see_nik(store, person, TRAINER, "ganda", now=NOW + 2)
    assert [(a.at, a.what, a.reason, a.staff) for a in accesses(store, person)] == [
        (NOW + 2, "nik", "ganda", TRAINER),
        (NOW + 1, "nik", "cocokkan", TRAINER),
    ]
