"""Every report of the catalogue: its rows fit its columns, hide what must be hidden, and can be written."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.people import AREA, KUPANG, NOW, TRAINER, laptop
from trainer_app import words
from trainer_app.actions.assessment import record_answers
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.sessions import SessionPlan, create_batch, enrol_all, plan_session
from trainer_app.actions.visits import Notes, record_visit
from trainer_app.records import places
from trainer_app.records.assessment import AFTER, BEFORE
from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.item_set import item_set
from trainer_app.records.kinds import Batch, Device, Enterprise, Milestone, Person, Session, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.visit import Visit
from trainer_app.reports.catalogue import BY_KEY, REPORTS
from trainer_app.reports.overview import REGENCY, View
from trainer_app.reports.report import Column, Filters, Report
from trainer_app.reports.suppression import Hidden
from trainer_app.reports.writing import as_csv, as_records, as_table, line
from trainer_app.storage.server_tables import create_server_tables
from trainer_app.storage.store import Store

TODAY = datetime.fromtimestamp(NOW / 1000, UTC)
EVERYTHING = Filters(TODAY)


def people(store: Store, n: int, village: str = KUPANG) -> list[RecordId]:
    """So many people of a village, each with a business."""
    made = [new_id() for _ in range(n)]
    edits = [Edit(Person, row, AREA, {"full_name": "CONTOH", "sex": "P", "village": village}) for row in made]
    edits += [Edit(Enterprise, derived_id(Enterprise, row), AREA, {"owner": row}) for row in made]
    store.save(edits, TRAINER)
    return made


def sat(store: Store, batch: Batch, who: list[RecordId]) -> None:
    """The first took both tests, the second only the one before, the third began it."""
    items = item_set()
    assert items is not None
    for person, phase, answers in (
        (who[0], BEFORE, "111111111020"),  # nine of nine tasks with help, no question right of form A
        (who[0], AFTER, "333333333022"),  # all alone, and all right in form B
        (who[1], BEFORE, "333333333110"),
        (who[2], BEFORE, "30"),
    ):
        given = {item: int(digit) for item, digit in zip(items.items, answers, strict=False)}
        record_answers(store, batch, person, phase, given, TODAY.date(), TRAINER)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that is laptop and centre at once: two sessions, a machine, and counts of two districts."""
    store = laptop(tmp_path)
    create_server_tables(store.db)
    many, few = people(store, 12), people(store, 3, "53.01.04.2001")
    batch = create_batch(store, TRAINER, name="=Angkatan 1", village=KUPANG, venue="Balai Desa")
    enrol_all(store, batch.id, [*many, *few], TRAINER)
    for days in (2, 40):
        begins = TODAY - timedelta(days=days)
        plan = SessionPlan(batch.id, "Foto produk", begins, begins + timedelta(hours=2), village=KUPANG)
        session = plan_session(store, plan, TRAINER)
        record_attendance(store, session, many, "H", TRAINER, method="petak")
        record_attendance(store, session, few[:2], "S", TRAINER, method="petak")
    sat(store, batch, many[:3])
    store.save([Edit(Device, new_id(), 0, {"name": "Laptop CONTOH", "areas": str(AREA)})], NO_ID)
    firm = derived_id(Enterprise, many[0])
    values = {"enterprise": firm, "step": "T4", "reached_on": "2026-11-20"}
    store.save([Edit(Milestone, new_id(), AREA, values)], TRAINER)
    for person, days, problems in ((many[0], 9, ("stok",)), (many[0], 2, ("stok", "sinyal"))):
        told = Notes(problems=problems)
        record_visit(store, person, firm, told, [], TODAY.date() - timedelta(days), TRAINER)
    visit = {"person": many[1], "done_on": "2026-11-02", "next_on": "2026-11-20"}
    store.save([Edit(Visit, new_id(), AREA, visit)], TRAINER)
    yield store
    store.close()


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.key)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_report_can_be_read_and_written(store: Store, report: Report, language: str) -> None:
    with words.speaking(language):
        rows = report.rows(store, EVERYTHING)
        assert rows
        assert all(len(line(report, row)) == len(report.columns) for row in rows)
        table = as_table(report, rows)
        read = list(csv.reader(as_csv(report, rows).splitlines()))
        assert len(table) == len(read) == len(rows) + 1
        assert {len(row) for row in read} == {len(report.columns)}
        assert [set(record) for record in as_records(report, rows)] == [
            {column.key for column in report.columns}
        ] * len(rows)


def test_keys_are_told_once_and_so_are_columns() -> None:
    assert list(BY_KEY.values()) == list(REPORTS)
    for report in REPORTS:
        assert len({column.key for column in report.columns}) == len(report.columns)


def test_attendance_counts_each_session_of_the_time_asked_for(store: Store) -> None:
    report = BY_KEY["attendance"]
    (row,) = as_records(report, report.rows(store, EVERYTHING))
    assert row == {
        "day": "2026-11-22",
        "session": "Foto produk",
        "batch": "=Angkatan 1",
        "venue": None,
        "state": "Berlangsung",
        "expected": 15,
        "attended": 12,
        "excused": 2,
        "absent": 0,
        "share": 0.8,
    }
    early = Filters(TODAY, since=date(2026, 10, 1), until=date(2026, 10, 31))
    assert [r["day"] for r in as_records(report, report.rows(store, early))] == ["2026-10-15"]
    assert report.rows(store, Filters(TODAY, areas=frozenset({9401}))) == []
    assert report.rows(store, Filters(TODAY, view=View(REGENCY, "94.01"))) == []


