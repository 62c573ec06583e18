"""The overview's numbers: what a reader of some areas sees at each level, and what stays hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from trainer_app.records import places
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import Device, Enterprise, Milestone, Person, Programme, Target, derived_id
from trainer_app.records.operation import Edit
from trainer_app.reports.overview import PROVINCE, REGENCY, Overview, View, first_view, may_see, overview
from trainer_app.storage import rollup
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.server_tables import create_server_tables
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
#: (registered, digitised) by district; 5301 and 5302 in NTT, 3403 in Yogyakarta, 9401 in Papua Tengah.
PEOPLE = {
    "53.01.04": (40, 20),
    "53.01.05": (12, 6),
    "53.01.06": (3, 1),
    "53.02.01": (30, 3),
    "34.03.01": (20, 18),
    "94.01.01": (7, 0),
}
SEES_ALL = None


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A centre with the people of `PEOPLE`, two targets and three laptops."""
    db = open_sqlite(tmp_path_factory.mktemp("pusat") / "centre.db", bytes(32))
    create_all(db)
    create_server_tables(db)
    store = Store(db)
    store.found(new_id(), bytes(range(32)), "Pusat", ())
    edits: list[Edit] = []
    for district, (registered, digitised) in PEOPLE.items():
        area = places.area_of(district[:5])
        for i in range(registered):
            edits += _person(area, district + ".2001", digitised=i < digitised)
    programme = new_id()
    edits.append(Edit(Programme, programme, 0, {"name": "Digital 2026", "starts_on": "2026-06-01"}))
    for regency, digital in (("53.01", 60), ("53.02", 40)):
        values = {"programme": programme, "regency": regency, "by_month": "2026-11", "digitised": digital}
        edits.append(Edit(Target, new_id(), 0, values))
    laptops = {new_id(): (area, days) for area, days in ((5301, 1), (5302, 9), (9401, 2))}
    for row, (area, _days) in laptops.items():
        values = {
            "name": "CONTOH",
            "areas": str(area),
            "state": "aktif",
            "enrolled_at": NOW_MS - 90 * 86_400_000,
        }
        edits.append(Edit(Device, row, 0, values))
    store.save(edits, NO_ID)
    with db.writing() as c:
        for row, (_area, days) in laptops.items():
            store.replicas.introduce(c, row)
            c.run("UPDATE replica SET seen_at = ? WHERE id = ?", NOW_MS - days * 86_400_000, row)
        for area in {places.area_of(district[:5]) for district in PEOPLE}:
            rollup.recompute(c, area)
    yield store
    db.close()


def _person(area: int, village: str, *, digitised: bool) -> list[Edit]:
    row = new_id()
    shop = derived_id(Enterprise, row)
    edits = [
        Edit(Person, row, area, {"full_name": "CONTOH", "sex": "P", "village": village}),
        Edit(Enterprise, shop, area, {"owner": row}),
    ]
    if digitised:
        values = {"enterprise": shop, "step": "T4", "reached_on": "2026-10-05"}
        edits.append(Edit(Milestone, new_id(), area, values))
    return edits


def seen(store: Store, view: View, *areas: int) -> Overview:
    return overview(store, view, frozenset(areas) if areas else SEES_ALL, NOW)


def cell(report: Overview, code: str) -> tuple[int | None, int | None]:
    (found,) = [one for one in report.cells if one.code == code]
    return found.shown["registered"], found.shown["digitised"]


def test_the_whole_adds_everything_up(store: Store) -> None:
    report = seen(store, View())
    assert report.shown["registered"] == sum(registered for registered, _digitised in PEOPLE.values())
    assert len(report.cells) == 38
    assert cell(report, "53") == (85, 30)
    assert cell(report, "11") == (0, 0)
    target = report.targets["digitised"]
    assert target is not None
    assert target.total == 100
    assert [name for name, _count in report.funnel] == [
        "registered",
        "attended",
        "trained",
        "qris",
        "first_sale",
    ]


