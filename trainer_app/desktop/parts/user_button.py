"""A person to choose: disc, name, and what is known of the last time."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.avatar import initials


class UserButton(QAbstractButton):
    """One of a list of people; checked is chosen. Arrow keys move and choose, as in every radio group."""

    def __init__(self, name: str, line: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self.setText(name)
        self.setAccessibleName(name)
        self.setAccessibleDescription(line)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(74))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(220), theme.px(74))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = theme.current()
        stroke = look.stroke("border")
        role = "line2"
        if self.hasFocus():
            stroke, role = max(3, look.stroke("focus")), "focus"
        elif self.isChecked():
            stroke, role = 3, "primary"
        painter.setPen(QPen(theme.colour(role), stroke))
        painter.setBrush(theme.colour("primary_soft" if self.isChecked() else "surface"))
        rect = QRectF(self.rect()).adjusted(stroke / 2, stroke / 2, -stroke / 2, -stroke / 2)
        painter.drawRoundedRect(rect, theme.px(10), theme.px(10))
        edge = theme.px(40)
        disc = QRectF(theme.px(14), (self.height() - edge) / 2, edge, edge)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(disc)
        painter.setPen(theme.colour("on_accent"))
        painter.setFont(theme.font("chip", weight=700))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, initials(self.text()))
        self._paint_words(painter, disc.right() + theme.px(13))

    def _paint_words(self, painter: QPainter, left: float) -> None:
        room = self.width() - left - theme.px(12)
        middle = self.height() / 2
        for text, font, role, top in (
            (self.text(), theme.font("h3"), "ink", middle - theme.px(27)),
            (self._line, theme.font("caption"), "ink3", middle + theme.px(1)),
        ):
            painter.setFont(font)
            painter.setPen(theme.colour(role))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))
            painter.drawText(QRectF(left, top, room, theme.px(26)), Qt.AlignmentFlag.AlignVCenter, shown)
