"""A laptop of two areas, the command line and the centre say the same numbers of the same people."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.actions.people import AREA, KUPANG, NOW, SIDOMULYO, TRAINER, laptop
from trainer_app.actions.assessment import record_answers
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.sessions import SessionPlan, create_batch, enrol_all, plan_session, set_state
from trainer_app.commands.report_options import reported
from trainer_app.records.assessment import AFTER, BEFORE
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.item_set import item_set
from trainer_app.records.kinds import Enterprise, Milestone, Person, Target, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.segment import open_segment
from trainer_app.records.training import CLOSED
from trainer_app.records.visit import Visit
from trainer_app.reports.catalogue import BY_KEY, REPORTS
from trainer_app.reports.overview import PROVINCE, View
from trainer_app.reports.report import Filters, Report
from trainer_app.reports.writing import as_records
from trainer_app.storage import rollup
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.store import Store

OTHER = 3401
TODAY = datetime.fromtimestamp(NOW / 1000, UTC)
SHARED = [report for report in REPORTS if not report.centre_only]
#: What only one of the two can know: a laptop compares people, a centre hears laptops.
OF_ONE_SIDE = ("Kemungkinan terdaftar dua kali", "Laptop tanpa kabar lebih dari 3 hari")


def season(store: Store, area: int, village: str, people: int) -> None:
    """A batch of one area: all registered, the first eight there and tested after it, six of them online."""
    who = [new_id() for _ in range(people)]
    edits = [Edit(Person, row, area, {"full_name": "CONTOH", "sex": "P", "village": village}) for row in who]
    edits += [Edit(Enterprise, derived_id(Enterprise, row), area, {"owner": row}) for row in who]
    store.save(edits, TRAINER)
    batch = create_batch(store, TRAINER, name=f"Angkatan {area}", village=village, venue="Balai Desa")
    enrol_all(store, batch.id, who, TRAINER)
    begins = TODAY - timedelta(days=9)
    plan = SessionPlan(batch.id, "Foto produk", begins, begins + timedelta(hours=3), village=village)
    session = plan_session(store, plan, TRAINER)
    record_attendance(store, session, who[:8], "H", TRAINER, method="petak")
    set_state(store, session, CLOSED, TRAINER)
    items = item_set()
    assert items is not None
    for person in who[:8]:
        for phase, answer in ((BEFORE, 0), (AFTER, 1)):
            given = dict.fromkeys(items.items, answer)
            record_answers(store, batch, person, phase, given, TODAY.date(), TRAINER)
    store.save([*_online(who[:6], area), _visit(who[0], area)], TRAINER)


def _online(who: list[RecordId], area: int) -> list[Edit]:
    return [
        Edit(
            Milestone,
            new_id(),
            area,
            {"enterprise": derived_id(Enterprise, row), "step": step, "reached_on": "2026-11-20"},
        )
        for row in who
        for step in ("T3", "T4", "T5", "T6")
    ]


def _visit(person: RecordId, area: int) -> Edit:
    values = {
        "person": person,
        "done_on": "2026-11-02",
        "next_on": "2026-11-20",
        "how": "telepon",
        "problems": "sinyal",
    }
    return Edit(Visit, new_id(), area, values)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = laptop(tmp_path / "laptop", (AREA, OTHER))
    season(store, AREA, KUPANG, 12)
    season(store, OTHER, SIDOMULYO, 20)
    store.save([Edit(Target, new_id(), 0, {"by_month": "2026-12", "digitised": 100})], TRAINER)
    yield store
    store.close()


@pytest.fixture
def centre(store: Store, tmp_path: Path) -> Iterator[Store]:
    """It keeps its counts at once, and received everything of the laptop."""
    centre = laptop(tmp_path / "centre", ())
    centre.on_applied = rollup.update
    key = Ed25519PrivateKey.from_private_bytes(store.private_key)
    seal(store, key.sign)
    public = key.public_key().public_bytes_raw()
    for area in (0, AREA, OTHER):
        for stored in feed_segments(store, area, store.replica):
            apply_segment(centre, open_segment(stored.body, public), stored.body, public_key=public)
    yield centre
    centre.close()


def told(store: Store, report: Report, view: View) -> list[dict[str, Any]]:
    found = as_records(report, report.rows(store, Filters(TODAY, view=view)))
    return [row for row in found if row.get("what") not in OF_ONE_SIDE]


@pytest.mark.parametrize("view", [View(), View(PROVINCE, "53")], ids=["whole", "province"])
@pytest.mark.parametrize("report", SHARED, ids=lambda report: report.key)
def test_laptop_and_centre_say_the_same(store: Store, centre: Store, report: Report, view: View) -> None:
    said = told(store, report, view)
    assert said == told(centre, report, view)
    assert said or report.key == "problems"


@pytest.mark.parametrize("report", SHARED, ids=lambda report: report.key)
def test_the_command_line_says_what_the_page_says(
    store: Store, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = argparse.Namespace(report=report.key, since="2026-11-01", until="2026-11-24", csv=False)
    _lines, values = reported(store, [report], asked, View())
    filters = Filters(datetime.now().astimezone(), since=TODAY.date().replace(day=1), until=TODAY.date())
    assert values == {"report": report.key, "rows": as_records(report, report.rows(store, filters))}


def test_the_numbers_are_those_of_the_season(store: Store) -> None:
    rows = {row["step"]: row["people"] for row in told(store, BY_KEY["funnel"], View())}
    assert list(rows.values()) == [32, 16, 16, 12, 12, 12, 12, 12]
    areas = {row["code"]: row for row in told(store, BY_KEY["areas"], View())}
    assert [areas[code]["registered"] for code in ("34", "53")] == [20, 12]
    people = told(store, BY_KEY["people"], View())
    assert sum(row["trained"] == "Ya" for row in people) == 16
    batches = told(store, BY_KEY["batches"], View())
    assert [(row["people"], row["trained"]) for row in batches] == [(20, 8), (12, 8)]


def test_what_is_saved_after_a_report_is_in_the_next_one(store: Store) -> None:
    told(store, BY_KEY["funnel"], View())
    season(store, AREA, KUPANG, 9)
    (first, *_rest) = told(store, BY_KEY["funnel"], View())
    assert first["people"] == 41
    with store.db.reading() as c:
        assert rollup.differences(c, AREA) == []
