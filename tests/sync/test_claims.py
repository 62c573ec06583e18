"""A laptop goes on as another replica: its old key speaks for it, at the centre and at a hub, and nothing is
lost.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sync.world import AREA, DirectCarrier, Laptop, World, connect, register
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.branching import go_on_alone, known_as
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync import claims
from trainer_app.sync.answer import Authority, answer
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import make_private_key, public_key_of, sign


def names(store: Store) -> set[str]:
    return {str(person.full_name).removesuffix(" CONTOH") for person in store.find(Person)}


def device(world: World, replica: bytes) -> Device:
    found = world.centre.get(Device, replica)
    assert found is not None
    return found


def copied(world: World, laptop: Laptop) -> Laptop:
    """The laptop's data file, opened a second time elsewhere by a program that notices nothing."""
    with laptop.store.db.engine.connect() as raw:
        raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = laptop.store.db.path
    assert path is not None
    twin = path.with_name(f"twin-{new_id().hex()}.db")
    twin.write_bytes(path.read_bytes())
    return Laptop(world._store(twin.stem), DirectCarrier(world), laptop.wall)


def test_the_centre_takes_the_claim_and_tells_an_administrator(world: World) -> None:
    laptop = world.laptop()
    register(laptop.store, "Diterima")
    connect(laptop)
    register(laptop.store, "Menunggu")
    old = laptop.store.replica
    go_on_alone(laptop.store)
    register(laptop.store, "Sesudahnya")
    connect(laptop)
    assert send_state(laptop.store).all_received
    assert known_as(laptop.store) is None
    assert claims.claims_to_send(laptop.store) == []
    new = device(world, laptop.store.replica)
    assert (new.succeeds, new.areas, new.approved_at) == (old, str(AREA), None)
    assert new.name == f"{device(world, old).name} (2)"
    assert [one.id for one in claims.to_look_at(world.centre)] == [new.id]
    assert names(world.centre) == {"Diterima", "Menunggu", "Sesudahnya"}
    assert world.equal(laptop)


def test_two_copies_both_go_on_and_all_agree(world: World) -> None:
    """Neither machine noticed: the centre hears two histories under one name, and then two names."""
    first, other = world.laptop(), world.laptop()
    register(first.store, "Sebelum")
    connect(first, other)
    second = copied(world, first)
    register(first.store, "Pada yang pertama")
    register(second.store, "Pada yang kedua")
    before = first.store.replica
    connect(first, second)
    assert first.store.replica == before
    assert second.store.replica != before
    register(first.store, "Lagi pada yang pertama")
    register(second.store, "Lagi pada yang kedua")
    connect(second, first, second, first, other)
    expected = {"Sebelum", *(f"{more}ada yang {n}" for more in ("P", "Lagi p") for n in ("pertama", "kedua"))}
    for store in (world.centre, first.store, second.store, other.store):
        assert names(store) == expected
        assert rebuild(store, repair=False) == []
    assert world.equal(first, second, other)


def test_a_copy_that_only_read_at_first_misses_nothing_of_the_other(world: World) -> None:
    """It moved its cursor past words under its own name that were not its own."""
    first = world.laptop()
    register(first.store, "Sebelum")
    connect(first)
    second = copied(world, first)
    for n in range(3):
        register(first.store, f"Pertama {n}")
        connect(first)
    second.store.set_meta("request_count", first.store.meta("request_count"))
    connect(second)
    assert names(second.store) == {"Sebelum"}
    register(second.store, "Kedua")
    connect(second)
    assert names(second.store) == {"Sebelum", "Kedua", "Pertama 0", "Pertama 1", "Pertama 2"}
    connect(first, second)
    assert world.equal(first, second)


def test_a_counter_that_somebody_else_moved_on_is_noticed(world: World) -> None:
    first = world.laptop()
    connect(first)
    second = copied(world, first)
    for _ in range(3):
        connect(first)
    before = second.store.replica
    connect(second)
    assert second.store.replica != before
    assert device(world, second.store.replica).succeeds == before


