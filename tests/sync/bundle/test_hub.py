"""A stick and a supervisor's laptop: it takes what trainers bring and carries it on, receipts come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.bundle.sticks import bring_home, introduced, register, save, take_all
from tests.sync.world import AREA, Laptop, World
from trainer_app.records.ids import NO_ID, named_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person, Policy
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.bundle.at_laptop import seen, take
from trainer_app.sync.bundle.homecoming import CameHome, take_reply
from trainer_app.sync.bundle.packing import export_bundle
from trainer_app.sync.bundle.taking import Taken
from trainer_app.sync.exchange import exchange
from trainer_app.sync.recipients import own_recipient


@pytest.fixture
def hub(world: World) -> Laptop:
    """A supervisor's laptop, as the centre published it."""
    laptop = world.laptop()
    values = {"recipient": own_recipient(laptop.store)}
    world.centre.save([Edit(Device, laptop.store.replica, CENTRE_AREA, values)], NO_ID)
    introduced(world, laptop)
    return laptop


@pytest.fixture
def ana(world: World, hub: Laptop) -> Laptop:
    laptop = world.laptop()
    introduced(world, laptop, hub)
    return laptop


def take_here(laptop: Laptop, stick: Path) -> list[CameHome | Taken]:
    """What somebody does with "Ambil dari flashdisk" on a laptop."""
    return [take(laptop.store, package) for package in seen(laptop.store, stick)]


def test_the_hub_sends_on_over_the_internet(world: World, hub: Laptop, ana: Laptop, stick: Path) -> None:
    rows = register(ana, 4)
    save(ana, stick)
    (taken,) = take_here(hub, stick)
    assert isinstance(taken, Taken)
    assert (taken.operations, taken.refused) == (4, ())
    assert hub.store.get(Person, rows[0]) is not None
    (home,) = bring_home(ana, stick)
    assert (home.hub, home.receipts) == (True, [])
    state = send_state(ana.store)
    assert (state.at_supervisor, state.received) == (4, 0), "a hub's word is no receipt"
    exchange(hub.store, hub.carrier)
    assert world.centre.count(Person) == 4
    save(ana, stick)
    take_here(hub, stick)
    (home,) = bring_home(ana, stick)
    assert len(home.receipts) == 1
    assert send_state(ana.store).all_received
    exchange(ana.store, ana.carrier)
    assert world.equal(ana, hub)


def test_two_sticks_and_no_internet_anywhere(
    world: World, hub: Laptop, ana: Laptop, stick: Path, tmp_path: Path
) -> None:
    """Trainer, stick, supervisor, another stick, centre, and all the way back."""
    city = tmp_path / "city"
    city.mkdir()
    register(ana, 4)
    register(hub, 2)
    save(ana, stick)
    take_here(hub, stick)
    out = export_bundle(hub.store, city)
    assert (out.manifest.records, out.manifest.operations) == (2, 6)
    (taken,) = take_all(world, city)
    assert (taken.operations, taken.refused) == (6, ())
    (back,) = take_here(hub, city)
    assert isinstance(back, CameHome)
    assert (len(back.receipts), back.relayed) == (1, 1)
    save(ana, stick)
    take_here(hub, stick)
    (home,) = bring_home(ana, stick)
    assert home.operations == 4
    assert send_state(ana.store).all_received
    assert ana.store.count(Person) == 6, "news of the supervisor's laptop came along"
    assert take_here(hub, stick)[-1].nothing_new


def test_what_the_hub_never_heard_of_comes_along(world: World, hub: Laptop, ana: Laptop, stick: Path) -> None:
    """The beginning of the feed went over the internet; the supervisor's laptop was away since."""
    register(ana, 2)
    exchange(ana.store, ana.carrier)
    register(ana, 1)
    out = save(ana, stick)
    assert (out.manifest.operations, out.manifest.segments) == (1, 2)
    (taken,) = take_here(hub, stick)
    assert isinstance(taken, Taken)
    assert (taken.operations, taken.refused) == (3, ())


def test_only_the_centre_when_so_wanted(hub: Laptop, ana: Laptop, stick: Path) -> None:
    register(ana, 1)
    export_bundle(ana.store, stick, hubs=False)
    assert seen(hub.store, stick) == []


@pytest.mark.parametrize(
    ("rules", "read"),
    [
        ({0: "pusat"}, False),
        ({AREA: "pusat"}, False),
        ({0: "pusat", AREA: "pengawas"}, True),
        ({9401: "pusat"}, True),
        ({0: "pengawas"}, True),
    ],
)
def test_the_centre_s_rule_keeps_supervisors_from_reading_what_is_on_a_stick(
    world: World, hub: Laptop, ana: Laptop, stick: Path, rules: dict[int, str], read: bool
) -> None:
    edits = [
        Edit(Policy, named_id(NO_ID, f"policy.{area}"), CENTRE_AREA, {"area_of": area, "stick_for": rule})
        for area, rule in rules.items()
    ]
    world.centre.save(edits, NO_ID)
    introduced(world, hub, ana)
    register(ana, 4)
    save(ana, stick)
    assert len(take_here(hub, stick)) == int(read)
    assert hub.store.count(Person) == 4 * int(read)
    (taken,) = take_all(world, stick)
    assert taken.operations == 4, "the centre opens it in any case"
    if not read:  # the receipts come home as ever
        assert any(home.operations == 4 for home in bring_home(ana, stick))


def test_a_trainers_laptop_opens_no_packages_of_others(world: World, ana: Laptop, stick: Path) -> None:
    budi = world.laptop()
    introduced(world, budi)
    register(ana, 1)
    save(ana, stick)
    assert seen(budi.store, stick) == []
    assert seen(ana.store, stick) == [], "its own is no news to it"


def test_a_revoked_supervisors_laptop(world: World, hub: Laptop, ana: Laptop, stick: Path) -> None:
    register(ana, 2)
    save(ana, stick)
    (taken,) = take_here(hub, stick)
    assert isinstance(taken, Taken)
    world.centre.save([Edit(Device, hub.store.replica, CENTRE_AREA, {"state": "dicabut"})], NO_ID)
    exchange(ana.store, ana.carrier)
    assert taken.reply is not None
    with pytest.raises(CarrierProblem) as caught:
        take_reply(ana.store, taken.reply)
    assert caught.value.code == "bundle.revoked"
    register(ana, 1)
    save(ana, stick)
    again = [package for package in seen(hub.store, stick) if not package.is_reply]
    assert again == [], "nothing is sealed to it any more"
