"""Cards: white sheets that group what belongs together, and banners: one lasting message in a tone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.theme import set_state

TONE_ICONS = {
    "ok": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
    "info": "info",
    "sunken": "info",
}


def tone_role(tone: str | None) -> str:
    """The colour of an icon that stands on a card of ``tone``."""
    return f"{tone}_text" if tone in theme.TONES else "primary"


def add_to(layout: QVBoxLayout | QHBoxLayout, thing: QWidget | QLayout, stretch: int = 0) -> None:
    """Adds a widget or a layout; boxes of Qt want to know which."""
    if isinstance(thing, QWidget):
        layout.addWidget(thing, stretch)
    else:
        layout.addLayout(thing, stretch)


class Icon(QLabel):
    """A picture beside a word; not read aloud, the word is."""

    def __init__(self, name: str, role: str = "primary", px: int = 22, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._px = px
        self.show_icon(name, role)

    def show_icon(self, name: str, role: str = "primary") -> None:
        self.setPixmap(pictures.pixmap(name, role, self._px))
        edge = theme.px(self._px)
        self.setFixedSize(edge, edge)


class Card(QFrame):
    """A sheet with an optional heading; ``body`` is where its content goes. ``narrow``: for the right
    column.
    """

    def __init__(
        self,
        title: str = "",
        icon: str | None = None,
        tone: str | None = None,
        level: str = "h3",
        *,
        narrow: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setProperty("tone", tone or "")
        self._tone = tone
        outer = QVBoxLayout(self)
        side = theme.px(16 if narrow or tone else 20)
        outer.setContentsMargins(side, theme.px(13), side, theme.px(13))
        outer.setSpacing(theme.px(6))
        self.heading = Text(title, level, wrap=False)
        self._head = QHBoxLayout()
        self._head.setSpacing(theme.px(10))
        self._icon: Icon | None = None
        if icon:
            self._icon = Icon(icon, tone_role(tone), 22 if tone is None else 26)
            self._head.addWidget(self._icon)
        self._head.addWidget(self.heading)
        self._head.addStretch(1)
        outer.addLayout(self._head)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.px(8))
        outer.addLayout(self.body, 1)
        self.heading.setVisible(bool(title))
        if title:
            self.setAccessibleName(title)

    def add(self, thing: QWidget | QLayout, stretch: int = 0) -> None:
        """Puts a widget or layout below what is there."""
        add_to(self.body, thing, stretch)

    def add_right(self, widget: QWidget) -> None:
        """Puts a widget at the right end of the heading."""
        self._head.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_title(self, title: str) -> None:
        self.heading.setText(title)
        self.heading.setVisible(bool(title))
        self.setAccessibleName(title)

    def set_tone(self, tone: str | None, icon: str | None = None) -> None:
        """Changes the tone, and the icon if the card has one."""
        self._tone = tone
        set_state(self, tone=tone or "")
        if self._icon is not None and icon:
            self._icon.show_icon(icon, tone_role(tone))


class Banner(Card):
    """A lasting state in one sentence, with room for a button at its right."""

    def __init__(
        self, text: str, tone: str = "info", icon: str | None = None, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(tone=tone, parent=parent)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.px(10))
        self._sign = Icon(icon or TONE_ICONS[tone], "info_text" if tone == "sunken" else tone_role(tone), 22)
        self._row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        self.words = Text(text, "body", wrap=True, rich=True)
        self._row.addWidget(self.words, 1)
        self.add(self._row)
        self.setAccessibleName(text)

    def set_text(self, text: str) -> None:
        self.words.setText(text)
        self.setAccessibleName(text)

    def show_state(self, text: str, tone: str, icon: str | None = None) -> None:
        self.set_text(text)
        set_state(self, tone=tone)
        self._sign.show_icon(icon or TONE_ICONS[tone], "info_text" if tone == "sunken" else tone_role(tone))

    def add_right(self, widget: QWidget) -> None:
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
