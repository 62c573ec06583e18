"""A QR code on the screen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from trainer_app.desktop import theme

QUIET_ZONE = 4  # modules of light around it (ISO/IEC 18004)


class QrCode(QWidget):
    """Always dark on light, whatever the look: scanners want it so. `name` says what it is of."""

    EDGE = 136

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self._text, self._rows = "", list[bytes]()
        self.setAccessibleName(name)
        self.setFixedSize(self.sizeHint())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        """What it says; nothing is drawn for ""."""
        if text == self._text:
            return
        import segno

        self._text = text
        self._rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix] if text else []
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self.EDGE), theme.px(self.EDGE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        module = self.width() / (len(self._rows) + 2 * QUIET_ZONE)
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    left, top = (x + QUIET_ZONE) * module, (y + QUIET_ZONE) * module
                    # a hair larger than the module, so that no light shows between two of them
                    painter.fillRect(QRectF(left, top, module + 0.3, module + 0.3), Qt.GlobalColor.black)
