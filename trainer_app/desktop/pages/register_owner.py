"""The owner of the business, as the card in the hand says: NIK first, which fills birth date and sex."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from trainer_app.actions.registration_checks import birth_problem, is_minor
from trainer_app.desktop import theme
from trainer_app.desktop.pages.register_fields import NikEditor, Rows, beside, move_on, skip
from trainer_app.desktop.parts.buttons import Button, quiet
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.editors import Seg
from trainer_app.desktop.parts.record_form import RecordField
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.checks.names import clean_name
from trainer_app.records.checks.nik import LENGTH, NikReading, group_nik, read_nik
from trainer_app.records.checks.phone import read_phones
from trainer_app.records.fields import Value
from trainer_app.records.kinds import Person
from trainer_app.records.person import NIK_STATUS
from trainer_app.words import _

NO_NIK = ("belum_diisi", "tidak_punya", "tidak_bersedia", "tidak_terbaca")


class NoNikSheet(Sheet):
    """Why there is no NIK: one digit answers and closes."""

    def __init__(self, parent: QWidget, then: Callable[[str], object]) -> None:
        text = _("Peserta tetap bisa didaftarkan. NIK bisa diisi nanti.")
        super().__init__(parent, _("Mengapa tidak ada NIK?"), text, "id-card", width=680)
        self.reason = Seg([(code, _(NIK_STATUS[code])) for code in NO_NIK], numbered=True)
        self.reason.setAccessibleName(_("Mengapa tidak ada NIK?"))
        self.reason.chosen.connect(lambda code: self.close_with(str(code)))
        self.body.addWidget(self.reason)
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.answered.connect(then)

    def open(self) -> None:
        super().open()
        self.reason.setFocus()


class OwnerCard(Card):
    """``changed(key)`` after every change a person made; ``no_nik`` asks the page for the reasons."""

    changed = Signal(str)
    no_nik = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(_("Pemilik usaha"), icon="id-card")
        self._today = today
        self.nik_status: str | None = None
        self.phone_status: str | None = None
        self.nik = RecordField(Person, "nik", label=_("&NIK (nomor KTP)"), editor=NikEditor())
        self.repair = quiet("", "check")
        self.repair.hide()
        self.repair.clicked.connect(self._mend)
        self.full_name = RecordField(Person, "full_name", label=_("N&ama lengkap"))
        self.birth_date = RecordField(Person, "birth_date", label=_("Tanggal &lahir"))
        self.sex = RecordField(Person, "sex", label=_("Jenis &kelamin"), numbered=False)
        both = sum(button.sizeHint().width() for button in self.sex.editor.buttons)
        self.sex.setMinimumWidth(both + theme.px(10))  # in one line, whatever is beside it
        self.phone = RecordField(Person, "phone", label=_("Nomor &HP / WhatsApp"))
        self.guardian = RecordField(
            Person, "guardian_name", label=_("Nama &wali"), hint=_("di bawah 18 tahun")
        )
        self.guardian.hide()
        self.no_card = Button(_("Tidak bawa"), "choice", tip=_("Tidak ada NIK (F4)"))
        self.no_card.clicked.connect(self.no_nik)
        owner = ((beside(self.nik, self.no_card), 1), (self.full_name, 1))
        self.rows = Rows(
            (owner, ((self.birth_date, 150), (self.sex, 215), (self.phone, 333)), ((self.guardian, 1),)),
            (owner, ((self.birth_date, 1), (self.sex, 1)), ((self.phone, 1),), ((self.guardian, 1),)),
        )
        self.add(self.repair)
        self.add(self.rows)
        self.fields = {
            field.key: field
            for field in (self.nik, self.full_name, self.birth_date, self.sex, self.phone, self.guardian)
        }
        self._connect()

    def _connect(self) -> None:
        self.nik.editor.changed.connect(self._nik_typed)
        self.nik.editor.finished.connect(self._nik_left)
        self.nik.editor.returnPressed.connect(self._nik_entered)
        self.full_name.editor.changed.connect(lambda: self._typed(self.full_name))
        self.full_name.editor.finished.connect(self._name_left)
        self.birth_date.editor.changed.connect(self._birth_typed)
        self.birth_date.editor.finished.connect(self._birth_left)
        self.sex.editor.changed.connect(self._sex_changed)
        self.sex.editor.chosen.connect(lambda _value: move_on(self.sex))
        self.phone.editor.changed.connect(self._phone_typed)
        self.phone.editor.finished.connect(self._phone_left)
        self.guardian.editor.changed.connect(lambda: self._typed(self.guardian))

    # ---------------------------------------------------------------- answers
    def answers(self) -> dict[str, Value]:
        """What is answered, as the record stores it."""
        found: dict[str, Value] = {field.name: field.read() for field in self.fields.values()}
        if not found["nik"]:
            found["nik_status"] = self.nik_status
        if not found["phone"]:
            found["phone_status"] = self.phone_status
        if not self._guardian_asked():
            found.pop("guardian_name")
        if not self.birth_date.editor.is_complete():
            found["birth_date"] = self.birth_date.editor.text()  # refused with its reason, not dropped
        return found

    def clear(self) -> None:
        """Empty, for the next person."""
        self.nik_status = self.phone_status = None
        for field in self.fields.values():
            field.editor.clear_value()
            field.clear_message()
            field.set_note("")
        self._fill_marks()
        self.repair.hide()
        self.guardian.hide()

    def check_all(self) -> None:
        """Says again what was said of every field that is not empty: after a draft was put back."""
        if self.nik.editor.value() or self.nik_status:
            self._nik_left()
        if self.full_name.editor.value():
            self._name_left()
        if self.birth_date.editor.text():
            self._birth_left()
        if self.phone.editor.value() or self.phone_status:
            self._phone_left()

    # ---------------------------------------------------------------- the NIK
    def _nik_typed(self) -> None:
        text = str(self.nik.editor.value())
        if text:
            self.nik_status = None
        self.repair.hide()
        if len(text) == LENGTH:
            self._show_reading(self._reading())
        else:
            self.nik.clear_message()
            self._take_back_filled()
        self.changed.emit(self.nik.key)

    def _nik_left(self) -> None:
        if self.nik.editor.value():
            self._show_reading(self._reading())
        elif self.nik_status:
            self.show_no_nik(self.nik_status)

    def _nik_entered(self) -> None:
        """Enter passes the button by, and stops at an offer to mend the number."""
        target = self.full_name.editor if self.repair.isHidden() else self.repair
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def _reading(self) -> NikReading:
        birth = self.birth_date.editor
        said = "" if self.birth_date.note() else str(birth.value())
        whole = birth.as_date() if said and len(said) > 4 else None
        year = int(said) if len(said) == 4 else None
        sex = None if self.sex.note() else self.sex.read()
        return read_nik(
            str(self.nik.editor.value()),
            on=self._today(),
            birth=whole,
            birth_year=year,
            sex=str(sex) if sex else None,
        )

    def _show_reading(self, reading: NikReading) -> None:
        if not reading.saveable:
            self.nik.set_message(reading.message, "bad")
            self._take_back_filled()
            if reading.repair:
                self.repair.show_text(_("Ganti menjadi {nik}").format(nik=group_nik(reading.repair)))
                self.repair.show()
            return
        self._fill_from(reading)
        if reading.status == "warning":
            self.nik.set_message(reading.message, "warn")
        else:
            place = f" · {reading.place}" if reading.place else ""
            self.nik.set_message(_("Lengkap") + place, "ok")

    def _fill_from(self, reading: NikReading) -> None:
        if reading.birth_date and (self.birth_date.note() or not self.birth_date.editor.text()):
            self.birth_date.editor.set_value(reading.birth_date)
            self.birth_date.set_note(_("dari NIK"))
            self.birth_date.clear_message()
        if reading.sex and (self.sex.note() or self.sex.read() is None):
            self.sex.editor.set_value(reading.sex)
            self.sex.set_note(_("dari NIK"))
            self.sex.clear_message()
        self._fill_marks()
        self._show_guardian()

    def _take_back_filled(self) -> None:
        """A number that is no longer there says nothing about birth and sex."""
        for field in (self.birth_date, self.sex):
            if field.note():
                field.editor.clear_value()
                field.set_note("")
        self._fill_marks()
        self._show_guardian()

    def _fill_marks(self) -> None:
        for field in (self.birth_date, self.sex):
            skip(field.editor, bool(field.note()))

    def _mend(self) -> None:
        repaired = self._reading().repair
        if repaired:
            self.nik.editor.set_value(repaired)
            self.full_name.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self._nik_typed()

    def show_no_nik(self, status: str) -> None:
        """Why there is no NIK: said under the field, which stays open for a number."""
        self.nik_status = status
        self.nik.editor.clear_value()
        self._take_back_filled()
        self.repair.hide()
        self.nik.set_message(_("{alasan}. Bisa diisi nanti.").format(alasan=_(NIK_STATUS[status])), "info")

    # ---------------------------------------------------------------- the other fields
    def _typed(self, field: RecordField) -> None:
        field.clear_message()
        self.changed.emit(field.key)

    def _name_left(self) -> None:
        reading = clean_name(str(self.full_name.editor.value()))
        if reading.status == "error":
            self.full_name.set_message(reading.message)

    def _birth_typed(self) -> None:
        self.birth_date.set_note("")
        self._fill_marks()
        self._typed(self.birth_date)

    def _birth_left(self) -> None:
        editor = self.birth_date.editor
        text = str(editor.value()) if editor.is_complete() else editor.text()
        self.birth_date.set_message(birth_problem(text, self._today()))
        self._show_guardian()
        if self.nik.editor.value():
            self._show_reading(self._reading())

    def _sex_changed(self) -> None:
        self.sex.set_note("")
        self._fill_marks()
        self._typed(self.sex)
        if self.nik.editor.value():
            self._show_reading(self._reading())

    def _phone_typed(self) -> None:
        self.phone_status = None
        self._typed(self.phone)

    def _phone_left(self) -> None:
        readings = read_phones(str(self.phone.editor.value()))
        if readings:
            first = readings[0]
            self.phone.set_message(first.message, "bad" if first.status == "error" else "warn")
        elif self.phone_status:
            self.phone.set_message(_("Tidak punya nomor HP."), "info")

    def show_no_phone(self) -> None:
        """The person has no telephone."""
        self.phone.editor.clear_value()
        self.phone_status = "tidak_punya"
        self._phone_left()

    def _guardian_asked(self) -> bool:
        return is_minor(str(self.birth_date.editor.value()), self._today())

    def _show_guardian(self) -> None:
        self.guardian.setVisible(self._guardian_asked())

    def show_answers(self, answers: Mapping[str, Value]) -> None:
        """Fills the card from stored values; what came from a NIK is not told apart any more."""
        for field in self.fields.values():
            field.show_value(answers.get(field.name))
        self.nik_status = str(answers["nik_status"]) if answers.get("nik_status") else None
        self.phone_status = str(answers["phone_status"]) if answers.get("phone_status") else None
        if self.nik.editor.value():
            self.nik_status = None
        self.check_all()

    def editors(self) -> list[QWidget]:
        """The editors in the order of the form."""
        return [field.editor for field in self.fields.values()]
