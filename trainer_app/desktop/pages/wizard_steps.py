"""The steps of the wizard. Each asks one thing and knows nothing of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.pages.lock import look_words
from trainer_app.desktop.pages.wizard_person import PersonForm
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.bars import Progress
from trainer_app.desktop.parts.buttons import Button, secondary
from trainer_app.desktop.parts.card import Banner, Card
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.lines import LineEditor
from trainer_app.desktop.parts.rows import ActionRow
from trainer_app.desktop.parts.text import Text
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.settings import LANGUAGES, LOOKS, TEXT_SIZES_PERCENT
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.pages.wizard import Wizard

CODE_LENGTH = 8
BIG = 74  # height of the buttons that answer a whole step


class Step(QWidget):
    """One question. ``submit`` is what Next does."""

    question = ""
    next_word = ""
    may_go_back = True

    def __init__(self, wizard: Wizard) -> None:
        super().__init__()
        self.wizard = wizard
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.px(10))
        self.first: QWidget | None = None

    def submit(self) -> None:
        """Checks and goes on."""

    def focus_first(self) -> None:
        """The keyboard starts here."""
        if self.first is not None:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)


class LanguageStep(Step):
    """Two big buttons, and a sample that shows look and text size at once."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.question = _("Pilih bahasa")
        self.next_word = _("Lanjut")
        settings = wizard.app.settings()
        names = {"id": "Bahasa Indonesia", "en": "English"}
        self.language = Seg([(code, names[code]) for code in LANGUAGES])
        self.language.setAccessibleName(_("Bahasa"))
        self.language.set_value(settings.language)
        for button in self.language.buttons:
            button.setMinimumHeight(theme.px(BIG))
            button.setMinimumWidth(theme.px(280))
        self.language.changed.connect(lambda: self._change(language=self.language.value()))
        self.column.addWidget(self.language)
        self.text_size = Seg([(size, f"{size}%") for size in TEXT_SIZES_PERCENT])
        self.text_size.set_value(settings.text_size)
        self.text_size.changed.connect(lambda: self._change(text_size=self.text_size.value()))
        self.column.addWidget(Field(_("Ukuran huruf"), self.text_size, message=False))
        self.look = Seg([(look, look_words(look)) for look in LOOKS])
        self.look.set_value(settings.look)
        self.look.changed.connect(lambda: self._change(look=self.look.value()))
        hint = _("Terik: di bawah matahari. Malam: ruang gelap.")
        self.column.addWidget(Field(_("Tampilan"), self.look, hint=hint, message=False))
        self.column.addWidget(self._sample())
        self.first = {"text_size": self.text_size, "look": self.look}.get(wizard.changed, self.language)

    def _change(self, **setting: Any) -> None:
        """Obeys at once. All widgets are made anew for it: the keyboard goes on where it was."""
        self.wizard.changed = next(iter(setting))
        self.wizard.app.change_settings(**setting)

    def _sample(self) -> Card:
        card = Card(tone="sunken")
        card.add(Text(_("Contoh"), "caption"))
        card.add(Text(_("Siti Aminah · Warung Bu Aminah"), "h3"))
        card.add(Text(_("3403 1154 0384 0002 · Desa Sidomulyo"), "body", wrap=True))
        return card

    def submit(self) -> None:
        self.wizard.app.change_settings()  # writes the choices down even when none was changed
        self.wizard.forward()


