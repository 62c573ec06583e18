"""What the first page of the day reads: sessions around today, and the three numbers of this laptop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from trainer_app.records.kinds import CENTRE_AREA, Session
from trainer_app.records.progress import DIGITISED_STEPS
from trainer_app.records.training import ATTENDED
from trainer_app.storage.rows import select_sql, to_record

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: A session in one of these states has yet to be closed.
OPEN_STATES = ("terjadwal", "berjalan")


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
    areas = _areas(store)
    marks, steps = ", ".join("?" * len(ATTENDED)), ", ".join("?" * len(DIGITISED_STEPS))
    with store.db.reading() as c:
        registered = c.value(f"SELECT COUNT(*) FROM person WHERE area {areas} AND deleted_at IS NULL")
        attended = c.value(
            "SELECT COUNT(DISTINCT a.person) FROM attendance a "
            "JOIN session s ON s.area = a.area AND s.id = a.session "
            f"WHERE a.area {areas} AND a.deleted_at IS NULL AND a.status IN ({marks}) "
            "AND s.deleted_at IS NULL AND COALESCE(s.state, '') <> 'batal'",
            *ATTENDED,
        )
        digitised = c.value(
            f"SELECT COUNT(DISTINCT e.owner) {_DIGITISED} AND m.area {areas} AND m.step IN ({steps})",
            *DIGITISED_STEPS,
        )
    return DayCounts(int(registered), int(attended), int(digitised))


_DIGITISED = (
    "FROM milestone m JOIN enterprise e ON e.area = m.area AND e.id = m.enterprise "
    "WHERE m.deleted_at IS NULL AND m.lapsed_on IS NULL AND COALESCE(m.before_programme, 0) = 0 "
    "AND e.deleted_at IS NULL"
)


def digitised_by_area(store: Store) -> dict[int, int]:
    """How many people the programme has brought online, by area."""
    steps = ", ".join("?" * len(DIGITISED_STEPS))
    with store.db.reading() as c:
        rows = c.all(
            f"SELECT m.area, COUNT(DISTINCT e.owner) {_DIGITISED} AND m.area {_areas(store)} "
            f"AND m.step IN ({steps}) GROUP BY m.area",
            *DIGITISED_STEPS,
        )
    return {int(area): int(n) for area, n in rows}


def sessions_between(store: Store, from_ms: int, until_ms: int) -> list[Session]:
    """Live sessions that start in this time (the end not included) and were not cancelled, in order."""
    return _sessions(
        store, "starts_at >= ? AND starts_at < ? AND COALESCE(state, '') <> 'batal'", from_ms, until_ms
    )


def sessions_left_open(store: Store, before_ms: int, since_ms: int) -> list[Session]:
    """Sessions that began in this time and are still not closed, in order."""
    states = ", ".join(f"'{state}'" for state in OPEN_STATES)
    where = f"starts_at >= ? AND starts_at < ? AND COALESCE(state, '{OPEN_STATES[0]}') IN ({states})"
    return _sessions(store, where, since_ms, before_ms)


def _sessions(store: Store, where: str, *params: int) -> list[Session]:
    live = f"area {_areas(store)} AND deleted_at IS NULL"
    sql = f"{select_sql(Session)} WHERE {live} AND {where} ORDER BY starts_at, id"
    with store.db.reading() as c:
        return [cast(Session, to_record(Session, row)) for row in c.all(sql, *params)]


def _areas(store: Store) -> str:
    """The areas of this laptop as a condition, so that the index by area is used."""
    return f"IN ({', '.join(map(str, store.areas))})" if store.areas else f"> {CENTRE_AREA}"
