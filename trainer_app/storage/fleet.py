"""The laptops as the centre knows them: when each was last heard, what it said of itself, what of it was
received.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgpack

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.storage.database import Connection

ACTIVE = "aktif"


@dataclass(frozen=True, slots=True)
class Missing:
    """Operations `lo` to `hi` of a feed that are known to exist and are not here: a receipt names them, or
    another laptop announced that it holds them.
    """

    area: int
    lo: int
    hi: int


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
    oldest_at: int | None = None  # since when the oldest of them had waited
    missing: tuple[Missing, ...] = ()
    in_part: int = 0  # bytes that are here of segments that did not come whole

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
    said = {
        int(num): _report(report)
        for num, report in c.all("SELECT num, report FROM replica WHERE report IS NOT NULL")
    }
    missing = _missing(c, said.values())
    rows = c.all(
        "SELECT d.id, d.name, d.areas, d.state, d.enrolled_at, r.num, r.seen_at "
        "FROM device d LEFT JOIN replica r ON r.id = d.id "
        "WHERE d.area = ? AND d.deleted_at IS NULL ORDER BY d.name, d.id",
        CENTRE_AREA,
    )
    found = [_laptop(c, row, received, said, missing) for row in rows]
    return [laptop for laptop in found if areas is None or laptop.areas & areas]


def _missing(c: Connection, reports: Iterable[dict[str, Any]]) -> dict[RecordId, list[Missing]]:
    """By replica, what is known to exist of its feeds beyond what is here without a gap."""
    held = {
        (int(area), bytes(replica)): int(head)
        for area, replica, head in c.all(
            "SELECT f.area, r.id, f.head_seq FROM feed f JOIN replica r ON r.num = f.replica"
        )
    }
    known = {
        (int(area), bytes(replica)): int(hi)
        for area, replica, hi in c.all(
            "SELECT e.area, r.id, MAX(e.hi) FROM receipt e JOIN replica r ON r.num = e.replica "
            "GROUP BY e.area, r.id"
        )
    }
    for said in reports:
        for area, replica, seq in said.get("told", ()):
            feed = int(area), bytes(replica)
            known[feed] = max(known.get(feed, 0), int(seq))
    found: dict[RecordId, list[Missing]] = {}
    for (area, replica), hi in sorted(known.items()):
        head = held.get((area, replica), 0)
        if hi > head:
            found.setdefault(replica, []).append(Missing(area, head + 1, hi))
    return found


def _in_part(c: Connection, said: dict[str, Any]) -> int:
    """Bytes that are here of the segments that a laptop last brought in part."""
    names = [bytes(name) for name, _total in said.get("parts", ())]
    return sum(int(c.value("SELECT LENGTH(body) FROM inbox WHERE hash = ?", name) or 0) for name in names)


def _laptop(
    c: Connection,
    row: tuple[Any, ...],
    received: dict[int, int],
    reports: dict[int, dict[str, Any]],
    missing: dict[RecordId, list[Missing]],
) -> Laptop:
    row_id, name, areas, state, enrolled_at, num, seen_at = row
    said = reports.get(num, {})
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
        oldest_at=said.get("oldest_at"),
        missing=tuple(missing.get(bytes(row_id), ())),
        in_part=_in_part(c, said),
    )


def _report(packed: Any) -> dict[str, Any]:
    """Program version, clock and number of waiting records, as `sync.answer` noted them; never relied on."""
    said = {} if packed is None else msgpack.unpackb(bytes(packed))
    return said if isinstance(said, dict) else {}
