"""Which way a laptop takes to its centre."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.world import World
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.store import Store
from trainer_app.sync.carriers import CARRIERS, carrier_for
from trainer_app.sync.carriers.http import HttpCarrier


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with World(tmp_path) as world:
        yield world.laptop().store


def test_a_laptop_that_never_joined_has_no_way(store: Store) -> None:
    with pytest.raises(CarrierProblem) as caught:
        carrier_for(store)
    assert caught.value.code == "enrol.missing"


@pytest.mark.parametrize("address", ["https://pusat.example.id", "http://127.0.0.1:8080"])
def test_the_address_of_the_centre_says_which(store: Store, address: str) -> None:
    store.set_meta("centre_address", address.encode())
    assert isinstance(carrier_for(store).carrier, HttpCarrier)
    assert address.partition(":")[0] in CARRIERS
