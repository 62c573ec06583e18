"""What the attendance page reads: everybody of one session with their marks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trainer_app.records.clock import milliseconds
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Session
from trainer_app.storage.aliases import canonicals
from trainer_app.storage.conditions import held_areas, in_batch, withdrawn
from trainer_app.storage.moves import moved_away

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
    business: str = ""  # the name of one enterprise


_SHEET = """
SELECT w.person, p.full_name, p.village, e.id, a.status, a.method, a.arrived_at, a._h, a.marked_by, a.reason,
  (SELECT MIN(b.name) FROM enterprise b WHERE b.area {areas} AND b.owner = p.id AND b.deleted_at IS NULL)
FROM (SELECT person FROM enrolment n WHERE area = ? AND batch = ? AND {in_batch}
      UNION SELECT person FROM attendance WHERE area = ? AND session = ? AND deleted_at IS NULL) w
LEFT JOIN enrolment e ON e.area = ? AND e.batch = ? AND e.person = w.person AND e.deleted_at IS NULL
LEFT JOIN attendance a ON a.area = ? AND a.session = ? AND a.person = w.person AND a.deleted_at IS NULL
LEFT JOIN person p ON p.id = w.person AND p.area {areas}
WHERE w.person IS NOT NULL AND (p.deleted_at IS NULL OR {moved}) AND NOT {withdrawn}
"""


def attendance_sheet(store: Store, session: Session) -> list[SheetRow]:
    """Everybody of the session's batch and everybody marked in the session, by name; those without a name
    last.
    """
    area, batch = session.area, session.batch or b""
    areas = held_areas(store)
    sql = _SHEET.format(
        areas=areas, in_batch=in_batch("n"), withdrawn=withdrawn(areas), moved=moved_away(areas, "p")
    )
    of_batch, of_session = (area, batch), (area, session.id)
    with store.db.reading() as c:
        rows = c.all(sql, *of_batch, *of_session, *of_batch, *of_session)
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
            business or "",
        )
        for person, name, village, enrolled, status, method, arrived, hlc, marked_by, reason, business in rows
    }
    return sorted(_as_one(store, sheet), key=lambda row: (not row.name, row.name.casefold(), row.person))


def _as_one(store: Store, sheet: dict[RecordId, SheetRow]) -> list[SheetRow]:
    """One line for people who are one: under who stands for them, with the mark that was made last."""
    with store.db.reading() as c:
        tops = canonicals(c, sheet)
        rows: dict[RecordId, SheetRow] = {}
        for person, row in sheet.items():
            top = tops[person][1] if person in tops else person
            there = rows.get(top)
            rows[top] = row if there is None else _joined(row, there)
        for top, row in rows.items():
            if row.person == top:
                continue
            named = c.one(
                "SELECT full_name, village FROM person WHERE area = ? AND id = ? "
                "AND (deleted_at IS NULL OR moved_to IS NOT NULL)",
                *tops[row.person],
            )
            if named is not None:
                rows[top] = replace(row, person=top, name=named[0] or "", village=named[1])
    return list(rows.values())


def _joined(row: SheetRow, there: SheetRow) -> SheetRow:
    newer = max(row, there, key=lambda one: (one.marked_at or 0, one.person))
    return replace(newer, enrolled=row.enrolled or there.enrolled)
