"""The counts of a laptop, brought up to date before somebody reads them.

A centre moves its counts while it applies what arrives. A laptop would pay for that with each save, and
nobody looks at a report forty times a day; so it keeps how far of the log its counts go (`counted`), and what
came since, its own words and those of others, moves them when a report is opened. Where nothing is known of
an area, where much came, or where the rule changed, the area is counted anew. The same `rollup` in both ways:
laptop, command line and centre say the same numbers.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId
from trainer_app.records.progress import RULE_VERSION
from trainer_app.storage import rollup
from trainer_app.storage.applying import COUNTED
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, decoded, stored_segment
from trainer_app.storage.replicas import OWN
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: With more segments than these, counting anew is quicker than reading them.
MOST_SEGMENTS = 40
_MARK = (
    "ON CONFLICT (area) DO UPDATE SET pos = excluded.pos, own_seq = excluded.own_seq, rule = excluded.rule"
)
Touched = dict[type[Record], set[RecordId]]


def bring_counts_up(store: Store) -> None:
    """Make the counts of this store those of its records; where they are kept at once there is nothing to do.

    One transaction for each area that something was said of.
    """
    if store.on_applied is not None or store.db.read_only:
        return
    with store.db.reading() as c:
        behind = [area for area in rollup.areas_with_data(c) if _known(c, area) != _newest(c, area)]
    for area in behind:
        store.db.transact(partial(_count, area))


def count_anew(c: Connection, area: int) -> None:
    """Have the counts of an area made anew when they are next read, after its rows were written otherwise."""
    c.run("DELETE FROM counted WHERE area = ?", area)


def _count(area: int, c: Connection) -> None:
    known, newest = _known(c, area), _newest(c, area)
    touched = None if known is None or known[2] != RULE_VERSION else _touched(c, area, known[0], known[1])
    if touched is None:
        rollup.recompute(c, area)
    else:
        rollup.update(c, area, touched)
    c.run(insert_into("counted", _MARK), area, *newest)


def _known(c: Connection, area: int) -> tuple[int, int, str] | None:
    row = c.one("SELECT pos, own_seq, rule FROM counted WHERE area = ?", area)
    return None if row is None else (int(row[0]), int(row[1]), str(row[2]))


def _newest(c: Connection, area: int) -> tuple[int, int, str]:
    pos = c.value("SELECT pos FROM area_head WHERE area = ?", area) or 0
    seq = c.value("SELECT last_seq FROM feed WHERE area = ? AND replica = ?", area, OWN) or 0
    return int(pos), int(seq), RULE_VERSION


def _touched(c: Connection, area: int, pos: int, own: int) -> Touched | None:
    """The rows that were written since; None where that is too much to look through."""
    many = c.value("SELECT COUNT(*) FROM segment WHERE area = ? AND pos > ?", area, pos)
    if int(many) > MOST_SEGMENTS:
        return None
    touched: Touched = defaultdict(set)
    for found in c.all(f"{SEGMENT_SQL} WHERE s.area = ? AND s.pos > ?", area, pos):
        segment = stored_segment(found)
        if segment.state in COUNTED:
            for group in decoded(segment).groups:
                if group.kind in KINDS:
                    touched[KINDS[group.kind]].update(group.rows)
    said = c.all("SELECT kind, row FROM operation WHERE area = ? AND replica = ? AND seq > ?", area, OWN, own)
    for kind, row in said:
        if kind in KINDS:
            touched[KINDS[kind]].add(bytes(row))
    return touched
