"""Who is due by the query is who is due by the rule, on both engines; problems are counted by people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from tests.storage.conftest import AREA, make_store, store
from trainer_app.records.follow_up import GIVEN_UP
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import (
    Batch,
    Consent,
    Decision,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Session,
    Visit,
    derived_id,
)
from trainer_app.records.operation import Edit
from trainer_app.records.visit import PROBLEM
from trainer_app.storage.problem_queries import problem_counts
from trainer_app.storage.store import Store
from trainer_app.storage.visit_queries import (
    WEEK,
    _due_sql,
    due_counts,
    due_people,
    due_visits,
    follow_up_of,
    follow_ups,
    overdue_follow_ups,
)

__all__ = ["make_store", "store"]
BY = new_id()
TODAY = date(2026, 11, 24)
VILLAGES = ("53.01.08.2006", "53.01.04.2001")


def person(name: str, village: str = VILLAGES[0]) -> tuple[RecordId, list[Edit]]:
    row = new_id()
    return row, [
        Edit(Person, row, AREA, {"full_name": name, "village": village, "phone": "+6281200000001"}),
        Edit(Enterprise, derived_id(Enterprise, row), AREA, {"owner": row, "name": f"Warung {name}"}),
    ]


def taught(people: list[RecordId], ended_on: date, state: str = "ditutup") -> list[Edit]:
    """A batch of these people whose last session was on a day, at nine in Kupang."""
    batch = new_id()
    at = round(datetime(ended_on.year, ended_on.month, ended_on.day, 1, tzinfo=UTC).timestamp() * 1000)
    edits = [Edit(Batch, batch, AREA, {"name": f"Angkatan {ended_on}"})]
    for days, how in ((3, "ditutup"), (0, state), (-2, "batal")):  # one after the last did not take place
        values = {"batch": batch, "topic": "CONTOH", "starts_at": at - days * 86_400_000, "state": how}
        edits.append(Edit(Session, new_id(), AREA, values))
    for row in people:
        values = {"batch": batch, "person": row, "state": "aktif"}
        edits.append(Edit(Enrolment, derived_id(Enrolment, batch, row), AREA, values))
    return edits


def contact(row: RecordId, on: date, **more: object) -> Edit:
    values = {"person": row, "done_on": on.isoformat(), "how": "telepon", "reached": 1, "by": BY}
    return Edit(Visit, new_id(), AREA, {**values, **more})  # type: ignore[dict-item]  # values of fields


def step(row: RecordId, code: str, on: date, **more: object) -> Edit:
    values = {"enterprise": derived_id(Enterprise, row), "step": code, "reached_on": on.isoformat()}
    return Edit(Milestone, new_id(), AREA, {**values, **more})  # type: ignore[dict-item]  # values of fields


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def names(store: Store) -> list[str]:
    return [one.name for one in due_people(store, TODAY)]


def test_who_is_overdue_comes_first_then_today_then_this_week_by_village(store: Store) -> None:
    edits: list[Edit] = []
    ended = {"Agus": 20, "Budi": 30, "Citra": 7, "Dewi": 4, "Endang": 1}
    for number, (name, days) in enumerate(ended.items()):
        row, made = person(name, VILLAGES[number % 2])
        edits += made + taught([row], ago(days))
    store.save(edits, BY)
    assert names(store) == ["Budi", "Agus", "Citra", "Dewi", "Endang"], "Budi's village comes before Agus's"
    counts = due_counts(store, TODAY)
    assert (counts.overdue, counts.today, counts.week, counts.all) == (2, 1, 2, 5)
    assert [one.name for one in due_visits(store, TODAY)] == ["Budi", "Agus", "Citra"]
    agus = due_people(store, TODAY)[1]
    assert (agus.due_on, agus.plan_day(), agus.business) == (ago(13), 7, "Warung Agus")
    assert overdue_follow_ups(store, TODAY)[AREA].people == 2
    assert overdue_follow_ups(store, TODAY)[AREA].since == ago(23)


def test_who_left_withdrew_or_is_gone_is_not_called(store: Store) -> None:
    rows, edits = [], []
    for name in ("Agus", "Budi", "Citra", "Dewi"):
        row, made = person(name)
        rows.append(row)
        edits += made
    edits += taught(rows, ago(10))
    store.save(edits, BY)
    (enrolment,) = (one for one in store.find(Enrolment) if one.person == rows[0])
    withdrawn = {"person": rows[1], "withdrawn_at": 1, "withdrawn_purposes": "program"}
    store.save(
        [
            Edit(Enrolment, enrolment.id, AREA, {"state": "keluar"}),
            Edit(Consent, derived_id(Consent, rows[1]), AREA, withdrawn),
            Edit(Person, rows[2], AREA, {"deleted_at": 1}),
        ],
        BY,
    )
    assert names(store) == ["Dewi"]


def test_a_contact_moves_the_day_and_another_one_ends_it(store: Store) -> None:
    row, edits = person("Agus")
    store.save(edits + taught([row], ago(40)), BY)
    assert names(store) == ["Agus"]
    store.save([contact(row, ago(30), next_on=(TODAY + timedelta(20)).isoformat())], BY)
    assert names(store) == []
    store.save([contact(row, ago(2), next_on=TODAY.isoformat())], BY)
    (found,) = due_people(store, TODAY)
    assert (found.due_on, found.promised, found.plan_day()) == (TODAY, True, None)
    store.save([contact(row, ago(1), ended=1)], BY)
    assert names(store) == []


def test_a_step_is_looked_at_again_until_it_lapses_or_was_looked_at(store: Store) -> None:
    row, edits = person("Agus")
    reached = step(row, "T3", ago(33))
    store.save([*edits, reached, step(row, "T5", ago(33))], BY)
    (found,) = due_people(store, TODAY)
    assert found.rechecks == (("T3", ago(3)),)
    store.save([Edit(Milestone, reached.id, AREA, {"checked_on": TODAY.isoformat()})], BY)
    assert names(store) == []
    store.save([Edit(Milestone, reached.id, AREA, {"checked_on": None, "lapsed_on": TODAY.isoformat()})], BY)
    assert names(store) == []


def test_people_who_are_one_are_called_once_with_what_was_done_under_either(store: Store) -> None:
    first, edits = person("Agus")
    second, more = person("Agus B")
    store.save(edits + more + taught([first, second], ago(10)), BY)
    assert len(names(store)) == 2
    same = {
        "about": "orang",
        "first": min(first, second),
        "second": max(first, second),
        "second_area": AREA,
        "answer": "sama",
    }
    store.save([Edit(Decision, new_id(), AREA, same)], BY)
    assert len(names(store)) == 1
    store.save([contact(max(first, second), ago(1))], BY)
    assert names(store) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_query_says_what_the_rule_says(store: Store, seed: int) -> None:
    """Random lives: everybody whom the rule finds due is listed with that day, and nobody else."""
    chance = Random(seed)  # noqa: S311 (lives of a test)
    everybody: dict[RecordId, None] = {}
    edits: list[Edit] = []
    for number in range(40):
        row, made = person(f"CONTOH {number}", chance.choice(VILLAGES))
        everybody[row] = None
        edits += made
        for _time in range(chance.choice((0, 1, 1, 2))):
            edits += taught([row], ago(chance.randrange(-3, GIVEN_UP + 5)))
        for _time in range(chance.choice((0, 0, 1, 2))):
            day = ago(chance.randrange(0, 200))
            next_on = chance.choice((None, None, day + timedelta(chance.randrange(1, 60))))
            ended = int(chance.random() < 0.15)
            edits.append(contact(row, day, next_on=next_on.isoformat() if next_on else None, ended=ended))
        for code in chance.sample(("T2", "T3", "T4", "T5", "T6"), chance.randrange(3)):
            day = ago(chance.randrange(0, GIVEN_UP + 5))
            checked = chance.choice((None, day + timedelta(chance.randrange(0, 200))))
            lapsed = TODAY.isoformat() if chance.random() < 0.2 else None
            checked_on = checked.isoformat() if checked else None
            edits.append(step(row, code, day, checked_on=checked_on, lapsed_on=lapsed))
    store.save(edits, BY)
    known = follow_ups(store, list(everybody), TODAY)
    by_rule = {
        row: one.due_on for row, one in known.items() if one.due_on and one.due_on <= TODAY + timedelta(WEEK)
    }
    listed = {one.person: one.due_on for one in due_people(store, TODAY)}
    assert listed == by_rule
    assert due_counts(store, TODAY).all == len(by_rule)
    for row in everybody:
        assert follow_up_of(store, row, TODAY) == known[row]


def test_problems_are_counted_by_contacts_and_by_people(store: Store) -> None:
    one, edits = person("Agus")
    other, more = person("Budi")
    store.save(
        [
            *edits,
            *more,
            contact(one, ago(10), problems="sinyal,stok"),
            contact(one, ago(3), problems="sinyal"),
            contact(other, ago(2), problems="sinyal"),
            contact(other, ago(1)),
        ],
        BY,
    )
    found = [(c.problem, c.contacts, c.people) for c in problem_counts(store, PROBLEM)]
    assert found == [("sinyal", 3, 2), ("stok", 1, 1)]
    assert [c.contacts for c in problem_counts(store, PROBLEM, since=ago(5))] == [2]


def test_the_query_reads_indexes_only_where_it_reads_everybody(store: Store) -> None:
    """Of 200,000 people each row that is looked up costs a page to decrypt."""
    if store.db.dialect != "sqlite":
        pytest.skip("SQLite tells its plan in these words")
    sql = f"EXPLAIN QUERY PLAN {_due_sql(store, TODAY, WEEK)} SELECT * FROM due"  # noqa: S608 - ours
    with store.db.reading() as c:
        plan = [row[3] for row in c.all(sql)]
    for index in ("ix_visit_person", "ix_milestone_standing", "ix_enrolment_members"):
        assert any(f"USING COVERING INDEX {index}" in line for line in plan), index
    assert any("ix_session_batch" in line for line in plan)
    assert not [line for line in plan if line.startswith(("SCAN person", "SCAN p "))]
