"""Copied and restored laptops that know only sticks: the old key speaks for them, both branches are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.bundle.sticks import bring_home, introduced, register, save, take_all
from tests.sync.test_claims import copied
from tests.sync.world import World
from trainer_app.records.ids import NO_ID
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.backup import RESTORED
from trainer_app.storage.branching import go_on_alone
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.bundle.at_laptop import seen
from trainer_app.sync.bundle.taking import packages
from trainer_app.sync.exchange import exchange
from trainer_app.sync.recipients import own_recipient


def test_a_laptop_under_a_new_name_is_known_by_its_claim(world: World, stick: Path) -> None:
    ana = world.laptop()
    introduced(world, ana)
    register(ana, 2)
    old = ana.store.replica
    go_on_alone(ana.store)
    register(ana, 1)
    save(ana, stick)
    (taken,) = take_all(world, stick)
    assert (taken.operations, taken.refused) == (3, ())
    new = world.centre.get(Device, ana.store.replica)
    assert new is not None
    assert new.succeeds == old
    bring_home(ana, stick)
    assert send_state(ana.store).all_received
    assert world.equal(ana)


def test_a_restored_laptop_needs_nobody(world: World, stick: Path) -> None:
    ana = world.laptop()
    introduced(world, ana)
    register(ana, 2)
    before = ana.store.replica
    ana.store.set_meta(RESTORED, b"1")
    save(ana, stick)
    assert ana.store.replica != before
    take_all(world, stick)
    bring_home(ana, stick)
    assert send_state(ana.store).all_received


def test_two_copies_by_sticks(world: World, stick: Path, tmp_path: Path) -> None:
    """Neither machine noticed: the reply tells the second one, which goes on under another name."""
    ana = world.laptop()
    introduced(world, ana)
    register(ana, 1)
    exchange(ana.store, ana.carrier)
    twin = copied(world, ana)
    register(ana, 1)
    register(twin, 1)
    other = tmp_path / "other"
    other.mkdir()
    save(ana, stick)
    save(twin, other)
    take_all(world, stick)
    (taken,) = take_all(world, other)
    assert taken.refused, "other words are known under that name"
    bring_home(ana, stick)
    assert send_state(ana.store).all_received
    assert seen(twin.store, other)[0].problem is None
    with pytest.raises(CarrierProblem) as caught:
        bring_home(twin, other)
    assert caught.value.code == "feed.fork"
    assert twin.store.replica != ana.store.replica
    for path in other.iterdir():
        path.unlink()
    save(twin, other)
    take_all(world, other)
    bring_home(twin, other)
    assert send_state(twin.store).all_received
    exchange(ana.store, ana.carrier)
    assert world.centre.count(Person) == 3
    assert world.equal(ana, twin)


def test_a_laptop_that_was_taken_out_claims_nothing(world: World, stick: Path) -> None:
    ana = world.laptop()
    introduced(world, ana)
    world.centre.save([Edit(Device, ana.store.replica, CENTRE_AREA, {"state": "dicabut"})], NO_ID)
    go_on_alone(ana.store)
    register(ana, 1)
    save(ana, stick)
    (package,) = packages(world.centre, world.authority, stick)
    assert package.problem is not None
    assert package.problem.code == "bundle.unknown"


def test_a_copy_of_a_supervisors_laptop_still_opens_packages(world: World, stick: Path) -> None:
    hub, ana = world.laptop(), world.laptop()
    values = {"recipient": own_recipient(hub.store)}
    world.centre.save([Edit(Device, hub.store.replica, CENTRE_AREA, values)], NO_ID)
    introduced(world, hub, ana)
    go_on_alone(hub.store)
    exchange(hub.store, hub.carrier)
    exchange(ana.store, ana.carrier)
    register(ana, 1)
    save(ana, stick)
    (package,) = seen(hub.store, stick)
    assert package.problem is None
