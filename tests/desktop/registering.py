"""Registering from the keyboard in a real window: what the tests of the page share."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.kinds import Person

CONTROL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


class Keyboard:
    """Types where the focus is and counts strokes: data, and control keys (a held modifier is one more)."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        self.data = self.control = 0

    def _target(self) -> QWidget:
        """Where a stroke goes. The offscreen platform leaves a list that closed the active window: real ones
        do not.
        """
        QApplication.processEvents()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup
        sheets = [w for w in self.window.findChildren(Sheet) if w.isVisible()]
        front = sheets[-1] if sheets else self.window
        if QApplication.activeWindow() is not front:
            front.activateWindow()
            QApplication.processEvents()
        return QApplication.focusWidget() or front

    def type(self, text: str) -> None:
        self.data += len(text)
        for letter in text:
            QTest.keyClicks(self._target(), letter)
        self._target()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
        self.control += 1 if modifier == PLAIN else 2
        QTest.keyClick(self._target(), key, modifier)
        self._target()

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def save_and_next(self) -> None:
        self.press(Qt.Key.Key_Return, CONTROL)


def at_registration(qtbot: QtBot, app: Any) -> Any:
    """The registration page of a window in which the keyboard works."""
    app.go("register")
    app.window.activateWindow()
    qtbot.waitUntil(app.window.isActiveWindow)
    page = app.frame.page
    page.shown()
    return page


def saved(qtbot: QtBot, page: Any, before: int) -> None:
    """Waits until one more person is saved and the form is empty again."""
    qtbot.waitUntil(lambda: page.desk.store.count(Person) == before + 1)
    qtbot.waitUntil(lambda: not page._saving and page.form.is_blank())
