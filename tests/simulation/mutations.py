"""Rules taken out of the program, one at a time. Whoever trusts the simulation wants to see it turn red."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

from trainer_app.records.clock import RESTAMP_AFTER_MS, pack
from trainer_app.records.segment import Restamp, Segment
from trainer_app.storage import applying
from trainer_app.storage.applying import Outcome
from trainer_app.storage.database import Connection
from trainer_app.storage.peers import set_cursor
from trainer_app.sync import arrival, intake
from trainer_app.sync.arrival import Arrival
from trainer_app.sync.messages import Item

Mutation = Callable[[], AbstractContextManager[Any]]


def no_idempotence_check() -> AbstractContextManager[Any]:
    """What is here already is stored again."""

    def place(c: Connection, segment: Segment, num: int) -> Outcome:
        real = _place(c, segment, num)
        return Outcome("stored", head_seq=segment.hi) if real.result == "known" else real

    return mock.patch.object(applying, "_place", place)


def no_chain_check() -> AbstractContextManager[Any]:
    """A segment is taken whatever came before it in its feed."""

    def place(c: Connection, segment: Segment, num: int) -> Outcome:
        real = _place(c, segment, num)
        beyond = segment.lo > real.head_seq
        return Outcome("stored", head_seq=segment.hi) if real.result in ("gap", "fork") and beyond else real

    return mock.patch.object(applying, "_place", place)


_place = applying._place


def no_unbroken_run() -> AbstractContextManager[Any]:
    """The cursor goes on behind a segment that is not here."""

    def take(self: Arrival, items: Sequence[Item], epoch: bytes) -> int:
        received = 0
        for item in items:
            body = self._whole(item, epoch)
            received += (self._apply(item, body) or 0) if body else 0
            set_cursor(self._store, self._peer, epoch, item.area, item.pos)
        return received

    return mock.patch.object(arrival.Arrival, "take", take)


def no_restamps() -> AbstractContextManager[Any]:
    """The centre takes stamps from the future as they are."""
    return mock.patch.object(intake, "restamp_for", return_value=None)


def restamps_out_of_order() -> AbstractContextManager[Any]:
    """Corrected stamps do not look at what the feed said before."""

    def restamp(segment: Segment, received_at: int, *_: object) -> Restamp | None:
        limit = pack(received_at + RESTAMP_AFTER_MS)
        found = [
            (seq, pack(received_at))
            for group in segment.groups
            for seq, hlc in zip(group.seqs, group.hlcs, strict=True)
            if hlc > limit
        ]
        return min(found, default=None)

    return mock.patch.object(intake, "restamp_for", restamp)


def not_forced_to_disk() -> AbstractContextManager[Any]:
    """A commit counts before the disk has it."""
    from tests.simulation import machine

    real = machine.open_sqlite

    def hasty(*args: Any, **more: Any) -> Any:
        from sqlalchemy import event

        db = real(*args, **more)
        event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous = NORMAL"))
        return db

    return mock.patch.object(machine, "open_sqlite", hasty)


MUTATIONS: dict[str, Mutation] = {
    "idempotence": no_idempotence_check,
    "chain": no_chain_check,
    "unbroken run": no_unbroken_run,
    "restamps": no_restamps,
    "order of restamps": restamps_out_of_order,
    "forced to disk": not_forced_to_disk,
}
