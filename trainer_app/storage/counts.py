"""Reading the rollups: counts by regency, by district and by month. Every query names the areas it may
see.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.progress import MEASURES
from trainer_app.storage.conditions import in_areas
from trainer_app.storage.database import Connection

Counts = Mapping[str, int]
Areas = Collection[int] | None
_SUMS = ", ".join(f"SUM({measure})" for measure in MEASURES)


def by_area(c: Connection, areas: Areas) -> dict[int, Counts]:
    """Counts of each regency that has any; `areas` None: of all."""
    rows = c.all(f"SELECT area, {_SUMS} FROM area_total WHERE {_within(areas)} GROUP BY area")
    return {int(row[0]): _counts(row[1:]) for row in rows}


def by_district(c: Connection, area: int) -> dict[str, Counts]:
    """Counts of each district of one regency; "" for people who live outside it."""
    rows = c.all(f"SELECT district, {_SUMS} FROM area_total WHERE area = ? GROUP BY district", area)
    return {str(row[0]): _counts(row[1:]) for row in rows}


def by_month(c: Connection, areas: Areas) -> dict[str, Counts]:
    """How many reached each step in each month (2026-11), over all these areas together."""
    rows = c.all(
        f"SELECT month, {_SUMS} FROM area_month WHERE {_within(areas)} GROUP BY month ORDER BY month"
    )
    return {str(row[0]): _counts(row[1:]) for row in rows}


def _within(areas: Areas) -> str:
    return f"area > {CENTRE_AREA}" if areas is None else in_areas(areas)


def _counts(values: tuple[object, ...]) -> Counts:
    return {measure: int(value or 0) for measure, value in zip(MEASURES, values, strict=True)}  # type: ignore[call-overload]  # sums are numbers
