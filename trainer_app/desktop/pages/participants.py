"""Participants: everybody on this laptop, found as one types; pages are read when they are looked at."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.parts.buttons import primary
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.editors import SearchBox
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.table import Column, PagedModel, Table
from trainer_app.desktop.parts.text import Text
from trainer_app.records.kinds import Attendance, Enrolment, Enterprise, Person
from trainer_app.storage.people_queries import (
    ALL,
    INCOMPLETE,
    NO_BATCH,
    UNSENT,
    Order,
    PersonRow,
    counts,
    find_order,
    people_rows,
    take_order,
)
from trainer_app.words import N_, _, number

FILTER_WORDS = {
    ALL: N_("Semua {n}"),
    INCOMPLETE: N_("Perlu dilengkapi {n}"),
    UNSENT: N_("Belum dikirim {n}"),
    NO_BATCH: N_("Tanpa angkatan {n}"),
}


class ParticipantsPage(DeskPage):
    """The list; Enter opens a person."""

    title = N_("Peserta")
    watches = (Person, Enterprise, Enrolment, Attendance)
    watches_sending = True
    help_page = "daftar"
    with_scroll = False

    table: Table

    def build(self) -> None:
        self._order = Order()
        self._asked = 0
        row = QHBoxLayout()
        self.box = SearchBox(_("Ketik nama, NIK, HP, atau usaha"))
        self.box.changed.connect(self._look)
        self.box.down.connect(lambda: self.table.setFocus())
        self.box.submitted.connect(lambda _text: self._open_first())
        row.addWidget(self.box, 1)
        self.filters = Seg([(key, _(word).format(n=0)) for key, word in FILTER_WORDS.items()])
        self.filters.set_value(ALL)
        self.filters.changed.connect(self._look)
        row.addWidget(self.filters, 2)
        self.new = primary(_("Daftar baru"), "user-plus")
        self.new.clicked.connect(lambda: self.desk.go("register"))
        row.addWidget(self.new)
        self.body.addLayout(row)
        self._model = PagedModel(
            self._columns(), lambda: len(self._order), self._page, row_id=lambda line: line.id
        )
        self.table = Table(self._model, _("Daftar peserta"))
        self.table.opened.connect(lambda line: self.desk.go("person", id=line.id))
        self.body.addWidget(self.table, 1)
        self.empty = Empty("users", _("Belum ada peserta."), _("Daftar baru"), button_icon="user-plus")
        self.empty.pressed.connect(lambda: self.desk.go("register"))
        self.empty.hide()
        self.body.addWidget(self.empty, 1)
        foot = QHBoxLayout()
        foot.addWidget(KeyHints([(["↓"], _("pilih")), (["Enter"], _("buka"))]))
        foot.addStretch(1)
        self.total = Text("", "caption")
        foot.addWidget(self.total)
        self.body.addLayout(foot)

    def _columns(self) -> list[Column]:
        return [
            Column(_("Nama"), lambda line: line.name, "strong", stretch=3),
            Column(_("Usaha"), lambda line: line.business, stretch=3),
            Column(_("Desa"), self._village, stretch=2),
            Column(_("Angkatan"), lambda line: line.batch, stretch=2),
            Column(_("Hadir"), lambda line: (line.attended, line.sessions), "dots", 170),
            Column(_("Keadaan"), _chip, "chip", 190),
        ]

    def _village(self, line: PersonRow) -> str:
        try:
            return str(self.desk.places.village(line.village).name) if line.village else ""
        except KeyError:
            return line.village

    def _page(self, offset: int, limit: int) -> list[PersonRow]:
        return people_rows(self.desk.store, self._order, offset, limit)

    def shortcuts(self) -> list[Shortcut]:
        return [Shortcut("Ctrl+F", _("Cari"), self.box.setFocus)]

    # ---------------------------------------------------------------- what is shown
    def shown(self, *, search: str | None = None, filter: str | None = None, **_args: Any) -> None:
        if filter in FILTER_WORDS:
            self.filters.set_value(filter)
        if search is not None:
            self.box.set_value(search)
        self.refresh(set())
        self.box.setFocus()

    def search(self, text: str) -> None:
        self.box.set_value(text)
        self._look()
        self.box.setFocus()

    def refresh(self, kinds: set[int]) -> None:
        store = self.desk.store
        self.run(lambda: counts(store), then=self._show_counts)
        self._look()

    def _show_counts(self, found: dict[str, int]) -> None:
        for (key, word), button in zip(FILTER_WORDS.items(), self.filters.buttons, strict=True):
            button.show_text(_(word).format(n=number(found[key])))
        self.header.set_subtitle(
            _("{n} orang di laptop ini · ketik untuk langsung mencari").format(n=number(found[ALL]))
        )

    def _look(self) -> None:
        """Take the order anew in the background; only the newest answer counts."""
        store, text, which = self.desk.store, str(self.box.value()), str(self.filters.value() or ALL)
        self._asked += 1
        asked = self._asked

        def work() -> Order:
            return find_order(store, text, which) if text else take_order(store, which)

        self.run(work, then=lambda order: self._show(order, asked))

    def _show(self, order: Order, asked: int) -> None:
        if asked != self._asked:
            return
        self._order = order
        self._model.reload()
        nothing = not len(order)
        self.table.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.total.setText(_("{n} orang").format(n=number(len(order))))
        if not nothing:
            self.table.select_row(0)

    def _open_first(self) -> None:
        line = self.table.current_row()
        if line is not None and len(self._order):
            self.desk.go("person", id=line.id)


def _chip(line: PersonRow) -> tuple[str, str, str]:
    if line.incomplete:
        return _("Perlu dilengkapi"), "warn", "pencil"
    if line.unsent:
        return _("Menunggu dikirim"), "info", "clock"
    return _("Diterima pusat"), "ok", "circle-check"
