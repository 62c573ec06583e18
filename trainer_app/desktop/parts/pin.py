"""A PIN: six boxes that are one password field, and a keypad for people who click."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button
from trainer_app.words import _

BOX_WIDTH, BOX_HEIGHT, BOX_GAP = 46, 54, 8


class PinBoxes(QLineEdit):
    """One digit a box, shown as dots. ``completed`` carries the PIN when the last box is filled."""

    changed = Signal()
    finished = Signal()
    completed = Signal(str)

    def __init__(self, length: int = 6, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length = length
        self._wrong = False
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(length)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAccessibleName(_("PIN {n} angka").format(n=length))
        self.setFixedSize(self.sizeHint())
        self.textChanged.connect(self._edited)

    def value(self) -> str:
        return self.text()

    def set_value(self, value: object) -> None:
        self.setText(str(value or ""))

    def clear_value(self) -> None:
        self.clear()

    def set_wrong(self, wrong: bool) -> None:
        """Marks the boxes until the next digit."""
        self._wrong = wrong
        self.update()

    def type_digit(self, digit: str) -> None:
        """As if the digit key was pressed."""
        self._begin_anew_when_refused()
        self.setText((self.text() + digit)[: self._length])

    def rub_out(self) -> None:
        self.setText(self.text()[:-1])

    def _refused(self) -> bool:
        return self._wrong or self.property("state") == "bad"

    def _begin_anew_when_refused(self) -> None:
        """Full boxes that were refused take the next digit as the first of another try."""
        if len(self.text()) == self._length and self._refused():
            self.clear()

    def _edited(self, text: str) -> None:
        digits = re.sub(r"\D", "", text)
        if digits != text:
            self.setText(digits)
            return
        if text:
            self._wrong = False
        self.update()
        self.changed.emit()
        if len(text) == self._length:
            self.completed.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.hasSelectedText():
            self.setCursorPosition(len(self.text()))  # boxes fill from the left only
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finished.emit()
            return
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home):
            return
        if event.text().isdigit() and not self.isReadOnly():
            self._begin_anew_when_refused()
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        width = self._length * BOX_WIDTH + (self._length - 1) * BOX_GAP
        return QSize(theme.px(width) + 4, theme.px(BOX_HEIGHT) + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        typed = len(self.text())
        for place in range(self._length):
            left = 2 + place * theme.px(BOX_WIDTH + BOX_GAP)
            box = QRectF(left, 2, theme.px(BOX_WIDTH), theme.px(BOX_HEIGHT))
            here = self.hasFocus() and place == min(typed, self._length - 1)
            role = "focus" if here else "bad_fill" if self._refused() else "line2"
            width = max(2, theme.current().stroke("focus" if here else "border"))
            painter.setPen(QPen(theme.colour(role), width))
            painter.setBrush(theme.colour("focus_bg" if here and typed == 0 else "surface"))
            painter.drawRoundedRect(box, theme.px(10), theme.px(10))
            if place < typed:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("ink"))
                painter.drawEllipse(QPointF(box.center()), theme.px(9), theme.px(9))


class Keypad(QWidget):
    """Types into a ``PinBoxes``; ``entered`` when the big button is pressed."""

    entered = Signal()

    def __init__(
        self, pin: PinBoxes, enter_text: str | None = None, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._pin = pin
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.px(8))
        for number in range(1, 10):
            grid.addWidget(self._digit(str(number)), (number - 1) // 3, (number - 1) % 3)
        rub_out = self._key(_("Hapus"), "key")
        rub_out.clicked.connect(pin.rub_out)
        grid.addWidget(rub_out, 3, 0)
        grid.addWidget(self._digit("0"), 3, 1)
        self.enter = Button(enter_text or _("Masuk"), "primary")
        self.enter.setProperty("sz", "key")
        self.enter.clicked.connect(self.entered)
        grid.addWidget(self.enter, 3, 2)

    def _digit(self, digit: str) -> Button:
        key = self._key(digit, "digit")
        key.clicked.connect(lambda: self._pin.type_digit(digit))
        return key

    def _key(self, text: str, size: str) -> Button:
        key = Button(text)
        key.setProperty("sz", size)
        key.setMinimumWidth(theme.px(88))
        key.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus in the boxes, for typing on
        return key
