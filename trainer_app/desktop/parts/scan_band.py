"""The band that says what the last card was. The next card always replaces it; nothing waits for a click."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

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
HEIGHT = 88


class ScanBand(QFrame):
    """Name large, result below, one action at the right. ``acted`` when the action is pressed."""

    acted = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "band")
        self.setMinimumHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(18), theme.px(6), theme.px(18), theme.px(6))
        row.setSpacing(theme.px(14))
        self._sign = Icon("scan-line", "mute_text", 44)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        self.name = Text("", "bandname")
        self.result = Text("", "bandline", wrap=True)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.result)
        words.addStretch(1)
        row.addLayout(words, 1)
        self._build_right(row)
        self.show_ready()

    def _build_right(self, row: QHBoxLayout) -> None:
        right = QVBoxLayout()
        right.setSpacing(theme.px(6))
        ready = QHBoxLayout()
        ready.setSpacing(theme.px(8))
        self._ready_sign = Icon("scan-line", "mute_text", 20)
        self._ready = Text(_("Siap memindai kartu berikutnya"), "bandhint")
        ready.addStretch(1)
        ready.addWidget(self._ready_sign)
        ready.addWidget(self._ready)
        right.addStretch(1)
        right.addLayout(ready)
        self.action = _BandButton()
        self.action.clicked.connect(self.acted)
        right.addWidget(self.action, 0, Qt.AlignmentFlag.AlignRight)
        right.addStretch(1)
        row.addLayout(right)

    def show_ready(self, text: str = "") -> None:
        """Nothing scanned yet."""
        self._show(text or _("Siap memindai kartu"), "", "mute", "")
        self._ready.hide()
        self._ready_sign.hide()

    def show_result(self, name: str, result: str, tone: str, action: str = "") -> None:
        """Shows and announces what a card was; ``tone`` bad interrupts what is being read aloud."""
        self._ready.show()
        self._ready_sign.show()
        self._show(name, result, tone, action)
        announce(self, f"{name}. {result}", urgent=tone == "bad")

    def _show(self, name: str, result: str, tone: str, action: str) -> None:
        role = "ink" if tone == "mute" else f"{tone}_on"
        set_state(self, tone=tone)
        self.setAccessibleName(f"{name}. {result}" if result else name)
        self.name.setText(name)
        self.result.setText(result)
        self.result.setVisible(bool(result))
        for words in (self.name, self.result, self._ready):
            set_state(words, band=tone)
        self._sign.show_icon(_ICONS[tone], role)
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
