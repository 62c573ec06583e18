"""Real sockets, reset at any byte: everything arrives, and next to nothing is sent again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

from tests.sync.served import served
from tests.sync.shaped import ShapedLink
from tests.sync.world import AREA, Laptop, World
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.exchange import ExchangeResult, exchange

STAFF = new_id()
#: What a drop may cost: asking what arrived, heads and all.
AGAIN_BYTES = 1000
#: Neighbours of this are tried between two runs of the tests as well: the first cut is at a random place.
STEP_BYTES = 83


@contextmanager
def linked(world: World) -> Iterator[ShapedLink]:
    with served(world) as target, ShapedLink(target) as link:
        yield link


def register(laptop: Laptop, rnd: random.Random, count: int) -> None:
    """People with nothing in common: what no compression makes small."""
    edits = [
        Edit(
            Person,
            new_id(),
            AREA,
            {
                "full_name": f"{rnd.randbytes(45).hex()} CONTOH",
                "landmark": rnd.randbytes(45).hex(),
                "sex": "P",
                "village": "53.01.08.2006",
            },
        )
        for _n in range(count)
    ]
    laptop.store.save(edits, STAFF)


def send(laptop: Laptop, link: ShapedLink) -> ExchangeResult:
    carrier = HttpCarrier(f"http://127.0.0.1:{link.port}", read_seconds=20)
    try:
        return exchange(laptop.store, carrier)
    finally:
        carrier.close()


def test_reset_at_any_byte_on_the_way_up(world: World) -> None:
    laptop, rnd = world.laptop(), random.Random(1)  # noqa: S311 - a test must repeat
    with linked(world) as link:
        send(laptop, link)
        register(laptop, rnd, 20)
        link.forget()
        send(laptop, link)
        clean, people = link.up, 20
        assert clean > 2500
        for at in range(rnd.randrange(STEP_BYTES), clean, STEP_BYTES):
            register(laptop, rnd, 20)
            people += 20
            link.forget()
            link.break_once("up", at)
            send(laptop, link)
            assert link.resets == 1, at
            assert link.up - clean < AGAIN_BYTES, at
            assert send_state(laptop.store).all_received
    assert world.centre.count(Person) == people
    assert world.equal(laptop)


def test_reset_at_any_byte_on_the_way_down(world: World) -> None:
    one, rnd = world.laptop(), random.Random(2)  # noqa: S311 - a test must repeat
    other = world.laptop()
    with linked(world) as link:
        send(one, link)
        send(other, link)
        register(one, rnd, 20)
        send(one, link)
        link.forget()
        send(other, link)
        clean, people = link.down, 20
        assert clean > 2500
        for at in range(rnd.randrange(STEP_BYTES), clean, STEP_BYTES):
            register(one, rnd, 20)
            people += 20
            link.break_once("", 0)
            send(one, link)
            link.forget()
            link.break_once("down", at)
            send(other, link)
            assert link.resets == 1, at
            assert link.down - clean < AGAIN_BYTES, at
            assert other.store.count(Person) == people
    assert world.equal(one, other)


def test_a_link_that_is_reset_again_and_again(world: World) -> None:
    """Every 5 kB, both ways counted: one start is enough, whatever it takes."""
    one, other, rnd = world.laptop(), world.laptop(), random.Random(3)  # noqa: S311 - a test must repeat
    register(one, rnd, 300)
    with linked(world) as link:
        send(other, link)
        link.reset_every = 5_000
        link.forget()
        sent = send(one, link)
        body = sum(len(segment) for segment in _bodies(one))
        assert body > 25_000
        assert link.resets >= 5
        assert link.bytes < body + (link.resets + 1) * AGAIN_BYTES
        assert sent.sent_operations == 300
        link.forget()
        got = send(other, link)
        assert link.resets >= 5
        assert link.bytes < body + (link.resets + 1) * AGAIN_BYTES
        assert got.received_operations == 300
    assert world.equal(one, other)


def _bodies(laptop: Laptop) -> list[bytes]:
    with laptop.store.db.reading() as c:
        return [bytes(row[0]) for row in c.all("SELECT body FROM segment WHERE area = ?", AREA)]
