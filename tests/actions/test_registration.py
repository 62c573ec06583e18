"""Registering: what is needed, what is kept, what is refused and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.people import AREA, KUPANG, NEEDED, NOW, SIDOMULYO, TRAINER, batch, laptop, with_answers
from trainer_app.actions.registration import (
    Incomplete,
    Registration,
    add_enterprise,
    check_registration,
    correct_enterprise,
    correct_person,
    correct_registration,
    day_at,
    register,
    undo_correction,
    undo_registration,
)
from trainer_app.records.completeness import QUESTIONS, missing_questions
from trainer_app.records.fields import FLAG, fields_of
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Consent, Enrolment, Enterprise, Person, derived_id
from trainer_app.records.problem import InputProblem
from trainer_app.storage.feeds import unsealed
from trainer_app.storage.search import search
from trainer_app.storage.store import Store

GOOD_NIK, ODD_NIK = "5301085508909001", "5401011507709011"
TODAY = date(2026, 11, 24)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = laptop(tmp_path)
    yield made
    made.close()


def refused(store: Store, answers: Registration) -> list[str]:
    """The fields that keep these answers from being saved; nothing at all may have been saved."""
    before = store.count(Person)
    with pytest.raises(Incomplete) as caught:
        register(store, answers, TRAINER, now=NOW)
    assert store.count(Person) == before
    return [problem.field for problem in caught.value.problems]


def test_the_needed_answers_are_enough(store):
    done = register(store, NEEDED, TRAINER, now=NOW)
    person = store.get(Person, done.person)
    assert (person.full_name, person.sex, person.village, person.area) == (
        "Siti Aminah CONTOH",
        "P",
        KUPANG,
        AREA,
    )
    assert (person.nik, person.nik_status) == (None, "belum_diisi")
    enterprise = store.get(Enterprise, done.enterprise)
    assert (enterprise.owner, enterprise.village, enterprise.unnamed) == (done.person, KUPANG, 1)
    consent = store.get(Consent, done.consent)
    assert (consent.person, consent.given_at, consent.taken_by) == (done.person, NOW, TRAINER)
    assert consent.notice_version
    assert done.enterprise == derived_id(Enterprise, done.person)
    assert done.consent == derived_id(Consent, done.person)
    assert search(store, "amin") == [(AREA, done.person)]


@pytest.mark.parametrize(
    ("part", "name", "field"),
    [
        ("person", "full_name", "person.full_name"),
        ("person", "sex", "person.sex"),
        ("enterprise", "unnamed", "enterprise.name"),
        ("enterprise", "business_group", "enterprise.business_group"),
        ("consent", "purposes", "consent.purposes"),
        ("consent", "manner", "consent.manner"),
    ],
)
def test_each_needed_answer_is_needed(store, part, name, field):
    assert refused(store, with_answers(**{part: {name: None}})) == [field]


def test_a_village_is_needed_and_must_be_known(store):
    assert "person.village" in refused(store, with_answers(person={"village": None}))
    assert "person.village" in refused(store, with_answers(person={"village": "53.01.08.9999"}))


def test_one_village_serves_home_and_business(store):
    answers = with_answers(person={"village": None}, enterprise={"village": KUPANG})
    done = register(store, answers, TRAINER, now=NOW)
    assert store.get(Person, done.person).village == store.get(Enterprise, done.enterprise).village == KUPANG


def test_all_problems_come_at_once_in_the_order_of_the_form(store):
    answers = Registration(
        person={"nik": "123", "phone": "0810123", "birth_date": "2090"}, enterprise={"nib": "1"}
    )
    assert refused(store, answers) == [
        "person.full_name",
        "person.sex",
        "person.birth_date",
        "person.nik",
        "person.phone",
        "person.village",
        "enterprise.name",
        "enterprise.business_group",
        "enterprise.nib",
        "consent.purposes",
    ]


def test_the_sentence_says_how_many(store):
    with pytest.raises(Incomplete) as caught:
        register(store, with_answers(person={"full_name": "", "sex": None}), TRAINER, now=NOW)
    assert caught.value.message == "Ada 2 yang perlu diperbaiki"


def test_a_nik_fills_birth_date_and_sex(store):
    done = register(store, with_answers(person={"nik": "5301 0855 0890 9001", "sex": None}), TRAINER, now=NOW)
    person = store.get(Person, done.person)
    assert (person.nik, person.nik_status, person.birth_date, person.sex) == (
        GOOD_NIK,
        "ada",
        "1990-08-15",
        "P",
    )
    assert person.nik_warning is None


def test_a_warning_of_the_nik_is_kept_and_holds_nothing_up(store):
    done = register(
        store, with_answers(person={"nik": ODD_NIK, "birth_date": "1971-07-15"}), TRAINER, now=NOW
    )
    person = store.get(Person, done.person)
    assert person.nik_warning.split(",") == ["area_unknown", "birth_differs", "sex_differs"]
    assert person.birth_date == "1971-07-15"  # what the person said counts


def test_a_second_person_of_one_nik_is_saved_with_a_note(store):
    done = register(store, with_answers(person={"nik": GOOD_NIK}), TRAINER, now=NOW, same_nik=True)
    assert store.get(Person, done.person).nik_warning == "same_nik"
    correct_person(store, done.person, {"landmark": "dekat masjid"}, TRAINER, now=NOW)
    assert store.get(Person, done.person).nik_warning == "same_nik"


@pytest.mark.parametrize("status", ["tidak_punya", "tidak_bersedia", "tidak_terbaca"])
def test_why_there_is_no_nik_is_an_answer(store, status):
    done = register(store, with_answers(person={"nik_status": status}), TRAINER, now=NOW)
    person = store.get(Person, done.person)
    assert person.nik_status == status
    assert 5 not in missing_questions(person, None, None)


def test_a_phone_is_stored_as_it_is_dialled_with_what_was_typed_beside_it(store):
    done = register(store, with_answers(person={"phone": "081012345678"}), TRAINER, now=NOW)
    person = store.get(Person, done.person)
    assert (person.phone, person.phone_typed, person.phone_status) == (
        "+6281012345678",
        "081012345678",
        "ada",
    )


def test_a_year_alone_is_a_birth_date(store):
    done = register(store, with_answers(person={"birth_date": "1984"}), TRAINER, now=NOW)
    assert store.get(Person, done.person).birth_date == "1984"


@pytest.mark.parametrize(
    ("birth", "asked"), [("2009-01-01", True), ("2008-11-24", False), ("2010", True), ("2008", False)]
)
def test_a_guardian_is_asked_under_18(store, birth, asked):
    answers = with_answers(person={"birth_date": birth})
    if asked:
        assert refused(store, answers) == ["person.guardian_name"]
        answers = with_answers(answers, person={"guardian_name": "Yohana CONTOH"})
    assert register(store, answers, TRAINER, now=NOW).operations


@pytest.mark.parametrize("manner", ["cap_jempol", "lisan"])
def test_a_thumb_or_a_word_needs_a_witness(store, manner):
    answers = with_answers(consent={"manner": manner})
    assert refused(store, answers) == ["consent.witness"]
    assert register(
        store, with_answers(answers, consent={"witness": "Ibu RT CONTOH"}), TRAINER, now=NOW
    ).operations


def test_sharing_alone_is_no_consent(store):
    assert refused(store, with_answers(consent={"purposes": "gojek,foto"})) == ["consent.purposes"]


def test_joining_a_batch_is_part_of_the_same_transaction(store):
    group = batch(store)
    done = register(store, NEEDED, TRAINER, batch=group, now=NOW)
    enrolment = store.get(Enrolment, derived_id(Enrolment, group, done.person))
    assert (enrolment.id, enrolment.state, enrolment.joined) == (done.enrolment, "aktif", "daftar")
    with pytest.raises(InputProblem) as caught:
        register(store, NEEDED, TRAINER, batch=new_id(), now=NOW)
    assert caught.value.field == "batch"
    assert store.count(Person) == 1


def test_saving_the_same_form_twice_makes_one_person(store):
    person = new_id()
    register(store, NEEDED, TRAINER, now=NOW, person_id=person)
    again = register(store, NEEDED, TRAINER, now=NOW, person_id=person)
    assert store.count(Person) == 1
    assert again.operations == ()


def test_undo_takes_all_back_and_the_form_can_be_saved_again(store):
    group = batch(store)
    done = register(store, NEEDED, TRAINER, batch=group, now=NOW)
    undo_registration(store, done, TRAINER, now=NOW + 1)
    assert [store.count(cls) for cls in (Person, Enterprise, Consent, Enrolment)] == [0, 0, 0, 0]
    assert store.get(Person, done.person).deleted_reason == "urung"
    assert search(store, "siti") == []
    register(store, NEEDED, TRAINER, batch=group, now=NOW + 2, person_id=done.person)
    assert [store.count(cls) for cls in (Person, Enterprise, Consent, Enrolment)] == [1, 1, 1, 1]


def test_records_of_a_laptop_for_trying_out_say_so(store):
    store.set_meta("sample", b"1")
    done = register(store, NEEDED, TRAINER, batch=batch(store), now=NOW)
    rows = (
        store.get(Person, done.person),
        store.get(Enterprise, done.enterprise),
        store.get(Consent, done.consent),
    )
    assert [row.sample for row in rows] == [1, 1, 1]
    assert store.get(Enrolment, done.enrolment).sample == 1


def test_each_record_goes_to_the_area_of_its_place(tmp_path):
    store = laptop(tmp_path / "two", (AREA, 3401))
    done = register(store, with_answers(enterprise={"village": SIDOMULYO}), TRAINER, now=NOW)
    assert store.get(Person, done.person).area == AREA
    assert store.get(Enterprise, done.enterprise).area == 3401
    store.close()


def test_the_day_is_the_day_where_it_happens():
    late = NOW + 14 * 3_600_000  # 16.00 UTC: still the 24th in the west, the 25th in Papua
    assert day_at(late, "32.01.01.2001") == TODAY
    assert day_at(late, "91.03.01.2001") == date(2026, 11, 25)
    assert day_at(late, None) == TODAY


# --- correcting -----------------------------------------------------------------------------------------


def test_a_correction_saves_only_what_changed(store):
    done = register(store, with_answers(person={"phone": "081012345678"}), TRAINER, now=NOW)
    made = correct_person(store, done.person, {"full_name": "Siti Aminah  Putri CONTOH"}, TRAINER, now=NOW)
    assert len(made) == 1
    assert list(made[0].values) == [1]
    assert store.get(Person, done.person).full_name == "Siti Aminah Putri CONTOH"


def test_an_old_answer_that_would_be_refused_today_keeps_nothing_from_being_corrected(store):
    from trainer_app.records.operation import Edit

    person = new_id()
    store.save(
        [
            Edit(
                Person,
                person,
                AREA,
                {"full_name": "Ana CONTOH", "sex": "P", "village": "53.99.01.2001", "phone": "12"},
            )
        ],
        TRAINER,
    )
    correct_person(store, person, {"education": "sd"}, TRAINER, now=NOW)
    assert store.get(Person, person).education == "sd"
    with pytest.raises(Incomplete):
        correct_person(store, person, {"phone": "13"}, TRAINER, now=NOW)


def test_completing_saves_three_records_at_once_or_none(store):
    done = register(store, NEEDED, TRAINER, now=NOW)
    changes = Registration(
        person={"education": "sma", "source": "desa"},
        enterprise={"premises": "rumah", "started_year": 2019},
        consent={"purposes": "program,foto"},
    )
    wrong = with_answers(changes, enterprise={"started_year": 2090})
    with pytest.raises(Incomplete) as caught:
        correct_registration(store, done.person, wrong, TRAINER, now=NOW)
    assert [problem.field for problem in caught.value.problems] == ["enterprise.started_year"]
    assert store.get(Person, done.person).education is None
    correct_registration(store, done.person, changes, TRAINER, now=NOW)
    assert store.get(Enterprise, done.enterprise).started_year == 2019
    assert store.get(Consent, done.consent).purposes == "program,foto"


def test_a_named_business_is_no_longer_unnamed(store):
    done = register(store, NEEDED, TRAINER, now=NOW)
    correct_enterprise(store, done.enterprise, {"name": "Keripik Singkong CONTOH"}, TRAINER, now=NOW)
    enterprise = store.get(Enterprise, done.enterprise)
    assert (enterprise.name, enterprise.unnamed) == ("Keripik Singkong CONTOH", None)
    with pytest.raises(Incomplete):
        correct_enterprise(store, done.enterprise, {"name": ""}, TRAINER, now=NOW)


def test_a_correction_can_be_taken_back(store):
    done = register(store, with_answers(person={"phone": "081012345678"}), TRAINER, now=NOW)
    before = [store.get(Person, done.person), store.get(Enterprise, done.enterprise)]
    changes = Registration(person={"phone": None, "education": "sd"}, enterprise={"name": "Kios CONTOH"})
    made = correct_registration(store, done.person, changes, TRAINER, now=NOW)
    undo_correction(store, before, made, TRAINER)
    assert store.get(Person, done.person) == before[0]
    assert store.get(Enterprise, done.enterprise) == before[1]


def test_a_second_enterprise_has_an_id_of_its_own(store):
    done = register(store, NEEDED, TRAINER, now=NOW)
    other = add_enterprise(
        store, done.person, {"name": "Kios CONTOH", "business_group": "dagang"}, TRAINER, now=NOW
    )
    assert other != done.enterprise
    assert {e.id for e in store.find(Enterprise, {"owner": done.person})} == {done.enterprise, other}


# --- properties -----------------------------------------------------------------------------------------

typed = st.one_of(
    st.none(), st.text(max_size=30), st.from_regex(r"\A[0-9]{3,17}\Z"), st.sampled_from(["P", "1984"])
)
texts = [f.name for f in fields_of(Person) if f.number < 240]
numbers = [f for f in fields_of(Enterprise) if f.number < 240 and f.name != "owner"]


@given(st.dictionaries(st.sampled_from(texts), typed, max_size=8))
def test_answers_are_either_refused_by_name_or_stored_unchanged_by_a_second_reading(answers):
    person = {
        **NEEDED.person,
        **{k: (1 if v else None) if k in ("has_whatsapp", "phone_shared") else v for k, v in answers.items()},
    }
    problems, stored = check_registration(Registration(person=person), TODAY)
    known = {f"{cls.table}.{f.name}" for cls in (Person, Enterprise, Consent) for f in fields_of(cls)}
    assert {p.field for p in problems} <= known
    assert all(p.message for p in problems)
    if not any(p.field.startswith("person.") for p in problems):
        _again, twice = check_registration(Registration(person=stored.person), TODAY)
        assert dict(twice.person) == dict(stored.person)


@given(st.sets(st.sampled_from(QUESTIONS)))
def test_a_question_is_missing_until_one_of_its_fields_is_answered(answered):
    values: dict[type, dict] = {Person: {}, Enterprise: {}, Consent: {}}
    for question in answered:
        declared = {f.name: f for f in fields_of(question.cls)}[question.fields[0]]
        number = declared.type.value in ("number", "flag", "instant")
        values[question.cls][question.fields[0]] = 0 if number else "x"
    rows = [cls(id=bytes(16), area=1, **values[cls]) for cls in (Person, Enterprise, Consent)]
    missing = set(missing_questions(*rows))
    assert missing == {q.number for q in QUESTIONS} - {q.number for q in answered}


def test_every_question_names_fields_that_exist():
    for question in QUESTIONS:
        declared = {f.name: f for f in fields_of(question.cls)}
        assert all(declared[name].question == question.number for name in question.fields)
    flags = [q for q in QUESTIONS if any(f.type is FLAG for f in fields_of(q.cls) if f.name in q.fields)]
    assert {q.number for q in flags} == {11, 13}  # "no" (0) is an answer too


def test_nothing_of_a_refused_registration_is_in_the_log(store):
    refused(store, with_answers(person={"sex": None}))
    with store.db.reading() as c:
        assert list(unsealed(store, c, AREA)) == []
