"""Ways to the centre on which words once got stuck; each was found by the simulation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sync.hubs import meet
from tests.sync.world import AREA, Laptop, World, connect
from trainer_app.records.clock import DAY_MS, HOUR_MS
from trainer_app.records.fields import Value
from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person, Policy
from trainer_app.records.operation import Edit
from trainer_app.records.problem import StoreProblem
from trainer_app.records.segment import MOST_HEAD_BYTES, peek
from trainer_app.records.segment.snapshot import open_snapshot
from trainer_app.storage.applying import REVOKED, SNAPSHOT
from trainer_app.storage.branching import go_on_alone, go_on_as
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.snapshots import snapshot_for, take_in
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import make_private_key, public_key_of, sign
from trainer_app.sync.messages import PARTIAL, STORED, Piece, Request, pack_request, read_answer

STAFF = new_id()
OTHER = 5302


def register(laptop: Laptop, name: str = "Siti CONTOH", area: int = AREA) -> RecordId:
    row = new_id()
    laptop.store.save([Edit(Person, row, area, {"full_name": name, "sex": "P"})], STAFF)
    return row


def publish(world: World, replica: RecordId, **values: Value) -> None:
    world.centre.save([Edit(Device, replica, CENTRE_AREA, values)], NO_ID)


def test_the_first_piece_of_a_segment_may_be_shorter_than_its_header(world: World) -> None:
    """What is left of a request after one segment is where the next one begins."""
    laptop = world.laptop()
    people = [register(laptop, f"Siti {number} CONTOH") for number in range(20)]
    store = laptop.store
    seal(store, lambda data: sign(store.private_key, data))
    (segment,) = feed_segments(store, AREA, store.replica)
    assert peek(segment.body).size <= MOST_HEAD_BYTES < len(segment.body)
    for length in (1, 10, MOST_HEAD_BYTES - 1):
        piece = Piece(segment.hash, len(segment.body), 0, segment.body[:length])
        request = Request("1", length, world.authority.epoch, 10_000, heads={AREA: 0}, pieces=[piece])
        data = pack_request(
            request, replica=store.replica, private_key=store.private_key, receiver=world.centre.replica
        )
        (verdict,) = read_answer(world.answer(data)).verdicts
        assert (verdict.status, verdict.held) == (PARTIAL, length)
    connect(laptop)
    assert all(world.centre.get(Person, person) is not None for person in people)


def test_a_laptop_taken_out_after_all_was_received_is_told_so(world: World) -> None:
    laptop = world.laptop()
    register(laptop)
    connect(laptop)
    publish(world, laptop.store.replica, state="dicabut", revoked_after=1)
    assert exchange(laptop.store, laptop.carrier).revoked


def test_a_laptop_taken_out_after_it_lost_an_area_still_hands_in_what_it_has(world: World) -> None:
    laptop = world.laptop(areas=(AREA, OTHER))
    register(laptop)
    publish(world, laptop.store.replica, areas=str(AREA))
    publish(world, laptop.store.replica, state="dicabut", revoked_after=0)
    assert exchange(laptop.store, laptop.carrier).revoked
    (kept,) = feed_segments(world.centre, AREA, laptop.store.replica)
    assert kept.state == REVOKED


def test_what_a_hub_took_before_it_heard_that_a_laptop_was_taken_out_counts_no_more(world: World) -> None:
    hub, gone = world.laptop(), world.laptop()
    connect(hub, gone)
    before = register(gone, "Sebelum CONTOH")
    connect(gone)
    publish(world, gone.store.replica, state="dicabut", revoked_heads=f"{AREA}:1")
    late = register(gone, "Sesudah CONTOH")
    gone.store.save([Edit(Person, before, AREA, {"landmark": "sesudah"})], STAFF)
    meet(gone, hub)
    assert hub.store.get(Person, late) is not None
    connect(hub, hub)
    assert hub.store.get(Person, late) is None
    kept = hub.store.get(Person, before)
    assert kept is not None
    assert kept.landmark is None
    assert rebuild(hub.store, repair=False) == []
    assert world.equal(hub)


def test_what_was_written_in_an_area_before_it_was_taken_away_arrives(world: World) -> None:
    laptop = world.laptop(areas=(AREA, OTHER))
    person = register(laptop, area=OTHER)
    publish(world, laptop.store.replica, areas=str(AREA))
    connect(laptop)
    assert laptop.store.areas == (AREA,)
    assert world.centre.get(Person, person) is not None
    assert send_state(laptop.store).all_received


def test_new_areas_are_learnt_though_much_was_said_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The centre's own words need several answers before they come to the laptop's areas."""
    monkeypatch.setattr("trainer_app.sync.answer.MIN_ANSWER_BYTES", 200)
    monkeypatch.setattr("trainer_app.sync.patience.FIRST_BUDGET", 200)
    laptop = world.laptop(areas=(AREA, OTHER))
    for _ in range(5):
        publish(world, new_id(), name=f"Laptop {new_id().hex()}", public_key=new_id().hex() * 2)
        seal(world.centre, lambda data: sign(world.centre.private_key, data))
    publish(world, laptop.store.replica, areas=str(AREA))
    connect(laptop)
    assert laptop.store.areas == (AREA,)


