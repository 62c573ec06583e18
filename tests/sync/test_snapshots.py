"""A new laptop takes an area as one snapshot and reads on behind it; it then holds what the others hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sync.season import Season, make_season
from tests.sync.world import AREA, STAFF, Cut, Laptop, World, connect, register
from trainer_app.records.clock import HOUR_MS
from trainer_app.records.ids import NO_ID, RecordId
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.records.segment import SegmentFault, open_segment
from trainer_app.records.segment.snapshot import open_snapshot, pack_snapshot, seal_block
from trainer_app.storage import snapshots
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.feeds import feed_segments
from trainer_app.storage.history import history
from trainer_app.storage.integrity import verify_log
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.saving import save_edits
from trainer_app.storage.store import Store
from trainer_app.sync import messages
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import make_private_key, public_key_of, sign


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(snapshots, "WORTH_BYTES", 1_000)
    monkeypatch.setattr(snapshots, "TAIL_BYTES", 3_000)
    with World(tmp_path) as made:
        yield made


def busy(world: World, *laptops: Laptop, days: int = 12) -> list[RecordId]:
    """Small segments of several laptops, which also correct each other."""
    rows: list[RecordId] = []
    for day in range(days):
        for laptop in laptops:
            rows.append(register(laptop.store, f"Peserta {day}"))
            if len(rows) > 3:
                laptop.store.save([Edit(Person, rows[-3], AREA, {"landmark": f"dekat {day}"})], STAFF)
            connect(laptop)
    return rows


def little_by_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link on which an answer has 200 bytes."""
    monkeypatch.setattr("trainer_app.sync.answer.MIN_ANSWER_BYTES", 200)
    for name in ("FIRST_BUDGET", "LEAST_BUDGET", "MOST_BUDGET"):
        monkeypatch.setattr(f"trainer_app.sync.patience.{name}", 200)


def states(store: Store) -> list[str]:
    with store.db.reading() as c:
        return [row[0] for row in c.all("SELECT state FROM segment WHERE area = ? ORDER BY pos", AREA)]


def whole(*stores: Store) -> None:
    for store in stores:
        assert rebuild(store, repair=False) == []
        assert verify_log(store).faults == ()


def told(store: Store, row: RecordId) -> list[tuple[int, bytes, RecordId, object, object]]:
    return [
        (one.at_hlc, one.replica, one.author, tuple(one.values.items()), one.won)
        for one in history(store, Person, row, AREA)
    ]


def test_rows_history_and_log_are_those_of_the_others(world: World) -> None:
    one, two = world.laptop(), world.laptop()
    rows = busy(world, one, two)
    new = world.laptop()
    result = exchange(new.store, new.carrier)
    assert "snapshot" in states(new.store)
    assert len(states(new.store)) < len(states(one.store)) / 4
    assert result.received_operations >= len(rows)
    connect(one, two)
    assert world.equal(one, two, new)
    whole(new.store, world.centre)
    for row in rows:
        assert told(new.store, row) == told(world.centre, row)


def test_the_snapshot_stays_and_the_rest_comes_as_segments(world: World) -> None:
    one = world.laptop()
    busy(world, one)
    first = world.laptop()
    connect(first)
    busy(world, one, days=2)
    second = world.laptop()
    connect(first, second)
    with world.centre.db.reading() as c:
        assert c.value("SELECT COUNT(*) FROM snapshot") == 1
    assert states(second.store)[0] == "snapshot"
    assert states(second.store).count("applied") == 2
    busy(world, one, days=60)
    third = world.laptop()
    connect(third)
    with world.centre.db.reading() as c:
        assert c.value("SELECT COUNT(*) FROM snapshot") == 2
    register(third.store, "Milik sendiri")
    connect(third, one, first, second)
    assert world.equal(one, first, second, third)
    whole(first.store, second.store, third.store)


def test_cut_anywhere_it_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    little_by_little(monkeypatch)
    one = world.laptop()
    busy(world, one)
    new = world.laptop()
    came = 0
    for _ in range(40):
        new.carrier.cut = Cut("answer", rounds=3)
        try:
            connect(new)
            break
        except CarrierProblem:
            world.reopen(new)
            came += 1
    assert came > 1, "it was cut in the middle"
    assert "snapshot" in states(new.store)
    size = sum(len(body) for body in _snapshot_bodies(world))
    asked = [messages.read_request(request[80:]).snapshots for request in new.carrier.requests]
    helds = [held for told in asked for _name, held in told.values()]
    assert helds == sorted(helds), "no byte came twice but those that were cut"
    assert size > max(helds) > size / 2
    connect(one)
    assert world.equal(one, new)


def _snapshot_bodies(world: World) -> list[bytes]:
    with world.centre.db.reading() as c:
        return [bytes(row[0]) for row in c.all("SELECT body FROM snapshot")]


def test_a_newer_one_does_not_spoil_the_one_on_its_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    little_by_little(monkeypatch)
    one = world.laptop()
    busy(world, one)
    new, other = world.laptop(), world.laptop()
    new.carrier.cut = Cut("answer", rounds=4)
    with pytest.raises(CarrierProblem):
        connect(new)
    busy(world, one, days=60)
    connect(other, new)
    with world.centre.db.reading() as c:
        names = {bytes(row[0]) for row in c.all("SELECT hash FROM snapshot")}
    asked = [messages.read_request(request[80:]).snapshots for request in new.carrier.requests]
    assert len(names) == 2
    assert len({name for told in asked for name, _held in told.values() if name}) == 1
    connect(one)
    assert world.equal(one, new, other)


