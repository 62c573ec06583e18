"""How a session is told in one line, wherever it is shown."""

from __future__ import annotations

from datetime import date

from trainer_app.actions.sessions import local_time
from trainer_app.records.kinds import Batch, Session
from trainer_app.records.training import CANCELLED, CLOSED, PLANNED, RUNNING
from trainer_app.storage.store import Store
from trainer_app.words import N_, _, date_long, day_short, time_of_day

#: word, tone, icon
STATE_CHIP = {
    PLANNED: (N_("Terjadwal"), "info", "clock"),
    RUNNING: (N_("Berlangsung"), "warn", "play"),
    CLOSED: (N_("Ditutup"), "ok", "circle-check"),
    CANCELLED: (N_("Dibatalkan"), "mute", "x"),
}


def day_words(day: date, today: date | None = None) -> str:
    """ "Sel 24 Nov", with the year where it is another; today and tomorrow by name."""
    if today is not None and (day - today).days in (0, 1):
        return _("Hari ini") if day == today else _("Besok")
    far = today is not None and abs((day - today).days) > 180
    return f"{day_short(day)} {day.year}" if far else day_short(day)


def hours_line(session: Session) -> str:
    """From when to when, in venue time: 09.00–11.30."""
    starts = time_of_day(local_time(session.starts_at or 0, session.zone))
    if session.ends_at is None:
        return starts
    return f"{starts}–{time_of_day(local_time(session.ends_at, session.zone))}"


def session_line(store: Store, session: Session) -> str:
    """Batch · venue · day, hours."""
    batch = store.get(Batch, session.batch) if session.batch else None
    day = date_long(local_time(session.starts_at or 0, session.zone).date())
    parts = [batch.name if batch else "", session.venue or "", f"{day}, {hours_line(session)}"]
    return " · ".join(part for part in parts if part)


def state_chip(session: Session) -> tuple[str, str, str]:
    """Word, tone and icon of a session's state."""
    state = session.state or PLANNED
    word, tone, icon = STATE_CHIP.get(state, (state, "mute", "clock"))  # a newer laptop may know more states
    return _(word), tone, icon
