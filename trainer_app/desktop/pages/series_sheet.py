"""The sheet that makes all sessions of a batch from the modules it has yet to be taught."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from trainer_app.actions.session_series import Rhythm, modules_left, plan_series, series
from trainer_app.actions.sessions import SessionPlan, next_plan, venue_zone
from trainer_app.desktop.pages.form_sheet import FormSheet
from trainer_app.desktop.pages.session_sheets import moment
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.editors import DateEditor, LineEditor
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.session import Desk
from trainer_app.records.kinds import Batch, Session
from trainer_app.records.problem import InputProblem
from trainer_app.words import _, day_short, ngettext, time_of_day

CORE, ALL_MODULES = "core", "all"
DAILY, WEEKLY = 1, 7
#: So many are told one by one.
TOLD = 3


class SeriesSheet(FormSheet):
    """Filled so that Enter at once makes a weekly session of each core module. `made` carries them."""

    made = Signal(object)

    def __init__(self, parent: QWidget, desk: Desk, batch: Batch) -> None:
        title = _("Sesi dari modul untuk {nama}").format(nama=batch.name or "")
        super().__init__(parent, desk, title, "calendar-days", _("Buat semua sesi"), self.save)
        self._batch = batch
        usual = next_plan(desk.store, batch, desk.now())
        zone = desk.places.time_zone(usual.village or batch.village or batch.area)
        self.modules = Seg([(CORE, _("Modul inti")), (ALL_MODULES, _("Semua modul"))])
        self.every = Seg([(WEEKLY, _("Tiap minggu")), (DAILY, _("Tiap hari kerja"))])
        self.a_day = Seg([(n, ngettext("{n} sesi", "{n} sesi", n).format(n=n)) for n in (1, 2, 3)])
        self.day, self.starts = DateEditor(), LineEditor("09.00")
        self.row(("modules", Field(_("&Modul"), self.modules, message=False), 1))
        self.row(
            ("day", Field(_("Mulai &tanggal"), self.day, message=False), 2),
            ("starts_at", Field(_("&Jam mulai"), self.starts, zone.label, message=False), 1),
        )
        self.row(
            ("every", Field(_("&Berapa sering"), self.every, message=False), 2),
            ("a_day", Field(_("&Sesi sehari"), self.a_day, message=False), 1),
        )
        self.preview = Text("", "muted", wrap=True)
        self.form.body.addWidget(self.preview)
        self.modules.set_value(CORE)
        self.every.set_value(WEEKLY)
        self.a_day.set_value(1)
        self.day.set_value(usual.starts.date())
        self.starts.set_value(time_of_day(usual.starts))
        self.first = self.save_button
        for editor in (self.modules, self.every, self.a_day, self.day, self.starts):
            editor.changed.connect(self._show_preview)
        self._show_preview()

    def _plans(self) -> list[SessionPlan]:
        """What the fields say. Raises `InputProblem`."""
        day = self.day.as_date()
        if day is None:
            raise InputProblem(_("Isi tanggal sesi. Contoh: 24-11-2026"), field="day")
        store, batch = self.desk.store, self._batch
        zone = ZoneInfo(venue_zone(batch.village, batch.area))
        first = moment(day, str(self.starts.value()), zone, "starts_at")
        rhythm = Rhythm(first, int(str(self.a_day.value())), int(str(self.every.value())))
        modules = modules_left(store, batch.id, core_only=self.modules.value() == CORE)
        return series(store, batch, modules, rhythm)

    def _show_preview(self) -> None:
        try:
            self.preview.setText(_told(self._plans()))
        except InputProblem as problem:
            self.preview.setText(problem.message)

    def save(self) -> None:
        store, by = self.desk.store, self.desk.staff.id
        try:
            plans = self._plans()
        except InputProblem as problem:
            self.failed(problem)
            return
        self.desk.run(self, lambda: plan_series(store, plans, by), self._saved, self.failed)

    def _saved(self, made: Sequence[Session]) -> None:
        self.close_with("made")
        self.made.emit(made)


def _told(plans: Sequence[SessionPlan]) -> str:
    if not plans:
        return _("Semua modul itu sudah punya sesi di angkatan ini.")
    n = len(plans)
    lines = [
        ngettext("{n} sesi, sampai {hari}:", "{n} sesi, sampai {hari}:", n).format(
            n=n, hari=day_short(plans[-1].starts.date())
        )
    ]
    lines += map(_line, plans[:TOLD])
    return "\n".join([*lines, "…"] if n > TOLD else lines)


def _line(plan: SessionPlan) -> str:
    hours = f"{time_of_day(plan.starts)}–{time_of_day(plan.ends)}"
    return f"{day_short(plan.starts.date())} · {hours} · {plan.topic}"