def test_corrected_stamps_and_set_apart_operations_are_the_same(
    world: World, expect_log: Callable[[str], None]
) -> None:
    fast, right = world.laptop(ahead_ms=400 * 24 * HOUR_MS), world.laptop()
    rows = busy(world, fast, right)
    right.store.save([Edit(Person, rows[0], AREA, {"landmark": "menang"})], STAFF)
    connect(right)
    new = world.laptop()
    connect(new, fast, right)
    assert "snapshot" in states(new.store)
    assert world.equal(fast, right, new)
    whole(new.store)


def test_a_segment_that_it_stands_for_is_known_whatever_way_it_comes(world: World) -> None:
    one = world.laptop()
    busy(world, one)
    new = world.laptop()
    connect(new)
    for stored in feed_segments(one.store, AREA, one.store.replica):
        outcome = apply_segment(new.store, open_segment(stored.body, None), stored.body)
        assert outcome.result == "known"
    connect(one)
    assert world.equal(one, new)


def _device(laptop: Laptop) -> Edit[Device]:
    key = public_key_of(laptop.store.private_key).hex()
    values = {"name": "Laptop", "public_key": key, "areas": str(AREA), "state": "aktif"}
    return Edit(Device, laptop.store.replica, CENTRE_AREA, values)


def test_a_refill_passes_over_what_only_a_snapshot_tells(world: World) -> None:
    """After the centre lost it, a laptop that knows it from a snapshot cannot give it back; the author can,
    and nothing stands still.
    """
    one = world.laptop()
    connect(one)
    copy = world.backup_centre()
    busy(world, one)
    new = world.laptop()
    connect(new)
    assert "snapshot" in states(new.store)
    world.restore_centre(copy)
    world.centre.save([_device(new)], NO_ID)
    register(new.store, "Milik sendiri")
    connect(new)
    connect(one, new, one)
    assert world.equal(one, new)
    whole(world.centre, new.store)


def test_a_forged_snapshot_is_refused_and_segments_come_instead(
    world: World, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("snapshot of area 5301 not taken")
    one = world.laptop()
    busy(world, one)
    new, forger = world.laptop(), make_private_key()
    real = snapshots.pack_snapshot
    monkeypatch.setattr(
        snapshots, "pack_snapshot", lambda *about: real(*about[:-1], lambda data: sign(forger, data))
    )
    connect(new)
    assert "snapshot" not in states(new.store)
    connect(one)
    assert world.equal(one, new)


def test_a_small_area_comes_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "WORTH_BYTES", 1_000_000)
    one = world.laptop()
    busy(world, one, days=3)
    new = world.laptop()
    connect(new)
    assert set(states(new.store)) == {"applied"}
    assert world.equal(new)


def test_a_widened_area_comes_as_snapshot_and_tail_and_own_words_stay(world: World) -> None:
    one, mover = world.laptop(), world.laptop(areas=(5302,))
    busy(world, one)
    register(mover.store, "Lama", 5302)
    connect(mover)
    register(mover.store, "Belum dikirim", 5302)
    world.centre.save([Edit(Device, mover.store.replica, CENTRE_AREA, {"areas": f"{AREA},5302"})], NO_ID)
    connect(mover)
    assert mover.store.areas == (AREA, 5302)
    assert "snapshot" in states(mover.store)
    register(mover.store, "Di wilayah baru")
    connect(mover, one)
    assert world.equal(one, mover)
    whole(mover.store)


def test_back_in_an_area_where_it_worked_before(world: World) -> None:
    """Its own feed there is not taken from the snapshot: it has it itself, and more of it."""
    one, back = world.laptop(), world.laptop()
    register(back.store, "Punya sendiri")
    busy(world, one, days=2)
    connect(back)
    world.centre.save([Edit(Device, back.store.replica, CENTRE_AREA, {"areas": "5302"})], NO_ID)
    connect(back)
    busy(world, one)
    world.centre.save([Edit(Device, back.store.replica, CENTRE_AREA, {"areas": str(AREA)})], NO_ID)
    register(back.store, "Sebelum kembali")
    connect(back, one, back)
    assert world.equal(one, back)
    whole(back.store)


def test_bytes_that_are_no_snapshot(world: World) -> None:
    key = make_private_key()
    body, _name = pack_snapshot(AREA, 7, bytes(16), 1, [], lambda data: sign(key, data))
    assert open_snapshot(body, public_key_of(key)).pos == 7
    for bad in (
        b"",
        body[:-1],
        b"TS" + body[2:],
        body[:10] + bytes([body[10] ^ 1]) + body[11:],
        os.urandom(200),
    ):
        with pytest.raises(SegmentFault):
            open_snapshot(bad, public_key_of(key))
    with pytest.raises(SegmentFault):
        open_snapshot(body, public_key_of(make_private_key()))


def loaded(laptop: Laptop, season: Season) -> None:
    deeds = [*season.plan, *season.registrations, *season.marks]
    with laptop.store.db.writing() as c:
        for deed in deeds:
            save_edits(laptop.store, c, deed.edits, season.author)
    laptop.store.reload()


def test_a_season_that_is_one_segment(world: World) -> None:
    one = world.laptop()
    loaded(one, make_season(people=50))
    connect(one)
    new = world.laptop()
    connect(new)
    assert states(new.store) in (["snapshot"], ["applied"]), "whichever is shorter"
    connect(one)
    assert world.equal(one, new)


def test_a_block_is_no_segment(world: World) -> None:
    """Nobody can pass a block off as the words of an author."""
    one = world.laptop()
    register(one.store, "Satu")
    connect(one)
    (stored,) = feed_segments(one.store, AREA, one.store.replica)
    operations = list(open_segment(stored.body, None).operations())
    block = seal_block(operations, replica=one.store.replica, area=AREA, end_hash=stored.hash)
    with pytest.raises(SegmentFault):
        open_segment(block, public_key_of(one.store.private_key))
