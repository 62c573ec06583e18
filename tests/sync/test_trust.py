"""Whom either side believes what: revoked and copied laptops, lost areas, false receipts, wrong values, a
hub.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.sync.world import AREA, Laptop, World
from trainer_app.records.fields import Value
from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person, Policy, Staff, Target
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.problem import CarrierProblem
from trainer_app.records.segment import seal_segment
from trainer_app.storage.applying import REVOKED
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.receipts import rejections
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.answer import Authority, Refusal
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import make_private_key, public_key_of, sign
from trainer_app.sync.messages import (
    FORK,
    GAP,
    STORED,
    Answer,
    Item,
    Piece,
    Request,
    pack_answer,
    pack_request,
    read_answer,
)
from trainer_app.sync.receipt import Receipt, seal_receipt

STAFF = new_id()


def register(laptop: Laptop, area: int = AREA) -> RecordId:
    row = new_id()
    values = {"full_name": "Siti CONTOH", "sex": "P", "village": "53.01.08.2006"}
    laptop.store.save([Edit(Person, row, area, values)], STAFF)
    return row


def set_device(world: World, laptop: Laptop, **values: Value) -> None:
    world.centre.save([Edit(Device, laptop.store.replica, CENTRE_AREA, values)], NO_ID)


def ask(world: World, laptop: Laptop, counter: int, pieces: Sequence[Piece]) -> Answer:
    """One request outside of any exchange."""
    store = laptop.store
    request = Request("1", counter, world.authority.epoch, 100_000, heads={AREA: 0}, pieces=pieces)
    receiver = world.centre.replica
    data = pack_request(request, replica=store.replica, private_key=store.private_key, receiver=receiver)
    return read_answer(world.answer(data))


def sealed(
    laptop: Laptop, lo: int, prev_hash: bytes, *values: dict[int, Value], kind: int = Person.kind
) -> tuple[bytes, bytes]:
    """A segment that this laptop's key signs, and its hash."""
    store = laptop.store
    ops = [
        Operation(kind, new_id(), AREA, store.replica, lo + i, store.clock.tick(), STAFF, 0, told)
        for i, told in enumerate(values)
    ]
    body, segment = seal_segment(
        ops,
        replica=store.replica,
        area=AREA,
        prev_hash=prev_hash,
        sign=Ed25519PrivateKey.from_private_bytes(store.private_key).sign,
        os_clock=0,
        offset_ms=0,
    )
    return body, segment.hash


def piece(body: bytes, name: bytes) -> Piece:
    return Piece(name, len(body), 0, body)


# --- laptops that may not any more --------------------------------------------------------------------------


def test_what_a_revoked_laptop_brings_is_kept_apart_and_goes_nowhere(world: World) -> None:
    gone, other = world.laptop(), world.laptop()
    before = register(gone)
    exchange(gone.store, gone.carrier)
    set_device(world, gone, state="dicabut", revoked_after=1)
    late = register(gone)
    result = exchange(gone.store, gone.carrier)
    assert result.revoked
    assert result.receipts == []
    states = [s.state for s in feed_segments(world.centre, AREA, gone.store.replica)]
    assert states == ["applied", REVOKED]
    exchange(other.store, other.carrier)
    for store in (world.centre, other.store):
        assert store.get(Person, before) is not None
        assert store.get(Person, late) is None
        assert rebuild(store, repair=False) == []
    assert send_state(gone.store).pending == 1, "no receipt, so not received"
    assert exchange(gone.store, gone.carrier).revoked


