"""A ring that fills: how many of how many."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QProgressBar, QWidget

from trainer_app.desktop import theme

EDGE, WIDTH = 78, 10


class Ring(QProgressBar):
    """A progress bar to screen readers; a ring with "29 / 40" in it to the eye."""

    def __init__(
        self,
        done: int = 0,
        total: int = 0,
        name: str = "",
        *,
        edge: int = EDGE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._done, self._total = done, total
        self._edge = edge
        self.setAccessibleName(name)
        self.setFixedSize(theme.px(edge), theme.px(edge))
        self.set_value(done, total)

    def set_value(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        self.setRange(0, max(1, total))
        self.setValue(min(done, max(1, total)))
        self.setAccessibleDescription(f"{done} / {total}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._edge), theme.px(self._edge))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = self._edge / EDGE
        width = theme.px(WIDTH * scale)
        circle = QRectF(self.rect()).adjusted(width / 2 + 1, width / 2 + 1, -width / 2 - 1, -width / 2 - 1)
        ground = "line" if theme.current().look != "terik" else "ink"
        painter.setPen(QPen(theme.colour("sunken" if ground == "line" else ground), width))
        painter.drawEllipse(circle)
        if ground == "ink":  # a black outline with a white inside, so that the filled part differs
            painter.setPen(QPen(theme.colour("surface"), width - 4))
            painter.drawEllipse(circle)
        if self._total:
            pen = QPen(theme.colour("ok_fill"), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(circle, 90 * 16, -round(360 * 16 * min(1, self._done / self._total)))
        painter.setPen(theme.colour("ink"))
        painter.setFont(theme.font("kpi", px=26 * scale))
        middle = self.rect().adjusted(0, 0, 0, -theme.px(14 * scale))
        painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, str(self._done))
        painter.setPen(theme.colour("ink2"))
        painter.setFont(theme.font("caption"))
        lower = self.rect().adjusted(0, theme.px(26 * scale), 0, 0)
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, f"/ {self._total}")
