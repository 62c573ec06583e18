"""Segments on their way in, piece by piece, so that a cut costs only the piece in flight. Bounded, and
emptied by age.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer_app.records.clock import DAY_MS
from trainer_app.storage.database import Connection
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: Pieces that nobody continued for so long are dropped; the sender begins that segment anew.
KEPT_MS = 14 * DAY_MS
#: All pieces together; beyond it the longest untouched go first.
MAX_BYTES = 256 * 1024 * 1024


class Inbox:
    """The table `inbox` of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def held(self, name: bytes) -> int:
        """How many bytes of the segment `name` are here."""
        with self._store.db.reading() as c:
            return int(c.value("SELECT LENGTH(body) FROM inbox WHERE hash = ?", name) or 0)

    def add(self, name: bytes, total: int, offset: int, data: bytes) -> bytes:
        """Append `data` if it begins where the held bytes end (or overlaps); gives all that is held now."""
        return self._store.db.transact(lambda c: self._add(c, name, total, offset, data))

    def _add(self, c: Connection, name: bytes, total: int, offset: int, data: bytes) -> bytes:
        row = c.one("SELECT body, total FROM inbox WHERE hash = ?", name)
        held = bytes(row[0]) if row and row[1] == total else b""
        if offset > len(held) or offset + len(data) <= len(held):
            return held
        body = held[:offset] + data
        c.run(
            insert_into("inbox")
            + "ON CONFLICT (hash) DO UPDATE SET body = excluded.body, total = excluded.total, "
            "touched_at = excluded.touched_at",
            name,
            total,
            body,
            self._store.clock.now_ms(),
        )
        self._make_room(c, name)
        return body

    def _make_room(self, c: Connection, name: bytes) -> None:
        c.run("DELETE FROM inbox WHERE touched_at < ?", self._store.clock.now_ms() - KEPT_MS)
        used = int(c.value("SELECT COALESCE(SUM(LENGTH(body)), 0) FROM inbox") or 0)
        while used > MAX_BYTES:
            oldest = c.one(
                "SELECT hash, LENGTH(body) FROM inbox WHERE hash <> ? ORDER BY touched_at LIMIT 1", name
            )
            if oldest is None:
                return
            c.run("DELETE FROM inbox WHERE hash = ?", oldest[0])
            used -= oldest[1]

    def remove(self, name: bytes) -> None:
        """Forget the pieces of a segment."""
        self._store.db.transact(lambda c: c.run("DELETE FROM inbox WHERE hash = ?", name))
