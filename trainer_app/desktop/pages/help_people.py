"""Sheets about PINs: changing one's own, a new one for a forgotten one, adding somebody to this laptop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trainer_app.actions.staff import RESETTING_ROLES, Member, first_sign_in, roster
from trainer_app.desktop.pages.wizard_person import KnownPin, NewPin, PersonForm
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.storage.keys import UserEntry
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk


class ChangePinSheet(Sheet):
    """The old PIN once, the new one twice."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.host.widget(), _("Ganti PIN"), "", "key-round")
        self.desk = desk
        self.old = KnownPin(_("PIN sekarang"))
        self.pin = NewPin()
        self.old.finished.connect(lambda: self.pin.first_focus().setFocus())
        self.body.addWidget(self.old)
        self.body.addWidget(self.pin)
        self.add_button("", _("Kembali")).clicked.connect(self.reject)
        self.save = self.add_button("", _("Ganti PIN"), "primary", default=True)
        self.save.clicked.connect(self._submit)
        self.pin.finished.connect(self._submit)

    def open(self) -> None:
        super().open()
        self.old.first_focus().setFocus()

    def _submit(self) -> None:
        old = self.old.value()
        new = self.pin.value() if old is not None else None
        if old is None or new is None:
            return
        ring, staff = self.desk.work.ring, self.desk.staff.id
        self.setEnabled(False)
        self.desk.run(
            self,
            lambda: ring.change_pin(staff, old, new),
            lambda _nothing: self._changed(),
            self._refused,
            lambda: self.setEnabled(True),
        )

    def _changed(self) -> None:
        self.close_with("ok")
        self.desk.toast(_("PIN sudah diganti"))

    def _refused(self, problem: Problem) -> None:
        if isinstance(problem, InputProblem):
            self.pin.show_problem(problem)
            return
        self.old.show_wrong(problem.message)


class NewPinSheet(Sheet):
    """A PIN for somebody of the roster: new on this laptop, or instead of a forgotten one.

    The person types the personal code, unless a supervisor is signed in and stands beside them.
    """

    def __init__(self, desk: Desk, user: UserEntry | None, then: Callable[[], None]) -> None:
        title = _("Tambah petugas") if user is None else _("PIN baru untuk {nama}").format(nama=user.name)
        super().__init__(desk.host.widget(), title, "", "user-plus" if user is None else "key-round")
        self.desk, self._user, self._then = desk, user, then
        self.form: PersonForm | None = None
        self.add_button("", _("Kembali")).clicked.connect(self.reject)
        self.save = self.add_button("", _("Simpan"), "primary", default=True)
        self.save.clicked.connect(self._submit)
        store, work = desk.store, desk.work

        def people() -> list[Member]:
            here = {entry.staff_id for entry in work.users()}
            if user is not None:
                return [person for person in roster(store) if person.id == user.staff_id]
            return [person for person in roster(store) if person.id not in here]

        desk.run(self, people, self._show)

    def _show(self, people: list[Member]) -> None:
        if not people:
            self.set_problem(
                _("Tidak ada nama lain dalam daftar petugas dari pusat. Kirim data dulu, lalu coba lagi.")
            )
            self.save.hide()
            return
        supervised = self._user is not None and self.desk.staff.role in RESETTING_ROLES
        known = self._user.staff_id if supervised and self._user is not None else None
        self.form = PersonForm(people, known=known, question=_("Nama"))
        self.form.finished.connect(self._submit)
        self.body.addWidget(self.form)
        self.form.first_focus().setFocus()

    def _submit(self) -> None:
        if self.form is None:
            return
        values = self.form.values()
        if values is None:
            return
        person, code, pin = values
        store, work = self.desk.store, self.desk.work
        self.setEnabled(False)
        self.desk.run(
            self,
            lambda: first_sign_in(store, work.ring, work.key, person.id, pin, code=code),
            self._saved,
            self._refused,
            lambda: self.setEnabled(True),
        )

    def _saved(self, person: Member) -> None:
        self.close_with("ok")
        self.desk.toast(_("{nama} sekarang bisa masuk di laptop ini").format(nama=person.name))
        self._then()

    def _refused(self, problem: Problem) -> None:
        if isinstance(problem, InputProblem) and self.form is not None:
            self.form.show_problem(problem)
        else:
            self.set_problem(problem.message)