def test_a_request_that_went_twice_is_no_copy(world: World) -> None:
    laptop = world.laptop()
    connect(laptop)

    class Doubling(DirectCarrier):
        def send(self, data: bytes) -> bytes:
            if not self.requests:
                DirectCarrier.send(self, data)
            return DirectCarrier.send(self, data)

    before = laptop.store.replica
    register(laptop.store, "Dua kali")
    exchange(laptop.store, Doubling(world))
    assert laptop.store.replica == before
    assert send_state(laptop.store).all_received


def test_twice_before_the_centre_hears_of_it(world: World) -> None:
    laptop = world.laptop()
    connect(laptop)
    first = laptop.store.replica
    register(laptop.store, "Satu")
    go_on_alone(laptop.store)
    register(laptop.store, "Dua")
    go_on_alone(laptop.store)
    known = known_as(laptop.store)
    assert known is not None
    assert known[0] == first
    connect(laptop)
    assert names(world.centre) == {"Satu", "Dua"}
    assert world.equal(laptop)


def test_a_laptop_that_was_taken_out_claims_nothing(world: World) -> None:
    laptop = world.laptop()
    connect(laptop)
    old = laptop.store.replica
    world.centre.save([Edit(Device, old, CENTRE_AREA, {"state": "dicabut", "revoked_after": 0})], NO_ID)
    go_on_alone(laptop.store)
    register(laptop.store, "Tetap di sini")
    with pytest.raises(CarrierProblem) as caught:
        connect(laptop)
    assert caught.value.code == "device.unknown"
    assert names(laptop.store) == {"Tetap di sini"}
    assert names(world.centre) == set()
    assert world.centre.get(Device, laptop.store.replica) is None


@pytest.mark.parametrize("change", ["signature", "old", "new", "key", "short", "itself"])
def test_a_wrong_claim_is_none(world: World, change: str) -> None:
    laptop = world.laptop()
    old, key = laptop.store.replica, laptop.store.private_key
    parts = {"old": old, "new": new_id(), "key": public_key_of(make_private_key())}
    said = b"".join(parts.values())
    good = sign(key, claims.CLAIM + said) + said
    assert claims.believed(world.centre, good) is not None
    if change == "short":
        bad = good[:-1]
    elif change == "itself":
        twice = old + old + parts["key"]
        bad = sign(key, claims.CLAIM + twice) + twice
    else:
        at = {"signature": 0, "old": 64, "new": 80, "key": 96}[change]
        bad = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
    assert claims.believed(world.centre, bad) is None
    assert not claims.admit(world.centre, bad, world.now())
    assert world.centre.count(Device) == 1


def test_after_so_many_copies_a_person_has_to_look(world: World, expect_log: Callable[[str], None]) -> None:
    expect_log("copied too often")
    laptop = world.laptop()
    connect(laptop)
    for _ in range(claims.MOST_UNAPPROVED):
        go_on_alone(laptop.store)
        connect(laptop)
    go_on_alone(laptop.store)
    with pytest.raises(CarrierProblem):
        connect(laptop)


class HubCarrier(DirectCarrier):
    """To a supervisor's laptop instead of the centre."""

    hub: Store

    def send(self, data: bytes) -> bytes:
        authority = Authority(self.hub.replica, is_centre=False)
        return answer(self.hub, authority, data)


def test_a_hub_takes_the_words_and_hands_the_claim_on(world: World) -> None:
    laptop, hub = world.laptop(), world.laptop()
    connect(laptop, hub)
    go_on_alone(laptop.store)
    person = register(laptop.store, "Lewat pengawas")
    carrier = HubCarrier(world)
    carrier.hub = hub.store
    exchange(laptop.store, carrier, hub=hub.store.replica)
    assert hub.store.get(Person, person) is not None
    assert len(claims.carried(hub.store)) == 1
    connect(hub)
    assert world.centre.get(Person, person) is not None
    assert device(world, laptop.store.replica).succeeds is not None
    assert claims.carried(hub.store) == [], "the centre has it now"
    exchange(laptop.store, carrier, hub=hub.store.replica)
    assert send_state(laptop.store).all_received
    connect(laptop, hub)
    assert world.equal(laptop, hub)
