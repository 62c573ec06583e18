"""What came of a contact: the way, whether somebody was reached, problems, a note, when the next one is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from trainer_app.actions.visits import Notes
from trainer_app.desktop import theme
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.choices import CheckEditor, MultiSeg, Seg
from trainer_app.desktop.parts.editors import DateEditor, LineEditor
from trainer_app.desktop.parts.field import Field
from trainer_app.records.problem import InputProblem
from trainer_app.records.visit import CALL, HOW, PROBLEM
from trainer_app.words import N_, _

REACHED_WORDS = ((True, N_("Terhubung")), (False, N_("Tidak terhubung")))


class ContactForm(Card):
    """``touched``: a person changed something."""

    touched = Signal()

    def __init__(self) -> None:
        super().__init__(narrow=True)
        self._own_day = False
        self.how = Seg([(code, _(word)) for code, word in HOW.items()])
        self.reached = Seg([(value, _(word)) for value, word in REACHED_WORDS])
        self.problems = MultiSeg([(code, _(word)) for code, word in PROBLEM.items()])
        self.note = LineEditor(max_length=400)
        self.next_on = DateEditor()
        self.next_field = Field(_("&Berikutnya"), self.next_on, message=False)
        self.ended = CheckEditor(_("Pendampingan &selesai"))
        self.add(Field(_("&Cara"), self.how, message=False))
        self.add(Field(_("&Hasil"), self.reached, message=False))
        self.add(Field(_("&Kendala"), self.problems, message=False))
        self.add(Field(_("Ca&tatan"), self.note, message=False))
        self._beside((self.next_field, 2), (self.ended, 3))
        for editor in (self.how, self.reached, self.problems, self.note):
            editor.changed.connect(self.touched)
        self.next_on.changed.connect(self._next_typed)
        self.ended.changed.connect(self._ended_changed)
        self.clear()

    def _beside(self, *widgets: tuple[Any, int]) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.px(14))
        for widget, share in widgets:
            row.addWidget(widget, share)
        self.add(row)

    def clear(self) -> None:
        """As for somebody of whom nothing was told yet."""
        self.how.set_value(CALL)
        self.reached.set_value(True)
        for editor in (self.problems, self.note, self.next_on, self.ended):
            editor.clear_value()
        self.next_on.setEnabled(True)
        self._own_day = False
        self.next_field.hide_message()

    def propose(self, day: date | None) -> None:
        """The day by the plan, unless a person typed another."""
        if not self._own_day:
            self.next_on.set_value(day)

    def notes(self) -> Notes:
        """What was told. Raises `InputProblem` for a day that is none."""
        ended = bool(self.ended.value())
        if self.next_on.text() and self.next_on.as_date() is None:
            raise InputProblem(_("Isi tanggal seperti 24-12-2026, atau kosongkan."), field="next_on")
        return Notes(
            how=str(self.how.value() or CALL),
            reached=bool(self.reached.value()),
            problems=tuple(str(code) for code in self.problems.value()),
            note=str(self.note.value()),
            next_on=None if ended else self.next_on.as_date(),
            ended=ended,
        )

    def say_wrong_day(self, message: str) -> None:
        """Says it at the field of the next day, and goes there."""
        self.next_field.set_message(message)
        self.next_on.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---------------------------------------------------------------- the draft
    def held(self) -> dict[str, Any]:
        """All of it, for a draft."""
        return {
            "how": self.how.value(),
            "reached": self.reached.value(),
            "problems": list(self.problems.value()),
            "note": self.note.text(),
            "next_on": self.next_on.value() if self._own_day else None,
            "ended": self.ended.value(),
        }

    def put_back(self, held: Mapping[str, Any]) -> None:
        """What a draft holds."""
        self.how.set_value(held.get("how") or CALL)
        self.reached.set_value(held.get("reached", True))
        self.problems.set_value(held.get("problems") or ())
        self.note.set_value(held.get("note"))
        self.ended.set_value(held.get("ended"))
        self._own_day = bool(held.get("next_on"))
        if self._own_day:
            self.next_on.set_value(held["next_on"])
        self.next_on.setEnabled(not self.ended.value())

    def _next_typed(self) -> None:
        self._own_day = True
        self.next_field.hide_message()
        self.touched.emit()

    def _ended_changed(self) -> None:
        self.next_on.setEnabled(not self.ended.value())
        self.touched.emit()
