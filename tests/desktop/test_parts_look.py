"""What people see: every page of the gallery in every look and size, walked widget by widget."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.contrast import contrast
from tests.desktop import gallery
from trainer_app.desktop import theme
from trainer_app.desktop.parts import mnemonic
from trainer_app.desktop.parts.buttons import Button, primary, secondary
from trainer_app.desktop.parts.choices import CheckEditor, PickEditor
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.page import Page
from trainer_app.desktop.parts.rail import Rail
from trainer_app.desktop.parts.text import Text

LOOKED_AT = [
    ("siang", QSize(1366, 700), 100),
    ("terik", QSize(1366, 700), 100),
    ("malam", QSize(1366, 700), 130),
    ("siang", QSize(1366, 700), 150),
    ("terik", QSize(1093, 614), 100),
    ("terik", QSize(1366, 700), 130),
]
# classes of Qt that the kit dresses or paints, with what they are made of inside
DRESSED = {
    "QWidget", "QFrame", "QLabel", "QLineEdit", "QPlainTextEdit", "QScrollArea", "QTableView", "QHeaderView",
    "QScrollBar", "QAbstractButton", "QPushButton", "QCheckBox", "QComboBox", "QProgressBar", "QListView",
    "QDialog", "QTableCornerButton", "QComboBoxListView", "QComboBoxPrivateContainer",
    "QComboBoxPrivateScroller", "QStyledItemDelegate",
}  # fmt: skip


@pytest.fixture(scope="module", params=LOOKED_AT, ids=lambda p: f"{p[0]}-{p[1].width()}-{p[2]}")
def dressed(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[tuple[str, QSize, int]]:
    look, _size, text_size = request.param
    theme.apply(qapp, look, text_size)
    yield request.param
    theme.apply(qapp)


@pytest.fixture(scope="module", params=sorted(gallery.PAGES))
def frame(request: pytest.FixtureRequest, dressed: tuple[str, QSize, int]) -> Iterator[QWidget]:
    window = gallery.show(request.param, dressed[1])
    yield window
    gallery.take_down(window)


def visible(window: QWidget) -> list[QWidget]:
    return [w for w in window.findChildren(QWidget) if w.isVisible() and not isinstance(w, QScrollBar)]


def describe(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return f"{type(widget).__name__} {text or widget.accessibleName()!r}"


def clipped(widget: QWidget) -> str:
    """Why the words of ``widget`` do not fit; empty when they do."""
    if isinstance(widget, Text) and widget.text():
        if widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            return (
                f"needs {needed} px of height, has {widget.height()}" if needed > widget.height() + 1 else ""
            )
        hint = widget.sizeHint()
        if hint.width() > widget.width() + 1 or hint.height() > widget.height() + 1:
            return f"needs {hint.toTuple()}, has {widget.size().toTuple()}"
    if isinstance(widget, Button) and widget.text():
        hint = widget.sizeHint()
        if hint.width() > widget.width() + 1 or hint.height() > widget.height() + 1:
            return f"needs {hint.toTuple()}, has {widget.size().toTuple()}"
    if isinstance(widget, CheckEditor) and widget.heightForWidth(widget.width()) > widget.height():
        return "the sentence does not fit"
    return ""


def test_no_words_are_clipped(frame: QWidget) -> None:
    wrong = {describe(w): why for w in visible(frame) if (why := clipped(w))}
    assert wrong == {}


def test_nothing_reaches_over_the_side(frame: QWidget, dressed: tuple[str, QSize, int]) -> None:
    assert frame.width() == dressed[1].width(), "the page is too wide for its window"
    assert frame.height() == dressed[1].height(), "the page is too high for its window"
    for widget in visible(frame):
        parent = widget.parentWidget()
        if parent is None or isinstance(parent.parentWidget(), QAbstractScrollArea):
            continue
        assert widget.x() + widget.width() <= parent.width() + 1, describe(widget)
    for page in frame.findChildren(Page):
        if page.scroller is not None:
            assert page.scroller.inside.width() <= page.scroller.viewport().width(), page.accessibleName()


def test_everything_the_keyboard_reaches_has_a_name(frame: QWidget) -> None:
    silent = [
        describe(w)
        for w in visible(frame)
        if w.focusPolicy() != Qt.FocusPolicy.NoFocus and not w.accessibleName().strip() and not w.focusProxy()
    ]
    assert silent == []


def test_only_classes_the_theme_dresses(frame: QWidget) -> None:
    strange = set()
    for widget in visible(frame):
        meta = widget.metaObject()
        while meta.className() not in DRESSED and meta.superClass() is not None:
            if not meta.className().startswith("Q"):
                meta = meta.superClass()
                continue
            strange.add(f"{describe(widget)}: {meta.className()}")
            break
    assert strange == set()


def test_targets_are_large_enough(frame: QWidget) -> None:
    small = {
        describe(w): w.size().toTuple()
        for w in visible(frame)
        if isinstance(w, QAbstractButton | QLineEdit) and not isinstance(w.parentWidget(), QHeaderView)
        if w.metaObject().className() != "QTableCornerButton"
        if min(w.width(), w.height()) < 36
    }
    assert small == {}


def tab_chain(window: QWidget) -> list[QWidget]:
    """Where Tab goes, from the widget that has the focus, once around."""
    chain: list[QWidget] = []
    while len(chain) < 200:
        now = window.focusWidget()
        if now is None or now in chain:
            break
        chain.append(now)
        window.focusNextPrevChild(True)  # type: ignore[attr-defined]  # protected in the stubs only
    return chain


@pytest.mark.parametrize("name", sorted(gallery.PAGES))
def test_tab_reaches_everything_in_reading_order_and_is_not_trapped(qapp: QApplication, name: str) -> None:
    theme.apply(qapp)
    window = gallery.show(name, QSize(1366, 700))
    page = window.layout().itemAt(window.layout().count() - 1).widget()
    chain = tab_chain(window)
    rail_stops = [w for w in chain if isinstance(w.parentWidget(), Rail)]
    assert len(rail_stops) <= 2, "the rail's places are one stop, the safe card another"
    fields = [w for w in chain if isinstance(w.parentWidget(), Field)]
    places = [w.mapTo(page, w.rect().topLeft()) for w in fields]
    reading = sorted(range(len(places)), key=lambda i: (places[i].y() // 40, places[i].x()))
    start = reading.index(0) if reading else 0
    assert reading[start:] + reading[:start] == list(range(len(places)))
    gallery.take_down(window)


@pytest.mark.parametrize("name", sorted(gallery.PAGES))
def test_alt_letters_are_unique_on_a_page(qapp: QApplication, name: str) -> None:
    theme.apply(qapp)
    window = gallery.window(name, QSize(1366, 700))
    texts = [w.text() for w in window.findChildren(QWidget) if isinstance(w, QLabel | QAbstractButton)]
    letters = [mnemonic.letter(text.replace("&&", "")) for text in texts]
    used = [letter for letter in letters if letter]
    assert len(used) == len(set(used)), sorted(used)
    gallery.take_down(window)


def test_tab_draws_no_second_frame_into_a_button(qapp: QApplication, qtbot: QtBot) -> None:
    """Once Tab was pressed, Qt's style would draw its own frame inside the one of the theme."""
    theme.apply(qapp)
    box = QWidget()
    button = secondary("Simpan")
    button.setParent(box)
    box.show()
    box.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    pictures = []
    for by_key in (False, True):
        box.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange, by_key)
        pictures.append(button.grab().toImage())
    assert pictures[0] == pictures[1]
    gallery.take_down(box)


