"""The sheets of the sessions page: a new batch, a new or changed session, a session that does not happen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from trainer_app.actions.sessions import (
    SessionPlan,
    create_batch,
    local_time,
    next_plan,
    on_day,
    plan_session,
    set_state,
    venue_zone,
    with_module,
)
from trainer_app.desktop.pages.form_sheet import FormSheet
from trainer_app.desktop.parts.choices import PickEditor, Seg
from trainer_app.desktop.parts.editors import DateEditor, LineEditor, NumberEditor, Suggest
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.session import Desk
from trainer_app.records.kinds import Batch, Module, Session
from trainer_app.records.problem import InputProblem
from trainer_app.records.training import CANCELLED
from trainer_app.words import _, language, time_of_day

#: Sessions that teach no module of the curriculum (a visit, a fair) have a title of their own.
OTHER = "other"
MOST_BUTTONS = 4
USUAL_CAPACITY = 40


class BatchSheet(FormSheet):
    """A new batch: its name and where it meets. `made` carries it."""

    made = Signal(object)

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, desk, _("Angkatan baru"), "users-round", _("Buat angkatan"), self.save)
        self.name = Field(_("&Nama angkatan"), LineEditor(max_length=60), message=False)
        self.name.editor.set_value(_("Angkatan {n}").format(n=next_number(desk.store.find(Batch))))
        people = NumberEditor(minimum=1, maximum=500, unit=_("orang"))
        people.set_value(USUAL_CAPACITY)
        self.capacity = Field(_("&Kapasitas"), people, message=False)
        self.village = Field(_("&Desa"), Suggest(self._villages, _("Ketik nama desa")), message=False)
        self.venue = Field(_("&Tempat"), LineEditor(_("misalnya Balai Desa"), max_length=100), message=False)
        self.row(("name", self.name, 3), ("capacity", self.capacity, 1))
        self.row(("village", self.village, 1), ("venue", self.venue, 1))
        self.first = self.name.editor

    def _villages(self, text: str) -> list[tuple[object, str, str]]:
        found = self.desk.places.search(text, 8, self.desk.store.areas)
        return [(place.code, place.name, place.short) for place in found]

    def open(self) -> None:
        super().open()
        self.name.editor.selectAll()

    def save(self) -> None:
        store, by = self.desk.store, self.desk.staff.id
        name, venue = str(self.name.editor.value()), str(self.venue.editor.value())
        village, capacity = self.village.editor.value(), self.capacity.editor.value()
        if village is None and self.village.editor.text():
            unknown = _("Pilih desa dari daftar yang muncul, atau kosongkan.")
            self.failed(InputProblem(unknown, field="village"))
            return
        self.desk.run(
            self,
            lambda: create_batch(store, by, name=name, village=village, venue=venue, capacity=capacity),
            self._saved,
            self.failed,
        )

    def _saved(self, batch: Batch) -> None:
        self.close_with("made")
        self.made.emit(batch)


def next_number(batches: Sequence[Batch]) -> int:
    """The number of the next batch: one more than the highest that a name holds."""
    names = (batch.name or "" for batch in batches)
    return max((int(n) for name in names for n in re.findall(r"(?<!\d)\d{1,3}(?!\d)", name)), default=0) + 1


class SessionSheet(FormSheet):
    """A session, filled from the one before: pressing Enter at once is a session a week later.

    `saved` carries what was there before (None for a new one) and what is there now.
    """

    saved = Signal(object, object)

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        batches: Sequence[Batch],
        batch: Batch,
        *,
        session: Session | None = None,
        day: date | None = None,
    ) -> None:
        title = _("Ubah sesi") if session else _("Sesi baru")
        super().__init__(parent, desk, title, "calendar-check", _("Simpan sesi"), self.save)
        self._session, self._day = session, day
        self._batches = {b.id: b for b in batches}
        self._modules = {m.id: m for m in desk.store.find(Module, order="code")}
        self._plan = _plan_of(session) if session else self._next(batch)
        self._build_fields(batch)
        self._fill(self._plan)

    def _next(self, batch: Batch) -> SessionPlan:
        plan = next_plan(self.desk.store, batch, self.desk.now())
        return on_day(plan, self._day) if self._day is not None else plan

    def _build_fields(self, batch: Batch) -> None:
        batches = [(b.id, b.name or "") for b in self._batches.values()]
        self.batch = Seg(batches) if len(batches) <= MOST_BUTTONS else PickEditor(batches)
        self.batch.set_value(batch.id)
        modules: list[tuple[object, str]] = [
            (m.id, f"{m.code} · {_title_of(m)}") for m in self._modules.values()
        ]
        self.module = PickEditor([*modules, (OTHER, _("Kegiatan lain"))])
        self.topic, self.venue = LineEditor(max_length=120), LineEditor(max_length=100)
        self.day, self.starts, self.ends = DateEditor(), LineEditor("09.00"), LineEditor("11.30")
        self.row(("batch", Field(_("&Angkatan"), self.batch, message=False), 1))
        if self._modules:
            self.row(("module", Field(_("&Modul"), self.module, message=False), 1))
        self.row(("topic", Field(_("&Judul sesi"), self.topic, message=False), 1))
        self.row(
            ("day", Field(_("&Tanggal"), self.day, message=False), 2),
            ("starts_at", Field(_("M&ulai"), self.starts, self._zone_label(batch), message=False), 1),
            ("ends_at", Field(_("&Selesai"), self.ends, message=False), 1),
        )
        self.row(("venue", Field(_("Te&mpat"), self.venue, message=False), 1))
        self.batch.changed.connect(self._batch_chosen)
        self.module.changed.connect(self._module_chosen)

    def _zone_label(self, batch: Batch) -> str:
        """Hours are those of the venue; a laptop from elsewhere may show others."""
        return str(self.desk.places.time_zone(self._plan.village or batch.village or batch.area).label)

    def _fill(self, plan: SessionPlan) -> None:
        self._plan = plan
        self.module.set_value(plan.module if plan.module in self._modules else OTHER)
        self.topic.set_value(plan.topic)
        self.day.set_value(plan.starts.date())
        self.starts.set_value(time_of_day(plan.starts))
        self.ends.set_value(time_of_day(plan.ends))
        self.venue.set_value(plan.venue)
        if not plan.topic:
            self.first = self.topic

    def _chosen_batch(self) -> Batch | None:
        chosen = self.batch.value()
        return self._batches.get(chosen) if isinstance(chosen, bytes) else None

    def _batch_chosen(self) -> None:
        batch = self._chosen_batch()
        if batch is not None and self._session is None:
            self._fill(self._next(batch))

    def _module_chosen(self) -> None:
        chosen = self.module.value()
        module = self._modules.get(chosen) if isinstance(chosen, bytes) else None
        if module is not None:
            self._plan = with_module(self._plan, module)
            self.topic.set_value(self._plan.topic)

    def save(self) -> None:
        store, by, before = self.desk.store, self.desk.staff.id, self._session
        try:
            plan = self._read()
        except InputProblem as problem:
            self.failed(problem)
            return
        row = before.id if before else None
        self.desk.run(self, lambda: plan_session(store, plan, by, row), self._saved, self.failed)

    def _read(self) -> SessionPlan:
        batch = self._chosen_batch()
        if batch is None:
            raise InputProblem(_("Pilih angkatan untuk sesi ini."), field="batch")
        day = self.day.as_date()
        if day is None:
            raise InputProblem(_("Isi tanggal sesi. Contoh: 24-11-2026"), field="day")
        zone = ZoneInfo(venue_zone(self._plan.village or batch.village, batch.area))
        module = self.module.value()
        taught = isinstance(module, bytes)
        return SessionPlan(
            batch.id,
            str(self.topic.value()),
            moment(day, str(self.starts.value()), zone, "starts_at"),
            moment(day, str(self.ends.value()), zone, "ends_at"),
            str(self.venue.value()),
            self._plan.village or batch.village,
            module if isinstance(module, bytes) else None,
            self._plan.hours if taught else None,
        )

    def _saved(self, session: Session) -> None:
        self.close_with("made")
        self.saved.emit(self._session, session)


def _title_of(module: Module) -> str:
    return (module.title_en if language() == "en" else None) or module.title_id or ""


def _plan_of(session: Session) -> SessionPlan:
    starts = local_time(session.starts_at or 0, session.zone)
    ends = local_time(session.ends_at or session.starts_at or 0, session.zone)
    return SessionPlan(
        session.batch or b"",
        session.topic or "",
        starts,
        ends,
        session.venue or "",
        session.village,
        session.module,
        session.hours,
    )


def moment(day: date, text: str, zone: ZoneInfo, field: str) -> datetime:
    """A clock time as people write it (9, 930, 0930, 9.30, 09:30) on a day, in a zone. Raises `InputProblem`
    for `field`.
    """
    hours, _dot, minutes = text.replace(":", ".").replace(" ", "").partition(".")
    if not minutes and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    digits = hours + minutes
    if digits.isascii() and digits.isdigit() and 0 < len(hours) <= 2 and len(minutes) in (0, 2):
        hour, minute = int(hours), int(minutes or 0)
        if hour < 24 and minute < 60:
            return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    raise InputProblem(_("Jam belum benar. Contoh: 09.00"), field=field)


class CancelSheet(FormSheet):
    """A session does not happen: the reason is asked and kept. `cancelled` carries the session as it was and
    is.
    """

    cancelled = Signal(object, object)

    def __init__(self, parent: QWidget, desk: Desk, session: Session) -> None:
        super().__init__(parent, desk, _("Batalkan sesi ini?"), "ban", _("Batalkan sesi"), self.save)
        self.leave_button.show_text(_("Kembali"))
        self._session = session
        editor = LineEditor(_("misalnya hujan, jalan putus"), max_length=200)
        editor.enter_moves_on = False
        editor.returnPressed.connect(self.save)
        self.row(("reason", Field(_("&Alasan"), editor), 1))
        self.first = editor

    def save(self) -> None:
        store, by, session = self.desk.store, self.desk.staff.id, self._session
        reason = str(self.fields["reason"].editor.value())
        self.desk.run(
            self,
            lambda: set_state(store, session, CANCELLED, by, reason=reason),
            self._saved,
            self.failed,
        )

    def _saved(self, now: Session) -> None:
        self.close_with("cancelled")
        self.cancelled.emit(self._session, now)
