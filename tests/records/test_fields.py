"""One declaration a field, and what it promises to everyone who reads it."""

from __future__ import annotations

import pytest

from trainer_app.records.fields import KINDS, fields_by_name, fields_of, join_choices, problems, to_wire
from trainer_app.records.ids import new_id, pair_id
from trainer_app.records.kinds import Attendance, Consent, Enterprise, Person
from trainer_app.records.problem import InputProblem

#: The paper form has 24 numbered questions; every one of them is held by a field.
QUESTIONS = set(range(1, 25))


def test_the_form_holds_the_24_questions():
    asked = {field.question for cls in (Person, Enterprise, Consent) for field in fields_of(cls)}
    assert asked - {None} == QUESTIONS


def test_only_the_bold_questions_are_needed_to_save():
    needed = {
        (cls.table, field.question)
        for cls in (Person, Enterprise, Consent)
        for field in fields_of(cls)
        if field.required and field.question
    }
    assert needed == {
        ("consent", 1),
        ("person", 2),
        ("person", 3),
        ("person", 7),
        ("enterprise", 12),
    }  # question 11 is "name or no name": checked by the deed, since either of two fields answers it


@pytest.mark.parametrize("cls", KINDS.values(), ids=lambda cls: cls.table)
def test_numbers_are_unique_and_fit_one_byte(cls):
    numbers = [field.number for field in fields_of(cls)]
    assert len(set(numbers)) == len(numbers)
    assert all(0 < number < 256 for number in numbers)


def test_critical_fields_are_those_that_open_a_review():
    critical = {
        (cls.table, field.name) for cls in KINDS.values() for field in fields_of(cls) if field.critical
    }
    assert critical == {
        ("person", "full_name"),
        ("person", "nik"),
        ("person", "phone"),
        ("person", "village"),
        ("attendance", "status"),
    }


def test_missing_answers_are_named():
    found = problems(Person, {"sex": "P"})
    assert {problem.field for problem in found} == {"full_name", "village"}
    assert all(problem.message.endswith("belum diisi.") for problem in found)


def test_bad_values_say_which_field():
    for answers in ({"sex": "X"}, {"full_name": "a" * 101}, {"full_name": 7}, {"sample": "ja"}):
        with pytest.raises(InputProblem) as caught:
            to_wire(Person, answers)
        assert caught.value.field == next(iter(answers))


def test_several_choices_keep_their_declared_order():
    field = fields_by_name(Enterprise)["payments"]
    assert join_choices(["qris", "tunai"], field) == "tunai,qris"
    assert join_choices([], field) is None
    with pytest.raises(InputProblem):
        join_choices(["emas"], field)


def test_a_mark_has_the_same_id_on_every_laptop():
    session, person = new_id(), new_id()
    assert pair_id(session, person) == pair_id(session, person) != pair_id(person, session)
    assert Attendance.identity == ("session", "person")


def test_ids_sort_by_time_and_are_version_7():
    early, late = new_id(1_000), new_id(2_000)
    assert early < late
    assert early[6] >> 4 == 7
    assert early[8] >> 6 == 2
