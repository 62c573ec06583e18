"""The centre is lost and comes back from an older copy: laptops fill it again, their own words and those of
others.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.bundle.sticks import introduced, save, take_all
from tests.sync.hubs import meet
from tests.sync.world import AREA, Cut, Laptop, World, connect
from trainer_app.records.clock import HOUR_MS
from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.applying import effective_hlcs
from trainer_app.storage.feeds import StoredSegment, decoded, feed_segments
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.exchange import exchange
from trainer_app.sync.succession import first_id, former_ids

STAFF = new_id()


def register(laptop: Laptop, name: str) -> RecordId:
    row = new_id()
    values = {"full_name": name, "sex": "P", "village": "53.01.08.2006"}
    laptop.store.save([Edit(Person, row, AREA, values)], STAFF)
    return row


def test_a_new_life_is_another_replica_under_the_same_key(world: World) -> None:
    laptop = world.laptop()
    register(laptop, "Satu CONTOH")
    connect(laptop)
    founded, key = world.centre.replica, world.centre.private_key
    world.restore_centre(world.backup_centre())
    assert world.centre.replica != founded
    assert world.centre.private_key == key
    assert former_ids(world.centre) == {founded}
    assert first_id(world.centre) == founded
    connect(laptop)
    world.restore_centre(world.backup_centre())
    assert first_id(world.centre) == founded
    assert len(former_ids(world.centre)) == 2
    register(laptop, "Dua CONTOH")
    connect(laptop, laptop)
    assert send_state(laptop.store).all_received
    assert world.equal(laptop)


def test_a_laptop_that_joined_after_the_copy_is_known_again_once_another_has_sent(world: World) -> None:
    early = world.laptop()
    connect(early)
    copy = world.backup_centre()
    late = world.laptop()
    staff = new_id()
    world.centre.save(
        [Edit(Staff, staff, CENTRE_AREA, {"full_name": "Guru CONTOH", "role": "pelatih"})], NO_ID
    )
    person = register(late, "Terlambat CONTOH")
    connect(late, early)
    world.restore_centre(copy)
    assert world.centre.get(Device, late.store.replica) is None
    with pytest.raises(CarrierProblem, match="belum mengenal"):
        connect(late)
    connect(early)
    assert world.centre.get(Device, late.store.replica) is not None
    assert world.centre.get(Staff, staff) is not None
    assert world.centre.get(Person, person) is not None, "the words of the late one came with the early one"
    connect(late, early)
    assert send_state(late.store).all_received
    assert world.equal(early, late)


def test_a_lost_laptop_s_words_come_back_from_another(world: World) -> None:
    one, two = world.laptop(), world.laptop()
    connect(one, two)
    copy = world.backup_centre()
    people = [register(one, f"Peserta {i} CONTOH") for i in range(20)]
    connect(one, two)
    world.restore_centre(copy)
    result = exchange(two.store, two.carrier)
    assert all(world.centre.get(Person, person) is not None for person in people)
    assert result.sent_operations == 0, "they are not its own"
    assert world.equal(two)
    idle = exchange(two.store, two.carrier)
    assert (idle.rounds, idle.bytes_up < 200) == (1, True)


def test_filling_again_goes_on_after_a_cut(world: World) -> None:
    one, two = world.laptop(), world.laptop()
    connect(one, two)
    copy = world.backup_centre()
    person = register(one, "Satu CONTOH")
    connect(one, two)
    world.restore_centre(copy)
    for where in ("request", "answer"):
        two.carrier.cut = Cut(where, rounds=1)
        with pytest.raises(CarrierProblem, match="cut"):
            connect(two)
    connect(two)
    assert world.centre.get(Person, person) is not None
    assert world.equal(two)


def test_corrected_stamps_stay_as_the_former_life_corrected_them(world: World) -> None:
    fast, right = world.laptop(ahead_ms=400 * 24 * HOUR_MS), world.laptop()
    copy = world.backup_centre()
    person = register(fast, "Cepat CONTOH")
    connect(fast, right)
    right.store.save([Edit(Person, person, AREA, {"landmark": "dua"})], STAFF)
    connect(right, fast)
    assert world.equal(fast, right)
    world.restore_centre(copy)
    late = world.laptop()
    for laptop in (right, fast, late, right):
        connect(laptop)
    assert world.equal(fast, right, late)
    for store in (world.centre, fast.store, right.store, late.store):
        assert rebuild(store, repair=False) == []
    assert send_state(fast.store).all_received


def test_a_new_life_that_corrects_otherwise_is_followed_by_all(world: World) -> None:
    """A reader brings a word back whose stamp, years ahead once, lies in the future no more."""
    fast, reader = world.laptop(ahead_ms=HOUR_MS), world.laptop()
    connect(fast, reader)
    copy = world.backup_centre()
    person = register(fast, "Cepat CONTOH")
    meet(reader, fast)
    connect(fast)
    world.restore_centre(copy)
    world.wall.ahead_ms = 20 * 24 * HOUR_MS
    for laptop in (reader, fast, reader, fast):
        connect(laptop)
    assert world.centre.get(Person, person) is not None
    assert world.equal(fast, reader)
    for store in (world.centre, fast.store, reader.store):
        assert rebuild(store, repair=False) == []
    assert send_state(fast.store).all_received


def test_an_earlier_receipt_is_not_honoured_where_the_feed_would_fall(world: World, stick: Path) -> None:
    """A stick brought the first word without the receipt that came later; the second comes with it."""
    fast = world.laptop(ahead_ms=400 * 24 * HOUR_MS)
    introduced(world, fast)
    copy = world.backup_centre()
    register(fast, "Satu CONTOH")
    save(fast, stick)
    register(fast, "Dua CONTOH")
    connect(fast)
    world.restore_centre(copy)
    world.wall.ahead_ms = HOUR_MS
    take_all(world, stick)
    connect(fast, fast)
    stamps = [hlc for one in feed_segments(world.centre, AREA, fast.store.replica) for hlc in _counting(one)]
    assert len(stamps) == 2
    assert stamps == sorted(stamps)
    assert world.equal(fast)
    assert send_state(fast.store).all_received


def _counting(stored: StoredSegment) -> list[int]:
    groups = decoded(stored).groups
    return [hlc for group in groups for hlc in effective_hlcs(group.seqs, group.hlcs, stored.restamp)]


def test_what_laptops_bring_of_others_must_be_theirs_to_bring(world: World) -> None:
    """A laptop of another regency cannot put words into this one, even true ones."""
    one, other = world.laptop(), world.laptop(areas=(5302,))
    register(one, "Satu CONTOH")
    connect(one, other)
    world.restore_centre(world.backup_centre())
    connect(other)
    offered = [request for request in other.carrier.requests if one.store.replica in request[80:]]
    assert offered == []
