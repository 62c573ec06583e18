"""The laptops as the centre knows them: when each was last heard, what it said of itself, what of it was
received.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgpack

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.storage.database import Connection

ACTIVE = "aktif"


@dataclass(frozen=True, slots=True)
class Laptop:
    """One enrolled laptop. Moments are milliseconds since 1970 UTC; what was never heard is None."""

    id: RecordId
    name: str
    areas: frozenset[int]
    state: str
    enrolled_at: int | None
    seen_at: int | None
    received_at: int | None
    waiting: int | None  # records that waited on it when it last spoke
    version: str
    offset_ms: int | None  # how far its clock was behind ours

    @property
    def last_heard(self) -> int | None:
        """When it was last heard; a laptop that never spoke counts from its enrolment."""
        return self.seen_at or self.enrolled_at


def laptops(c: Connection, areas: frozenset[int] | None) -> list[Laptop]:
    """Laptops that work in any of these areas (None: all), by name."""
    received = {
        int(num): int(at)
        for num, at in c.all("SELECT replica, MAX(received_at) FROM receipt GROUP BY replica")
    }
    rows = c.all(
        "SELECT d.id, d.name, d.areas, d.state, d.enrolled_at, r.num, r.seen_at, r.report "
        "FROM device d LEFT JOIN replica r ON r.id = d.id "
        "WHERE d.area = ? AND d.deleted_at IS NULL ORDER BY d.name, d.id",
        CENTRE_AREA,
    )
    found = [_laptop(row, received) for row in rows]
    return [laptop for laptop in found if areas is None or laptop.areas & areas]


def _laptop(row: tuple[Any, ...], received: dict[int, int]) -> Laptop:
    row_id, name, areas, state, enrolled_at, num, seen_at, report = row
    said = _report(report)
    return Laptop(
        id=bytes(row_id),
        name=name or "",
        areas=frozenset(int(part) for part in (areas or "").split(",") if part.isdigit()),
        state=state or ACTIVE,
        enrolled_at=enrolled_at,
        seen_at=seen_at,
        received_at=received.get(num),
        waiting=said.get("pending"),
        version=str(said.get("app", "")),
        offset_ms=said.get("offset_ms"),
    )


def _report(packed: Any) -> dict[str, Any]:
    """Program version, clock and number of waiting records, as `sync.answer` noted them; never relied on."""
    said = {} if packed is None else msgpack.unpackb(bytes(packed))
    return said if isinstance(said, dict) else {}
