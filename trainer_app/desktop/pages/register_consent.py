"""The consent: one key when the sheet of paper is signed, and behind it the whole text with each purpose by
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.actions.registration_checks import NEEDED_PURPOSE, WITNESSED
from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import IconButton
from trainer_app.desktop.parts.editors import CheckEditor, MultiSeg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.record_form import RecordField
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.records.consent import NOTICE_VERSION, PURPOSES
from trainer_app.records.fields import Value
from trainer_app.records.kinds import Consent
from trainer_app.records.notice import notice
from trainer_app.words import _

SIGNED = "tanda_tangan"
NOTICE_HEIGHT = 190


class ConsentBar(QWidget):
    """The tick in the save bar. ``changed`` after each change by a person; ``opened`` asks for the sheet."""

    changed = Signal()
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(4))
        self.answers: dict[str, Value] = {}
        self.tick = CheckEditor("")
        self.tick.changed.connect(self._ticked)
        self.open_button = IconButton("book-open", _("Baca pemberitahuan persetujuan"))
        self.open_button.clicked.connect(self.opened)
        row.addWidget(self.tick)
        row.addWidget(self.open_button)
        self._compact = False
        self._say()

    def _ticked(self) -> None:
        self.answers = {"purposes": NEEDED_PURPOSE, "manner": SIGNED} if self.tick.value() else {}
        if self.answers:
            self.answers["notice_version"] = NOTICE_VERSION
        self._say()
        self.changed.emit()

    def toggle(self) -> None:
        """The one key."""
        self.tick.set_value(not self.tick.value())
        self._ticked()

    def show_answers(self, answers: Mapping[str, Value]) -> None:
        """What was agreed to; nothing when it was not."""
        self.answers = dict(answers)
        self.tick.set_value(NEEDED_PURPOSE in str(answers.get("purposes") or "").split(","))
        self._say()

    def clear(self) -> None:
        """Nobody asked yet."""
        self.show_answers({})

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self._say()

    def _say(self) -> None:
        how = {
            "cap_jempol": _("cap jempol, saksi {nama}"),
            "lisan": _("lisan, saksi {nama}"),
        }.get(str(self.answers.get("manner")), _("lembar persetujuan ditandatangani"))
        how = how.format(nama=self.answers.get("witness") or "?")
        text = _("Peserta setuju") if self._compact else _("Peserta setuju datanya dicatat ({cara})")
        self.tick.show_text(text.format(cara=how))
        self.tick.setToolTip("F8")


class ConsentSheet(Sheet):
    """The text to read aloud, each purpose to tick, how the person agreed and who saw it."""

    def __init__(
        self, parent: QWidget, answers: Mapping[str, Value], then: Callable[[dict[str, Value]], object]
    ) -> None:
        super().__init__(parent, _("Persetujuan peserta"), icon="shield-check", width=680)
        self._then = then
        self.body.addWidget(self._notice())
        purposes = [(code, _(words)) for code, words in PURPOSES.items()]
        self.purposes = Field(_("Peserta setuju &untuk"), MultiSeg(purposes, numbered=True), message=False)
        self.manner = RecordField(Consent, "manner", label=_("&Cara setuju"), message=False)
        self.witness = RecordField(Consent, "witness", label=_("Nama &saksi"))
        for field in (self.purposes, self.manner, self.witness):
            self.body.addWidget(field)
        self.manner.editor.changed.connect(self._manner_changed)
        self.purposes.editor.set_value(tuple(str(answers.get("purposes") or NEEDED_PURPOSE).split(",")))
        self.manner.show_value(answers.get("manner") or SIGNED)
        self.witness.show_value(answers.get("witness"))
        self._manner_changed()
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.add_button("", _("Peserta setuju"), "primary", default=True).clicked.connect(self._agree)

    def _notice(self) -> QScrollArea:
        scroll = ScrollBody()
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setAccessibleName(_("Pemberitahuan untuk dibacakan"))
        column = QVBoxLayout()
        column.setSpacing(theme.px(8))
        for paragraph in notice():
            column.addWidget(Text(paragraph.heading, "strong"))
            column.addWidget(Text(paragraph.text, "body", wrap=True))
        column.addWidget(Text(_("Versi {versi}").format(versi=NOTICE_VERSION), "caption"))
        scroll.body.addLayout(column)
        scroll.setFixedHeight(theme.px(NOTICE_HEIGHT))
        scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return scroll

    def open(self) -> None:
        super().open()
        self.purposes.editor.setFocus()

    def _manner_changed(self) -> None:
        self.witness.setVisible(self.manner.read() in WITNESSED)

    def _agree(self) -> None:
        chosen = [str(code) for code in self.purposes.editor.value()]
        witnessed = self.manner.read() in WITNESSED
        if NEEDED_PURPOSE not in chosen:
            self.set_problem(_("Tanpa persetujuan untuk pelatihan ini, data tidak boleh dicatat."))
            self.purposes.editor.setFocus()
            return
        if witnessed and not self.witness.read():
            self.set_problem(_("Isi nama saksi yang melihat persetujuan ini"))
            self.witness.editor.setFocus()
            return
        answers: dict[str, Value] = {
            "purposes": ",".join(code for code in PURPOSES if code in chosen),
            "manner": self.manner.read(),
            "notice_version": NOTICE_VERSION,
        }
        if witnessed:
            answers["witness"] = self.witness.read()
        self._then(answers)
        self.close_with("agreed")
