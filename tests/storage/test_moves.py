"""Somebody moves to another regency: found, counted and asked about once, wherever one looks."""

from __future__ import annotations

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainer_app.actions.moving import move_person, move_words
from trainer_app.actions.registration import (
    Registration,
    correct_enterprise,
    correct_person,
    register,
    undo_correction,
)
from trainer_app.actions.review import choose_value, same_person
from trainer_app.records.assessment import AFTER, Assessment, assessment_id
from trainer_app.records.clock import BUILD_MS, HOUR_MS
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import (
    Attendance,
    Batch,
    Consent,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Session,
    derived_id,
)
from trainer_app.records.operation import Edit
from trainer_app.records.problem import AccessProblem
from trainer_app.records.segment import open_segment
from trainer_app.records.staff import SUPERVISOR, TRAINER
from trainer_app.storage import counts, rollup
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.attendance_queries import attendance_sheet
from trainer_app.storage.day_queries import day_counts, digitised_by_area
from trainer_app.storage.digest import content_digest
from trainer_app.storage.examining import look_through
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.findings import findings
from trainer_app.storage.lookalikes import Pair, pairs
from trainer_app.storage.moved_rows import to_be_moved
from trainer_app.storage.moves import MOVED
from trainer_app.storage.people_queries import counts as list_counts
from trainer_app.storage.people_queries import find_order, people_rows, take_order
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.server_tables import create_server_tables

OLD, NEW = 5301, 5302
THERE, THERE_TOO, HERE = "53.02.01.1001", "53.02.01.1002", "53.01.08.2006"
STAFF = new_id()
NOW = BUILD_MS + 20 * 24 * HOUR_MS
CONSENT = {"notice_version": "2026-11", "purposes": "program", "manner": "tanda_tangan"}


def deliver(source, *targets):
    """What `source` wrote goes to each of the others, of the areas that they read."""
    key = Ed25519PrivateKey.from_private_bytes(source.private_key)
    seal(source, key.sign)
    public = key.public_key().public_bytes_raw()
    for target, area in itertools.product(targets, (OLD, NEW)):
        if not target.areas or area in target.areas:
            for stored in feed_segments(source, area, source.replica):
                apply_segment(target, open_segment(stored.body, public), stored.body, public_key=public)


def everywhere(*stores):
    for _round in range(2):
        for one in stores:
            deliver(one, *(other for other in stores if other is not one))
    for store in stores:
        assert rebuild(store, repair=False) == []
        look_through(store)


@pytest.fixture
def make_centre(make_store):
    def make():
        centre = make_store(areas=(), wall=lambda: NOW)
        create_server_tables(centre.db)
        centre.on_applied = rollup.update
        return centre

    return make


def registered(store, name="Siti CONTOH", **more):
    answers = Registration(
        person={"full_name": name, "sex": "P", "village": HERE, "phone": "081227334155", **more},
        enterprise={"name": "Warung CONTOH", "business_group": "kuliner", "village": HERE},
        consent=CONSENT,
    )
    return register(store, answers, STAFF, now=NOW).person


def trained(store, person):
    """A batch of one session in the old area, a mark, the test after it, and a shop online."""
    answers = {f"a{slot}": 2 for slot in range(1, 13)}
    batch, session, firm = new_id(), new_id(), derived_id(Enterprise, person)
    test = {"batch": batch, "person": person, "phase": AFTER, "item_set": "1", **answers}
    store.save(
        [
            Edit(Batch, batch, OLD, {"name": "Angkatan 1 CONTOH"}),
            Edit(Enrolment, derived_id(Enrolment, batch, person), OLD, {"batch": batch, "person": person}),
            Edit(Session, session, OLD, {"batch": batch, "starts_at": NOW, "state": "ditutup", "hours": 4}),
            Edit(
                Attendance,
                derived_id(Attendance, session, person),
                OLD,
                {"session": session, "person": person, "status": "H"},
            ),
            Edit(Milestone, new_id(), OLD, {"enterprise": firm, "step": "T3", "reached_on": "2026-11-20"}),
            Edit(Assessment, assessment_id(batch, person, AFTER), OLD, test),
        ],
        STAFF,
    )
    return session


