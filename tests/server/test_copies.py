"""An administrator sees which laptops go on from copied data, approves them, or takes them all out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.running import AREA, RunningCentre
from tests.server.test_client import send
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem, InputProblem
from trainer_app.server import administration
from trainer_app.storage.branching import go_on_alone
from trainer_app.storage.opening import create_store
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.claims import successors
from trainer_app.sync.enrolment import enrol

DEK = bytes(range(32))
CHIP = "salinan, perlu diperiksa"


@pytest.fixture
def laptop(centre: RunningCentre, tmp_path: Path) -> Store:
    store = create_store(tmp_path / "laptop", DEK)
    enrol(store, centre.url, centre.code(), f"Laptop {new_id().hex()[-6:]}")
    send(store, centre)
    return store


def register(store: Store) -> None:
    values = {"full_name": "Sesudah CONTOH", "sex": "P", "village": "53.01.08.2006"}
    store.save([Edit(Person, new_id(), AREA, values)], new_id())


def test_shown_and_approved(centre: RunningCentre, laptop: Store) -> None:
    old = laptop.replica
    go_on_alone(laptop)
    register(laptop)
    send(laptop, centre)
    assert send_state(laptop).all_received
    login = centre.staff("admin")
    with centre.browser(login) as browser:
        page = browser.get("/laptop").text
        assert CHIP in page
        assert "trainer-app admin approve" in page
    with centre.opened() as opened:
        (device,) = successors(opened.store, old)
        with pytest.raises(InputProblem):
            administration.approve(opened, old.hex())
        administration.approve(opened, device.id.hex())
        assert successors(opened.store, old, unapproved=True) == []
        administration.revoke(opened, old.hex())
        kept = opened.store.get(Device, device.id)
        assert kept is not None
        assert kept.state == "aktif", "it was approved, so it stays"
    laptop.close()


def test_taken_out_with_the_laptop_it_came_from(centre: RunningCentre, laptop: Store) -> None:
    old = laptop.replica
    for _ in range(2):
        go_on_alone(laptop)
        register(laptop)
        send(laptop, centre)
    with centre.opened() as opened:
        before = opened.store.count(Person, {"full_name": "Sesudah CONTOH"})
        done = administration.revoke(opened, old.hex())
        assert len(done.data["with_it"]) == len(done.lines) - 1 == 2
    register(laptop)
    send(laptop, centre)
    with centre.opened() as opened:
        assert opened.store.count(Person, {"full_name": "Sesudah CONTOH"}) == before
    go_on_alone(laptop)
    with pytest.raises(CarrierProblem) as caught:
        send(laptop, centre)
    assert caught.value.code == "device.unknown"
    laptop.close()
