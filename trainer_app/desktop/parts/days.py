"""The days of a week as tiles, today filled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from trainer_app.desktop import theme

Day = tuple[str, str, str, str]  # weekday, number, what is on, tone: "today", "ok" or ""


class _Day(QAbstractButton):
    def __init__(self, day: Day, parent: QWidget) -> None:
        super().__init__(parent)
        self.show_day(day)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_day(self, day: Day) -> None:
        self._top, self._number, self._line, self._tone = day
        self.setText(f"{self._top} {self._number}")
        self.setAccessibleName(f"{self._top} {self._number}, {self._line}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(76), theme.px(82))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(58), theme.px(82))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        today = self._tone == "today"
        stroke = theme.current().stroke("focus" if self.hasFocus() else "border")
        role = ("focus_on_dark" if today else "focus") if self.hasFocus() else "primary" if today else "line"
        painter.setPen(QPen(theme.colour(role), stroke))
        painter.setBrush(theme.colour("primary" if today else "surface"))
        inset = stroke / 2
        radius = theme.size("radius")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
        height = self.height() / 3
        lines = (
            (self._top, theme.font("label", weight=500), "ink2"),
            (self._number, theme.font("h2"), "ink"),
            (self._line, theme.font("chip", weight=500), "ok_text" if self._tone == "ok" else "ink2"),
        )
        for place, (text, font, text_role) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(theme.colour("on_primary" if today else text_role))
            shift = (4, 0, -4)[place]
            words = QRectF(2, height * place + shift, self.width() - 4, height)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width() - 4)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, shown)


class DayStrip(QWidget):
    """``picked`` carries the place of the day in the list."""

    picked = Signal(int)

    def __init__(self, days: Sequence[Day] = (), *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.px(8))
        self._tiles: list[_Day] = []
        self.set_days(days)

    def set_days(self, days: Sequence[Day]) -> None:
        """Shows these days; a tile keeps its place and the focus."""
        for tile in self._tiles[len(days) :]:
            self._row.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        del self._tiles[len(days) :]
        for place, day in enumerate(days):
            if place < len(self._tiles):
                self._tiles[place].show_day(day)
                continue
            tile = _Day(day, self)
            tile.clicked.connect(lambda _on=False, at=place: self.picked.emit(at))
            self._row.addWidget(tile)
            self._tiles.append(tile)

    def tab_between(self, before: QWidget, after: QWidget) -> None:
        """Puts the days into the order of Tab; made later, they stand at its end."""
        for tile in (*self._tiles, after):
            QWidget.setTabOrder(before, tile)
            before = tile
