"""Attendance by session: who was expected, who came, on laptop and centre alike."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

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


def _attendance(store: Store, filters: Filters) -> list[Row]:
    until = filters.until or filters.now.date()
    since = filters.since or until - timedelta(days=USUAL_DAYS)
    sessions = sessions_between(
        store,
        _midnight(since, filters.now),
        _midnight(until + timedelta(days=1), filters.now),
        areas=within(filters.view, filters.areas),
    )
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
    return (
        date.fromisoformat(local_day(session.starts_at or 0, places.utc_hours(session.area))),
        session.topic,
        batch,
        session.venue,
        _(SESSION_STATE[session.state or PLANNED]),
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
