"""What is missing in the data, counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.clock import DAY_MS
from trainer_app.records.training import PLANNED, RUNNING
from trainer_app.storage.aliases import MERGED_AWAY
from trainer_app.storage.conditions import held_areas, in_areas, took_place, withdrawn

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class QualityCounts:
    """`people` are those who are shown in lists; `held` sessions have begun, `left_open` of them were not
    closed a day later; `pairs` of people may be one.
    """

    people: int
    without_nik: Mapping[str, int]
    no_phone: int
    no_birth: int
    pairs: int
    held: int
    left_open: int


def quality_counts(store: Store, areas: Collection[int] | None, now_ms: int) -> QualityCounts:
    """Of these areas (None: all of this store)."""
    held = held_areas(store)
    within = "1 = 1" if areas is None else in_areas(areas, "p.area")
    people = (
        f"FROM person p WHERE p.area {held} AND {within} AND p.deleted_at IS NULL AND NOT {MERGED_AWAY} "
        f"AND NOT {withdrawn(held)}"
    )
    with store.db.reading() as c:
        lines = c.all(
            "SELECT CASE WHEN p.nik IS NOT NULL THEN 'ada' ELSE COALESCE(p.nik_status, '') END, COUNT(*), "
            "SUM(CASE WHEN p.phone IS NULL THEN 1 ELSE 0 END), "
            f"SUM(CASE WHEN p.birth_date IS NULL THEN 1 ELSE 0 END) {people} GROUP BY 1"
        )
        within_review = "1 = 1" if areas is None else in_areas(areas)
        pairs = c.value(f"SELECT COUNT(*) FROM review WHERE field = 0 AND state = 'open' AND {within_review}")
        within_session = "1 = 1" if areas is None else in_areas(areas, "s.area")
        begun, left = c.one(
            "SELECT COUNT(*), SUM(CASE WHEN s.starts_at < ? AND "
            f"COALESCE(s.state, '{PLANNED}') IN ('{PLANNED}', '{RUNNING}') THEN 1 ELSE 0 END) "
            f"FROM session s WHERE s.area {held} AND {within_session} AND {took_place('s')} "
            "AND s.starts_at < ?",
            *(now_ms - DAY_MS, now_ms),
        ) or (0, 0)
    sums = [sum(int(line[place] or 0) for line in lines) for place in range(1, 4)]
    without = {str(line[0]): int(line[1]) for line in lines if line[0] != "ada"}
    people_here, no_phone, no_birth = sums
    return QualityCounts(
        people_here,
        without,
        no_phone,
        no_birth,
        int(pairs or 0),
        int(begun or 0),
        int(left or 0),
    )
