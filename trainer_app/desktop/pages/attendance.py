"""Attendance: everybody of a session on one screen, marked from the keyboard, each mark saved at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.actions import attendance as deeds
from trainer_app.actions import sessions as plans
from trainer_app.desktop.pages.attendance_sheets import close_sheet, reason_sheet
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.session_words import session_line
from trainer_app.desktop.parts.buttons import Button, primary, secondary
from trainer_app.desktop.parts.card import Banner, Card
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.editors import SearchBox
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.ring import Ring
from trainer_app.desktop.parts.scan_band import ScanBand
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.parts.tiles import Mark, TileGrid
from trainer_app.records.checks.names import fold_name
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Attendance, Enrolment, Person, Session
from trainer_app.storage.attendance_queries import SheetRow, attendance_sheet
from trainer_app.words import N_, _, time_of_day

#: The state of a tile for each status that is kept, and the other way round.
TILE = {"H": "present", "T": "late", "I": "excused", "S": "excused", "A": "absent"}
STATUS = {"present": "H", "late": "T", "excused": "I", "absent": "A"}
TONE = {"H": "ok", "T": "warn", "I": "info", "S": "info", "A": "bad"}
WORD = {"H": N_("Hadir"), "T": N_("Terlambat"), "I": N_("Izin"), "S": N_("Sakit"), "A": N_("Tidak hadir")}
#: Filters: key, word, statuses ("" is nobody's mark yet).
FILTERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("all", N_("Semua {n}"), ()),
    ("none", N_("Belum {n}"), ("",)),
    ("H", N_("Hadir {n}"), ("H",)),
    ("T", N_("Terlambat {n}"), ("T",)),
    ("I", N_("Izin {n}"), ("I", "S")),
    ("A", N_("Tidak hadir {n}"), ("A",)),
)


class AttendancePage(DeskPage):
    """The sheet of one session. Nothing waits for a button: a mark is saved when it is made."""

    title = N_("Absensi")
    watches = (Attendance, Enrolment, Person, Session)
    help_page = "absensi"
    with_footer = True
    with_scroll = False

    def build(self) -> None:
        self._session: Session | None = None
        self._rows: dict[RecordId, SheetRow] = {}
        self.header.show_back(_("Semua sesi"))
        self.header.back.connect(lambda: self.desk.go("sessions"))
        self.search_box = SearchBox(_("Cari peserta"))
        self.search_box.changed.connect(self._filter)
        self.search_box.submitted.connect(self._search_submitted)
        self.header.add_right(self.search_box)
        self._build_top()
        self._build_filters()
        self.closed = Banner("", "info", "lock")
        self.closed.hide()
        self.body.addWidget(self.closed)
        self.grid = TileGrid()
        self.grid.asked.connect(self._asked)
        self.body.addWidget(self._scrolled(self.grid), 1)
        self.empty = Empty(
            "users", _("Angkatan ini belum punya peserta."), _("Tambah peserta"), button_icon="user-plus"
        )
        self.empty.pressed.connect(self._add_people)
        self.empty.hide()
        self.body.addWidget(self.empty, 1)
        self._build_footer_bar()

    def _scrolled(self, grid: QWidget) -> QWidget:
        from trainer_app.desktop.parts.page import ScrollBody

        self._scroll = ScrollBody()
        self._scroll.body.addWidget(grid)
        self._scroll.body.addStretch(1)
        return self._scroll

    def _build_top(self) -> None:
        row = QHBoxLayout()
        self.band = ScanBand()
        self.band.acted.connect(lambda: self.desk.undo.run())
        row.addWidget(self.band, 1)
        card = Card(narrow=True)
        line = QHBoxLayout()
        self.ring = Ring(0, 0)
        line.addWidget(self.ring)
        words = QVBoxLayout()
        self.left = Text("", "h3")
        self.others = Text("", "caption")
        words.addStretch(1)
        words.addWidget(self.left)
        words.addWidget(self.others)
        words.addStretch(1)
        line.addLayout(words, 1)
        card.add(line)
        row.addWidget(card)
        self.body.addLayout(row)

    def _build_filters(self) -> None:
        row = QHBoxLayout()
        self.filters = Seg([(key, _(word).format(n=0)) for key, word, _s in FILTERS])
        self.filters.set_value("all")
        self.filters.chosen.connect(lambda _value: self._filter())
        row.addWidget(self.filters)
        row.addStretch(1)
        self.rest = secondary(_("Tandai sisanya hadir"), "list-checks")
        self.rest.clicked.connect(self._mark_rest)
        self.walk_in = secondary(_("Peserta baru"), "user-plus")
        self.walk_in.clicked.connect(self._walk_in)
        row.addWidget(self.rest)
        row.addWidget(self.walk_in)
        self.body.addLayout(row)

    def _build_footer_bar(self) -> None:
        hints = [
            ([_("Spasi")], _("hadir")),
            (["T"], _("telat")),
            (["I"], _("izin")),
            (["A"], _("tidak hadir")),
            (["Ctrl", "Z"], _("urungkan")),
        ]
        self.hints = KeyHints(hints)
        self.footer.addWidget(self.hints)
        self.footer.addStretch(1)
        self.saved = Chip(_("Tersimpan otomatis"), "ok", "check")
        self.footer.addWidget(self.saved)
        self.close_button: Button = primary(_("Tutup sesi"))
        self.close_button.clicked.connect(self._close_or_reopen)
        self.footer.addWidget(self.close_button)

    def compact_changed(self, compact: bool) -> None:
        self.grid.set_compact(compact)
        self.hints.setVisible(not compact)

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("Ctrl+Return", _("Tandai sisanya hadir"), self._mark_rest),
            Shortcut("Ctrl+B", _("Peserta baru"), self._walk_in),
            Shortcut("Ctrl+F", _("Cari peserta"), self.search_box.setFocus),
        ]

    # ---------------------------------------------------------------- what is shown
    def shown(self, *, session: RecordId | None = None, **_args: Any) -> None:
        if session is not None:
            self._session = self.desk.store.get(Session, session)
            self.search_box.clear_value()
            self.filters.set_value("all")
            self.band.show_ready(_("Tekan Spasi pada nama yang hadir"))
        self.refresh(set())
        self.grid.setFocus()

    def refresh(self, kinds: set[int]) -> None:
        if self._session is None:
            return
        session = self.desk.store.get(Session, self._session.id)
        if session is None:
            return
        self._session = session
        self.header.set_title(session.topic or "")
        self.header.set_subtitle(session_line(self.desk.store, session))
        rows = attendance_sheet(self.desk.store, session.area, session.id, session.batch or b"")
        if [(r.person, r.name) for r in rows] != [(r.person, r.name) for r in self._rows.values()]:
            self.grid.set_people([(row.person.hex(), row.name) for row in rows])
        self._rows = {row.person: row for row in rows}
        for row in rows:
            self._show_mark(row)
        self._show_numbers()
        self._show_state(session)

    def _show_mark(self, row: SheetRow) -> None:
        state = TILE.get(row.status or "", "none")
        note = ""
        if row.status == "S":
            note = _("sakit")
        elif state == "present" and row.at_ms is not None and self._session is not None:
            note = time_of_day(plans.local_time(row.at_ms, self._session.zone))
        if self.grid.mark(row.person.hex()) != Mark(state, note):
            self.grid.set_mark(row.person.hex(), state, note)

    def _numbers(self) -> dict[str, int]:
        found = {"": 0, "H": 0, "T": 0, "I": 0, "S": 0, "A": 0}
        for row in self._rows.values():
            found[row.status or ""] += 1
        return found

    def _show_numbers(self) -> None:
        count = self._numbers()
        everybody = len(self._rows)
        self.ring.set_value(count["H"] + count["T"], everybody)
        self.left.setText(_("{n} belum").format(n=count[""]))
        others = _("{telat} telat · {izin} izin").format(telat=count["T"], izin=count["I"] + count["S"])
        self.others.setText(others)
        for (key, word, statuses), button in zip(FILTERS, self.filters.buttons, strict=True):
            n = everybody if key == "all" else sum(count[s] for s in statuses)
            button.show_text(_(word).format(n=n))
        self.empty.setVisible(everybody == 0)
        self._scroll.setVisible(everybody > 0)
        self._filter()

    def _show_state(self, session: Session) -> None:
        closed = session.state in (plans.CLOSED, plans.CANCELLED)
        self.closed.setVisible(closed)
        if session.state == plans.CLOSED:
            self.closed.set_text(_("Sesi ini sudah ditutup. Perubahan perlu alasan dan tercatat."))
        elif session.state == plans.CANCELLED:
            reason = session.reason or ""
            self.closed.set_text(_("Sesi ini dibatalkan: {alasan}").format(alasan=reason))
        self.close_button.show_text(_("Buka lagi") if closed else _("Tutup sesi"))
        self.rest.setVisible(not closed)

    def _filter(self) -> None:
        wanted = next(statuses for key, _w, statuses in FILTERS if key == self.filters.value())
        words = fold_name(str(self.search_box.value())).split()
        shown = {
            row.person.hex()
            for row in self._rows.values()
            if (not wanted or (row.status or "") in wanted) and _matches(row.name, words)
        }
        self.grid.show_only(None if len(shown) == len(self._rows) else shown)

    # ---------------------------------------------------------------- marking
    def _asked(self, person: str, state: str) -> None:
        row = self._rows[bytes.fromhex(person)]
        if state == "none":
            self._take_mark_away(row)
        elif STATUS[state] != row.status:
            method = "petak" if state == "present" else "tombol"
            self._mark([row.person], STATUS[state], method)

    def _mark(self, persons: Sequence[RecordId], status: str, method: str, reason: str = "") -> None:
        session = self._session
        if session is None or not persons:
            return
        if session.state == plans.CLOSED and not reason:
            reason_sheet(self, partial(self._mark, persons, status, method))
            return
        store, by = self.desk.store, self.desk.staff.id
        self.run(
            lambda: deeds.record_attendance(
                store, session, persons, status, by, method=method, reason=reason or None
            ),
            then=partial(self._marked, status),
        )

    def _marked(self, status: str, done: deeds.Marked) -> None:
        self.refresh(set())
        word = _(WORD[status])
        if len(done.persons) == 1:
            row = self._rows[done.persons[0]]
            clock = self.desk.store.clock.now_ms()
            zone = done.session.zone
            result = f"{word} · {time_of_day(plans.local_time(clock, zone))}"
            self.band.show_result(row.name, result, TONE[status], _("Urungkan  (Ctrl+Z)"))
            self.desk.undo.push(row.name, partial(self._take_back, done))
        else:
            text = _("{n} orang ditandai hadir").format(n=len(done.persons))
            self.band.show_result(text, word, TONE[status], _("Urungkan  (Ctrl+Z)"))
            self.desk.did(text, partial(self._take_back, done))

    def _take_back(self, done: deeds.Marked) -> None:
        store, by = self.desk.store, self.desk.staff.id
        self.run(lambda: deeds.take_back(store, done, by), then=lambda _none: self._taken_back(done))

    def _taken_back(self, done: deeds.Marked) -> None:
        self.refresh(set())
        person = done.persons[0]
        name = self._rows[person].name if len(done.persons) == 1 and person in self._rows else ""
        self.band.show_result(name or _("Diurungkan"), _("Tanda diurungkan"), "info")

    def _take_mark_away(self, row: SheetRow) -> None:
        if self._session is None:
            return
        now = self.desk.store.get(Session, self._session.id)
        if now is None or now.state == plans.CLOSED:
            reason = _("Sesi ini sudah ditutup. Buka lagi untuk menghapus tanda.")
            self.desk.toast(reason, icon="lock")
            return
        self._take_back(deeds.Marked(self._session, ((row.person, None),)))

    def _mark_rest(self) -> None:
        rest = [row.person for row in self._rows.values() if row.status is None]
        if rest:
            self._mark(rest, "H", "sisanya")
        else:
            self.desk.toast(_("Semua sudah ditandai."))

    # ---------------------------------------------------------------- people who are not on the sheet
    def _search_submitted(self, text: str) -> None:
        shown = self.grid.shown()
        if len(shown) == 1:
            self.search_box.clear_value()
            self._filter()
            self.grid.go_to(shown[0])
            self._asked(shown[0], "present")
        elif not shown:
            self._add_people(text)

    def _add_people(self, text: str = "") -> None:
        from trainer_app.desktop.pages.people_picker import PeoplePicker

        if self._session is not None and self._session.batch:
            PeoplePicker(self, self.desk, self._session.batch, text, self._added).open()

    def _added(self, person: RecordId) -> None:
        self.search_box.clear_value()
        self.refresh(set())
        self.grid.go_to(person.hex())

    def _walk_in(self) -> None:
        from trainer_app.desktop.pages.walk_in import WalkInSheet

        if self._session is not None:
            WalkInSheet(self, self.desk, self._session, self._walked_in).open()

    def _walked_in(self, name: str, person: RecordId) -> None:
        self.refresh(set())
        result = _("Hadir · datang langsung · lengkapi datanya nanti")
        self.band.show_result(name, result, "ok")
        self.grid.go_to(person.hex())

    # ---------------------------------------------------------------- closing
    def _close_or_reopen(self) -> None:
        if self._session is None:
            return
        if self._session.state in (plans.CLOSED, plans.CANCELLED):
            self._set_state(plans.RUNNING)
        else:
            close_sheet(self, self._numbers(), self._close)

    def _close(self, answer: str) -> None:
        if answer == "absent":
            rest = [row.person for row in self._rows.values() if row.status is None]
            self._mark(rest, "A", "sisanya")
        if answer:
            self._set_state(plans.CLOSED)

    def _set_state(self, state: str) -> None:
        session, store, by = self._session, self.desk.store, self.desk.staff.id
        if session is None:
            return
        self.run(
            lambda: plans.set_state(store, session, state, by),
            then=lambda before: self._state_set(state, before),
        )

    def _state_set(self, state: str, before: str | None) -> None:
        self.refresh(set())
        words = _("Sesi ditutup") if state == plans.CLOSED else _("Sesi dibuka lagi")
        self.desk.did(words, partial(self._set_state, before or plans.PLANNED))


def _matches(name: str, words: Sequence[str]) -> bool:
    parts = fold_name(name).split()
    return all(any(part.startswith(word) for part in parts) for word in words)
