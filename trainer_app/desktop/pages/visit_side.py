"""Around a visit: the number to call, what was said before, where the enterprise sells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.later import restarting
from trainer_app.desktop.pages.channel_words import use_words
from trainer_app.desktop.pages.visit_words import (
    change_words,
    contact_words,
    masked_phone,
    whole_phone,
)
from trainer_app.desktop.parts.buttons import quiet
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.rows import ActionRow, RowList, take_all
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.session import Desk
from trainer_app.records.kinds import ChannelUse, Visit
from trainer_app.words import _

SHOWN_MS = 30_000
EARLIER_SHOWN = 3


class PhoneLine(QWidget):
    """The last digits of a number; the whole of it for half a minute, when asked for."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._phone, self._whole = "", False
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(8))
        self.number = Text("", "strong")
        self.look_button = quiet(_("Lihat"), "eye")
        self.look_button.setAccessibleName(_("Lihat nomor HP lengkap"))
        self.look_button.clicked.connect(self.look)
        line.addWidget(self.number)
        line.addWidget(self.look_button)
        self._timer = restarting(self, SHOWN_MS, self.cover)

    def show_phone(self, phone: str) -> None:
        """Another number, or the same one as it was shown."""
        if phone != self._phone:
            self._phone, self._whole = phone, False
        self._say()

    def look(self) -> None:
        """The whole number for a while, or covered again."""
        if not self._phone:
            return
        self._whole = not self._whole
        self._say()
        if self._whole:
            self._timer.start()
            self._desk.announce(whole_phone(self._phone))

    def cover(self) -> None:
        """Only the last digits again."""
        self._timer.stop()
        self._whole = False
        self._say()

    def _say(self) -> None:
        words = whole_phone(self._phone) if self._whole else masked_phone(self._phone)
        self.number.setText(words or _("Tidak punya HP"))
        self.number.setAccessibleName(f"{_('Nomor HP')}: {words}" if words else _("Tidak punya HP"))
        self.look_button.setVisible(bool(self._phone))
        self.look_button.show_text(_("Tutup") if self._whole else _("Lihat"))


class VisitSide(QWidget):
    """What was said before and where the enterprise sells, in two cards that show when there is something."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        self._earlier = Card(_("Kontak sebelumnya"), icon="history", narrow=True)
        self.rows = RowList()
        self._earlier.add(self.rows)
        column.addWidget(self._earlier)
        self._channels = Card(_("Saluran jualan"), icon="store", narrow=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.px(4))
        self._channels.add(self._lines)
        column.addWidget(self._channels)

    def show_case(
        self, visits: Sequence[Visit], channels: Sequence[ChannelUse], names: Mapping[str, str]
    ) -> None:
        """Another person, or news of the same one."""
        self.rows.clear()
        for visit in visits[:EARLIER_SHOWN]:
            line = " · ".join(part for part in (change_words(visit.steps), visit.note or "") if part)
            self.rows.add(ActionRow("phone", contact_words(visit), line))
        self._earlier.setVisible(bool(visits))
        take_all(self._lines)
        for use in channels:
            self._lines.addWidget(Text(use_words(use, names), "body", wrap=True))
        self._channels.setVisible(bool(channels))
