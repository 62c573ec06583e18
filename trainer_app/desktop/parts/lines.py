"""Editors of one line: words, grouped digits, dates, numbers, a search.

All editors of the kit share one protocol: ``value()``, ``set_value(v)`` (emits nothing), ``clear_value()``,
the signals ``changed`` (a person changed it) and ``finished`` (Enter, or left after a change). Enter goes on
to the next field; Ctrl+Enter is left to the page.
"""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from trainer_app.desktop import pictures, theme

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HELD = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_PASSING = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)


class LineEditor(QLineEdit):
    """Words in one line; blanks around and doubled between them are dropped from the value."""

    changed = Signal()
    finished = Signal()

    def __init__(
        self, placeholder: str = "", max_length: int = 200, name: str = "", *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setMaxLength(max_length)
        self.setAccessibleName(name)
        self.enter_moves_on = True
        self._touched = False
        self.textEdited.connect(self._edited)

    def value(self) -> object:
        return " ".join(self.text().split())

    def set_value(self, value: object) -> None:
        self.setText("" if value is None else str(value))
        self.setCursorPosition(len(self.text()) if self.hasFocus() else 0)
        self._touched = False

    def clear_value(self) -> None:
        self.set_value("")

    def _edited(self, _text: str) -> None:
        self._touched = True
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            if event.modifiers() & _HELD:
                event.ignore()
                return
            self._finish()
            self.returnPressed.emit()
            if self.enter_moves_on and self.hasFocus():
                self.focusNextChild()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.OtherFocusReason and not self.hasSelectedText():
            self.end(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() in _PASSING:
            return
        self.home(False)  # words that are longer than the field are read from their beginning
        if self._touched:
            self._finish()

    def _finish(self) -> None:
        self._touched = False
        self.finished.emit()


class _GroupedEditor(LineEditor):
    """Shows digits in groups while they are typed and keeps the caret at its digit."""

    separator = " "

    def __init__(
        self, placeholder: str = "", groups: tuple[int, ...] = (), *, parent: QWidget | None = None
    ) -> None:
        super().__init__(placeholder, 64, parent=parent)
        self._groups = groups
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)

    def _kept(self, text: str) -> str:
        """The characters of ``text`` that count."""
        return re.sub(r"\D", "", text)

    def _shown(self, kept: str) -> str:
        return grouped(kept, self._groups, self.separator)

    def _edited(self, text: str) -> None:
        before = len(self._kept(text[: self.cursorPosition()]))
        shown = self._shown(self._kept(text))
        if shown != text:
            self.setText(shown)
            self.setCursorPosition(self._place_after(shown, before))
        super()._edited(shown)

    def _place_after(self, shown: str, kept_before: int) -> int:
        seen = 0
        for place, character in enumerate(shown):
            if seen == kept_before:
                return place
            seen += bool(self._kept(character))
        return len(shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place, text = self.cursorPosition(), self.text()
        if not self.hasSelectedText():  # a separator is not something a person typed: step over it
            if event.key() == Qt.Key.Key_Backspace and text[place - 1 : place] == self.separator:
                self.setCursorPosition(place - 1)
            elif event.key() == Qt.Key.Key_Delete and text[place : place + 1] == self.separator:
                self.setCursorPosition(place + 1)
        super().keyPressEvent(event)


def grouped(digits: str, groups: tuple[int, ...], separator: str = " ") -> str:
    """``digits`` cut into ``groups``; what is left over follows in the last one."""
    parts, start = [], 0
    for length in groups:
        if start >= len(digits):
            break
        parts.append(digits[start : start + length])
        start += length
    if start < len(digits):
        parts.append(digits[start:])
    return separator.join(parts)


class DigitsEditor(_GroupedEditor):
    """Digits in groups; blanks, dots and dashes of pasted text are dropped. The value holds digits only.

    With ``plus`` a leading + is kept, for telephone numbers written with their country.
    """

    def __init__(
        self,
        groups: tuple[int, ...] = (4, 4, 4, 4),
        max_digits: int = 16,
        *,
        plus: bool = False,
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(placeholder, groups, parent=parent)
        self._max_digits = max_digits
        self._plus = plus

    def _kept(self, text: str) -> str:
        sign = "+" if self._plus and text.lstrip().startswith("+") else ""
        return sign + re.sub(r"\D", "", text)[: self._max_digits]

    def _shown(self, kept: str) -> str:
        if kept.startswith("+"):
            return "+" + grouped(kept[1:], (2, 3, 4, 4))
        return super()._shown(kept)

    def value(self) -> str:
        return self._kept(self.text())

    def set_value(self, value: object) -> None:
        super().set_value(self._shown(self._kept("" if value is None else str(value))))


def nik_editor() -> DigitsEditor:
    """Sixteen digits in fours, as printed on the identity card."""
    return DigitsEditor((4, 4, 4, 4), 16)


def phone_editor() -> DigitsEditor:
    """A telephone number, in fours, or with a leading + and country."""
    return DigitsEditor((4, 4, 4, 4), 15, plus=True)


class DateEditor(_GroupedEditor):
    """A day as DD-MM-YYYY, typed with or without dashes, or a year alone (for people who know only that).

    The value is ISO: ``1984-03-14``, ``1984`` or nothing. Text that is no date gives nothing and
    ``is_complete`` False.
    """

    separator = "-"

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("DD-MM-YYYY", (2, 2, 4), parent=parent)

    def _kept(self, text: str) -> str:
        return re.sub(r"\D", "", text)[:8]

    def _shown(self, kept: str) -> str:
        if len(kept) == 4 and int(kept[2:]) > 12:
            return kept  # no month: a year is being typed
        return super()._shown(kept)

    def as_date(self) -> date | None:
        """The day, when a whole one is typed."""
        kept = self._kept(self.text())
        try:
            return date(int(kept[4:]), int(kept[2:4]), int(kept[:2])) if len(kept) == 8 else None
        except ValueError:
            return None

    def value(self) -> str:
        day = self.as_date()
        if day is not None:
            return day.isoformat()
        kept = self._kept(self.text())
        return kept if len(kept) == 4 and 1900 <= int(kept) <= 2100 else ""

    def is_complete(self) -> bool:
        """Whether nothing, a year or a real day is typed."""
        return not self.text() or bool(self.value())

    def set_value(self, value: object) -> None:
        text = value.isoformat() if isinstance(value, date) else str(value or "")
        year, *rest = text.split("-")
        super().set_value("-".join([*reversed(rest), year]) if rest else year)

    def _finish(self) -> None:
        value = self.value()
        if len(value) == 4:
            self.setText(value)
        super()._finish()


class NumberEditor(_GroupedEditor):
    """A whole number from ``minimum`` to ``maximum``, shown with dots at the thousands. The value is an
    int or None.
    """

    separator = "."

    def __init__(
        self,
        minimum: int = 0,
        maximum: int = 999_999_999_999,
        unit: str = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(unit, parent=parent)
        self._minimum = minimum
        self._maximum = maximum

    def _shown(self, kept: str) -> str:
        return f"{int(kept[: len(str(self._maximum))]):,}".replace(",", ".") if kept else ""

    def value(self) -> int | None:
        kept = self._kept(self.text())
        number = int(kept) if kept else None
        return number if number is not None and self._minimum <= number <= self._maximum else None

    def is_complete(self) -> bool:
        """Whether nothing or a number inside the limits is typed."""
        return not self.text() or self.value() is not None

    def set_value(self, value: object) -> None:
        super().set_value("" if value is None or value == "" else self._shown(str(int(str(value)))))


class SearchBox(LineEditor):
    """Search as you type: Esc empties it, Enter submits, Down goes to the results."""

    submitted = Signal(str)
    down = Signal()

    def __init__(self, placeholder: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(placeholder, name=placeholder, parent=parent)
        self.enter_moves_on = False
        self.setTextMargins(theme.px(24), 0, 0, 0)

    def event(self, event: QEvent) -> bool:
        """An empty box has nothing to take back: Ctrl+Z is the page's then."""
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and event.matches(QKeySequence.StandardKey.Undo) and not self.text():  # type: ignore[attr-defined]  # a key
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._edited("")
            return
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
            return
        super().keyPressEvent(event)
        if event.key() in _ENTER and not event.modifiers() & _HELD:
            self.submitted.emit(str(self.value()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        edge = theme.px(18)
        where = QRectF(theme.px(12), (self.height() - edge) / 2, edge, edge)
        pictures.paint_icon(QPainter(self), where, "search", "ink2")


class TextEditor(QPlainTextEdit):
    """Several lines of words. Tab leaves; Enter makes a new line."""

    changed = Signal()
    finished = Signal()

    def __init__(self, rows: int = 3, placeholder: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self._touched = False
        self._setting = False
        line = theme.font("input").pixelSize() * 1.35
        self.setFixedHeight(round(line * rows) + 2 * theme.px(12))
        self.textChanged.connect(self._edited)

    def value(self) -> str:
        return self.toPlainText().strip()

    def set_value(self, value: object) -> None:
        self._setting = True
        self.setPlainText("" if value is None else str(value))
        self._setting = False
        self._touched = False

    def clear_value(self) -> None:
        self.set_value("")

    def _edited(self) -> None:
        if not self._setting:
            self._touched = True
            self.changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._touched and event.reason() not in _PASSING:
            self._touched = False
            self.finished.emit()
