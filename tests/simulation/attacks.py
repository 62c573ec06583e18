"""What comes twice, and what comes from somebody who is not who they say they are."""

from __future__ import annotations

from contextlib import suppress

from tests.simulation.links import Unreachable
from tests.simulation.log_reading import segments
from tests.simulation.steps import Step
from tests.simulation.world import PEOPLE, STAFF, Broken, Laptop, World, area_of
from trainer_app.records.fields import to_wire
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Operation
from trainer_app.records.segment import open_segment, seal_segment
from trainer_app.storage.applying import SNAPSHOTS, apply_segment
from trainer_app.storage.branching import is_restored
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import heads
from trainer_app.storage.peers import next_request
from trainer_app.sync.answer import Refusal, answer
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import Piece, Request, pack_request


def replay(world: World, laptop: Laptop, step: Step) -> None:
    """Somebody sends again what was once sent."""
    if not laptop.requests:
        return
    before = content_digest(world.centre.store)
    try:
        answer(world.centre.store, world.authority, laptop.requests[step.number % len(laptop.requests)])
    except Refusal:
        if content_digest(world.centre.store) != before:
            raise Broken("4: a refused request changed rows") from None


def again(world: World, laptop: Laptop, step: Step) -> None:
    """A segment arrives that is here already."""
    store = (world.centre.store, laptop.store)[step.area]
    held = [segment for segment in segments(store) if segment.state not in SNAPSHOTS]
    if not held:
        return
    segment = held[step.number % len(held)]
    before = content_digest(store)
    outcome = apply_segment(store, open_segment(segment.body, None), segment.body)
    if outcome.result != "known" or content_digest(store) != before:
        raise Broken(f"4: a segment that is here already came to {outcome.result}")


def forge(world: World, laptop: Laptop, step: Step) -> None:
    """A laptop speaks in the name of the centre or of another laptop, or begins a second branch of its own
    feed.
    """
    store, centre = laptop.store, world.centre.store
    other = world.laptops[(step.who + 1) % len(world.laptops)].store.replica
    area = area_of(laptop, step) if step.row else CENTRE_AREA
    name = (centre.replica, other, store.replica)[step.row]
    if laptop.revoked or is_restored(store) or (step.row == 1 and other == store.replica):
        return
    known = [head for head in heads(centre) if (head.area, head.replica) == (area, name)]
    seq, prev_hash = (known[0].head_seq, known[0].head_hash) if known else (0, b"")
    if step.row == 2:
        prev_hash = world.random.randbytes(32)
    cls = Person if area else Device
    values = to_wire(cls, {"full_name": "Palsu CONTOH"} if area else {"areas": "5301,5302"})
    row = PEOPLE[area][0] if area else store.replica
    one = Operation(cls.kind, row, area, name, seq + 1, store.clock.tick(), STAFF, 0, values)
    body, segment = seal_segment(
        [one],
        replica=name,
        area=area,
        prev_hash=prev_hash,
        sign=lambda data: sign(store.private_key, data),
        os_clock=0,
        offset_ms=0,
    )
    pieces = [Piece(segment.hash, len(body), 0, body)]
    request = Request("1", next_request(store), world.authority.epoch, 10_000, pieces=pieces)
    data = pack_request(
        request, replica=store.replica, private_key=store.private_key, receiver=store.meta("centre_replica")
    )
    before = content_digest(centre)
    with suppress(Refusal, Unreachable):
        answer(centre, world.authority, data)
    if content_digest(centre) != before or any(held.hash == segment.hash for held in segments(centre)):
        raise Broken("11: words in the name of another, or of a second branch, were taken")
