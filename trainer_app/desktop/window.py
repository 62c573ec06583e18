"""The one window: a strip in demo mode, and below it either a gate (lock, wizard) or the frame with the
pages.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.later import later
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Icon
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.parts.toast import current_toast
from trainer_app.words import _

WIDTH, HEIGHT = 1366, 700  # logical pixels of the small laptop, less its task bar
LEAST_WIDTH, LEAST_HEIGHT = 860, 560


class SampleStrip(QFrame):
    """Says all the time that nothing here is real; stripes at both ends, because colour alone says little."""

    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "demo")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(64), theme.px(2), theme.px(64), theme.px(2))
        row.setSpacing(theme.px(10))
        row.addWidget(Icon("info", "on_accent", 18))
        row.addWidget(Text(_("MODE COBA · data contoh, bukan orang sungguhan"), "label"))
        row.addStretch(1)
        self.finish = Button(_("Selesai mencoba"), small=True)
        self.finish.clicked.connect(self.finished)
        row.addWidget(self.finish)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("on_accent"))
        band, height = theme.px(48), self.height()
        for left in (0, self.width() - band):
            painter.setClipRect(QRectF(left, 0, band, height))
            for x in range(left - height, left + band, theme.px(18)):
                painter.drawPolygon(QPolygonF(_stripe(x, height, theme.px(9))))


def _stripe(x: float, height: float, width: float) -> list[QPointF]:
    return [
        QPointF(x, height),
        QPointF(x + height, 0),
        QPointF(x + height + width, 0),
        QPointF(x + width, height),
    ]


class BusyLine(QFrame):
    """What takes long, in one line at the foot of the window. The newest one shows; ``close`` ends one."""

    def __init__(self, window: QWidget, text: str) -> None:
        super().__init__(window)
        self._over = window
        self.setProperty("kind", "toast")
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(14), theme.px(6), theme.px(14), theme.px(6))
        row.setSpacing(theme.px(8))
        row.addWidget(Icon("clock", "surface", 18))
        row.addWidget(Text(text))
        self.adjustSize()
        self._place()
        window.installEventFilter(self)
        self.show()
        self.raise_()

    def close(self) -> bool:
        self.hide()
        self.deleteLater()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        window = self._over
        self.move(theme.px(16), window.height() - self.height() - theme.px(16))


class Window(QWidget):
    """The top-level window. ``closing`` comes before it closes, while everything still lives; ``painted``
    once, when it was seen for the first time."""

    closing = Signal()
    painted = Signal()
    trial_finished = Signal()
    compact_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Trainer App")
        self.setWindowIcon(pictures.app_icon())
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.resize(*_fitting_size())
        if self.screen().availableGeometry().width() <= WIDTH:
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.strip: SampleStrip | None = None
        self._stack = QStackedWidget()
        self._column.addWidget(self._stack, 1)
        self._hidden_sheets: list[Sheet] = []
        self.frame: QWidget | None = None
        self.gate: QWidget | None = None
        self._seen = False

    # ---------------------------------------------------------------- what is shown
    def show_gate(self, gate: QWidget) -> None:
        """Shows lock or wizard over everything; a frame behind it keeps what is typed."""
        self._drop(self.gate)
        self.gate = gate
        self._stack.addWidget(gate)
        self._stack.setCurrentWidget(gate)
        toast = current_toast(self)
        if toast is not None:
            toast.leave()

    def show_frame(self, frame: QWidget) -> None:
        """Shows the pages of a signed-in person; the gate and the frame of somebody else go."""
        if frame is not self.frame:
            self._drop(self.frame)
            self.frame = frame
            self._stack.addWidget(frame)
        self._stack.setCurrentWidget(frame)
        self._drop(self.gate)
        self.gate = None

    def drop_frame(self) -> None:
        """Throws the pages away, with the sheets over them."""
        for sheet in self._hidden_sheets:
            sheet.deleteLater()
        self._hidden_sheets = []
        self._drop(self.frame)
        self.frame = None

    def drop_all(self) -> None:
        """Takes everything down before the look changes: a style sheet visits every live widget."""
        self.drop_frame()
        self._drop(self.gate)
        self.gate = None
        self.show_strip(shown=False)

    def _drop(self, widget: QWidget | None) -> None:
        if widget is None:
            return
        widget.hide()
        self._stack.removeWidget(
            widget
        )  # it keeps its parent: as a window of its own it would take the activation
        widget.deleteLater()

    def show_strip(self, *, shown: bool) -> None:
        """The strip of demo mode."""
        if self.strip is not None:
            self._column.removeWidget(self.strip)
            self.strip.hide()
            self.strip.deleteLater()
            self.strip = None
        if shown:
            self.strip = SampleStrip()
            self.strip.finished.connect(self.trial_finished)
            self._column.insertWidget(0, self.strip)
            self.strip.show()

    # ---------------------------------------------------------------- sheets while locked
    def hide_sheets(self) -> None:
        """Takes open sheets from sight; they stay as they are."""
        open_ones = [sheet for sheet in self.findChildren(Sheet) if sheet.isVisible()]
        for sheet in open_ones:
            sheet.hide()
        self._hidden_sheets += open_ones

    def show_sheets(self) -> None:
        """Brings back what ``hide_sheets`` took."""
        sheets, self._hidden_sheets = self._hidden_sheets, []
        for sheet in sheets:
            sheet.open()

    # ---------------------------------------------------------------- Qt
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            later(self, self.painted.emit)  # after this pass has painted the children too

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.compact_changed.emit(theme.is_compact(self.width()))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)


def _fitting_size() -> tuple[int, int]:
    room = QGuiApplication.primaryScreen().availableGeometry()
    return min(WIDTH, room.width()), min(HEIGHT, room.height())


class InputWatch(QObject):
    """Tells that somebody is at the keyboard: looks at native windows only, so that it costs nothing else."""

    _INPUT = frozenset(
        {
            QEvent.Type.KeyPress,
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseMove,
            QEvent.Type.Wheel,
            QEvent.Type.TouchBegin,
        }
    )

    def __init__(self, on_input: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._on_input = on_input
        QGuiApplication.instance().focusWindowChanged.connect(self._watch)  # type: ignore[union-attr]  # there is one

    def _watch(self, window: object) -> None:
        if isinstance(window, QObject):  # none while another program has the keyboard
            window.installEventFilter(self)  # a second time moves it to the front, no more

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in self._INPUT:
            self._on_input()
        return False
