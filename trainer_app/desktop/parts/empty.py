"""An empty place: what is not here, and the one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Icon
from trainer_app.desktop.parts.text import Text


class Empty(QWidget):
    """Icon, sentence, at most one button; ``pressed`` when it is pressed."""

    pressed = Signal()

    def __init__(
        self,
        icon: str,
        text: str,
        button: str = "",
        button_icon: str | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(24))
        column.setSpacing(theme.px(12))
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(Icon(icon, "ink3", 44), 0, middle)
        self.words = Text(text, "muted", wrap=True)
        self.words.setAlignment(middle)
        column.addWidget(self.words)
        self.button: Button | None = None
        if button:
            self.button = Button(button, "primary", button_icon)
            self.button.clicked.connect(self.pressed)
            column.addWidget(self.button, 0, middle)
        column.addStretch(1)
        self._column = column

    def add_below(self, widget: QWidget) -> None:
        """Another way, below the one thing to do."""
        self._column.insertWidget(self._column.count() - 1, widget, 0, Qt.AlignmentFlag.AlignHCenter)

    def set_text(self, text: str) -> None:
        self.words.setText(text)
