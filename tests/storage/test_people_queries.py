"""The list of people: who is in it, in which order, and what a line says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.people import AREA, KUPANG, NOW, TRAINER, batch, laptop, with_answers
from trainer_app.actions.people import delete_person, enrol, leave_batch, renew_consent, withdraw_consent
from trainer_app.actions.registration import add_enterprise, register
from trainer_app.records.completeness import QUESTIONS, missing_questions
from trainer_app.records.fields import fields_by_name
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import (
    Attendance,
    Consent,
    Enterprise,
    Milestone,
    Person,
    Session,
    derived_id,
)
from trainer_app.records.operation import Edit
from trainer_app.storage.people_queries import (
    ALL,
    BY_NAME,
    FILTERS,
    INCOMPLETE,
    NO_BATCH,
    UNSENT,
    Order,
    counts,
    find_order,
    people_rows,
    registered_since,
    take_order,
)
from trainer_app.storage.store import Store

NO_SUCH_AREA = 3401


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = laptop(tmp_path, (AREA, NO_SUCH_AREA))
    yield made
    made.close()


def add(store: Store, name: str, at: int = 0, **more: dict) -> bytes:
    person = new_id(NOW + at)
    answers = with_answers(
        with_answers(person={"full_name": f"{name} CONTOH", **more.pop("person", {})}), **more
    )
    return register(store, answers, TRAINER, now=NOW + at, person_id=person).person


def ids(order: Order) -> list[bytes]:
    return [person for _area, person in order.keys(0, len(order))]


def test_the_newest_come_first_or_names_in_order(store):
    budi, ana, citra = (add(store, name, at) for at, name in enumerate(("Budi", "ana", "Citra")))
    assert ids(take_order(store)) == [citra, ana, budi]
    assert ids(take_order(store, sort=BY_NAME)) == [ana, budi, citra]
    again = add(store, "Zus", 3)
    assert ids(take_order(store))[0] == again
    assert ids(take_order(store, sort=BY_NAME))[-1] == again


def test_pages_are_parts_of_the_order(store):
    everybody = [add(store, f"Peserta {chr(65 + n)}", n) for n in range(7)][::-1]
    order = take_order(store)
    assert len(order) == 7
    assert [row.id for row in people_rows(store, order, 0, 3)] == everybody[:3]
    assert [row.id for row in people_rows(store, order, 6, 3)] == everybody[6:]
    assert people_rows(store, order, 7, 3) == []
    assert ids(Order.of(order.keys(2, 2))) == everybody[2:4]
    assert [order.place(person) for person in everybody] == list(range(7))
    assert order.place(new_id()) == -1


def test_nobody_deleted_or_withdrawn_is_in_any_list(store):
    stays, gone, withdrew, partly = (add(store, name) for name in ("Ana", "Budi", "Citra", "Dedi"))
    delete_person(store, gone, TRAINER, "ganda")
    withdraw_consent(store, withdrew, TRAINER)
    withdraw_consent(store, partly, TRAINER, purposes=("gojek",))
    for order in (take_order(store), take_order(store, sort=BY_NAME), find_order(store, "contoh")):
        assert set(ids(order)) == {stays, partly}
    assert counts(store)[ALL] == 2
    renew_consent(store, withdrew, TRAINER)
    assert set(ids(take_order(store))) == {stays, partly, withdrew}


def test_somebody_deleted_since_still_has_a_line(store):
    ana = add(store, "Ana")
    order = take_order(store)
    delete_person(store, ana, TRAINER, "ganda")
    (row,) = people_rows(store, order, 0, 5)
    assert (row.id, row.name, row.business) == (ana, "", "")


def test_a_search_finds_as_it_is_typed_and_keeps_the_filter(store):
    ana = add(store, "Ana Lestari", person={"phone": "081012345678", "nik": "5301085508909001"})
    budi = add(store, "Budi Lestari", enterprise={"name": "Keripik Ana"})
    assert set(ids(find_order(store, "ana"))) == {ana, budi}
    assert ids(find_order(store, "ana les")) in ([ana, budi], [budi, ana])
    assert ids(find_order(store, "5301 0855")) == [ana]
    assert ids(find_order(store, "0810 1234")) == [ana]
    assert ids(find_order(store, "tidak ada")) == []
    assert set(ids(find_order(store, "lestari", INCOMPLETE))) == {ana, budi}
    assert set(ids(find_order(store, "lestari", NO_BATCH))) == {ana, budi}


def test_the_lists_of_who_has_no_batch_and_of_what_waits(store):
    group = batch(store)
    inside, outside, left = add(store, "Ana"), add(store, "Budi"), add(store, "Citra")
    for person in (inside, left):
        enrol(store, group, person, TRAINER)
    leave_batch(store, group, left, TRAINER)
    assert set(ids(take_order(store, NO_BATCH))) == {outside, left}
    assert set(ids(take_order(store, UNSENT))) == {inside, outside, left}
    with store.db.writing() as c:  # as if a receipt of the centre covered all of it
        c.run("UPDATE feed SET centre_seq = last_seq")
    assert ids(take_order(store, UNSENT)) == []
    add(store, "Dedi")
    found = counts(store)
    assert found == {which: len(take_order(store, which)) for which in FILTERS}
    assert (found[UNSENT], found[NO_BATCH]) == (1, 3)


def test_a_line_says_business_batch_and_how_many_sessions(store):
    group, other = batch(store, "Angkatan 1 CONTOH"), new_id()
    person = add(
        store, "Ana", enterprise={"name": "Keripik Ana", "unnamed": None}, person={"nik": "5301085508909001"}
    )
    enrol(store, group, person, TRAINER)
    sessions = [new_id() for _ in range(4)]
    edits = [
        Edit(Session, s, AREA, {"batch": group, "topic": "Foto produk", "starts_at": NOW, "state": "ditutup"})
        for s in sessions
    ]
    edits.append(Edit(Session, sessions[3], AREA, {"state": "batal"}))
    edits.append(Edit(Session, other, AREA, {"batch": new_id(), "topic": "Lain", "starts_at": NOW}))
    for session, status in ((sessions[0], "H"), (sessions[1], "T"), (sessions[2], "A"), (other, "H")):
        edits.append(
            Edit(
                Attendance,
                derived_id(Attendance, session, person),
                AREA,
                {"session": session, "person": person, "status": status},
            )
        )
    firm = derived_id(Enterprise, person)
    for step, lapsed in (("T3", None), ("T4", "2026-11-01")):
        edits.append(
            Edit(
                Milestone,
                new_id(),
                AREA,
                {"enterprise": firm, "step": step, "reached_on": "2026-10-01", "lapsed_on": lapsed},
            )
        )
    store.save(edits, TRAINER)
    (row,) = people_rows(store, take_order(store), 0, 10)
    assert (row.business, row.batch, row.village) == ("Keripik Ana", "Angkatan 1 CONTOH", KUPANG)
    assert (row.attended, row.sessions, row.steps) == (2, 3, frozenset({"T3"}))
    assert row.nik == "5301 •••• •••• 9001"
    assert row.incomplete
    assert row.sending == "pending"


def test_the_first_enterprise_gives_its_name_unless_it_has_none(store):
    person = add(store, "Ana")
    add_enterprise(store, person, {"name": "Kios Ana", "business_group": "dagang"}, TRAINER, now=NOW)
    (row,) = people_rows(store, take_order(store), 0, 1)
    assert row.business == "Kios Ana"


def test_people_of_a_moment_on_are_counted(store):
    add(store, "Ana", -1000)
    add(store, "Budi", 0)
    add(store, "Citra", 1000)
    assert [registered_since(store, NOW + at) for at in (-2000, 0, 1, 2000)] == [3, 2, 1, 0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answered=st.sets(st.sampled_from(QUESTIONS)),
    parts=st.sets(st.sampled_from([Person, Enterprise, Consent])),
    nik=st.sampled_from(["ada", "belum_diisi", "tidak_punya", None]),
    phone=st.sampled_from(["tidak_punya", None]),
)
def test_the_query_and_the_rule_agree_on_who_has_open_questions(store, answered, parts, nik, phone):
    """Rows as they may arrive from elsewhere: any field empty, the enterprise or the consent missing."""
    person = new_id()
    rows = {Person: person, Enterprise: derived_id(Enterprise, person), Consent: derived_id(Consent, person)}
    held: dict[type, dict] = {
        Person: {"nik_status": nik, "phone_status": phone, "source": "desa"},
        Enterprise: {"owner": person},
        Consent: {"person": person},
    }
    for question in answered:
        name = question.fields[0]
        declared = fields_by_name(question.cls)[name]
        code = next(iter(declared.choices), "x")
        held[question.cls][name] = {"number": 1, "flag": 0}.get(declared.type.value, code)
    for cls in {Person, *parts}:
        store.save([Edit(cls, rows[cls], AREA, held[cls])], TRAINER)
    records = [store.get(cls, rows[cls]) for cls in (Person, Enterprise, Consent)]
    open_questions = bool(missing_questions(*records))
    assert (person in ids(take_order(store, INCOMPLETE))) == open_questions
    (row,) = people_rows(store, Order.of([(AREA, person)]), 0, 1)
    assert row.incomplete == open_questions
