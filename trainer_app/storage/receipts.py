"""Receipts that this replica was given, and what the centre could not take up: read for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.fields import KINDS, Record, fields_by_name
from trainer_app.records.ids import RecordId
from trainer_app.storage.replicas import OWN

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it lies in the store; `body` are the signed bytes. It covers operations `lo` to `hi`."""

    area: int
    lo: int
    hi: int
    received_at: int
    code: str
    body: bytes

    @property
    def operations(self) -> int:
        return self.hi - self.lo + 1


@dataclass(frozen=True, slots=True)
class Rejection:
    """An own operation that the centre kept apart. `field` is what it is about, `label` its message id."""

    cls: type[Record]
    area: int
    row: RecordId
    reason: str
    label: str
    seq: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True)
class KeptApart:
    """An operation of another laptop that does not count here. `replica` is that laptop."""

    cls: type[Record]
    area: int
    row: RecordId
    replica: RecordId
    reason: str
    label: str


def receipts(store: Store, limit: int = 100, offset: int = 0) -> list[KeptReceipt]:
    """The receipts for this replica's own data, newest first."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT area, lo, hi, received_at, code, body FROM receipt WHERE replica = ? "
            "ORDER BY received_at DESC, area, lo DESC LIMIT ? OFFSET ?",
            OWN,
            limit,
            offset,
        )
    return [KeptReceipt(area, lo, hi, at, code, bytes(body)) for area, lo, hi, at, code, body in rows]


def is_kept(store: Store, area: int, replica: RecordId, lo: int, hi: int) -> bool:
    """Whether a receipt for operations `lo` to `hi` of a feed, or one that reaches further, is here."""
    with store.db.reading() as c:
        found = c.one(
            "SELECT 1 FROM receipt e JOIN replica r ON r.num = e.replica "
            "WHERE e.area = ? AND r.id = ? AND e.lo = ? AND e.hi >= ?",
            *(area, replica, lo, hi),
        )
    return found is not None


def rejections(store: Store, limit: int = 200) -> list[Rejection]:
    """What the centre could not take up and nobody has put right yet."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT kind, area, row, reason, detail, seq FROM quarantine "
            "WHERE replica = ? AND resolved_at IS NULL AND fixed_seq IS NULL ORDER BY area, seq LIMIT ?",
            OWN,
            limit,
        )
    return [
        Rejection(KINDS[kind], area, bytes(row), reason, _label(KINDS[kind], detail), seq, detail)
        for kind, area, row, reason, detail, seq in rows
        if kind in KINDS
    ]


def kept_apart(store: Store, limit: int = 200) -> list[KeptApart]:
    """What others wrote and does not count here; their own laptops ask for it to be put right."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT q.kind, q.area, q.row, r.id, q.reason, q.detail FROM quarantine q "
            "JOIN replica r ON r.num = q.replica "
            "WHERE q.replica <> ? AND q.resolved_at IS NULL ORDER BY q.area, q.replica, q.seq LIMIT ?",
            OWN,
            limit,
        )
    return [
        KeptApart(KINDS[kind], area, bytes(row), bytes(replica), reason, _label(KINDS[kind], detail))
        for kind, area, row, replica, reason, detail in rows
        if kind in KINDS
    ]


def _label(cls: type[Record], name: str) -> str:
    declared = fields_by_name(cls).get(name)
    return declared.label if declared else name
