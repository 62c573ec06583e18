"""What keeps people from selling online: problems told in the last 90 days, counted by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.table import Column, ListModel, Table
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.session import Desk
from trainer_app.records.visit import PROBLEM
from trainer_app.storage.problem_queries import ProblemCount, problem_counts
from trainer_app.words import _, number

BACK = timedelta(days=90)
ROWS_SHOWN = 8


class ProblemSheet(Sheet):
    """A short table, the most people first."""

    def __init__(self, parent: QWidget, found: Sequence[ProblemCount]) -> None:
        text = _("Yang paling banyak orang alami ada di atas.") if found else ""
        super().__init__(parent, _("Kendala 90 hari terakhir"), text, "triangle-alert")
        rows = _over_all_areas(found)
        model = ListModel(
            [
                Column(_("Kendala"), lambda row: _(PROBLEM[row[0]]), "strong", 220, 1),
                Column(_("Peserta"), lambda row: number(row[1]), "number", 90),
                Column(_("Kontak"), lambda row: number(row[2]), "number", 90),
            ],
            rows,
        )
        self.table = Table(model, _("Daftar kendala"))
        self.table.setFixedHeight(theme.px(46) + min(ROWS_SHOWN, len(rows)) * theme.size("row"))
        self.table.setVisible(bool(rows))
        self.body.addWidget(self.table)
        if not rows:
            words = _("Belum ada kendala yang dicatat dalam 90 hari terakhir.")
            self.body.addWidget(Text(words, "muted", wrap=True))
        self.add_button("", _("Tutup"), "primary", default=True).clicked.connect(self.reject)


def _over_all_areas(found: Sequence[ProblemCount]) -> list[tuple[str, int, int]]:
    """Problem, people, contacts; a laptop of several areas sees them as one."""
    people: Counter[str] = Counter()
    contacts: Counter[str] = Counter()
    for one in found:
        people[one.problem] += one.people
        contacts[one.problem] += one.contacts
    rows = [(code, people[code], contacts[code]) for code in people]
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))


def read_problems(desk: Desk) -> list[ProblemCount]:
    """The counts of the last 90 days; belongs off the screen thread."""
    return problem_counts(desk.store, PROBLEM, since=desk.today() - BACK)
