"""What was copied to a stick and when: a note beside what waits, never a state, for a stick can be lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgpack

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

_KEY = "stick_copy"


@dataclass(frozen=True, slots=True)
class StickNote:
    """The newest copy: when (milliseconds since 1970 UTC), and how many of the waiting records are in it."""

    at: int
    records: int


def note_copy(store: Store, at: int, heads: Mapping[int, int]) -> None:
    """Remember that own feeds were copied up to these numbers, by area."""
    store.set_meta(_KEY, msgpack.packb([at, dict(heads)]))


def stick_note(store: Store) -> StickNote | None:
    """The note on what waits; None when nothing that waits was copied."""
    kept = store.meta(_KEY)
    if kept is None:
        return None
    at, heads = msgpack.unpackb(kept, strict_map_key=False)
    records = 0
    with store.db.reading() as c:
        for area, seq in heads.items():
            records += c.value(
                "SELECT COUNT(*) FROM own_version o JOIN feed f ON f.area = o.area AND f.replica = 1 "
                "WHERE o.area = ? AND o.seq <= ? AND o.seq > f.centre_seq AND o.seq > f.hub_seq",
                area,
                seq,
            )
    return StickNote(at, records) if records else None