def figures(centre):
    """(registered, trained, digitised) of each area, and the same of the nation by month."""
    names = ("registered", "trained", "digitised")
    with centre.db.reading() as c:
        by_area = {a: tuple(n[m] for m in names) for a, n in counts.by_area(c, None).items()}
        months = counts.by_month(c, None).values()
        for area in (OLD, NEW):
            assert rollup.differences(c, area) == []
            of_districts = counts.by_district(c, area).values()
            assert tuple(sum(n[m] for n in of_districts) for m in names) == by_area.get(area, (0, 0, 0))
    nation = tuple(sum(column) for column in zip(*by_area.values(), strict=True))
    assert tuple(sum(n[m] for n in months) for m in names) == nation
    return {area: told for area, told in by_area.items() if any(told)}


def move(store, person, village=THERE):
    return correct_person(store, person, {"village": village}, STAFF, now=NOW)


def test_who_moves_is_the_same_person_in_the_new_area_and_counted_there_once(make_store, make_centre):
    old, both, new, centre = make_store((OLD,)), make_store((OLD, NEW)), make_store((NEW,)), make_centre()
    person = registered(old)
    session = trained(old, person)
    everywhere(old, both, new, centre)
    assert figures(centre) == {OLD: (1, 1, 1)}

    move(both, person)
    everywhere(old, both, new, centre)
    for store in (both, new, centre):
        held = store.get(Person, person)
        assert (held.area, held.village, held.full_name) == (NEW, THERE, "Siti CONTOH")
        assert (held.moved_from, held.deleted_at) == (OLD, None)
        assert store.get(Consent, derived_id(Consent, person)).area == NEW
        assert store.count(Person) == 1
    gone = old.get(Person, person)
    assert (gone.area, gone.moved_to, gone.deleted_reason) == (OLD, NEW, MOVED)
    assert figures(centre) == {NEW: (1, 1, 1)}
    assert day_counts(both).registered == day_counts(both).digitised == 1
    assert digitised_by_area(both) == {OLD: 1}, "the shop stays where it is"
    for store in (old, both):
        (row,) = attendance_sheet(store, store.get(Session, session))
        assert (row.person, row.name, row.status) == (person, "Siti CONTOH", "H")
    assert content_digest(both, (OLD, NEW)) == content_digest(centre, (OLD, NEW))


def test_a_laptop_of_the_old_area_finds_who_moved_and_counts_nobody(make_store):
    old, both = make_store((OLD,)), make_store((OLD, NEW))
    if old.db.dialect != "sqlite":
        pytest.skip("lists of people are on laptops only")
    person = registered(old)
    everywhere(old, both)
    move(both, person)
    everywhere(old, both)
    assert len(take_order(old)) == list_counts(old)["all"] == day_counts(old).registered == 0
    order = find_order(old, "siti")
    (row,) = people_rows(old, order, 0, 10)
    assert (row.id, row.name, row.village) == (person, "Siti CONTOH", THERE)
    assert [key[1] for key in take_order(both).keys(0, 9)] == [person]
    assert find_order(both, "siti").keys(0, 9) == [(NEW, person)]


def test_an_enterprise_moves_with_its_own_village_and_keeps_what_it_reached(make_store, make_centre):
    both, centre = make_store((OLD, NEW)), make_centre()
    person = registered(both)
    trained(both, person)
    firm = derived_id(Enterprise, person)
    correct_enterprise(both, firm, {"village": THERE}, STAFF, now=NOW)
    assert both.get(Enterprise, firm).area == NEW
    assert both.get(Person, person).area == OLD
    deliver(both, centre)
    assert figures(centre) == {OLD: (1, 1, 1)}
    move(both, person)
    deliver(both, centre)
    assert figures(centre) == {NEW: (1, 1, 1)}
    assert digitised_by_area(both) == {NEW: 1}
    assert len(both.find(Enterprise, {"owner": person})) == 1


