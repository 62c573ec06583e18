"""Sessions: what is planned and what was held, batch by batch; a new one is the last one a week later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.actions.sessions import CANCELLED, local_time
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.session_words import hours_line, state_chip
from trainer_app.desktop.parts.buttons import primary, secondary
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.table import Column, ListModel, Table
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Attendance, Batch, Enrolment, Session
from trainer_app.storage.attendance_queries import SessionSummary, session_summaries
from trainer_app.words import N_, _, date_long

#: How far back and ahead the list reaches; older ones are found through the person or the report.
DAYS_BACK, DAYS_AHEAD = 120, 365
FILTERS = (("upcoming", N_("Akan datang")), ("past", N_("Sudah lewat")), ("all", N_("Semua")))


@dataclass(frozen=True, slots=True)
class Line:
    """One session of the list, with what is shown beside it."""

    session: Session
    batch: Batch | None
    summary: SessionSummary

    @property
    def day(self) -> date:
        """The day at the venue."""
        return local_time(self.session.starts_at or 0, self.session.zone).date()


class SessionsPage(DeskPage):
    """The list of sessions; Enter opens the sheet of attendance."""

    title = N_("Sesi & absensi")
    subtitle = N_("Pilih sesi untuk mencatat kehadiran")
    watches = (Session, Batch, Enrolment, Attendance)
    help_page = "absensi"
    with_scroll = False

    def build(self) -> None:
        self._lines: list[Line] = []
        self.new_batch = secondary(_("Angkatan baru"), "users-round")
        self.new_batch.clicked.connect(self._new_batch)
        self.new_session = primary(_("Buat sesi"), "plus")
        self.new_session.clicked.connect(lambda: self._new_session())
        self.header.add_right(self.new_batch)
        self.header.add_right(self.new_session)
        row = QHBoxLayout()
        self.filters = Seg([(key, _(word)) for key, word in FILTERS])
        self.filters.set_value("upcoming")
        self.filters.changed.connect(self._show)
        row.addWidget(self.filters, 1)
        self.change = secondary(_("Ubah sesi"), "pencil")
        self.change.clicked.connect(self._change)
        self.cancel = secondary(_("Batalkan sesi"), "x")
        self.cancel.clicked.connect(self._cancel)
        self.people = secondary(_("Tambah peserta"), "user-plus")
        self.people.clicked.connect(self._add_people)
        for button in (self.people, self.change, self.cancel):
            row.addWidget(button)
        self.body.addLayout(row)
        self._model = ListModel(self._columns(), [])
        self.table = Table(self._model, _("Daftar sesi"))
        self.table.opened.connect(self._open)
        self.table.current_changed.connect(lambda _row: self._enable())
        self.body.addWidget(self.table, 1)
        self.empty = Empty("calendar-check", _("Belum ada sesi."), _("Buat sesi"), button_icon="plus")
        self.empty.pressed.connect(self._first_step)
        self.body.addWidget(self.empty, 1)
        self.hints = KeyHints([(["↓"], _("pilih")), (["Enter"], _("buka daftar hadir"))])
        self.body.addWidget(self.hints)

    def _columns(self) -> list[Column]:
        return [
            Column(_("Hari"), lambda line: date_long(line.day), "strong", 230),
            Column(_("Jam"), lambda line: hours_line(line.session), width=120),
            Column(_("Judul"), lambda line: line.session.topic or "", stretch=3),
            Column(_("Angkatan"), lambda line: line.batch.name if line.batch else "", stretch=1),
            Column(_("Hadir"), lambda line: f"{line.summary.attended}/{line.summary.expected}", width=90),
            Column(_("Keadaan"), lambda line: state_chip(line.session), "chip", 150),
        ]

    def shortcuts(self) -> list[Shortcut]:
        return [Shortcut("Ctrl+B", _("Buat sesi"), lambda: self._new_session())]

    def shown(
        self,
        *,
        create: bool = False,
        day: date | None = None,
        session: RecordId | None = None,
        **_args: Any,
    ) -> None:
        self.refresh(set())
        if session is not None:
            self.desk.go("attendance", session=session)
        elif create:
            self._first_step()
        elif day is not None:
            self._stand_on(day)
        self.table.setFocus()

    def refresh(self, kinds: set[int]) -> None:
        store = self.desk.store
        batches = {batch.id: batch for batch in store.find(Batch)}
        now = self.desk.now()
        since = int((now - timedelta(days=DAYS_BACK)).timestamp() * 1000)
        until = int((now + timedelta(days=DAYS_AHEAD)).timestamp() * 1000)
        sessions = [
            session
            for session in store.find(Session, order="starts_at")
            if since <= (session.starts_at or 0) <= until
        ]
        summaries = session_summaries(store, [(s.area, s.id, s.batch or b"") for s in sessions])
        self._lines = [Line(s, batches.get(s.batch or b""), summaries[s.id]) for s in sessions]
        self._batches = list(batches.values())
        self._show()

    def _show(self) -> None:
        kept = self.table.current_row()
        today = self.desk.today()
        wanted = self.filters.value()
        lines = [
            line for line in self._lines if wanted == "all" or (line.day >= today) == (wanted == "upcoming")
        ]
        if wanted == "past":
            lines.reverse()
        self._model.set_rows(lines)
        self.table.setVisible(bool(lines))
        self.hints.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        if lines:
            place = next((i for i, li in enumerate(lines) if kept and li.session.id == kept.session.id), 0)
            self.table.select_row(place)
        self._enable()

    def _enable(self) -> None:
        there = self.table.isVisible() and self.table.current_row() is not None
        for button in (self.people, self.change, self.cancel):
            button.setVisible(there)

    def _stand_on(self, day: date) -> None:
        self.filters.set_value("all")
        self._show()
        for place, line in enumerate(self._lines):
            if line.day >= day:
                self.table.select_row(place)
                return

    # ---------------------------------------------------------------- deeds
    def _open(self, line: Line) -> None:
        self.desk.go("attendance", session=line.session.id)

    def _first_step(self) -> None:
        if self._batches:
            self._new_session()
        else:
            self._new_batch()

    def _new_batch(self) -> None:
        from trainer_app.desktop.pages.session_sheets import BatchSheet

        BatchSheet(self, self.desk, self._batch_made).open()

    def _batch_made(self, batch: Batch) -> None:
        self.refresh(set())
        self.desk.toast(_("{nama} dibuat. Sekarang buat sesi pertamanya.").format(nama=batch.name))
        self._new_session(batch)

    def _new_session(self, batch: Batch | None = None) -> None:
        from trainer_app.desktop.pages.session_sheets import SessionSheet

        if not self._batches:
            self._new_batch()
            return
        current = self.table.current_row() if self.table.isVisible() else None
        chosen = batch or (current.batch if current else None) or self._batches[-1]
        SessionSheet(self, self.desk, self._batches, chosen, self._session_made).open()

    def _session_made(self, session: Session) -> None:
        self.filters.set_value("all")
        self.refresh(set())
        lines = self._lines
        place = next((i for i, line in enumerate(lines) if line.session.id == session.id), 0)
        self.table.select_row(place)
        self.table.setFocus()

    def _change(self) -> None:
        from trainer_app.desktop.pages.session_sheets import SessionSheet

        line = self._current()
        if line is not None and line.batch is not None:
            SessionSheet(
                self, self.desk, self._batches, line.batch, self._session_made, session=line.session
            ).open()

    def _cancel(self) -> None:
        from trainer_app.desktop.pages.session_sheets import CancelSheet

        line = self._current()
        if line is not None and line.session.state != CANCELLED:
            CancelSheet(self, self.desk, line.session).open()

    def _add_people(self) -> None:
        from trainer_app.desktop.pages.people_picker import PeoplePicker

        line = self._current()
        if line is not None and line.batch is not None:
            PeoplePicker(self, self.desk, line.batch.id, "", lambda _person: self.refresh(set())).open()

    def _current(self) -> Line | None:
        line = self.table.current_row()
        return line if isinstance(line, Line) else None

    def focus_target(self) -> QWidget:
        """Where the keyboard starts."""
        return self.table
