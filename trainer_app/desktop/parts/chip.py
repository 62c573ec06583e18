"""A chip: a short state in a tone, always with a word, mostly with an icon of its own outline."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.card import Icon, tone_role
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.theme import set_state

HEIGHT = 26


class Chip(QFrame):
    """``tone``: ok, warn, bad, info, mute."""

    def __init__(
        self, text: str = "", tone: str = "mute", icon: str | None = None, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "chip")
        self.setProperty("outlined", "true" if theme.current().look == "terik" else "false")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        row.setSpacing(theme.px(6))
        self._icon = Icon("circle", "mute_text", 16)
        self._words = Text("", "chiptext")
        row.addWidget(self._icon)
        row.addWidget(self._words)
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(text, tone, icon)

    def show_state(self, text: str, tone: str = "mute", icon: str | None = None) -> None:
        """Shows another state; the words are also what a screen reader says."""
        self._words.setText(text)
        self.setAccessibleName(text)
        self._icon.setVisible(icon is not None)
        if icon:
            self._icon.show_icon(icon, tone_role(tone))
        set_state(self, tone=tone)
        for child in (self._words, self._icon):
            self.style().unpolish(child)
            self.style().polish(child)

    def text(self) -> str:
        return self._words.text()
