"""Photos: their bytes travel behind the records that speak of them, and must not be lost on the way either.

1 the laptop that added one keeps it and the centre has it in the end, 2 nobody goes on asking, 11 bytes are
what their name says.
"""

from __future__ import annotations

from tests.simulation.steps import Step
from tests.simulation.world import PEOPLE, STAFF, Broken, Laptop, World, area_of
from tests.sync.pictures import picture
from trainer_app.records.kinds import Photo
from trainer_app.records.operation import Edit
from trainer_app.records.photo import photo_name
from trainer_app.storage import blobs
from trainer_app.storage.store import Store

#: The smallest one has this many bytes; nearly all of it are its tables.
_LEAST_BYTES = 200


def add(world: World, laptop: Laptop, step: Step) -> None:
    """Somebody adds a photo of a person: its record and its bytes are saved together, or neither is."""
    store, area, row = laptop.store, area_of(laptop, step), world.new_id()
    body = picture(_LEAST_BYTES + step.number * 40, world.random.getrandbits(32))
    digest = photo_name(body).hex()
    values = {
        "about": PEOPLE[area][step.row],
        "purpose": "usaha",
        "taken_at": store.clock.now_ms(),
        "digest": digest,
        "size": len(body),
    }
    world.photos[digest] = store.replica
    operations = blobs.save_photo(store, [Edit(Photo, row, area, values)], STAFF, digest, body)
    world.saved(store, operations, {})


def kept(world: World, laptop: Laptop) -> None:
    """1: as long as the record of a photo is here, its bytes are on the laptop that added it."""
    store = laptop.store
    if store.replica in world.branched:
        return
    with store.db.reading() as c:
        told = {digest for (digest,) in c.all("SELECT digest FROM photo")}
    held = _held(store)
    for digest, replica in world.photos.items():
        if replica == store.replica and (digest in told) != (digest in held):
            raise Broken(f"1: {laptop.machine.name} has a photo without its record, or the other way round")


def arrived(world: World, laptops: list[Laptop]) -> None:
    """1, 2 and 11, once everybody has sent."""
    centre = world.centre.store
    for machine in world.machines():
        for digest, body in _held(machine.store).items():
            if photo_name(body).hex() != digest or digest not in world.photos:
                raise Broken(f"11: {machine.name} has bytes under the name of a photo that they are not")
    there = _held(centre)
    for laptop in laptops:
        if any(one.digest not in there for one in blobs.waiting(laptop.store)):
            raise Broken(f"1: a photo of {laptop.machine.name} never came to the centre")
        if blobs.waiting(laptop.store):
            raise Broken(f"2: {laptop.machine.name} does not know of a photo that the centre has it")


def _held(store: Store) -> dict[str, bytes]:
    with store.db.reading() as c:
        return {digest: bytes(body) for digest, body in c.all("SELECT digest, body FROM blob")}