def test_a_laptop_cannot_speak_for_the_centre(world: World, expect_log: Callable[[str], None]) -> None:
    """With a laptop record of its own making somebody could read and write every area."""
    rogue, other = world.laptop(), world.laptop()
    made, key = new_id(), make_private_key()
    device = {"name": "Palsu", "public_key": public_key_of(key).hex(), "areas": "9401,5301", "state": "aktif"}
    taken = {"areas": "9401", "state": "dicabut"}
    rogue.store.save(
        [
            Edit(Device, made, AREA, device),
            Edit(Device, other.store.replica, AREA, taken),
            Edit(Staff, new_id(), AREA, {"full_name": "Palsu CONTOH", "role": "admin", "state": "aktif"}),
            Edit(Policy, new_id(), AREA, {"area_of": AREA, "send_by": "otomatis"}),
            Edit(Target, new_id(), AREA, {"by_month": "2026-12", "trained": 1}),
        ],
        STAFF,
    )
    expect_log("quarantine")
    assert exchange(rogue.store, rogue.carrier).rejected == 5
    register(other)
    assert exchange(other.store, other.carrier).receipts, "goes on as before"
    assert other.store.areas == (AREA,)
    for store in (world.centre, other.store):
        for kind in (Staff, Policy, Target):
            assert store.find(kind) == []
        assert {device.id for device in store.find(Device)} == {rogue.store.replica, other.store.replica}
        assert rebuild(store, repair=False) == []
    request = Request("1", 1, world.authority.epoch, 100_000, cursors={AREA: 0})
    with pytest.raises(Refusal) as refused:
        world.answer(pack_request(request, replica=made, private_key=key, receiver=world.centre.replica))
    assert refused.value.code == "device.unknown"


def test_what_was_written_in_an_area_before_it_was_taken_still_comes_in(world: World) -> None:
    laptop = world.laptop(areas=(AREA, 5302))
    exchange(laptop.store, laptop.carrier)
    first = register(laptop, 5302)
    exchange(laptop.store, laptop.carrier)
    second, here = register(laptop, 5302), register(laptop)
    set_device(world, laptop, areas=str(AREA))
    exchange(laptop.store, laptop.carrier)
    assert laptop.store.areas == (AREA,)
    for person in (first, second, here):
        assert world.centre.get(Person, person) is not None
    assert send_state(laptop.store).all_received


def test_an_area_that_never_was_its_own_holds_up_only_itself(world: World) -> None:
    laptop = world.laptop()
    exchange(laptop.store, laptop.carrier)
    here, there = register(laptop), register(laptop, 9401)
    with pytest.raises(CarrierProblem) as caught:
        exchange(laptop.store, laptop.carrier)
    assert caught.value.code == "area.foreign"
    assert world.centre.get(Person, here) is not None
    assert world.centre.get(Person, there) is None
    state = send_state(laptop.store)
    assert (state.received, state.pending) == (1, 1)


def test_a_wider_scope_brings_all_of_the_new_area(world: World) -> None:
    one, two = world.laptop(areas=(5302,)), world.laptop()
    exchange(two.store, two.carrier)
    person = register(one, 5302)
    exchange(one.store, one.carrier)
    set_device(world, two, areas=f"{AREA},5302")
    exchange(two.store, two.carrier)
    assert two.store.areas == (AREA, 5302)
    assert two.store.get(Person, person) is not None, "in the same exchange"


# --- feeds --------------------------------------------------------------------------------------------------


def test_a_gap_is_told_and_a_fork_is_told(world: World) -> None:
    laptop = world.laptop()
    exchange(laptop.store, laptop.carrier)
    one, name_one = sealed(laptop, 1, b"", {1: "Satu CONTOH"})
    two, name_two = sealed(laptop, 2, name_one, {1: "Dua CONTOH"})
    other, name_other = sealed(laptop, 1, b"", {1: "Lain CONTOH"})
    broken, name_broken = sealed(laptop, 2, bytes(32), {1: "Putus CONTOH"})
    (verdict,) = ask(world, laptop, 100, [piece(two, name_two)]).verdicts
    assert (verdict.status, verdict.held) == (GAP, 0)
    (verdict,) = ask(world, laptop, 101, [piece(one, name_one)]).verdicts
    assert (verdict.status, verdict.held) == (STORED, 1)
    told = ask(
        world, laptop, 102, [piece(other, name_other), piece(broken, name_broken), piece(two, name_two)]
    )
    assert [verdict.status for verdict in told.verdicts] == [FORK, FORK, STORED]
    assert {person.full_name for person in world.centre.find(Person)} == {"Satu CONTOH", "Dua CONTOH"}


