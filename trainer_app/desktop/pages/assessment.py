"""Tests before and after the training: a whole batch in one sheet, one digit an answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from trainer_app.actions import assessment as deeds
from trainer_app.actions.assessment import Answered
from trainer_app.desktop import theme
from trainer_app.desktop.pages.assessment_words import (
    advice_words,
    answer_words,
    gain_words,
    score_words,
    spoken,
)
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.choices import PickEditor, Seg
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.score_grid import Heading, Line, ScoreGrid
from trainer_app.desktop.parts.text import Text
from trainer_app.records.assessment import (
    AFTER,
    BEFORE,
    PHASE,
    Assessment,
    gain,
    not_begun,
    score_of,
    with_answer,
)
from trainer_app.records.ids import RecordId
from trainer_app.records.item_set import Item, ItemSet, item_set
from trainer_app.records.kinds import Batch, Decision, Enrolment, Person
from trainer_app.storage.assessment_queries import TestedRow, tested_people
from trainer_app.words import N_, _, number

LEAST_GRID = 240  # height of the sheet where the window is low: the page scrolls then


class AssessmentPage(DeskPage):
    """The sheet of one batch, before or after."""

    title = N_("Tes awal dan akhir")
    subtitle = N_("Satu angka untuk setiap jawaban. Yang belum dijawab tidak dihitung nol.")
    watches = (Assessment, Batch, Enrolment, Person, Decision)
    help_page = "tes"
    with_footer = True

    def build(self) -> None:
        self._rows: dict[RecordId, TestedRow] = {}
        self._batch: Batch | None = None
        self._batches: list[Batch] = []
        self._items: ItemSet | None = item_set()
        row = QHBoxLayout()
        row.setSpacing(theme.px(12))
        self.phases = Seg([(phase, _(word)) for phase, word in PHASE.items()])
        self.phases.setAccessibleName(_("Tes yang mana"))
        self.phases.set_value(BEFORE)
        self.phases.changed.connect(self._show)
        row.addWidget(self.phases, 1)
        self.of_batch = PickEditor()
        self.of_batch.setAccessibleName(_("Angkatan"))
        label = Text(_("Angkatan"), "label")
        label.setBuddy(self.of_batch)
        self.of_batch.setMinimumWidth(theme.px(240))
        self.of_batch.changed.connect(self._batch_chosen)
        row.addWidget(label)
        row.addWidget(self.of_batch)
        self.body.addLayout(row)
        self.card = Card()
        self.question = Text("", "strong", wrap=True)
        self.answers = Text("", "muted", wrap=True)
        self.answers.setMinimumHeight(2 * self.answers.fontMetrics().lineSpacing())  # the sheet never jumps
        self.answers.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.card.body.addWidget(self.question)
        self.card.body.addWidget(self.answers)
        self.advice = Text("", "label")
        self.card.body.addWidget(self.advice)
        self.body.addWidget(self.card)
        self.grid = ScoreGrid(_("Lembar tes"), [_("Nilai"), _("Tingkat"), _("Naik")], [62, 118, 70])
        self.grid.answered.connect(self._answer)
        self.grid.moved.connect(self._stands)
        self.grid.setMinimumHeight(theme.px(LEAST_GRID))
        self.body.addWidget(self.grid, 1)
        self.empty = Empty("clipboard-list", "", _("Buka sesi & absensi"))
        self.empty.pressed.connect(lambda: self.desk.go("sessions"))
        self.body.addWidget(self.empty, 1)
        self._build_foot()

    def _build_foot(self) -> None:
        hints = [(["0", "…", "3"], _("jawab")), (["Delete"], _("hapus")), (["Enter"], _("orang berikutnya"))]
        self.footer.addWidget(KeyHints(hints))
        self.footer.addStretch(1)
        self.summary = Text("", "muted")
        self.footer.addWidget(self.summary)

    def shortcuts(self) -> list[Shortcut]:
        return [Shortcut("Ctrl+T", _("Tes awal / akhir"), self._other_phase)]

    # ---------------------------------------------------------------- what is shown
    @property
    def phase(self) -> str:
        """Before or after."""
        return str(self.phases.value() or BEFORE)

    def place(self) -> dict[str, Any]:
        return {"batch": self._batch.id if self._batch else None, "phase": self.phase}

    def shown(self, *, batch: RecordId | None = None, phase: str | None = None, **_args: Any) -> None:
        if phase is not None:
            self.phases.set_value(phase)
        self.refresh(set())
        if batch is not None and any(one.id == batch for one in self._batches):
            self.of_batch.set_value(batch)
            self._batch_chosen()
        target = self.grid if self._rows else self.empty.button
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, kinds: set[int]) -> None:
        self._batches = sorted(
            self.desk.store.find(Batch), key=lambda one: (one.starts_on or "", one.id), reverse=True
        )
        chosen = self.of_batch.value()
        self.of_batch.set_choices([(batch.id, batch.name or "") for batch in self._batches])
        known = [batch.id for batch in self._batches]
        self.of_batch.set_value(chosen if chosen in known else (known[0] if known else None))
        self._batch_chosen()

    def _batch_chosen(self) -> None:
        wanted = self.of_batch.value()
        self._batch = next((batch for batch in self._batches if batch.id == wanted), None)
        found = tested_people(self.desk.store, self._batch) if self._batch is not None else []
        self._rows = {row.person: row for row in found}
        self._show()

    def _other_phase(self) -> None:
        self.phases.set_value(AFTER if self.phase == BEFORE else BEFORE)
        self._show()

    def _show(self) -> None:
        some, items = bool(self._rows), self._items
        for widget in (self.card, self.grid):
            widget.setVisible(some)
        self.empty.setVisible(not some)
        if not self._batches:
            self.empty.set_text(_("Belum ada angkatan. Buat angkatan dulu, lalu tesnya."))
        else:
            self.empty.set_text(_("Angkatan ini belum punya peserta."))
        if self.footer_bar is not None:
            self.footer_bar.setVisible(some)
        if some and items is not None:
            headings = [Heading(item.code, spoken(item, self._form_usual())) for item in items.items]
            self.grid.show_lines(headings, [self._line(row, items) for row in self._rows.values()])
            self._stands(*self.grid.place())
            self._sum_up(items)

    def _form_usual(self) -> str:
        return deeds.USUAL_FORM[self.phase]

    def _line(self, row: TestedRow, items: ItemSet) -> Line:
        sitting = row.sitting(self.phase)
        answers = tuple(sitting.answer(item) if sitting else None for item in items.items)
        scores = [score_of(one, items) if one is not None else None for one in (row.before, row.after)]
        own = scores[0] if self.phase == BEFORE else scores[1]
        tails = (*score_words(own, items), gain_words(gain(*scores)))
        return Line(row.person, row.name or _("Tanpa nama"), answers, tails)

    def _sum_up(self, items: ItemSet) -> None:
        own = [score_of(one, items) for row in self._rows.values() if (one := row.sitting(self.phase))]
        known = [score.index for score in own if score.index is not None]
        words = _("{n} dari {semua} orang lengkap").format(
            n=number(len(known)), semua=number(len(self._rows))
        )
        if known:
            words += " · " + _("nilai tengah {n}").format(n=number(round(median(known))))
        self.summary.setText(words)

    def _stands(self, key: bytes, item: int) -> None:
        """The words of the item somebody stands on, with what its digits mean."""
        row, items = self._rows.get(key), self._items
        if row is None or items is None or not 0 <= item < len(items.items):
            return
        asked = items.items[item]
        sitting = row.sitting(self.phase)
        form = (sitting.form if sitting is not None else None) or self._form_usual()
        self.question.setText(f"{asked.code} · {asked.words(form)}")
        self.answers.setText(answer_words(asked, form, items))
        advice = advice_words(sitting, items) if sitting is not None else ""
        self.advice.setText(f"{row.name} · {advice}" if advice else "")

    # ---------------------------------------------------------------- answering
    def _answer(self, key: bytes, place: int, answer: int | None) -> None:
        row, items, batch = self._rows.get(key), self._items, self._batch
        if row is None or items is None or batch is None:
            return
        item, phase = items.items[place], self.phase
        sitting = row.sitting(phase)
        form = (sitting.form if sitting is not None else None) or self._form_usual()
        if answer is not None and answer >= item.answers(form):
            words = _("{kode}: angka 0 sampai {n}.").format(kode=item.code, n=item.answers(form) - 1)
            self.answers.setText(words)
            self.desk.announce(words, urgent=True)
            return
        self._put(row, item, answer)
        if answer is not None:
            self.grid.step()
        store, by, today = self.desk.store, self.desk.staff.id, self.desk.today()
        self.run(
            lambda: deeds.record_answers(store, batch, key, phase, {item: answer}, today, by),
            then=lambda done: self.desk.undo.push(_("Urungkan"), partial(self._take_back, done)),
        )

    def _put(self, row: TestedRow, item: Item, answer: int | None) -> None:
        """On the screen at once; the store follows, in order."""
        batch, items = self._batch, self._items
        if batch is None or items is None:
            return
        blank = not_begun(batch.area, self.phase, self._form_usual(), items)
        changed = with_answer(row.sitting(self.phase) or blank, item, answer)
        after = replace(row, before=changed) if self.phase == BEFORE else replace(row, after=changed)
        self._rows[row.person] = after
        self.grid.change(self._line(after, items))
        self._sum_up(items)

    def _take_back(self, done: Answered) -> None:
        store, by = self.desk.store, self.desk.staff.id
        self.run(lambda: deeds.take_back(store, done, by), then=lambda _none: self._batch_chosen())
