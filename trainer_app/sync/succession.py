"""A centre that was restored from an older copy is another replica: what it said since that copy may be known
to laptops.

Its key stays, so its word still counts; its former ids are remembered, because laptops address it by the one
they joined under, and may bring back what it said under that name.
"""

from __future__ import annotations

import msgpack

from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.storage.branching import go_on_as
from trainer_app.storage.feeds import heads
from trainer_app.storage.store import EPOCH, Store
from trainer_app.storage.sync_queries import area_ends, confirm_own

#: The epoch in which this database took its present id.
LIFE = "life"
FORMER_IDS = "former_ids"
#: The newest position of each area in the copy that this life began with.
BEGAN_AT = "life_began_at"
_ID_BYTES = 16


def take_up(store: Store, replica: RecordId | None = None) -> bool:
    """Call when a centre is opened: a new epoch, given by a restore, makes a new replica of it (`replica`,
    else a new id). True when it did.

    What lay sealed in the copy stays under the former name; what did not is said again.
    """
    epoch, life = store.meta(EPOCH), store.meta(LIFE)
    if epoch is None or epoch == life:
        return False
    if life is not None:
        store.set_meta(FORMER_IDS, store.meta(FORMER_IDS, b"") + store.replica)
        store.set_meta(BEGAN_AT, msgpack.packb(area_ends(store)))
        store.db.transact(confirm_own)
        anew = replica or new_id(store.clock.now_ms())
        go_on_as(store, anew, store.private_key, store.name, store.areas)
    store.set_meta(LIFE, epoch)
    return life is not None


def began_at(store: Store) -> dict[int, int]:
    """By area, the newest position in the copy that this life of a restored centre began with; empty for a
    centre that was never restored, and for a laptop.
    """
    packed = store.meta(BEGAN_AT)
    return dict(msgpack.unpackb(packed, strict_map_key=False)) if packed else {}


def former_ids(store: Store) -> set[RecordId]:
    """The ids that this centre had in earlier lives: those it remembers, and those under which laptops
    brought back its words.
    """
    joined = store.meta(FORMER_IDS, b"")
    remembered = {joined[at : at + _ID_BYTES] for at in range(0, len(joined), _ID_BYTES)}
    if store.meta(LIFE) is None:
        return remembered  # no centre
    spoke = {head.replica for head in heads(store, (CENTRE_AREA,)) if head.head_seq}
    return (remembered | spoke) - {store.replica}


def first_id(store: Store) -> RecordId:
    """The id under which this centre was founded; it stays through all lives."""
    return store.meta(FORMER_IDS, b"")[:_ID_BYTES] or store.replica
