"""Every replica's 16-byte id has a small local number, so that a row's stamp takes a few bytes. Numbers
are never sent.
"""

from __future__ import annotations

import threading

from trainer_app.storage.database import Connection, Database

OWN = 1


class Replicas:
    """The table `replica` in memory. A number, once given, stays."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._ids: dict[int, bytes] = {}
        self._numbers: dict[bytes, int] = {}
        self.reload()

    def reload(self) -> None:
        """Read the table anew."""
        with self._db.reading() as c:
            for num, replica in c.all("SELECT num, id FROM replica"):
                self._remember(num, bytes(replica))

    def _remember(self, num: int, replica: bytes) -> None:
        self._ids[num] = replica
        self._numbers[replica] = num

    def id(self, num: int) -> bytes:
        """The replica id of a local number."""
        if num not in self._ids:
            self.reload()
        return self._ids[num]

    def number(self, replica: bytes) -> int:
        """The local number of a replica that is known. Raises KeyError."""
        if replica not in self._numbers:
            self.reload()
        return self._numbers[replica]

    def renumber(self, old: bytes, number: int, own: bytes) -> None:
        """This database goes on as the replica `own`; the one it was has another number now."""
        with self._lock:
            self._remember(number, old)
            self._remember(OWN, own)

    def introduce(self, c: Connection, replica: bytes, public_key: bytes | None = None) -> int:
        """The local number of a replica, given now if it has none; its key is kept."""
        with self._lock:
            while (known := c.one("SELECT num, public_key FROM replica WHERE id = ?", replica)) is None:
                num = int(c.value("SELECT COALESCE(MAX(num), 0) + 1 FROM replica"))
                # another worker may take the same number at the same moment: then the next one
                c.run(
                    "INSERT INTO replica (num, id, public_key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    *(num, replica, public_key),
                )
            num = int(known[0])
            if public_key is not None and known[1] is None:
                c.run("UPDATE replica SET public_key = ? WHERE num = ?", public_key, num)
            self._remember(num, replica)
            return num
