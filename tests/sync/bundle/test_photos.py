"""Photos on a stick: beside the bundle, after it, as far as there is room; the centre's word rides home."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.bundle.sticks import bring_home, introduced, register, save, take_all
from tests.sync.pictures import add, picture
from tests.sync.world import Laptop, World
from trainer_app.records.ids import NO_ID
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.photo import photo_name
from trainer_app.storage import blobs
from trainer_app.storage.store import Store
from trainer_app.sync.bundle import photo_file
from trainer_app.sync.bundle.at_laptop import seen, take
from trainer_app.sync.bundle.homecoming import look_at_reply, replies
from trainer_app.sync.bundle.packing import export_bundle
from trainer_app.sync.bundle.stick import photos_beside
from trainer_app.sync.bundle.taking import Taken, packages
from trainer_app.sync.exchange import exchange
from trainer_app.sync.recipients import own_recipient


def photographed(laptop: Laptop, n: int = 1, size: int = 40_000) -> list[bytes]:
    (person,) = register(laptop)
    bodies = [picture(size, seed) for seed in range(n)]
    for body in bodies:
        add(laptop, person, body)
    return bodies


def state(laptop: Laptop, body: bytes) -> str:
    digest = photo_name(body).hex()
    return blobs.states(laptop.store, [digest])[digest]


def held(store: Store, body: bytes) -> bool:
    return blobs.body_of(store, photo_name(body).hex()) == body


def test_out_and_back(world: World, stick: Path) -> None:
    ana = world.laptop()
    introduced(world, ana)
    bodies = photographed(ana, 3)
    saved = save(ana, stick)
    assert (saved.photos, saved.waiting_photos) == (3, 3)
    assert all(state(ana, body) == "pending" for body in bodies), "a stick can be lost"
    (taken,) = take_all(world, stick)
    assert taken.photos == 3
    assert all(held(world.centre, body) for body in bodies)
    (home,) = bring_home(ana, stick)
    assert home.photos == 3
    assert all(state(ana, body) == "received" for body in bodies)
    (again,) = take_all(world, stick)
    assert again.nothing_new
    assert bring_home(ana, stick)[0].nothing_new
    again_saved = save(ana, stick)
    assert (again_saved.photos, again_saved.waiting_photos) == (0, 0)


def test_through_a_supervisors_laptop(world: World, stick: Path) -> None:
    ana, hub = world.laptop(), world.laptop()
    recipient = Edit(Device, hub.store.replica, CENTRE_AREA, {"recipient": own_recipient(hub.store)})
    world.centre.save([recipient], NO_ID)
    introduced(world, ana, hub)
    (body,) = photographed(ana)
    save(ana, stick)
    (taken,) = (take(hub.store, package) for package in seen(hub.store, stick))
    assert isinstance(taken, Taken)
    assert taken.photos == 1
    assert bring_home(ana, stick)[0].photos == 0
    assert state(ana, body) == "at_supervisor"
    assert exchange(hub.store, hub.carrier).sent_photos == 1
    save(ana, stick)
    for package in seen(hub.store, stick):
        take(hub.store, package)
    assert bring_home(ana, stick)[0].photos == 1
    assert state(ana, body) == "received"


def test_as_many_as_there_is_room_for(world: World, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_file, "ROOM_BYTES", 90_000)
    ana = world.laptop()
    introduced(world, ana)
    bodies = photographed(ana, 3)
    assert (save(ana, stick).photos, save(ana, stick).waiting_photos) == (2, 3)
    (taken,) = take_all(world, stick)
    assert taken.photos == 2
    assert [held(world.centre, body) for body in bodies].count(True) == 2
    assert bring_home(ana, stick)[0].photos == 2
    assert save(ana, stick).photos == 1
    take_all(world, stick)
    assert all(held(world.centre, body) for body in bodies)


def test_a_stick_without_room_for_photos_still_takes_records(
    world: World, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_file, "free_bytes", lambda _folder: 1000)
    ana = world.laptop()
    introduced(world, ana)
    photographed(ana)
    saved = save(ana, stick)
    assert (saved.photos, saved.waiting_photos) == (0, 1)
    (taken,) = take_all(world, stick)
    assert (taken.photos, taken.refused) == (0, ())
    assert world.centre.count(Person) == 1


@pytest.mark.parametrize("damage", ["gone", "cut", "altered", "of another"])
def test_damaged_photos_keep_no_record_back(world: World, stick: Path, damage: str) -> None:
    ana, budi = world.laptop(), world.laptop()
    introduced(world, ana, budi)
    (body,) = photographed(ana)
    saved = save(ana, stick)
    beside = photos_beside(saved.path)
    data = beside.read_bytes()
    if damage == "gone":
        beside.unlink()
    elif damage == "cut":
        beside.write_bytes(data[:-100])
    elif damage == "altered":
        beside.write_bytes(data[:500] + bytes([data[500] ^ 1]) + data[501:])
    else:
        photographed(budi)
        other = save(budi, stick)
        photos_beside(other.path).replace(beside)
        other.path.unlink()
    (taken,) = take_all(world, stick)
    assert (taken.photos, taken.refused, taken.operations) == (0, (), 2)
    assert not held(world.centre, body)


def test_photos_can_be_left_out(world: World, stick: Path) -> None:
    ana = world.laptop()
    introduced(world, ana)
    photographed(ana)
    saved = export_bundle(ana.store, stick, photos=False)
    assert not photos_beside(saved.path).exists()
    assert (saved.photos, saved.waiting_photos) == (0, 0)


def test_lists_of_packages_do_not_show_the_file_of_photos(world: World, stick: Path) -> None:
    ana = world.laptop()
    introduced(world, ana)
    photographed(ana)
    saved = save(ana, stick)
    assert photos_beside(saved.path).exists()
    assert [one.path for one in packages(world.centre, world.authority, stick)] == [saved.path]
    take_all(world, stick)
    assert [look_at_reply(ana.store, path).problem for path in replies(ana.store, stick)] == [None]
