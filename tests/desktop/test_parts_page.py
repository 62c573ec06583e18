"""A page and its columns: folding, scrolling, the way back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.desktop.opening import Opener, heard_from
from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import IconButton, primary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.editors import LineEditor
from trainer_app.desktop.parts.page import Columns, Page, ScrollBody
from trainer_app.desktop.parts.scan_band import ScanBand


def test_columns_fold(opened: Opener) -> None:
    left, right = Card("Kiri"), Card("Kanan")
    columns = Columns(left, right, 300)
    opened(columns)
    assert left.geometry().right() < right.geometry().left()
    assert right.width() == 300
    columns.set_compact(True)
    QApplication.processEvents()
    assert right.geometry().bottom() < left.geometry().top()
    assert right.width() == left.width()
    columns.set_compact(False)
    QApplication.processEvents()
    assert right.width() == 300


def test_page_passes_narrowness_on(opened: Opener) -> None:
    class Folding(Page):
        told: bool | None = None

        def compact_changed(self, compact: bool) -> None:
            self.told = compact

    page = Folding("Judul", "Baris", footer=True)
    columns = Columns(Card("a"), Card("b"))
    page.body.addWidget(columns)
    page.footer.addWidget(primary("Simpan"))
    opened(page)
    page.set_compact(True)
    QApplication.processEvents()
    assert page.told is True
    assert columns.right.geometry().bottom() < columns.left.geometry().top()
    assert page.footer_bar is not None
    assert page.footer_bar.geometry().bottom() == page.rect().bottom()


def test_focus_scrolls_into_view(opened: Opener) -> None:
    body = ScrollBody()
    editors = [LineEditor(name=f"isian {n}") for n in range(30)]
    for editor in editors:
        body.body.addWidget(editor)
    opened(body, size=QSize(500, 300))
    assert editors[-1].visibleRegion().isEmpty()
    editors[-1].setFocus()
    assert not editors[-1].visibleRegion().isEmpty()


def test_a_page_begins_at_its_top_where_the_focus_has_room(opened: Opener, qtbot: QtBot) -> None:
    body = ScrollBody()
    editors = [LineEditor(name=f"isian {n}") for n in range(30)]
    for editor in editors:
        body.body.addWidget(editor)
    opened(body, size=QSize(500, 300))
    editors[-1].setFocus()
    assert body.verticalScrollBar().value() > 0
    editors[2].setFocus()
    assert body.verticalScrollBar().value() == 0
    editors[0].hide()
    late = LineEditor(name="baru")
    body.body.insertWidget(0, late)
    late.show()
    late.setFocus()  # before it has its place
    qtbot.waitUntil(lambda: late.geometry().isValid() and body.verticalScrollBar().value() == 0)


def test_a_narrow_band_leaves_the_hint_out_but_no_result(opened: Opener, qtbot: QtBot) -> None:
    band = ScanBand(scanning=False)
    band.set_slim(True)
    opened(band, size=QSize(500, 80))
    band.show_ready("Tekan Spasi pada nama yang hadir", "Atau cari namanya, lalu Enter")
    assert (band.result.isHidden(), "Enter" in band.accessibleName()) == (True, True)
    QApplication.processEvents()
    assert band.name.x() < theme.px(80), "beside the picture"
    band.window().resize(1200, 80)
    qtbot.waitUntil(lambda: not band.result.isHidden())
    band.window().resize(500, 80)
    qtbot.waitUntil(lambda: band.result.isHidden())
    band.show_result("Siti Aminah", "Hadir · 09.14", "ok")
    assert not band.result.isHidden()


def test_back_arrow(opened: Opener, qtbot: QtBot) -> None:
    page = Page("Orang")
    opened(page)
    page.header.show_back("Kembali ke Peserta")
    heard = heard_from(page.header.back)
    arrow = page.header.findChild(IconButton)
    assert arrow.accessibleName() == "Kembali ke Peserta"
    qtbot.mouseClick(arrow, Qt.MouseButton.LeftButton)
    assert len(heard) == 1
