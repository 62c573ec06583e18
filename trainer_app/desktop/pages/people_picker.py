"""Sheets that find registered people by a few letters: a guest of a session, people for a batch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from trainer_app.actions.people import is_withdrawn
from trainer_app.actions.sessions import enrol_all, undo_change
from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.editors import SearchBox
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.session import Desk
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Consent, Enrolment, Person, Session, derived_id
from trainer_app.storage.search import search
from trainer_app.words import _, ngettext, number

SHOWN = 4
ROW_HEIGHT = 63
HEIGHT_BESIDES = 290  # of a sheet, for all but the list
LEAST_LETTERS = 2
STILL_IN = ("aktif", "lulus")


class _Picker(Sheet):
    """A search and the best few answers. Enter takes the first that can be taken, the buttons any."""

    def __init__(
        self, parent: QWidget, desk: Desk, title: str, text: str, typed: str, row: Callable[[Person], QWidget]
    ) -> None:
        """`row` makes what is shown of somebody, with the `take_button` where the person can be taken."""
        super().__init__(parent, title, text, "user-plus", width=640)
        self.desk, self._row_of = desk, row
        self._takes: list[Callable[[], object]] = []
        self.box = SearchBox(_("Cari nama, NIK, atau nomor HP"))
        self.box.set_value(typed)
        self.box.changed.connect(self.look)
        self.box.submitted.connect(lambda _text: self._take_first())
        self.box.down.connect(lambda: self.box.focusNextChild())
        self.body.addWidget(self.box)
        self.rows = RowList()
        holder = ScrollBody()  # keeps the room of a full list, so that the sheet does not jump
        holder.body.addWidget(self.rows)
        holder.body.addStretch(1)
        room = parent.window().height() - theme.px(HEIGHT_BESIDES)
        holder.setFixedHeight(max(theme.px(ROW_HEIGHT), min(theme.px(SHOWN * ROW_HEIGHT), room)))
        self.body.addWidget(holder)

    def open(self) -> None:
        self.look()
        super().open()
        self.box.setFocus()
        self.box.end(False)

    def look(self) -> None:
        """Shows who fits what is typed."""
        text = str(self.box.value())
        self.rows.clear()
        self._takes = []
        if len(text) < LEAST_LETTERS:
            self.rows.add(ActionRow("search", _("Ketik 2 huruf atau lebih"), tone="mute"))
            return
        people = self._found(text)
        if not people:
            self.rows.add(ActionRow("search", _("Belum ada yang terdaftar dengan nama itu."), tone="mute"))
        for person in people:
            self.rows.add(self._row_of(person))
        self._order_tabs()

    def _order_tabs(self) -> None:
        """What was found comes between the search and the buttons at the foot, also for the Tab key."""
        found = self.rows.findChildren(Button)
        foot = [button for button in self.card.findChildren(Button) if button not in found]
        for one, other in pairwise([self.box, *found, *foot]):
            QWidget.setTabOrder(one, other)

    def _found(self, text: str) -> list[Person]:
        store = self.desk.store
        people = [store.get(Person, row) for _area, row in search(store, text, SHOWN * 2)]
        there = [p for p in people if p is not None and p.deleted_at is None]
        kept = [p for p in there if not is_withdrawn(store.get(Consent, derived_id(Consent, p.id)))]
        return kept[:SHOWN]

    def place(self, person: Person) -> str:
        """Where somebody lives, and the batches the person is in."""
        found = self.desk.places.find_village(person.village) if person.village else None
        enrolments = self.desk.store.find(Enrolment, {"person": person.id, "state": "aktif"})
        batches = (self.desk.store.get(Batch, enrolment.batch or b"") for enrolment in enrolments)
        words = [found.short if found else ""] + [batch.name or "" for batch in batches if batch is not None]
        return " · ".join(word for word in words if word)

    def take_button(self, words: str, person: Person, take: Callable[[], object]) -> Button:
        """A button that takes this person; Enter in the search presses the first of them."""
        button = Button(words, small=True)
        button.setAccessibleName(f"{words}: {person.full_name}")
        button.clicked.connect(take)
        self._takes.append(take)
        return button

    def _take_first(self) -> None:
        if self._takes:
            self._takes[0]()


class GuestPicker(_Picker):
    """Somebody who came to a session and is not on its sheet. `chosen` carries the id; `new_wanted` the name
    typed, when nobody of that name is registered.
    """

    chosen = Signal(object)
    new_wanted = Signal(str)

    def __init__(self, parent: QWidget, desk: Desk, session: Session, text: str) -> None:
        super().__init__(
            parent,
            desk,
            _("Cari di semua peserta"),
            _("Yang dipilih langsung ditandai hadir di sesi ini. Enter memilih yang teratas."),
            text,
            self._row,
        )
        self._session = session
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.add_button("new", _("Peserta baru"))
        self.answered.connect(self._answered)

    def _answered(self, key: str) -> None:
        if key == "new":
            typed = str(self.box.value())
            self.new_wanted.emit("" if any(letter.isdigit() for letter in typed) else typed)

    def _row(self, person: Person) -> QWidget:
        take = partial(self._choose, person)
        return ActionRow(
            "user",
            person.full_name or "",
            self.place(person),
            right=self.take_button(_("Tandai hadir"), person, take),
        )

    def _choose(self, person: Person) -> None:
        self.close_with("chosen")
        self.chosen.emit(person.id)


class BatchPicker(_Picker):
    """Fills a batch. Stays open, so that several people are added one after the other."""

    def __init__(self, parent: QWidget, desk: Desk, batch: RecordId) -> None:
        super().__init__(
            parent,
            desk,
            _("Tambah peserta"),
            _("Ketik nama, lalu Enter menambahkan yang teratas."),
            "",
            self._row,
        )
        self._batch = batch
        self._added: dict[RecordId, Callable[[], object]] = {}
        self.filled = Text("", "label", wrap=True)
        self.body.insertWidget(0, self.filled)
        self.add_button("new", _("Daftar orang baru"))
        self.add_button("done", _("Selesai"), "primary")
        self.answered.connect(self._answered)

    def look(self) -> None:
        super().look()
        store = self.desk.store
        batch = store.get(Batch, self._batch)
        people = store.count(Enrolment, {"batch": self._batch, "state": STILL_IN})
        self.filled.setText(filled_words(people, batch.capacity if batch is not None else None))

    def _answered(self, key: str) -> None:
        if key == "new":
            self.desk.go("register", batch=self._batch)
            return
        if self._added:
            n = len(self._added)
            words = ngettext("{n} orang ditambahkan", "{n} orang ditambahkan", n).format(n=number(n))
            self.desk.did(words, self._take_all_back)

    def _take_all_back(self) -> None:
        for undo in list(self._added.values()):
            undo()

    def _row(self, person: Person) -> QWidget:
        name = person.full_name or ""
        if person.id in self._added:
            button = Button(_("Urungkan"), "quiet", "undo-2", small=True)
            button.setAccessibleName(_("Urungkan: {nama}").format(nama=name))
            button.clicked.connect(self._added[person.id])
            return ActionRow("user-check", name, _("Ditambahkan"), "ok", button)
        held = self.desk.store.get(Enrolment, derived_id(Enrolment, self._batch, person.id))
        if held is not None and held.deleted_at is None and held.state != "keluar":
            return ActionRow("user-check", name, _("Sudah di angkatan ini"), "ok")
        take = partial(self._add, person)
        return ActionRow(
            "user", name, self.place(person), right=self.take_button(_("Tambahkan"), person, take)
        )

    def _add(self, person: Person) -> None:
        store, by, batch = self.desk.store, self.desk.staff.id, self._batch
        self._takes = []  # a second Enter must not add the next one by accident
        self.desk.run(
            self,
            lambda: enrol_all(store, batch, [person.id], by)[0],
            then=partial(self._was_added, person),
        )

    def _was_added(self, person: Person, change: tuple[Enrolment | None, Enrolment]) -> None:
        self._added[person.id] = partial(self._take_back, person, change)
        self.desk.announce(_("{nama} ditambahkan").format(nama=person.full_name or ""))
        self.look()
        self.box.setFocus()
        self.box.selectAll()

    def _take_back(self, person: Person, change: tuple[Enrolment | None, Enrolment]) -> None:
        store, by = self.desk.store, self.desk.staff.id
        self.desk.run(
            None, lambda: undo_change(store, *change, by), then=lambda _none: self._was_taken_back(person)
        )

    def _was_taken_back(self, person: Person) -> None:
        self._added.pop(person.id, None)
        if _is_open(self):
            self.look()
            self.box.setFocus()


def filled_words(people: int, capacity: int | None) -> str:
    """ "28 dari 30 tempat terisi". More people than places are told, and come in all the same."""
    if capacity is None:
        return ngettext("{n} peserta", "{n} peserta", people).format(n=number(people))
    words = _("{n} dari {semua} tempat terisi").format(n=number(people), semua=number(capacity))
    if people > capacity:
        words += " · " + _("lebih {n} dari kapasitas").format(n=number(people - capacity))
    return words


def _is_open(sheet: Sheet) -> bool:
    from shiboken6 import isValid

    return isValid(sheet) and sheet.isVisible()