def test_a_copied_laptop_goes_on_under_another_name_and_both_branches_are_kept(world: World) -> None:
    laptop = world.laptop()
    register(laptop)
    exchange(laptop.store, laptop.carrier)
    (stored,) = feed_segments(laptop.store, AREA, laptop.store.replica)
    body, name = sealed(laptop, 2, stored.hash, {1: "Kembaran CONTOH"})
    ask(world, laptop, 100, [piece(body, name)])
    register(laptop)
    before = laptop.store.replica
    exchange(laptop.store, laptop.carrier)
    assert laptop.store.replica != before
    assert send_state(laptop.store).all_received
    assert world.centre.count(Person) == laptop.store.count(Person) == 3
    assert world.equal(laptop)


# --- wrong values -------------------------------------------------------------------------------------------


def test_a_wrong_value_is_put_apart_with_its_reason_and_holds_up_nothing(
    world: World, expect_log: Callable[[str], None]
) -> None:
    expect_log("quarantine")
    laptop, other = world.laptop(), world.laptop()
    exchange(laptop.store, laptop.carrier)
    good, bad = {1: "Baik CONTOH", 2: "P"}, {1: 12345, 2: "P"}
    body, name = sealed(laptop, 1, b"", good, bad, good)
    told = ask(world, laptop, 100, [piece(body, name)])
    assert [verdict.status for verdict in told.verdicts] == [STORED]
    assert len(told.receipts) == 1
    exchange(other.store, other.carrier)
    for store in (world.centre, other.store):
        assert store.count(Person) == 2
        assert rebuild(store, repair=False) == []


def test_the_author_learns_what_was_put_apart(world: World, expect_log: Callable[[str], None]) -> None:
    """A value that this program would not have saved, as a later or broken one may."""
    expect_log("quarantine")
    laptop = world.laptop()
    person = register(laptop)
    with laptop.store.db.writing() as c:
        c.run("UPDATE operation SET body = ?", b"\x81\x01\xcd\x30\x39")
    result = exchange(laptop.store, laptop.carrier)
    assert result.rejected == 1
    assert [r.row for r in rejections(laptop.store)] == [person]
    assert send_state(laptop.store).rejected == 1


def test_kinds_and_fields_of_a_later_version_are_kept_for_later(world: World) -> None:
    laptop, other = world.laptop(), world.laptop()
    exchange(laptop.store, laptop.carrier)
    body, name = sealed(laptop, 1, b"", {1: "Baru CONTOH", 240: "nilai baru"})
    strange, name_strange = sealed(laptop, 2, name, {1: "apa saja"}, kind=9_999)
    told = ask(world, laptop, 100, [piece(body, name), piece(strange, name_strange)])
    assert [verdict.status for verdict in told.verdicts] == [STORED, STORED]
    assert len(told.receipts) == 1
    exchange(other.store, other.carrier)
    (person,) = other.store.find(Person)
    assert person.full_name == "Baru CONTOH"
    (_first, second) = feed_segments(other.store, AREA, laptop.store.replica)
    assert second.state == "parked"


# --- what only the centre may say ---------------------------------------------------------------------------


class Forger:
    """A centre with somebody else's key in its hands."""

    def __init__(self, laptop: Laptop, change: Callable[[Answer], Answer]) -> None:
        self._carrier, self._change = laptop.carrier, change

    def send(self, data: bytes) -> bytes:
        return pack_answer(self._change(read_answer(self._carrier.send(data))))

    def close(self) -> None:
        """Nothing is open."""


