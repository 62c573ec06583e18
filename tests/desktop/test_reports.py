"""Laporan: the same numbers as a picture and as a table, by keyboard, and as files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, qGray
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, BEGIN, TRAINER, made_desk, made_store
from trainer_app.desktop.pages.report_charts import borders, chart_of
from trainer_app.desktop.pages.report_files import csv_of, pdf_of, png_of, xlsx_of
from trainer_app.desktop.pages.reports import TABLE, ReportsPage
from trainer_app.desktop.parts import chart
from trainer_app.desktop.parts.chart import MAP, STEPS, Chart, Item
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Enterprise, Milestone, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.reports.catalogue import BY_KEY
from trainer_app.reports.overview import PROVINCE, WHOLE, View
from trainer_app.reports.report import Filters
from trainer_app.storage.store import Store

VILLAGE = "53.01.08.2006"


def filled(store: Store) -> None:
    """Twenty people of Kupang, ten of them with a shop online."""
    for number in range(20):
        row = new_id()
        firm = derived_id(Enterprise, row)
        edits = [
            Edit(Person, row, AREA, {"full_name": f"CONTOH {number}", "sex": "P", "village": VILLAGE}),
            Edit(Enterprise, firm, AREA, {"owner": row}),
        ]
        if number % 2:
            values = {"enterprise": firm, "step": "T3", "reached_on": "2026-11-01"}
            edits.append(Edit(Milestone, new_id(), AREA, values))
        store.save(edits, TRAINER)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = made_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def page(qtbot: QtBot, store: Store) -> Iterator[ReportsPage]:
    filled(store)
    with made_desk(qtbot, store) as desk:
        made = ReportsPage(desk)
        made.setParent(desk.host.widget())
        made.resize(1154, 700)
        desk.host.widget().show()
        made.show()
        made.shown()
        qtbot.waitUntil(lambda: made.sheet() is not None)
        yield made


def waits_for(qtbot: QtBot, page: ReportsPage, key: str) -> None:
    qtbot.waitUntil(lambda: (sheet := page.sheet()) is not None and sheet.report.key == key)


def test_the_arrows_go_from_report_to_report_and_ctrl_t_to_the_table(qtbot: QtBot, page: ReportsPage) -> None:
    assert page.picture.accessibleDescription().startswith("Terdaftar 20; Hadir")
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    waits_for(qtbot, page, "areas")
    page.shortcuts()[0].deed()
    assert page.shape.value() == TABLE
    assert page.table is not None
    qtbot.waitUntil(page.table.isVisible)
    assert not page.picture.isVisible()
    assert page.table.model().index(0, 2).data() == "20"


def test_the_arrows_say_each_value_of_the_picture(qtbot: QtBot, page: ReportsPage) -> None:
    page.picture.setFocus()
    qtbot.keyClick(page.picture, Qt.Key.Key_Down)
    assert page.pointed.text() == "Terdaftar: 20"
    qtbot.keyClick(page.picture, Qt.Key.Key_Down)
    assert page.pointed.text().startswith("Hadir ≥ 1 sesi: ")


def test_a_report_without_data_says_so_and_offers_no_file(qtbot: QtBot, page: ReportsPage) -> None:
    page.shown(report="attendance")
    waits_for(qtbot, page, "attendance")
    assert page.empty.isVisible()
    assert not any(button.isEnabled() for button in page.files.values())


def test_what_is_registered_meanwhile_is_counted(qtbot: QtBot, page: ReportsPage) -> None:
    filled(page.desk.store)
    page.refresh(set())
    qtbot.waitUntil(lambda: page.picture.accessibleDescription().startswith("Terdaftar 40"))


def test_each_kind_of_file_is_small_and_says_when_and_by_which_rule(qtbot: QtBot, page: ReportsPage) -> None:
    page.shown(report="areas")
    waits_for(qtbot, page, "areas")
    sheet = page.sheet()
    assert sheet is not None
    assert "aturan 2026-2" in sheet.notes
    assert any("Laptop CONTOH" in note and "4 Nov 2026" in note for note in sheet.notes)
    pdf = pdf_of(sheet)
    assert pdf.startswith(b"%PDF")
    assert len(pdf) < 300_000
    assert png_of(sheet).startswith(b"\x89PNG")
    assert xlsx_of(sheet).startswith(b"PK")
    assert csv_of(sheet).decode("utf-8-sig").startswith("Kode wilayah,Wilayah,Terdaftar")


def test_a_file_is_written_where_it_was_asked_for(qtbot: QtBot, page: ReportsPage, tmp_path: Path) -> None:
    page.save_to(tmp_path / "laporan.csv", csv_of)
    qtbot.waitUntil(lambda: (tmp_path / "laporan.csv").exists())
    qtbot.waitUntil(lambda: bool(page.desk.host.toasts))  # type: ignore[attr-defined]  # a recording host


# ---------------------------------------------------------------- painting
def painted(shown: Chart) -> QImage:
    image = QImage(900, 500, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    chart.paint(painter, QRectF(0, 0, 900, 500), shown, chart.paper_inks(1))
    painter.end()
    return image


def greys_at(image: QImage, shown: Chart, code: str) -> set[int]:
    """The greys in a small square inside an area."""
    scale, corner = chart.map_scale(QRectF(0, 0, 900, 500), shown, 1)
    middle = shown.paths[code].boundingRect().center()
    x, y = round(middle.x() * scale + corner.x()), round(middle.y() * scale + corner.y())
    return {qGray(image.pixel(x + dx, y + dy)) for dx in range(-9, 10) for dy in range(-9, 10)}


def test_an_area_has_the_tone_of_its_rate_and_one_without_data_is_hatched(qtbot: QtBot, store: Store) -> None:
    filled(store)
    report, view = BY_KEY["areas"], View(PROVINCE, "53")
    rows = report.rows(store, Filters(BEGIN, view=view))
    shown = chart_of(report, rows, view)
    assert shown is not None
    assert shown.kind == MAP
    image = painted(shown)
    tone = qGray(chart.shade(0.5, chart.paper_inks(1)).rgb())
    assert greys_at(image, shown, "53.01") == {tone}
    hatched = greys_at(image, shown, "53.02")
    assert len(hatched) > 1
    assert 255 in hatched


def test_the_five_tones_differ_on_a_grey_copy(qtbot: QtBot, store: Store) -> None:
    with made_desk(qtbot, store):
        for inks in (chart.screen_inks(), chart.paper_inks(1)):
            greys = [qGray(chart.shade(least, inks).rgb()) for least in STEPS]
            steps = [abs(one - other) for one, other in pairwise(greys)]
            assert min(steps) > 20


def test_every_province_and_regency_has_borders() -> None:
    assert len(borders(WHOLE)) == 38
    assert len(borders(PROVINCE)) == 514
    assert not any(path.isEmpty() for path in borders(PROVINCE).values())


def test_a_bar_is_as_long_as_its_share() -> None:
    half = Chart(chart.BARS, [Item("a", "A", 0.5, "50%"), Item("b", "B", None, "< 5")])
    image = painted(half)
    row = [qGray(image.pixel(x, 24)) for x in range(230, 790)]
    dark = sum(grey < 60 for grey in row)
    room = 900 - 230 - 110
    assert abs(dark - room / 2) < 6
