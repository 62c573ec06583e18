"""Stamps from the future: who saw a value beats it, whichever word reaches the centre first."""

from __future__ import annotations

import pytest

from tests.sync.hubs import meet
from tests.sync.world import AREA, STAFF, Laptop, World, connect
from trainer_app.records.clock import HOUR_MS, pack
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.segment import Segment, open_segment
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.seen import Around
from trainer_app.sync.keys import sign
from trainer_app.sync.restamping import restamp_for

YEAR_MS = 365 * 24 * HOUR_MS
TRUE = "Wati CONTOH"


def say(laptop: Laptop, person: RecordId, **values: str) -> Segment:
    """An edit in a segment of its own."""
    store = laptop.store
    store.save([Edit(Person, person, AREA, dict(values))], STAFF)
    seal(store, lambda data: sign(store.private_key, data))
    return open_segment(list(feed_segments(store, AREA, store.replica))[-1].body, None)


@pytest.fixture
def person() -> RecordId:
    return new_id()


@pytest.mark.parametrize("readers_first", [True, False])
@pytest.mark.parametrize("said_before", [0, 1, 3])
def test_who_saw_a_word_from_the_future_beats_it(
    world: World, person: RecordId, said_before: int, readers_first: bool
) -> None:
    """Also when the laptop with the wrong clock said more before that word."""
    fast, reader, other = world.laptop(), world.laptop(), world.laptop()
    connect(fast, reader)
    fast.wall.ahead_ms = YEAR_MS  # since then
    for _ in range(said_before):
        say(fast, new_id(), full_name="Lain CONTOH")
    say(fast, person, full_name="Siti CONTOH")
    meet(reader, fast)
    say(reader, person, full_name=TRUE)
    connect(*((reader, fast) if readers_first else (fast, reader)))
    for laptop in (fast, reader, other):
        connect(laptop)
        found = laptop.store.get(Person, person)
        assert found is not None
        assert found.full_name == TRUE
    assert world.equal(fast, reader, other)


def test_one_word_of_many_in_a_chain_of_readers(world: World, person: RecordId) -> None:
    fast, second, third = world.laptop(), world.laptop(), world.laptop()
    connect(fast, second, third)
    fast.wall.ahead_ms = YEAR_MS
    say(fast, person, full_name="Siti CONTOH")
    meet(second, fast)
    say(second, new_id(), full_name="Lain CONTOH")
    say(second, person, full_name="Budi CONTOH")
    meet(third, second)
    say(third, person, full_name=TRUE)
    connect(third, second, fast, second, third)
    found = world.centre.get(Person, person)
    assert found is not None
    assert found.full_name == TRUE
    assert world.equal(fast, second, third)


def test_a_correction_keeps_the_order_of_its_feed_before_all_else(world: World, person: RecordId) -> None:
    fast = world.laptop(ahead_ms=YEAR_MS)
    segment = say(fast, person, full_name=TRUE)
    now = world.now()
    arrival = pack(now)
    assert restamp_for(segment, now, 0) == (1, arrival)
    assert restamp_for(segment, now, arrival + 5) == (1, arrival + 6)
    assert restamp_for(segment, now, 0, Around(behind=arrival + 7)) == (1, arrival + 8)
    assert restamp_for(segment, now, 0, Around(before=arrival - 3)) == (1, arrival - 4)
    assert restamp_for(segment, now, 0, Around(at_most=arrival - 9)) == (1, arrival - 9)
    assert restamp_for(segment, now, 0, Around(behind=arrival + 1, at_most=arrival - 9)) == (1, arrival + 2)
    assert restamp_for(segment, now, arrival, Around(before=arrival)) == (1, arrival + 1)
    assert restamp_for(segment, now + 2 * YEAR_MS, 0) is None


def test_a_word_that_was_read_at_one_hub_loses_to_who_replaced_it_and_sent_by_another(
    world: World, person: RecordId
) -> None:
    """When it comes at last its stamp lies in the future no more, but it did when it was read."""
    fast, reader, first, second = world.laptop(), world.laptop(), world.laptop(), world.laptop()
    connect(fast, reader, first, second)
    fast.wall.ahead_ms = HOUR_MS
    say(fast, person, full_name="Siti CONTOH")
    meet(fast, first)
    meet(reader, first)
    say(reader, person, full_name=TRUE)
    meet(reader, second)
    connect(second)
    for laptop in (fast, reader, first, second):
        laptop.wall.ahead_ms += HOUR_MS  # it is an hour later, for everybody
    world.wall.ahead_ms += HOUR_MS
    connect(first, second, fast, reader, first, second)
    found = world.centre.get(Person, person)
    assert found is not None
    assert found.full_name == TRUE
    assert world.equal(fast, reader, first, second)


def test_what_was_overtaken_counts_before_it(world: World, person: RecordId) -> None:
    segment = say(world.laptop(), person, full_name=TRUE)
    seq, hlc = segment.groups[0].seqs[0], segment.groups[0].hlcs[0]
    now = world.now()
    assert restamp_for(segment, now, 0) is None
    assert restamp_for(segment, now, 0, Around(before=hlc - 5), seq) == (seq, hlc - 6)


def test_a_feed_never_falls(world: World, person: RecordId) -> None:
    """Its newest may have been corrected to a later time than an earlier life of the centre did."""
    segment = say(world.laptop(), person, full_name=TRUE)
    seq, hlc = segment.groups[0].seqs[0], segment.groups[0].hlcs[0]
    now = world.now()
    assert restamp_for(segment, now, hlc - 1) is None
    assert restamp_for(segment, now, hlc) == (seq, hlc + 1)
    assert restamp_for(segment, now, hlc + 7, Around(behind=hlc + 9)) == (seq, hlc + 10)
