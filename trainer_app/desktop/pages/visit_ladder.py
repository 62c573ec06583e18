"""The checklist of steps on the page of a visit: one digit says what was found about a step.

Pressing a digit again goes on to the next thing that can be said, and round to nothing: of a step that is not
reached "tercapai", then "sudah sebelumnya"; of one that stands "masih", then "gugur".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from trainer_app.actions.milestones import LAPSED, REACHED, STANDS, Finding
from trainer_app.desktop import theme
from trainer_app.desktop.pages.visit_words import evidence_words, rung_chip
from trainer_app.desktop.parts.table import Column, ListModel, Table
from trainer_app.storage.ladder_queries import Rung
from trainer_app.words import _

_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Ladder(Table):
    """``said(code)``: something else was found about a step; ``findings`` holds all of it."""

    said = Signal(str)

    def __init__(self, today: date, *, parent: QWidget | None = None) -> None:
        self.today = today
        self.findings: dict[str, Finding] = {}
        self._steps = ListModel(
            [
                Column("", lambda rung: rung.step.code, "strong", 52),
                Column(_("Tahapan"), lambda rung: rung.step.label, "text", 196, 2),
                Column(_("Keadaan"), self._chip, "chip", 190),
                Column(_("Bukti"), lambda rung: evidence_words(rung, self._finding(rung)), "muted", 96, 3),
            ]
        )
        super().__init__(self._steps, _("Tahapan usaha"), parent=parent)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _finding(self, rung: Rung) -> Finding | None:
        return self.findings.get(rung.step.code)

    def _chip(self, rung: Rung) -> tuple[str, str, str | None]:
        return rung_chip(rung, self._finding(rung), self.today)

    def show_rungs(self, rungs: Sequence[Rung], stand: str = "") -> None:
        """Other steps; the choice goes to `stand`, else it stays where it was."""
        place = max(0, self.currentIndex().row())
        self._steps.set_rows(rungs)
        codes = [rung.step.code for rung in rungs]
        self.select_row(codes.index(stand) if stand in codes else place)
        self.setFixedHeight(theme.px(44) + len(rungs) * theme.size("row") + 2)

    def rung(self, code: str) -> Rung | None:
        """The step of a code."""
        rows = (self._steps.row_at(place) for place in range(self._steps.rowCount()))
        return next((rung for rung in rows if rung.step.code == code), None)

    def words_of_state(self, rung: Rung) -> str:
        """How a step stands, in words, with what was found just now."""
        return self._chip(rung)[0]

    def press(self, code: str) -> None:
        """The next thing that can be said of a step; nothing of one that follows from others."""
        rung = self.rung(code)
        if rung is None or rung.computed:
            return
        now, finding = self.findings.get(code), Finding(code, REACHED, self.today)
        said: Finding | None
        if rung.stands:
            following = {None: STANDS, STANDS: LAPSED, LAPSED: None}[now.what if now else None]
            said = replace(now or finding, what=following) if following else None
        elif now is None:
            said = finding
        else:
            said = None if now.before_programme else replace(now, before_programme=True)
        self.say(code, said)

    def say(self, code: str, finding: Finding | None) -> None:
        """This was found; None takes it back."""
        if finding is None:
            self.findings.pop(code, None)
        else:
            self.findings[code] = finding
        for place in range(self._steps.rowCount()):
            if self._steps.row_at(place).step.code == code:
                self.select_row(place)
        self.viewport().update()
        self.said.emit(code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rung = self.current_row()
        digit = event.key() - Qt.Key.Key_0
        if event.modifiers() & _HELD:
            event.ignore()
        elif 0 <= digit < self._steps.rowCount():
            self.press(f"T{digit}")
        elif event.key() == Qt.Key.Key_Space and rung is not None:
            self.press(rung.step.code)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and rung is not None:
            self.say(rung.step.code, None)
        else:
            super().keyPressEvent(event)
