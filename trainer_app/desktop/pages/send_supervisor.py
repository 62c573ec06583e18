"""A supervisor lets a trainer's laptop send: choose the name, type the PIN; the first time the personal
code too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.actions.staff import SENDING_ROLES, Member, first_sign_in, member, roster
from trainer_app.desktop.pages.wizard_person import KnownPin, PersonForm
from trainer_app.desktop.parts.choices import PickEditor, Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

BUTTONS_AT_MOST = 5


@dataclass(frozen=True)
class Supervisors:
    """Who may send, and which of them have a PIN on this laptop."""

    people: list[Member]
    with_pin: frozenset[bytes]


class SupervisorSheet(Sheet):
    """Calls ``then`` with the supervisor whose PIN was right. The trainer stays signed in. ``title`` and
    ``verb`` where it is not about sending.
    """

    def __init__(
        self, desk: Desk, then: Callable[[Member], None], *, title: str = "", verb: str = ""
    ) -> None:
        text = _("Pengawas memilih namanya dan mengetik PIN. Anda tetap masuk dan bisa terus bekerja.")
        heading = title or _("Pengawas mengizinkan pengiriman")
        super().__init__(desk.host.widget(), heading, text, "user-check")
        self.desk, self._then = desk, then
        self.found = Supervisors([], frozenset())
        self._names: Seg | PickEditor | None = None
        self.form: PersonForm | None = None
        self.pin = KnownPin(_("PIN pengawas"))
        self.pin.hide()
        self.pin.finished.connect(self._submit)
        self.add_button("", _("Kembali")).clicked.connect(self.reject)
        self.send = self.add_button("", verb or _("Mulai kirim"), "primary", default=True)
        self.send.clicked.connect(self._submit)
        store, work = desk.store, desk.work

        def read() -> Supervisors:
            here = frozenset(entry.staff_id for entry in work.users())
            return Supervisors(roster(store, SENDING_ROLES), here)

        desk.run(self, read, self._show)

    # ---------------------------------------------------------------- choosing
    def _show(self, found: Supervisors) -> None:
        self.found = found
        if not found.people:
            self.set_problem(_("Belum ada pengawas dalam daftar petugas laptop ini. Hubungi pusat."))
            self.send.hide()
            return
        choices: list[tuple[object, str]] = [(person.id, person.name) for person in found.people]
        names = Seg(choices) if len(choices) <= BUTTONS_AT_MOST else PickEditor(choices, _("Pilih nama"))
        known = [person.id for person in found.people if person.id in found.with_pin]
        names.set_value(known[0] if known else found.people[0].id)
        names.changed.connect(self._follow)
        self._names = names
        self.body.addWidget(Field(_("Nama pengawas"), names, message=False))
        self.body.addWidget(self.pin)
        self._follow()

    def chosen(self) -> Member | None:
        value = self._names.value() if self._names is not None else None
        return next((person for person in self.found.people if person.id == value), None)

    def _follow(self) -> None:
        """Who has a PIN here types it; who has none shows the personal code and makes one."""
        person = self.chosen()
        if person is None:
            return
        has_pin = person.id in self.found.with_pin
        self.pin.setVisible(has_pin)
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if has_pin:
            self.pin.clear()
            self.pin.first_focus().setFocus()
            return
        hint = _("dari admin, sekali saja di laptop ini")
        self.form = PersonForm([person], question=_("Pertama kali di laptop ini"), code_hint=hint)
        self.form.who.hide()
        self.form.finished.connect(self._submit)
        self.body.addWidget(self.form)
        self.form.show()  # a layout would do it later, and what is not visible takes no focus
        self.form.first_focus().setFocus()

    # ---------------------------------------------------------------- trying
    def _submit(self) -> None:
        person = self.chosen()
        if person is None or not self.isEnabled():
            return
        store, work = self.desk.store, self.desk.work
        if self.form is not None:
            values = self.form.values()
            if values is None:
                return
            _person, code, new_pin = values
            self._try(lambda: first_sign_in(store, work.ring, work.key, person.id, new_pin, code=code))
            return
        pin = self.pin.value()
        if pin is None:
            return

        def unlock() -> Member:
            work.ring.unlock(person.id, pin, stays=False)
            return member(store, person.id)

        self._try(unlock)

    def _try(self, deed: Callable[[], Member]) -> None:
        self.setEnabled(False)
        self.desk.run(self, deed, self._right, self._wrong, lambda: self.setEnabled(True))

    def _right(self, person: Member) -> None:
        self.close_with("ok")
        self._then(person)

    def _wrong(self, problem: Problem) -> None:
        if self.form is not None and isinstance(problem, InputProblem):
            self.form.show_problem(problem)
        elif self.form is not None:
            self.set_problem(problem.message)
        else:
            self.pin.show_wrong(problem.message)
            self.desk.announce(problem.message, urgent=True)
