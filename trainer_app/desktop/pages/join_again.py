"""A laptop that its centre does not know any more joins again with a new code, under its own data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trainer_app.desktop.pages.form_sheet import FormSheet
from trainer_app.desktop.pages.wizard_steps import CODE_LENGTH
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.lines import LineEditor
from trainer_app.records.problem import AccessProblem, Problem
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

#: Problems of a sending that only a new code settles.
NEEDS_CODE = ("device.unknown", "enrol.missing")


class JoinAgainSheet(FormSheet):
    """Calls ``then`` when the laptop has joined: what was not received waits under its new name."""

    def __init__(self, desk: Desk, then: Callable[[], object]) -> None:
        text = _(
            "Minta kode baru ke pengawas. Semua catatan tetap di laptop ini; "
            "yang belum diterima pusat dikirim lagi."
        )
        super().__init__(
            desk.host.widget(),
            desk,
            _("Daftarkan ulang laptop"),
            "laptop",
            _("Daftarkan"),
            self.save,
            text=text,
        )
        self._then = then
        store = desk.store
        self._address = LineEditor("https://", max_length=200)
        self._code = LineEditor(max_length=20)
        self._code.returnPressed.connect(self.save)
        self.row(("address", Field(_("&Alamat pusat"), self._address, hint=_("dari pengawas")), 1))
        self.row(
            (
                "code",
                Field(_("&Kode pendaftaran"), self._code, hint=_("8 huruf dan angka, berlaku 3 hari")),
                1,
            )
        )
        self.first = self._code
        desk.run(self, lambda: str(store.meta("centre_address", b""), "utf-8"), self._address.set_value)

    def save(self) -> None:
        """Asks the centre. What is wrong is said at its field."""
        self.clear_messages()
        address, code = str(self._address.value() or ""), str(self._code.value() or "")
        letters = sum(1 for sign in code if sign.isalnum())
        if not address:
            self.fields["address"].set_message(_("Ketik alamat pusat, misalnya https://pusat.example.id"))
            self._address.setFocus()
            return
        if letters != CODE_LENGTH:
            words = _("Kode terdiri dari {n} huruf dan angka. Sekarang {ada}.")
            self.fields["code"].set_message(words.format(n=CODE_LENGTH, ada=letters))
            self._code.setFocus()
            return
        self.setEnabled(False)
        store, sample = self.desk.store, self.desk.sample

        def join() -> None:
            from trainer_app.sync.enrolment import enrol

            enrol(store, address, code, store.name, sample=sample, again=True)

        self.desk.run(
            self, join, lambda _none: self._joined(), self._refused, lambda: self.setEnabled(True), "network"
        )

    def _joined(self) -> None:
        self.close_with("ok")
        self._then()

    def _refused(self, problem: Problem) -> None:
        if isinstance(problem, AccessProblem) and (problem.code or "").startswith("enrol."):
            self.fields["code"].set_message(problem.message)
            self._code.setFocus()
        else:
            self.failed(problem)
