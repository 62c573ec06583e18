"""Beside a person's answers: the batches, and everything that happened, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.pages.person_words import Event
from trainer_app.desktop.pages.register_batch import batch_words
from trainer_app.desktop.parts.buttons import Button, quiet, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.text import Text
from trainer_app.records.kinds import Batch
from trainer_app.words import _

EVENTS_SHOWN = 12


class HistoryCard(Card):
    """The newest events; the others on request."""

    def __init__(self, events: Sequence[Event]) -> None:
        super().__init__(_("Riwayat"), icon="history", narrow=True)
        self._events = events
        self.rows = RowList()
        self.add(self.rows)
        self.more = quiet(_("Tampilkan semua ({n})").format(n=len(events)))
        self.more.clicked.connect(self.show_all)
        self.add(self.more)
        self.more.setVisible(len(events) > EVENTS_SHOWN)
        self._show(events[:EVENTS_SHOWN])

    def show_all(self) -> None:
        """Adds the older ones."""
        self._show(self._events[EVENTS_SHOWN:])
        self.more.hide()

    def _show(self, events: Sequence[Event]) -> None:
        for event in events:
            line = "\n".join(part for part in (event.line, event.lost) if part)
            self.rows.add(ActionRow(event.icon, event.title, line, event.tone))


class BatchesCard(Card):
    """The batches somebody is in. ``wanted`` asks for another."""

    wanted = Signal()

    def __init__(self, batches: Sequence[Batch], *, may_join: bool) -> None:
        super().__init__(_("Angkatan"), icon="users", narrow=True)
        for batch in batches:
            self.add(Text(batch_words(batch), "body", wrap=True))
        if not batches:
            self.add(Text(_("Belum masuk angkatan."), "muted"))
        if may_join:
            join = secondary(_("Masukkan ke angkatan"), "user-plus", small=True)
            join.clicked.connect(self.wanted)
            self.add(at_left(join))


def at_left(button: Button, deed: Callable[[], object] | None = None) -> QWidget:
    """A button that does not stretch over the line."""
    if deed is not None:
        button.clicked.connect(lambda _on=False: deed())
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, theme.px(2), 0, 0)
    line.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    line.addStretch(1)
    return holder
