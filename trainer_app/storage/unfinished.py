"""What lies in a store and is not done with: for the doctor, and for whoever watches a centre."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_app.storage.applying import APPLIED, PARKED, WAITING
from trainer_app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Counts. `not_understood` segments wait for a newer version or for another segment; `not_applied` has
    also those that never will be, of laptops taken out or forked.
    """

    quarantined: int
    not_understood: int
    not_applied: int
    open_findings: int
    not_searchable: int


def unfinished(c: Connection) -> Unfinished:
    """What waits here now."""
    states = {str(state): int(n) for state, n in c.all("SELECT state, COUNT(*) FROM segment GROUP BY state")}
    return Unfinished(
        quarantined=int(c.value("SELECT COUNT(*) FROM quarantine WHERE resolved_at IS NULL")),
        not_understood=states.get(PARKED, 0) + states.get(WAITING, 0),
        not_applied=sum(n for state, n in states.items() if state != APPLIED),
        open_findings=int(c.value("SELECT COUNT(*) FROM review WHERE state = 'open'")),
        not_searchable=int(c.value("SELECT COUNT(*) FROM search_pending")),
    )
