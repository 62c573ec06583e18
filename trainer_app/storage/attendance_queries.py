"""What the attendance page and the list of sessions read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from trainer_app.records.clock import milliseconds
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA, Session
from trainer_app.records.training import ATTENDED
from trainer_app.storage.rows import IDS_PER_QUERY, select_sql, to_record

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One person of a session's sheet. `name` is empty for somebody whose data is not on this laptop.

    `arrived_at` is when the person came, where that is known; `marked_at` when the mark was made. Both in ms
    UTC.
    """

    person: RecordId
    name: str
    village: str | None
    enrolled: bool
    status: str | None = None
    method: str | None = None
    arrived_at: int | None = None
    marked_at: int | None = None
    marked_by: RecordId | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Marks of one session by status, and how many people its batch has."""

    enrolled: int
    marked: Mapping[str, int]

    @property
    def attended(self) -> int:
        """Present or late."""
        return sum(self.marked.get(status, 0) for status in ATTENDED)

    @property
    def expected(self) -> int:
        """The people of the batch; more when guests came."""
        return max(self.enrolled, sum(self.marked.values()))


#: Left the batch: no longer expected, though marks stay.
_IN_BATCH = "deleted_at IS NULL AND COALESCE(state, 'aktif') <> 'keluar'"
#: Who took back the whole consent is in no list (UU 27/2022 article 9).
_WITHDRAWN = (
    "SELECT 1 FROM consent c WHERE c.area = p.area AND c.person = p.id AND c.withdrawn_at IS NOT NULL "
    "AND c.deleted_at IS NULL AND (',' || COALESCE(c.withdrawn_purposes, 'program') || ',') LIKE ?"
)
_SHEET = f"""
SELECT w.person, p.full_name, p.village, e.id, a.status, a.method, a.arrived_at, a._h, a.marked_by, a.reason
FROM (SELECT person FROM enrolment WHERE area = ? AND batch = ? AND {_IN_BATCH}
      UNION SELECT person FROM attendance WHERE area = ? AND session = ? AND deleted_at IS NULL) w
LEFT JOIN enrolment e ON e.area = ? AND e.batch = ? AND e.person = w.person AND e.deleted_at IS NULL
LEFT JOIN attendance a ON a.area = ? AND a.session = ? AND a.person = w.person AND a.deleted_at IS NULL
LEFT JOIN person p ON p.id = w.person AND p.area {{areas}}
WHERE w.person IS NOT NULL AND p.deleted_at IS NULL AND NOT EXISTS ({_WITHDRAWN})
"""


def attendance_sheet(store: Store, session: Session) -> list[SheetRow]:
    """Everybody of the session's batch and everybody marked in the session, by name; those without a name
    last.
    """
    area, batch = session.area, session.batch or b""
    sql = _SHEET.format(areas=_areas(store))
    of_batch, of_session = (area, batch), (area, session.id)
    with store.db.reading() as c:
        rows = c.all(sql, *of_batch, *of_session, *of_batch, *of_session, "%,program,%")
    sheet = {
        bytes(person): SheetRow(
            bytes(person),
            name or "",
            village,
            enrolled is not None,
            status,
            method,
            arrived,
            milliseconds(hlc) if hlc else None,
            bytes(marked_by) if marked_by else None,
            reason,
        )
        for person, name, village, enrolled, status, method, arrived, hlc, marked_by, reason in rows
    }
    return sorted(sheet.values(), key=lambda row: (not row.name, row.name.casefold(), row.person))


def sessions_listed(store: Store, since_ms: int, until_ms: int) -> list[Session]:
    """Live sessions that start in this time, cancelled ones too, in order."""
    sql = (
        f"{select_sql(Session)} WHERE area {_areas(store)} AND deleted_at IS NULL "
        "AND starts_at >= ? AND starts_at < ? ORDER BY starts_at, id"
    )
    with store.db.reading() as c:
        return [cast(Session, to_record(Session, row)) for row in c.all(sql, since_ms, until_ms)]


def session_summaries(store: Store, sessions: Sequence[Session]) -> dict[RecordId, SessionSummary]:
    """The summary of each of these sessions."""
    enrolled = _counted(
        store,
        "SELECT batch, '', COUNT(*) FROM enrolment WHERE {chosen} AND " + _IN_BATCH + " GROUP BY batch",
        "batch",
        {(session.area, session.batch) for session in sessions if session.batch},
    )
    marks = _counted(
        store,
        "SELECT session, status, COUNT(*) FROM attendance WHERE {chosen} AND deleted_at IS NULL "
        "AND status IS NOT NULL GROUP BY session, status",
        "session",
        {(session.area, session.id) for session in sessions},
    )
    return {
        session.id: SessionSummary(
            enrolled.get(session.batch or b"", {}).get("", 0), marks.get(session.id, {})
        )
        for session in sessions
    }


def _counted(
    store: Store, sql: str, column: str, chosen: Iterable[tuple[int, RecordId]]
) -> dict[RecordId, dict[str, int]]:
    """What a counting statement says about many rows of a few areas."""
    by_area: dict[int, list[RecordId]] = {}
    for area, row in chosen:
        by_area.setdefault(area, []).append(row)
    counts: dict[RecordId, dict[str, int]] = {}
    with store.db.reading() as c:
        for area, ids in by_area.items():
            for start in range(0, len(ids), IDS_PER_QUERY):
                some = ids[start : start + IDS_PER_QUERY]
                where = f"area = ? AND {column} IN ({', '.join('?' * len(some))})"
                for row, key, n in c.all(sql.format(chosen=where), area, *some):
                    counts.setdefault(bytes(row), {})[key] = int(n)
    return counts


def _areas(store: Store) -> str:
    """The areas of this laptop as a condition, so that the index by area is used."""
    return f"IN ({', '.join(map(str, store.areas))})" if store.areas else f"> {CENTRE_AREA}"
