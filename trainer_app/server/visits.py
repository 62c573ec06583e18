"""Who came to the hub since it was started, and how far each laptop is: read by the page of the hub."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Device
from trainer_app.storage.feeds import heads
from trainer_app.storage.store import Store
from trainer_app.sync.messages import STORED, read_answer, read_request, split_request

SENDING, DONE, BROKEN = "sending", "done", "broken"


@dataclass(frozen=True, slots=True)
class Visit:
    """A laptop at the hub. `received` are operations of it that came in since the hub started, `left` those
    that it still has to bring. `done` only when it said itself that nothing is left, and all of it is stored.
    `receipts` are those of the centre that it took home.
    """

    replica: RecordId
    name: str
    state: str
    received: int
    left: int
    receipts: int
    at_ms: int


class Visits:
    """Filled by the threads of the hub; `changed` is called after each change."""

    def __init__(self, store: Store, changed: Callable[[], None]) -> None:
        self._store, self._changed = store, changed
        self._lock = threading.Lock()
        self._visits: dict[RecordId, Visit] = {}
        self._held_before: dict[RecordId, int] = {}

    def all(self) -> list[Visit]:
        """Everyone who came, the last one first."""
        with self._lock:
            return sorted(self._visits.values(), key=lambda visit: -visit.at_ms)

    def heard(self, body: bytes, reply: bytes) -> None:
        """A request was answered; both were checked before."""
        signed = split_request(body)
        request, answered = read_request(signed.body), read_answer(reply)
        left = request.report.left or 0
        brought = zip(request.pieces, answered.verdicts, strict=True)
        stored = all(verdict.status == STORED for piece, verdict in brought if piece.data)
        held = sum(head.head_seq for head in heads(self._store) if head.replica == signed.replica)
        name = self._name(signed.replica)
        with self._lock:
            # a first request only asks what is here, so that what is here now was here before
            self._held_before.setdefault(signed.replica, held)
            before = self._visits.get(signed.replica)
            self._visits[signed.replica] = Visit(
                signed.replica,
                name,
                DONE if stored and not left and not answered.more else SENDING,
                held - self._held_before[signed.replica],
                left,
                (before.receipts if before else 0) + len(answered.receipts),
                self._store.clock.now_ms(),
            )
        self._changed()

    def left(self, replica: RecordId) -> None:
        """A connection ended. Who was not done was cut off."""
        with self._lock:
            visit = self._visits.get(replica)
            if visit is None or visit.state != SENDING:
                return
            self._visits[replica] = replace(visit, state=BROKEN)
        self._changed()

    def _name(self, replica: RecordId) -> str:
        device = self._store.get(Device, replica)
        return (device.name if device else None) or replica.hex()[-4:]
