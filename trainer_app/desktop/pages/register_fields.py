"""What the cards of the registration share: rows that fold, what an editor holds letter by letter, the way of
the Tab key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.editors import DigitsEditor, MultiSeg, Seg, Suggest
from trainer_app.desktop.parts.field import Field

Row = Sequence[tuple[QWidget, int]]
#: Narrower than this (pixels at text size 100 %), fields go below each other.
NARROW = 640


class Rows(QWidget):
    """Fields side by side, in rows that are set anew when there is little room. Numbers are shares of the
    width.
    """

    def __init__(self, wide: Sequence[Row], narrow: Sequence[Row], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wide, self._narrow = wide, narrow
        self._is_narrow: bool | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(2))
        self._set(narrow=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set(narrow=event.size().width() < theme.px(NARROW))

    def _set(self, *, narrow: bool) -> None:
        """Wide rows or narrow ones; both hold the same fields."""
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        while (item := self._column.takeAt(0)) is not None:
            line = item.layout()
            while line is not None and line.takeAt(0) is not None:
                pass
            if line is not None:
                line.deleteLater()
        for row in self._narrow if narrow else self._wide:
            line = QHBoxLayout()
            line.setSpacing(theme.px(16))
            for field, share in row:
                line.addWidget(field, share)
            self._column.addLayout(line)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the narrow rows allow, whichever are set: otherwise the wide ones never give way."""
        hint = super().minimumSizeHint()
        widest = max(
            sum(field.minimumSizeHint().width() for field, _share in row) + theme.px(16) * (len(row) - 1)
            for row in self._narrow
        )
        return QSize(min(hint.width(), widest), hint.height())


def beside(field: QWidget, button: Button) -> QWidget:
    """A field with a button in the line of its editor."""
    pair = QWidget()
    line = QHBoxLayout(pair)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme.px(8))
    line.addWidget(field, 1)
    name = button.accessibleName()
    line.addWidget(Field("", button))
    button.setAccessibleName(name)
    return pair


class NikEditor(DigitsEditor):
    """Sixteen digits in fours. Letters that look like digits stay, so that the mistake can be shown and
    mended.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__((4, 4, 4, 4), 16, parent=parent)

    def _kept(self, text: str) -> str:
        return re.sub(r"[^0-9OoIl|]", "", text)[:16]


def held(editor: Any) -> object:
    """What an editor holds, letter by letter, as a JSON value: also what is not a value yet."""
    if isinstance(editor, Suggest):
        return [editor.value(), editor.title()]
    if isinstance(editor, QLineEdit):
        return editor.text()
    value = editor.value()
    return list(value) if isinstance(value, tuple) else value


def put_back(editor: Any, value: object) -> None:
    """The opposite of ``held``; emits nothing."""
    if isinstance(editor, Suggest):
        key, title = value if isinstance(value, list) else (None, "")
        editor.set_value((key, title))
    elif isinstance(editor, QLineEdit):
        editor.setText(str(value or ""))
    else:
        editor.set_value(value)


def skip(editor: Any, on: bool) -> None:
    """Leaves an editor out of the way of Tab and Enter because it is filled already; a click or Alt-letter
    still gets there.
    """
    policy = Qt.FocusPolicy.ClickFocus if on else Qt.FocusPolicy.StrongFocus
    if isinstance(editor, Seg | MultiSeg):
        proxy = editor.focusProxy()
        if proxy is not None:
            proxy.setFocusPolicy(policy)
    else:
        editor.setFocusPolicy(policy)


def focusable(container: QWidget) -> list[QWidget]:
    """The widgets inside that the keyboard can reach, in the order in which they were made."""
    inside = [container, *container.findChildren(QWidget)]
    return [w for w in inside if w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.focusProxy() is None]


def chain(containers: Sequence[QWidget]) -> None:
    """Makes Tab walk through these parts of a page in this order."""
    walk = [widget for container in containers for widget in focusable(container)]
    for before, after in pairwise(walk):
        QWidget.setTabOrder(before, after)


def in_focus(page: QWidget) -> QWidget | None:
    """The widget the keys go to. A window remembers one of its own even while a page that hides wanted it."""
    return QApplication.focusWidget() or page.window().focusWidget()


def move_on(field: QWidget) -> None:
    """To the next question, when the focus is still inside ``field``."""
    holder = in_focus(field)
    if holder is not None and field.isAncestorOf(holder):
        holder.focusNextChild()


class UndoPasses(QObject):
    """Lets Ctrl+Z through to the page from a line in which there is nothing to take back."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QLineEdit)
            and event.matches(QKeySequence.StandardKey.Undo)
            and not watched.isUndoAvailable()
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)