class PurposeStep(Step):
    """Work, or try first."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.question = _("Untuk apa laptop ini dipakai?")
        self.work = secondary(_("Pakai untuk bekerja"), "laptop")
        self.work.clicked.connect(wizard.forward)
        self.trial = secondary(_("Coba dulu (data contoh)"), "play")
        self.trial.clicked.connect(wizard.try_out)
        lines = (
            (self.work, _("Data sungguhan. Perlu kode pendaftaran dari pengawas dan internet sebentar.")),
            (
                self.trial,
                _("Desa contoh untuk berlatih. Tidak perlu kode, tidak bercampur dengan data sungguhan."),
            ),
        )
        for button, line in lines:
            button.setMinimumHeight(theme.px(BIG))
            button.setAccessibleDescription(line)
            self.column.addWidget(button)
            self.column.addWidget(Text(line, "muted", wrap=True))
        self.first = self.work


class EnrolStep(Step):
    """Where the centre is, and the code that the supervisor gave."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        said = wizard.answers
        self.question = _("Daftarkan laptop")
        self.next_word = _("Daftarkan")
        if wizard.joining.joined:
            self.next_word = _("Lanjut")
            words = _("Laptop ini sudah terdaftar sebagai {nama}.").format(nama=wizard.joining.name)
            self.column.addWidget(Banner(words, "ok"))
            return
        self.column.addWidget(
            Text(
                _("Ketik kode dari pengawas. Laptop perlu tersambung internet sebentar."), "muted", wrap=True
            )
        )
        self._address = LineEditor("https://", max_length=200)
        self.address = Field(_("&Alamat pusat"), self._address, hint=_("dari pengawas"))
        self._address.set_value(said.address)
        self._code = LineEditor(max_length=20)
        self._code.set_value(said.code)
        self.code = Field(_("&Kode pendaftaran"), self._code, hint=_("8 huruf dan angka, berlaku 3 hari"))
        self._laptop = LineEditor(max_length=60)
        self._laptop.set_value(said.laptop)
        self.laptop = Field(_("&Nama laptop"), self._laptop, hint=_("misalnya Laptop 03"))
        for shown in (self.address, self.code, self.laptop):
            self.column.addWidget(shown)
        self._laptop.returnPressed.connect(self.submit)
        self._code.changed.connect(lambda: self.code.clear_message())
        self._address.changed.connect(lambda: self.address.clear_message())
        self.first = self._code if said.address else self._address
        if said.problem is not None:
            self.show_problem(said.problem)

    def show_problem(self, problem: InputProblem) -> None:
        """Beside the field it is about; long sentences get a banner, which wraps."""
        shown = self.code if problem.field == "code" else self.address
        self.column.insertWidget(0, Banner(problem.message, "bad"))
        shown.set_message(_("Periksa isian ini."))
        self.first = self._code if problem.field == "code" else self._address
        announce(self, problem.message, urgent=True)

    def submit(self) -> None:
        if not self.wizard.joining.joined and not self._complete():
            return
        self.wizard.enrol()

    def _complete(self) -> bool:
        said = self.wizard.answers
        said.address, said.code = str(self._address.value()), str(self._code.value())
        said.laptop, said.problem = str(self._laptop.value()), None
        letters = "".join(ch for ch in said.code if ch.isalnum())
        missing: list[Field] = []
        if not said.address:
            self.address.set_message(_("Ketik alamat pusat, misalnya https://pusat.example.id"))
            missing.append(self.address)
        if len(letters) != CODE_LENGTH:
            words = _("Kode terdiri dari {n} huruf dan angka. Sekarang {ada}.")
            self.code.set_message(words.format(n=CODE_LENGTH, ada=len(letters)))
            missing.append(self.code)
        if not said.laptop:
            self.laptop.set_message(_("Beri nama laptop ini, misalnya Laptop 03."))
            missing.append(self.laptop)
        if missing:
            missing[0].editor.setFocus()
        return not missing


class WaitStep(Step):
    """Something takes a while; it can be stopped."""

    may_go_back = False

    def __init__(self, wizard: Wizard, text: str, cancel: Callable[[], None]) -> None:
        super().__init__(wizard)
        self.question = _("Sebentar…")
        self.words = Text(text, "body", wrap=True)
        self.bar = Progress(text)
        self.stop = Button(_("Batalkan"))
        self.stop.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.stop.clicked.connect(cancel)
        for widget in (self.words, self.bar):
            self.column.addWidget(widget)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.stop)
        self.column.addLayout(row)
        self.first = self.stop

    def show_progress(self, text: str, share: float) -> None:
        if text != self.words.text():
            self.words.setText(text)
            announce(self, text)
        self.bar.set_part(share, 1.0, text)

    def show_problem(self, text: str) -> None:
        self.words.show_text(text, "bad")
        self.stop.show_text(_("Kembali"))
        announce(self, text, urgent=True)


class PersonStep(Step):
    """Who works with this laptop first, and the PIN."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.question = _("Siapa Anda?")
        joining = wizard.joining
        known = joining.known
        if not joining.people:
            self._build_nobody()
            return
        self.next_word = _("Mulai bekerja")
        people = [person for person in joining.people if person.id == known] or joining.people
        self.form = PersonForm(people, known=known)
        self.form.finished.connect(self.submit)
        self.column.addWidget(self.form)
        self.column.addWidget(
            ActionRow("shield-check", _("PIN membuka data di laptop ini. Jangan beri tahu orang lain."))
        )
        self.message = Banner("", "bad")
        self.message.hide()
        self.column.addWidget(self.message)
        self.first = self.form.first_focus()

    def _build_nobody(self) -> None:
        words = _(
            "Laptop sudah terdaftar, tetapi pusat belum mencatat petugas untuk wilayah ini. "
            "Hubungi pengawas, lalu coba lagi."
        )
        self.column.addWidget(Banner(words, "warn"))
        again = secondary(_("Ambil lagi daftar petugas"), "refresh-cw")
        again.clicked.connect(self.wizard.enrol_again)
        self.column.addWidget(again)
        self.first = again

    def submit(self) -> None:
        self.message.hide()
        self.wizard.finish(self)

    def show_busy(self, *, busy: bool) -> None:
        """While the keys are made, which is slow on purpose."""
        self.form.setEnabled(not busy)
        self.message.setVisible(busy)
        if busy:
            self.message.show_state(_("Menyiapkan laptop…"), "info")

    def show_problem(self, problem: Problem) -> None:
        self.show_busy(busy=False)
        if isinstance(problem, InputProblem):
            self.form.show_problem(problem)
        else:
            self.message.show_state(problem.message, "bad")
            self.message.show()
