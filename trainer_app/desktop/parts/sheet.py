"""A sheet: a card over the dimmed window that asks for one thing. Esc closes it, Enter presses its main
button.

It is a window of its own to Qt, so that the focus and the shortcuts of the page stay out, and opens without
waiting inside a call: listen to ``answered``. What lies behind it is a picture of the window, darkened; that
needs no see-through windows, which old graphics cards lack.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.later import later
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Icon
from trainer_app.desktop.parts.text import Text

WIDTH = 520
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Sheet(QDialog):
    """``answered`` carries the key of the button pressed, "" when it was closed with Esc. Emitted exactly
    once.
    """

    answered = Signal(str)

    def __init__(
        self, parent: QWidget, title: str, text: str = "", icon: str | None = None, *, width: int = WIDTH
    ) -> None:
        super().__init__(parent.window(), Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._over = parent.window()
        self._answer: str | None = None
        self._behind: QPixmap | None = None
        self._default: Button | None = None
        self._before: QWidget | None = None
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card = QFrame(self)
        self.card.setProperty("kind", "sheet")
        self.card.setFixedWidth(theme.px(width))
        self._lay_out(title, text, icon)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(3)

    def _lay_out(self, title: str, text: str, icon: str | None) -> None:
        column = QVBoxLayout(self.card)
        column.setContentsMargins(theme.px(24), theme.px(20), theme.px(24), theme.px(20))
        column.setSpacing(theme.px(12))
        head = QHBoxLayout()
        head.setSpacing(theme.px(12))
        if icon:
            head.addWidget(Icon(icon, "primary", 26), 0, Qt.AlignmentFlag.AlignTop)
        self.title = Text(title, "h2", wrap=True)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        self.text = Text(text, "body", wrap=True)
        column.addWidget(self.text)
        self.text.setVisible(bool(text))  # only now: without a parent it would flash up as a window
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.px(8))
        column.addLayout(self.body)
        self._problem = Text("", "message", "bad", wrap=True)
        self._problem.hide()
        column.addWidget(self._problem)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.px(8))
        self._buttons.addStretch(1)
        column.addLayout(self._buttons)

    def add_button(self, key: str, text: str, kind: str = "secondary", *, default: bool = False) -> Button:
        """Adds a button from the left; the sheet closes with ``key`` when it is pressed.

        For a button that must do something before closing, give key "" and connect ``clicked`` yourself.
        """
        button = Button(text, kind)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._buttons.addWidget(button)
        if key:
            button.clicked.connect(lambda: self.close_with(key))
        if default:
            self._default = button
        return button

    def set_problem(self, text: str) -> None:
        """Says in the sheet what has to be put right; "" takes it back."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        announce(self, text, urgent=True)

    def open(self) -> None:
        """Shows the sheet over its window and returns at once."""
        window = self._over
        self._before = window.focusWidget()
        self._look_behind()
        later(self, self._look_behind)  # a page that came a moment ago has its places only after this turn
        self._cover()
        window.installEventFilter(self)
        super().open()
        first = self.card.nextInFocusChain()
        target = self._default or first
        if isinstance(target, QWidget):
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def close_with(self, key: str) -> None:
        """Closes with this answer. A second call does nothing."""
        if self._answer is not None:
            return
        self._answer = key
        self._over.removeEventFilter(self)
        self.accept() if key else self.reject()
        self._over.activateWindow()  # after a dialog of a sheet, window managers may forget it
        if self._before is not None and shiboken6.isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.answered.emit(key)

    def reject(self) -> None:
        if self._answer is None:
            self.close_with("")
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            if self._default is not None:
                self._default.click()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and watched is self._over:
            self._cover()
            if event.type() == QEvent.Type.Resize:
                later(self, self._look_behind)
        return super().eventFilter(watched, event)

    def _look_behind(self) -> None:
        self._behind = self._over.grab()
        self.update()

    def _cover(self) -> None:
        place = self._over.mapToGlobal(QPoint(0, 0))
        self.setGeometry(place.x(), place.y(), self._over.width(), self._over.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("bg"))
        if self._behind is not None:
            painter.drawPixmap(0, 0, self._behind)
        shade = QColor(Qt.GlobalColor.black)
        shade.setAlpha(130)
        painter.fillRect(self.rect(), shade)
