"""What an exchange asks of the log: what may be handed on, what is held in part, what a feed looks like from
outside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.clock import BUILD_MS, pack
from trainer_app.records.fields import KINDS, Record
from trainer_app.records.ids import RecordId
from trainer_app.storage.applying import HANDED_ON, SNAPSHOTS, covered_up_to, effective_hlcs
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import SEGMENT_SQL, StoredSegment, decoded, operation_at, stored_segment
from trainer_app.storage.replicas import OWN
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


def handed_on(store: Store, area: int, pos: int, but_not: bytes) -> Iterator[StoredSegment]:
    """Segments of an area in order of arrival after `pos`, without those of the replica `but_not`."""
    while True:
        with store.db.reading() as c:
            row = c.one(
                f"{SEGMENT_SQL} WHERE s.area = ? AND s.pos > ? AND r.id <> ? AND s.state IN (?, ?, ?) "
                "ORDER BY s.pos LIMIT 1",
                area,
                pos,
                but_not,
                *HANDED_ON,
            )
        if row is None:
            return
        segment = stored_segment(row)
        pos = segment.pos
        yield segment


def area_end(store: Store, area: int) -> int:
    """The newest position given in an area; what was stored up to it can be read from now on."""
    with store.db.reading() as c:
        return int(c.value("SELECT pos FROM area_head WHERE area = ?", area) or 0)


def covered(store: Store, area: int, replica: bytes) -> int:
    """The number of a feed up to which only a snapshot is here, whose words nobody can hand on."""
    with store.db.reading() as c:
        num = c.value("SELECT num FROM replica WHERE id = ?", replica)
        return 0 if num is None else covered_up_to(c, area, int(num))


def area_ends(store: Store) -> dict[int, int]:
    """The newest position given in each area."""
    with store.db.reading() as c:
        return {int(area): int(pos) for area, pos in c.all("SELECT area, pos FROM area_head")}


def feed_end(c: Connection, area: int, replica: bytes) -> tuple[int, int]:
    """The newest number and the newest effective stamp of a feed as it is here."""
    row = c.one(
        "SELECT f.head_seq, f.head_hlc FROM feed f JOIN replica r ON r.num = f.replica "
        "WHERE f.area = ? AND r.id = ?",
        area,
        replica,
    )
    return (int(row[0]), int(row[1])) if row else (0, 0)


def heads_of(c: Connection, replica: bytes) -> dict[int, int]:
    """The newest number of a replica that is here, by area."""
    rows = c.all(
        "SELECT f.area, f.head_seq FROM feed f JOIN replica r ON r.num = f.replica WHERE r.id = ?", replica
    )
    return {int(area): int(seq) for area, seq in rows}


def last_arrival(c: Connection) -> int | None:
    """When a segment was last stored (ms UTC)."""
    found = c.value("SELECT MAX(stored_at) FROM segment")
    return None if found is None else int(found)


def replicas_known(c: Connection) -> int:
    """How many replicas were ever heard of here, this one among them."""
    return int(c.value("SELECT COUNT(*) FROM replica"))


def segment_end(store: Store, name: bytes) -> int | None:
    """The last number in the segment of this hash; None when it is not here."""
    with store.db.reading() as c:
        found = c.value("SELECT hi FROM segment WHERE hash = ?", name)
    return None if found is None else int(found)


def confirm_own(c: Connection) -> None:
    """What this replica sealed needs nobody's confirmation: it is the centre itself."""
    c.run("UPDATE feed SET centre_seq = head_seq WHERE replica = ?", OWN)


def hash_at(store: Store, area: int, replica: bytes, seq: int) -> bytes | None:
    """The hash of the segment of a feed that ends at `seq`."""
    with store.db.reading() as c:
        found = c.value(
            "SELECT s.hash FROM segment s JOIN replica r ON r.num = s.replica "
            "WHERE s.area = ? AND r.id = ? AND s.hi = ?",
            area,
            replica,
            seq,
        )
    return None if found is None else bytes(found)


