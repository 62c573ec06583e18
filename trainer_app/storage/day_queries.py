"""What the first page of the day counts on this laptop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.storage.aliases import MERGED_AWAY
from trainer_app.storage.conditions import came, digitised, held_areas, took_place

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Live people of the areas of this laptop: registered, at least one session, digitised by the
    programme.
    """

    registered: int
    attended: int
    digitised: int


def day_counts(store: Store) -> DayCounts:
    """The numbers of this moment, as far as this laptop knows."""
    areas = held_areas(store)
    with store.db.reading() as c:
        registered = c.value(
            f"SELECT COUNT(*) FROM person p WHERE p.area {areas} AND p.deleted_at IS NULL "
            f"AND NOT {MERGED_AWAY}"
        )
        attended = c.value(
            "SELECT COUNT(DISTINCT COALESCE(x.canonical, a.person)) FROM attendance a "
            "JOIN session s ON s.area = a.area AND s.id = a.session LEFT JOIN alias x ON x.id = a.person "
            f"WHERE a.area {areas} AND {came('a')} AND {took_place('s')}"
        )
        online = c.value(f"SELECT COUNT(DISTINCT {_OWNER}) {_DIGITISED} AND m.area {areas}")
    return DayCounts(int(registered), int(attended), int(online))


_OWNER = "COALESCE(x.canonical, e.owner)"
_NOW_IN = "COALESCE(e.moved_to, m.area)"
_DIGITISED = (
    "FROM milestone m JOIN enterprise e ON e.area = m.area AND e.id = m.enterprise "
    "LEFT JOIN alias x ON x.id = e.owner "
    f"WHERE {digitised('m')} AND (e.deleted_at IS NULL OR e.moved_to IS NOT NULL)"
)


def digitised_by_area(store: Store) -> dict[int, int]:
    """How many people the programme has brought online, by area."""
    with store.db.reading() as c:
        rows = c.all(
            f"SELECT {_NOW_IN}, COUNT(DISTINCT {_OWNER}) {_DIGITISED} AND m.area {held_areas(store)} "
            f"GROUP BY {_NOW_IN}"
        )
    return {int(area): int(n) for area, n in rows}
