"""Who are you, and your PIN: used by the wizard, by adding somebody to a laptop, and by a supervisor who
sends.

A person chooses a name of the roster, types the personal code once (unless the laptop was enrolled for
them) and a new PIN twice. What is wrong is said beside the field it belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from trainer_app.actions.staff import Member
from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import quiet
from trainer_app.desktop.parts.choices import PickEditor, Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.lines import LineEditor
from trainer_app.desktop.parts.pin import PinBoxes
from trainer_app.records.problem import InputProblem
from trainer_app.records.staff import ROLE
from trainer_app.storage.keys import PIN_LENGTH, check_new_pin
from trainer_app.words import _

BUTTONS_AT_MOST = 6  # more names go into a list that drops down
CODE_LENGTH = 20  # as typed, with blanks and dashes


class NewPin(QWidget):
    """A new PIN, typed twice; or a passphrase, for those who want one."""

    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        self._pins = (PinBoxes(PIN_LENGTH), PinBoxes(PIN_LENGTH))
        self._phrases = (_secret(), _secret())
        again = _("Sekali lagi")
        self.first = Field(_("PIN baru"), self._pins[0], hint=_("{n} angka").format(n=PIN_LENGTH))
        self.second = Field(again, self._pins[1])
        self.phrase = Field(_("Kalimat sandi baru"), self._phrases[0], hint=_("paling sedikit 12 huruf"))
        self.phrase_again = Field(again, self._phrases[1])
        for field in (self.first, self.second, self.phrase, self.phrase_again):
            column.addWidget(field)
        self.switch = quiet(_("Pakai kalimat sandi"))
        self.switch.clicked.connect(lambda: self.use_phrase(use=self.phrase.isHidden()))
        column.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        self._pins[0].completed.connect(self._first_typed)
        self._pins[1].completed.connect(self._second_typed)
        self._pins[1].finished.connect(self.finished)
        self._phrases[1].returnPressed.connect(self.finished)
        self.use_phrase(use=False)

    def use_phrase(self, *, use: bool) -> None:
        """Boxes for a PIN, or lines for a passphrase."""
        for field in (self.phrase, self.phrase_again):
            field.setVisible(use)
        for field in (self.first, self.second):
            field.setVisible(not use)
        self.switch.show_text(
            _("Pakai PIN {n} angka").format(n=PIN_LENGTH) if use else _("Pakai kalimat sandi")
        )

    def _fields(self) -> tuple[Field, Field]:
        return (self.first, self.second) if self.phrase.isHidden() else (self.phrase, self.phrase_again)

    def _typed(self) -> tuple[str, str]:
        first, second = self._pins if self.phrase.isHidden() else self._phrases
        return first.text(), second.text()

    def _first_typed(self, pin: str) -> None:
        """Says at once when a PIN is easy to guess: not only after typing it twice."""
        try:
            check_new_pin(pin)
        except InputProblem as problem:
            self.first.set_message(problem.message)
            return
        self.first.set_message(_("PIN bisa dipakai"), "ok")
        self.second.editor.setFocus()

    def _second_typed(self, pin: str) -> None:
        if pin == self._pins[0].text():
            self.second.set_message(_("Sama"), "ok")
        else:
            self.second.set_message(_("PIN kedua belum sama. Ketik lagi."))

    def first_focus(self) -> QWidget:
        """Where typing starts."""
        return self._pins[0] if self.phrase.isHidden() else self._phrases[0]

    def value(self) -> str | None:
        """The new PIN; None, with the reason beside the field, while it cannot be used."""
        typed, again = self._typed()
        try:
            check_new_pin(typed)
        except InputProblem as problem:
            self.show_problem(problem)
            return None
        if typed != again:
            second = self._fields()[1]
            if again:
                second.set_message(_("PIN kedua belum sama. Ketik lagi."))
            else:
                second.set_message(_("Ketik PIN yang sama sekali lagi."), "mute")
            second.editor.setFocus()
            return None
        return typed

    def show_problem(self, problem: InputProblem) -> None:
        first, _second = self._fields()
        first.set_message(problem.message)
        first.editor.setFocus()

    def clear(self) -> None:
        for editor in (*self._pins, *self._phrases):
            editor.clear()
        for field in (self.first, self.second, self.phrase, self.phrase_again):
            field.clear_message()


def _secret() -> QLineEdit:
    editor = QLineEdit()
    editor.setEchoMode(QLineEdit.EchoMode.Password)
    editor.setMaxLength(200)
    return editor


class KnownPin(QWidget):
    """The PIN somebody has: boxes, or a line for those with a passphrase. ``finished`` when it can be
    tried.
    """

    finished = Signal()

    def __init__(self, label: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        self.boxes, self._line = PinBoxes(PIN_LENGTH), _secret()
        self.pin = Field(label, self.boxes, hint=_("{n} angka").format(n=PIN_LENGTH))
        self.phrase = Field(_("Kalimat sandi"), self._line)
        self.switch = quiet(_("Pakai kalimat sandi"))
        for widget in (self.pin, self.phrase):
            column.addWidget(widget)
        column.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        self.boxes.completed.connect(lambda _pin: self.finished.emit())
        self.boxes.finished.connect(self.finished)
        self._line.returnPressed.connect(self.finished)
        self.switch.clicked.connect(self._switch)
        self.phrase.hide()

    def _switch(self) -> None:
        phrase = self.phrase.isHidden()
        self.phrase.setVisible(phrase)
        self.pin.setVisible(not phrase)
        self.switch.show_text(
            _("Pakai PIN {n} angka").format(n=PIN_LENGTH) if phrase else _("Pakai kalimat sandi")
        )
        self.first_focus().setFocus()

    def _field(self) -> Field:
        return self.pin if self.phrase.isHidden() else self.phrase

    def first_focus(self) -> QLineEdit:
        """Where typing starts."""
        return self.boxes if self.phrase.isHidden() else self._line

    def value(self) -> str | None:
        """What was typed; None, with the reason beside it, while it is too short to be tried."""
        typed = self.first_focus().text()
        if self.phrase.isHidden() and len(typed) < PIN_LENGTH:
            self.show_message(_("PIN terdiri dari {n} angka.").format(n=PIN_LENGTH))
            return None
        if not typed:
            self.show_message(_("Ketik kalimat sandi."))
            return None
        return typed

    def show_message(self, text: str) -> None:
        self._field().set_message(text)
        self.first_focus().setFocus()

    def show_wrong(self, text: str) -> None:
        """It did not fit: says so and takes away what was typed."""
        self.clear()
        self.boxes.set_wrong(True)
        self.show_message(text)

    def clear(self) -> None:
        self.boxes.clear()
        self._line.clear()
        self.pin.clear_message()
        self.phrase.clear_message()


class PersonForm(QWidget):
    """Name, personal code, PIN. ``known`` is who needs no code here."""

    finished = Signal()
    chosen = Signal()

    def __init__(
        self,
        people: Sequence[Member],
        *,
        known: bytes | None = None,
        question: str = "",
        code_hint: str = "",
    ) -> None:
        super().__init__()
        self.people, self._known = list(people), known
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        self._names = self._name_editor()
        self.who = Field(question or _("Nama Anda"), self._names, message=False)
        column.addWidget(self.who)
        self._code = LineEditor(max_length=CODE_LENGTH)
        hint = code_hint or _("8 huruf dan angka, dari pengawas")
        self.code = Field(_("Kode pribadi"), self._code, hint=hint)
        column.addWidget(self.code)
        self.pin = NewPin()
        self.pin.finished.connect(self.finished)
        column.addWidget(self.pin)
        self._names.changed.connect(self._follow)
        self._follow()

    def _name_editor(self) -> Seg | PickEditor:
        choices: list[tuple[object, str]] = [(person.id, _name_and_role(person)) for person in self.people]
        editor = Seg(choices) if len(choices) <= BUTTONS_AT_MOST else PickEditor(choices, _("Pilih nama"))
        first = self._known if any(person.id == self._known for person in self.people) else None
        editor.set_value(first or (self.people[0].id if len(self.people) == 1 else None))
        return editor

    def _follow(self) -> None:
        """The code is asked only of those who need one, the PIN only when it is known whose."""
        person = self.person()
        needs_code = person is not None and person.id != self._known
        self.code.setVisible(needs_code)
        self.pin.setVisible(person is not None)
        self.chosen.emit()

    def person(self) -> Member | None:
        """Who was chosen."""
        chosen = self._names.value()
        return next((person for person in self.people if person.id == chosen), None)

    def typed_code(self) -> str | None:
        """The personal code as typed; None when this person needs none."""
        return None if self.code.isHidden() else str(self._code.value())

    def values(self) -> tuple[Member, str | None, str] | None:
        """Person, code, PIN; None, with the reason on screen, while something is missing."""
        person = self.person()
        if person is None:
            return None
        if self.typed_code() == "":
            self.code.set_message(_("Ketik kode pribadi dari pengawas."))
            self.code.editor.setFocus()
            return None
        pin = self.pin.value()
        return None if pin is None else (person, self.typed_code(), pin)

    def show_problem(self, problem: InputProblem) -> None:
        """Says it beside the field it belongs to."""
        if problem.field == "code":
            self.code.set_message(problem.message)
            self.code.editor.setFocus()
        else:
            self.pin.show_problem(problem)

    def first_focus(self) -> QWidget:
        """Where typing starts."""
        if self.person() is None:
            return self._names
        return self._code if not self.code.isHidden() else self.pin.first_focus()


def _name_and_role(person: Member) -> str:
    return f"{person.name} · {_(ROLE.get(person.role, person.role))}"
