"""What keeps people from selling online, as contacts told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from trainer_app.storage.conditions import held_areas

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """How often a problem was met in one area: contacts, and people."""

    area: int
    problem: str
    contacts: int
    people: int


def problem_counts(
    store: Store, problems: Iterable[str], since: date | None = None, until: date | None = None
) -> list[ProblemCount]:
    """The problems that contacts of these days (both included) told of, by area, the most people first."""
    codes = list(problems)
    columns = ", ".join(
        f"COUNT({case}), COUNT(DISTINCT {case})"
        for code in codes
        for case in (f"CASE WHEN ',' || v.problems || ',' LIKE '%,{code},%' THEN v.person END",)
    )
    days = (since or date.min).isoformat(), (until or date.max).isoformat()
    with store.db.reading() as c:
        rows = c.all(
            f"SELECT v.area, {columns} FROM visit v WHERE v.area {held_areas(store)} "
            "AND v.deleted_at IS NULL AND v.problems IS NOT NULL "
            "AND v.done_on >= ? AND v.done_on <= ? GROUP BY v.area",
            *days,
        )
    found = [
        ProblemCount(int(row[0]), code, int(row[1 + 2 * place]), int(row[2 + 2 * place]))
        for row in rows
        for place, code in enumerate(codes)
        if row[1 + 2 * place]
    ]
    return sorted(found, key=lambda one: (-one.people, -one.contacts, one.area, one.problem))
