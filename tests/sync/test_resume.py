"""A link that breaks at any byte, a program that ends, a centre that is busy: nothing lost, little sent
again.
"""

from __future__ import annotations

import random

import pytest

from tests.benchmarks.counting import CountingWire
from tests.sync.served import served
from tests.sync.world import AREA, Cut, DirectCarrier, Laptop, World
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.sending_state import send_state
from trainer_app.sync import answer as answering
from trainer_app.sync import patience
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.exchange import Stopped, StopToken, exchange
from trainer_app.sync.patience import TRIES

STAFF = new_id()


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> int:
    """A link so slow that a request or an answer holds 400 bytes."""
    for module, name in (
        (patience, "FIRST_BUDGET"),
        (patience, "LEAST_BUDGET"),
        (patience, "MOST_BUDGET"),
        (answering, "MIN_ANSWER_BYTES"),
        (answering, "MAX_ANSWER_BYTES"),
    ):
        monkeypatch.setattr(module, name, 400)
    return 400


def register(laptop: Laptop, count: int = 30) -> None:
    """People with nothing in common: what no compression makes small."""
    rnd = random.Random(count)  # noqa: S311 - a test must repeat
    for _ in range(count):
        values = {"full_name": f"{rnd.randbytes(20).hex()} CONTOH", "sex": "P", "village": "53.01.08.2006"}
        laptop.store.save([Edit(Person, new_id(), AREA, values)], STAFF)


def test_a_large_segment_goes_up_in_pieces_and_no_byte_twice(world: World, small_pieces: int) -> None:
    laptop = world.laptop()
    register(laptop)
    result = exchange(laptop.store, laptop.carrier)
    assert result.rounds > 3
    assert max(map(len, laptop.carrier.requests)) < small_pieces + 400
    body = sum(len(request) for request in laptop.carrier.requests)
    assert body < result.rounds * 250 + 2200
    assert send_state(laptop.store).all_received
    assert world.equal(laptop)


@pytest.mark.parametrize("where", ["request", "answer"])
def test_after_a_cut_it_goes_on_at_the_byte(world: World, small_pieces: int, where: str) -> None:
    laptop = world.laptop()
    register(laptop)
    laptop.carrier.cut = Cut(where, rounds=3)
    with pytest.raises(CarrierProblem, match="cut"):
        exchange(laptop.store, laptop.carrier)
    before = sum(map(len, laptop.carrier.requests))
    laptop.carrier.requests.clear()
    world.reopen(laptop)
    exchange(laptop.store, laptop.carrier)
    again = sum(map(len, laptop.carrier.requests))
    assert len(laptop.carrier.requests[0]) < 300, "first it asks"
    assert before + again < 2200 + small_pieces + (len(laptop.carrier.requests) + 4) * 250
    assert world.equal(laptop)


@pytest.mark.parametrize("where", ["request", "answer"])
def test_coming_down_goes_on_at_the_byte_after_a_restart(world: World, small_pieces: int, where: str) -> None:
    one, two = world.laptop(), world.laptop()
    register(one)
    exchange(one.store, one.carrier)
    two.carrier.cut = Cut(where, rounds=3)
    with pytest.raises(CarrierProblem, match="cut"):
        exchange(two.store, two.carrier)
    world.reopen(two)
    result = exchange(two.store, two.carrier)
    assert result.received_operations >= 30
    assert result.bytes_down < 2600, "what came before the cut is not sent again"
    assert world.equal(one, two)


def test_broken_at_any_byte(world: World) -> None:
    """The same over TCP: the line breaks at every so-manieth byte, up and down, and the program goes on each
    time.
    """
    laptop = world.laptop()
    with served(world) as target, CountingWire(target) as wire:
        exchange(laptop.store, HttpCarrier(f"http://127.0.0.1:{wire.port}"))
        for at in range(0, 500, 45):
            for way in ("cut_up", "cut_down"):
                register(laptop, 2)
                setattr(wire, way, at)
                carrier = HttpCarrier(f"http://127.0.0.1:{wire.port}", read_seconds=10)
                try:
                    exchange(laptop.store, carrier)
                except CarrierProblem as problem:
                    broken = problem.code
                    assert broken in ("http.unreachable", "answer.short")
                    exchange(laptop.store, carrier)
                finally:
                    carrier.close()
                    wire.cut_up = wire.cut_down = None
                assert send_state(laptop.store).all_received
    assert world.centre.count(Person) == 2 * 2 * len(range(0, 500, 45))
    assert world.equal(laptop)


class Moody(DirectCarrier):
    """A carrier that says no some times before it does its work."""

    def __init__(self, world: World, *codes: str, after: int = 0) -> None:
        super().__init__(world)
        self.codes = list(codes)
        self.after = after

    def send(self, data: bytes) -> bytes:
        if self.after:
            self.after -= 1
        elif self.codes:
            raise CarrierProblem("moody", code=self.codes.pop(0), retry_after_seconds=0)
        return super().send(data)


def test_a_busy_centre_is_asked_again_but_not_for_ever(world: World) -> None:
    laptop = world.laptop()
    register(laptop, 2)
    exchange(laptop.store, Moody(world, "http.busy", "http.busy"))
    assert send_state(laptop.store).all_received
    with pytest.raises(CarrierProblem, match="moody"):
        exchange(laptop.store, Moody(world, *["http.busy"] * TRIES))


def test_a_link_that_breaks_in_the_middle_is_tried_again_one_that_is_dead_is_not(
    world: World, small_pieces: int
) -> None:
    laptop = world.laptop()
    register(laptop)
    dead = Moody(world, "http.unreachable")
    with pytest.raises(CarrierProblem, match="moody"):
        exchange(laptop.store, dead)
    assert dead.requests == []
    exchange(laptop.store, Moody(world, "http.timeout", "answer.short", after=3))
    assert send_state(laptop.store).all_received
    assert world.equal(laptop)


def test_waiting_can_be_stopped(world: World) -> None:
    laptop = world.laptop()
    register(laptop, 1)
    stop = StopToken()
    carrier = Moody(world, "http.busy")

    def listen(_progress: object) -> None:
        stop.stop()

    with pytest.raises(Stopped):
        exchange(laptop.store, carrier, listen, stop)
    assert send_state(laptop.store).pending == 1
