"""What the attendance page and the list of sessions read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.clock import milliseconds
from trainer_app.records.ids import RecordId

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One person of a session's sheet. `at_ms` is when the person came, or when the mark was made."""

    person: RecordId
    name: str
    village: str | None
    enrolled: bool
    status: str | None
    method: str | None
    at_ms: int | None
    marked_by: RecordId | None


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Marks of one session by status, and how many people its batch has."""

    expected: int
    marked: dict[str, int]

    @property
    def attended(self) -> int:
        """Present or late."""
        return self.marked.get("H", 0) + self.marked.get("T", 0)


_SHEET = """
SELECT p.id, p.full_name, p.village, e.id, a.status, a.method, a.arrived_at, a.marked_by, a._h
FROM (SELECT person FROM enrolment
      WHERE area = ? AND batch = ? AND deleted_at IS NULL AND COALESCE(state, 'aktif') <> 'keluar'
      UNION SELECT person FROM attendance WHERE area = ? AND session = ? AND deleted_at IS NULL) w
LEFT JOIN enrolment e ON e.area = ? AND e.batch = ? AND e.person = w.person AND e.deleted_at IS NULL
LEFT JOIN attendance a ON a.area = ? AND a.session = ? AND a.person = w.person AND a.deleted_at IS NULL
LEFT JOIN person p ON p.id = w.person AND p.area {areas}
WHERE p.deleted_at IS NULL
"""


def attendance_sheet(store: Store, area: int, session: RecordId, batch: RecordId) -> list[SheetRow]:
    """Everybody of the batch and everybody marked in the session, by name."""
    areas = f"IN ({', '.join(map(str, store.areas))})" if store.areas else ">= 0"
    with store.db.reading() as c:
        rows = c.all(_SHEET.format(areas=areas), area, batch, area, session, area, batch, area, session)
    sheet = [
        SheetRow(
            bytes(person),
            name or "",
            village,
            enrolled is not None,
            status,
            method,
            (arrived or milliseconds(hlc)) if status else None,
            bytes(marked_by) if marked_by else None,
        )
        for person, name, village, enrolled, status, method, arrived, marked_by, hlc in rows
        if person is not None
    ]
    return sorted(sheet, key=lambda row: (row.name.casefold(), row.person))


def session_summaries(
    store: Store, sessions: list[tuple[int, RecordId, RecordId]]
) -> dict[RecordId, SessionSummary]:
    """Summaries of sessions given as (area, session, batch)."""
    made: dict[RecordId, SessionSummary] = {}
    with store.db.reading() as c:
        for area, session, batch in sessions:
            expected = c.value(
                "SELECT COUNT(*) FROM enrolment WHERE area = ? AND batch = ? AND deleted_at IS NULL "
                "AND COALESCE(state, 'aktif') <> 'keluar'",
                area,
                batch,
            )
            marked = c.all(
                "SELECT status, COUNT(*) FROM attendance WHERE area = ? AND session = ? "
                "AND deleted_at IS NULL GROUP BY status",
                area,
                session,
            )
            made[session] = SessionSummary(int(expected), {status: int(n) for status, n in marked})
    return made
