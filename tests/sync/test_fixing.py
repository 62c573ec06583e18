"""What the centre could not read is put right at the laptop that wrote it, and arrives the next time."""

from __future__ import annotations

from collections.abc import Callable

import msgpack

from tests.sync.test_trust import register
from tests.sync.world import World
from trainer_app.actions.fixing import say_again
from trainer_app.actions.people import delete_person
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.receipts import kept_apart, rejections
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.exchange import exchange

BY = new_id()


def test_one_wrong_answer_is_asked_for_and_the_others_go_at_once(
    world: World, expect_log: Callable[[str], None]
) -> None:
    expect_log("quarantine")
    laptop, other = world.laptop(), world.laptop()
    bad, good = register(laptop), register(laptop)
    with laptop.store.db.writing() as c:
        body = msgpack.packb({1: "Siti CONTOH", 2: "P", 6: 12345})
        c.run("UPDATE operation SET body = ? WHERE row = ?", body, bad)
    exchange(laptop.store, laptop.carrier)
    exchange(other.store, other.carrier)
    assert other.store.get(Person, good) is not None, "the wrong one holds nothing up"
    assert laptop.store.get(Person, bad) is None
    (wrong,) = rejections(laptop.store)
    assert (wrong.field, wrong.label) == ("phone", "Nomor HP / WhatsApp")
    assert [(k.row, k.label) for k in kept_apart(other.store)] == [(bad, "Nomor HP / WhatsApp")]
    assert kept_apart(laptop.store) == []

    say_again(laptop.store, wrong, BY)
    held = laptop.store.get(Person, bad)
    assert held is not None
    assert (held.full_name, held.phone) == ("Siti CONTOH", None)
    assert send_state(laptop.store).rejected == 1, "asked for until the field is saved"
    laptop.store.save([Edit(Person, bad, held.area, {"phone": "+6281355500077"})], BY)
    assert rejections(laptop.store) == []
    assert send_state(laptop.store).rejected == 0
    exchange(laptop.store, laptop.carrier)
    exchange(other.store, other.carrier)
    for store in (laptop.store, other.store, world.centre):
        there = store.get(Person, bad)
        assert there is not None
        assert (there.full_name, there.phone) == ("Siti CONTOH", "+6281355500077")
        assert rebuild(store, repair=False) == []
    assert send_state(laptop.store).all_received


def test_what_was_answered_since_is_not_overwritten(world: World, expect_log: Callable[[str], None]) -> None:
    expect_log("quarantine")
    laptop = world.laptop()
    person = register(laptop)
    with laptop.store.db.writing() as c:
        body = msgpack.packb({1: "Siti CONTOH", 2: "P", 6: 12345})
        c.run("UPDATE operation SET body = ? WHERE row = ?", body, person)
    exchange(laptop.store, laptop.carrier)
    (wrong,) = rejections(laptop.store)
    laptop.store.save([Edit(Person, person, wrong.area, {"full_name": "Siti Aminah CONTOH"})], BY)
    say_again(laptop.store, wrong, BY)
    held = laptop.store.get(Person, person)
    assert held is not None
    assert (held.full_name, held.sex) == ("Siti Aminah CONTOH", "P")
    assert delete_person(laptop.store, person, BY, "ganda")
