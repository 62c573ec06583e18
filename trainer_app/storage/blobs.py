"""The bytes of photos, named by their hash, in the encrypted database like everything else.

The record of a photo is an ordinary row; its bytes come with it where somebody adds one, and to supervisor
and centre behind all records. Where the bytes are missing the record stands all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.records.clock import DAY_MS
from trainer_app.storage.conditions import (
    PHOTO_PURPOSES,
    chunks,
    in_areas,
    marks,
    photo_stands,
    photo_waits,
    took_back,
)
from trainer_app.storage.database import Connection
from trainer_app.storage.replicas import OWN
from trainer_app.storage.saving import save_edits
from trainer_app.storage.sending_state import AT_SUPERVISOR, PENDING, RECEIVED, REJECTED
from trainer_app.storage.store import EPOCH, SENDING, Store
from trainer_app.storage.tables import insert_into

if TYPE_CHECKING:
    from trainer_app.records.ids import RecordId
    from trainer_app.records.operation import Edit, Operation

#: What was taken away may be brought back for so long.
KEPT_AFTER_MS = DAY_MS
#: In the table `meta`: when `sweep_daily` last did its work.
_SWEPT = "photos_swept"
#: A record that speaks of it and counts still did a while ago: else the bytes are to be forgotten.
_LIVED = f"""
EXISTS (SELECT 1 FROM photo p LEFT JOIN consent w
        ON w.area = p.area AND w.person = p.about AND w.withdrawn_at <= ?
        AND {took_back("w", *PHOTO_PURPOSES)}
        WHERE p.digest = b.digest AND (p.deleted_at IS NULL OR p.deleted_at > ?) AND w.id IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A photo that the centre has not yet confirmed."""

    digest: str
    size: int


def save_photo(
    store: Store, edits: Sequence[Edit], author: RecordId, digest: str, body: bytes
) -> list[Operation]:
    """Save the record of a photo and its bytes: both or neither. Raises as `Store.save`."""

    def work(c: Connection) -> list[Operation]:
        hold(c, digest, body, OWN, store.clock.now_ms())
        return save_edits(store, c, edits, author)

    operations = store.db.transact(work)
    store.announce({operation.kind for operation in operations})
    return operations


def hold(c: Connection, digest: str, body: bytes, bearer: int, now: int) -> None:
    """Keep bytes whose hash was verified; nothing when they are here. `bearer` is the number of the replica
    that brought them.
    """
    c.run(
        insert_into("blob", "ON CONFLICT (digest) DO NOTHING"),
        *(digest, bearer, now, None, None, None, None, body),
    )


def body_of(store: Store, digest: str) -> bytes | None:
    """The bytes of that name, if they are here."""
    with store.db.reading() as c:
        body = c.value("SELECT body FROM blob WHERE digest = ?", digest)
    return None if body is None else bytes(body)


def is_held(store: Store, digest: str) -> bool:
    """Whether the bytes of that name are here."""
    with store.db.reading() as c:
        return c.one("SELECT 1 FROM blob WHERE digest = ?", digest) is not None


def size_wanted(store: Store, digest: str, areas: Collection[int] | None) -> int | None:
    """How many bytes the photo of that name is said to have, where one stands in these areas (None: any);
    None when nobody here knows of it.
    """
    where = "" if areas is None else f"AND {in_areas(areas, 'p.area')}"
    with store.db.reading() as c:
        size = c.value(
            f"SELECT p.size FROM photo p WHERE p.digest = ? AND {photo_stands('p')} {where}", digest
        )
    return None if size is None else int(size)


def brought_since(store: Store, bearer: int, since: int) -> int:
    """How many photos came from a replica since a moment."""
    with store.db.reading() as c:
        return int(c.value("SELECT COUNT(*) FROM blob WHERE bearer = ? AND kept_at >= ?", bearer, since) or 0)


def waiting(store: Store) -> list[Waiting]:
    """What the present life of the centre has not confirmed, the oldest first."""
    epoch = store.meta(EPOCH, b"")
    with store.db.reading() as c:
        rows = c.all(
            f"SELECT b.digest, LENGTH(b.body) FROM blob b WHERE {photo_waits('b')} "
            "ORDER BY b.kept_at, b.digest",
            epoch,
        )
    return [Waiting(digest, int(size)) for digest, size in rows]


def states(store: Store, digests: Sequence[str]) -> dict[str, str]:
    """Where the bytes of these photos are, in the words of `sending_state`; what is not here is left out."""
    epoch = store.meta(EPOCH, b"")
    found: dict[str, str] = {}
    with store.db.reading() as c:
        for some in chunks(digests):
            rows = c.all(
                f"SELECT digest, hub_at, refused_at, epoch FROM blob WHERE digest IN ({marks(some)})", *some
            )
            found.update({digest: _state(epoch, *more) for digest, *more in rows})
    return found


def _state(epoch: bytes, hub_at: int | None, refused_at: int | None, confirmed: bytes | None) -> str:
    if confirmed is not None and bytes(confirmed) == epoch:
        return RECEIVED
    if refused_at is not None:
        return REJECTED
    return PENDING if hub_at is None else AT_SUPERVISOR


def seal_of(store: Store, digest: str) -> bytes:
    """The centre's signed word that it holds these bytes, as this laptop was given it; empty without one."""
    with store.db.reading() as c:
        return bytes(c.value("SELECT seal FROM blob WHERE digest = ?", digest) or b"")


def at_hub(store: Store, digest: str) -> None:
    """A supervisor's laptop holds it too."""
    _set(store, digest, "hub_at = ?", store.clock.now_ms())


def at_centre(store: Store, digest: str, epoch: bytes, seal: bytes) -> None:
    """The centre holds it, in this life; its word for that was verified."""
    _set(store, digest, "epoch = ?, seal = ?, refused_at = NULL", epoch, seal)


def refused(store: Store, digest: str) -> None:
    """The centre will not have it as it is."""
    _set(store, digest, "refused_at = ?", store.clock.now_ms())


def _set(store: Store, digest: str, what: str, *values: object) -> None:
    store.db.transact(lambda c: c.run(f"UPDATE blob SET {what} WHERE digest = ?", *values, digest))
    store.announce({SENDING})


def sweep(store: Store) -> int:
    """Forget the bytes of photos that were taken away a day ago, or that somebody in them no longer wants to
    be kept; gives how many.
    """
    before = store.clock.now_ms() - KEPT_AFTER_MS
    return store.db.transact(
        lambda c: c.run(
            "DELETE FROM blob WHERE digest IN "
            f"(SELECT b.digest FROM blob b WHERE b.kept_at <= ? AND NOT {_LIVED})",
            *(before, before, before),
        )
    )


def sweep_daily(store: Store) -> int:
    """`sweep`, unless it was done within a day."""
    now = store.clock.now_ms()
    if now - int(store.meta(_SWEPT, b"0")) < DAY_MS:
        return 0
    store.set_meta(_SWEPT, b"%d" % now)
    return sweep(store)
