"""Words go up and receipts come back through a supervisor's laptop, which can lose them but nothing else."""

from __future__ import annotations

from dataclasses import replace

import msgpack
import pytest

from tests.sync.hubs import HubCarrier, meet
from tests.sync.world import AREA, Laptop, World, connect
from trainer_app.records.clock import HOUR_MS
from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person, Session, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.care import in_care
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import feed_segments, heads, seal
from trainer_app.storage.rebuild import differences
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import EPOCH
from trainer_app.storage.sync_queries import receipts_after
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import Piece, pack_answer, read_answer
from trainer_app.sync.receipt import FULL, ReceiptFault, open_receipt, seal_receipt
from trainer_app.sync.relaying import hear_centre, receipts_for, take_receipt

STAFF = new_id()
OTHER = 5302


@pytest.fixture
def hub(world: World) -> Laptop:
    return world.laptop()


def register(laptop: Laptop, name: str, area: int = AREA) -> RecordId:
    row = new_id()
    laptop.store.save([Edit(Person, row, area, {"full_name": name, "sex": "P"})], STAFF)
    return row


def state(laptop: Laptop) -> tuple[int, int, int]:
    now = send_state(laptop.store)
    return now.pending, now.at_supervisor, now.received


def test_words_and_receipts_travel_through_the_hub(world: World, hub: Laptop) -> None:
    one, two = world.laptop(), world.laptop()
    connect(hub)
    people = [register(one, "Satu CONTOH"), register(two, "Dua CONTOH")]
    register(hub, "Tiga CONTOH")
    for laptop in (one, two):
        result = meet(laptop, hub)
        assert result.receipts == []
        assert state(laptop) == (0, 1, 0)
    assert all(hub.store.get(Person, person) for person in people)
    assert all(world.centre.get(Person, person) is None for person in people)
    brought = exchange(hub.store, hub.carrier)
    assert (brought.relayed, len(brought.receipts)) == (2, 1)
    assert all(world.centre.get(Person, person) for person in people)
    assert in_care(hub.store) == []
    for laptop in (one, two):
        result = meet(laptop, hub)
        assert len(result.receipts) == 1
        assert state(laptop) == (0, 0, 1)
        assert send_state(laptop.store).all_received
    meet(one, hub)
    assert world.equal(hub, one, two), "each has also what the others said"


def test_what_the_hub_hands_on_is_what_the_author_signed(world: World, hub: Laptop) -> None:
    laptop = world.laptop()
    connect(hub)
    register(laptop, "Satu CONTOH")
    meet(laptop, hub)
    connect(hub)
    bodies = [
        [segment.body for segment in feed_segments(store, AREA, laptop.store.replica)]
        for store in (laptop.store, hub.store, world.centre)
    ]
    assert bodies[0] == bodies[1] == bodies[2] != []
    (own,) = receipts_after(world.centre, AREA, laptop.store.replica, 0, 9)
    assert receipts_for(hub.store, AREA, laptop.store.replica, 0) == [own]


def test_an_exchange_with_nothing_in_care_is_as_small_as_ever(world: World, hub: Laptop) -> None:
    laptop = world.laptop()
    connect(hub)
    before = exchange(hub.store, hub.carrier)
    register(laptop, "Satu CONTOH")
    meet(laptop, hub)
    connect(hub)
    after = exchange(hub.store, hub.carrier)
    assert (after.rounds, before.rounds) == (1, 1)
    assert after.bytes_up <= before.bytes_up + 4  # larger numbers in the same places
    assert meet(laptop, hub).receipts != []
    idle = meet(laptop, hub)
    assert (idle.rounds, idle.bytes_up < 200, idle.bytes_down < 60) == (1, True, True)


def test_a_hub_that_is_lost_loses_nothing(world: World, hub: Laptop) -> None:
    other, laptop = world.laptop(), world.laptop()
    connect(hub, other)
    person = register(laptop, "Satu CONTOH")
    meet(laptop, hub)
    assert state(laptop) == (0, 1, 0)
    meet(laptop, other)  # the first one was stolen; the next one takes the same words
    connect(other)
    assert world.centre.get(Person, person)
    meet(laptop, other)
    assert send_state(laptop.store).all_received


