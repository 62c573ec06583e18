"""Photos go last, in pieces, over every way; records never wait for them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.sync.hubs import meet
from tests.sync.pictures import add, picture
from tests.sync.served import served
from tests.sync.shaped import ShapedLink
from tests.sync.world import AREA, STAFF, Cut, DirectCarrier, Laptop, World, connect, register
from trainer_app.records.clock import DAY_MS
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Photo
from trainer_app.records.operation import Edit
from trainer_app.records.photo import MAX_BYTES, photo_name
from trainer_app.storage import blobs
from trainer_app.storage.inbox import Inbox
from trainer_app.storage.sending_state import send_state
from trainer_app.sync import metering, patience
from trainer_app.sync import photos as photos_module
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.exchange import Progress, exchange
from trainer_app.sync.keys import make_private_key
from trainer_app.sync.messages import Answer, pack_answer, read_answer, read_request, split_request
from trainer_app.sync.metering import MeteredCarrier

#: What a drop may cost.
AGAIN_BYTES = 1000


def digest_of(body: bytes) -> str:
    return photo_name(body).hex()


def state(laptop: Laptop, body: bytes) -> str:
    return blobs.states(laptop.store, [digest_of(body)])[digest_of(body)]


def photos_in(request: bytes) -> int:
    return sum(len(piece.data) for piece in read_request(split_request(request).body).photos)


def test_photos_arrive_after_all_records_and_once(world: World) -> None:
    laptop, bodies = world.laptop(), [picture(60_000, seed) for seed in range(3)]
    for body in bodies:
        add(laptop, register(laptop.store), body)
    result = exchange(laptop.store, laptop.carrier)
    assert (result.sent_photos, result.waiting_photos, result.photo_problem) == (3, 0, None)
    for body in bodies:
        assert blobs.body_of(world.centre, digest_of(body)) == body
        assert state(laptop, body) == "received"
    assert send_state(laptop.store).all_received
    requests = [read_request(split_request(data).body) for data in laptop.carrier.requests]
    last_record = max(i for i, request in enumerate(requests) if any(piece.data for piece in request.pieces))
    first_photo = min(i for i, request in enumerate(requests) if request.photos)
    assert first_photo > last_record
    assert world.equal(laptop)
    before = len(laptop.carrier.requests)
    again = exchange(laptop.store, laptop.carrier)
    assert (again.sent_photos, again.waiting_photos) == (0, 0)
    assert len(laptop.carrier.requests) == before + 1, "what is confirmed is not asked about again"


def test_progress_tells_photos_apart(world: World) -> None:
    laptop = world.laptop()
    add(laptop, register(laptop.store), picture(90_000))
    told: list[tuple[str, int, int]] = []

    def listen(progress: Progress) -> None:
        told.append((progress.phase, progress.sent_photo_bytes, progress.total_photo_bytes))

    exchange(laptop.store, laptop.carrier, listen)
    photos = [step for step in told if step[0] == "photos"]
    assert photos[0] == ("photos", 0, 90_000)
    assert told[-1] == ("done", 90_000, 90_000)
    assert [phase for phase, _sent, _all in told].index("photos") > 1


@pytest.mark.parametrize("where", ["request", "answer"])
def test_a_cut_among_photos_is_no_fault_of_the_exchange(world: World, where: str) -> None:
    laptop, body = world.laptop(), picture(150_000)
    add(laptop, register(laptop.store), body)
    laptop.carrier.cut = Cut(where, rounds=3)
    result = exchange(laptop.store, laptop.carrier)
    assert result.photo_problem is not None
    assert (result.sent_photos, result.waiting_photos) == (0, 1)
    assert (send_state(laptop.store).pending, send_state(laptop.store).photos) == (0, 1), "records are there"
    assert state(laptop, body) == "pending"
    world.reopen(laptop)
    laptop.carrier.requests.clear()
    assert exchange(laptop.store, laptop.carrier).sent_photos == 1
    assert blobs.body_of(world.centre, digest_of(body)) == body
    again = sum(map(photos_in, laptop.carrier.requests))
    assert again < 150_000 - 30_000, "it goes on where it was"


@contextmanager
def linked(world: World) -> Iterator[ShapedLink]:
    with served(world) as target, ShapedLink(target) as link:
        yield link


def test_reset_at_any_byte_costs_less_than_a_kilobyte(world: World) -> None:
    rnd = random.Random(5)  # noqa: S311 - a test must repeat
    laptop = world.laptop()

    def send(link: ShapedLink) -> None:
        carrier = HttpCarrier(f"http://127.0.0.1:{link.port}", read_seconds=20)
        try:
            result = exchange(laptop.store, carrier)
        finally:
            carrier.close()
        assert (result.sent_photos, result.photo_problem) == (1, None)

    with linked(world) as link:
        person = register(laptop.store)
        add(laptop, person, picture(20_000, 100))
        send(link)
        add(laptop, person, picture(20_000, 101))
        link.forget()
        send(link)
        clean = link.up
        assert clean > 20_000
        for seed, at in enumerate(range(rnd.randrange(1700), clean, 1700)):
            body = picture(20_000, seed)
            add(laptop, person, body)
            link.forget()
            link.break_once("up", at)
            send(link)
            assert link.resets == 1, at
            assert link.up - clean < AGAIN_BYTES, at
            assert blobs.body_of(world.centre, digest_of(body)) == body


def test_over_a_supervisors_laptop_to_the_centre_and_back(world: World) -> None:
    laptop, hub, body = world.laptop(), world.laptop(), picture(50_000)
    connect(laptop, hub)
    add(laptop, register(laptop.store), body)
    assert meet(laptop, hub).sent_photos == 1
    assert blobs.body_of(hub.store, digest_of(body)) == body
    assert state(laptop, body) == "at_supervisor"
    assert exchange(hub.store, hub.carrier).sent_photos == 1
    assert blobs.body_of(world.centre, digest_of(body)) == body
    assert meet(laptop, hub).sent_photos == 1, "asked only"
    assert state(laptop, body) == "received", "the hub hands on what the centre signed"


def test_the_word_of_a_hub_is_none_of_the_centre(world: World) -> None:
    laptop, hub, body = world.laptop(), world.laptop(), picture()
    connect(laptop, hub)
    add(laptop, register(laptop.store), body)
    meet(laptop, hub)
    name, epoch = photo_name(body), world.authority.epoch
    forged = photos_module.seal_photo(make_private_key(), epoch, name)
    blobs.at_centre(hub.store, name.hex(), epoch, forged)
    meet(laptop, hub)
    assert state(laptop, body) == "at_supervisor"


def test_a_restored_centre_gets_them_again(world: World) -> None:
    laptop, body = world.laptop(), picture(30_000)
    exchange(laptop.store, laptop.carrier)
    copy = world.backup_centre()
    add(laptop, register(laptop.store), body)
    exchange(laptop.store, laptop.carrier)
    world.restore_centre(copy)
    assert blobs.body_of(world.centre, digest_of(body)) is None
    exchange(laptop.store, laptop.carrier)
    assert blobs.body_of(world.centre, digest_of(body)) == body
    assert state(laptop, body) == "received"


class OldCentre(DirectCarrier):
    """A centre that does not know photos: it passes the question over, and would not read their bytes."""

    def send(self, data: bytes) -> bytes:
        assert not photos_in(data)
        answer = read_answer(super().send(data))
        held = {name: getattr(answer, name) for name in Answer.__slots__ if name != "photos"}
        return pack_answer(Answer(**held))


def test_a_centre_that_does_not_know_photos_is_asked_once_and_not_sent_any(world: World) -> None:
    laptop, body = world.laptop(), picture()
    add(laptop, register(laptop.store), body)
    carrier = OldCentre(world)
    result = exchange(laptop.store, carrier)
    assert (result.sent_photos, result.waiting_photos, result.photo_problem) == (0, 1, None)
    assert send_state(laptop.store).pending == 0
    assert not send_state(laptop.store).all_received, "a photo waits"
    assert state(laptop, body) == "pending"
    assert exchange(laptop.store, laptop.carrier).sent_photos == 1


def test_photos_can_be_left_for_another_time(world: World) -> None:
    laptop, body = world.laptop(), picture()
    add(laptop, register(laptop.store), body)
    result = exchange(laptop.store, laptop.carrier, photos=False)
    assert (result.sent_photos, result.waiting_photos) == (0, 1)
    assert not any(read_request(split_request(data).body).photos for data in laptop.carrier.requests)


def test_the_limit_of_the_day_stops_photos_and_not_records(world: World) -> None:
    laptop, bodies = world.laptop(), [picture(90_000, seed) for seed in range(3)]
    for body in bodies:
        add(laptop, register(laptop.store), body)
    metered = MeteredCarrier(laptop.carrier, laptop.store, 120_000)
    result = exchange(laptop.store, metered)
    assert result.photo_problem is not None
    assert result.photo_problem.code == metering.LIMIT_REACHED
    assert send_state(laptop.store).pending == 0
    assert not send_state(laptop.store).all_received, "a photo waits"
    assert result.waiting_photos


def test_what_was_taken_away_is_not_sent_and_later_forgotten(world: World) -> None:
    laptop, body = world.laptop(), picture()
    row = add(laptop, register(laptop.store), body)
    laptop.store.save([Edit(Photo, row, AREA, {"deleted_at": laptop.store.clock.now_ms()})], STAFF)
    assert exchange(laptop.store, laptop.carrier).sent_photos == 0
    assert blobs.body_of(world.centre, digest_of(body)) is None
    assert blobs.sweep(laptop.store) == 0, "it may still be brought back"
    laptop.wall.ahead_ms += DAY_MS + 1
    assert blobs.sweep(laptop.store) == 1
    assert blobs.body_of(laptop.store, digest_of(body)) is None


# --- what must not come in ----------------------------------------------------------------------------------


def brought(world: World, laptop: Laptop, body: bytes, *, size: int | None = None) -> str:
    """A record with these bytes is sent, whatever they are; how the laptop sees it afterwards."""
    row, digest = new_id(), digest_of(body)
    values = {"about": new_id(), "purpose": "usaha", "taken_at": 1, "digest": digest}
    edit = Edit(Photo, row, AREA, {**values, "size": len(body) if size is None else size})
    blobs.save_photo(laptop.store, [edit], STAFF, digest, body)
    exchange(laptop.store, laptop.carrier)
    assert blobs.body_of(world.centre, digest) is None
    assert Inbox(world.centre).held(bytes.fromhex(digest)) == 0
    return state(laptop, body)


@pytest.mark.parametrize(
    "body",
    [
        b"MZ" + bytes(3000),
        b"#!/bin/sh\nrm -rf /\n",
        picture() + b"PK\x03\x04",
        picture()[:-2],
        picture(width=5000, height=5000),
        picture(MAX_BYTES + 1),
        b"\xff\xd8\xff\xe1\x00\x10Exif\0\0" + bytes(8) + picture()[2:],
    ],
    ids=["program", "script", "archive behind", "cut off", "points", "bytes", "camera's notes"],
)
def test_what_is_no_plain_small_picture_is_not_kept(world: World, body: bytes) -> None:
    assert brought(world, world.laptop(), body) == "rejected"


def test_another_size_than_the_record_says_is_refused(world: World) -> None:
    assert brought(world, world.laptop(), picture(), size=17) == "rejected"


def test_only_what_a_record_of_its_areas_speaks_of_comes_in(world: World) -> None:
    laptop, other, body = world.laptop(), world.laptop(areas=(5302,)), picture()
    name = photo_name(body)
    intake = photos_module.PhotoIntake(world.centre, laptop.store.replica, {AREA}, b"e" * 16)
    piece = photos_module.Piece(name, len(body), 0, body)
    assert intake.take([piece])[0].status == photos_module.NOT_WANTED
    add(laptop, register(laptop.store), body)
    exchange(laptop.store, laptop.carrier, photos=False)
    foreign = photos_module.PhotoIntake(world.centre, other.store.replica, {5302}, b"e" * 16)
    assert foreign.take([piece])[0].status == photos_module.NOT_WANTED
    assert blobs.body_of(world.centre, name.hex()) is None
    assert intake.take([piece])[0].status == photos_module.HELD


def test_a_photo_of_an_area_that_was_taken_away_since_still_comes_in(world: World) -> None:
    laptop, body = world.laptop(), picture()
    add(laptop, register(laptop.store), body)
    world.centre.save([Edit(Device, laptop.store.replica, CENTRE_AREA, {"areas": "5302"})], NO_ID)
    result = exchange(laptop.store, laptop.carrier)
    assert laptop.store.areas == (5302,)
    assert (result.sent_photos, result.waiting_photos) == (1, 0)
    assert blobs.body_of(world.centre, digest_of(body)) == body
    assert exchange(laptop.store, laptop.carrier).rounds == 1, "it is not asked about again"


def test_bytes_that_changed_on_their_way_are_asked_for_again(world: World) -> None:
    laptop, body = world.laptop(), picture()
    add(laptop, register(laptop.store), body)
    exchange(laptop.store, laptop.carrier, photos=False)
    intake = photos_module.PhotoIntake(world.centre, laptop.store.replica, {AREA}, b"e" * 16)
    wrong = photos_module.Piece(
        photo_name(body), len(body), 0, body[:3000] + bytes([body[3000] ^ 1]) + body[3001:]
    )
    assert intake.take([wrong]) == [photos_module.PhotoWord(photos_module.PART, 0)]
    assert exchange(laptop.store, laptop.carrier).sent_photos == 1


def test_a_laptop_brings_only_so_many_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos_module, "MOST_A_DAY", 2)
    laptop = world.laptop()
    for seed in range(4):
        add(laptop, register(laptop.store), picture(seed=seed))
    result = exchange(laptop.store, laptop.carrier)
    assert (result.sent_photos, result.waiting_photos) == (2, 2)
    assert {one.size for one in blobs.waiting(laptop.store)} == {5000}, "they go another day"


def test_small_requests_carry_a_photo_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_BUDGET", "LEAST_BUDGET", "MOST_BUDGET"):
        monkeypatch.setattr(patience, name, 700)
    laptop, body = world.laptop(), picture(6000)
    add(laptop, register(laptop.store), body)
    result = exchange(laptop.store, laptop.carrier)
    assert result.sent_photos == 1
    assert sum(map(photos_in, laptop.carrier.requests)) == 6000, "no byte twice"
