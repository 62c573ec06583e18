"""One number for the content of a store: equal on two replicas when their rows and stamps are equal."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.fields import KINDS
from trainer_app.storage.conditions import in_areas
from trainer_app.storage.rows import select_sql, to_state

if TYPE_CHECKING:
    from trainer_app.storage.store import Store


def content_digest(store: Store, areas: tuple[int, ...] | None = None) -> str:
    """BLAKE2b of every row of these areas (default: all) with its stamps, local numbers resolved;
    hexadecimal.
    """
    total = hashlib.blake2b(digest_size=16)
    where = "" if areas is None else f" WHERE {in_areas(areas)}"
    with store.db.reading() as c:
        for kind in sorted(KINDS):
            cls = KINDS[kind]
            for row in c.all(f"{select_sql(cls)}{where} ORDER BY area, id"):
                state = to_state(cls, row, store.replicas)
                content = [
                    kind,
                    row[0],
                    bytes(row[1]),
                    [[n, _plain(state.values.get(n)), list(state.stamps[n])] for n in sorted(state.stamps)],
                ]
                total.update(msgpack.packb(content))
    return total.hexdigest()


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def counts(store: Store) -> dict[str, int]:
    """Rows per kind, deleted ones too; what both ends of a sending compare."""
    with store.db.reading() as c:
        return {
            cls.table: int(c.value(f"SELECT COUNT(*) FROM {cls.table}"))
            for _kind, cls in sorted(KINDS.items())
        }
