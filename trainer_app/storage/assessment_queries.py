"""Everybody of a batch with the tests before and after: what the sheet of tests and its reports read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trainer_app.records.assessment import AFTER, BEFORE, Assessment
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch
from trainer_app.storage.aliases import canonicals
from trainer_app.storage.conditions import held_areas, in_batch, withdrawn

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class TestedRow:
    """One person of a batch. `name` is empty for somebody whose data is not on this laptop."""

    person: RecordId
    name: str
    before: Assessment | None = None
    after: Assessment | None = None

    def sitting(self, phase: str) -> Assessment | None:
        """The test of a phase."""
        return self.before if phase == BEFORE else self.after


_PEOPLE = """
SELECT w.person, p.full_name
FROM (SELECT person FROM enrolment n WHERE area = ? AND batch = ? AND {in_batch}
      UNION SELECT person FROM assessment WHERE area = ? AND batch = ? AND deleted_at IS NULL) w
LEFT JOIN person p ON p.id = w.person AND p.area {areas}
WHERE w.person IS NOT NULL AND p.deleted_at IS NULL AND NOT {withdrawn}
"""


def tested_people(store: Store, batch: Batch) -> list[TestedRow]:
    """Everybody of the batch and everybody tested in it, by name; those without a name last. People who are
    one stand on one line, with the test that has more answers.
    """
    areas = held_areas(store)
    sql = _PEOPLE.format(areas=areas, in_batch=in_batch("n"), withdrawn=withdrawn(areas))
    with store.db.reading() as c:
        names = {bytes(row[0]): row[1] or "" for row in c.all(sql, *((batch.area, batch.id) * 2))}
        tops = canonicals(c, names)
    rows: dict[RecordId, TestedRow] = {}
    for person, name in names.items():
        top = tops[person][1] if person in tops else person
        there = rows.get(top)
        rows[top] = TestedRow(top, name if top == person or there is None else there.name)
    for sitting in store.find(Assessment, {"batch": batch.id}):
        person = sitting.person or b""
        top = tops[person][1] if person in tops else person
        if top in rows:
            rows[top] = _with(rows[top], sitting)
    return sorted(rows.values(), key=lambda row: (not row.name, row.name.casefold(), row.person))


def _with(row: TestedRow, sitting: Assessment) -> TestedRow:
    there = row.sitting(sitting.phase or "")
    if there is not None and _answered(there) >= _answered(sitting):
        return row
    if sitting.phase == BEFORE:
        return replace(row, before=sitting)
    return replace(row, after=sitting) if sitting.phase == AFTER else row


def _answered(sitting: Assessment) -> int:
    return sum(value is not None for value in sitting.answers())
