"""All sessions of a batch from the modules of the curriculum: when they are, and all of them or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desktop.desks import TRAINER, made_store
from trainer_app.actions.session_series import (
    BREAK,
    LESSON_HOUR,
    Rhythm,
    modules_left,
    plan_series,
    series,
    undo_series,
)
from trainer_app.actions.sessions import create_batch, local_time, set_state
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Batch, Module, Session
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.records.training import CANCELLED
from trainer_app.storage.store import Store

ZONE = ZoneInfo("Asia/Makassar")
FRIDAY = datetime(2026, 11, 6, 9, tzinfo=ZONE)
VILLAGE = "53.01.08.2006"
CORE = 4
#: Code, lesson hours, whether it is core.
MODULES = (("M01", 2, 1), ("M02", 2, 1), ("M03", 2, 1), ("M04", 3, 0), ("M05", None, 1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = made_store(tmp_path)
    edits = [
        Edit(Module, new_id(), 0, {"code": code, "title_id": f"Modul {code}", "hours": hours, "core": core})
        for code, hours, core in MODULES
    ]
    made.save(edits, TRAINER)
    yield made
    made.close()


@pytest.fixture
def batch(store: Store) -> Batch:
    return create_batch(store, TRAINER, name="Angkatan 1", village=VILLAGE, venue="Balai Desa")


def all_left(store: Store, batch: Batch) -> list[Module]:
    return modules_left(store, batch.id, core_only=False)


def test_a_session_a_week_of_each_core_module(store: Store, batch: Batch) -> None:
    core = modules_left(store, batch.id, core_only=True)
    made = plan_series(store, series(store, batch, core, Rhythm(FRIDAY)), TRAINER)
    assert [session.topic for session in made] == ["Modul M01", "Modul M02", "Modul M03", "Modul M05"]
    assert {session.venue for session in made} == {"Balai Desa"}
    assert [local_time(s.starts_at or 0, s.zone) for s in made] == [
        FRIDAY + timedelta(weeks=n) for n in range(CORE)
    ]
    lengths = [((s.ends_at or 0) - (s.starts_at or 0)) / 60_000 for s in made]
    assert lengths == [90, 90, 90, 90]
    assert modules_left(store, batch.id, core_only=True) == []
    assert [module.code for module in all_left(store, batch)] == ["M04"]


def test_two_a_day_follow_each_other_and_sundays_are_free(store: Store, batch: Batch) -> None:
    plans = series(store, batch, all_left(store, batch), Rhythm(FRIDAY, a_day=2, every=1))
    starts = [plan.starts for plan in plans]
    second = FRIDAY + 2 * LESSON_HOUR + BREAK
    saturday, monday = timedelta(1), timedelta(3)
    assert starts == [FRIDAY, second, FRIDAY + saturday, second + saturday, FRIDAY + monday]
    assert plans[3].ends - plans[3].starts == 3 * LESSON_HOUR


def test_a_cancelled_session_leaves_its_module_to_be_taught(store: Store, batch: Batch) -> None:
    made = plan_series(store, series(store, batch, all_left(store, batch), Rhythm(FRIDAY)), TRAINER)
    set_state(store, made[1], CANCELLED, TRAINER, reason="banjir")
    assert [module.code for module in all_left(store, batch)] == ["M02"]


def test_all_or_none_and_all_taken_back(store: Store, batch: Batch) -> None:
    night = FRIDAY.replace(hour=22, minute=30)
    with pytest.raises(InputProblem) as caught:
        plan_series(store, series(store, batch, all_left(store, batch), Rhythm(night)), TRAINER)
    assert (caught.value.field, caught.value.code) == ("starts_at", "series.late")
    assert store.count(Session) == 0
    with pytest.raises(InputProblem) as caught:
        plan_series(store, [], TRAINER)
    assert caught.value.code == "series.empty"
    made = plan_series(store, series(store, batch, all_left(store, batch), Rhythm(FRIDAY)), TRAINER)
    assert store.count(Session) == len(MODULES)
    undo_series(store, made, TRAINER)
    assert store.count(Session) == 0
    assert len(all_left(store, batch)) == len(MODULES)


@pytest.fixture(scope="module")
def planned_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Batch]]:
    made = made_store(tmp_path_factory.mktemp("series"))
    yield made, create_batch(made, TRAINER, name="Angkatan 1", village=VILLAGE)
    made.close()


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=12), st.integers(1, 3), st.sampled_from([1, 7]),
    st.integers(0, 6),
)  # fmt: skip
def test_no_two_sessions_meet_and_each_day_has_its_number(
    planned_at: tuple[Store, Batch], hours: list[int], a_day: int, every: int, weekday: int
) -> None:
    store, batch = planned_at
    modules = [
        Module(id=new_id(), area=0, code=f"M{n:02}", title_id=f"{n}", hours=h) for n, h in enumerate(hours)
    ]
    first = FRIDAY.replace(hour=6) + timedelta(weekday)
    plans = series(store, batch, modules, Rhythm(first, a_day, every))
    assert [plan.hours for plan in plans] == hours
    assert all(one.ends <= two.starts for one, two in pairwise(plans))
    days = [plan.starts.date() for plan in plans]
    assert all(days.count(day) == a_day for day in set(days) - {days[-1]})
    if every == 1:
        assert not any(day.weekday() == 6 for day in days if day != days[0])
