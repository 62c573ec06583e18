"""What a laptop brings is stored, counted, acknowledged and handed on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.server.laptops import TestLaptop
from tests.server.running import AREA, RunningCentre
from trainer_app.records.kinds import Person
from trainer_app.records.segment import open_segment
from trainer_app.server import administration
from trainer_app.storage import counts, rollup
from trainer_app.sync.messages import STORED
from trainer_app.sync.receipt import expand, open_receipt


def registered(centre: RunningCentre, area: int = AREA) -> int:
    with centre.opened() as opened, opened.db.reading() as c:
        assert rollup.differences(c, area) == []
        return counts.by_area(c, None).get(area, {"registered": 0})["registered"]


def test_brought_stored_counted_and_receipted(centre: RunningCentre, tmp_path: Path) -> None:
    laptop = TestLaptop(centre, tmp_path)
    before = registered(centre)
    (person,) = laptop.register()
    answer = laptop.push()
    assert [verdict.status for verdict in answer.verdicts] == [STORED]
    (short,) = answer.receipts
    last = laptop.segments()[-1]
    epoch = bytes.fromhex(laptop.enrolled["epoch"])
    whole = expand(short, laptop.store.replica, epoch, lambda area, hi: last.hash)
    receipt = open_receipt(whole, bytes.fromhex(laptop.enrolled["centre_key"]))
    assert (receipt.area, receipt.replica, receipt.lo, receipt.hi) == (AREA, laptop.store.replica, 1, 3)
    assert receipt.hash == last.hash
    with centre.opened() as opened:
        kept = opened.store.get(Person, person)
    assert kept is not None
    assert kept.full_name == "Siti CONTOH"
    assert registered(centre) == before + 1
    assert [verdict.status for verdict in laptop.push().verdicts] == [STORED], "again is harmless"
    assert registered(centre) == before + 1
    laptop.close()


def test_another_laptop_of_the_area_gets_it(centre: RunningCentre, tmp_path: Path) -> None:
    one, two = TestLaptop(centre, tmp_path), TestLaptop(centre, tmp_path)
    (person,) = one.register()
    one.push()
    answer = two.exchange(cursors={AREA: 0})
    rows = {
        operation.row
        for item in answer.items
        for operation in open_segment(item.data, None).operations()
        if operation.kind == Person.kind
    }
    assert person in rows
    one.close()
    two.close()


def test_many_laptops_at_once_are_all_counted(centre: RunningCentre, tmp_path: Path) -> None:
    before = registered(centre)
    laptops = [TestLaptop(centre, tmp_path) for _i in range(5)]
    for laptop in laptops:
        laptop.register(8)
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(TestLaptop.push, laptops))
    assert all(answer.receipts for answer in answers)
    assert registered(centre) == before + 40
    for laptop in laptops:
        laptop.close()


def test_a_revoked_laptop_changes_nothing_any_more(centre: RunningCentre, tmp_path: Path) -> None:
    laptop = TestLaptop(centre, tmp_path)
    laptop.register()
    laptop.push()
    before = registered(centre)
    with centre.opened() as opened:
        administration.revoke(opened, laptop.store.replica.hex())
    laptop.register()
    answer = laptop.push()
    assert answer.revoked
    assert registered(centre) == before
    laptop.close()
