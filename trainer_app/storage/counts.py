"""Reading the rollups: counts by regency, by district and by month. Every query names the areas it may
see. Somebody who moved, or was merged across areas, counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.progress import MEASURES
from trainer_app.storage.conditions import in_areas
from trainer_app.storage.database import Connection
from trainer_app.storage.spanning import changes_by_district, changes_by_month, spanning

Counts = Mapping[str, int]
Areas = Collection[int] | None
Key = TypeVar("Key", bound=Hashable)
_SUMS = ", ".join(f"SUM({measure})" for measure in MEASURES)


def by_area(c: Connection, areas: Areas) -> dict[int, Counts]:
    """Counts of each regency that has any; `areas` None: of all."""
    rows = c.all(f"SELECT area, {_SUMS} FROM area_total WHERE {_within(areas)} GROUP BY area")
    changes = changes_by_district(spanning(c)).items()
    seen = ((area, change) for (area, _district), change in changes if _sees(areas, area))
    return _changed({int(row[0]): _counts(row[1:]) for row in rows}, seen)


def by_district(c: Connection, area: int) -> dict[str, Counts]:
    """Counts of each district of one regency; "" for people who live outside it."""
    rows = c.all(f"SELECT district, {_SUMS} FROM area_total WHERE area = ? GROUP BY district", area)
    changes = changes_by_district(spanning(c)).items()
    here = ((district, change) for (place, district), change in changes if place == area)
    return _changed({str(row[0]): _counts(row[1:]) for row in rows}, here)


def by_month(c: Connection, areas: Areas) -> dict[str, Counts]:
    """How many reached each step in each month (2026-11), over all these areas together."""
    rows = c.all(
        f"SELECT month, {_SUMS} FROM area_month WHERE {_within(areas)} GROUP BY month ORDER BY month"
    )
    changes = changes_by_month(spanning(c)).items()
    seen = ((month, change) for (area, month), change in changes if _sees(areas, area))
    return dict(sorted(_changed({str(row[0]): _counts(row[1:]) for row in rows}, seen).items()))


def _changed(found: dict[Key, Counts], changes: Iterable[tuple[Key, Counter[str]]]) -> dict[Key, Counts]:
    """The counts with these differences; what a person who counts elsewhere leaves empty is left out."""
    emptied: set[Key] = set()
    for key, change in changes:
        there = found.get(key, {})
        found[key] = {measure: there.get(measure, 0) + change[measure] for measure in MEASURES}
        emptied.add(key)
    return {key: counts for key, counts in found.items() if key not in emptied or any(counts.values())}


def _sees(areas: Areas, area: int) -> bool:
    return area > CENTRE_AREA if areas is None else area in areas


def _within(areas: Areas) -> str:
    return f"area > {CENTRE_AREA}" if areas is None else in_areas(areas)


def _counts(values: tuple[object, ...]) -> Counts:
    return {measure: int(value or 0) for measure, value in zip(MEASURES, values, strict=True)}  # type: ignore[call-overload]  # sums are numbers
