"""What the board of laptops knows: the newest report, the oldest record that waits, what is not complete."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sync.hubs import meet
from tests.sync.world import AREA, Cut, World, connect
from trainer_app import __version__
from trainer_app.records.clock import DAY_MS
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import Batch
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.reports.laptops import LAPTOPS, held_words, is_unseen, longest_unheard_first, missing_words
from trainer_app.reports.report import Filters
from trainer_app.storage import fleet
from trainer_app.storage.fleet import Laptop as Known
from trainer_app.storage.fleet import Missing
from trainer_app.storage.store import Store
from trainer_app.sync.exchange import exchange
from trainer_app.sync.messages import Report, Request, pack_request, read_request, split_request
from trainer_app.sync.reporting import report_of

HOUR_MS = 3_600_000


def known(store: Store, replica: bytes) -> Known:
    with store.db.reading() as c:
        return next(one for one in fleet.laptops(c, None) if one.id == replica)


def write(store: Store, n: int = 1) -> None:
    for number in range(n):
        store.save([Edit(Batch, new_id(), AREA, {"name": f"CONTOH {number}"})], NO_ID)


def age(store: Store, ms: int) -> None:
    """The records here have waited so long."""
    store.db.transact(lambda c: c.run("UPDATE own_version SET since = since - ?", ms))


def test_the_report_says_how_long_the_oldest_waited(world: World) -> None:
    laptop = world.laptop(ahead_ms=5 * HOUR_MS)
    assert report_of(laptop.store, None).oldest == 0
    write(laptop.store, 2)
    assert report_of(laptop.store, None).oldest == 1  # not nothing
    age(laptop.store, 2 * DAY_MS)
    report = report_of(laptop.store, 7)
    assert (report.pending, report.left) == (2, 7)
    assert report.oldest in (2 * 24 * 60, 2 * 24 * 60 + 1)


@pytest.mark.parametrize("report", [Report(5, 6), Report(5, 6, 3), Report(5, 6, 3, 90), Report(5, 0, 0)])
def test_reports_come_as_they_were_sent(report: Report) -> None:
    data = pack_request(
        Request("1", 1, b"", 9, report=report), replica=bytes(16), private_key=bytes(range(32)), receiver=b""
    )
    assert read_request(split_request(data).body).report == report


def test_to_the_centre_the_third_number_is_no_number_of_anything() -> None:
    data = pack_request(
        Request("1", 1, b"", 9, report=Report(5, 6, None, 90)),
        replica=bytes(16),
        private_key=bytes(range(32)),
        receiver=b"",
    )
    assert read_request(split_request(data).body).report == Report(5, 6, 0, 90)


def test_centre_and_hub_keep_what_a_laptop_said(world: World) -> None:
    hub, laptop = world.laptop(), world.laptop()
    connect(hub, laptop)
    write(laptop.store, 3)
    age(laptop.store, 4 * DAY_MS)
    meet(laptop, hub)
    at_hub = known(hub.store, laptop.store.replica)
    assert at_hub.version == __version__
    assert at_hub.seen_at is not None
    assert abs(at_hub.offset_ms or 0) < 60_000
    assert at_hub.waiting is not None
    # the centre last heard of it before it wrote anything
    at_centre = known(world.centre, laptop.store.replica)
    assert (at_centre.waiting, at_centre.oldest_at) == (0, None)


def test_what_waited_when_the_link_broke_is_what_the_board_says(world: World) -> None:
    laptop = world.laptop()
    connect(laptop)
    write(laptop.store, 3)
    age(laptop.store, 4 * DAY_MS)
    laptop.carrier.cut = Cut("answer")
    with pytest.raises(CarrierProblem):
        exchange(laptop.store, laptop.carrier)
    seen = known(world.centre, laptop.store.replica)
    assert seen.waiting == 3
    assert seen.oldest_at is not None
    now = datetime.now(UTC)
    assert abs(now.timestamp() * 1000 - seen.oldest_at - 4 * DAY_MS) < 5 * 60_000
    assert held_words(seen, now) == "3 catatan, tertua 4 hari lalu"
    (row,) = LAPTOPS.rows(world.centre, Filters(now))
    told = dict(zip([column.key for column in LAPTOPS.columns], row, strict=True))
    assert (told["waiting"], told["offset"], told["missing"]) == (3, "tepat", None)
    assert abs((now - told["oldest"]).total_seconds() - 4 * DAY_MS / 1000) < 300  # type: ignore[operator]  # a moment


def test_what_a_hub_announced_and_has_not_brought_is_missing(world: World) -> None:
    hub, laptop = world.laptop(), world.laptop()
    connect(hub, laptop)
    write(laptop.store, 3)
    meet(laptop, hub)
    hub.carrier.cut = Cut("answer")  # the centre heard what the hub has, the hub not what is wanted
    with pytest.raises(CarrierProblem):
        exchange(hub.store, hub.carrier)
    seen = known(world.centre, laptop.store.replica)
    assert seen.missing == (Missing(AREA, 1, 3),)
    assert missing_words(seen) == "perubahan 1–3 belum sampai"
    rows = LAPTOPS.rows(world.centre, Filters(datetime.now(UTC)))
    assert "perubahan 1–3 belum sampai" in {cell for row in rows for cell in row}
    exchange(hub.store, hub.carrier)
    assert known(world.centre, laptop.store.replica).missing == ()
    assert missing_words(known(world.centre, laptop.store.replica)) == ""


def test_whoever_was_not_heard_for_three_days_comes_first(world: World) -> None:
    laptops = [world.laptop() for _number in range(3)]
    connect(*laptops)
    ids = [laptop.store.replica for laptop in laptops]
    long_ago = world.now() - 4 * DAY_MS
    world.centre.db.transact(lambda c: c.run("UPDATE replica SET seen_at = ? WHERE id = ?", long_ago, ids[2]))
    with world.centre.db.reading() as c:
        found = longest_unheard_first(fleet.laptops(c, None))
    assert found[0].id == ids[2]
    assert [is_unseen(one, world.now()) for one in found] == [True, False, False]