def test_by_two_hubs_and_directly_it_arrives_once(world: World, hub: Laptop) -> None:
    other, laptop = world.laptop(), world.laptop()
    connect(hub, other)
    register(laptop, "Satu CONTOH")
    meet(laptop, hub)
    meet(laptop, other)
    register(laptop, "Dua CONTOH")
    connect(laptop, hub, other, hub)
    assert world.equal(hub, other)
    assert in_care(hub.store) == in_care(other.store) == []
    result = meet(laptop, hub)
    assert result.receipts == [], "it has them from the centre itself"
    assert len(list(feed_segments(world.centre, AREA, laptop.store.replica))) == 2


def test_the_centre_s_own_words_reach_trainers_through_the_hub(world: World, hub: Laptop) -> None:
    laptop = world.laptop()
    connect(laptop)
    staff, session = new_id(), new_id()
    world.centre.save(
        [
            Edit(Staff, staff, CENTRE_AREA, {"full_name": "Guru CONTOH", "role": "pelatih"}),
            Edit(Session, session, AREA, {"topic": "Foto produk CONTOH"}),
            Edit(Device, laptop.store.replica, CENTRE_AREA, {"name": "Laptop CONTOH baru"}),
        ],
        NO_ID,
    )
    connect(hub)
    meet(laptop, hub)
    assert laptop.store.get(Staff, staff)
    assert laptop.store.get(Session, session)
    device = laptop.store.get(Device, laptop.store.replica)
    assert device is not None
    assert device.name == "Laptop CONTOH baru"
    assert content_digest(laptop.store, (CENTRE_AREA, AREA)) == content_digest(
        world.centre, (CENTRE_AREA, AREA)
    )


def test_a_revoked_laptop_is_refused_its_word_at_the_hub_too(world: World, hub: Laptop) -> None:
    laptop = world.laptop()
    before = register(laptop, "Sebelum CONTOH")
    connect(laptop, hub)
    world.centre.save(
        [Edit(Device, laptop.store.replica, CENTRE_AREA, {"state": "dicabut", "revoked_after": 1})], NO_ID
    )
    connect(hub)
    later = register(laptop, "Sesudah CONTOH")
    assert meet(laptop, hub).revoked
    assert hub.store.get(Person, before)
    assert hub.store.get(Person, later) is None
    exchange(hub.store, hub.carrier)
    assert world.centre.get(Person, later) is None
    assert [s.state for s in feed_segments(world.centre, AREA, laptop.store.replica)] == [
        "applied",
        "revoked",
    ]
    assert state(laptop) == (0, 1, 1), "kept, but never received"
    assert exchange(hub.store, hub.carrier).rounds == 1


# --- a hub can neither forge nor restamp --------------------------------------------------------------------


def test_only_the_centre_corrects_stamps_and_the_correction_comes_back(world: World, hub: Laptop) -> None:
    fast, right = world.laptop(ahead_ms=400 * 24 * HOUR_MS), world.laptop()
    connect(hub)
    person = register(fast, "Masa Depan CONTOH")
    meet(fast, hub)
    (segment,) = feed_segments(hub.store, AREA, fast.store.replica)
    assert segment.restamp is None
    meet(right, hub)
    connect(hub)
    (segment,) = feed_segments(hub.store, AREA, fast.store.replica)
    (at_centre,) = feed_segments(world.centre, AREA, fast.store.replica)
    assert segment.restamp == at_centre.restamp is not None
    assert world.equal(hub)
    meet(right, hub)
    assert world.equal(hub, right), "who read it here before hears of the correction here"
    right.store.save([Edit(Person, person, AREA, {"full_name": "Sekarang CONTOH"})], STAFF)
    meet(right, hub)
    connect(hub)
    meet(fast, hub)
    assert send_state(fast.store).all_received
    for store in (world.centre, hub.store, fast.store, right.store):
        found = store.get(Person, person)
        assert found is not None
        assert found.full_name == "Sekarang CONTOH"
        assert differences(store) == []


def test_a_receipt_made_by_the_hub_is_refused(world: World, hub: Laptop) -> None:
    laptop, other = world.laptop(), world.laptop()
    register(laptop, "Satu CONTOH")
    connect(hub)
    meet(laptop, hub)
    register(other, "Lain CONTOH")
    connect(other)
    (head,) = [head for head in heads(hub.store) if head.replica == laptop.store.replica]
    (real,) = receipts_after(world.centre, AREA, other.store.replica, 0, 9)
    forged = seal_receipt(
        replace(
            open_receipt(real, None), replica=laptop.store.replica, hash=head.head_hash, hi=head.head_seq
        ),
        hub.store.private_key,
    )

    class Forger(HubCarrier):
        def __init__(self, receipt: bytes) -> None:
            super().__init__(hub)
            self.receipt = receipt

        def send(self, data: bytes) -> bytes:
            return pack_answer(replace(read_answer(super().send(data)), receipts=[self.receipt]))

    for receipt in (FULL + forged, b"\0" + forged):
        with pytest.raises(CarrierProblem) as caught:
            exchange(laptop.store, Forger(receipt), hub=hub.store.replica)
        assert caught.value.code == "receipt.signature"
    exchange(laptop.store, Forger(FULL + real), hub=hub.store.replica)  # true, but another laptop's
    assert state(laptop) == (0, 1, 0)
    with pytest.raises(ReceiptFault):
        take_receipt(laptop.store, forged)


