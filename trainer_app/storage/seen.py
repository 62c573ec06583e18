"""Who saw what: between which stamps operations belong whose own stamps lie in the future.

Over a supervisor's laptop a stamp from the future may have been seen by others before the centre corrects it.
An edit that saw a value must beat it all the same, whichever of the two reaches the centre first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.clock import RESTAMP_AFTER_MS, pack
from trainer_app.records.fields import KINDS
from trainer_app.records.ids import RecordId
from trainer_app.records.operation import Operation
from trainer_app.records.segment import Segment
from trainer_app.storage.applying import effective_hlcs
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, decoded, stored_segment
from trainer_app.storage.rows import load_states

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


#: Kind, row and stamp as written: what `base` names.
_Name = tuple[int, RecordId, int]
#: So much is left free before the word of somebody who saw what is not here yet.
ROOM = pack(1000)


@dataclass(frozen=True, slots=True)
class Around:
    """Where operations with new stamps belong: behind `behind` (0: they saw nothing), before `before` (None:
    nobody saw them), and not after `at_most` if `behind` allows it: somebody here saw a stamp from the future
    that is not here yet, and these may be what came before that one in its feed.
    """

    behind: int = 0
    before: int | None = None
    at_most: int | None = None


def stamps_around(store: Store, c: Connection, segment: Segment, first: int, received_at: int) -> Around:
    """Where the operations of a segment from number `first` on belong, all of which get new stamps that rise
    by one.
    """
    anew = [one for one in segment.operations() if one.seq >= first]
    behind = _newest_seen(store, c, anew, pack(received_at + RESTAMP_AFTER_MS))
    said = {_name(one): one for one in anew}
    oldest = min((one.hlc for one in anew), default=0)
    befores: list[int] = []
    here: set[_Name] = set()
    missed: dict[_Name, int] = {}
    for other, effective in _corrected(c, segment):
        here.add(_name(other))
        saw = other.kind, other.row, other.base
        seen = said.get(saw)
        if seen is not None and other.values.keys() & seen.values.keys():
            befores.append(effective - (seen.seq - first))
        elif seen is None and other.base > max(
            effective, oldest
        ):  # a stamp from the future as it was written
            missed[saw] = min(missed.get(saw, effective), effective)
    lacks = [effective for saw, effective in missed.items() if saw not in here]
    return Around(behind, min(befores, default=None), min(lacks) - ROOM if lacks else None)


def overtaken(c: Connection, segment: Segment) -> int:
    """The number of the first operation of a segment that arrives which a corrected one here replaced and
    would lose against; 0 when there is none. Its stamp lay in the future when it was seen, and does no more.
    """
    newest = max((hlc for group in segment.groups for hlc in group.hlcs), default=0)
    where = "WHERE s.area = ? AND s.restamp_seq IS NOT NULL AND s.restamp_hlc <= ? AND r.id <> ?"
    replaced: dict[_Name, list[tuple[int, Operation]]] = {}
    for row in c.all(f"{SEGMENT_SQL} {where}", segment.area, newest, segment.replica):
        stored = stored_segment(row)
        for one in decoded(stored).operations():
            effective = effective_hlcs([one.seq], [one.hlc], stored.restamp)[0]
            replaced.setdefault((one.kind, one.row, one.base), []).append((effective, one))
    if not replaced:
        return 0
    return min((one.seq for one in segment.operations() if _loses(one, replaced)), default=0)


def _loses(one: Operation, replaced: Mapping[_Name, list[tuple[int, Operation]]]) -> bool:
    return any(
        effective <= one.hlc and other.values.keys() & one.values.keys()
        for effective, other in replaced.get(_name(one), ())
    )


def _name(one: Operation) -> _Name:
    return one.kind, one.row, one.hlc


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


def _corrected(c: Connection, segment: Segment) -> Iterator[tuple[Operation, int]]:
    """The operations of others whose stamps were corrected, with those that count. Who saw a stamp from the
    future has a later one, and was corrected too when it came; one's own feed comes in order anyhow.
    """
    where = "WHERE s.area = ? AND s.restamp_seq IS NOT NULL AND r.id <> ? ORDER BY s.pos"
    for row in c.all(f"{SEGMENT_SQL} {where}", segment.area, segment.replica):
        stored = stored_segment(row)
        for one in decoded(stored).operations():
            yield one, effective_hlcs([one.seq], [one.hlc], stored.restamp)[0]
