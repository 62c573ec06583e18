"""Attendance: everybody of a session on one screen, marked from the keyboard, each mark saved at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from trainer_app.actions import sessions as plans
from trainer_app.actions.attendance import Marked
from trainer_app.desktop import theme
from trainer_app.desktop.pages.attendance_foot import AttendanceFoot
from trainer_app.desktop.pages.attendance_sheets import close_sheet
from trainer_app.desktop.pages.attendance_top import AttendanceTop
from trainer_app.desktop.pages.attendance_words import (
    FILTERS,
    STATUS,
    TONE,
    WORD,
    clock,
    counted,
    name_of,
    tile_mark,
    told_apart,
)
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.marking import Marking
from trainer_app.desktop.pages.newcomers import Newcomers
from trainer_app.desktop.pages.session_notice import SessionNotice
from trainer_app.desktop.pages.session_words import session_line
from trainer_app.desktop.parts.buttons import secondary
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.editors import SearchBox
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.page import SIDE, ScrollBody
from trainer_app.desktop.parts.scan_band import HEIGHT
from trainer_app.desktop.parts.tiles import TileGrid
from trainer_app.records.checks.names import fold_name
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    Attendance,
    Consent,
    Decision,
    Enrolment,
    Enterprise,
    Person,
    Session,
    Staff,
)
from trainer_app.records.training import CANCELLED, CLOSED
from trainer_app.storage.attendance_queries import SheetRow, attendance_sheet
from trainer_app.words import N_, _, ngettext, number

UNDO_WORDS = N_("Urungkan  (Ctrl+Z)")
SEARCH_WIDTH = 300


class AttendancePage(DeskPage):
    """The sheet of one session. Nothing waits for a button: a mark is saved when it is made."""

    title = N_("Absensi")
    watches = (Attendance, Decision, Enrolment, Person, Enterprise, Consent, Session, Staff)
    help_page = "absensi"
    with_footer = True
    with_scroll = False

    def build(self) -> None:
        self._session: Session | None = None
        self._narrow = False
        self._rows: dict[RecordId, SheetRow] = {}
        self._staff: dict[RecordId, str] = {}
        self.marking = Marking(self, self._marked, self._taken_back)
        self.newcomers = Newcomers(self, self.marking)
        self.newcomers.found.connect(self._welcome)
        self.newcomers.registered.connect(self._walked_in)
        self._build_header()
        self.top = AttendanceTop()
        self.band = self.top.band
        self.band.acted.connect(self._band_acted)
        self.body.addWidget(self.top)
        self._build_filters()
        self._build_middle()
        self._build_foot()

    def _build_header(self) -> None:
        self.body.setSpacing(theme.px(10))
        self.header.show_back(_("Semua sesi"))
        self.header.back.connect(lambda: self.desk.go("sessions"))
        self.search_box = SearchBox(_("Cari peserta"))
        self.search_box.changed.connect(self._filter)
        self.search_box.submitted.connect(self._search_submitted)
        self.search_box.down.connect(self._to_first)
        self.search_box.setMinimumWidth(theme.px(SEARCH_WIDTH * 0.7))
        self.search_box.setMaximumWidth(theme.px(SEARCH_WIDTH))
        self.header.add_right(self.search_box)

    def _build_filters(self) -> None:
        self._tools = QHBoxLayout()
        self._tools.setSpacing(theme.px(8))
        self.filters = Seg([(key, _(word).format(n=0)) for key, word, _s in FILTERS])
        self.filters.setAccessibleName(_("Tampilkan"))
        self.filters.set_value("all")
        self.filters.changed.connect(self._filter)
        self._tools.addWidget(self.filters, 1)
        self.rest = secondary(_("Tandai sisanya hadir"), "list-checks", small=True)
        self.rest.clicked.connect(self._mark_rest)
        self.walk_in = secondary(_("Peserta baru"), "user-plus", small=True)
        self.walk_in.clicked.connect(lambda: self.newcomers.add())
        self._tools.addWidget(self.rest)
        self._tools.addWidget(self.walk_in)
        self.body.addLayout(self._tools)

    def _build_middle(self) -> None:
        self.notice = SessionNotice()
        self.body.addWidget(self.notice)
        self.grid = TileGrid()
        self.grid.asked.connect(self._asked)
        self.grid.typed.connect(self._typed)
        self._scroll = ScrollBody()
        self._scroll.body.addWidget(self.grid)
        self._scroll.body.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        self.empty = Empty("users", "", _("Tambah peserta"), button_icon="user-plus")
        self.empty.pressed.connect(self._empty_pressed)
        self.empty.hide()
        self.body.addWidget(self.empty, 1)

    def _build_foot(self) -> None:
        self.foot = AttendanceFoot(self.footer_bar or self, self.footer)
        self.foot.asked.connect(self._key_pressed)
        self.foot.undo.connect(self._undo_pressed)
        self.close_button = self.foot.close
        self.close_button.clicked.connect(self._close_or_reopen)

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("Ctrl+F", _("Cari di daftar ini"), self._to_search),
            Shortcut("Ctrl+B", _("Peserta baru (datang langsung)"), self.newcomers.add),
            Shortcut("Ctrl+Return", _("Tandai sisanya hadir"), self._mark_rest),
        ]

    # ---------------------------------------------------------------- room
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_deeds()
        self._fit()

    def _place_deeds(self) -> None:
        """Where they have no room beside the filters, the two deeds stand in the bar at the foot."""
        deeds = (self.rest, self.walk_in)
        needed = sum(widget.sizeHint().width() + theme.px(12) for widget in (self.filters, *deeds))
        narrow = needed > self.width() - 2 * theme.px(SIDE)
        if narrow != self._narrow:
            self._narrow = narrow
            for button in deeds:
                self._tools.removeWidget(button)
            self.foot.set_compact(narrow, deeds)
            if not narrow:
                for button in deeds:
                    self._tools.addWidget(button)

    def _fit(self) -> None:
        """Gives the band what the tiles leave; for the sake of all tiles on one screen it becomes small."""
        room = self._scroll.height() if self._scroll.isVisible() else 0
        spare = room + self.top.height() - self.grid.height_needed()
        self.top.fit(spare if self._rows and room else theme.px(HEIGHT))
        self.grid.set_tight(spare < self.top.least_height)

    # ---------------------------------------------------------------- what is shown
    def shown(self, *, session: RecordId | None = None, **_args: Any) -> None:
        self._session = self.desk.store.get(Session, session) if session is not None else None
        self.search_box.clear_value()
        self.filters.set_value("all")
        self.band.show_ready(
            _("Tekan Spasi pada nama yang hadir"), _("Atau cari namanya (Ctrl+F), lalu Enter")
        )
        self._staff = {person.id: person.full_name or "" for person in self.desk.store.find(Staff)}
        self.refresh(set())
        (self.empty.button if self.empty.isVisible() and self.empty.button else self.grid).setFocus()

    def refresh(self, kinds: set[int]) -> None:
        held = self.desk.store.get(Session, self._session.id) if self._session is not None else None
        self._session = self.marking.session = held if held and held.deleted_at is None else None
        if Staff.kind in kinds:
            self._staff = {person.id: person.full_name or "" for person in self.desk.store.find(Staff)}
        self._rows = {}
        if self._session is not None:
            self.header.set_title(self._session.topic or "")
            self.header.set_subtitle(session_line(self.desk.store, self._session))
            self._rows = {row.person: row for row in attendance_sheet(self.desk.store, self._session)}
        people = [(person.hex(), name) for person, name in told_apart(self._rows.values()).items()]
        if people != self.grid.named():
            self.grid.set_people(people)
            self.grid.tab_between(self.walk_in, self.foot.keys[0])
        for row in self._rows.values():
            self._show_mark(row)
        self._show_numbers()
        self._show_state()
        self._place_deeds()
        self._fit()

    def _show_mark(self, row: SheetRow) -> None:
        if self._session is None:
            return
        by = row.marked_by
        marker = "" if by is None or by == self.desk.staff.id else self._staff.get(by, "")
        mark = tile_mark(row, self._session, marker)
        if self.grid.mark(row.person.hex()) != mark:
            self.grid.set_mark(row.person.hex(), mark.state, mark.note, mark.more)

    def _show_numbers(self) -> None:
        count = counted(self._rows)
        self.top.show_numbers(count)
        for (_key, word, statuses), button in zip(FILTERS, self.filters.buttons, strict=True):
            button.show_text(_(word).format(n=number(sum(count[status] for status in statuses))))
        self._filter()

    def _show_state(self) -> None:
        session = self._session
        state = session.state if session is not None else None
        ended = state in (CLOSED, CANCELLED)
        self.notice.show_session(session, self.desk.store.clock.now_ms())
        self.close_button.show_text(_("Buka lagi") if ended else _("Tutup sesi"))
        self.close_button.setHidden(session is None)
        self.rest.setHidden(ended or not self._rows)
        self.walk_in.setHidden(session is None or state == CANCELLED)

    # ---------------------------------------------------------------- filters and search
    def _filter(self) -> None:
        chosen = self.filters.value()
        wanted = next(statuses for key, _word, statuses in FILTERS if key == chosen)
        words = fold_name(str(self.search_box.value())).split()
        shown = {
            row.person.hex()
            for row in self._rows.values()
            if (row.status or "") in wanted and _matches(name_of(row), words)
        }
        self.grid.show_only(None if len(shown) == len(self._rows) else shown)
        self._show_empty(bool(shown), bool(words))

    def _show_empty(self, some: bool, searched: bool) -> None:
        text, button = _("Tidak ada orang di pilihan ini."), ""
        if self._session is None:
            text, button = _("Sesi ini sudah tidak ada."), _("Semua sesi")
        elif not self._rows:
            text, button = _("Angkatan ini belum punya peserta."), _("Tambah peserta")
        elif searched:
            text = _("Tidak ada “{nama}” di daftar ini.").format(nama=self.search_box.value())
            button = _("Cari di semua peserta")
        self.empty.set_text(text)
        if self.empty.button is not None:
            self.empty.button.setVisible(bool(button))
            self.empty.button.show_text(button or _("Tambah peserta"))
        self.empty.setVisible(not some)
        self._scroll.setVisible(some)

    def _empty_pressed(self) -> None:
        if self._session is None:
            self.desk.go("sessions")
        elif self._rows:
            self.newcomers.find(str(self.search_box.value()))
        else:
            self.newcomers.fill_batch()

    def _to_search(self) -> None:
        self.search_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_box.selectAll()

    def _to_first(self) -> None:
        """Down from the search: to the first name that fits."""
        for person in self.grid.shown()[:1]:
            self.grid.go_to(person)

    def _to_tiles(self) -> None:
        if self.grid.shown():
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _search_submitted(self, text: str) -> None:
        """One name left: marked, and the box is ready for the next. Several: on to the tiles. None: look
        further.
        """
        shown = self.grid.shown()
        if not text or len(shown) > 1:
            self._to_first()
        elif not shown:
            self.newcomers.find(text)
        else:
            row = self._rows[bytes.fromhex(shown[0])]
            self.search_box.clear_value()
            self._filter()
            if self.marking.status_of(row.person, row.status) is None:
                self.marking.mark([row.person], "H", "petak")
            else:
                self._tell_known(row)

    def _tell_known(self, row: SheetRow) -> None:
        if self._session is None or row.status is None:
            return
        at = row.arrived_at or row.marked_at or 0
        words = _("{keadaan} · sudah tercatat pukul {jam}")
        result = words.format(keadaan=_(WORD.get(row.status, row.status)), jam=clock(at, self._session))
        self.band.show_result(name_of(row), result, "info")

    def _typed(self, letters: str) -> None:
        if letters:
            self.band.show_ready(_("Mencari nama: {huruf}").format(huruf=letters))

    def back(self) -> bool:
        if self.search_box.text():
            self.search_box.clear_value()
            self._filter()
            return True
        if self.filters.value() != "all":
            self.filters.set_value("all")
            self._filter()
            return True
        return False

    # ---------------------------------------------------------------- marking
    def _asked(self, person: str, state: str) -> None:
        row = self._rows[bytes.fromhex(person)]
        now = self.marking.status_of(row.person, row.status)
        wanted = STATUS[state]
        if state in ("none", "present"):  # a press: the tile may still show what was before the press before
            wanted = None if now == "H" else "H"
        if wanted != now:
            self.marking.mark([row.person], wanted, "petak" if state == "present" else "tombol")

    def _key_pressed(self, state: str) -> None:
        person = self.grid.current_id()
        if person:
            self._asked(person, state)
            self.grid.go_to(person)

    def _undo_pressed(self) -> None:
        self.desk.undo.run()
        self._to_tiles()

    def _band_acted(self) -> None:
        self.marking.take_back_last()
        self._to_tiles()

    def _unmarked(self) -> list[SheetRow]:
        """Who has no mark, and for whom none is on its way."""
        rows = self._rows.values()
        return [row for row in rows if self.marking.status_of(row.person, row.status) is None]

    def _mark_rest(self) -> None:
        if rest := self._unmarked():
            self.marking.mark([row.person for row in rest], "H", "sisanya")
        elif self._rows:
            self.band.show_result(_("Semua sudah ditandai"), "", "info")

    def _marked(self, done: Marked) -> None:
        self.refresh(set())
        people = len(done.persons)
        if done.closed:
            name, result, tone = _("Sesi ditutup"), self._summary(), "ok"
        elif people == 1:
            name, result, tone = self._told(done)
        else:
            n = number(people)
            name = ngettext("{n} orang ditandai", "{n} orang ditandai", people).format(n=n)
            result, tone = _(WORD[done.status or "H"]), TONE[done.status or "H"]
        self.band.show_result(name, result, tone, _(UNDO_WORDS))

    def _told(self, done: Marked) -> tuple[str, str, str]:
        row = self._rows.get(done.persons[0])
        name = name_of(row) if row is not None else ""
        if done.status is None:
            return name, _("Tanda dihapus"), "info"
        result = _(WORD[done.status])
        if done.arrived_at is not None and row is not None and row.arrived_at is not None:
            result += f" · {clock(row.arrived_at, done.session)}"
        if row is not None and not row.enrolled:
            result += " · " + _("tamu")
        return name, result, TONE[done.status]

    def _summary(self) -> str:
        count = counted(self._rows)
        return _("{h} hadir · {t} telat · {i} izin · {a} tidak hadir").format(
            h=count["H"], t=count["T"], i=count["I"] + count["S"], a=count["A"]
        )

    def _taken_back(self, done: Marked) -> None:
        name = ""
        if len(done.persons) == 1 and not done.closed and done.persons[0] in self._rows:
            name = name_of(self._rows[done.persons[0]])
        self.refresh(set())
        told = _("Sesi dibuka lagi") if done.closed else _("Tanda diurungkan")
        self.band.show_result(name or told, told if name else "", "info")

    # ---------------------------------------------------------------- people who are not on the sheet
    def _welcome(self, person: RecordId) -> None:
        self.search_box.clear_value()
        row = self._rows.get(person)
        if row is not None and row.status is not None:
            self._tell_known(row)
        else:
            self.marking.welcome(person)

    def _walked_in(self, name: str, _undo: object) -> None:
        self.search_box.clear_value()
        self.refresh(set())
        result = _("Hadir · terdaftar · datanya dilengkapi nanti")
        self.band.show_result(name, result, "ok", _(UNDO_WORDS))

    # ---------------------------------------------------------------- closing
    def _close_or_reopen(self) -> None:
        session = self._session
        if session is None:
            return
        if session.state in (CLOSED, CANCELLED):
            store, by = self.desk.store, self.desk.staff.id
            self.run(lambda: plans.reopen(store, session, by), then=lambda now: self._reopened(session, now))
            return
        close_sheet(self, counted(self._rows), [name_of(row) for row in self._unmarked()], self._close)

    def _close(self, answer: str) -> None:
        if answer:
            rest = self._unmarked() if answer == "absent" else []
            self.marking.close([row.person for row in rest])
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)  # the button now opens it again

    def _reopened(self, before: Session, now: Session) -> None:
        self.refresh(set())
        store, by = self.desk.store, self.desk.staff.id

        def undo() -> None:
            self.run(
                lambda: plans.undo_change(store, before, now, by),
                then=lambda _none: self.band.show_result(_("Diurungkan"), "", "info"),
            )

        self.marking.remember(undo)
        self.band.show_result(_("Sesi dibuka lagi"), "", "info", _(UNDO_WORDS))


def _matches(name: str, words: list[str]) -> bool:
    parts = fold_name(name).split()
    return all(any(part.startswith(word) for part in parts) for word in words)