def test_tests_are_told_in_medians_and_gain_only_of_who_took_both(store: Store) -> None:
    report = BY_KEY["tests"]
    (row,) = as_records(report, report.rows(store, EVERYTHING))
    assert row == {
        "area": places.area_label(AREA),
        "batch": "=Angkatan 1",
        "people": 15,
        "before": 2,  # whoever only began is not counted: too little is answered
        "after": 1,
        "both": 1,
        "median_before": 33,
        "median_after": 100,
        "gain": 1.0,
        "passed": 1.0,
    }
    assert report.rows(store, Filters(TODAY, areas=frozenset({9401}))) == []


def test_the_hardest_item_comes_first_and_what_is_not_answered_is_no_zero(store: Store) -> None:
    report = BY_KEY["items"]
    rows = as_records(report, report.rows(store, EVERYTHING))
    assert len(rows) == 12
    by_code = {row["code"]: row for row in rows}
    assert (by_code["P1"]["before"], by_code["P1"]["share_before"]) == (3, round(7 / 9, 4))
    assert by_code["J1"]["before"] == 2
    assert all(row["share_after"] == 1.0 for row in rows)


def test_a_name_that_begins_like_a_formula_does_no_harm(store: Store) -> None:
    report = BY_KEY["attendance"]
    assert "'=Angkatan 1" in as_csv(report, report.rows(store, EVERYTHING))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        (" @SUM(A1)", "' @SUM(A1)"),
        ("Toko;=1+1", "Toko;'=1+1"),  # a new cell, where the comma is decimal
        ("Toko\n-1", "Toko\n'-1"),
        ("Toko-1 = baik; murah", "Toko-1 = baik; murah"),
    ],
)
def test_no_text_becomes_a_formula_in_any_cell(text: str, written: str) -> None:
    report = Report("x", "x", (Column("x", "x"),), lambda _store, _filters: [])
    assert list(csv.reader(as_csv(report, [(text,)]).splitlines(keepends=True)))[1] == [written]


def test_a_text_cannot_paint_over_a_terminal() -> None:
    report = Report("x", "x", (Column("x", "x"),), lambda _store, _filters: [])
    assert as_table(report, [("a\x1b[2J\r\nb",)]) == ["x", "a [2J  b"]


def test_attendance_takes_any_day_that_the_calendar_has(store: Store) -> None:
    report = BY_KEY["attendance"]
    for since, until, found in (
        (date.min, None, 2),
        (date.min, date.max, 2),
        (None, date.max, 0),
        (date.max, date.min, 0),
    ):
        assert len(report.rows(store, Filters(TODAY, since=since, until=until))) == found


def test_attendance_shows_a_session_that_a_newer_or_broken_laptop_made(store: Store) -> None:
    """One odd session must not keep a supervisor from all the others."""
    odd = new_id()
    at_the_end_of_time = {"topic": "Aneh", "starts_at": 253_402_300_799_999}
    store.save([Edit(Session, odd, AREA, at_the_end_of_time)], TRAINER)
    store.db.transact(lambda c: c.run("UPDATE session SET state = 'ditunda' WHERE id = ?", odd))
    report = BY_KEY["attendance"]
    (row,) = report.rows(store, Filters(TODAY, until=date.max))
    assert line(report, row)[:5] == ["–", "Aneh", "–", "–", "ditunda"]


def test_small_counts_are_hidden_in_every_way_of_writing(store: Store) -> None:
    report = BY_KEY["areas"]
    view = View(REGENCY, places.regency_code(AREA))
    rows = {row[0]: row for row in report.rows(store, Filters(TODAY, view=view))}
    registered = [column.key for column in report.columns].index("registered")
    assert rows["53.01.04"][registered] is Hidden.FEW
    assert line(report, rows["53.01.04"])[registered] == "< 5"
    assert rows["53.01.08"][registered] is Hidden.COVERED
    assert line(report, rows["53.01.08"])[registered] == "•"
    assert "12" not in as_csv(report, rows.values())


def test_what_observers_may_open_hides_small_counts_by_itself() -> None:
    assert {report.key for report in REPORTS if not report.inner} == {
        "areas",
        "months",
        "funnel",
        "underdeveloped",
    }


def test_problems_are_counted_by_people_in_the_time_asked_for(store: Store) -> None:
    report = BY_KEY["problems"]
    told = [
        (row["problem"], row["people"], row["contacts"])
        for row in as_records(report, report.rows(store, EVERYTHING))
    ]
    assert told == [("Stok kosong", 1, 2), ("Tidak ada sinyal", 1, 1)]
    late = Filters(TODAY, since=TODAY.date() - timedelta(3))
    assert [row["contacts"] for row in as_records(report, report.rows(store, late))] == [1, 1]
    assert report.rows(store, Filters(TODAY, areas=frozenset({9401}))) == []