def test_a_reader_of_one_regency_gets_its_numbers_only(store: Store) -> None:
    report = seen(store, View(REGENCY, "53.01"), 5301)
    assert report.shown["registered"] == 55
    province = seen(store, View(PROVINCE, "53"), 5301)
    assert province.shown["registered"] == 55
    assert [one.code for one in province.cells] == ["53.01"]
    assert seen(store, View(), 5301, 9401).shown["registered"] == 62


def test_a_small_district_hides_and_takes_company(store: Store) -> None:
    report = seen(store, View(REGENCY, "53.01"))
    assert cell(report, "53.01.04") == (40, 20)
    assert cell(report, "53.01.06") == (None, None)
    assert cell(report, "53.01.05") == (None, 6), "or 55 less 40 less 12 would tell"
    small, company = (next(c for c in report.cells if c.code == code) for code in ("53.01.06", "53.01.05"))
    assert small.few("registered")
    assert not company.few("registered")
    assert small.rate is None
    assert not small.empty


def test_what_one_page_hides_the_next_does_not_tell(store: Store) -> None:
    """In NTT 3 of Kab. Timor Tengah Selatan are digital: its own page must not show the number either."""
    province = seen(store, View(PROVINCE, "53"))
    assert cell(province, "53.02") == (30, None)
    assert cell(province, "53.01") == (55, None)
    assert seen(store, View(REGENCY, "53.02")).shown["digitised"] is None
    regency = seen(store, View(REGENCY, "53.01"))
    assert regency.shown["digitised"] is None
    assert None in [one.shown["digitised"] for one in regency.cells]
    assert all(point.digitised is None for point in regency.months)


def test_underdeveloped_regencies_together(store: Store) -> None:
    group = seen(store, View()).underdeveloped
    assert group is not None
    assert (group.regencies, group.with_data) == (62, 3)
    assert group.shown["registered"] == 92
    assert not group.in_force
    assert seen(store, View(PROVINCE, "34")).underdeveloped is None
    assert seen(store, View(REGENCY, "53.01")).underdeveloped is None


def test_months_add_up_to_the_total_along_the_target(store: Store) -> None:
    report = seen(store, View())
    assert [point.month for point in report.months] == [f"2026-{month:02d}" for month in range(6, 12)]
    assert [point.digitised for point in report.months] == [0, 0, 0, 0, 48, 48]
    assert [round(point.target or 0) for point in report.months] == [17, 33, 50, 67, 83, 100]


def test_freshness_is_that_of_the_laptops_in_view(store: Store) -> None:
    assert seen(store, View()).coverage.share == pytest.approx(2 / 3)
    kupang = seen(store, View(REGENCY, "53.01")).coverage
    assert (kupang.laptops, kupang.share) == (1, 1.0)
    assert kupang.until == NOW - timedelta(days=1)
    assert seen(store, View(REGENCY, "34.03")).coverage.until is None


def test_an_area_without_anything_is_a_page_of_zeros(store: Store) -> None:
    report = seen(store, View(REGENCY, "11.01"))
    assert report.shown["registered"] == 0
    assert all(one.empty for one in report.cells)
    assert report.targets["digitised"] is None


@pytest.mark.parametrize(
    ("areas", "view"),
    [
        (None, View()),
        ({5301}, View(REGENCY, "53.01")),
        ({5301, 5302}, View(PROVINCE, "53")),
        ({5301, 9401}, View()),
    ],
)
def test_where_a_reader_begins(areas: set[int] | None, view: View) -> None:
    assert first_view(areas) == view


def test_what_a_reader_may_open() -> None:
    assert may_see(View(REGENCY, "53.01"), {5301})
    assert may_see(View(PROVINCE, "53"), {5301})
    assert not may_see(View(REGENCY, "53.02"), {5301})
    assert not may_see(View(PROVINCE, "94"), {5301})
    assert not may_see(View(REGENCY, "53.99"), None)
    assert not may_see(View(PROVINCE, "99"), None)
