"""Where everybody of a batch stands: lesson hours attended, and whether the test after the training was
taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch
from trainer_app.records.progress import lesson_hours
from trainer_app.records.training import CLOSED
from trainer_app.storage.aliases import canonicals
from trainer_app.storage.assessment_queries import tested_people
from trainer_app.storage.conditions import came, took_place
from trainer_app.storage.rollup import TAKEN_AFTER

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class Standing:
    """One person of a batch. `sessions` and `hours` of closed sessions attended, `of_hours` of all closed
    ones; give them to `records.progress.qualifies_for_certificate`.
    """

    person: RecordId
    name: str
    sessions: int
    hours: int
    of_hours: int
    tested: bool


def standings(store: Store, batch: Batch) -> list[Standing]:
    """Everybody who is enrolled or was tested, by name; people who are one stand on one line."""
    people = tested_people(store, batch)
    with store.db.reading() as c:
        closed = {
            bytes(row): lesson_hours(hours, begins, ends)
            for row, hours, begins, ends in c.all(
                "SELECT s.id, s.hours, s.starts_at, s.ends_at FROM session s WHERE s.area = ? "
                f"AND s.batch = ? AND {took_place('s')} AND s.state = '{CLOSED}'",
                *(batch.area, batch.id),
            )
        }
        marks = {
            (bytes(person), bytes(session))
            for person, session in c.all(
                "SELECT a.person, a.session FROM session s JOIN attendance a ON a.area = s.area "
                f"AND a.session = s.id WHERE s.area = ? AND s.batch = ? AND {came('a')} "
                "AND a.person IS NOT NULL",
                *(batch.area, batch.id),
            )
            if bytes(session) in closed
        }
        taken = {
            bytes(row[0])
            for row in c.all(
                "SELECT t.person FROM assessment t WHERE t.area = ? AND t.batch = ? "
                f"AND t.person IS NOT NULL AND {TAKEN_AFTER.format('t')}",
                *(batch.area, batch.id),
            )
        }
        tops = canonicals(c, {*(person for person, _session in marks), *taken})

    def top(person: RecordId) -> RecordId:
        return tops[person][1] if person in tops else person

    attended: dict[RecordId, set[RecordId]] = {}
    for person, session in marks:
        attended.setdefault(top(person), set()).add(session)
    tested = {top(person) for person in taken}
    whole = sum(closed.values())
    return [
        Standing(
            row.person,
            row.name,
            len(attended.get(row.person, ())),
            sum(closed[session] for session in attended.get(row.person, ())),
            whole,
            row.person in tested,
        )
        for row in people
    ]
