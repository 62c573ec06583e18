"""Bars: progress, the way to a target, and one whole split into states."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.text import Text
from trainer_app.words import number

Part = tuple[int, str, str]  # how many, colour role, what they are


def _pill(rect: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    return path


class Progress(QProgressBar):
    """How far something is. The text for screen readers is given; nothing is written into the bar."""

    def __init__(
        self, name: str = "", *, role: str = "primary", thick: int = 17, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role = role
        self.setAccessibleName(name)
        self.setTextVisible(False)
        self.setRange(0, 1000)
        self.setFixedHeight(theme.px(thick))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_part(self, done: float, total: float, text: str = "") -> None:
        """Shows ``done`` of ``total``; ``text`` says the same in words."""
        self.setValue(round(1000 * min(1.0, done / total)) if total > 0 else 0)
        self.setAccessibleDescription(text or f"{number(done)} / {number(total)}")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(120), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = theme.current().stroke("border")
        outer = QRectF(self.rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2)
        painter.setPen(QPen(theme.colour("line"), line))
        painter.setBrush(theme.colour("sunken"))
        painter.drawPath(_pill(outer))
        share = self.value() / max(1, self.maximum())
        if share > 0:
            painter.setClipPath(_pill(outer.adjusted(line / 2, line / 2, -line / 2, -line / 2)))
            filled = QRectF(outer)
            filled.setWidth(max(outer.height(), outer.width() * share))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(self._role))
            painter.drawPath(_pill(filled))


class TargetBar(QWidget):
    """A name, a bar and "46 / 60". ``tone``: primary, or accent when behind."""

    def __init__(
        self, label: str, done: int, target: int, tone: str = "primary", *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(12))
        name = Text(label, "body")
        name.setFixedWidth(theme.px(138))
        name.setToolTip(label)
        self.bar = Progress(label, role=tone, thick=14)
        self.bar.set_part(done, target)
        numbers = Text(self.bar.accessibleDescription(), "strong")
        numbers.setAlignment(Qt.AlignmentFlag.AlignRight)
        numbers.setMinimumWidth(theme.px(62))
        row.addWidget(name)
        row.addWidget(self.bar, 1)
        row.addWidget(numbers)


class FlowBar(QProgressBar):
    """One whole, split: received, at the supervisor, waiting. Each part has its share of the width, at
    least 4 px.
    """

    def __init__(self, parts: Sequence[Part] = (), name: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[Part] = []
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.setFixedHeight(theme.px(14))
        self.set_parts(parts)

    def set_parts(self, parts: Sequence[Part]) -> None:
        self._parts = [part for part in parts if part[0] > 0]
        total = sum(count for count, _role, _text in self._parts)
        self.setRange(0, max(1, total))
        self.setValue(self._parts[0][0] if self._parts else 0)
        self.setAccessibleDescription(", ".join(f"{number(count)} {text}" for count, _role, text in parts))
        self.setToolTip(self.accessibleDescription())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        painter.setClipPath(_pill(whole))
        painter.fillRect(whole, theme.colour("sunken"))
        total = sum(count for count, _role, _text in self._parts)
        gap, least = 2.0, 6.0
        room = whole.width() - gap * max(0, len(self._parts) - 1)
        widths = [max(least, room * count / total) for count, _role, _text in self._parts]
        if widths:
            widths[widths.index(max(widths))] -= sum(widths) - room
        left = 0.0
        for (_count, role, _text), width in zip(self._parts, widths, strict=True):
            painter.fillRect(QRectF(left, 0, width, whole.height()), theme.colour(role))
            left += width + gap
