"""Attendance by batch and by person, and who taught how much; from the sessions that began in the time asked
for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from trainer_app.records import places
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Session, Staff
from trainer_app.records.progress import enough_hours, lesson_hours, qualifies_for_certificate
from trainer_app.records.training import CLOSED
from trainer_app.reports.attendance import sessions_of
from trainer_app.reports.overview import share
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.storage.session_queries import session_summaries
from trainer_app.storage.standing_queries import standings
from trainer_app.storage.store import Store
from trainer_app.words import N_, _


def _by_batch(store: Store, filters: Filters) -> list[Row]:
    sessions = sessions_of(store, filters)
    summaries = session_summaries(store, sessions)
    groups = _grouped(sessions)
    rows: list[Row] = []
    for batch in _batches(store, groups):
        of_it = groups[batch.id]
        came = sum(summaries[one.id].attended for one in of_it)
        expected = sum(summaries[one.id].expected for one in of_it)
        people = standings(store, batch)
        rows.append(
            (
                places.area_label(batch.area),
                batch.name,
                len(of_it),
                sum(one.state == CLOSED for one in of_it),
                len(people),
                share(came, expected),
                sum(enough_hours(one.hours, one.of_hours) for one in people),
                sum(one.tested for one in people),
                sum(_trained(one.hours, one.of_hours, one.tested) for one in people),
            )
        )
    return rows


def _by_person(store: Store, filters: Filters) -> list[Row]:
    groups = _grouped(sessions_of(store, filters))
    return [
        (
            batch.name,
            one.name or _("Tanpa nama"),
            one.sessions,
            one.hours,
            one.of_hours,
            share(one.hours, one.of_hours),
            _("Sudah") if one.tested else _("Belum"),
            _("Ya") if _trained(one.hours, one.of_hours, one.tested) else _("Belum"),
        )
        for batch in _batches(store, groups)
        for one in standings(store, batch)
    ]


def _trained(hours: int, of_hours: int, tested: bool) -> bool:
    return qualifies_for_certificate(hours, of_hours, tested=tested)


def _grouped(sessions: Iterable[Session]) -> Mapping[RecordId, list[Session]]:
    groups: dict[RecordId, list[Session]] = defaultdict(list)
    for session in sessions:
        if session.batch is not None:
            groups[session.batch].append(session)
    return groups


def _batches(store: Store, groups: Mapping[RecordId, object]) -> list[Batch]:
    found = [batch for row in groups if (batch := store.get(Batch, row)) is not None]
    return sorted(found, key=lambda batch: (batch.area, batch.name or "", batch.id))


def _trainers(store: Store, filters: Filters) -> list[Row]:
    sessions = sessions_of(store, filters)
    summaries = session_summaries(store, sessions)
    names = {one.id: one.full_name or "" for one in store.find(Staff)}
    groups: dict[RecordId, list[Session]] = defaultdict(list)
    for session in sessions:
        groups[session.trainer or b""].append(session)
    rows: list[Row] = []
    for trainer, own in groups.items():
        closed = [one for one in own if one.state == CLOSED]
        rows.append(
            (
                names.get(trainer, "") or _("Belum ditentukan"),
                len({one.batch for one in own if one.batch}),
                len(own),
                len(closed),
                sum(lesson_hours(one.hours, one.starts_at, one.ends_at) for one in closed),
                sum(summaries[one.id].attended for one in own),
            )
        )
    return sorted(rows, key=lambda row: str(row[0]).casefold())


BATCHES = Report(
    "batches",
    N_("Kehadiran per angkatan"),
    (
        Column("area", N_("Wilayah")),
        Column("batch", N_("Angkatan")),
        Column("sessions", N_("Sesi"), Kind.COUNT),
        Column("closed", N_("Ditutup"), Kind.COUNT),
        Column("people", N_("Peserta"), Kind.COUNT),
        Column("share", N_("Bagian yang hadir"), Kind.SHARE),
        Column("enough", N_("Hadir 80% JP"), Kind.COUNT),
        Column("tested", N_("Sudah tes akhir"), Kind.COUNT),
        Column("trained", N_("Lulus pelatihan"), Kind.COUNT),
    ),
    _by_batch,
    inner=True,
    by_time=True,
)
PEOPLE = Report(
    "people",
    N_("Kehadiran per peserta"),
    (
        Column("batch", N_("Angkatan")),
        Column("person", N_("Nama")),
        Column("sessions", N_("Sesi dihadiri"), Kind.COUNT),
        Column("hours", N_("JP dihadiri"), Kind.COUNT),
        Column("of_hours", N_("JP ditutup"), Kind.COUNT),
        Column("share", N_("Bagian yang hadir"), Kind.SHARE),
        Column("tested", N_("Tes akhir")),
        Column("trained", N_("Lulus pelatihan")),
    ),
    _by_person,
    inner=True,
    by_time=True,
)
TRAINERS = Report(
    "trainers",
    N_("Beban pelatih"),
    (
        Column("trainer", N_("Pelatih")),
        Column("batches", N_("Angkatan"), Kind.COUNT),
        Column("sessions", N_("Sesi"), Kind.COUNT),
        Column("closed", N_("Ditutup"), Kind.COUNT),
        Column("hours", N_("JP"), Kind.COUNT),
        Column("attended", N_("Kehadiran dicatat"), Kind.COUNT),
    ),
    _trainers,
    inner=True,
    by_time=True,
)
