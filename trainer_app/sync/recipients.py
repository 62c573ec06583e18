"""Age keys (X25519): to whom packages on a stick and the keys of laptops are sealed.

Signatures say who wrote something, these keys who may read it. A replica keeps its identity in its own
database. The centre publishes its recipient in the rule for everywhere (`Policy.recipient`), those of
supervisors' laptops in `Device.recipient`.
"""

from __future__ import annotations

from trainer_app.records.ids import NO_ID, RecordId, named_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Policy, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.staff import ADMIN, CENTRE_ONLY, REVOKED_DEVICE, SUPERVISOR
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.store import Store

#: In the table `meta`: the secret half, ``AGE-SECRET-KEY-1…``.
IDENTITY = "age_identity"
#: And, on a laptop: the centre's recipient as its enrolment said it.
CENTRE_RECIPIENT = "centre_recipient"
#: And: the centre knows this one's.
RECIPIENT_TOLD = "age_recipient_told"


def own_identity(store: Store) -> str:
    """This replica's age identity, made when it is first asked for."""
    kept = store.meta(IDENTITY)
    if kept is None:
        import pyrage

        kept = str(pyrage.x25519.Identity.generate()).encode()
        store.set_meta(IDENTITY, kept)
    return str(kept, "ascii")


def own_recipient(store: Store) -> str:
    """The public half of it, ``age1…``."""
    import pyrage

    return str(pyrage.x25519.Identity.from_str(own_identity(store)).to_public())


def is_recipient(text: str) -> bool:
    """Whether a text is an age X25519 recipient."""
    import pyrage

    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def centre_recipient(store: Store) -> str:
    """To whom a laptop seals what only the centre may read; empty while it is not known here."""
    for rule in store.find(Policy):
        if not rule.area_of and rule.recipient:
            return rule.recipient
    return str(store.meta(CENTRE_RECIPIENT, b""), "ascii")


def hubs_may_read(store: Store) -> bool:
    """Whether packages of this laptop on a stick are sealed to supervisors' laptops too: unless the centre's
    rule for one of its areas, or else for everywhere, says that only the centre opens them.
    """
    rules = {rule.area_of or CENTRE_AREA: rule.stick_for for rule in store.find(Policy) if rule.stick_for}
    everywhere = rules.get(CENTRE_AREA)
    return all(rules.get(area, everywhere) != CENTRE_ONLY for area in store.areas or (CENTRE_AREA,))


def hub_recipients(store: Store) -> list[str]:
    """Supervisors' laptops that work in an area of this one and may read packages on a stick."""
    here = set(store.areas)
    return [
        device.recipient
        for device in store.find(Device)
        if device.recipient
        and device.id != store.replica
        and device.state != REVOKED_DEVICE
        and here & {int(area) for area in (device.areas or "").split(",") if area.strip().isdecimal()}
    ]


def untold_recipient(store: Store) -> str:
    """This laptop's recipient as long as the centre was not told it; laptops joined before there were any."""
    return "" if store.meta(RECIPIENT_TOLD) == b"1" else own_recipient(store)


def recipient_told(store: Store) -> None:
    """The centre answered a request with the recipient in it."""
    store.set_meta(RECIPIENT_TOLD, b"1")


def learn_recipient(store: Store, laptop: RecordId, recipient: str, owner: RecordId | None) -> None:
    """At the centre: publish what a laptop says its recipient is, if its `owner` is a supervisor."""
    device = store.get(Device, laptop)
    staff = store.get(Staff, owner) if owner else None
    if device is None or device.recipient == recipient or not is_recipient(recipient):
        return
    if staff is not None and staff.role in (SUPERVISOR, ADMIN):
        store.reload()  # another process of the centre may have spoken meanwhile
        store.save([Edit(Device, laptop, CENTRE_AREA, {"recipient": recipient})], NO_ID)


def publish(store: Store) -> None:
    """At a centre: have its recipient in its own feed, so that laptops of any age learn of it. Idempotent."""
    recipient = own_recipient(store)
    if centre_recipient(store) == recipient:
        return
    rule = named_id(NO_ID, f"policy.{CENTRE_AREA}")
    store.save([Edit(Policy, rule, CENTRE_AREA, {"area_of": CENTRE_AREA, "recipient": recipient})], NO_ID)


def entrust(store: Store, ring: KeyRing, dek: bytes) -> bool:
    """On a laptop: seal the database key to the centre, so that a forgotten PIN costs nothing. False while
    the centre's recipient is not known, or when it was done before.
    """
    recipient = centre_recipient(store)
    if not recipient or ring.recovery_recipient == recipient:
        return False
    ring.set_recovery_recipient(dek, recipient)
    return True
