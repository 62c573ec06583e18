"""The board of all laptops on a supervisor's laptop: whom to look for, and what they still held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.sending_words import moment
from trainer_app.reports.laptops import (
    held_words,
    is_unseen,
    longest_unheard_first,
    missing_words,
    offset_words,
)
from trainer_app.storage import fleet
from trainer_app.storage.fleet import ACTIVE, Laptop
from trainer_app.words import _, ago, ngettext, number

if TYPE_CHECKING:
    from datetime import datetime

    from trainer_app.desktop.session import Desk
    from trainer_app.storage.store import Store


def board(store: Store) -> list[Laptop]:
    """The other laptops in use in the areas of this one, the longest unheard first."""
    with store.db.reading() as c:
        found = fleet.laptops(c, frozenset(store.areas))
    return longest_unheard_first([one for one in found if one.id != store.replica and one.state == ACTIVE])


def line_words(laptop: Laptop, now: datetime) -> str:
    """Everything of a laptop in one line."""
    heard = _("belum pernah ke laptop ini")
    if laptop.seen_at is not None:
        heard = _("terakhir {lama}").format(lama=ago(moment(laptop.seen_at), now))
    held = held_words(laptop, now)
    parts = [heard]
    if laptop.seen_at is not None:
        parts.append(
            _("saat itu belum dikirim: {isi}").format(isi=held) if laptop.waiting else _("tidak ada sisa")
        )
        if laptop.offset_ms is not None:  # a package on a stick does not tell it
            parts.append(_("jam {selisih}").format(selisih=offset_words(laptop.offset_ms)))
        parts.append(_("versi {versi}").format(versi=laptop.version or "?"))
    missing = missing_words(laptop)
    return " · ".join([*parts, missing] if missing else parts)


class Board(QWidget):
    """A card with a row for each laptop."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.card = Card(_("Semua laptop"), level="h2")
        self.count = Text("", "caption")
        self.card.add_right(self.count)
        self.rows = RowList()
        self.card.add(self.rows)
        column.addWidget(self.card)
        self.lines: list[tuple[str, str]] = []
        self.hide()

    def show_laptops(self, found: list[Laptop]) -> None:
        """Shows them anew when something of them is another."""
        now = self.desk.now()
        now_ms = round(now.timestamp() * 1000)
        unseen = sum(is_unseen(one, now_ms) for one in found)
        lines = [(one.name, line_words(one, now)) for one in found]
        self.setVisible(bool(found))
        words = ngettext(
            "{n} lebih dari 3 hari tidak terlihat", "{n} lebih dari 3 hari tidak terlihat", unseen
        )
        self.count.setText(words.format(n=number(unseen)) if unseen else "")
        if lines == self.lines:
            return
        self.lines = lines
        self.rows.clear()
        for one, (name, line) in zip(found, lines, strict=True):
            late = is_unseen(one, now_ms)
            row = ActionRow("laptop", name, line, "warn" if late else "primary")
            if late:
                row.add_right(Chip(_("lebih dari 3 hari"), "warn", "clock"))
            elif one.missing or one.in_part:
                row.add_right(Chip(_("belum lengkap"), "info", "clock"))
            self.rows.add(row)
