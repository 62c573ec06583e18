"""Where every record of this laptop is: waiting, at the supervisor, received by the centre. One function for
every screen.

A record is received only when a verified receipt of the centre covers its newest edit (decisions 5.7). One
that was sent, or came from another laptop, and was changed since waits again and is told as changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.clock import DAY_MS
from trainer_app.records.ids import RecordId
from trainer_app.storage.conditions import chunks, marks, photo_waits
from trainer_app.storage.database import Connection
from trainer_app.storage.findings import open_questions
from trainer_app.storage.replicas import OWN

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

PENDING, AT_SUPERVISOR, RECEIVED, REJECTED = "pending", "at_supervisor", "received", "rejected"
#: Pending as well, and counted there: an older version of it has left this laptop.
CHANGED = "changed"
#: After so long the rail turns from amber to a warning.
OLD_AFTER_MS, LATE_AFTER_MS = 3 * DAY_MS, 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class SendState:
    """Numbers of records (a person with all from the form is one). total = pending + at_supervisor +
    received + rejected; `changed` of the pending are no longer as they were sent. `photos` are those whose
    bytes the centre has not confirmed; their records are counted like any other.
    """

    total: int
    pending: int
    at_supervisor: int
    received: int
    rejected: int
    review: int
    oldest_pending_ms: int | None
    last_receipt_ms: int | None
    changed: int = 0
    photos: int = 0

    @property
    def all_received(self) -> bool:
        """Full green only when nothing waits anywhere and a receipt exists."""
        return (
            not (self.pending or self.at_supervisor or self.rejected or self.photos)
            and self.last_receipt_ms is not None
        )


#: The state of a line `o` of own_version whose feed is `f`: the one place where it is worked out.
STATE = """
    CASE WHEN EXISTS (SELECT 1 FROM quarantine q WHERE q.area = o.area AND q.replica = 1 AND q.row = o.subject
                      AND q.resolved_at IS NULL AND q.fixed_seq IS NULL) THEN 'rejected'
         WHEN o.seq <= f.centre_seq THEN 'received'
         WHEN o.seq <= f.hub_seq THEN 'at_supervisor'
         WHEN o.first_seq <= f.centre_seq OR o.first_seq <= f.hub_seq THEN 'changed'
         ELSE 'pending' END
"""
OWN_VERSIONS = " FROM own_version o JOIN feed f ON f.area = o.area AND f.replica = 1 "
#: Of a record with lines in several areas, the state that matters most is told.
_TOLD_FIRST = (REJECTED, CHANGED, PENDING, AT_SUPERVISOR, RECEIVED)


def send_state(store: Store) -> SendState:
    """The numbers of this moment."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT s.state, COUNT(*), MIN(s.since) "
            f"FROM (SELECT {STATE} AS state, o.since AS since {OWN_VERSIONS}) s GROUP BY s.state"
        )
        review = open_questions(store, c)
        epoch = c.value("SELECT value FROM meta WHERE key = 'epoch'") or b""
        photos = c.value(f"SELECT COUNT(*) FROM blob b WHERE b.bearer = ? AND {photo_waits('b')}", OWN, epoch)
        last = c.value("SELECT MAX(received_at) FROM receipt WHERE replica = ?", OWN)
    number = dict.fromkeys((PENDING, CHANGED, AT_SUPERVISOR, RECEIVED, REJECTED), 0)
    number.update({state: int(n) for state, n, _since in rows})
    return SendState(
        total=sum(number.values()),
        pending=number[PENDING] + number[CHANGED],
        at_supervisor=number[AT_SUPERVISOR],
        received=number[RECEIVED],
        rejected=number[REJECTED],
        review=review,
        oldest_pending_ms=min(
            (since for state, _n, since in rows if state in (PENDING, CHANGED)), default=None
        ),
        last_receipt_ms=last,
        changed=number[CHANGED],
        photos=int(photos or 0),
    )


def row_state(store: Store, subject: RecordId) -> str | None:
    """The state of one record of this laptop (a person's id covers the whole form); None when it is not
    its own.
    """
    with store.db.reading() as c:
        return row_states(c, [subject]).get(subject)


def row_states(c: Connection, subjects: Sequence[RecordId]) -> dict[RecordId, str]:
    """The states of those of these records that are this laptop's own."""
    found: dict[RecordId, str] = {}
    for chunk in chunks(list(subjects)):
        where = f"WHERE o.subject IN ({marks(chunk)})"
        for key, state in c.all(f"SELECT o.subject, {STATE} {OWN_VERSIONS} {where}", *chunk):
            subject = bytes(key)
            found[subject] = min(state, found.get(subject, state), key=_TOLD_FIRST.index)
    return found
