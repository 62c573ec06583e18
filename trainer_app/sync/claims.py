"""A laptop whose data was copied or restored goes on as another replica, and its old key says so.

    claim = signature (64) | old replica (16) | new replica (16) | new public key (32)

Ed25519 by the old key over ``"trainer/claim/v1" | 0x00 |`` all that follows the signature. A claim gives
nothing that the old key did not give already: the same areas. So the centre takes it at once, lets an
administrator know, and takes the new laptop out together with the old one as long as nobody has approved it.
A laptop that was taken out can claim nothing: then only a new code helps. A hub takes the words of a laptop
with a claim, and hands the claim on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from trainer_app.records.fields import Value
from trainer_app.records.ids import NO_ID, RecordId
from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.records.operation import Edit
from trainer_app.records.revocation import REVOKED_STATE
from trainer_app.storage.branching import is_known, known_as
from trainer_app.storage.store import Store, Wanted
from trainer_app.sync.keys import SIGNATURE_BYTES, is_signed, public_key_of, sign

CLAIM = b"trainer/claim/v1\0"
_ID_BYTES, _KEY_BYTES = 16, 32
_CLAIM_BYTES = SIGNATURE_BYTES + 2 * _ID_BYTES + _KEY_BYTES
#: One laptop is copied or restored so often before a person has to look at it.
MOST_UNAPPROVED = 10
#: In the table `meta` of a hub or of a laptop that carried a stick: claims that the centre has yet to see.
CARRIED = "claims_carried"
ACTIVE = "aktif"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """`new` is what `old` has become."""

    old: RecordId
    new: RecordId
    public_key: bytes
    data: bytes

    def is_by(self, old_key: bytes) -> bool:
        """Whether the old laptop signed it."""
        signed = CLAIM + self.data[SIGNATURE_BYTES:]
        return is_signed(old_key, self.data[:SIGNATURE_BYTES], signed)


def own_claim(store: Store) -> bytes:
    """The claim of this laptop; empty when the centre knows it as it is."""
    known = known_as(store)
    if known is None:
        return b""
    old, old_key = known
    said = old + store.replica + public_key_of(store.private_key)
    return sign(old_key, CLAIM + said) + said


def claims_to_send(store: Store) -> list[bytes]:
    """The own claim, and those that others gave along."""
    own = own_claim(store)
    return [*([own] if own else []), *carried(store)]


def read_claim(data: bytes) -> Claim | None:
    """The claim in these bytes, which nobody has verified; None when they are none."""
    if len(data) != _CLAIM_BYTES:
        return None
    said = data[SIGNATURE_BYTES:]
    old, new, key = said[:_ID_BYTES], said[_ID_BYTES : 2 * _ID_BYTES], said[2 * _ID_BYTES :]
    return None if old == new else Claim(old, new, key, data)


def believed(store: Store, data: bytes) -> tuple[Claim, Device] | None:
    """The claim and the record of the laptop that signed it, when it counts: that one may still speak."""
    claim = read_claim(data)
    if claim is None:
        return None
    old = store.get(Device, claim.old)
    if old is None or old.state == REVOKED_STATE or not claim.is_by(_key(old)):
        return None
    return claim, old


def admit(store: Store, data: bytes, now_ms: int) -> bool:
    """At the centre: publish the laptop that a claim is about, unless it is known. True when it was new."""
    found = believed(store, data)
    if found is None:
        return False
    claim, old = found
    if store.get(Device, claim.new) is not None:
        return False
    first = _first(store, old)
    line = successors(store, first.id)
    if sum(1 for device in line if device.approved_at is None) >= MOST_UNAPPROVED:
        _log.warning("laptop %s was copied too often; a person has to look", claim.old.hex()[:8])
        return False
    values: dict[str, Value] = {
        "name": f"{(first.name or '')[:50]} ({len(line) + 2})",
        "public_key": claim.public_key.hex(),
        "areas": old.areas,
        "state": ACTIVE,
        "enrolled_at": now_ms,
        "succeeds": claim.old,
        "recipient": old.recipient,  # a copy has the secret half as well
    }
    store.reload()  # another process of the centre may have spoken meanwhile
    store.save([Edit(Device, claim.new, CENTRE_AREA, values)], NO_ID)
    store.db.transact(lambda c: store.replicas.introduce(c, claim.new, claim.public_key))
    _log.info("laptop %s goes on as %s", claim.old.hex()[:8], claim.new.hex()[:8])
    return True


def _first(store: Store, device: Device) -> Device:
    """The laptop that joined with a code, from which this one goes on by one claim after the other."""
    seen = {device.id}
    while device.succeeds and device.succeeds not in seen:
        seen.add(device.succeeds)
        before = store.get(Device, device.succeeds)
        if before is None:
            break
        device = before
    return device


def successors(store: Store, replica: RecordId, *, unapproved: bool = False) -> list[Device]:
    """The laptops that go on from this one, and those that go on from them; with `unapproved` only as long as
    nobody has approved them: those go when this laptop goes.
    """
    found: list[Device] = []
    asked, seen = [replica], {replica}
    rule: dict[str, Wanted] = {"approved_at": None} if unapproved else {}
    while asked:
        for device in store.find(Device, {"succeeds": asked.pop(), **rule}):
            if device.id not in seen:
                seen.add(device.id)
                asked.append(device.id)
                found.append(device)
    return found


def to_look_at(store: Store) -> list[Device]:
    """Laptops that go on from another and that nobody has approved yet."""
    waiting = store.find(Device, {"approved_at": None, "state": ACTIVE}, order="name")
    return [device for device in waiting if device.succeeds]


def hear(store: Store, claims: Iterable[bytes], *, is_centre: bool) -> None:
    """Claims were brought: the centre publishes the laptops that they are about, a hub hands them on."""
    for data in claims:
        if is_centre:
            admit(store, data, store.clock.now_ms())
        else:
            carry(store, data)


# --- at laptops and hubs ------------------------------------------------------------------------------------


def learn(store: Store) -> None:
    """After the centre's words came: what it has published needs no claim any more."""
    if known_as(store) is not None and store.get(Device, store.replica) is not None:
        is_known(store)
    kept = carried(store)
    left = [data for data in kept if not _settled(store, data)]
    if len(left) != len(kept):
        store.set_meta(CARRIED, b"".join(left))


def _settled(store: Store, data: bytes) -> bool:
    """Whether the centre has answered a claim: it published the laptop, or took the old one out."""
    claim = read_claim(data)
    if claim is None or store.get(Device, claim.new) is not None:
        return True
    old = store.get(Device, claim.old)
    return old is not None and old.state == REVOKED_STATE


def carry(store: Store, data: bytes) -> None:
    """At a hub, or with a stick: keep a claim for the centre."""
    kept = carried(store)
    if data not in kept and believed(store, data) is not None:
        store.set_meta(CARRIED, b"".join([*kept, data]))


def carried(store: Store) -> list[bytes]:
    """Claims of others that were given along, oldest first."""
    joined = store.meta(CARRIED, b"")
    return [joined[at : at + _CLAIM_BYTES] for at in range(0, len(joined), _CLAIM_BYTES)]


def _key(device: Device) -> bytes:
    try:
        return bytes.fromhex(device.public_key or "")
    except ValueError:
        return b""