@pytest.mark.parametrize("look", theme.LOOKS)
@pytest.mark.parametrize("make", [primary, secondary], ids=["primary", "secondary"])
def test_focus_is_seen(qapp: QApplication, qtbot: QtBot, look: str, make: object) -> None:
    """At least a line around the button changes by 3:1 or more when the focus comes."""
    theme.apply(qapp, look)
    box = QWidget()
    button, other = make("Simpan"), make("Lain")  # type: ignore[operator]  # one of the two above
    for widget in (button, other):
        widget.setParent(box)
        widget.resize(160, 46)
    other.move(0, 60)
    box.resize(200, 120)
    box.show()
    box.activateWindow()
    qtbot.waitUntil(box.isActiveWindow)
    other.setFocus()
    before = button.grab().toImage()
    button.setFocus()
    after = button.grab().toImage()
    changed = sum(
        contrast(before.pixelColor(x, y).name(), after.pixelColor(x, y).name()) >= 3
        for x in range(before.width())
        for y in range(before.height())
    )
    assert changed >= 2 * (button.width() + button.height()) * 0.9
    gallery.take_down(box)
    theme.apply(qapp)


@pytest.mark.qt_log_ignore("does not support")
def test_pieces_the_keyboard_lists_open(qapp: QApplication) -> None:
    """The drop-down's list is dressed and its rows are large enough to hit."""
    theme.apply(qapp)
    pick = PickEditor([(n, f"Pilihan {n}") for n in range(9)], "Pilih")
    pick.show()
    pick.showPopup()
    assert pick.view().sizeHintForRow(0) >= 36
    assert pick.view().findChildren(QFrame) is not None
    pick.hidePopup()
    gallery.take_down(pick)


def test_gallery_writes_pictures(qapp: QApplication) -> None:
    theme.apply(qapp)
    window = gallery.show("05-today", QSize(1366, 700))
    image = window.grab().toImage()
    assert isinstance(image, QImage)
    colours = {image.pixelColor(x, y).name() for x in range(0, 1366, 7) for y in range(0, 700, 7)}
    assert {theme.current().hex(role).lower() for role in ("rail", "bg", "surface", "primary")} <= colours
    gallery.take_down(window)
