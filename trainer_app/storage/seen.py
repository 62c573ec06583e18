"""Who saw what: between which stamps operations belong whose own stamps lie in the future.

Over a supervisor's laptop a stamp from the future may have been seen by others before the centre corrects it.
An edit that saw a value must beat it all the same, whichever of the two reaches the centre first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trainer_app.records.clock import RESTAMP_AFTER_MS, pack
from trainer_app.records.fields import KINDS
from trainer_app.records.operation import Operation
from trainer_app.records.segment import Segment
from trainer_app.storage.applying import effective_hlcs
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, decoded, stored_segment
from trainer_app.storage.rows import load_states

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


def stamps_around(
    store: Store, c: Connection, segment: Segment, first: int, received_at: int
) -> tuple[int, int | None]:
    """Behind which stamp and before which one the operations of a segment from number `first` on belong, all
    of which get new stamps that rise by one. 0 and None where nobody saw anything.
    """
    anew = [one for one in segment.operations() if one.seq >= first]
    behind = _newest_seen(store, c, anew, pack(received_at + RESTAMP_AFTER_MS))
    said = {(one.kind, one.row, one.hlc): one for one in anew}
    befores = [
        effective - (seen.seq - first)
        for other, effective in _corrected(c, segment.area)
        if (seen := said.get((other.kind, other.row, other.base))) is not None
        and other.values.keys() & seen.values.keys()
    ]
    return behind, min(befores, default=None)


def _newest_seen(store: Store, c: Connection, anew: list[Operation], limit: int) -> int:
    """The newest stamp among the values that these operations replaced: as their author saw it, unless that
    one was itself from the future, and as the values count here, for their stamps may be others by now.
    """
    saw = [one for one in anew if one.base and one.kind in KINDS]
    newest = max((one.base for one in saw if one.base <= limit), default=0)
    for kind in {one.kind for one in saw}:
        operations = [one for one in saw if one.kind == kind]
        rows = {one.row for one in operations}
        states = load_states(c, KINDS[kind], operations[0].area, rows, store.replicas)
        for one in operations:
            stamps = states[one.row].stamps if one.row in states else {}
            newest = max([newest, *(stamps[number][0] for number in one.values if number in stamps)])
    return newest


def _corrected(c: Connection, area: int) -> Iterator[tuple[Operation, int]]:
    """The operations whose stamps were corrected, with those that count. Who saw a stamp from the future has
    a later one, and was corrected too when it came.
    """
    where = "WHERE s.area = ? AND s.restamp_seq IS NOT NULL ORDER BY s.pos"
    for row in c.all(f"{SEGMENT_SQL} {where}", area):
        stored = stored_segment(row)
        for one in decoded(stored).operations():
            yield one, effective_hlcs([one.seq], [one.hlc], stored.restamp)[0]
