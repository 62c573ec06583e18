"""Attendance by session: who was expected, who came, on laptop and centre alike."""

from __future__ import annotations

from datetime import date, datetime, time

from trainer_app.records import places
from trainer_app.records.kinds import Batch, Session
from trainer_app.records.progress import local_day
from trainer_app.records.training import PLANNED, SESSION_STATE
from trainer_app.reports.overview import share, within
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.storage.session_queries import SessionSummary, session_summaries, sessions_between
from trainer_app.storage.store import Store
from trainer_app.words import N_, _

#: How far back without a wish.
USUAL_DAYS = 30
_DAY_MS = 24 * 3_600_000


def sessions_of(store: Store, filters: Filters) -> list[Session]:
    """The sessions that began in the time asked for, of the batch or the programme asked for."""
    # reckoned in milliseconds: the calendar of Python ends on a day that somebody may ask for
    until = _midnight(filters.until or filters.now.date(), filters.now)
    since = _midnight(filters.since, filters.now) if filters.since else until - USUAL_DAYS * _DAY_MS
    sessions = sessions_between(store, since, until + _DAY_MS, areas=within(filters.view, filters.areas))
    if filters.batch is not None:
        return [one for one in sessions if one.batch == filters.batch]
    if filters.programme is not None:
        of_it = {batch.id for batch in store.find(Batch, {"programme": filters.programme})}
        return [one for one in sessions if one.batch in of_it]
    return sessions


def _attendance(store: Store, filters: Filters) -> list[Row]:
    sessions = sessions_of(store, filters)
    summaries = session_summaries(store, sessions)
    names = {
        row: batch.name
        for row in {session.batch for session in sessions if session.batch}
        if (batch := store.get(Batch, row)) is not None
    }
    return [_row(one, names.get(one.batch or b""), summaries[one.id]) for one in sessions]


def _midnight(day: date, now: datetime) -> int:
    return round(datetime.combine(day, time(), now.tzinfo).timestamp() * 1000)


def _row(session: Session, batch: str | None, summary: SessionSummary) -> Row:
    marked = summary.marked
    day = local_day(session.starts_at or 0, places.utc_hours(session.area))
    state = session.state or PLANNED
    return (
        date.fromisoformat(day) if day else None,
        session.topic,
        batch,
        session.venue,
        _(SESSION_STATE[state]) if state in SESSION_STATE else state,  # a newer laptop may know more states
        summary.expected,
        summary.attended,
        marked.get("I", 0) + marked.get("S", 0),
        marked.get("A", 0),
        share(summary.attended, summary.expected),
    )


ATTENDANCE = Report(
    "attendance",
    N_("Kehadiran per sesi"),
    (
        Column("day", N_("Tanggal"), Kind.DAY),
        Column("session", N_("Sesi")),
        Column("batch", N_("Angkatan")),
        Column("venue", N_("Tempat")),
        Column("state", N_("Keadaan")),
        Column("expected", N_("Peserta"), Kind.COUNT),
        Column("attended", N_("Hadir"), Kind.COUNT),
        Column("excused", N_("Izin atau sakit"), Kind.COUNT),
        Column("absent", N_("Tidak hadir"), Kind.COUNT),
        Column("share", N_("Bagian yang hadir"), Kind.SHARE),
    ),
    _attendance,
    inner=True,
    by_time=True,
)
