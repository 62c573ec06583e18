"""Kunjungan: who is to be called or visited, overdue ones first, neighbours one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from trainer_app.desktop import theme
from trainer_app.desktop.background import Job
from trainer_app.desktop.later import restarting
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.problem_sheet import ProblemSheet, read_problems
from trainer_app.desktop.pages.visit_words import contact_words, due_chip, masked_phone, whole_phone, why_due
from trainer_app.desktop.parts.buttons import primary, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.record_form import village_words
from trainer_app.desktop.parts.table import Column, PagedModel, Table
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    Batch,
    Consent,
    Decision,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Session,
    Visit,
)
from trainer_app.storage.visit_queries import LISTED, DueOrder, FollowUp, due_order, follow_ups
from trainer_app.words import N_, _, number

ALL, LATE, TODAY, WEEK = "all", "late", "today", "week"
FILTERS = {ALL: N_("Semua"), LATE: N_("Terlambat"), TODAY: N_("Hari ini"), WEEK: N_("Minggu ini")}
SHOWN_MS = 30_000  # a whole number does not stay on screen


class VisitsPage(DeskPage):
    """The list; Enter starts a contact."""

    title = N_("Kunjungan")
    subtitle = N_("Yang terlambat dulu, tetangga berurutan")
    watches = (Visit, Milestone, Person, Enterprise, Consent, Decision, Batch, Enrolment, Session)
    help_page = "kunjungan"
    with_footer = True
    with_scroll = False

    def build(self) -> None:
        self._order = DueOrder()
        self._people: Sequence[RecordId] = ()
        self._reading: Job | None = None
        self._seen: RecordId | None = None
        self._cover = restarting(self, SHOWN_MS, lambda: self._look(None))
        self.problems = secondary(_("Kendala"), "triangle-alert")
        self.problems.clicked.connect(self._ask_problems)
        self.header.add_right(self.problems)
        self._build_filters()
        self._model = PagedModel(
            self._columns(), lambda: len(self._people), self._page, row_id=lambda one: one.person
        )
        self.table = Table(self._model, _("Daftar kunjungan"))
        self.table.opened.connect(self._start)
        self.table.current_changed.connect(self._moved)
        self.card = Card()
        around = self.card.layout()
        if around is not None:
            around.setContentsMargins(theme.px(4), theme.px(2), theme.px(2), theme.px(4))
        self.card.add(self.table, 1)
        self.empty = Empty("calendar-check", _("Tidak ada kunjungan tertunda"), _("Buka peserta"))
        self.empty.pressed.connect(lambda: self.desk.go("participants"))
        self.card.add(self.empty, 1)
        self.body.addWidget(self.card, 1)
        self._build_foot()
        self._show()

    def _build_filters(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.px(12))
        self.filters = Seg([(key, _(word)) for key, word in FILTERS.items()])
        self.filters.setAccessibleName(_("Tampilkan"))
        self.filters.set_value(ALL)
        self.filters.changed.connect(self._show)
        row.addWidget(self.filters, 1)
        self.body.addLayout(row)

    def _build_foot(self) -> None:
        self.hints = KeyHints([(["↓"], _("pilih")), (["Enter"], _("mulai"))])
        self.footer.addWidget(self.hints)
        self.footer.addStretch(1)
        self.look = secondary(_("Lihat nomor"), "eye", small=True)
        self.look.clicked.connect(self._press_look)
        self.person = secondary(_("Buka peserta"), "user", small=True)
        self.person.clicked.connect(self._open_person)
        self.start = primary(_("Mulai"), "phone", small=True)
        self.start.clicked.connect(lambda: self._start(self.table.current_row()))
        for button in (self.look, self.person, self.start):
            self.footer.addWidget(button)

    def _columns(self) -> list[Column]:
        return [
            Column(_("Kapan"), lambda one: due_chip(one.due_on, self._today()), "chip", 190),
            Column(_("Nama"), lambda one: one.name or _("Tanpa nama"), "strong", 120, 2),
            Column(_("Usaha"), lambda one: one.business, "text", 100, 1),
            Column(_("Desa"), lambda one: village_words(one.village)[0], "text", 90, 1),
            Column(_("HP"), self._phone, "text", 118),
            Column(_("Untuk apa"), why_due, "text", 134, 1),
            Column(_("Kontak terakhir"), lambda one: contact_words(one.last), "muted", 120, 2),
        ]

    def _today(self) -> date:
        return self.desk.today()

    def _phone(self, one: FollowUp) -> str:
        return whole_phone(one.phone) if one.person == self._seen else masked_phone(one.phone)

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("Ctrl+H", _("Lihat nomor"), self._press_look),
            Shortcut("Ctrl+O", _("Buka peserta"), self._open_person),
            Shortcut("Ctrl+B", _("Kendala"), self._ask_problems),
        ]

    # ---------------------------------------------------------------- what is shown
    def place(self) -> dict[str, Any]:
        return {"filter": self.filters.value()}

    def shown(self, *, filter: str | None = None, **_more: Any) -> None:
        if filter in FILTERS:
            self.filters.set_value(filter)
        self.refresh(set())
        self._take_focus()

    def leaving(self) -> None:
        self._look(None)

    def _take_focus(self) -> None:
        target = self.table if self._model.rowCount() else self.empty.button
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, kinds: set[int]) -> None:
        store, today = self.desk.store, self._today()
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self.run(lambda: due_order(store, today), self._read)

    def _read(self, order: DueOrder) -> None:
        had_focus = self.table.hasFocus() or (self.empty.button is not None and self.empty.button.hasFocus())
        self._order = order
        self._show()
        if had_focus:
            self._take_focus()

    def _page(self, offset: int, limit: int) -> list[FollowUp]:
        people = self._people[offset : offset + limit]
        known = follow_ups(self.desk.store, people, self._today())
        return [known.get(person) or FollowUp(person) for person in people]

    def _chosen(self) -> Sequence[RecordId]:
        order = self._order
        parts = {LATE: order.overdue, TODAY: order.today, WEEK: order.week}
        return parts.get(str(self.filters.value()), order.people)

    def _show(self) -> None:
        kept = self.table.current_row()
        self._people = self._chosen()
        self._model.reload()
        some = bool(self._people)
        self.table.setVisible(some)
        self.empty.setVisible(not some)
        self.filters.setVisible(bool(self._order.people))
        if self.footer_bar is not None:
            self.footer_bar.setVisible(some)
        if some:
            known = kept is not None and kept.person in self._people
            self.table.select_row(self._people.index(kept.person) if known else 0)
        else:
            self._say_empty()
        self._say_counts()

    def _say_empty(self) -> None:
        """Nothing at all, or nothing of what was asked for."""
        if self._order.people:
            word = _(FILTERS.get(str(self.filters.value()), FILTERS[ALL])).lower()
            self.empty.set_text(_("Tidak ada kunjungan: {saringan}.").format(saringan=word))
        else:
            self.empty.set_text(_("Tidak ada kunjungan tertunda"))

    def _say_counts(self) -> None:
        known = self._order.counts
        parts = {ALL: known.all, LATE: known.overdue, TODAY: known.today, WEEK: known.week}
        for (key, word), button in zip(FILTERS.items(), self.filters.buttons, strict=True):
            button.show_text(f"{_(word)} {number(parts[key])}")
        self.filters.updateGeometry()

    # ---------------------------------------------------------------- deeds
    def _moved(self, one: FollowUp | None) -> None:
        self.look.setEnabled(one is not None and bool(one.phone))
        if self._seen is not None and (one is None or one.person != self._seen):
            self._look(None)

    def _press_look(self) -> None:
        one = self.table.current_row()
        if isinstance(one, FollowUp) and one.phone:
            self._look(None if self._seen == one.person else one.person)

    def _look(self, person: RecordId | None) -> None:
        """Shows one number whole, for a while."""
        if person == self._seen:
            return
        self._seen = person
        self.table.viewport().update()
        self.look.show_text(_("Tutup nomor") if person else _("Lihat nomor"))
        if person is None:
            self._cover.stop()
            return
        self._cover.start()
        one = self.table.current_row()
        if isinstance(one, FollowUp) and one.person == person:
            self.desk.announce(whole_phone(one.phone))

    def _ask_problems(self) -> None:
        desk = self.desk
        self.run(lambda: read_problems(desk), lambda found: ProblemSheet(self, found).open())

    def _open_person(self) -> None:
        one = self.table.current_row()
        if isinstance(one, FollowUp):
            self.desk.go("person", id=one.person)

    def _start(self, one: FollowUp | None) -> None:
        if isinstance(one, FollowUp):
            self.desk.go("visit", person=one.person, queue=tuple(self._people[:LISTED]))
