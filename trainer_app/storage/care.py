"""Words of others that this laptop took into its care: as a hub, or from a stick. It brings them to the
centre and keeps the centre's receipts for whoever wrote them.

Of a feed of another replica, `hub_seq` is the number up to which its author was told "held here", and
`centre_seq` the number up to which receipts of the centre's present life are here. A feed is in care as long
as the first is greater.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, StoredSegment, stored_segment
from trainer_app.storage.replicas import OWN
from trainer_app.storage.store import EPOCH

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: Where the epoch stands in the signed bytes of a receipt, counted from 1 as SQL does, and how long it is.
_EPOCH_SQL = "substr(e.body, 81, 16)"


@dataclass(frozen=True, slots=True)
class Cared:
    """A feed in care: held here up to `head_seq`, receipts of the centre are here up to `receipted`."""

    area: int
    replica: bytes
    head_seq: int
    receipted: int

    @property
    def changes(self) -> int:
        """How many changes wait for a receipt."""
        return self.head_seq - self.receipted


def in_care(store: Store) -> list[Cared]:
    """The feeds that wait here for a receipt of the centre, in the areas of this laptop."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT f.area, r.id, f.head_seq, f.centre_seq FROM feed f JOIN replica r ON r.num = f.replica "
            "WHERE f.replica <> ? AND f.hub_seq > f.centre_seq ORDER BY f.area, r.id",
            OWN,
        )
    return [
        Cared(int(area), bytes(replica), int(head), int(receipted))
        for area, replica, head, receipted in rows
        if area in store.areas
    ]


def changes_in_care(store: Store) -> int:
    """How many changes of other laptops wait here for a receipt of the centre."""
    return sum(one.changes for one in in_care(store))


def take_into_care(store: Store, area: int, replica: bytes, confirmed: int = 0) -> int:
    """Promise to bring what is here of a feed to the centre, all of it; gives the number up to which that is.

    `confirmed` is up to where its author says that it has receipts already: no older ones are asked for.
    """
    with store.db.reading() as c:
        row = _head(c, area, replica)
    if row is None:
        return 0
    num, head, hub, centre = row
    epoch = store.meta(EPOCH, b"")
    with store.db.reading() as c:
        receipted = c.value(
            f"SELECT MAX(e.hi) FROM receipt e WHERE e.area = ? AND e.replica = ? AND e.hi <= ? "
            f"AND {_EPOCH_SQL} = ?",
            *(area, num, head, epoch),
        )
    known = max(centre, min(confirmed, head), int(receipted or 0))
    if (hub, centre) != (head, known):
        store.db.transact(
            lambda c: c.run(
                "UPDATE feed SET hub_seq = CASE WHEN hub_seq > ? THEN hub_seq ELSE ? END, "
                "centre_seq = CASE WHEN centre_seq > ? THEN centre_seq ELSE ? END "
                "WHERE area = ? AND replica = ?",
                *(head, head, known, known, area, num),
            )
        )
    return head


def _head(c: Connection, area: int, replica: bytes) -> tuple[int, int, int, int] | None:
    row = c.one(
        "SELECT f.replica, f.head_seq, f.hub_seq, f.centre_seq FROM feed f "
        "JOIN replica r ON r.num = f.replica WHERE f.area = ? AND r.id = ?",
        area,
        replica,
    )
    return None if row is None else (int(row[0]), int(row[1]), int(row[2]), int(row[3]))


def kept_for(store: Store, area: int, replica: bytes, after: int, most: int) -> list[bytes]:
    """The signed bytes of receipts of the centre's present life for a feed, beyond number `after`, oldest
    first.
    """
    epoch = store.meta(EPOCH, b"")
    with store.db.reading() as c:
        rows = c.all(
            "SELECT e.body FROM receipt e JOIN replica r ON r.num = e.replica "
            f"WHERE e.area = ? AND r.id = ? AND e.hi > ? AND {_EPOCH_SQL} = ? "
            f"ORDER BY e.lo LIMIT {int(most)}",
            *(area, replica, after, epoch),
        )
    return [bytes(row[0]) for row in rows]


def hand_on_again(c: Connection, area: int, num: int, seq: int) -> None:
    """Give the segments of a feed from the one that holds `seq` new positions, in their order: whoever read
    them here reads them again, now with the receipt that corrects them. The area's lock is held.
    """
    from trainer_app.storage.applying import next_pos

    rows = c.all(
        "SELECT lo FROM segment WHERE area = ? AND replica = ? AND hi >= ? ORDER BY lo", area, num, seq
    )
    for (lo,) in rows:
        c.run(
            "UPDATE segment SET pos = ? WHERE area = ? AND replica = ? AND lo = ?",
            *(next_pos(c, area), area, num, lo),
        )


def segment_ending(c: Connection, area: int, num: int, seq: int) -> StoredSegment | None:
    """The segment of a feed that ends at `seq`."""
    row = c.one(f"{SEGMENT_SQL} WHERE s.area = ? AND s.replica = ? AND s.hi = ?", area, num, seq)
    return None if row is None else stored_segment(row)
