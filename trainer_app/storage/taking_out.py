"""A laptop was taken out, and that is heard of here only after its later words were: they go out of the rows.

A supervisor's laptop without internet cannot know better when it takes them. The segments stay, marked as
those that came later; nobody is given them, and every replica comes to the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Operation
from trainer_app.records.revocation import revoked_after
from trainer_app.storage.applying import COUNTED, REVOKED, SNAPSHOTS, lock_area
from trainer_app.storage.conditions import marks
from trainer_app.storage.counting import count_anew
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, decoded, stored_segment
from trainer_app.storage.rebuild import refold
from trainer_app.storage.replicas import OWN
from trainer_app.storage.rows import select_sql, to_record
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


def take_out(store: Store, c: Connection, devices: Iterable[RecordId]) -> None:
    """After the centre spoke of these laptops: what those that were taken out said too late counts no more.

    Own words stay as they are: people must see what they wrote, even where it goes nowhere.
    """
    for row in sorted(devices):
        found = c.one(f"{select_sql(Device)} WHERE area = ? AND id = ?", CENTRE_AREA, row)
        num = c.value("SELECT num FROM replica WHERE id = ?", row)
        device = to_record(Device, found) if found else None
        if isinstance(device, Device) and num not in (None, OWN):
            _take_out(store, c, device, int(num))


def _take_out(store: Store, c: Connection, device: Device, num: int) -> None:
    areas = c.all("SELECT DISTINCT area FROM segment WHERE replica = ? ORDER BY area", num)
    for (area,) in areas:
        after = revoked_after(device, area)
        if after is None:
            return
        late = _late(c, area, num, after)
        if late:
            lock_area(c, area)
            _keep_apart(c, area, num, after)
            c.run(
                "UPDATE segment SET state = ? WHERE area = ? AND replica = ? AND hi > ? "
                "AND state NOT IN (?, ?)",
                *(REVOKED, area, num, after, *SNAPSHOTS),
            )
            refold(store, c, area, [(cls, row) for cls, rows in late.items() for row in rows])
            _follow(store, c, area, late)


def _late(c: Connection, area: int, num: int, after: int) -> dict[type[Record], set[RecordId]]:
    """The rows that words after this number are about."""
    rows: dict[type[Record], set[RecordId]] = defaultdict(set)
    for operation in _operations(c, area, num, after, COUNTED):
        if operation.kind in KINDS:
            rows[KINDS[operation.kind]].add(operation.row)
    return rows


def _keep_apart(c: Connection, area: int, num: int, after: int) -> None:
    """A block of a snapshot stands for early and late words alike: the late ones go out of it one by one."""
    c.many(
        insert_into("quarantine", "ON CONFLICT DO NOTHING"),
        [
            (area, num, one.seq, one.kind, one.row, REVOKED, "", None, None)
            for one in _operations(c, area, num, after, SNAPSHOTS)
            if one.seq > after
        ],
    )


def _operations(c: Connection, area: int, num: int, after: int, states: Sequence[str]) -> Iterator[Operation]:
    """What lies in those segments of a feed that reach beyond a number."""
    where = f"WHERE s.area = ? AND s.replica = ? AND s.hi > ? AND s.state IN ({marks(states)}) ORDER BY s.lo"
    for found in c.all(f"{SEGMENT_SQL} {where}", area, num, after, *states):
        yield from decoded(stored_segment(found)).operations()


def _follow(store: Store, c: Connection, area: int, rows: dict[type[Record], set[RecordId]]) -> None:
    if c.dialect == "sqlite":
        persons = sorted(rows.get(Person, ()))
        pending = insert_into("search_pending", "ON CONFLICT DO NOTHING")
        c.many(pending, [(area, person) for person in persons])
    if store.on_applied is not None:
        store.on_applied(c, area, rows)
    else:
        count_anew(c, area)