def test_a_hub_is_not_believed_about_time_and_the_centre_s_life(world: World) -> None:
    hub, laptop = world.laptop(ahead_ms=50 * 24 * HOUR_MS), world.laptop()
    connect(hub)
    hub.store.clock.offset_ms = 0
    register(laptop, "Satu CONTOH")

    class Liar(HubCarrier):
        def send(self, data: bytes) -> bytes:
            return pack_answer(replace(read_answer(super().send(data)), epoch=bytes(16)))

    exchange(laptop.store, Liar(hub), hub=hub.store.replica)
    assert laptop.store.clock.offset_ms == 0
    assert laptop.store.meta(EPOCH) == world.authority.epoch


def test_who_answers_must_be_what_was_meant(world: World, hub: Laptop) -> None:
    laptop = world.laptop()
    connect(hub)
    with pytest.raises(CarrierProblem, match="Tanda tangan"):
        exchange(laptop.store, HubCarrier(hub))  # addressed to the centre
    with pytest.raises(CarrierProblem):
        exchange(laptop.store, laptop.carrier, hub=hub.store.replica)
    assert state(laptop) == (0, 0, 0)


# --- what a hub cannot take ---------------------------------------------------------------------------------


def test_a_laptop_that_the_hub_has_not_heard_of_brings_the_centre_s_word_on_itself(
    world: World, hub: Laptop
) -> None:
    connect(hub)
    newcomer = world.laptop()
    connect(newcomer)
    register(newcomer, "Baru CONTOH")
    meet(newcomer, hub)
    assert state(newcomer) == (0, 1, 0)
    assert hub.store.get(Device, newcomer.store.replica)
    connect(hub)
    meet(newcomer, hub)
    assert send_state(newcomer.store).all_received


def test_a_laptop_without_the_centre_s_word_is_told_what_helps(world: World, hub: Laptop) -> None:
    connect(hub)
    newcomer = world.laptop()
    register(newcomer, "Baru CONTOH")
    with pytest.raises(CarrierProblem, match="Sambungkan laptop pengawas ke internet"):
        meet(newcomer, hub)
    assert state(newcomer) == (1, 0, 0)
    connect(hub)
    meet(newcomer, hub)
    assert state(newcomer) == (0, 1, 0)


def test_trainers_bring_the_list_of_laptops_to_a_hub_that_was_long_away(world: World, hub: Laptop) -> None:
    laptop, stolen = world.laptop(), world.laptop()
    connect(hub, laptop, stolen)
    world.centre.save(
        [Edit(Device, stolen.store.replica, CENTRE_AREA, {"state": "dicabut", "revoked_after": 0})], NO_ID
    )
    connect(laptop)
    meet(laptop, hub)
    person = register(stolen, "Curian CONTOH")
    assert meet(stolen, hub).revoked
    assert hub.store.get(Person, person) is None


def test_only_what_the_centre_signed_is_taken_for_its_word(world: World, hub: Laptop) -> None:
    connect(hub)
    newcomer = world.laptop()
    values = {"name": "Palsu CONTOH", "public_key": "00" * 32, "areas": str(AREA), "state": "aktif"}
    newcomer.store.save([Edit(Device, newcomer.store.replica, CENTRE_AREA, values)], STAFF)
    newcomer.store.set_meta("areas", msgpack.packb([AREA]))
    seal(newcomer.store, lambda data: sign(newcomer.store.private_key, data))
    (forged,) = feed_segments(newcomer.store, CENTRE_AREA, newcomer.store.replica)
    hear_centre(hub.store, [Piece(forged.hash, len(forged.body), 0, forged.body)])
    assert hub.store.get(Device, newcomer.store.replica) is None


