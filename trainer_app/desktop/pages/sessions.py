"""Sessions: what is planned and what was held, batch by batch; a new one is the last one a week later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.actions.session_series import undo_series
from trainer_app.actions.sessions import instant, local_time, reopen, repeat_session, undo_change
from trainer_app.desktop import theme
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.session_words import day_words, hours_line, state_chip
from trainer_app.desktop.pages.week_bar import WeekBar, monday_of
from trainer_app.desktop.parts.buttons import primary, secondary
from trainer_app.desktop.parts.choices import PickEditor, Seg
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.flow import FlowLayout
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.table import Column, ListModel, Table
from trainer_app.desktop.parts.text import Text
from trainer_app.records.fields import Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Attendance, Batch, Enrolment, Session
from trainer_app.records.training import CANCELLED, CLOSED, RUNNING
from trainer_app.storage.session_queries import SessionSummary, session_summaries, sessions_between
from trainer_app.words import N_, _, date_long, ngettext

#: How far back and ahead the list reaches; older ones are found through the person or the report.
BACK, AHEAD = timedelta(days=180), timedelta(days=365)
UPCOMING, PAST, ALL = "upcoming", "past", "all"
FILTERS = ((UPCOMING, N_("Akan datang")), (PAST, N_("Sudah lewat")), (ALL, N_("Semua")))
EVERY_BATCH = b""
#: Below this height (at text size 100 %) the week gives its room to the list.
HEIGHT_FOR_WEEK = 520


@dataclass(frozen=True, slots=True)
class Line:
    """One session of the list, with what is shown beside it."""

    session: Session
    batch: Batch | None
    summary: SessionSummary

    @property
    def day(self) -> date:
        """The day at the venue."""
        return day_of(self.session)


def day_of(session: Session) -> date:
    """The day at the venue."""
    return local_time(session.starts_at or 0, session.zone).date()


class SessionsPage(DeskPage):
    """The list of sessions; Enter opens the sheet of attendance."""

    title = N_("Sesi & absensi")
    subtitle = N_("Pilih sesi untuk mencatat kehadiran")
    watches = (Session, Batch, Enrolment, Attendance)
    help_page = "absensi"
    with_footer = True
    with_scroll = False

    def build(self) -> None:
        self._sessions: list[Session] = []
        self._batches: list[Batch] = []
        self._day: date | None = None
        self._monday = monday_of(self.desk.today())
        self.new_batch = secondary(_("Angkatan baru"))
        self.new_batch.clicked.connect(self._new_batch)
        self.from_modules = secondary(_("Dari modul"))
        self.from_modules.clicked.connect(lambda: self.plan_all())
        self.new_session = secondary(_("Buat sesi"), "plus")
        self.new_session.clicked.connect(lambda: self.plan_next())
        self.header.add_right(self.new_batch)
        self.header.add_right(self.from_modules)
        self.header.add_right(self.new_session)
        self.week = WeekBar()
        self.week.picked.connect(self._day_picked)
        self.week.moved.connect(self._show_week_of)
        self.body.addWidget(self.week)
        self._build_filters()
        self._model = ListModel(self._columns(), [])
        self.table = Table(self._model, _("Daftar sesi"))
        self.table.opened.connect(self._open)
        self.table.current_changed.connect(lambda _row: self._enable())
        self.body.addWidget(self.table, 1)
        self.empty = Empty("calendar-check", "", _("Buat sesi"), button_icon="plus")
        self.empty.pressed.connect(self._first_step)
        self.body.addWidget(self.empty, 1)
        self._build_foot()

    def _build_filters(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.px(12))
        self.filters = Seg([(key, _(word)) for key, word in FILTERS])
        self.filters.setAccessibleName(_("Tampilkan"))
        self.filters.set_value(UPCOMING)
        self.filters.changed.connect(self._filter_chosen)
        row.addWidget(self.filters, 1)
        self.of_batch = PickEditor()
        self.of_batch.setAccessibleName(_("Angkatan"))
        self._of_batch_label = Text(_("Angkatan"), "label")
        self._of_batch_label.setBuddy(self.of_batch)
        self.of_batch.setMinimumWidth(theme.px(210))
        self.of_batch.changed.connect(self._show)
        row.addWidget(self._of_batch_label)
        row.addWidget(self.of_batch)
        self.body.addLayout(row)

    def _build_foot(self) -> None:
        self.hints = KeyHints([(["↓"], _("pilih")), (["Enter"], _("buka daftar hadir"))])
        self.footer.addWidget(self.hints)
        self.footer.addStretch(1)
        self.cancel = secondary(_("Batalkan sesi"), "ban", small=True)
        self.cancel.clicked.connect(self._cancel_or_reopen)
        self.change = secondary(_("Ubah sesi"), "pencil", small=True)
        self.change.clicked.connect(self._change)
        self.tests = secondary(_("Tes"), "clipboard-list", small=True)
        self.tests.clicked.connect(self._open_tests)
        self.again = secondary(_("Ulangi"), "copy", small=True)
        self.again.setToolTip(_("Ulangi sesi minggu depan"))
        self.again.clicked.connect(self._repeat)
        self.people = secondary(_("Tambah peserta"), "user-plus", small=True)
        self.people.clicked.connect(self._add_people)
        self.open_button = primary(_("Buka daftar hadir"), "list-checks", small=True)
        self.open_button.clicked.connect(self._open_current)
        buttons = QWidget()
        flow = FlowLayout(10, buttons)  # in two lines where the window is narrow and the letters are large
        for button in (self.cancel, self.change, self.again, self.tests, self.people, self.open_button):
            flow.addWidget(button)
        self.footer.addWidget(buttons)

    def _columns(self) -> list[Column]:
        return [
            Column(_("Hari"), lambda line: day_words(line.day, self.desk.today()), "strong", 118),
            Column(_("Jam"), lambda line: hours_line(line.session), width=124),
            Column(_("Judul"), lambda line: line.session.topic or "", width=90, stretch=3),
            Column(_("Angkatan"), lambda line: line.batch.name if line.batch else "", width=100, stretch=1),
            Column(_("Hadir"), lambda line: f"{line.summary.attended} / {line.summary.expected}", width=92),
            Column(_("Keadaan"), lambda line: state_chip(line.session), "chip", 160),
        ]

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("Ctrl+B", _("Buat sesi"), lambda: self.plan_next()),
            Shortcut("Ctrl+M", _("Dari modul"), lambda: self.plan_all()),
            Shortcut("Ctrl+U", _("Ulangi sesi minggu depan"), self._repeat),
            Shortcut("Ctrl+PgUp", _("Minggu sebelumnya"), lambda: self.week.step(-1)),
            Shortcut("Ctrl+PgDown", _("Minggu berikutnya"), lambda: self.week.step(1)),
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.week.setVisible(self.height() >= theme.px(HEIGHT_FOR_WEEK))
        self._fit_foot()

    def _fit_foot(self) -> None:
        """The deeds come first; the hints of keys show where they have room."""
        self.hints.show()
        self.footer.invalidate()
        self.hints.setVisible(self.footer.sizeHint().width() <= self.width())

    # ---------------------------------------------------------------- what is shown
    def shown(
        self,
        *,
        create: bool = False,
        day: date | None = None,
        session: RecordId | None = None,
        **_args: Any,
    ) -> None:
        self._day = day
        self._monday = monday_of(day or self.desk.today())
        self.filters.set_value(None if day else UPCOMING)
        self.refresh(set())
        if session is not None:
            self._stand_on(session)
        self._focus_list()
        if create:
            self._first_step()

    def _focus_list(self) -> None:
        target = self.table if self._model.rowCount() else self.empty.button
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, kinds: set[int]) -> None:
        store, now = self.desk.store, self.desk.now()
        since = min(now - BACK, _midnight(self._monday, now))
        until = max(now + AHEAD, _midnight(self._monday + timedelta(days=8), now))
        self._batches = store.find(Batch)
        self._sessions = sessions_between(store, instant(since), instant(until), with_cancelled=True)
        self._offer_batches()
        self._show()

    def _offer_batches(self) -> None:
        chosen = self.of_batch.value()
        choices: list[tuple[object, str]] = [(EVERY_BATCH, _("Semua angkatan"))]
        choices += [(batch.id, batch.name or "") for batch in self._batches]
        if len(choices) != self.of_batch.count() or any(
            self.of_batch.itemText(place) != words for place, (_id, words) in enumerate(choices)
        ):
            self.of_batch.set_choices(choices)
            known = [value for value, _words in choices]
            self.of_batch.set_value(chosen if chosen in known else EVERY_BATCH)
        for widget in (self._of_batch_label, self.of_batch):
            widget.setHidden(len(self._batches) < 2)

    def _wanted(self, session: Session) -> bool:
        if self.of_batch.value() not in (EVERY_BATCH, None, session.batch):
            return False
        if self._day is not None:
            return day_of(session) == self._day
        ahead = day_of(session) >= self.desk.today() or session.state == RUNNING
        return {UPCOMING: ahead, PAST: not ahead}.get(str(self.filters.value()), True)

    def _show(self) -> None:
        kept = self._current()
        chosen = [session for session in self._sessions if self._wanted(session)]
        if self.filters.value() == PAST:
            chosen.reverse()
        batches = {batch.id: batch for batch in self._batches}
        summaries = session_summaries(self.desk.store, chosen)
        lines = [Line(s, batches.get(s.batch or b""), summaries[s.id]) for s in chosen]
        self._model.set_rows(lines)
        some = bool(lines)
        self.table.setVisible(some)
        self.empty.setVisible(not some)
        self.filters.setHidden(not self._sessions)
        self._show_empty()
        if some:
            places = [
                place for place, line in enumerate(lines) if kept and line.session.id == kept.session.id
            ]
            self.table.select_row(places[0] if places else 0)
        self._enable()
        self._show_week()

    def _show_empty(self) -> None:
        text, button = _("Tidak ada sesi yang akan datang."), _("Buat sesi")
        if not self._batches:
            text, button = _("Belum ada angkatan. Mulai dengan angkatan baru."), _("Angkatan baru")
        elif self._day is not None:
            text = _("Tidak ada sesi pada {hari}.").format(hari=date_long(self._day))
        elif not self._sessions:
            text = _("Angkatan ini belum punya sesi.")
        elif self.filters.value() == PAST:
            text = _("Belum ada sesi yang lewat.")
        self.empty.set_text(text)
        if self.empty.button is not None:
            self.empty.button.show_text(button)

    def _enable(self) -> None:
        line = self._current()
        if self.footer_bar is not None:
            self.footer_bar.setHidden(line is None)
        if line is not None:
            ended = line.session.state in (CANCELLED, CLOSED)
            self.cancel.show_text(_("Buka lagi") if ended else _("Batalkan sesi"))
            self.cancel.show_icon("lock-open" if ended else "ban")
            self._fit_foot()

    def _current(self) -> Line | None:
        line = self.table.current_row()
        return line if isinstance(line, Line) else None

    def _stand_on(self, session: RecordId) -> bool:
        """Chooses the row of a session, if it is shown."""
        for place in range(self._model.rowCount()):
            if self._model.row_at(place).session.id == session:
                self.table.select_row(place)
                return True
        return False

    # ---------------------------------------------------------------- the week
    def _show_week(self) -> None:
        days: dict[date, tuple[int, int]] = {}
        for session in self._sessions:
            if session.state != CANCELLED:
                n, closed = days.get(day_of(session), (0, 0))
                days[day_of(session)] = (n + 1, closed + (session.state == CLOSED))
        self.week.show_week(self._monday, days, self.desk.today(), self._day)

    def _show_week_of(self, monday: date) -> None:
        if self._day is not None:
            self._day += monday - self._monday
        self._monday = monday
        self.refresh(set())

    def _day_picked(self, day: date) -> None:
        """A day alone; the same day again, all that is ahead."""
        again = day == self._day
        self._day = None if again else day
        self.filters.set_value(UPCOMING if again else None)
        self._show()

    def _filter_chosen(self) -> None:
        self._day = None
        self._show()

    def back(self) -> bool:
        if self._day is None:
            return False
        self._day_picked(self._day)
        return True

    # ---------------------------------------------------------------- deeds
    def _open(self, line: Line) -> None:
        self.desk.go("attendance", session=line.session.id)

    def _open_current(self) -> None:
        line = self._current()
        if line is not None:
            self._open(line)

    def _open_tests(self) -> None:
        line = self._current()
        batch = self.of_batch.value() or (line.session.batch if line is not None else None)
        self.desk.go("assessment", batch=batch or None)

    def _first_step(self) -> None:
        if self._batches:
            self.plan_next()
        else:
            self._new_batch()

    def _new_batch(self) -> None:
        from trainer_app.desktop.pages.session_sheets import BatchSheet

        sheet = BatchSheet(self, self.desk)
        sheet.made.connect(self._batch_made)
        sheet.open()

    def _batch_made(self, batch: Batch) -> None:
        self.refresh(set())
        words = _("{nama} dibuat. Sekarang sesi pertamanya.").format(nama=batch.name)
        self._did(words, None, batch)
        self.plan_next(batch)

    def plan_next(self, batch: Batch | None = None) -> None:
        """The form for the next session: of `batch`, of the batch chosen, or of the newest."""
        from trainer_app.desktop.pages.session_sheets import SessionSheet

        if not self._batches:
            self._new_batch()
            return
        chosen = batch or self._chosen_batch()
        sheet = SessionSheet(self, self.desk, self._batches, chosen, day=self._day)
        sheet.saved.connect(self._session_saved)
        sheet.open()

    def _chosen_batch(self) -> Batch:
        """The batch that is shown alone, that of the chosen session, or the newest."""
        current = self._current()
        shown = next((b for b in self._batches if b.id == self.of_batch.value()), None)
        return shown or (current.batch if current else None) or self._batches[-1]

    def plan_all(self) -> None:
        """All sessions of the chosen batch, from the modules that it has yet to be taught."""
        from trainer_app.desktop.pages.series_sheet import SeriesSheet

        if not self._batches:
            self._new_batch()
            return
        sheet = SeriesSheet(self, self.desk, self._chosen_batch())
        sheet.made.connect(self._series_made)
        sheet.open()

    def _series_made(self, made: Sequence[Session]) -> None:
        store, by = self.desk.store, self.desk.staff.id
        self.refresh(set())
        self._stand_on(made[0].id)
        self.table.setFocus()
        words = ngettext("{n} sesi dibuat", "{n} sesi dibuat", len(made)).format(n=len(made))
        self.desk.did(words, lambda: self.desk.run(None, lambda: undo_series(store, made, by)))

    def _session_saved(self, before: Session | None, now: Session) -> None:
        self.refresh(set())
        if not self._stand_on(now.id):
            self._day = None
            self.filters.set_value(ALL)
            self._show()
            self._stand_on(now.id)
        self.table.setFocus()
        day = day_of(now)
        words = _("Sesi {hari} tersimpan") if before is None else _("Sesi {hari} diubah")
        self._did(words.format(hari=day_words(day)), before, now)

    def _did(self, words: str, before: Record | None, now: Record) -> None:
        """Says what was done; taking it back leaves alone what changed elsewhere."""
        desk = self.desk

        def undo() -> None:
            desk.run(None, lambda: undo_change(desk.store, before, now, desk.staff.id))

        desk.did(words, undo)

    def _change(self) -> None:
        from trainer_app.desktop.pages.session_sheets import SessionSheet

        line = self._current()
        if line is not None and line.batch is not None:
            sheet = SessionSheet(self, self.desk, self._batches, line.batch, session=line.session)
            sheet.saved.connect(self._session_saved)
            sheet.open()

    def _repeat(self) -> None:
        line = self._current()
        if line is not None:
            store, by, session = self.desk.store, self.desk.staff.id, line.session
            self.run(lambda: repeat_session(store, session, by), lambda now: self._session_saved(None, now))

    def _cancel_or_reopen(self) -> None:
        from trainer_app.desktop.pages.session_sheets import CancelSheet

        line = self._current()
        if line is None:
            return
        session, store, by = line.session, self.desk.store, self.desk.staff.id
        if session.state in (CANCELLED, CLOSED):
            self.run(
                lambda: reopen(store, session, by),
                then=lambda now: self._did(_("Sesi dibuka lagi"), session, now),
            )
            return
        sheet = CancelSheet(self, self.desk, session)
        sheet.cancelled.connect(lambda before, now: self._did(_("Sesi dibatalkan"), before, now))
        sheet.open()

    def _add_people(self) -> None:
        from trainer_app.desktop.pages.people_picker import BatchPicker

        line = self._current()
        if line is not None and line.batch is not None:
            BatchPicker(self, self.desk, line.batch.id).open()


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)
