"""A person as a disc with initials."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from trainer_app.desktop import theme


def initials(name: str) -> str:
    """The first letters of the first and last word: "Siti Rahma" is SR."""
    words = [word for word in name.replace(".", " ").split() if word[0].isalpha()]
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0].upper() for word in chosen)


class Avatar(QWidget):
    """Not read aloud: the name stands beside it."""

    def __init__(self, name: str = "", px: int = 36, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._px = px
        self._letters = ""
        self.set_name(name)
        edge = theme.px(px)
        self.setFixedSize(edge, edge)

    def set_name(self, name: str) -> None:
        self._letters = initials(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._px), theme.px(self._px))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setPen(theme.colour("on_accent"))
        painter.setFont(theme.font("chip", px=self._px * 0.37, weight=700))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letters)
