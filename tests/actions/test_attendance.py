"""A session is planned from the last one, marked four ways, taken back, closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.storage.conftest import AREA, make_store, store
from trainer_app.actions.attendance import record_attendance, take_back
from trainer_app.actions.sessions import (
    CANCELLED,
    CLOSED,
    SessionPlan,
    create_batch,
    enrol_all,
    local_time,
    next_plan,
    plan_session,
    set_state,
)
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Attendance, Module, Person, Session
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.storage.attendance_queries import attendance_sheet, session_summaries

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
    set_state(store, session, CLOSED, BY)
    closed = store.get(Session, session.id)
    assert closed.closed_at is not None
    with pytest.raises(InputProblem):
        record_attendance(store, closed, persons[:1], "H", BY, method="petak")
    record_attendance(store, closed, persons[:1], "H", BY, method="kertas", reason="Lembar kertas menyusul")
    (mark,) = store.find(Attendance)
    assert mark.reason == "Lembar kertas menyusul"


def test_bad_plans_are_refused_with_a_sentence(store, planned):
    batch, session, _persons = planned
    with pytest.raises(InputProblem, match="Jam selesai"):
        plan_session(store, SessionPlan(batch.id, "Modul", NOW, NOW), BY)
    with pytest.raises(InputProblem, match="angkatan"):
        plan_session(store, SessionPlan(new_id(), "Modul", NOW, NOW + timedelta(hours=1)), BY)
    with pytest.raises(InputProblem, match="alasan"):
        set_state(store, session, CANCELLED, BY)
