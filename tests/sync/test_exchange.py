"""Two laptops and a centre: what is saved arrives once, receipts come back, every cut is harmless."""

from __future__ import annotations

import pytest

from tests.sync.world import AREA, Cut
from trainer_app.records.clock import HOUR_MS, milliseconds
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Attendance, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.digest import content_digest
from trainer_app.storage.findings import findings
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.answer import Refusal
from trainer_app.sync.exchange import Stopped, StopToken, exchange

STAFF = new_id()


def register(laptop, name="Siti CONTOH", **more):
    row = new_id()
    laptop.store.save(
        [Edit(Person, row, AREA, {"full_name": name, "sex": "P", "village": "53.01.08.2006", **more})], STAFF
    )
    return row


def test_what_is_saved_arrives_once_and_comes_back_with_a_receipt(world):
    one, two = world.laptop(), world.laptop()
    row = register(one)
    result = exchange(one.store, one.carrier)
    assert (result.sent_operations, result.rounds, len(result.receipts)) == (1, 1, 1)
    assert send_state(one.store).all_received
    again = exchange(one.store, one.carrier)
    assert (again.sent_operations, again.received_operations, again.rounds) == (0, 0, 1)
    exchange(two.store, two.carrier)
    assert two.store.get(Person, row).full_name == "Siti CONTOH"
    assert world.equal(one, two)


def test_same_person_and_same_mark_on_two_laptops(world):
    one, two = world.laptop(), world.laptop()
    row, session = register(one), new_id()
    exchange(one.store, one.carrier)
    exchange(two.store, two.carrier)
    for laptop, name, status in ((one, "Siti Aminah CONTOH", "H"), (two, "Siti Aminna CONTOH", "A")):
        mark = Edit(
            Attendance,
            derived_id(Attendance, session, row),
            AREA,
            {"session": session, "person": row, "status": status},
        )
        laptop.store.save([Edit(Person, row, AREA, {"full_name": name}), mark], STAFF)
    for laptop in (two, one, two):
        exchange(laptop.store, laptop.carrier)
    assert world.equal(one, two)
    for store in (one.store, two.store, world.centre):
        assert {(f.cls.table, f.field, f.winning) for f in findings(store)} == {
            ("person", "full_name", "Siti Aminna CONTOH"),
            ("attendance", "status", "A"),
        }
        assert rebuild(store, repair=False) == []


@pytest.mark.parametrize("where", ["request", "answer"])
def test_a_cut_loses_nothing_and_sends_little_again(world, where):
    laptop = world.laptop()
    for i in range(30):
        register(laptop, f"Peserta {i} CONTOH")
    laptop.carrier.cut = Cut(where)
    with pytest.raises(CarrierProblem):
        exchange(laptop.store, laptop.carrier)
    assert send_state(laptop.store).pending == 30
    result = exchange(laptop.store, laptop.carrier)
    assert result.sent_operations == 30
    assert send_state(laptop.store).all_received
    assert world.centre.count(Person) == 30
    if where == "answer":
        assert result.bytes_up < 600
    assert world.equal(laptop)


def test_a_laptop_from_next_year_is_corrected_by_the_receipt(world):
    year = 365 * 24 * HOUR_MS
    fast, right = world.laptop(ahead_ms=year), world.laptop()
    row = register(fast, landmark="satu")
    exchange(fast.store, fast.carrier)
    exchange(right.store, right.carrier)
    right.store.save([Edit(Person, row, AREA, {"landmark": "dua"})], STAFF)
    exchange(right.store, right.carrier)
    exchange(fast.store, fast.carrier)
    assert fast.store.get(Person, row).landmark == "dua"
    assert world.equal(fast, right)
    assert abs(fast.store.clock.offset_ms + year) < HOUR_MS
    assert milliseconds(right.store.clock.last) < world.now() + HOUR_MS
    assert all(rebuild(s, repair=False) == [] for s in (fast.store, right.store, world.centre))


def test_a_replayed_or_altered_request_is_refused(world):
    laptop = world.laptop()
    register(laptop)
    exchange(laptop.store, laptop.carrier)
    seen = laptop.carrier.requests[-1]
    before = content_digest(world.centre)
    for data, code in (
        (seen, "request.replayed"),
        (seen[:-1] + bytes([seen[-1] ^ 1]), "request.signature"),
        (seen[:64] + bytes(16) + seen[80:], "device.unknown"),
        (seen[:70], "request.short"),
        (b"", "request.short"),
    ):
        with pytest.raises(Refusal) as caught:
            world.answer(data)
        assert caught.value.code.startswith(code)
    assert content_digest(world.centre) == before
    assert exchange(laptop.store, laptop.carrier).rounds == 1


def test_other_areas_are_neither_given_nor_taken(world):
    laptop = world.laptop()
    laptop.store.set_areas((AREA, 9999))
    exchange(laptop.store, laptop.carrier)
    assert laptop.store.areas == (AREA,), "refused once, it asked which areas are its own"
    stray = Edit(Person, new_id(), 9999, {"full_name": "Jauh CONTOH", "sex": "L", "village": "99.99.01.2001"})
    laptop.store.save([stray], STAFF)
    with pytest.raises(CarrierProblem, match="wilayah"):
        exchange(laptop.store, laptop.carrier)
    assert world.centre.count(Person) == 0


def test_stopping_keeps_what_was_acknowledged(world):
    laptop = world.laptop()
    register(laptop)
    stop = StopToken()
    stop.stop()
    with pytest.raises(Stopped):
        exchange(laptop.store, laptop.carrier, stop=stop)
    assert send_state(laptop.store).pending == 1
    exchange(laptop.store, laptop.carrier)
    assert send_state(laptop.store).all_received


def test_progress_counts_up_to_all(world):
    laptop = world.laptop()
    for _ in range(5):
        register(laptop)
    told = []
    exchange(
        laptop.store, laptop.carrier, lambda p: told.append((p.phase, p.sent_operations, p.total_operations))
    )
    assert told[0] == ("sending", 0, 5)
    assert told[-1] == ("done", 5, 5)


def test_the_centre_lives_anew_and_is_filled_again(world):
    laptop = world.laptop()
    register(laptop, "Lama CONTOH")
    exchange(laptop.store, laptop.carrier)
    copy = world.backup_centre()
    register(laptop, "Baru CONTOH")
    exchange(laptop.store, laptop.carrier)
    world.restore_centre(copy)
    assert world.centre.count(Person) == 1
    exchange(laptop.store, laptop.carrier)
    assert world.centre.count(Person) == 2
    assert send_state(laptop.store).all_received
    assert world.equal(laptop)