def held_in_part(store: Store, name_length: int) -> list[tuple[bytes, int]]:
    """Names of this length in the inbox, and how many bytes of each are here."""
    with store.db.reading() as c:
        rows = c.all("SELECT hash, LENGTH(body) FROM inbox WHERE LENGTH(hash) = ? ORDER BY hash", name_length)
    return [(bytes(name), int(length)) for name, length in rows]


# --- receipts -----------------------------------------------------------------------------------------------


def receipted_up_to(c: Connection, area: int, num: int) -> int:
    """The newest number of a feed that a receipt covers."""
    return int(c.value("SELECT MAX(hi) FROM receipt WHERE area = ? AND replica = ?", area, num) or 0)


def receipts_after(store: Store, area: int, replica: bytes, seq: int, most: int) -> list[bytes]:
    """The signed bytes of the receipts for a feed that reach beyond `seq` but not beyond what is here, oldest
    first.
    """
    with store.db.reading() as c:
        rows = c.all(
            "SELECT e.body FROM receipt e JOIN replica r ON r.num = e.replica "
            "JOIN feed f ON f.area = e.area AND f.replica = e.replica "
            "WHERE e.area = ? AND r.id = ? AND e.hi > ? AND e.hi <= f.head_seq "
            f"ORDER BY e.lo LIMIT {int(most)}",
            area,
            replica,
            seq,
        )
    return [bytes(row[0]) for row in rows]


def receipt_of(store: Store, area: int, replica: bytes, seq: int) -> bytes:
    """The signed bytes of the receipt that covers an operation; empty when there is none."""
    with store.db.reading() as c:
        body = c.value(
            "SELECT e.body FROM receipt e JOIN replica r ON r.num = e.replica "
            "WHERE e.area = ? AND r.id = ? AND e.lo <= ? AND e.hi >= ?",
            area,
            replica,
            seq,
            seq,
        )
    return bytes(body or b"")


def quarantined_after(c: Connection, area: int, num: int, seq: int, most: int) -> list[tuple[int, str]]:
    """Operations of a feed beyond `seq` that could not be merged: number and "reason:detail"."""
    rows = c.all(
        "SELECT seq, reason, detail FROM quarantine WHERE area = ? AND replica = ? AND seq > ? "
        f"AND resolved_at IS NULL ORDER BY seq LIMIT {int(most)}",
        area,
        num,
        seq,
    )
    return [(int(number), f"{reason}:{detail}") for number, reason, detail in rows]


def keep_receipt(
    c: Connection,
    area: int,
    num: int,
    run: tuple[int, int],
    received_at: int,
    code: str,
    data: bytes,
    *,
    newest: bool = False,
) -> bool:
    """Write a receipt for operations `run` of a feed down; False when this very one is here already.

    Of two for the same beginning the first stays, or with `newest` the last.
    """
    if c.value("SELECT COUNT(*) FROM receipt WHERE code = ? AND body = ?", code, data):
        return False
    columns = ("hi", "received_at", "code", "body")
    replaced = "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in columns)
    c.run(
        insert_into("receipt", f"ON CONFLICT (area, replica, lo) DO {replaced if newest else 'NOTHING'}"),
        *(area, num, run[0], run[1], received_at, code, data),
    )
    return True


def drop_receipts(c: Connection, area: int, num: int, seq: int) -> None:
    """Forget the receipts of an earlier life that cover an operation, for the present one corrects it
    otherwise: it writes its own.
    """
    c.run("DELETE FROM receipt WHERE area = ? AND replica = ? AND lo <= ? AND hi >= ?", area, num, seq, seq)


def keep_rejection(
    store: Store, c: Connection, area: int, seq: int, reason: str
) -> tuple[type[Record], RecordId] | None:
    """Remember that the centre could not merge an own operation; `reason` is "reason:detail". Gives the row
    that it was about, which is to be folded again without it.
    """
    operation = operation_at(store, c, area, store.replica, seq)
    if operation is None:
        return None
    why, _colon, detail = reason.partition(":")
    c.run(
        insert_into("quarantine", "ON CONFLICT DO NOTHING"),
        *(area, OWN, seq, operation.kind, operation.row, why, detail, None, None),
    )
    return (KINDS[operation.kind], operation.row) if operation.kind in KINDS else None


