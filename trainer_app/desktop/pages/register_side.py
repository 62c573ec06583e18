"""Beside the form: who may be registered already, how far the queue is, which keys there are; above it: what
is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.pages.register_duplicates import DuplicateCard
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.bars import Progress
from trainer_app.desktop.parts.buttons import Button, quiet
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _, duration, ngettext


class QueueCard(Card):
    """How many of the batch are registered, and one's own time for a person: seen by nobody else."""

    def __init__(self) -> None:
        super().__init__(_("Antrean hari ini"), narrow=True)
        self.numbers = Text("", "h3", wrap=False)
        self.add_right(self.numbers)
        self.bar = Progress(_("Antrean hari ini"))
        self.add(self.bar)
        self.pace = Text("", "caption", wrap=True)
        self.add(self.pace)

    def show_numbers(self, done: int, total: int | None, average_s: int | None) -> None:
        """``total`` is the capacity of the batch, None where nobody said it."""
        self.numbers.setText(f"{done} / {total}" if total else str(done))
        self.bar.setVisible(bool(total))
        self.bar.set_part(done, total or 1)
        words = _("Rata-rata {waktu} per orang").format(waktu=_time(average_s)) if average_s else ""
        self.pace.setText(words or _("Belum ada waktu rata-rata"))


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return duration(rest)
    return f"{duration(minutes * 60)} {duration(rest)}" if rest else duration(minutes * 60)


class KeysCard(Card):
    """The keys of this page."""

    def __init__(self) -> None:
        super().__init__(_("Tanpa tetikus"), tone="sunken")
        hints = [
            (["Enter"], _("ke isian berikutnya")),
            (["F2"], _("ulangi isian orang tadi")),
            (["F4"], _("tidak ada, belum punya")),
            (["1", "…", "8"], _("pilih tombol pilihan")),
            (["F8"], _("peserta setuju")),
            (["Ctrl", "Enter"], _("simpan & berikutnya")),
        ]
        self.add(KeyHints(hints, column=True))


class SideColumn(QWidget):
    """The cards, one below the other, and the button for the rest of the questions.

    In a narrow window the column lies above the form: then only somebody who may be registered already is
    worth the room.
    """

    def __init__(self, complete: Button) -> None:
        super().__init__()
        self.duplicates, self.queue, self.keys = DuplicateCard(), QueueCard(), KeysCard()
        self._complete, self._compact = complete, False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(12))
        for part in (self.duplicates, self.queue, complete, self.keys):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.duplicates.shown.connect(self._share_room)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.queue.setVisible(not compact)
        if not compact:
            self._column.insertWidget(2, self._complete)
        self._share_room()

    def _share_room(self) -> None:
        """The keys give way: all of it together is taller than a small laptop's screen."""
        self.keys.setVisible(not self._compact and self.duplicates.isHidden())


Problem = tuple[str, Callable[[], object]]


class ProblemSummary(Card):
    """What keeps the form from being saved: one line each, which leads to its field."""

    def __init__(self) -> None:
        super().__init__(" ", icon="circle-alert", tone="bad")
        self._links: list[Button] = []
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Shows the list and takes the focus to its first line; an empty list takes it away."""
        for link in self._links:
            link.hide()
            link.deleteLater()
        self._links = []
        if not problems:
            self.hide()
            return
        n = len(problems)
        self.set_title(
            ngettext("Ada {n} yang perlu diperbaiki", "Ada {n} yang perlu diperbaiki", n).format(n=n)
        )
        for text, lead in problems:
            link = quiet(text)
            link.setProperty("align", "left")
            link.clicked.connect(lambda _on=False, go=lead: go())
            line = QHBoxLayout()
            line.addWidget(link)
            line.addStretch(1)
            self.add(line)
            self._links.append(link)
        self.show()
        self._links[0].setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, self.heading.text(), urgent=True)
