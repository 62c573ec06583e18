"""What the keyboard can do, printed on the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Icon
from trainer_app.desktop.parts.text import Text

_ARROWS = {"↓": "arrow-down", "↑": "arrow-up", "←": "arrow-left", "→": "arrow-right"}  # not in the font


class Keycap(QFrame):
    """One key."""

    def __init__(self, text: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "keycap")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(9), 0, theme.px(9), 0)
        row.addWidget(Icon(_ARROWS[text], "ink2", 14) if text in _ARROWS else Text(text, "key"))
        self.setFixedHeight(theme.px(26))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)


class KeyHint(QWidget):
    """Keys and what they do."""

    def __init__(self, keys: Sequence[str], text: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(6))
        for key in keys:
            row.addWidget(Keycap(key))
        self.words = Text(text, "muted")
        row.addWidget(self.words)
        row.addStretch(1)


class KeyButton(Button):
    """A hint that can also be pressed, for those who use the mouse: it does what its keys do."""

    def __init__(self, keys: Sequence[str], text: str, *, parent: QWidget | None = None) -> None:
        super().__init__("", "quiet", small=True, parent=parent)
        self.setProperty("hint", "true")
        self.setAccessibleName(text)
        self.setAccessibleDescription(" + ".join(keys))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.px(4), 0, theme.px(4), 0)
        self._hint = KeyHint(keys, text)
        self._row.addWidget(self._hint)
        self.setToolTip(text)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def words_width(self) -> int:
        """How much wider it is with its words, in pixels."""
        return self._hint.words.sizeHint().width() + self._hint.row.spacing()

    def set_short(self, short: bool) -> None:
        """Only the key, where there is no room for the words."""
        self._hint.words.setHidden(short)
        self._hint.row.invalidate()  # at once: whoever asks for the width next must not hear the old one
        self._row.invalidate()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._row.sizeHint().width(), theme.size("button_small"))


class KeyHints(QWidget):
    """Several hints: one line at the foot of a page, of which those are shown that fit, or one below the
    other in a card.
    """

    def __init__(
        self,
        hints: Sequence[tuple[Sequence[str], str]],
        *,
        column: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._hints = [KeyHint(keys, text, parent=self) for keys, text in hints]
        self._gap = theme.px(8 if column else 12)
        if column:
            box = QVBoxLayout(self)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(self._gap)
            for hint in self._hints:
                box.addWidget(hint)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """All of them in one line, when they are not below each other."""
        if self.layout() is not None:
            return super().sizeHint()
        hints = [hint.sizeHint() for hint in self._hints]
        width = sum(hint.width() for hint in hints) + self._gap * max(0, len(hints) - 1)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSizeHint(self) -> QSize:
        """A line of them may be left out: the sheet of keys has them all."""
        return super().minimumSizeHint() if self.layout() is not None else QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.layout() is not None:
            return
        left = 0
        for hint in self._hints:
            wanted = hint.sizeHint()
            hint.setVisible(left + wanted.width() <= self.width())
            hint.setGeometry(left, (self.height() - wanted.height()) // 2, wanted.width(), wanted.height())
            left += wanted.width() + self._gap
