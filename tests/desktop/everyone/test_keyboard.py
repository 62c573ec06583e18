"""Everything by keyboard: Tab leaves every control and comes round in reading order, F6 goes from zone to
zone, the focus is where one was after a sheet, a file dialog or a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QStandardPaths, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QFileDialog, QScrollArea, QTextBrowser, QWidget

from tests.desktop.everyone import scenes
from tests.desktop.everyone.checks import described
from tests.desktop.everyone.laptop import season
from tests.desktop.everyone.stage import NARROW, WIDE, Stage, staged
from tests.desktop.everyone.walking import walk
from trainer_app.desktop import theme
from trainer_app.desktop.parts import announce as announcing
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.pin import Keypad
from trainer_app.desktop.parts.rail import Rail
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.toast import current_toast
from trainer_app.records.kinds import Person

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support", extend=True)]
MOST_STOPS = 150
LINKS = 40  # a page of the manual gives its links to the Tab key, one by one, and then lets go
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    with staged(season(tmp_path)) as made:
        yield made
    theme.apply(qapp)


# ---------------------------------------------------------------- the Tab key
def tab_stops(stage: Stage, window: QWidget) -> list[QWidget]:
    """Where the Tab key goes, pressed until it comes round; a control that keeps it ends the list twice."""
    stops: list[QWidget] = []
    while len(stops) < MOST_STOPS:
        holder = window.focusWidget()
        if holder is None or holder in stops:
            if stops and holder is stops[-1]:
                stops.append(holder)
            break
        stops.append(holder)
        for _link in range(LINKS if isinstance(holder, QTextBrowser) else 1):
            stage.press(Qt.Key.Key_Tab)
            QApplication.processEvents()
            if window.focusWidget() is not holder:
                break
    return stops


def place(widget: QWidget, window: QWidget) -> QRect:
    """Where it lies, whatever was scrolled to."""
    at = widget.mapTo(window, QPoint(0, 0))
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QScrollArea):
            at += QPoint(0, parent.verticalScrollBar().value())
        parent = parent.parentWidget()
    return QRect(at, widget.size())


def backwards(stops: list[QWidget], window: QWidget) -> list[str]:
    """Steps against the reading order: up in the same column, or to the left in the same line."""
    wrong = []
    for one, other in pairwise([*stops, *stops[:1]]):
        if isinstance(one.parentWidget(), Rail) or isinstance(other.parentWidget(), Rail):
            continue
        if isinstance(one.parentWidget(), Keypad) or isinstance(other.parentWidget(), Keypad):
            continue  # it comes last of all: whoever uses the Tab key has digits at hand
        if isinstance(window, Sheet) and _closing(one) and _closing(other):
            continue  # in a form the last Enter is to save, so saving comes before leaving
        here, there = place(one, window), place(other, window)
        same_line = min(here.bottom(), there.bottom()) - max(here.top(), there.top()) > here.height() // 2
        if same_line and there.right() <= here.left():
            wrong.append(f"{described(one)} → left to {described(other)}")
        elif there.bottom() <= here.top() and there.left() <= here.right():
            wrong.append(f"{described(one)} → up to {described(other)}")
    return wrong if len(wrong) > 1 else []  # once it begins anew at the top


def _closing(widget: QWidget) -> bool:
    """A button of the row at the foot of a sheet."""
    return isinstance(widget, Button) and widget.parentWidget() is getattr(widget.window(), "card", None)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_tab_leaves_every_control_and_goes_in_reading_order(stage: Stage, size: object) -> None:
    stage.dress("siang", 100, size)  # type: ignore[arg-type]  # a QSize
    wrong: dict[str, list[str]] = {}

    def look(name: str, window: QWidget) -> None:
        stops = tab_stops(stage, window)
        found = []
        if len(stops) > 2 and stops[-1] is stops[-2]:  # alone it has nowhere to go
            found.append(f"{described(stops[-1])} does not let go")
        found += backwards(stops, window)
        reached = set(stops)
        found += [
            f"{described(w)} is not reached"
            for w in window.findChildren(QWidget)
            if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
            if w not in reached and w.focusProxy() is None and not _of_a_group(w, reached)
        ]
        if found:
            wrong[name] = found

    walk(stage, look)
    assert wrong == {}


def _of_a_group(widget: QWidget, reached: set[QWidget]) -> bool:
    """Of buttons of which one is chosen the chosen one is the stop, the arrows go to the others."""
    if not getattr(widget, "autoExclusive", lambda: False)():
        return False
    return any(other.parentWidget() is widget.parentWidget() for other in reached)


def test_f6_goes_round_rail_page_and_footer(stage: Stage) -> None:
    stage.go("sessions")
    zones = []
    for _press in range(3):
        stage.press(Qt.Key.Key_F6)
        holder = stage.window.focusWidget()
        assert holder is not None
        page = stage.page
        inside = "foot" if page.footer_bar.isAncestorOf(holder) else "page"
        zones.append(inside if page.isAncestorOf(holder) else "rail")
    assert sorted(zones) == ["foot", "page", "rail"]


# ---------------------------------------------------------------- afterwards
def test_after_a_sheet_the_keyboard_is_where_it_was(stage: Stage) -> None:
    elsewhere: list[str] = []
    for scene in scenes.pages():
        window = scene.open(stage)
        for path in [name for name, _button in scenes.controls(window) if scenes.may_be_pressed(name)]:
            scene.open(stage)
            button = scenes.find(window, path)
            opened = scenes.press_by_key(stage, button) if button is not None else None
            if opened is None:
                continue
            opened.reject()
            stage.settle()
            stage.activate(stage.window)
            if button is not stage.window.focusWidget():
                elsewhere.append(f"{scene.name}: {path}")
            stage.close_all()
    assert elsewhere == []


def test_after_saving_a_person_with_ctrl_s_the_keyboard_stays_at_the_card(stage: Stage) -> None:
    stage.go("person", id=stage.season.person)
    assert stage.page._cards[0].button.hasFocus(), "where the page begins"
    stage.press(Qt.Key.Key_Space)
    stage.settle()
    stage.press(Qt.Key.Key_End)
    for key in (Qt.Key.Key_B, Qt.Key.Key_A):
        stage.press(key)
    stage.press(Qt.Key.Key_S, CONTROL)
    stage.settle()
    assert current_toast(stage.window) is not None
    held = stage.app.desk.store.get(Person, stage.season.person)  # type: ignore[union-attr]  # signed in
    assert held is not None
    assert (held.full_name or "").lower().endswith("ba")
    stage.settle()
    holder = stage.window.focusWidget()
    assert holder is not None
    assert holder.accessibleName() == "Ubah Pemilik usaha"


def test_photos_are_looked_for_where_the_pictures_are(stage: Stage, tmp_path: Path) -> None:
    window = stage.go("person", id=stage.season.person)
    button = scenes.find(window, "Button Tambah foto #1")
    assert button is not None
    opened = scenes.press_by_key(stage, button)
    assert isinstance(opened, QFileDialog)
    home, pictures = (
        QStandardPaths.writableLocation(where)
        for where in (
            QStandardPaths.StandardLocation.HomeLocation,
            QStandardPaths.StandardLocation.PicturesLocation,
        )
    )
    assert opened.directory().absolutePath() in (home, pictures)
    assert Path(opened.directory().absolutePath()) != Path.cwd()
    stage.close_all()


# ---------------------------------------------------------------- said
def test_what_happened_is_said_aloud(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen reader is the stand-in here: the program is told that one is running, and what it is sent is
    kept.
    """
    said: list[str] = []

    class Reader(QAccessible):
        @staticmethod
        def isActive() -> bool:  # noqa: N802 (a name of Qt)
            return True

        @staticmethod
        def updateAccessibility(event: object) -> None:  # noqa: N802 (a name of Qt)
            said.append(event.message())  # type: ignore[attr-defined]  # an announcement

    monkeypatch.setattr(announcing, "QAccessible", Reader)
    stage.go("person", id=stage.season.person)
    stage.press(Qt.Key.Key_Space)
    stage.settle()
    stage.press(Qt.Key.Key_End)
    stage.press(Qt.Key.Key_B)
    stage.press(Qt.Key.Key_S, CONTROL)
    stage.settle()
    assert any("tersimpan" in words for words in said), "saved"
    said.clear()
    stage.go("register")
    stage.press(Qt.Key.Key_Return, CONTROL)
    stage.settle()
    assert any("perlu diperbaiki" in words for words in said), f"the summary of what is missing: {said}"