def test_a_move_is_taken_back(make_store, make_centre):
    old, both, centre = make_store((OLD,)), make_store((OLD, NEW)), make_centre()
    person = registered(both)
    before = [both.get(Person, person), both.get(Consent, derived_id(Consent, person))]
    operations = move(both, person)
    everywhere(old, both, centre)
    undo_correction(both, before, operations, STAFF)
    everywhere(old, both, centre)
    for store in (old, both, centre):
        held = store.get(Person, person)
        assert (held.area, held.village, held.deleted_at, held.moved_to) == (OLD, HERE, None, None)
        assert store.get(Consent, derived_id(Consent, person)).area == OLD
        assert findings(store) == []
    assert figures(centre) == {OLD: (1, 0, 0)}
    move(both, person)
    move(both, person, HERE)
    move(both, person, THERE_TOO)
    everywhere(old, both, centre)
    assert both.get(Person, person).village == THERE_TOO
    assert findings(both) == []
    assert figures(centre) == {NEW: (1, 0, 0)}


@pytest.mark.parametrize("later", [False, True], ids=["written-before-the-move", "written-after-it"])
def test_what_the_old_area_wrote_unseen_is_a_question_and_not_lost(make_store, make_centre, later):
    old, both, centre = make_store((OLD,)), make_store((OLD, NEW)), make_centre()
    person = registered(old)
    everywhere(old, both, centre)
    if later:
        move(both, person)
    correct_person(old, person, {"phone": "085743102298"}, STAFF, now=NOW)
    if not later:
        move(both, person)
    everywhere(old, both, centre)
    for store in (both, centre):
        found = {finding.field: finding for finding in findings(store)}
        assert set(found) == {"phone", "phone_typed"} & set(found)
        asked = found["phone"]
        assert (asked.area, asked.winning, asked.losing) == (NEW, "+6281227334155", "+6285743102298")
    assert send_state(both).review == len(found)
    for finding in findings(both):
        choose_value(both, finding, finding.losing, STAFF)
    everywhere(old, both, centre)
    assert findings(both) == findings(centre) == []
    assert centre.get(Person, person).phone == "+6285743102298"


def test_a_laptop_without_the_new_area_keeps_the_person_and_says_so(make_store, make_centre):
    old, both, centre = make_store((OLD,)), make_store((OLD, NEW)), make_centre()
    person = registered(old)
    assert "Kab. Kupang" in move_words(old, OLD, THERE)
    assert move_words(old, OLD, THERE) != move_words(both, OLD, THERE) != ""
    assert move_words(old, OLD, HERE) == move_words(old, OLD, None) == ""
    move(old, person)
    everywhere(old, both, centre)
    assert old.get(Person, person).village == THERE
    assert {store.get(Person, person).area for store in (old, both, centre)} == {OLD}
    assert to_be_moved(old) == ()
    (item,) = to_be_moved(both)
    assert (item.person, item.area, item.home) == (person, OLD, NEW)
    with pytest.raises(AccessProblem):
        move_person(both, item, STAFF, TRAINER, (OLD,))
    move_person(both, item, STAFF, SUPERVISOR, (OLD, NEW))
    everywhere(old, both, centre)
    assert to_be_moved(both) == ()
    assert both.get(Person, person).area == centre.get(Person, person).area == NEW
    assert figures(centre) == {NEW: (1, 0, 0)}


