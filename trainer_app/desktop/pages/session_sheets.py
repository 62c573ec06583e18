"""The sheets of the sessions page: a new batch, a new or changed session, a session that does not happen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.actions.sessions import (
    CANCELLED,
    SessionPlan,
    create_batch,
    local_time,
    next_plan,
    plan_session,
    set_state,
    venue_zone,
    with_module,
)
from trainer_app.desktop.parts.choices import PickEditor
from trainer_app.desktop.parts.editors import DateEditor, LineEditor, NumberEditor, Suggest
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.session import Desk
from trainer_app.records.kinds import Batch, Module, Session
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.words import _, time_of_day

#: Sessions that teach no module of the curriculum (a visit, a fair) have a title of their own.
OTHER = "other"


class _FormSheet(Sheet):
    """A sheet of fields with one saving button; faults show at their field."""

    def __init__(self, parent: QWidget, desk: Desk, title: str, icon: str, save_word: str) -> None:
        super().__init__(parent, title, "", icon, width=660)
        self._desk = desk
        self._fields: dict[str, Field] = {}
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self._save_button = self.add_button("", save_word, "primary", default=True)
        self._save_button.clicked.connect(self.save)

    def row(self, *fields: tuple[str, Field]) -> None:
        """Fields side by side."""
        line = QHBoxLayout()
        for name, field in fields:
            self._fields[name] = field
            line.addWidget(field, 1)
        self.body.addLayout(line)

    def save(self) -> None:
        """Read the fields and do the deed."""
        raise NotImplementedError

    def failed(self, problem: Problem) -> None:
        """Say at the field, or below, what has to be put right."""
        for field in self._fields.values():
            field.clear_message()
        field_name = problem.field if isinstance(problem, InputProblem) else ""
        if shown := self._fields.get(field_name):
            shown.set_message(problem.message)
            shown.editor.setFocus()
        else:
            self.set_problem(problem.message)


class BatchSheet(_FormSheet):
    """A new batch: its name and where it meets."""

    def __init__(self, parent: QWidget, desk: Desk, made: Callable[[Batch], object]) -> None:
        super().__init__(parent, desk, _("Angkatan baru"), "users-round", _("Buat angkatan"))
        self._made = made
        held = desk.store.count(Batch)
        name = LineEditor(max_length=60)
        name.set_value(_("Angkatan {n}").format(n=held + 1))
        self.row(
            ("name", Field(_("&Nama angkatan"), name)), ("capacity", Field(_("&Kapasitas"), _capacity()))
        )
        places = desk.places
        areas = desk.store.areas

        def found(text: str) -> list[tuple[str, str, str]]:
            return [(p.code, p.name, p.short) for p in places.search(text, 8, areas)]

        self.row(("village", Field(_("&Desa"), Suggest(found, _("Ketik nama desa")))))
        self.row(("venue", Field(_("&Tempat"), LineEditor(_("misalnya Balai Desa"), max_length=100))))

    def save(self) -> None:
        store, by = self._desk.store, self._desk.staff.id
        name = str(self._fields["name"].editor.value())
        village = self._fields["village"].editor.value() or None
        venue = str(self._fields["venue"].editor.value())
        capacity = self._fields["capacity"].editor.value()
        self._desk.run(
            self,
            lambda: create_batch(store, by, name=name, village=village, venue=venue, capacity=capacity),
            then=self._done,
            failed=self.failed,
        )

    def _done(self, batch: Batch) -> None:
        self.close_with("made")
        self._made(batch)


def _capacity() -> NumberEditor:
    editor = NumberEditor(minimum=1, maximum=500, unit=_("orang"))
    editor.set_value(40)
    return editor


class SessionSheet(_FormSheet):
    """A session, filled from the one before: pressing Enter at once is a session a week later."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        batches: Sequence[Batch],
        batch: Batch,
        made: Callable[[Session], object],
        *,
        session: Session | None = None,
    ) -> None:
        title = _("Ubah sesi") if session else _("Sesi baru")
        super().__init__(parent, desk, title, "calendar-check", _("Simpan sesi"))
        self._made, self._session = made, session
        self._batches = {b.id: b for b in batches}
        self._modules = {m.id: m for m in desk.store.find(Module, order="code")}
        self.batch = PickEditor([(b.id, b.name or "") for b in batches])
        self.module = PickEditor(
            [
                *((m.id, f"{m.code} · {m.title_id}") for m in self._modules.values()),
                (OTHER, _("Kegiatan lain")),
            ]
        )
        self.topic, self.venue = LineEditor(max_length=120), LineEditor(max_length=100)
        self.day, self.starts, self.ends = DateEditor(), LineEditor("09.00"), LineEditor("11.30")
        self.row(("batch", Field(_("&Angkatan"), self.batch)), ("module", Field(_("&Modul"), self.module)))
        self.row(("topic", Field(_("&Judul sesi"), self.topic)))
        self.row(
            ("starts_at", Field(_("&Tanggal"), self.day)),
            ("starts", Field(_("M&ulai"), self.starts)),
            ("ends_at", Field(_("&Selesai"), self.ends)),
        )
        self.row(("venue", Field(_("Te&mpat"), self.venue)))
        self.batch.changed.connect(self._batch_chosen)
        self.module.changed.connect(self._module_chosen)
        self.batch.set_value(batch.id)
        self._fill(_plan_of(session) if session else next_plan(desk.store, batch, desk.now()))

    def _fill(self, plan: SessionPlan) -> None:
        self._plan = plan
        self.module.set_value(plan.module if plan.module in self._modules else OTHER)
        self.topic.set_value(plan.topic)
        self.day.set_value(plan.starts.date())
        self.starts.set_value(time_of_day(plan.starts))
        self.ends.set_value(time_of_day(plan.ends))
        self.venue.set_value(plan.venue)

    def _chosen_batch(self) -> Batch | None:
        chosen = self.batch.value()
        return self._batches.get(chosen) if isinstance(chosen, bytes) else None

    def _batch_chosen(self) -> None:
        batch = self._chosen_batch()
        if batch is not None and self._session is None:
            self._fill(next_plan(self._desk.store, batch, self._desk.now()))

    def _module_chosen(self) -> None:
        chosen = self.module.value()
        module = self._modules.get(chosen) if isinstance(chosen, bytes) else None
        if module is not None:
            self._plan = with_module(self._plan, module)
            self.topic.set_value(self._plan.topic)

    def save(self) -> None:
        store, by = self._desk.store, self._desk.staff.id
        try:
            plan = self._read()
        except InputProblem as problem:
            self.failed(problem)
            return
        row = self._session.id if self._session else None
        self._desk.run(self, lambda: plan_session(store, plan, by, row), then=self._done, failed=self.failed)

    def _read(self) -> SessionPlan:
        batch = self._chosen_batch()
        if batch is None:
            raise InputProblem(_("Pilih angkatan untuk sesi ini."), field="batch")
        day = self.day.as_date()
        if day is None:
            raise InputProblem(_("Isi tanggal sesi. Contoh: 24-11-2026"), field="starts_at")
        zone = ZoneInfo(venue_zone(self._plan.village or batch.village, batch.area))
        module = self.module.value()
        return SessionPlan(
            batch.id,
            str(self.topic.value()),
            _moment(day, str(self.starts.value()), zone, "starts"),
            _moment(day, str(self.ends.value()), zone, "ends_at"),
            str(self.venue.value()),
            self._plan.village or batch.village,
            module if isinstance(module, bytes) else None,
            self._plan.hours if isinstance(module, bytes) else None,
        )

    def _done(self, session: Session) -> None:
        self.close_with("made")
        self._made(session)


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