def test_areas_that_were_given_since_the_hub_heard_of_them_are_taken(world: World) -> None:
    hub, laptop = world.laptop(areas=(AREA, OTHER)), world.laptop()
    connect(hub, laptop)
    world.centre.save([Edit(Device, laptop.store.replica, CENTRE_AREA, {"areas": f"{AREA},{OTHER}"})], NO_ID)
    connect(laptop)
    register(laptop, "Wilayah baru CONTOH", OTHER)
    meet(laptop, hub)
    assert state(laptop) == (0, 1, 0)


def test_areas_that_the_hub_does_not_have_wait_and_harm_nothing(world: World, hub: Laptop) -> None:
    laptop = world.laptop(areas=(AREA, OTHER))
    connect(hub)
    register(laptop, "Di sini CONTOH")
    register(laptop, "Di sana CONTOH", OTHER)
    meet(laptop, hub)
    assert state(laptop) == (1, 1, 0)
    assert {head.area for head in heads(hub.store)} <= {CENTRE_AREA, AREA}
    connect(hub)
    meet(laptop, hub)
    assert state(laptop) == (1, 0, 1)
    connect(laptop)
    assert send_state(laptop.store).all_received


def test_words_of_others_that_the_centre_refuses_keep_nothing_back(world: World, hub: Laptop) -> None:
    moved, laptop = world.laptop(), world.laptop()
    connect(hub)
    register(moved, "Pindah CONTOH")
    register(laptop, "Tetap CONTOH")
    mine = register(hub, "Milik pengawas CONTOH")
    meet(moved, hub)
    meet(laptop, hub)
    world.centre.save([Edit(Device, moved.store.replica, CENTRE_AREA, {"public_key": None})], NO_ID)
    result = exchange(hub.store, hub.carrier)
    assert (result.relayed, len(result.receipts)) == (1, 1)
    assert world.centre.get(Person, mine)
    assert state(laptop) == (0, 1, 0)
    assert [one.replica for one in in_care(hub.store)] == [moved.store.replica], "kept until it may come in"


def test_words_of_which_the_beginning_is_nowhere_keep_nothing_back(world: World, hub: Laptop) -> None:
    laptop = world.laptop()
    connect(hub)
    for name in ("Satu CONTOH", "Dua CONTOH"):
        register(laptop, name)
        meet(laptop, hub)
    mine = register(hub, "Milik pengawas CONTOH")
    with hub.store.db.writing() as c:  # as no store loses it; the worst that a damaged one could offer
        c.run("DELETE FROM segment WHERE lo = 1 AND replica <> 1")
    result = exchange(hub.store, hub.carrier)
    assert len(result.receipts) == 1
    assert world.centre.get(Person, mine)
    assert [one.replica for one in in_care(hub.store)] == [laptop.store.replica]
    connect(laptop)
    assert send_state(laptop.store).all_received


# --- cuts, restores -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut_after", [0, 1])
def test_a_cut_at_the_hub_costs_nothing(world: World, hub: Laptop, cut_after: int) -> None:
    laptop = world.laptop()
    connect(hub)
    register(laptop, "Satu CONTOH")
    with pytest.raises(CarrierProblem, match="cut"):
        meet(laptop, hub, cut_after)
    meet(laptop, hub)
    connect(hub)
    with pytest.raises(CarrierProblem, match="cut"):
        meet(laptop, hub, 0)
    meet(laptop, hub)
    assert send_state(laptop.store).all_received
    assert world.equal(hub)


def test_after_a_restore_of_the_centre_the_hub_brings_it_again(world: World, hub: Laptop) -> None:
    laptop = world.laptop()
    register(laptop, "Satu CONTOH")
    connect(hub, laptop)
    copy = world.backup_centre()
    person = register(laptop, "Dua CONTOH")
    meet(laptop, hub)
    connect(hub)
    world.restore_centre(copy)
    assert world.centre.get(Person, person) is None
    connect(hub)
    assert world.centre.get(Person, person)
    meet(laptop, hub)
    assert laptop.store.meta(EPOCH) == world.authority.epoch, "a receipt tells of the new life"
    assert send_state(laptop.store).all_received
    connect(laptop)
    assert world.equal(hub, laptop)


def test_a_receipt_of_a_life_that_is_over_counts_no_more(world: World, hub: Laptop) -> None:
    laptop = world.laptop()
    connect(hub, laptop)
    copy = world.backup_centre()
    register(laptop, "Satu CONTOH")
    meet(laptop, hub)
    connect(hub)
    (old,) = receipts_for(hub.store, AREA, laptop.store.replica, 0)
    world.restore_centre(copy)
    laptop.carrier.cut = None
    connect(hub)
    meet(laptop, hub)
    assert not take_receipt(laptop.store, old).counts
