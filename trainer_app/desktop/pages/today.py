"""Today: the next session, what waits to be done, how far things are. Every button leads to a page that
works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.actions.sessions import local_time
from trainer_app.desktop import theme
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.parts.bars import TargetBar
from trainer_app.desktop.parts.buttons import Button, primary, secondary
from trainer_app.desktop.parts.card import Card, Icon
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.days import DayStrip
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.lines import SearchBox
from trainer_app.desktop.parts.page import Columns
from trainer_app.desktop.parts.rows import ActionRow, Kpi, RowList
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.sending_words import is_old, moment, oldest_words
from trainer_app.records.kinds import (
    Attendance,
    Batch,
    Consent,
    Decision,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Session,
    Target,
    Visit,
)
from trainer_app.records.training import RUNNING
from trainer_app.reports.today import (
    AreaTarget,
    DayOfWeek,
    DueToday,
    NextSession,
    Today,
    due_today,
    today,
)
from trainer_app.words import N_, _, date_long, day_short, ngettext, number, time_of_day

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

TASKS_SHOWN = 5
RIGHT_WIDTH = 514
MINUTES_AHEAD = 120  # within these a session is told in minutes
_GREETINGS = (
    (11, N_("Selamat pagi, {nama}")),
    (15, N_("Selamat siang, {nama}")),
    (18, N_("Selamat sore, {nama}")),
    (24, N_("Selamat malam, {nama}")),
)


def greeting(now: datetime, name: str) -> str:
    """The greeting of the hour, as people say it in Indonesia."""
    return next(_(words) for until, words in _GREETINGS if now.hour < until).format(nama=name)


@dataclass(frozen=True)
class Task:
    """Something to do: what, more about it, the verb and where it leads."""

    icon: str
    tone: str
    title: str
    line: str
    verb: str
    go: Callable[[], None]


class TodayPage(DeskPage):
    """The first page."""

    title = N_("Hari ini")
    watches = (
        *(Person, Enterprise, Consent, Decision, Session),
        *(Batch, Enrolment, Attendance, Milestone, Target, Visit),
    )
    watches_sending = True
    help_page = "mulai"

    def build(self) -> None:
        self.facts: Today | None = None
        self.due = DueToday()
        self.start: Button | None = None
        self.search_box = SearchBox(_("Cari nama, NIK, atau nomor HP"))
        self.search_box.setFixedWidth(theme.px(300))
        self.search_box.submitted.connect(lambda text: self.desk.go("participants", search=text))
        self.ready = secondary(_("Siap berangkat?"), "package-check")
        self.ready.clicked.connect(self._check_readiness)
        self.header.add_right(self.search_box)
        self.columns = Columns(self._left(), self._right(), RIGHT_WIDTH, fold="below")
        self.body.addWidget(self.columns, 1)

    def _left(self) -> QWidget:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(14))
        self.next_card = Card()
        self.next_card.setAccessibleName(_("Sesi berikutnya"))
        column.addWidget(self.next_card)
        self.task_card = Card(_("Perlu dikerjakan"), level="h2")
        self.task_count = Text("", "caption")
        self.task_card.add_right(self.task_count)
        self.tasks = RowList()
        self.task_card.add(self.tasks)
        self.task_card.body.addStretch(1)
        column.addWidget(self.task_card, 1)
        return left

    def _right(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(14))
        row = QHBoxLayout()
        row.setSpacing(theme.px(12))
        self.registered = Kpi("user-check", _("terdaftar"))
        self.attended = Kpi("calendar-check", _("pernah hadir"))
        self.digitised = Kpi("store", _("sudah digital"))
        for kpi in (self.registered, self.attended, self.digitised):
            row.addWidget(kpi, 1)
        column.addLayout(row)
        self.target_card = Card(level="h2")
        self.target_sum = Text("", "h3")
        self.target_card.add_right(self.target_sum)
        self.target_card.add(
            Text(_("Peserta yang sudah digital (QRIS atau toko daring aktif)"), "caption", wrap=True)
        )
        self.target_bars = QVBoxLayout()
        self.target_bars.setSpacing(theme.px(12))
        self.target_card.add(self.target_bars)
        self.target_card.hide()
        column.addWidget(self.target_card)
        line = QHBoxLayout()
        line.addWidget(Text(_("Minggu ini"), "h3"), 1)
        line.addWidget(self.ready)
        column.addLayout(line)
        self.week = DayStrip()
        self.week.picked.connect(self._day_picked)
        column.addWidget(self.week)
        column.addStretch(1)
        return right

    # ---------------------------------------------------------------- reading
    def shown(self, **args: Any) -> None:
        now = self.desk.now()
        self.header.set_title(greeting(now, self.desk.staff.name))
        line = _("{tanggal} · semua catatan tersimpan otomatis").format(tanggal=date_long(now.date()))
        self.header.set_subtitle(line)
        self.refresh(set())

    def refresh(self, kinds: set[int]) -> None:
        store, staff, now = self.desk.store, self.desk.staff.id, self.desk.now()
        self.run(lambda: today(store, staff, now), self._show)
        self.run(lambda: due_today(store, now.date()), self._show_due)

    def _show(self, facts: Today) -> None:
        holder = self.window().focusWidget()
        made_anew = (self.next_card, self.tasks)
        begins = self.facts is None or any(part.isAncestorOf(holder) for part in made_anew if holder)
        self.facts = facts
        now = self.desk.now()
        self._show_next(facts.next_session, now)
        self._show_tasks(tasks(facts, self.due, self.desk, now))
        self.registered.set_value(number(facts.counts.registered))
        self.attended.set_value(number(facts.counts.attended))
        self.digitised.set_value(number(facts.counts.digitised))
        self._show_targets(facts.targets, facts.target_month)
        self.week.set_days([_tile(day, now.date()) for day in facts.week])
        if begins and self.first_focus is not None and self.isVisible() and self.window().isActiveWindow():
            self._take_keyboard(self.first_focus)

    def _show_due(self, due: DueToday) -> None:
        if due == self.due:
            return
        self.due = due
        if self.facts is not None:
            self._show(self.facts)

    def _take_keyboard(self, button: QWidget) -> None:
        """At once: what is new is shown only later, and the keyboard would go elsewhere till then."""
        around = button.parentWidget()
        if around is not None:
            around.show()
        button.show()
        button.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---------------------------------------------------------------- next session
    def _show_next(self, upcoming: NextSession | None, now: datetime) -> None:
        self.first_focus = None
        _empty(self.next_card.body)
        if upcoming is None:
            self._show_no_session(self._none_today(now))
            return
        starts = local_time(upcoming.session.starts_at or 0, upcoming.session.zone)
        if starts.date() != now.date():
            soon = _("Berikutnya {hari}: {judul}.")
            words = soon.format(hari=day_short(starts.date()), judul=upcoming.session.topic or "")
            self._show_no_session(f"{self._none_today(now)} {words}")
            return
        self.next_card.add(self._next_chips(upcoming, starts, now))
        self.next_card.add(Text(upcoming.session.topic or "", "h2", wrap=True))
        self.next_card.add(self._next_place(upcoming, starts))
        start = primary(_("Mulai absensi"), "calendar-check")
        if upcoming.session.state == RUNNING:
            start.show_text(_("Lanjutkan absensi"))
        start.clicked.connect(lambda: self.desk.go("attendance", session=upcoming.session.id))
        row = QHBoxLayout()
        row.addWidget(start)
        row.addStretch(1)
        self.next_card.add(row)
        self.start, self.first_focus = start, start

    def _none_today(self, now: datetime) -> str:
        days = self.facts.week if self.facts is not None else ()
        if any(day.sessions for day in days if day.day == now.date()):
            return _("Tidak ada sesi lagi hari ini.")
        return _("Tidak ada sesi hari ini.")

    def _show_no_session(self, text: str) -> None:
        empty = Empty("calendar-days", text, _("Buat sesi"), "plus")
        empty.pressed.connect(lambda: self.desk.go("sessions", create=True))
        self.next_card.add(empty)
        self.start, self.first_focus = empty.button, empty.button

    def _next_chips(self, upcoming: NextSession, starts: datetime, now: datetime) -> QHBoxLayout:
        row = QHBoxLayout()
        if upcoming.session.state == RUNNING:
            row.addWidget(Chip(_("Sedang berjalan"), "ok", "play"))
        else:
            row.addWidget(Chip(_until(starts, now), "warn", "clock"))
        row.addStretch(1)
        words = ngettext("{n} peserta", "{n} peserta", upcoming.people).format(n=number(upcoming.people))
        row.addWidget(Chip(words, "mute", "users"))
        return row

    def _next_place(self, upcoming: NextSession, starts: datetime) -> QHBoxLayout:
        session = upcoming.session
        hours = time_of_day(starts)
        if session.ends_at:
            hours = f"{hours}–{time_of_day(local_time(session.ends_at, session.zone))}"
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(Icon("map-pin", "ink2", 18))
        row.addWidget(
            Text(
                " · ".join(part for part in (session.venue, hours, upcoming.batch) if part),
                "muted",
                wrap=True,
            ),
            1,
        )
        return row

    # ---------------------------------------------------------------- the rest
    def _show_tasks(self, found: list[Task]) -> None:
        self.tasks.clear()
        words = ngettext("{n} hal", "{n} hal", len(found)).format(n=len(found))
        self.task_count.setText(words if found else "")
        if not found:
            self.tasks.add(ActionRow("circle-check", _("Tidak ada yang menunggu."), tone="ok"))
        for task in found[:TASKS_SHOWN]:
            button = Button(task.verb, small=True)
            button.setMinimumWidth(theme.px(128))
            button.setAccessibleDescription(task.title)
            button.clicked.connect(task.go)
            self.tasks.add(ActionRow(task.icon, task.title, task.line, task.tone, button))

    def _show_targets(self, bars: tuple[AreaTarget, ...], month: str) -> None:
        self.target_card.setVisible(bool(bars))
        if not bars:
            return
        _empty(self.target_bars)
        self.target_card.set_title(_("Menuju target {bulan}").format(bulan=_month_words(month)))
        done, wanted = sum(bar.done for bar in bars), sum(bar.target for bar in bars)
        self.target_sum.setText(f"{number(done)} / {number(wanted)}")
        for bar in bars:
            tone = "primary" if bar.done * 2 >= bar.target else "accent"
            self.target_bars.addWidget(
                TargetBar(self.desk.places.area_label(bar.area), bar.done, bar.target, tone)
            )

    def _check_readiness(self) -> None:
        from trainer_app.desktop.pages.ready_sheet import ReadySheet

        ReadySheet(self, self.desk).open()

    def _day_picked(self, place: int) -> None:
        if self.facts is not None:
            self.desk.go("sessions", day=self.facts.week[place].day)


def tasks(facts: Today, due: DueToday, desk: Desk, now: datetime) -> list[Task]:
    """What waits, the most pressing first."""
    found = [
        _draft_task(facts, desk),
        _rejected_task(facts, desk),
        _open_task(facts, desk),
        _due_task(due, desk),
        _old_task(facts, desk, now),
        _incomplete_task(facts, desk),
        _review_task(facts, desk),
    ]
    return [task for task in found if task is not None]


def _draft_task(facts: Today, desk: Desk) -> Task | None:
    if facts.draft_at is None:
        return None
    line = _("Draf tersimpan {jam}").format(jam=time_of_day(moment(facts.draft_at)))
    return Task(
        "pencil", "info", _("Pendaftaran belum selesai diisi"), line, _("Lanjutkan"),
        lambda: desk.go("register", draft=True),
    )  # fmt: skip


def _rejected_task(facts: Today, desk: Desk) -> Task | None:
    n = facts.state.rejected
    if not n:
        return None
    title = ngettext("{n} catatan perlu diperbaiki", "{n} catatan perlu diperbaiki", n).format(n=number(n))
    line = _("Pusat menjelaskan alasannya")
    return Task("triangle-alert", "bad", title, line, _("Lihat"), lambda: desk.go("send"))


def _open_task(facts: Today, desk: Desk) -> Task | None:
    n = len(facts.left_open)
    if not n:
        return None
    title = ngettext("{n} sesi belum ditutup", "{n} sesi belum ditutup", n).format(n=number(n))
    first = facts.left_open[-1]
    day = local_time(first.starts_at or 0, first.zone).date()
    line = f"{first.topic or ''} · {day_short(day)}"
    return Task(
        "clipboard-list", "warn", title, line, _("Buka"), lambda: desk.go("attendance", session=first.id)
    )


def _due_task(due: DueToday, desk: Desk) -> Task | None:
    n = due.people
    if not n:
        return None
    title = ngettext(
        "{n} orang perlu dihubungi atau dikunjungi", "{n} orang perlu dihubungi atau dikunjungi", n
    ).format(n=number(n))
    if due.overdue and due.since:
        line = _("{n} terlambat · mulai dari {nama}, {hari}").format(
            n=number(due.overdue), nama=due.name, hari=day_short(due.since)
        )
    else:
        line = _("Hari ini, mulai dari {nama}").format(nama=due.name)
    return Task("phone", "warn", title, line, _("Kunjungan"), lambda: desk.go("visits"))


def _old_task(facts: Today, desk: Desk, now: datetime) -> Task | None:
    if not is_old(facts.state, now):
        return None
    n = facts.state.pending
    title = ngettext("{n} catatan menunggu dikirim", "{n} catatan menunggu dikirim", n).format(n=number(n))
    return Task(
        "send", "warn", title, oldest_words(facts.state, now), _("Kirim data"), lambda: desk.go("send")
    )


def _incomplete_task(facts: Today, desk: Desk) -> Task | None:
    n = facts.incomplete
    if not n:
        return None
    title = ngettext("{n} peserta perlu dilengkapi", "{n} peserta perlu dilengkapi", n).format(n=number(n))
    line = _("Sudah tersimpan; sisanya diisi bila sempat")
    return Task(
        "clipboard-pen",
        "info",
        title,
        line,
        _("Lengkapi"),
        lambda: desk.go("participants", filter="incomplete"),
    )


def _review_task(facts: Today, desk: Desk) -> Task | None:
    n = facts.state.review
    if not n:
        return None
    title = ngettext("{n} perlu diperiksa", "{n} perlu diperiksa", n).format(n=number(n))
    line = _("Pengiriman tetap jalan")
    return Task("copy-check", "warn", title, line, _("Periksa"), lambda: desk.go("review"))


def _until(starts: datetime, now: datetime) -> str:
    minutes = round((starts - now).total_seconds() / 60)
    if minutes < 0:
        return _("Dijadwalkan {jam}").format(jam=time_of_day(starts))
    if minutes <= MINUTES_AHEAD:
        return ngettext("Berikutnya · {n} menit lagi", "Berikutnya · {n} menit lagi", minutes).format(
            n=minutes
        )
    return _("Berikutnya · {jam}").format(jam=time_of_day(starts))


def _tile(day: DayOfWeek, today_is: date) -> tuple[str, str, str, str]:
    if not day.sessions:
        line = _("kosong")
    elif day.closed == day.sessions:
        line = _("selesai")
    else:
        line = ngettext("{n} sesi", "{n} sesi", day.sessions).format(n=day.sessions)
    done = bool(day.sessions) and day.closed == day.sessions
    tone = "today" if day.day == today_is else "ok" if done else ""
    return day_short(day.day).split()[0], str(day.day.day), line, tone


def _month_words(month: str) -> str:
    """ "November 2026" of 2026-11."""
    return " ".join(date_long(date.fromisoformat(f"{month}-01")).split()[-2:])


def _empty(layout: QVBoxLayout) -> None:
    """Takes everything out of a layout, widgets and rows."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        if isinstance(inner, QHBoxLayout | QVBoxLayout):
            _empty(inner)  # type: ignore[arg-type]  # boxes take things out alike
