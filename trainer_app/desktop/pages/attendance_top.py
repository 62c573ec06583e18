"""The top of the attendance page: the band with the last mark, and how many are here."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.ring import Ring
from trainer_app.desktop.parts.scan_band import HEIGHT, LEAST_HEIGHT, SLIM_HEIGHT, ScanBand
from trainer_app.desktop.parts.text import Text
from trainer_app.records.training import ATTENDED
from trainer_app.words import _

RING_EDGE = 64


class AttendanceTop(QWidget):
    """Band and ring. As tall as the tiles leave room for; where there is little it is one line of words."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(12))
        self.band = ScanBand(scanning=False)
        row.addWidget(self.band, 1)
        self.card = Card(narrow=True)
        self.card.setAccessibleName(_("Jumlah hadir"))
        margins = self.card.layout()
        if margins is not None:
            margins.setContentsMargins(theme.px(14), 0, theme.px(16), 0)
        line = QHBoxLayout()
        line.setSpacing(theme.px(14))
        self.ring = Ring(0, 0, _("Hadir"), edge=RING_EDGE)
        line.addWidget(self.ring)
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        self.left, self.others = Text("", "h3"), Text("", "caption")
        words.addStretch(1)
        words.addWidget(self.left)
        words.addWidget(self.others)
        words.addStretch(1)
        line.addLayout(words)
        self.card.add(line)
        row.addWidget(self.card)
        self._slim = False
        self._count: Mapping[str, int] = {"": 0, "H": 0, "T": 0, "I": 0, "S": 0, "A": 0}
        self.fit(theme.px(HEIGHT))

    def fit(self, height: int) -> None:
        """Takes at most this height, in pixels: never more than it looks good at, never less than a line."""
        slim = height < theme.px(LEAST_HEIGHT)
        if slim != self._slim:
            self._slim = slim
            self.band.set_slim(slim)
            self.ring.setHidden(slim)
            self.others.setHidden(slim)
            self.show_numbers(self._count)
        wanted = theme.px(SLIM_HEIGHT) if slim else min(theme.px(HEIGHT), height)
        if wanted != self.height():
            self.setFixedHeight(wanted)
            self.band.setFixedHeight(wanted)
            self.card.setFixedHeight(wanted)

    @property
    def least_height(self) -> int:
        """What it needs in any case, in pixels."""
        return theme.px(SLIM_HEIGHT)

    def show_numbers(self, count: Mapping[str, int]) -> None:
        """Statuses with how many people have them."""
        self._count = count
        here, everybody = sum(count[status] for status in ATTENDED), sum(count.values())
        self.ring.set_value(here, everybody)
        left = _("{n} belum").format(n=count[""])
        others = _("{telat} telat · {izin} izin").format(telat=count["T"], izin=count["I"] + count["S"])
        if self._slim:
            left = _("{n} dari {semua} hadir · {belum} belum").format(
                n=here, semua=everybody, belum=count[""]
            )
        self.left.setText(left)
        self.others.setText(others)
        self.ring.setToolTip(others)
