""" "Siap berangkat?": everything that is looked at before leaving for a village, on one sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.pages.ready_checks import BAD, GOOD, ICONS, LOOK, WORDS, Check, checks, printers
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.lines import LineEditor
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.session import Desk
from trainer_app.words import _, ngettext, number

WIDTH, HEIGHT_BESIDES = 760, 300
TALLEST, ROW_HEIGHT = 470, 62


class ReadySheet(Sheet):
    """A line for each check; "Periksa lagi" looks anew. A card can be scanned to try the scanner."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, _("Siap berangkat?"), "", "package-check", width=WIDTH)
        self.desk = desk
        self.found: list[Check] = []
        self.verdict = Text("", "h3", wrap=True)
        self.body.addWidget(self.verdict)
        self.rows = RowList()
        holder = ScrollBody()
        holder.setAccessibleName(_("Yang diperiksa"))
        holder.body.addWidget(self.rows)
        holder.body.addStretch(1)
        room = parent.window().height() - theme.px(HEIGHT_BESIDES)
        holder.setFixedHeight(max(theme.px(130), min(theme.px(TALLEST), room)))
        self.body.addWidget(holder)
        self.scan = LineEditor(_("pindai kartu uji, atau ketik lalu Enter"), max_length=120)
        self.scan.enter_moves_on = False
        self.scan.returnPressed.connect(self._scanned)
        self.scan_field = Field(_("&Uji pemindai"), self.scan)
        self.body.addWidget(self.scan_field)
        self.again = self.add_button("", _("Periksa lagi"))
        self.again.clicked.connect(self.look)
        self.add_button("done", _("Tutup"), "primary", default=True)

    def open(self) -> None:
        super().open()
        self.look()

    def look(self) -> None:
        """Looks at everything anew."""
        desk = self.desk
        store, folder, now = desk.store, desk.folder, desk.now()
        self.verdict.setText(_("Sedang memeriksa…"))
        desk.run(self, lambda: checks(store, folder, now), self._show)

    def _show(self, found: Sequence[Check]) -> None:
        worst_first = (BAD, LOOK, GOOD).index
        self.found = sorted([*found, printers()], key=lambda check: worst_first(check.state))
        self.rows.clear()
        for check in self.found:
            chip = Chip(WORDS[check.state](), check.state, ICONS[check.state])
            row = ActionRow(None, check.title, check.line, right=chip)
            row.setMinimumHeight(theme.px(ROW_HEIGHT))
            self.rows.add(row)
        line_height = theme.px(ROW_HEIGHT) + theme.current().stroke("border")
        self.rows.setMinimumHeight(len(self.found) * line_height)  # else squeezed into what is seen
        self.verdict.setText(verdict(self.found))
        self.desk.announce(verdict(self.found))

    def _scanned(self) -> None:
        typed = self.scan.text().strip()
        self.scan.clear()
        words = _("Terbaca {n} huruf: {isi}").format(n=len(typed), isi=typed) if typed else ""
        self.scan_field.set_message(words or _("Belum ada yang terbaca."), "ok" if typed else "bad")


def verdict(found: Sequence[Check]) -> str:
    """All in one sentence."""
    wrong = sum(check.state == BAD for check in found)
    if wrong:
        return ngettext("{n} hal belum siap", "{n} hal belum siap", wrong).format(n=number(wrong))
    doubtful = sum(check.state == LOOK for check in found)
    if doubtful:
        return ngettext("{n} hal perlu dilihat", "{n} hal perlu dilihat", doubtful).format(n=number(doubtful))
    return _("Semua siap. Selamat jalan!") if all(check.state == GOOD for check in found) else ""
