"""A sheet that finds a registered person by a few letters and puts them into a batch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from trainer_app.actions.sessions import enrol_all
from trainer_app.desktop.parts.buttons import secondary
from trainer_app.desktop.parts.editors import SearchBox
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.session import Desk
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Enrolment, Person
from trainer_app.storage.search import search
from trainer_app.words import _

SHOWN = 5


class PeoplePicker(Sheet):
    """Stays open, so that several people can be added one after the other; Esc or "Selesai" ends it."""

    def __init__(
        self, parent: QWidget, desk: Desk, batch: RecordId, text: str, added: Callable[[RecordId], object]
    ) -> None:
        super().__init__(
            parent,
            _("Tambah peserta"),
            _("Cari orang yang sudah terdaftar, lalu tekan Enter."),
            "user-plus",
            width=620,
        )
        self._desk, self._batch, self._added = desk, batch, added
        self._found: list[Person] = []
        self.box = SearchBox(_("Cari nama, NIK, atau nomor HP"))
        self.box.set_value(text)
        self.box.changed.connect(self._look)
        self.box.submitted.connect(lambda _text: self._add_first())
        self.body.addWidget(self.box)
        self.rows = RowList()
        self.body.addWidget(self.rows)
        self.add_button("done", _("Selesai"))
        self.add_button("new", _("Daftar orang baru"), "secondary")
        self.answered.connect(self._answered)
        self._look()

    def open(self) -> None:
        super().open()
        self.box.setFocus()

    def _answered(self, key: str) -> None:
        if key == "new":
            self._desk.go("register", batch=self._batch)

    def _look(self) -> None:
        store = self._desk.store
        text = str(self.box.value())
        found = search(store, text, SHOWN) if len(text) > 1 else []
        people = [store.get(Person, person) for _area, person in found]
        self._found = [person for person in people if person is not None and person.deleted_at is None]
        inside = {e.person for e in store.find(Enrolment, {"batch": self._batch, "state": "aktif"})}
        self.rows.clear()
        if len(text) > 1 and not self._found:
            self.rows.add(ActionRow("search", _("Tidak ada nama seperti itu."), _("Daftarkan orang baru?")))
        for person in self._found:
            self.rows.add(self._row(person, inside=person.id in inside))
        self.adjustSize()

    def _row(self, person: Person, *, inside: bool) -> QWidget:
        place = ""
        if person.village:
            try:
                place = self._desk.places.village(person.village).short
            except KeyError:
                place = person.village
        if inside:
            return ActionRow("user-check", person.full_name or "", _("Sudah di angkatan ini"), "ok")
        button = secondary(_("Tambahkan"), small=True)
        button.setAccessibleName(_("Tambahkan {nama}").format(nama=person.full_name or ""))
        button.clicked.connect(partial(self._add, person))
        return ActionRow("user", person.full_name or "", place, right=button)

    def _add_first(self) -> None:
        inside = {
            e.person for e in self._desk.store.find(Enrolment, {"batch": self._batch, "state": "aktif"})
        }
        person = next((p for p in self._found if p.id not in inside), None)
        if person is not None:
            self._add(person)

    def _add(self, person: Person) -> None:
        store, by = self._desk.store, self._desk.staff.id
        self._desk.run(
            self,
            lambda: enrol_all(store, self._batch, [person.id], by),
            then=lambda _none: self._was_added(person),
        )

    def _was_added(self, person: Person) -> None:
        self._added(person.id)
        self.box.clear_value()
        self._look()
        self.box.setFocus()
