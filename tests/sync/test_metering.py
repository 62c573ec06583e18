"""Trainers pay for their data: what goes is counted, told in rupiah, and stopped at the limit of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.sync.rude_site import RudeSite
from tests.sync.world import AREA, World
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.settings import Settings, save
from trainer_app.storage.peers import waiting_bytes
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.carriers import carrier_for
from trainer_app.sync.exchange import exchange
from trainer_app.sync.metering import LIMIT_REACHED, MeteredCarrier, rupiah, used_bytes

DAY = date(2026, 11, 24)


def test_a_sending_stops_at_the_limit_and_goes_on_the_next_day(world: World) -> None:
    laptop, day = world.laptop(), DAY
    carrier = MeteredCarrier(laptop.carrier, laptop.store, 3_000, lambda: day)
    exchange(laptop.store, carrier)
    first = used_bytes(laptop.store, day)
    assert 400 < first < 1_500
    values = {"full_name": "Siti CONTOH", "sex": "P", "village": "53.01.08.2006"}
    assert waiting_bytes(laptop.store) == 0

    def save_and_send() -> None:
        laptop.store.save([Edit(Person, new_id(), AREA, values)], new_id())
        assert waiting_bytes(laptop.store) > 0
        exchange(laptop.store, carrier)

    def send_day_by_day() -> None:
        for _n in range(20):
            save_and_send()

    with pytest.raises(CarrierProblem) as caught:
        send_day_by_day()
    assert caught.value.code == LIMIT_REACHED
    assert "Batas data hari ini" in caught.value.message
    assert "Catatan tetap aman" in caught.value.message
    assert send_state(laptop.store).pending == 1
    world.reopen(laptop)
    assert used_bytes(laptop.store, day) > 2_000
    day += timedelta(days=1)
    assert used_bytes(laptop.store, day) == 0
    exchange(laptop.store, MeteredCarrier(laptop.carrier, laptop.store, 3_000, lambda: day))
    assert send_state(laptop.store).all_received


def test_settings_beside_the_data_give_limit_and_proxy(world: World, tmp_path: Path) -> None:
    laptop = world.laptop()
    laptop.store.set_meta("centre_address", b"http://127.0.0.1:9")
    with RudeSite([b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK"]) as proxy:
        save(replace(Settings(), proxy=proxy.address, data_limit=1), tmp_path)
        carrier = carrier_for(laptop.store)
        assert carrier.send(b"question") == b"OK"
        with pytest.raises(CarrierProblem) as caught:
            carrier.send(bytes(1_000_000))
        carrier.close()
    assert caught.value.code == LIMIT_REACHED


@pytest.mark.parametrize(
    ("size", "price", "cost"),
    [(0, 50, 0), (1, 50, 1), (1_000_000, 50, 50), (42_000, 300, 13), (42_000, 0, 0)],
)
def test_rupiah(size: int, price: int, cost: int) -> None:
    assert rupiah(size, price) == cost
