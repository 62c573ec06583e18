"""Areas given and taken away, laptops taken out: by every route the same is kept, hidden or set apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.bundle.sticks import introduced, save, take_all
from tests.sync.hubs import meet
from tests.sync.world import AREA, Laptop, World, connect, register
from trainer_app.records.ids import NO_ID
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.revocation import read_heads, revoked_after, written_heads
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import feed_segments, heads, seal
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import sign

OTHER = 5302


def assign(world: World, laptop: Laptop, *areas: int) -> None:
    values = {"areas": ",".join(map(str, areas))}
    world.centre.save([Edit(Device, laptop.store.replica, CENTRE_AREA, values)], NO_ID)


def take_out(world: World, laptop: Laptop) -> None:
    """As `administration.revoke` does it."""
    told = {head.area: head.head_seq for head in heads(world.centre) if head.replica == laptop.store.replica}
    values = {"state": "dicabut", "revoked_after": max(told.values(), default=0)}
    values["revoked_heads"] = written_heads(told)
    world.centre.save([Edit(Device, laptop.store.replica, CENTRE_AREA, values)], NO_ID)


def names(store: Store) -> set[str]:
    return {str(person.full_name).removesuffix(" CONTOH") for person in store.find(Person)}


def sealed(laptop: Laptop) -> None:
    seal(laptop.store, lambda data: sign(laptop.store.private_key, data))


# --- taken out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["itself", "hub", "stick"])
def test_what_a_laptop_said_after_it_was_taken_out_changes_nothing(
    world: World, tmp_path: Path, route: str
) -> None:
    """Seven people in one regency were received, none in the other: what comes later from there does not
    count, though its numbers are small.
    """
    gone, hub = world.laptop(areas=(AREA, OTHER)), world.laptop(areas=(AREA, OTHER))
    if route == "stick":
        introduced(world, gone)
    if route == "hub":
        connect(hub)
    for n in range(7):
        register(gone.store, f"Diterima {n}")
    connect(gone, hub)
    register(gone.store, "Terlambat")
    register(gone.store, "Terlambat juga", OTHER)
    take_out(world, gone)
    if route == "itself":
        assert exchange(gone.store, gone.carrier).revoked
    elif route == "hub":
        meet(gone, hub)
        connect(hub)
    else:
        stick = tmp_path / "stick"
        stick.mkdir()
        save(gone, stick)
        take_all(world, stick)
    connect(hub)
    for store in (world.centre, hub.store):
        assert names(store) == {f"Diterima {n}" for n in range(7)}
        assert rebuild(store, repair=False) == []
    kept = [one.state for one in feed_segments(world.centre, OTHER, gone.store.replica)]
    assert kept == ["revoked"]
    assert names(gone.store) >= {"Terlambat", "Terlambat juga"}, "its own laptop still has them"


def test_numbers_of_a_laptop_that_was_taken_out_by_an_older_centre() -> None:
    device = Device(id=bytes(16), area=0, state="dicabut", revoked_after=5)
    assert (revoked_after(device, AREA), revoked_after(device, OTHER)) == (5, 5)
    device = Device(id=bytes(16), area=0, state="dicabut", revoked_after=5, revoked_heads="5301:5,x,5302:,7")
    assert (revoked_after(device, AREA), revoked_after(device, OTHER)) == (5, 0)
    assert revoked_after(Device(id=bytes(16), area=0, state="aktif", revoked_after=5), AREA) is None
    assert read_heads(written_heads({5302: 1, 5301: 9})) == {5301: 9, 5302: 1}
    assert read_heads("") == {}


# --- areas --------------------------------------------------------------------------------------------------


def test_narrowed_hides_rows_and_drops_nothing(world: World) -> None:
    laptop, other = world.laptop(areas=(AREA, OTHER)), world.laptop(areas=(OTHER,))
    here, there = register(laptop.store, "Di sini"), register(laptop.store, "Di sana", OTHER)
    register(other.store, "Dari laptop lain", OTHER)
    connect(other, laptop)
    unsent, sealed_one = (
        register(laptop.store, "Belum disegel", OTHER),
        register(laptop.store, "Disegel", OTHER),
    )
    sealed(laptop)
    assign(world, laptop, AREA)
    connect(laptop)
    assert laptop.store.areas == (AREA,)
    assert names(laptop.store) == {"Di sini"}
    assert laptop.store.get(Person, there) is None, "hidden from pages"
    assert laptop.store.get(Person, here) is not None
    assert all(world.centre.get(Person, row) is not None for row in (unsent, sealed_one, there))
    assert send_state(laptop.store).all_received
    with laptop.store.db.reading() as c:
        assert c.value("SELECT COUNT(*) FROM person WHERE area = ?", OTHER) == 4, "kept all the same"
    assert rebuild(laptop.store, repair=False) == []


def test_narrowed_and_given_back_it_goes_on_where_it_was(world: World) -> None:
    laptop, other = world.laptop(areas=(AREA, OTHER)), world.laptop(areas=(OTHER,))
    register(laptop.store, "Satu", OTHER)
    connect(laptop)
    assign(world, laptop, AREA)
    connect(laptop)
    for n in range(5):
        register(other.store, f"Meanwhile {n}", OTHER)
        connect(other)
    assign(world, laptop, AREA, OTHER)
    before = len(laptop.carrier.requests)
    connect(laptop)
    assert len(laptop.carrier.requests) - before <= 3
    assert len(names(laptop.store)) == 6
    assert content_digest(laptop.store, (OTHER,)) == content_digest(world.centre, (OTHER,))


def test_moved_it_holds_exactly_the_new_area(world: World) -> None:
    laptop, there = world.laptop(), world.laptop(areas=(OTHER,))
    register(laptop.store, "Lama")
    register(there.store, "Di wilayah baru", OTHER)
    connect(laptop, there)
    register(laptop.store, "Belum dikirim")
    assign(world, laptop, OTHER)
    connect(laptop)
    assert (laptop.store.areas, names(laptop.store)) == ((OTHER,), {"Di wilayah baru"})
    assert content_digest(laptop.store, (OTHER,)) == content_digest(world.centre, (OTHER,))
    assert {"Lama", "Belum dikirim", "Di wilayah baru"} == names(world.centre)


# --- the centre lives anew ----------------------------------------------------------------------------------


def test_after_a_restore_receipts_come_again_for_words_that_came_by_a_hub(world: World) -> None:
    author, hub = world.laptop(), world.laptop()
    connect(hub)
    connect(author, hub)
    copy = world.backup_centre()
    person = register(author.store, "Lewat pengawas")
    meet(author, hub)
    connect(hub)
    meet(author, hub)
    assert send_state(author.store).all_received
    world.restore_centre(copy)
    assert world.centre.get(Person, person) is None
    connect(hub)
    assert world.centre.get(Person, person) is not None, "the hub had it"
    connect(author)
    assert send_state(author.store).all_received
    assert world.equal(author, hub)


def test_after_a_restore_a_laptop_that_copied_itself_meanwhile_is_known_again(world: World) -> None:
    from trainer_app.storage.branching import go_on_alone

    laptop, other = world.laptop(), world.laptop()
    connect(laptop, other)
    copy = world.backup_centre()
    go_on_alone(laptop.store)
    person = register(laptop.store, "Sesudah disalin")
    connect(laptop, other)
    world.restore_centre(copy)
    connect(other)
    assert world.centre.get(Device, laptop.store.replica) is not None, "the other brought the list back"
    connect(laptop)
    assert world.centre.get(Person, person) is not None
    assert world.equal(laptop, other)
