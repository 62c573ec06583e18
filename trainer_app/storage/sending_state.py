"""Where every record of this laptop is: waiting, at the supervisor, received by the centre. One function for
every screen.

A record is received only when a verified receipt of the centre covers its newest edit (decisions 5.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.clock import DAY_MS
from trainer_app.records.ids import RecordId
from trainer_app.storage.findings import open_questions
from trainer_app.storage.replicas import OWN

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

PENDING, AT_SUPERVISOR, RECEIVED, REJECTED = "pending", "at_supervisor", "received", "rejected"
#: After so long the rail turns from amber to a warning.
OLD_AFTER_MS, LATE_AFTER_MS = 3 * DAY_MS, 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class SendState:
    """Numbers of records (a person with all from the form is one). total = pending + at_supervisor +
    received + rejected.
    """

    total: int
    pending: int
    at_supervisor: int
    received: int
    rejected: int
    review: int
    oldest_pending_ms: int | None
    last_receipt_ms: int | None

    @property
    def all_received(self) -> bool:
        """Full green only when nothing waits anywhere and a receipt exists."""
        return not (self.pending or self.at_supervisor or self.rejected) and self.last_receipt_ms is not None


_STATE_SQL = """
SELECT CASE
         WHEN EXISTS (SELECT 1 FROM quarantine q WHERE q.area = o.area AND q.replica = 1 AND q.row = o.subject
                      AND q.resolved_at IS NULL AND q.fixed_seq IS NULL) THEN 'rejected'
         WHEN o.seq <= f.centre_seq THEN 'received'
         WHEN o.seq <= f.hub_seq THEN 'at_supervisor'
         ELSE 'pending' END AS state
"""
_FROM = " FROM own_version o JOIN feed f ON f.area = o.area AND f.replica = 1 "


def send_state(store: Store) -> SendState:
    """The numbers of this moment."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT s.state, COUNT(*), MIN(s.since) "
            f"FROM ({_STATE_SQL}, o.since AS since {_FROM}) s GROUP BY s.state"
        )
        review = open_questions(c)
        last = c.value("SELECT MAX(received_at) FROM receipt WHERE replica = ?", OWN)
    counted = {state: (int(n), since) for state, n, since in rows}
    number = {
        state: counted.get(state, (0, None))[0] for state in (PENDING, AT_SUPERVISOR, RECEIVED, REJECTED)
    }
    return SendState(
        total=sum(number.values()),
        pending=number[PENDING],
        at_supervisor=number[AT_SUPERVISOR],
        received=number[RECEIVED],
        rejected=number[REJECTED],
        review=review,
        oldest_pending_ms=counted.get(PENDING, (0, None))[1],
        last_receipt_ms=last,
    )


def row_state(store: Store, subject: RecordId) -> str | None:
    """The state of one record of this laptop (a person's id covers the whole form); None when it is not
    its own.
    """
    with store.db.reading() as c:
        states = {row[0] for row in c.all(f"{_STATE_SQL} {_FROM} WHERE o.subject = ?", subject)}
    for state in (REJECTED, PENDING, AT_SUPERVISOR, RECEIVED):
        if state in states:
            return state
    return None
