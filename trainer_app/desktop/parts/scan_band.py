"""The band that says what was marked last. The next mark always replaces it; nothing waits for a click.

With a card scanner it also says that the next card can be scanned; without one it promises nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Icon
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.theme import set_state
from trainer_app.words import _

_ICONS = {
    "ok": "circle-check",
    "info": "info",
    "warn": "triangle-alert",
    "bad": "circle-x",
    "mute": "scan-line",
}
HEIGHT, LEAST_HEIGHT, SLIM_HEIGHT = 88, 66, 48


class _OneLine(Text):
    """Words in one line that end in dots where the room ends; they never make their page wider."""

    def __init__(self, kind: str) -> None:
        super().__init__("", kind)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), super().sizeHint().height())

    def setText(self, text: str) -> None:  # noqa: N802 (a name of Qt)
        """The tip says all of it."""
        super().setText(text)
        self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


class _Sign(Icon):
    """The picture of the band, large or small."""

    def show_icon(self, name: str, role: str = "primary") -> None:
        self._shown = (name, role)
        super().show_icon(name, role)

    def resize_to(self, px: int) -> None:
        self._px = px
        self.show_icon(*self._shown)


class ScanBand(QFrame):
    """Name large, result below, one action at the right. ``acted`` when the action is pressed.

    ``scanning``: a card scanner works here. ``set_slim`` puts name and result side by side, in half the
    height.
    """

    acted = Signal()

    def __init__(self, *, scanning: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scanning = scanning
        self._slim = self._ready_only = False
        self.setProperty("kind", "band")
        self.setMinimumHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(18), theme.px(4), theme.px(18), theme.px(4))
        row.setSpacing(theme.px(14))
        self._sign = _Sign("users", "mute_text", 44)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        self._words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._words.setSpacing(theme.px(2))
        self.name, self.result = _OneLine("bandname"), _OneLine("bandline")
        self._words.addStretch(1)
        self._words.addWidget(self.name)
        self._words.addWidget(self.result)
        self._words.addStretch(1)
        row.addLayout(self._words, 1)
        self._build_right(row)
        self.show_ready()

    def _build_right(self, row: QHBoxLayout) -> None:
        self._right = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._right.setSpacing(theme.px(6))
        self._hint = QWidget()
        line = QHBoxLayout(self._hint)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(8))
        self._ready_sign = Icon("scan-line", "mute_text", 20)
        self._ready = Text(_("Siap memindai kartu berikutnya"), "bandhint")
        line.addStretch(1)
        line.addWidget(self._ready_sign)
        line.addWidget(self._ready)
        self._right.addStretch(1)
        self._right.addWidget(self._hint)
        self.action = _BandButton()
        self.action.clicked.connect(self.acted)
        self._right.addWidget(self.action, 0, Qt.AlignmentFlag.AlignRight)
        self._right.addStretch(1)
        row.addLayout(self._right)

    def set_slim(self, slim: bool) -> None:
        """One line where there is little height. ``setFixedHeight`` is the page's."""
        sideways = QBoxLayout.Direction.LeftToRight
        ways = QBoxLayout.Direction.TopToBottom
        for box, gap in ((self._words, 14 if slim else 2), (self._right, 12 if slim else 6)):
            box.setDirection(sideways if slim else ways)
            box.setSpacing(theme.px(gap))
        self._words.setStretch(0, 0 if slim else 1)
        self._words.setStretch(2, 1 if slim else 0)
        self._sign.resize_to(26 if slim else 44)
        self.setMinimumHeight(theme.px(SLIM_HEIGHT if slim else LEAST_HEIGHT))
        self._slim = slim
        self._fit_words()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        """In one line a hint goes where it and what it belongs to have no room; a result stays."""
        wanted = self.name.sizeHint().width() + self._words.spacing() + self.result.sizeHint().width()
        room = self.width() - 2 * theme.px(18) - 2 * theme.px(14) - self._sign.width()
        goes = self._slim and self._ready_only and wanted > room
        shown = bool(self.result.text()) and not goes
        self.result.setVisible(shown)
        self._words.setStretch(3, 0 if self._slim and shown else 1)  # what is left stays behind the words

    def show_ready(self, text: str = "", more: str = "") -> None:
        """Nothing marked yet."""
        self._show(text or (_("Siap memindai kartu") if self._scanning else ""), more, "mute", "")
        self._hint.hide()

    def show_result(self, name: str, result: str, tone: str, action: str = "") -> None:
        """Shows and announces what came of a mark; ``tone`` bad interrupts what is being read aloud."""
        self._hint.setVisible(self._scanning)
        self._show(name, result, tone, action)
        announce(self, f"{name}. {result}", urgent=tone == "bad")

    def _show(self, name: str, result: str, tone: str, action: str) -> None:
        role = "ink" if tone == "mute" else f"{tone}_on"
        set_state(self, tone=tone)
        self.setAccessibleName(f"{name}. {result}" if result else name)
        self.name.setText(name)
        self.result.setText(result)
        self._ready_only = tone == "mute"
        self._fit_words()
        for words in (self.name, self.result, self._ready):
            set_state(words, band=tone)
        self._sign.show_icon(_ICONS[tone] if tone != "mute" or self._scanning else "users", role)
        self._ready_sign.show_icon("scan-line", role)
        self.action.dress(role)
        self.action.show_text(action)
        self.action.setVisible(bool(action))


class _BandButton(Button):
    """A button on the band, in the colour of the band's words."""

    def __init__(self) -> None:
        super().__init__("", "onfill", small=True)
        self._role = "ink"

    def dress(self, role: str) -> None:
        self._role = role
        set_state(self, on="ink" if role == "ink" else role.removesuffix("_on"))

    def text_colour(self) -> object:  # type: ignore[override]  # a QColor
        return theme.colour(self._role)
