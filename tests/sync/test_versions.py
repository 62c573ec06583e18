"""Laptops and centres of different ages: what the older one does not know survives it, and everybody may hand
in what they have.
"""

from __future__ import annotations

from dataclasses import replace

import msgpack
import pytest

from tests.sync.world import AREA, STAFF, World, connect, register
from trainer_app.records.fields import KINDS, fields_by_number, fields_of
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Attendance, Milestone, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.storage import upgrades
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import unsealed
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.answer import Authority
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import make_private_key
from trainer_app.sync.messages import pack_request, read_request, split_request

LATER = 99  # a field, and a kind, of a version to come


def as_a_later_version(store: Store, row: RecordId, *, kind: int = Person.kind, **more: object) -> None:
    """Say something that this version has no field, or no kind, for, as a later one writes its log."""

    def work(c: Connection) -> None:
        body = {LATER: "dari versi nanti", **{int(key[1:]): value for key, value in more.items()}}
        c.run(
            "UPDATE operation SET kind = ?, body = ? WHERE row = ? AND replica = 1",
            *(kind, msgpack.packb(body), row),
        )

    store.db.transact(work)


def extra(store: Store, row: RecordId) -> dict[int, object]:
    with store.db.reading() as c:
        packed = c.value("SELECT _extra FROM person WHERE id = ?", row)
    return msgpack.unpackb(packed, strict_map_key=False) if packed else {}


def test_an_unknown_field_survives_an_old_laptop_and_an_old_centre(world: World) -> None:
    new, old, third = world.laptop(), world.laptop(), world.laptop()
    row = register(new.store, "Baru")
    as_a_later_version(new.store, row, _1="Baru CONTOH", _2="P")
    connect(new, old)
    old.store.save([Edit(Person, row, AREA, {"landmark": "dari yang lama"})], STAFF)
    connect(old, third)
    for store in (world.centre, old.store, third.store):
        assert extra(store, row) == {LATER: "dari versi nanti"}
        person = store.get(Person, row)
        assert person is not None
        assert person.landmark == "dari yang lama"
        assert rebuild(store, repair=False) == []


def test_a_known_field_is_moved_into_its_column_by_an_upgrade(world: World) -> None:
    """`landmark` as it is for a program that does not know it yet."""
    one = world.laptop()
    row = register(one.store, "Satu")
    number = next(field.number for field in fields_of(Person) if field.name == "landmark")
    with one.store.db.writing() as c:
        c.run("UPDATE person SET _extra = ?", msgpack.packb({number: "dekat gereja"}))
    one.store.db.transact(lambda c: upgrades.promote(c, Person, one.store.replicas))
    person = one.store.get(Person, row)
    assert person is not None
    assert (person.landmark, extra(one.store, row)) == ("dekat gereja", {})


def test_an_unknown_kind_is_parked_handed_on_and_read_after_an_update(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A centre and a laptop that do not know milestones yet, and what becomes of one when they do."""
    new, old = world.laptop(), world.laptop()
    connect(new, old)
    row, enterprise = new_id(), new_id()
    new.store.save([Edit(Milestone, row, AREA, {"enterprise": enterprise, "step": "T3"})], STAFF)
    person = register(new.store, "Bersama")
    with monkeypatch.context() as older:
        older.delitem(KINDS, Milestone.kind)
        connect(new, old)
        assert send_state(new.store).all_received, "accepted is stored, understood or not"
        for store in (world.centre, old.store):
            with store.db.reading() as c:
                assert c.value("SELECT COUNT(*) FROM segment WHERE state = 'parked'") == 1
            assert store.get(Person, person) is not None, "what is known beside it counts at once"
    for store in (world.centre, old.store):
        assert store.get(Milestone, row) is None
        store.set_meta("program_version", b"0.9")
        assert upgrades.adopt(store)
        found = store.get(Milestone, row)
        assert found is not None
        assert found.enterprise == enterprise
        with store.db.reading() as c:
            assert c.value("SELECT COUNT(*) FROM segment WHERE state = 'parked'") == 0
    assert world.equal(new, old)


def test_an_unknown_kind_in_a_snapshot_is_read_after_an_update(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer_app.storage.snapshots.WORTH_BYTES", 500)
    one = world.laptop()
    row = new_id()
    one.store.save([Edit(Milestone, row, AREA, {"enterprise": new_id(), "step": "T3"})], STAFF)
    for n in range(12):
        register(one.store, f"Peserta {n}")
        connect(one)
    new = world.laptop()
    with monkeypatch.context() as older:
        older.delitem(KINDS, Milestone.kind)
        connect(new)
        with new.store.db.reading() as c:
            assert c.value("SELECT COUNT(*) FROM segment WHERE state = 'snapshot-parked'") == 1
        assert new.store.count(Person) == 12
    new.store.set_meta("program_version", b"0.9")
    assert upgrades.adopt(new.store)
    assert new.store.get(Milestone, row) is not None
    with new.store.db.reading() as c:
        assert c.value("SELECT COUNT(*) FROM segment WHERE state = 'snapshot-parked'") == 0
    connect(one)
    assert world.equal(one, new)


def test_an_old_laptop_may_hand_in_and_is_told_to_update(world: World) -> None:
    one, two = world.laptop(), world.laptop()
    connect(one, two)
    register(two.store, "Dari yang lain")
    connect(two)
    world.authority = replace(world.authority, least_protocol=2)
    register(one.store, "Dari yang lama")
    result = exchange(one.store, one.carrier)
    assert result.update
    assert send_state(one.store).all_received, "with a receipt"
    assert one.store.count(Person) == 1, "more it would not understand"
    assert world.centre.count(Person) == 2
    world.authority = replace(world.authority, least_protocol=1)
    result = exchange(one.store, one.carrier)
    assert not result.update
    assert one.store.count(Person) == 2


def test_a_later_laptop_is_taken_by_this_centre(world: World) -> None:
    """It says a later protocol, and more than this version reads."""
    one = world.laptop()
    register(one.store, "Dari yang baru")

    class Later:
        def send(self, data: bytes) -> bytes:
            request = replace(read_request(split_request(data).body), protocol=2)
            keys = {"replica": one.store.replica, "private_key": one.store.private_key}
            return world.answer(pack_request(request, receiver=world.centre.replica, **keys))

        def close(self) -> None:
            """Nothing is open."""

    exchange(one.store, Later())
    assert send_state(one.store).all_received


def test_numbers_of_kinds_and_fields_are_never_used_twice() -> None:
    for cls in KINDS.values():
        assert len(fields_by_number(cls)) == len(fields_of(cls))
    assert derived_id(Attendance, bytes(16), bytes(16)) != bytes(16)
    assert LATER not in KINDS
    assert Authority(make_private_key()).least_protocol == 1


def test_unsealed_words_of_a_later_version_stay(world: World) -> None:
    """A program that was set back to an older one still sends what the newer one wrote."""
    one = world.laptop()
    row = register(one.store, "Baru")
    as_a_later_version(one.store, row, kind=LATER)
    with one.store.db.reading() as c:
        assert [operation.kind for operation in unsealed(one.store, c, AREA)] == [LATER]
    connect(one)
    with world.centre.db.reading() as c:
        assert c.value("SELECT state FROM segment WHERE area = ?", AREA) == "parked"