def correct_stamps(c: Connection, area: int, num: int, restamps: Sequence[tuple[int, int]]) -> bool:
    """Note at the segments of a feed that their stamps count otherwise from a number on: (number, stamp of
    it). True when anything changed. What came as a snapshot has the stamps that count already.
    """
    changed = 0
    for seq, hlc in restamps:
        changed += c.run(
            "UPDATE segment SET restamp_seq = ?, restamp_hlc = ? "
            "WHERE area = ? AND replica = ? AND lo <= ? AND hi >= ? "
            "AND state NOT IN (?, ?) AND (restamp_seq IS NULL OR restamp_seq <> ? OR restamp_hlc <> ?)",
            *(seq, hlc, area, num, seq, seq, *SNAPSHOTS, seq, hlc),
        )
    return changed > 0


def uncorrected(c: Connection, area: int, num: int, run: tuple[int, int], named: Collection[int]) -> int:
    """Take back corrections within `run` of a feed, but those of segments that hold a number in `named`: the
    centre's present life has none. Gives the first number concerned, 0 when there is none.
    """
    rows = c.all(
        "SELECT lo, hi FROM segment WHERE area = ? AND replica = ? AND lo >= ? AND hi <= ? "
        "AND restamp_seq IS NOT NULL AND state NOT IN (?, ?) ORDER BY lo",
        *(area, num, *run, *SNAPSHOTS),
    )
    wrong = [lo for lo, hi in rows if not any(lo <= seq <= hi for seq in named)]
    for lo in wrong:
        c.run(
            "UPDATE segment SET restamp_seq = NULL, restamp_hlc = NULL "
            "WHERE area = ? AND replica = ? AND lo = ?",
            *(area, num, lo),
        )
    return int(wrong[0]) if wrong else 0


def correct_head(c: Connection, area: int, num: int) -> None:
    """After corrections of a feed changed: its newest stamp is that of its last operation, as it counts."""
    row = c.one(
        f"{SEGMENT_SQL} JOIN feed f ON f.area = s.area AND f.replica = s.replica AND f.head_seq = s.hi "
        "WHERE s.area = ? AND s.replica = ? AND s.state NOT IN (?, ?)",
        *(area, num, *SNAPSHOTS),
    )
    if row is None:
        return
    stored = stored_segment(row)
    newest = max(max(effective_hlcs(g.seqs, g.hlcs, stored.restamp)) for g in decoded(stored).groups)
    c.run("UPDATE feed SET head_hlc = ? WHERE area = ? AND replica = ?", newest, area, num)


def correct_own_clock(store: Store, c: Connection) -> None:
    """After a receipt corrected own stamps that lay in the future: let the own clock go on from the corrected
    ones.

    Otherwise a laptop whose clock was once a year ahead would stamp a year ahead until that year has passed.
    """
    sealed = c.value("SELECT MAX(head_hlc) FROM feed WHERE replica = ?", OWN) or 0
    unsealed = c.value("SELECT MAX(hlc) FROM operation WHERE replica = ?", OWN) or 0
    store.clock.last = max(pack(BUILD_MS), sealed, unsealed)


# --- contacts -----------------------------------------------------------------------------------------------


def note_contact(
    store: Store, c: Connection, replica: bytes, counter: int, report: dict[str, object]
) -> int | None:
    """Remember that a replica spoke, and what it said of itself. None when its `counter` is new; else the
    newest one that was seen, and nothing is remembered.
    """
    num = store.replicas.introduce(c, replica)
    fresh = c.run(
        "UPDATE replica SET request_count = ?, seen_at = ?, report = ? WHERE num = ? AND request_count < ?",
        *(counter, store.clock.now_ms(), msgpack.packb(report), num, counter),
    )
    return None if fresh else int(c.value("SELECT request_count FROM replica WHERE num = ?", num))
