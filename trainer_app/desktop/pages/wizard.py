"""The first-run wizard: one question a step, Back always works, under four minutes.

Language and look, then work or trying out, then enrolling the laptop with the supervisor's code, then who
you are. What was answered outlives a change of look or language, for which all widgets are made anew.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.later import later
from trainer_app.desktop.pages.wizard_steps import (
    EnrolStep,
    LanguageStep,
    PersonStep,
    PurposeStep,
    Step,
    WaitStep,
)
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.buttons import Button, primary, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.trial import Trial, wipe_trial
from trainer_app.desktop.workspace import Opened, Workspace
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.app import App

CARD_WIDTH = 640
STEPS = ("language", "purpose", "enrol", "person")


@dataclass
class Answers:
    """What was said so far."""

    address: str = ""
    code: str = ""
    laptop: str = ""
    work: bool = True
    problem: InputProblem | None = field(default=None)


class Wizard(QObject):
    """The course of the wizard; ``build`` makes the widget of the step one is at."""

    def __init__(self, app: App, step: str = "") -> None:
        super().__init__()
        self.app = app
        self.answers = Answers(address=app.settings().centre, laptop=platform.node()[:40])
        self.steps = [name for name in STEPS if name != "purpose" or app.start_trial is not None]
        self.step = step if step in self.steps else self.steps[0]
        self.began_at = self.step
        self.changed = ""  # the setting that was chosen last, where the keyboard goes on
        self.joining = app.joining
        self.view: WizardView | None = None
        if step == "trial":
            self.step = "purpose"
            later(self, self.try_out)

    def build(self) -> QWidget:
        """The screen of the present step."""
        self.view = WizardView(self, self._make_step())
        return self.view

    def _make_step(self) -> Step:
        makers: dict[str, Callable[[Wizard], Step]] = {
            "language": LanguageStep,
            "purpose": PurposeStep,
            "enrol": EnrolStep,
            "person": PersonStep,
        }
        return makers[self.step](self)

    # ---------------------------------------------------------------- moving
    def go(self, step: str) -> None:
        """Shows a step."""
        self.step = step
        self.app.window.show_gate(self.build())

    def forward(self) -> None:
        """To the step after this one."""
        self.go(self.steps[self.steps.index(self.step) + 1])

    def back(self) -> None:
        """To the step before; from the first one to the lock screen, if the wizard was called from there."""
        place = self.steps.index(self.step)
        if self.step == self.began_at or place == 0:
            self.app.close_wizard()
        else:
            self.go(self.steps[place - 1])

    def can_go_back(self) -> bool:
        return self.steps.index(self.step) > 0

    def _wait(self, text: str, cancel: Callable[[], None]) -> WaitStep:
        waiting = WaitStep(self, text, cancel)
        self.view = WizardView(self, waiting)
        self.app.window.show_gate(self.view)
        return waiting

    # ---------------------------------------------------------------- enrolling
    def enrol(self) -> None:
        """Asks the centre with what was typed; shows the roster or says what to do."""
        if self.joining.joined:
            if self.joining.people:
                self.forward()
            else:
                self.enrol_again()
            return
        said = self.answers
        waiting = self._wait(_("Menghubungi pusat…"), self._stop_enrolling)
        background = self.app.background

        def say(text: str, share: float) -> None:
            background.post(lambda: waiting.show_progress(text, share), waiting)

        background.run(
            lambda: self.joining.connect(said.address, said.code, said.laptop, say),
            lambda _nothing: self._enrolled(),
            self._not_enrolled,
            lane="network",
            owner=self,
        )

    def enrol_again(self) -> None:
        """Fetches the roster once more: the centre knew nobody for this area."""
        waiting = self._wait(_("Mengambil daftar petugas…"), lambda: self.go("person"))
        background = self.app.background

        def say(text: str, share: float) -> None:
            background.post(lambda: waiting.show_progress(text, share), waiting)

        background.run(
            lambda: self.joining.fetch(say),
            lambda _nothing: self.go("person"),
            lambda problem: waiting.show_problem(problem.message),
            lane="network",
            owner=waiting,
        )

    def _stop_enrolling(self) -> None:
        self.joining.cancel()
        self.go("enrol")

    def _enrolled(self) -> None:
        self.answers.problem = None
        self.app.change_settings(centre=self.joining.address)
        self.go("person")

    def _not_enrolled(self, problem: Problem) -> None:
        if self.joining.cancelled:
            return
        field_name = problem.field if isinstance(problem, InputProblem) else _field_of(problem.code)
        self.answers.problem = InputProblem(problem.message, field=field_name, code=problem.code)
        self.go("enrol")

    def finish(self, step: PersonStep) -> None:
        """Makes the first user of the laptop and opens the pages."""
        values = step.form.values()
        if values is None:
            return
        person, code, pin = values
        step.show_busy(busy=True)
        self.app.background.run(
            lambda: self.joining.finish(person.id, code, pin),
            self._finished,
            lambda problem: step.show_problem(problem),
            owner=step,
        )

    def _finished(self, opened: Opened) -> None:
        self.app.signed_in(opened)
        announce(self.app.window, _("Laptop siap dipakai."))

    # ---------------------------------------------------------------- trying out
    def try_out(self) -> None:
        """Makes sample data in its own folder, and opens it."""
        start = self.app.start_trial
        if start is None:
            return
        wanted = _Wanted()
        waiting = self._wait(_("Menyiapkan data contoh…"), lambda: self._no_trial(wanted))
        background, folder = self.app.background, self.app.trial_folder()

        def say(text: str, share: float) -> None:
            background.post(lambda: waiting.show_progress(text, share), waiting)

        def make() -> tuple[Trial, Workspace, Opened] | None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            trial = start(folder, say)
            work = Workspace(trial.folder)
            if not wanted.still:
                wipe_trial(trial, work, folder)
                return None
            return trial, work, work.open(trial.staff_id, trial.pin)

        def ready(made: tuple[Trial, Workspace, Opened] | None) -> None:
            if made is not None:
                trial, work, opened = made
                self.app.begin_trial(trial, opened, work)

        background.run(make, ready, lambda problem: waiting.show_problem(problem.message), lane="network")

    def _no_trial(self, wanted: _Wanted) -> None:
        wanted.still = False
        self.go("purpose")


@dataclass
class _Wanted:
    """Whether somebody still waits for what is being made."""

    still: bool = True


def _field_of(code: str) -> str:
    """The field that a refusal is about: a wrong, used or expired code, else the address."""
    return "code" if code.startswith("enrol.") else "address"


class WizardView(QWidget):
    """Sign and step number at the top, the question in a card, Back and Next below it."""

    def __init__(self, wizard: Wizard, step: Step) -> None:
        super().__init__()
        self.step = step
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(40), theme.px(22), theme.px(40), theme.px(18))
        column.setSpacing(theme.px(14))
        column.addLayout(self._head(wizard))
        scroll = ScrollBody()
        middle = QHBoxLayout()
        card = Card(step.question, level="h1")
        card.setMaximumWidth(theme.px(CARD_WIDTH))
        card.body.setSpacing(theme.px(14))
        card.add(step)
        middle.addStretch(1)
        middle.addWidget(card, 1000)  # as wide as it may be
        middle.addStretch(1)
        scroll.body.addStretch(1)
        scroll.body.addLayout(middle)
        scroll.body.addStretch(2)
        column.addWidget(scroll, 1)
        column.addLayout(self._foot(wizard, step))
        later(self, step.focus_first)

    def _head(self, wizard: Wizard) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(12))
        sign = Text()
        sign.setPixmap(pictures.app_picture(40))
        row.addWidget(sign)
        row.addWidget(Text("Trainer App", "h2"))
        row.addStretch(1)
        words = _("Langkah {n} dari {semua}")
        place = wizard.steps.index(wizard.step) + 1
        row.addWidget(Text(words.format(n=place, semua=len(wizard.steps)), "muted"))
        return row

    def _foot(self, wizard: Wizard, step: Step) -> QHBoxLayout:
        row = QHBoxLayout()
        self.back: Button | None = None
        if step.may_go_back and wizard.can_go_back():
            self.back = secondary(_("Kembali"), "arrow-left")
            self.back.clicked.connect(wizard.back)
            row.addWidget(self.back)
        row.addStretch(1)
        self.next: Button | None = None
        if step.next_word:
            self.next = primary(step.next_word)
            self.next.clicked.connect(step.submit)
            row.addWidget(self.next)
        return row
