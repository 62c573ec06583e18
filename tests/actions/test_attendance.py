"""A session is planned from the last one, marked four ways, taken back, closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.conftest import AREA, make_store, store
from trainer_app.actions.attendance import (
    SESSION_CANCELLED,
    SESSION_CLOSED,
    clear_attendance,
    close_session,
    record_attendance,
    take_back,
    welcome,
)
from trainer_app.actions.people import renew_consent, withdraw_consent
from trainer_app.actions.sessions import (
    SessionPlan,
    create_batch,
    enrol_all,
    local_time,
    next_plan,
    on_day,
    plan_session,
    reopen,
    set_state,
    undo_change,
)
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Attendance, Consent, Enrolment, Module, Person, Session, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.records.training import CANCELLED, CLOSED, PLANNED, RUNNING
from trainer_app.storage.attendance_queries import attendance_sheet
from trainer_app.storage.session_queries import session_summaries, sessions_between

__all__ = ["make_store", "store"]
BY = new_id()
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
VILLAGE = "53.01.08.2006"


def people(store, n):
    ids = [new_id() for _ in range(n)]
    names = [f"Peserta {chr(65 + i)} CONTOH" for i in range(n)]
    store.save(
        [
            Edit(Person, i, AREA, {"full_name": name, "sex": "P", "village": VILLAGE})
            for i, name in zip(ids, names, strict=True)
        ],
        BY,
    )
    return ids


@pytest.fixture
def planned(store):
    batch = create_batch(store, BY, name="Angkatan 1", village=VILLAGE, venue="Balai Desa")
    persons = people(store, 4)
    enrol_all(store, batch.id, persons, BY)
    plan = SessionPlan(batch.id, "Foto produk", NOW, NOW + timedelta(hours=2), "Balai Desa", VILLAGE)
    return batch, plan_session(store, plan, BY), persons


def test_the_next_session_is_a_week_later_with_the_next_module(store):
    modules = [new_id(), new_id()]
    store.save(
        [
            Edit(Module, row, 0, {"code": f"M0{i + 1}", "title_id": f"Modul {i + 1}", "hours": 2})
            for i, row in enumerate(modules)
        ],
        BY,
    )
    batch = create_batch(store, BY, name="Angkatan 1", village=VILLAGE, venue="Balai Desa")
    first = plan_session(store, next_plan(store, batch, NOW), BY)
    assert (first.topic, first.zone, first.hours, first.state) == ("Modul 1", "Asia/Makassar", 2, "terjadwal")
    assert local_time(first.starts_at, first.zone).hour == 9
    second = plan_session(store, next_plan(store, batch, NOW), BY)
    assert second.topic == "Modul 2"
    assert second.starts_at - first.starts_at == 7 * 86_400_000
    assert (second.venue, second.village) == ("Balai Desa", VILLAGE)


def test_marks_are_one_record_for_each_person_and_can_be_taken_back(store, planned):
    _batch, session, persons = planned
    first = record_attendance(store, session, persons[:2], "H", BY, method="petak")
    late = record_attendance(store, session, persons[:1], "T", BY, method="tombol")
    sheet = attendance_sheet(store, session)
    assert [row.status for row in sheet] == ["T", "H", None, None]
    assert all(row.enrolled for row in sheet)
    take_back(store, late, BY)
    take_back(store, first, BY)
    assert [row.status for row in attendance_sheet(store, session)] == [None] * 4
    record_attendance(store, session, persons, "H", BY, method="sisanya")
    assert session_summaries(store, [session])[session.id].attended == 4
    assert store.count(Attendance) == 4


def test_a_walk_in_is_on_the_sheet_though_in_no_batch(store, planned):
    _batch, session, _persons = planned
    (walk_in,) = people(store, 1)
    record_attendance(store, session, [walk_in], "H", BY, method="langsung")
    row = next(r for r in attendance_sheet(store, session) if r.person == walk_in)
    assert (row.enrolled, row.method, row.marked_by) == (False, "langsung", BY)


def test_a_closed_session_asks_for_a_reason(store, planned):
    _batch, session, persons = planned
    close_session(store, session, BY)
    closed = store.get(Session, session.id)
    assert closed.closed_at is not None
    for deed in (
        lambda reason: record_attendance(
            store, session, persons[:1], "H", BY, method="kertas", reason=reason
        ),
        lambda reason: clear_attendance(store, session, persons[:1], BY, reason=reason),
    ):
        for empty in (None, "", "  "):
            with pytest.raises(InputProblem) as refused:
                deed(empty)
            assert refused.value.code == SESSION_CLOSED, "the old copy of the session does not help"
        deed("Lembar kertas menyusul")
    held = store.get(Attendance, derived_id(Attendance, session.id, persons[0]))
    assert (held.reason, held.deleted_reason) == ("Lembar kertas menyusul",) * 2
    assert store.count(Attendance) == 0


def test_a_reason_belongs_to_its_change_only(store, planned):
    _batch, session, persons = planned
    close_session(store, session, BY)
    record_attendance(store, session, persons[:1], "H", BY, method="kertas", reason="Lembar kertas")
    assert reopen(store, session, BY).state == RUNNING
    record_attendance(store, session, persons[:1], "T", BY, method="tombol")
    assert store.find(Attendance)[0].reason is None


def test_a_cancelled_session_takes_no_marks_and_opens_as_it_was(store, planned):
    _batch, session, persons = planned
    cancelled = set_state(store, session, CANCELLED, BY, reason=" Hujan ")
    assert (cancelled.state, cancelled.reason) == (CANCELLED, "Hujan")
    with pytest.raises(InputProblem) as refused:
        record_attendance(store, session, persons, "H", BY, method="petak")
    assert refused.value.code == SESSION_CANCELLED
    assert store.count(Attendance) == 0
    opened = reopen(store, session, BY)
    assert (opened.state, opened.reason) == (PLANNED, None)


def test_the_first_mark_sets_a_session_going(store, planned):
    _batch, session, persons = planned
    first = record_attendance(store, session, persons[:1], "H", BY, method="petak")
    second = record_attendance(store, session, persons[1:2], "A", BY, method="tombol")
    assert store.get(Session, session.id).state == RUNNING
    assert (first.started, second.started) == (True, False)
    take_back(store, first, BY)
    assert store.get(Session, session.id).state == RUNNING, "somebody is marked still"
    take_back(store, second, BY)
    again = record_attendance(store, session, persons[:1], "H", BY, method="petak")
    take_back(store, again, BY)
    assert store.get(Session, session.id).state == RUNNING, "it had begun before this one"


def test_closing_marks_the_absent_and_is_taken_back_as_one(store, planned):
    _batch, session, persons = planned
    record_attendance(store, session, persons[:1], "H", BY, method="petak")
    done = close_session(store, session, BY, absent=persons[1:])
    held = store.get(Session, session.id)
    assert (held.state, held.closed_at is not None) == (CLOSED, True)
    assert [row.status for row in attendance_sheet(store, session)] == ["H", "A", "A", "A"]
    take_back(store, done, BY)
    held = store.get(Session, session.id)
    assert (held.state, held.closed_at) == (RUNNING, None)
    assert [row.status for row in attendance_sheet(store, session)] == ["H", None, None, None]


def test_the_time_of_arrival_is_that_of_the_first_mark_and_of_that_day_only(make_store):
    clock = [int(NOW.timestamp() * 1000)]
    store = make_store(wall=lambda: clock[0])
    batch = create_batch(store, BY, name="Angkatan 1", village=VILLAGE)
    persons = people(store, 3)
    session = plan_session(store, SessionPlan(batch.id, "Foto", NOW, NOW + timedelta(hours=2)), BY)
    record_attendance(store, session, persons[:1], "H", BY, method="petak")
    came = clock[0]
    clock[0] += 20 * 60_000
    record_attendance(store, session, persons[:1], "T", BY, method="tombol")
    record_attendance(store, session, persons[1:2], "A", BY, method="tombol")
    clock[0] += 86_400_000
    record_attendance(store, session, persons[2:], "H", BY, method="kertas")
    arrived = {mark.person: mark.arrived_at for mark in store.find(Attendance)}
    assert [arrived[person] for person in persons] == [came, None, None]


def test_a_guest_stays_in_the_own_batch_and_a_stray_joins_this_one(store, planned):
    _batch, session, _persons = planned
    guest, stray = people(store, 2)
    other = create_batch(store, BY, name="Angkatan 2")
    enrol_all(store, other.id, [guest], BY)
    sheet = attendance_sheet(store, session)
    done = [welcome(store, session, person, BY, method="petak") for person in (guest, stray)]
    enrolled = {row.person: row.enrolled for row in attendance_sheet(store, session)}
    assert (enrolled[guest], enrolled[stray]) == (False, True)
    assert session_summaries(store, [session])[session.id].expected == 5
    for one in reversed(done):
        take_back(store, one, BY)
    assert attendance_sheet(store, session) == sheet
    assert store.count(Enrolment, {"person": guest}) == 1


def test_who_withdrew_consent_or_left_is_on_no_sheet(store, planned):
    _batch, session, persons = planned
    record_attendance(store, session, persons, "H", BY, method="sisanya")
    values = {"person": persons[0], "notice_version": "1", "purposes": "program,foto", "manner": "lisan"}
    row = derived_id(Consent, persons[0])
    store.save([Edit(Consent, row, AREA, {**values, "given_at": 1})], BY)
    withdraw_consent(store, persons[0], BY, purposes=("foto",))
    assert len(attendance_sheet(store, session)) == 4
    withdraw_consent(store, persons[0], BY)
    assert len(attendance_sheet(store, session)) == 3
    renew_consent(store, persons[0], BY)
    store.save([Edit(Person, persons[1], AREA, {"deleted_at": 1})], BY)
    assert persons[1] not in {one.person for one in attendance_sheet(store, session)}
    assert len(attendance_sheet(store, session)) == 3


def test_somebody_of_another_area_has_a_tile_without_a_name(store, planned):
    batch, session, _persons = planned
    stranger = new_id()
    row = derived_id(Enrolment, batch.id, stranger)
    values = {"batch": batch.id, "person": stranger, "state": "aktif"}
    store.save([Edit(Enrolment, row, AREA, values)], BY)
    assert [(r.person, r.name) for r in attendance_sheet(store, session)][-1] == (stranger, "")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["H", "T", "I", "S", "A", "clear", "welcome", "close", "reopen"]),
        st.lists(st.integers(0, 5), min_size=1, max_size=3),
    ),
    max_size=8,
)


@given(steps=STEPS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_done_can_be_undone_step_by_step(store, steps):
    """Every deed of the page, in any order, taken back in turn: each sheet before is there again."""
    batch = create_batch(store, BY, name="Angkatan 1", village=VILLAGE)
    persons = people(store, 6)
    enrol_all(store, batch.id, persons[:4], BY)
    session = plan_session(store, SessionPlan(batch.id, "Foto", NOW, NOW + timedelta(hours=2)), BY)

    def seen():
        held = store.get(Session, session.id)
        rows = [
            (r.person, r.enrolled, r.status, r.method, r.arrived_at, r.reason)
            for r in attendance_sheet(store, session)
        ]
        return rows, held.state, held.closed_at, held.reason

    undo = []
    for deed, places in steps:
        before = seen()
        chosen = [persons[place] for place in places]
        now = store.get(Session, session.id)
        reason = "Lembar kertas" if now.state == CLOSED else None
        if deed == "reopen":
            undo.append((before, _reopened(store, now)))
            continue
        if deed == "close":
            if now.state == CLOSED:
                continue
            done = close_session(store, session, BY, absent=chosen)
        elif deed == "clear":
            done = clear_attendance(store, session, chosen, BY, reason=reason)
        elif deed == "welcome":
            done = welcome(store, session, chosen[0], BY, method="petak", reason=reason)
        else:
            done = record_attendance(store, session, chosen, deed, BY, method="tombol", reason=reason)
        undo.append((before, lambda d=done: take_back(store, d, BY)))
    for before, deed in reversed(undo):
        deed()
        assert seen() == before


def _reopened(store, before):
    after = reopen(store, before, BY)
    return lambda: undo_change(store, before, after, BY)


# ---------------------------------------------------------------- planning
def test_the_next_plan_is_never_in_the_past_and_skips_what_was_cancelled(store):
    modules = [new_id() for _ in range(3)]
    store.save(
        [Edit(Module, m, 0, {"code": f"M{i}", "title_id": f"Modul {i}"}) for i, m in enumerate(modules)], BY
    )
    batch = create_batch(store, BY, name="Angkatan 1", village=VILLAGE)
    first = plan_session(store, next_plan(store, batch, NOW), BY)
    second = plan_session(store, next_plan(store, batch, NOW), BY)
    set_state(store, second, CANCELLED, BY, reason="Hujan")
    later = NOW + timedelta(days=100)
    plan = next_plan(store, batch, later)
    assert plan.topic == "Modul 1", "the module that was not taught"
    assert plan.starts.date() >= later.date()
    assert plan.starts.weekday() == local_time(first.starts_at, first.zone).weekday()
    assert (plan.starts.hour, plan.ends - plan.starts) == (9, timedelta(minutes=150))
    moved = on_day(plan, later.date())
    assert (moved.starts.date(), moved.starts.hour, moved.ends - moved.starts) == (
        later.date(),
        9,
        timedelta(minutes=150),
    )


def test_a_supervisor_who_corrects_a_session_does_not_become_its_trainer(store, planned):
    batch, session, _persons = planned
    plan = SessionPlan(batch.id, "Foto produk 2", NOW, NOW + timedelta(hours=2), "Balai Desa", VILLAGE)
    changed = plan_session(store, plan, new_id(), session.id)
    assert (changed.topic, changed.trainer) == ("Foto produk 2", BY)


def test_undoing_a_change_leaves_alone_what_others_changed(store, planned):
    batch, session, _persons = planned
    plan = SessionPlan(batch.id, "QRIS", NOW, NOW + timedelta(hours=2), "Balai Desa", VILLAGE)
    changed = plan_session(store, plan, BY, session.id)
    store.save([Edit(Session, session.id, AREA, {"venue": "Aula"})], new_id())
    undo_change(store, session, changed, BY)
    held = store.get(Session, session.id)
    assert (held.topic, held.venue) == ("Foto produk", "Aula")
    undo_change(store, None, held, BY)
    assert store.count(Session) == 0


def test_the_list_holds_the_sessions_of_a_time_with_their_numbers(store, planned):
    _batch, session, persons = planned
    record_attendance(store, session, persons[:3], "H", BY, method="petak")
    record_attendance(store, session, persons[3:], "T", BY, method="petak")
    start = session.starts_at
    assert sessions_between(store, start, start + 1) == [store.get(Session, session.id)]
    assert sessions_between(store, start + 1, start + 2) == []
    empty = create_batch(store, BY, name="Angkatan 2")
    other = plan_session(store, SessionPlan(empty.id, "Lain", NOW, NOW + timedelta(hours=1)), BY)
    found = session_summaries(store, [session, other])
    assert (found[session.id].attended, found[session.id].expected, found[session.id].marked) == (
        4,
        4,
        {"H": 3, "T": 1},
    )
    assert (found[other.id].attended, found[other.id].expected) == (0, 0)


def test_bad_plans_are_refused_with_a_sentence(store, planned):
    batch, session, _persons = planned
    with pytest.raises(InputProblem, match="Jam selesai"):
        plan_session(store, SessionPlan(batch.id, "Modul", NOW, NOW), BY)
    with pytest.raises(InputProblem, match="angkatan"):
        plan_session(store, SessionPlan(new_id(), "Modul", NOW, NOW + timedelta(hours=1)), BY)
    with pytest.raises(InputProblem, match="alasan"):
        set_state(store, session, CANCELLED, BY)
