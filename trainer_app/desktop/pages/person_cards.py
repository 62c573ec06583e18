"""The answers of a person in cards: read as words, corrected in the same place, the open questions on a card
of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.pages.person_words import PersonFacts, value_words
from trainer_app.desktop.pages.register_fields import held, put_back
from trainer_app.desktop.parts.buttons import Button, primary, quiet, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.record_form import RecordForm
from trainer_app.desktop.parts.text import Text
from trainer_app.records.completeness import QUESTIONS
from trainer_app.records.fields import Record, Value, fields_by_name, fields_of
from trainer_app.records.kinds import Consent, Enterprise, Person
from trainer_app.records.problem import InputProblem
from trainer_app.words import _, ngettext

OWNER = (
    "full_name",
    "sex",
    "birth_date",
    "phone",
    "has_whatsapp",
    "phone_shared",
    "phone_kind",
    "phone_owner",
    "guardian_name",
    "guardian_relation",
)
HOME = ("village", "landmark", "rt", "rw", "education", "help_needed", "source")
FIRM = (
    "name",
    "business_group",
    "kbli",
    "product",
    "village",
    "landmark",
    "same_address",
    "premises",
    "started_year",
    "workers_men",
    "workers_women",
    "workers_family",
    "sales_bracket",
    "nib_status",
    "nib",
    "signal",
    "channels",
    "payments",
    "bookkeeping",
)
CONSENT = ("purposes", "manner", "witness", "notice_version")
#: Reading, answers stand in so many columns.
COLUMNS = 2
Changes = Mapping[type[Record], Mapping[str, Value]]


class Editing(QWidget):
    """A form with its buttons. ``wanted`` carries what was changed, by kind; ``left``: it was put away."""

    wanted = Signal(object)
    left = Signal()
    changed = Signal()

    def __init__(self, keys: Sequence[str], prefer: Iterable[int], save_words: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        self.form = RecordForm(keys, prefer)
        self.form.changed.connect(lambda _key: self.changed.emit())
        column.addWidget(self.form)
        line = QHBoxLayout()
        line.addStretch(1)
        self.cancel, self.save = secondary(_("Batal")), primary(save_words)
        line.addWidget(self.cancel)
        line.addWidget(self.save)
        column.addLayout(line)
        self._before: dict[type[Record], dict[str, Value]] = {}
        self.cancel.clicked.connect(self.left)
        self.save.clicked.connect(self.press_save)

    def show_records(self, records: Iterable[Record | None]) -> None:
        """Fills the form; from now on only what differs is a change."""
        for record in records:
            if record is not None:
                values = {field.name: getattr(record, field.name) for field in fields_of(type(record))}
                self.form.show_values(type(record), values)
        self._before = {cls: self.form.values(cls) for cls in (Person, Enterprise, Consent)}

    def changes(self) -> dict[type[Record], dict[str, Value]]:
        """What a person changed, by kind."""
        found: dict[type[Record], dict[str, Value]] = {}
        for cls, before in self._before.items():
            now = self.form.values(cls)
            changed = {name: value for name, value in now.items() if value != before.get(name)}
            if changed:
                found[cls] = changed
        return found

    def held(self) -> dict[str, object]:
        """What each editor holds, letter by letter."""
        return {key: held(field.editor) for key, field in self.form.fields.items()}

    def put_back(self, answers: Mapping[str, object]) -> None:
        """What was being typed; it counts as changed."""
        for key, field in self.form.fields.items():
            if key in answers:
                put_back(field.editor, answers[key])
        self.form.show_values(Person, {})  # asks again which questions belong on screen

    def press_save(self) -> None:
        self.wanted.emit(self.changes())

    def show_problems(self, problems: Sequence[InputProblem]) -> None:
        """Says at each field what is wrong; the focus goes to the first."""
        for problem in reversed(problems):
            field = self.form.fields.get(problem.field)
            if field is not None:
                field.setVisible(True)
                field.set_message(problem.message)
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def start(self) -> None:
        """The focus goes to the first question that is shown."""
        for field in self.form.fields.values():
            if not field.isHidden():
                field.editor.setFocus(Qt.FocusReason.TabFocusReason)
                return


class EditableCard(Card):
    """A card that is read and, at the press of its button, holds editors in the same place: for the fields
    ``keys`` of ``records``, with ``save_words`` on the button that saves. ``part`` is what a draft calls it.

    ``wanted(changes)`` when what was typed is to be saved, ``began`` with the form.
    """

    wanted = Signal(object)
    began = Signal()

    def __init__(
        self,
        part: str,
        title: str,
        icon: str,
        tone: str | None,
        button: Button,
        *,
        keys: Sequence[str],
        records: Sequence[Record | None],
        prefer: Iterable[int],
        save_words: str,
    ) -> None:
        super().__init__(title, icon, tone)
        self.part, self.button = part, button
        self.editing: Editing | None = None
        self._keys, self._records = keys, records
        self._prefer, self._save_words = tuple(prefer), save_words
        button.clicked.connect(self.edit)

    def edit(self) -> None:
        """The same place, with editors in it."""
        if self.editing is not None or not self._keys:
            return
        firm = next((record for record in self._records if isinstance(record, Enterprise)), None)
        self.editing = Editing(self._keys, self._prefer, self._save_words)
        self.editing.form.group = firm.business_group if firm is not None else None
        self.editing.show_records(self._records)
        self.editing.wanted.connect(self.wanted)
        self.editing.left.connect(self.leave)
        self._show_reading(False)
        self.add(self.editing)
        self.editing.start()
        self.began.emit()

    def leave(self) -> None:
        """Back to reading; nothing is saved."""
        if self.editing is None:
            return
        self.editing.hide()
        self.editing.deleteLater()
        self.editing = None
        self._show_reading(True)
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_reading(self, shown: bool) -> None:
        """What the card shows while nobody types."""
        self.button.setVisible(shown)


class AnswersCard(EditableCard):
    """Some fields of one record."""

    def __init__(
        self,
        part: str,
        title: str,
        icon: str,
        record: Record,
        names: Sequence[str],
        prefer: Iterable[int] = (),
    ) -> None:
        button = quiet(_("Ubah"), "pencil")
        button.setAccessibleName(_("Ubah {bagian}").format(bagian=title))
        keys = [f"{record.table}.{name}" for name in names]
        words = _("Simpan perubahan")
        super().__init__(
            part, title, icon, None, button, keys=keys, records=[record], prefer=prefer, save_words=words
        )
        self.record, self.names = record, names
        self._reading = QWidget()
        self._grid = QGridLayout(self._reading)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(8))
        for place in range(COLUMNS):
            self._grid.setColumnStretch(place, 1)
        self._cells = 0
        self.add(self._reading)
        self.add_right(self.button)
        self._fill()

    def _fill(self) -> None:
        known = fields_by_name(type(self.record))
        for name in self.names:
            value = getattr(self.record, name)
            if value is not None and not (name == "unnamed" and not value):
                self.add_answer(_(known[name].label), value_words(known[name], value, self.record))
        if not self._cells and isinstance(self.record, Enterprise | Person):
            self.add_answer("", _("Belum ada jawaban di bagian ini."))

    def add_answer(self, label: str, words: str, *actions: Button) -> Text:
        """One answer: what was asked, small, and below it what was said."""
        cell = QVBoxLayout()
        cell.setSpacing(0)
        cell.addWidget(Text(label, "caption"))
        value = Text(words, "body", wrap=True)
        value.setAccessibleName(f"{label}: {words}")
        if actions:
            line = QHBoxLayout()
            line.addWidget(value)
            for action in actions:
                line.addWidget(action)
            line.addStretch(1)
            value.setWordWrap(False)
            cell.addLayout(line)
        else:
            cell.addWidget(value)
        cell.addStretch(1)
        self._grid.addLayout(cell, self._cells // COLUMNS, self._cells % COLUMNS)
        self._cells += 1
        return value

    def _show_reading(self, shown: bool) -> None:
        super()._show_reading(shown)
        self._reading.setVisible(shown)


def ask_again(cards: Iterable[EditableCard], wrong: str) -> None:
    """Open the card that asks a field ("person.phone") and say there that the centre could not read it."""
    table, _dot, name = wrong.partition(".")
    for card in cards:
        if not isinstance(card, AnswersCard) or card.record.table != table or name not in card.names:
            continue
        card.edit()
        if card.editing is not None:
            words = _("Pusat belum bisa membaca isian ini. Betulkan, lalu simpan.")
            card.editing.show_problems([InputProblem(words, field=wrong)])
        return


def missing_keys(facts: PersonFacts) -> list[str]:
    """The fields of the open questions, in the order of the form. The consent has a sheet of its own."""
    firm = next(iter(facts.enterprises), None)
    keys: list[str] = []
    for question in QUESTIONS:
        if question.number not in facts.missing or question.cls is Consent:
            continue
        record: Record | None = facts.person if question.cls is Person else firm
        keys += [
            f"{question.cls.table}.{field.name}"
            for field in fields_of(question.cls)
            if field.question == question.number
            and (record is None or getattr(record, field.name) is None or field.name == "nik_status")
        ]
    return keys


class MissingCard(EditableCard):
    """How many questions are open, and those questions on request."""

    def __init__(self, facts: PersonFacts, prefer: Iterable[int], ask_consent: Callable[[], object]) -> None:
        n = len(facts.missing)
        title = ngettext("{n} pertanyaan belum diisi", "{n} pertanyaan belum diisi", n).format(n=n)
        button = secondary(_("Lengkapi"), small=True)
        keys, records = missing_keys(facts), [facts.person, next(iter(facts.enterprises), None)]
        words = _("Simpan")
        super().__init__(
            "missing",
            title,
            "clipboard-pen",
            "warn",
            button,
            keys=keys,
            records=records,
            prefer=prefer,
            save_words=words,
        )
        if 1 in facts.missing:
            consent = secondary(_("Catat persetujuan"), small=True)
            consent.clicked.connect(ask_consent)
            self.add_right(consent)
        self.add_right(self.button)
        self.button.setVisible(bool(keys))

    def _show_reading(self, shown: bool) -> None:
        super()._show_reading(shown)
        self.set_tone("warn" if shown else None, "clipboard-pen")
