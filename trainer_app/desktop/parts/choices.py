"""Editors that choose: buttons for a few choices, a drop-down for many, a tick for yes or no.

``Seg`` and ``MultiSeg`` are one Tab stop each; arrows move inside, digit keys 1 to 9 choose at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QListView, QSizePolicy, QWidget

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.parts import mnemonic
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.flow import FlowLayout

_STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class _ChoiceButton(Button):
    def __init__(self, group: _Choices, text: str, number: int | None) -> None:
        super().__init__(f"{number}  {text}" if number else text, "choice", parent=group)
        self._group = group
        self.setAccessibleName(mnemonic.spoken(text))
        self.setCheckable(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._group.handle_key(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        about = (self._group.accessibleName(), self._group.accessibleDescription())
        self.setAccessibleDescription(". ".join(part for part in about if part))
        super().focusInEvent(event)


class _Choices(QWidget):
    """What single and several choice share: the buttons in a flow, one Tab stop, arrows and digits."""

    changed = Signal()
    finished = Signal()

    def __init__(
        self,
        choices: Sequence[tuple[object, str]] = (),
        *,
        numbered: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._numbered = numbered
        self._values: list[object] = []
        self.buttons: list[_ChoiceButton] = []
        self._flow = FlowLayout(8, self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[tuple[object, str]]) -> None:
        """Replaces the choices and forgets what was chosen. The way of the Tab key stays the same."""
        before = self.buttons[-1] if self.buttons else None
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.setAutoExclusive(False)  # until it is deleted it would count among the new ones
            button.hide()
            button.deleteLater()
        self._values = [value for value, _text in choices]
        self.buttons = []
        for number, (_value, text) in enumerate(choices, 1):
            button = _ChoiceButton(self, text, number if self._numbered else None)
            self._prepare(button)
            self._flow.addWidget(button)
            self.buttons.append(button)
            if before is not None:  # else it would stand at the end of the whole window
                QWidget.setTabOrder(before, button)
                before = button
        self._one_tab_stop()
        self.updateGeometry()

    def _prepare(self, button: _ChoiceButton) -> None:
        button.clicked.connect(self._clicked)

    def _clicked(self) -> None:
        self.changed.emit()

    def _one_tab_stop(self, at: Button | None = None) -> None:
        if not self.buttons:
            self.setFocusProxy(None)  # type: ignore[arg-type]  # Qt takes null
            return
        here = at or next((b for b in self.buttons if b.isChecked()), self.buttons[0])
        for button in self.buttons:
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if button is here else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(here)

    def handle_key(self, button: _ChoiceButton, event: QKeyEvent) -> bool:
        """Whether the key was meant for the group."""
        if event.modifiers() & _HELD:
            return False
        key = event.key()
        if key in _STEPS:
            self._step_to(
                self.buttons[(self.buttons.index(button) + _STEPS[Qt.Key(key)]) % len(self.buttons)]
            )
            return True
        number = key - Qt.Key.Key_1
        if 0 <= number < min(9, len(self.buttons)):
            self.buttons[number].setFocus(Qt.FocusReason.OtherFocusReason)
            self.buttons[number].click()
            return True
        if key in _ENTER:
            self._enter(button)
            return True
        return False

    def _step_to(self, button: _ChoiceButton) -> None:
        self._one_tab_stop(button)
        button.setFocus(Qt.FocusReason.TabFocusReason)

    def _enter(self, button: _ChoiceButton) -> None:
        self.finished.emit()
        if button.hasFocus():
            button.focusNextChild()


class Seg(_Choices):
    """One of a few. ``chosen`` says that a person decided (click, digit, Space): the page moves on.

    Arrows choose too, as radio buttons do, but emit only ``changed``.
    """

    chosen = Signal(object)

    def _prepare(self, button: _ChoiceButton) -> None:
        super()._prepare(button)
        button.setAutoExclusive(True)  # a radio button to screen readers

    def _clicked(self) -> None:
        self._one_tab_stop()
        super()._clicked()
        self.finished.emit()
        self.chosen.emit(self.value())

    def _step_to(self, button: _ChoiceButton) -> None:
        button.setChecked(True)
        super()._step_to(button)
        self.changed.emit()

    def _enter(self, button: _ChoiceButton) -> None:
        if self.value() is None:
            button.click()
        else:
            super()._enter(button)

    def value(self) -> object | None:
        """The value chosen, or None."""
        return next((v for v, b in zip(self._values, self.buttons, strict=True) if b.isChecked()), None)

    def set_value(self, value: object) -> None:
        """Chooses ``value``; None, or one that is not among the choices, chooses nothing."""
        for known, button in zip(self._values, self.buttons, strict=True):
            button.setAutoExclusive(False)  # otherwise the last one checked cannot be unchecked
            button.setChecked(value is not None and known == value)
            button.setAutoExclusive(True)
        self._one_tab_stop()

    def clear_value(self) -> None:
        self.set_value(None)


class MultiSeg(_Choices):
    """Several of a few. ``nothing`` is the value that excludes the others ("Belum ada")."""

    def __init__(
        self,
        choices: Sequence[tuple[object, str]] = (),
        *,
        nothing: object | None = None,
        numbered: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._nothing = nothing
        super().__init__(choices, numbered=numbered, parent=parent)

    def _prepare(self, button: _ChoiceButton) -> None:
        super()._prepare(button)
        button.toggled.connect(lambda on, b=button: b.show_icon("check" if on else None))

    def _clicked(self) -> None:
        pressed = self.sender()
        for value, button in zip(self._values, self.buttons, strict=True):
            alone = self._nothing is not None and pressed in self.buttons
            if alone and pressed.isChecked() and button is not pressed:  # type: ignore[attr-defined]  # a button
                pressed_value = self._values[self.buttons.index(pressed)]  # type: ignore[arg-type]  # a button
                if self._nothing in (value, pressed_value):
                    button.setChecked(False)
        super()._clicked()

    def value(self) -> tuple[object, ...]:
        return tuple(v for v, b in zip(self._values, self.buttons, strict=True) if b.isChecked())

    def set_value(self, value: object) -> None:
        wanted = tuple(value) if isinstance(value, (list, tuple, set, frozenset)) else ()
        for known, button in zip(self._values, self.buttons, strict=True):
            button.setChecked(known in wanted)

    def clear_value(self) -> None:
        self.set_value(())


class PickEditor(QComboBox):
    """One of many, in a list that drops down. Turning the mouse wheel over it changes nothing by accident."""

    changed = Signal()
    finished = Signal()

    def __init__(
        self,
        choices: Sequence[tuple[object, str]] = (),
        placeholder: str = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setView(QListView())  # only then do rows take the height of the style sheet
        self.setPlaceholderText(placeholder)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self._values: list[object] = []
        self.set_choices(choices)
        self.activated.connect(self._picked)

    def set_choices(self, choices: Sequence[tuple[object, str]]) -> None:
        self.clear()
        self._values = [value for value, _text in choices]
        self.addItems([text for _value, text in choices])
        self.setCurrentIndex(-1)

    def value(self) -> object | None:
        index = self.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    def set_value(self, value: object) -> None:
        self.setCurrentIndex(self._values.index(value) if value in self._values else -1)

    def clear_value(self) -> None:
        self.setCurrentIndex(-1)

    def _picked(self, _index: int) -> None:
        self.changed.emit()
        self.finished.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        edge = theme.px(18)
        where = QRectF(self.width() - edge - theme.px(10), (self.height() - edge) / 2, edge, edge)
        pictures.paint_icon(QPainter(self), where, "chevron-down", "ink2" if self.isEnabled() else "ink3")


class CheckEditor(QCheckBox):
    """Yes or no, with the sentence that is agreed to."""

    changed = Signal()
    finished = Signal()

    def __init__(self, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(mnemonic.for_qt(text), parent)
        self.setAccessibleName(mnemonic.spoken(text))
        self.clicked.connect(self._clicked)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_text(self, text: str) -> None:
        """Changes the sentence, and what is read aloud with it."""
        self.setText(mnemonic.for_qt(text))
        self.setAccessibleName(mnemonic.spoken(text))
        self.updateGeometry()

    def value(self) -> bool:
        return self.isChecked()

    def set_value(self, value: object) -> None:
        self.setChecked(bool(value))

    def clear_value(self) -> None:
        self.setChecked(False)

    def _clicked(self) -> None:
        self.changed.emit()
        self.finished.emit()

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(text.width() + theme.px(26 + 10) + 10, max(theme.px(36), text.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(theme.px(200), self.sizeHint().width()), theme.px(36))

    def heightForWidth(self, width: int) -> int:
        room = QRect(0, 0, max(1, width - theme.px(36) - 8), 10_000)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextShowMnemonic)
        return max(theme.px(36), self.fontMetrics().boundingRect(room, flags, self.text()).height() + 4)

    def hitButton(self, pos: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme.px(26)
        box = QRectF(4, (self.height() - edge) / 2, edge, edge)
        on = self.isChecked()
        painter.setBrush(theme.colour("primary" if on else "surface"))
        painter.setPen(QPen(theme.colour("primary" if on else "line2"), theme.current().stroke("border")))
        painter.drawRoundedRect(box, 5, 5)
        if on:
            pictures.paint_icon(painter, box.adjusted(3, 3, -3, -3), "check", "on_primary")
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.current().stroke("focus")))
            painter.drawRoundedRect(box.adjusted(-2.5, -2.5, 2.5, 2.5), 7, 7)
        painter.setPen(theme.colour("ink" if self.isEnabled() else "ink3"))
        painter.setFont(self.font())
        left = box.right() + theme.px(10)
        words = QRectF(left, 0, self.width() - left, self.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextShowMnemonic
        painter.drawText(words, int(flags), self.text())