def test_two_moves_at_once_leave_one_person(make_store, make_centre):
    third = 5303
    one, two, centre = make_store((OLD, NEW)), make_store((OLD, third)), make_centre()
    person = registered(one)
    deliver(one, two, centre)
    move(one, person)
    move(two, person, "53.03.01.2005")
    for source in (one, two):
        key = Ed25519PrivateKey.from_private_bytes(source.private_key)
        seal(source, key.sign)
        public = key.public_key().public_bytes_raw()
        for area in (OLD, NEW, third):
            for stored in feed_segments(source, area, source.replica):
                apply_segment(centre, open_segment(stored.body, public), stored.body, public_key=public)
    assert centre.get(Person, person).deleted_at is None
    with centre.db.reading() as c:
        assert sum(n["registered"] for n in counts.by_area(c, None).values()) == 1
    supervisor = make_store((NEW, third))
    for source in (one, two):
        deliver(source, supervisor)
        key = Ed25519PrivateKey.from_private_bytes(source.private_key)
        public = key.public_key().public_bytes_raw()
        for stored in feed_segments(source, third, source.replica):
            apply_segment(supervisor, open_segment(stored.body, public), stored.body, public_key=public)
    (item,) = to_be_moved(supervisor)
    assert (item.area, item.home) == (third, NEW)
    move_person(supervisor, item, STAFF, SUPERVISOR, (NEW, third))
    assert to_be_moved(supervisor) == ()
    assert supervisor.count(Person) == 1


def test_one_registered_in_two_areas_counts_once_after_the_answer(make_store, make_centre):
    both, centre = make_store((OLD, NEW)), make_centre()
    first = registered(both)
    second = registered(both, "Siti C CONTOH", village=THERE)
    trained(both, first)
    trained(both, second)
    deliver(both, centre)
    assert figures(centre) == {OLD: (1, 2, 2), NEW: (1, 0, 0)}
    low, high = sorted([(both.get(Person, row).area, row) for row in (first, second)], key=lambda p: p[1])
    same_person(both, Pair(low, high, "nik", NOW), (), STAFF)
    deliver(both, centre)
    assert figures(centre) == {low[0]: (1, 1, 1)}
    assert day_counts(both).registered == day_counts(both).digitised == 1

    move(both, low[1], THERE if low[0] == OLD else HERE)
    deliver(both, centre)
    assert figures(centre) == {NEW if low[0] == OLD else OLD: (1, 1, 1)}
    assert day_counts(both).registered == 1


def test_nobody_is_a_possible_duplicate_of_the_own_old_row(make_store):
    both = make_store((OLD, NEW))
    person, other = registered(both), registered(both, "Siti Contoh")
    look_through(both)
    assert len(pairs(both)) == 1
    move(both, person)
    look_through(both)
    (pair,) = pairs(both)
    assert {pair.first, pair.second} == {(NEW, person), (OLD, other)}


STEPS = st.lists(
    st.tuples(st.sampled_from(["move", "phone", "send", "back"]), st.integers(0, 2)), min_size=1, max_size=9
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(steps=STEPS)
def test_whatever_happens_around_a_move_all_come_to_the_same_and_one_person_counts(
    make_store, make_centre, steps
):
    """Three laptops of both areas move, write and send in any order."""
    laptops, centre = [make_store((OLD, NEW)) for _n in range(3)], make_centre()
    person = registered(laptops[0])
    everywhere(*laptops, centre)
    for n, (deed, who) in enumerate(steps):
        laptop = laptops[who]
        if deed == "send":
            deliver(laptop, *(other for other in laptops if other is not laptop), centre)
        elif deed == "phone":
            correct_person(laptop, person, {"phone": f"0812273341{n:02d}"}, STAFF, now=NOW)
        else:
            move(laptop, person, THERE if deed == "move" else HERE)
    everywhere(*laptops, centre)
    everyone = [*laptops, centre]
    assert len({content_digest(store, (OLD, NEW)) for store in everyone}) == 1
    held = {(store.get(Person, person).area, store.get(Person, person).phone) for store in everyone}
    assert len(held) == 1
    assert len({str([(f.field, f.losing) for f in findings(store)]) for store in everyone}) == 1
    with centre.db.reading() as c:
        assert sum(n["registered"] for n in counts.by_area(c, None).values()) == 1
        assert all(rollup.differences(c, area) == [] for area in (OLD, NEW))
