"""The questions of a person's page: why the NIK is looked at, a new NIK, taking data away, withdrawing,
joining a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from trainer_app.actions.people import DELETE_REASONS, NIK_REASONS
from trainer_app.desktop.pages.register_batch import batch_words
from trainer_app.desktop.pages.register_fields import NikEditor
from trainer_app.desktop.parts.buttons import secondary
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.parts.editors import MultiSeg, PickEditor, Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.record_form import RecordField
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.checks.nik import read_nik
from trainer_app.records.consent import PURPOSES
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Person
from trainer_app.words import _

Then = Callable[[str], object]
FEW = 6


class ReasonSheet(Sheet):
    """One question with a few answers: a digit answers and closes."""

    def __init__(
        self, parent: QWidget, title: str, text: str, icon: str, reasons: Mapping[str, str], then: Then
    ) -> None:
        super().__init__(parent, title, text, icon, width=640)
        self._then = then
        self.reason = Seg([(code, _(words)) for code, words in reasons.items()], numbered=True)
        self.reason.setAccessibleName(title)
        self.reason.chosen.connect(lambda code: self.close_with(str(code)))
        self.body.addWidget(self.reason)
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.answered.connect(lambda code: then(code) if code else None)

    def open(self) -> None:
        super().open()
        self.reason.setFocus()


def withdrawn_banner(renew: Callable[[], object]) -> Banner:
    """Says above everything else that the consent was withdrawn; the button gives it again."""
    banner = Banner(_("Persetujuan sudah ditarik. Peserta ini tidak tampil di daftar."), "bad", "ban")
    again = secondary(_("Batalkan penarikan"), small=True)
    again.clicked.connect(lambda _on=False: renew())
    banner.add_right(again)
    return banner


def ask_why_nik(parent: QWidget, then: Then) -> ReasonSheet:
    """Why the whole NIK is looked at."""
    text = _("Siapa yang melihat, kapan, dan alasannya akan dicatat.")
    return ReasonSheet(parent, _("Mengapa NIK dilihat?"), text, "eye", NIK_REASONS, then)


def ask_why_delete(parent: QWidget, name: str, then: Then) -> ReasonSheet:
    """Why somebody's data is taken away."""
    text = _("Data {nama} hilang dari semua daftar. Bisa diurungkan sesudahnya.").format(nama=name)
    return ReasonSheet(parent, _("Mengapa data ini dihapus?"), text, "trash-2", DELETE_REASONS, then)


class WithdrawSheet(Sheet):
    """What the consent is withdrawn for; all of it unless something is chosen."""

    def __init__(
        self, parent: QWidget, given: Sequence[str], then: Callable[[tuple[str, ...]], object]
    ) -> None:
        text = _(
            "Bila persetujuan untuk pelatihan ditarik, peserta tidak tampil lagi di daftar laptop ini. "
            "Laptop lain menyusul saat data dikirim."
        )
        super().__init__(parent, _("Tarik persetujuan"), text, "ban", width=640)
        choices: list[tuple[object, str]] = [(code, _(PURPOSES[code])) for code in PURPOSES if code in given]
        self.purposes = Field(_("Ditarik &untuk"), MultiSeg(choices, numbered=True), message=False)
        self.purposes.editor.set_value(tuple(code for code, _words in choices))
        self.body.addWidget(self.purposes)
        self._then = then
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.add_button("", _("Tarik persetujuan"), "danger").clicked.connect(self._withdraw)

    def open(self) -> None:
        super().open()
        self.purposes.editor.setFocus()

    def _withdraw(self) -> None:
        chosen = tuple(str(code) for code in self.purposes.editor.value())
        if not chosen:
            self.set_problem(_("Pilih paling sedikit satu."))
            return
        self.close_with("withdrawn")
        self._then(chosen)


class NikSheet(Sheet):
    """A new NIK, or the first one. Somebody else of that NIK is said, and may be passed over once."""

    def __init__(
        self,
        parent: QWidget,
        today: date,
        owner_of: Callable[[str], str],
        then: Callable[[str, bool], object],
    ) -> None:
        text = _("Salin dari KTP. Nomor yang lama tetap ada di riwayat.")
        super().__init__(parent, _("Ganti NIK"), text, "id-card", width=560)
        self._today, self._owner_of, self._then = today, owner_of, then
        self._warned = ""
        self.nik = RecordField(Person, "nik", label=_("&NIK (nomor KTP)"), editor=NikEditor())
        self.nik.editor.enter_moves_on = False
        self.nik.editor.changed.connect(self.nik.clear_message)
        self.nik.editor.returnPressed.connect(self._save)
        self.body.addWidget(self.nik)
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.add_button("", _("Simpan NIK"), "primary").clicked.connect(self._save)

    def open(self) -> None:
        super().open()
        self.nik.editor.setFocus()

    def _save(self) -> None:
        reading = read_nik(str(self.nik.editor.value()), on=self._today)
        if not reading.saveable:
            self.nik.set_message(reading.message or _("NIK harus 16 angka."))
            self.nik.editor.setFocus()
            return
        other = self._owner_of(reading.digits)
        if other and self._warned != reading.digits:
            self._warned = reading.digits
            text = _(
                "NIK ini sudah dipakai {nama}. Simpan sekali lagi bila memang benar; pengawas memeriksa."
            )
            self.set_problem(text.format(nama=other))
            return
        self.close_with("saved")
        self._then(reading.digits, bool(other))


class EnrolSheet(Sheet):
    """A batch to join, of those that the person is not in."""

    def __init__(self, parent: QWidget, batches: Sequence[Batch], then: Callable[[RecordId], object]) -> None:
        super().__init__(parent, _("Masukkan ke angkatan"), icon="users")
        self._then = then
        choices: list[tuple[object, str]] = [(batch.id, batch_words(batch)) for batch in batches]
        editor = Seg(choices, numbered=True) if len(choices) <= FEW else PickEditor(choices)
        self.batch = Field(_("Pilih angkatan"), editor, message=False)
        if isinstance(editor, Seg):
            editor.chosen.connect(lambda _value: self._take())
        self.body.addWidget(self.batch)
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.add_button("", _("Masukkan"), "primary", default=True).clicked.connect(self._take)

    def open(self) -> None:
        super().open()
        self.batch.editor.setFocus()

    def _take(self) -> None:
        chosen = self.batch.editor.value()
        if not isinstance(chosen, bytes):
            self.set_problem(_("Pilih angkatannya dulu."))
            return
        self.close_with("chosen")
        self._then(chosen)
