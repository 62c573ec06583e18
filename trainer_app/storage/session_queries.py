"""Sessions as pages and reports list them, and the marks of each summed up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Session
from trainer_app.records.training import ATTENDED, CANCELLED, PLANNED, RUNNING
from trainer_app.storage.conditions import chunks, held_areas, in_areas, in_batch, marks
from trainer_app.storage.rows import select_sql, to_record

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Marks of one session by status, and how many people its batch has."""

    enrolled: int
    marked: Mapping[str, int]

    @property
    def attended(self) -> int:
        """Present or late."""
        return sum(self.marked.get(status, 0) for status in ATTENDED)

    @property
    def expected(self) -> int:
        """The people of the batch; more when guests came."""
        return max(self.enrolled, sum(self.marked.values()))


def sessions_between(
    store: Store,
    from_ms: int,
    until_ms: int,
    *,
    with_cancelled: bool = False,
    areas: Collection[int] | None = None,
) -> list[Session]:
    """Live sessions of these areas (None: all) that start in this time (the end not included), in order."""
    where = "s.starts_at >= ? AND s.starts_at < ?"
    if not with_cancelled:
        where += f" AND COALESCE(s.state, '') <> '{CANCELLED}'"
    if areas is not None:
        where += f" AND {in_areas(areas, 's.area')}"
    return _sessions(store, where, from_ms, until_ms)


def sessions_left_open(store: Store, before_ms: int, since_ms: int) -> list[Session]:
    """Sessions that began in this time and are still not closed, in order."""
    where = (
        "s.starts_at >= ? AND s.starts_at < ? "
        f"AND COALESCE(s.state, '{PLANNED}') IN ('{PLANNED}', '{RUNNING}')"
    )
    return _sessions(store, where, since_ms, before_ms)


def _sessions(store: Store, where: str, *params: int) -> list[Session]:
    live = f"s.area {held_areas(store)} AND s.deleted_at IS NULL"
    sql = f"{select_sql(Session)} s WHERE {live} AND {where} ORDER BY s.starts_at, s.id"
    with store.db.reading() as c:
        return [cast(Session, to_record(Session, row)) for row in c.all(sql, *params)]


def session_summaries(store: Store, sessions: Sequence[Session]) -> dict[RecordId, SessionSummary]:
    """The summary of each of these sessions."""
    enrolled = _counted(
        store,
        "SELECT batch, '', COUNT(DISTINCT COALESCE(x.canonical, n.person)) FROM enrolment n "
        "LEFT JOIN alias x ON x.id = n.person WHERE {chosen} AND " + in_batch("n") + " GROUP BY batch",
        "batch",
        {(session.area, session.batch) for session in sessions if session.batch},
    )
    marked = _counted(
        store,
        "SELECT session, status, COUNT(DISTINCT COALESCE(x.canonical, n.person)) FROM attendance n "
        "LEFT JOIN alias x ON x.id = n.person WHERE {chosen} AND deleted_at IS NULL "
        "AND status IS NOT NULL GROUP BY session, status",
        "session",
        {(session.area, session.id) for session in sessions},
    )
    return {
        session.id: SessionSummary(
            enrolled.get(session.batch or b"", {}).get("", 0), marked.get(session.id, {})
        )
        for session in sessions
    }


def _counted(
    store: Store, sql: str, column: str, chosen: Iterable[tuple[int, RecordId]]
) -> dict[RecordId, dict[str, int]]:
    """What a counting statement says about many rows of a few areas."""
    by_area: dict[int, list[RecordId]] = {}
    for area, row in chosen:
        by_area.setdefault(area, []).append(row)
    counts: dict[RecordId, dict[str, int]] = {}
    with store.db.reading() as c:
        for area, ids in by_area.items():
            for some in chunks(ids):
                where = f"n.area = ? AND {column} IN ({marks(some)})"
                for row, key, n in c.all(sql.format(chosen=where), area, *some):
                    counts.setdefault(bytes(row), {})[key] = int(n)
    return counts