def test_both_branches_of_a_copy_are_at_the_copy_too(world: World) -> None:
    """What a copy had sealed under the old name must not stand in the way of what the other one said."""
    laptop = world.laptop()
    register(laptop)
    path = laptop.store.db.path
    assert path is not None
    copy = world.laptop()
    copy_path = copy.store.db.path
    assert copy_path is not None
    copy.store.close()
    laptop.store.close()
    copy_path.write_bytes(path.read_bytes())
    world.reopen(laptop)
    world.reopen(copy)
    one, two = register(laptop, "Satu CONTOH"), register(copy, "Dua CONTOH")
    connect(laptop)
    seal(copy.store, lambda data: sign(copy.store.private_key, data))
    replica, key = new_id(), make_private_key()
    publish(
        world, replica, name="Salinan", public_key=public_key_of(key).hex(), areas=str(AREA), state="aktif"
    )
    go_on_as(copy.store, replica, key, "Salinan", (AREA,))
    connect(copy, laptop)
    for store in (world.centre, laptop.store, copy.store):
        assert store.get(Person, one) is not None
        assert store.get(Person, two) is not None
        assert rebuild(store, repair=False) == []
    assert world.equal(laptop, copy)


def test_what_the_centre_keeps_apart_is_apart_at_its_author_too(
    world: World, expect_log: Callable[[str], None]
) -> None:
    laptop = world.laptop()
    row = new_id()
    laptop.store.save([Edit(Policy, row, AREA, {"area_of": AREA, "send_by": "otomatis"})], STAFF)
    expect_log("quarantine")
    assert exchange(laptop.store, laptop.carrier).rejected == 1
    assert rebuild(laptop.store, repair=False) == []
    assert laptop.store.count(Policy, {"id": row}) == 0
    assert world.equal(laptop)


def test_what_only_a_reader_of_a_lost_hub_has_comes_to_the_centre(world: World) -> None:
    """The hub's disk is gone before it was ever online; who read its words there has them."""
    hub, laptop = world.laptop(), world.laptop()
    connect(hub, laptop)
    person = register(hub)
    meet(laptop, hub)
    assert laptop.store.get(Person, person) is not None
    connect(laptop)
    assert world.centre.get(Person, person) is not None
    assert world.equal(laptop)
    assert exchange(laptop.store, laptop.carrier).rounds == 1


