"""Rows of a card: things to do, big numbers, numbered steps, hairlines."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.card import Card, Icon, tone_role
from trainer_app.desktop.parts.text import Text


class Line(QFrame):
    """A hairline between rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "line")
        self.setFixedHeight(theme.current().stroke("border"))


class ActionRow(QWidget):
    """Icon, a bold line, a small line, and mostly a button at the right."""

    def __init__(
        self,
        icon: str | None,
        title: str,
        subtitle: str = "",
        tone: str = "primary",
        right: QWidget | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.px(9), 0, theme.px(9))
        row.setSpacing(theme.px(12))
        if icon:
            row.addWidget(Icon(icon, tone_role(tone), 24), 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.title = Text(title, "h3", wrap=True)
        self.subtitle = Text(subtitle, "caption", wrap=True)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        row.addLayout(words, 1)
        self.subtitle.setVisible(bool(subtitle))  # only now: without a parent it would flash up as a window
        self._row = row
        if right is not None:
            self.add_right(right)

    def add_right(self, widget: QWidget) -> None:
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_subtitle(self, text: str) -> None:
        self.subtitle.setText(text)
        self.subtitle.setVisible(bool(text))


class RowList(QWidget):
    """Rows with hairlines between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def add(self, widget: QWidget) -> None:
        if self._column.count():
            self._column.addWidget(Line())
        self._column.addWidget(widget)

    def clear(self) -> None:
        """Takes every row away."""
        take_all(self._column)


def take_all(column: QVBoxLayout) -> None:
    """Takes everything out of a column."""
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class Kpi(Card):
    """A number that matters, with what it counts."""

    def __init__(
        self,
        icon: str | None,
        label: str,
        value: str = "",
        note: str = "",
        *,
        tone: str = "primary",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        if icon:
            head.addWidget(Icon(icon, tone_role(tone), 22))
        self._label = Text(label, "muted")
        head.addWidget(self._label)
        head.addStretch(1)
        self.body.setSpacing(0)
        self.add(head)
        self.number = Text(value, "kpi")
        self.add(self.number)
        self._note = Text(note, "caption", wrap=True)
        self.add(self._note)
        self.set_value(value, note)

    def set_value(self, value: str, note: str | None = None) -> None:
        self.number.setText(value)
        if note is not None:
            self._note.setText(note)
            self._note.setVisible(bool(note))
        self.setAccessibleName(f"{self._label.text()} {value}")