def test_a_receipt_by_another_key_is_no_receipt(world: World) -> None:
    laptop = world.laptop()
    register(laptop)

    def forged(answer: Answer) -> Answer:
        (stored,) = feed_segments(laptop.store, AREA, laptop.store.replica)
        receipt = Receipt(AREA, laptop.store.replica, 1, 1, stored.hash, world.authority.epoch, 1, {7: 1})
        return Answer(
            b"",
            answer.time,
            receipts=[b"\1" + seal_receipt(receipt, make_private_key())],
            verdicts=answer.verdicts,
        )

    with pytest.raises(CarrierProblem) as caught:
        exchange(laptop.store, Forger(laptop, forged))
    assert caught.value.code == "receipt.signature"
    assert send_state(laptop.store).pending == 1


def test_the_words_of_strangers_do_not_come_down(world: World, expect_log: Callable[[str], None]) -> None:
    expect_log("not taken: signature")
    expect_log("not taken: malformed")
    expect_log("not taken: of another area")
    one, two = world.laptop(), world.laptop()
    exchange(two.store, two.carrier)
    body, _name = sealed(one, 1, b"", {1: "Asli CONTOH"})
    forged = body[:-64] + sign(make_private_key(), body)
    wrong = [forged, b"TS\x01" + bytes(200)]
    items = [Item(AREA, 10 + i, len(data), 0, data) for i, data in enumerate(wrong)]
    items.append(Item(0, 50, len(body), 0, body))

    def smuggled(answer: Answer) -> Answer:
        return Answer(b"", answer.time, items=items)

    exchange(two.store, Forger(two, smuggled))
    assert two.store.count(Person) == 0


def test_in_the_centre_s_area_only_the_centre_speaks(world: World, expect_log: Callable[[str], None]) -> None:
    expect_log("not taken: signature")
    one, two = world.laptop(), world.laptop()
    store = one.store
    values: dict[int, Value] = {1: "Palsu", 4: "aktif"}
    op = Operation(Device.kind, new_id(), CENTRE_AREA, store.replica, 1, store.clock.tick(), STAFF, 0, values)
    body, _segment = seal_segment(
        [op],
        replica=store.replica,
        area=CENTRE_AREA,
        prev_hash=b"",
        sign=Ed25519PrivateKey.from_private_bytes(store.private_key).sign,
        os_clock=0,
        offset_ms=0,
    )
    exchange(two.store, two.carrier)
    before = two.store.count(Device)
    item = Item(CENTRE_AREA, 90, len(body), 0, body)
    exchange(two.store, Forger(two, lambda answer: Answer(b"", answer.time, items=[item])))
    assert two.store.count(Device) == before


def test_the_wrong_kind_of_centre_is_refused(world: World) -> None:
    laptop = world.laptop()
    world.authority = Authority(world.authority.epoch, sample=True)
    with pytest.raises(CarrierProblem) as caught:
        exchange(laptop.store, laptop.carrier)
    assert caught.value.code == "sample.mixed"


# --- refusals -----------------------------------------------------------------------------------------------


def test_too_much_at_once_is_refused_unread(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        world.answer(bytes(8 * 1024 * 1024 + 1))
    assert (caught.value.status, caught.value.code) == (413, "request.too_large")


def test_a_segment_fault_is_named(world: World) -> None:
    laptop = world.laptop()
    exchange(laptop.store, laptop.carrier)
    register(laptop)
    seal(laptop.store, lambda data: sign(laptop.store.private_key, data))
    (stored,) = feed_segments(laptop.store, AREA, laptop.store.replica)
    changed = stored.body[:-70] + bytes(6) + stored.body[-64:]
    with pytest.raises(Refusal) as caught:
        ask(world, laptop, 100, [Piece(stored.hash, len(changed), 0, changed)])
    assert (caught.value.status, caught.value.code) == (422, "segment.signature")
    assert world.centre.count(Person) == 0
    exchange(laptop.store, laptop.carrier)
    assert world.centre.count(Person) == 1, "the next good request works"