def test_a_segment_that_came_in_pieces_needs_not_come_again_when_the_disk_was_full(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = world.laptop()
    person = register(laptop)
    store = laptop.store
    seal(store, lambda data: sign(store.private_key, data))
    (segment,) = feed_segments(store, AREA, store.replica)
    half = len(segment.body) // 2

    def ask(counter: int, offset: int, data: bytes) -> tuple[int, int]:
        piece = Piece(segment.hash, len(segment.body), offset, data)
        request = Request("1", counter, world.authority.epoch, 10_000, heads={AREA: 0}, pieces=[piece])
        sent = pack_request(
            request, replica=store.replica, private_key=store.private_key, receiver=world.centre.replica
        )
        (verdict,) = read_answer(world.answer(sent)).verdicts
        return verdict.status, verdict.held

    assert ask(1, 0, segment.body[:half]) == (PARTIAL, half)
    with monkeypatch.context() as full:
        full.setattr("trainer_app.sync.intake.apply_segment", _disk_is_full)
        with pytest.raises(StoreProblem):
            ask(2, half, segment.body[half:])
    assert ask(3, 0, b"") == (STORED, 1)
    assert world.centre.get(Person, person) is not None


def _disk_is_full(*_: object, **__: object) -> None:
    raise StoreProblem("full", code="disk.full")


def test_a_correction_reaches_who_has_the_words_from_a_hub(world: World) -> None:
    """Its author was the hub; the centre corrected the stamps later."""
    hub, laptop = world.laptop(ahead_ms=11 * 60_000), world.laptop()
    connect(laptop)
    publish(world, hub.store.replica, name="Laptop pengawas")
    connect(laptop)
    register(hub)
    meet(laptop, hub)
    connect(hub, laptop)
    assert world.equal(hub, laptop)


def test_a_restored_centre_gets_back_the_word_that_gave_a_laptop_an_area(world: World) -> None:
    """Nobody else has heard it, and without it the centre takes nothing of that area."""
    laptop = world.laptop()
    copy = world.backup_centre()
    publish(world, laptop.store.replica, areas=f"{AREA},{OTHER}")
    connect(laptop)
    person = register(laptop, area=OTHER)
    world.restore_centre(copy)
    connect(laptop)
    assert laptop.store.areas == (AREA, OTHER)
    assert world.centre.get(Person, person) is not None
    assert send_state(laptop.store).all_received


def copied(world: World, laptop: Laptop) -> Laptop:
    """A second machine with the data folder of the first."""
    copy = world.laptop()
    path, copy_path = laptop.store.db.path, copy.store.db.path
    assert path is not None
    assert copy_path is not None
    copy.store.close()
    laptop.store.close()
    copy_path.write_bytes(path.read_bytes())
    world.reopen(laptop)
    world.reopen(copy)
    return copy


def test_a_copy_whose_other_branch_came_by_a_third_laptop_goes_on_under_another_name(world: World) -> None:
    """The numbers are the same, the words are not: the receipt for them is genuine and fits nothing here."""
    laptop, third = world.laptop(), world.laptop()
    connect(laptop, third)
    person = register(laptop)
    copy = copied(world, laptop)
    meet(third, copy)
    connect(third)
    before = laptop.store.replica
    register(laptop, "Lain CONTOH")
    laptop.store.set_meta("exchange_unsettled", b"1")
    connect(laptop, laptop)
    assert laptop.store.replica != before
    assert world.centre.get(Person, person) is not None
    assert send_state(laptop.store).all_received
    assert world.equal(laptop)


def test_a_copy_says_again_what_was_written_in_an_area_that_is_not_its_own_any_more(world: World) -> None:
    laptop = world.laptop(areas=(AREA, OTHER))
    connect(laptop)
    person = register(laptop, area=OTHER)
    publish(world, laptop.store.replica, areas=str(AREA))
    go_on_alone(laptop.store)
    connect(laptop)
    assert world.centre.get(Person, person) is not None
    assert send_state(laptop.store).all_received


def test_a_centre_restored_twice_from_one_copy_gets_back_what_the_life_between_said(world: World) -> None:
    early = world.laptop()
    connect(early)
    copy = world.backup_centre()
    world.restore_centre(copy)
    late = world.laptop()
    person = register(late)
    connect(late, early)
    world.restore_centre(copy)
    connect(early)
    assert world.centre.get(Device, late.store.replica) is not None
    assert world.centre.get(Person, person) is not None
    connect(late, early)
    assert send_state(late.store).all_received
    assert world.equal(early, late)


@pytest.mark.parametrize("author_first", [True, False])
def test_who_saw_a_stamp_from_the_future_at_a_hub_beats_it(world: World, author_first: bool) -> None:
    """Whichever of the two reaches the centre first, and whatever it makes of their stamps."""
    fast, hub, slow = world.laptop(ahead_ms=400 * DAY_MS), world.laptop(), world.laptop()
    connect(hub, slow)
    person = new_id()
    fast.store.save([Edit(Person, person, AREA, {"full_name": "Satu CONTOH", "landmark": "satu"})], STAFF)
    meet(fast, hub)
    meet(slow, hub)
    slow.store.save([Edit(Person, person, AREA, {"landmark": "dua"})], STAFF)
    slow.store.save([Edit(Person, person, AREA, {"landmark": "tiga"})], STAFF)
    connect(*((fast, slow) if author_first else (slow, fast)))
    connect(fast, hub, slow)
    for store in (world.centre, fast.store, hub.store, slow.store):
        held = store.get(Person, person)
        assert held is not None
        assert held.landmark == "tiga"
    assert world.equal(fast, hub, slow)


def days(laptop: Laptop) -> None:
    """So many sendings that a snapshot of them has fewer bytes than their segments."""
    for number in range(12):
        register(laptop, f"Siti {number} CONTOH")
        connect(laptop)


def test_a_correction_does_not_touch_what_came_as_a_snapshot(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot has the stamps that count; the receipt is about those that were written."""
    monkeypatch.setattr("trainer_app.storage.snapshots.WORTH_BYTES", 1_000)
    monkeypatch.setattr("trainer_app.storage.snapshots.TAIL_BYTES", 0)
    monkeypatch.setattr("trainer_app.storage.snapshots.TAIL_SHARE", 0)
    fast, late = world.laptop(ahead_ms=HOUR_MS), world.laptop()
    days(fast)
    connect(late)
    states = {segment.state for segment in feed_segments(late.store, AREA, fast.store.replica)}
    assert states == {SNAPSHOT}
    go_on_alone(late.store)
    connect(late, late, fast)
    assert rebuild(late.store, repair=False) == []
    assert world.equal(fast, late)


def test_what_came_as_a_snapshot_counts_no_more_once_its_author_was_taken_out_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The centre had forgotten that it was: a restored copy, until another laptop brought the word back."""
    monkeypatch.setattr("trainer_app.storage.snapshots.WORTH_BYTES", 1_000)
    monkeypatch.setattr("trainer_app.storage.snapshots.TAIL_BYTES", 0)
    monkeypatch.setattr("trainer_app.storage.snapshots.TAIL_SHARE", 0)
    gone, other, late = world.laptop(), world.laptop(), world.laptop()
    before = register(gone)
    days(gone)
    connect(other)
    copy = world.backup_centre()
    publish(world, gone.store.replica, state="dicabut", revoked_heads=f"{AREA}:13")
    connect(other)
    after = register(gone, "Sesudah CONTOH")
    world.restore_centre(copy)
    connect(gone, late)
    states = {segment.state for segment in feed_segments(late.store, AREA, gone.store.replica)}
    assert states == {SNAPSHOT}
    assert late.store.get(Person, after) is not None
    connect(other, late)
    for store in (world.centre, other.store, late.store):
        assert store.get(Person, before) is not None
        assert store.get(Person, after) is None
        assert rebuild(store, repair=False) == []
    assert world.equal(other, late)


def test_a_snapshot_may_be_older_than_what_is_known_of_an_author(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The laptop that takes it has heard that the author was taken out."""
    monkeypatch.setattr("trainer_app.storage.snapshots.WORTH_BYTES", 1_000)
    gone, knowing = world.laptop(), world.laptop(areas=(OTHER,))
    days(gone)
    key = world.centre.private_key
    made = snapshot_for(world.centre, AREA, b"", world.authority.epoch, lambda data: sign(key, data))
    assert made is not None
    publish(world, gone.store.replica, state="dicabut", revoked_heads=f"{AREA}:10")
    connect(knowing)
    knowing.store.set_areas((OTHER, AREA))
    snapshot = open_snapshot(made.body, public_key_of(key))
    take_in(knowing.store, snapshot, peer=bytes(16), epoch=bytes(16), pos=made.pos)
    assert knowing.store.count(Person) == 10
    assert rebuild(knowing.store, repair=False) == []


def test_a_laptop_taken_out_brings_back_the_word_that_gave_it_an_area(world: World) -> None:
    laptop = world.laptop()
    copy = world.backup_centre()
    publish(world, laptop.store.replica, areas=f"{AREA},{OTHER}")
    connect(laptop)
    world.restore_centre(copy)
    publish(world, laptop.store.replica, state="dicabut", revoked_heads="")
    register(laptop, area=OTHER)
    assert exchange(laptop.store, laptop.carrier).revoked
    (kept,) = feed_segments(world.centre, OTHER, laptop.store.replica)
    assert kept.state == REVOKED