def _moment(day: date, text: str, zone: ZoneInfo, field: str) -> datetime:
    """A clock time as people write it: 9, 0930, 9.30, 09:30."""
    digits = text.replace(".", "").replace(":", "").replace(" ", "")
    if digits.isdigit() and len(digits) <= 4:
        hour, minute = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        if hour < 24 and minute < 60:
            return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    raise InputProblem(_("Jam belum benar. Contoh: 09.00"), field=field)


class CancelSheet(_FormSheet):
    """A session does not happen: the reason is asked and kept."""

    def __init__(self, parent: QWidget, desk: Desk, session: Session) -> None:
        super().__init__(parent, desk, _("Batalkan sesi ini?"), "x", _("Batalkan sesi"))
        self._session = session
        self.row(
            ("reason", Field(_("&Alasan"), LineEditor(_("misalnya hujan, jalan putus"), max_length=200)))
        )

    def save(self) -> None:
        store, by, session = self._desk.store, self._desk.staff.id, self._session
        reason = str(self._fields["reason"].editor.value())
        self._desk.run(
            self,
            lambda: set_state(store, session, CANCELLED, by, reason=reason),
            then=self._done,
            failed=self.failed,
        )

    def _done(self, before: str | None) -> None:
        self.close_with("cancelled")
        desk, session = self._desk, self._session

        def undo() -> None:
            desk.run(None, lambda: set_state(desk.store, session, before or "terjadwal", desk.staff.id))

        desk.did(_("Sesi dibatalkan"), undo)
