"""A chart as a widget: arrows go from value to value, and say it; so does the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts import chart
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.chart import BARS, MAP, Chart, Item

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}


class Picture(QWidget):
    """``pointed(item)``: somebody looks at one value."""

    pointed = Signal(object)

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart: Chart | None = None
        self._chosen = ""
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def show_chart(self, shown: Chart) -> None:
        """Another picture; its values in words are its description."""
        self.chart = shown
        self._chosen = ""
        words = "; ".join(f"{item.label} {item.value}" for item in shown.items[:40])
        self.setAccessibleDescription(words)
        self.setMinimumHeight(round(chart.height_of(shown, theme.px(10) / 10)))
        self.update()

    def _point(self, item: Item) -> None:
        if item.key != self._chosen:
            self._chosen = item.key
            self.setToolTip(f"{item.label}: {item.value}")
            self.pointed.emit(item)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or self.chart is None or not self.chart.items:
            super().keyPressEvent(event)
            return
        keys = [item.key for item in self.chart.items]
        place = keys.index(self._chosen) + step if self._chosen in keys else 0
        item = self.chart.items[max(0, min(len(keys) - 1, place))]
        self._point(item)
        announce(self, f"{item.label}: {item.value}")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        item = self.item_at(event.position())
        if item is not None:
            self._point(item)

    def item_at(self, point: QPointF) -> Item | None:
        """What is painted there."""
        if self.chart is None:
            return None
        unit, inner = theme.px(10) / 10, self._inner()
        if self.chart.kind == BARS:
            row = int((point.y() - inner.top() - 4 * unit) // (chart.BAR_ROW * unit))
            return self.chart.items[row] if 0 <= row < len(self.chart.items) else None
        if self.chart.kind == MAP:
            scale, corner = chart.map_scale(inner, self.chart, unit)
            there = QPointF((point.x() - corner.x()) / scale, (point.y() - corner.y()) / scale)
            paths = self.chart.paths
            return next(
                (i for i in self.chart.items if i.key in paths and paths[i.key].contains(there)), None
            )
        return None

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(6, 6, -6, -6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.chart is not None:
            chart.paint(painter, self._inner(), self.chart, chart.screen_inks(), self._chosen)
        if self.hasFocus():
            width = theme.current().stroke("focus")
            painter.setPen(QPen(theme.colour("focus"), width))
            half = (width + 1) // 2
            painter.drawRect(self.rect().adjusted(half, half, -half, -half))
