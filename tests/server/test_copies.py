"""An administrator sees which laptops go on from copied data, approves them, or takes them all out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.server.running import AREA, RunningCentre
from tests.server.test_client import send
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem, InputProblem
from trainer_app.server import administration
from trainer_app.storage.branching import go_on_alone
from trainer_app.storage.history import histories
from trainer_app.storage.opening import create_store
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.claims import successors, to_look_at
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
        assert "Setujui" in page
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


# ---------------------------------------------------------------- the page
@pytest.fixture
def copy(centre: RunningCentre, laptop: Store) -> Iterator[Device]:
    """A laptop that goes on from another one and has said so."""
    old = laptop.replica
    go_on_alone(laptop)
    register(laptop)
    send(laptop, centre)
    laptop.close()
    with centre.opened() as opened:
        (device,) = successors(opened.store, old)
    yield device
    with centre.opened() as opened:  # nothing to decide is left to the next test
        if device.id in {one.id for one in to_look_at(opened.store)}:
            administration.revoke(opened, device.id.hex())


def form_of(client: httpx.Client, device: Device) -> dict[str, str]:
    page = client.get("/laptop").text
    assert f'name="laptop" value="{device.id.hex()}"' in page
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None
    return {"csrf": found.group(1), "laptop": device.id.hex()}


def now_at(centre: RunningCentre, device: Device) -> Device:
    with centre.opened() as opened:
        found = opened.store.get(Device, device.id)
    assert found is not None
    return found


def author_of_last_word(centre: RunningCentre, device: Device) -> bytes:
    with centre.opened() as opened:
        told = histories(opened.store, [(Device, device.id)], CENTRE_AREA)[(Device, device.id)]
    return told[-1].author


def test_approved_on_the_page(centre: RunningCentre, copy: Device) -> None:
    login = centre.staff("admin")
    with centre.browser(login) as client:
        form = form_of(client, copy)
        answer = client.post("/laptop/setujui", data=form)
        assert answer.status_code == 200
        assert f"Laptop {copy.name} disetujui." in unescape(answer.text)
        assert copy.id.hex() not in answer.text, "there is nothing to decide any more"
        again = client.post("/laptop/setujui", data=form)
        assert again.status_code == 422
        assert "sudah diputuskan" in again.text
        assert client.post("/laptop/cabut", data={**form, "sure": "ya"}).status_code == 422
    kept = now_at(centre, copy)
    assert kept.approved_at is not None
    assert kept.state == "aktif"
    with centre.opened() as opened:
        assert author_of_last_word(centre, copy) == administration.find_staff(opened, login).id


def test_taken_out_on_the_page_only_when_one_is_sure(centre: RunningCentre, copy: Device) -> None:
    login = centre.staff("admin", "5301")
    with centre.browser(login) as client:
        form = form_of(client, copy)
        answer = client.post("/laptop/cabut", data=form)
        assert answer.status_code == 422
        assert "Centang dulu" in answer.text
        assert now_at(centre, copy).state == "aktif"
        answer = client.post("/laptop/cabut", data={**form, "sure": "ya"})
        assert answer.status_code == 200
        assert f"Laptop {copy.name} dicabut." in unescape(answer.text)
    assert now_at(centre, copy).state == "dicabut"
    assert now_at(centre, Device(id=copy.succeeds or b"", area=CENTRE_AREA)).state == "aktif"
    with centre.opened() as opened:
        assert author_of_last_word(centre, copy) == administration.find_staff(opened, login).id


@pytest.mark.parametrize("deed", ["setujui", "cabut"])
def test_the_form_needs_its_word_its_origin_and_an_admin_of_its_areas(
    centre: RunningCentre, copy: Device, deed: str
) -> None:
    path = f"/laptop/{deed}"
    with centre.browser(centre.staff("admin", "5301")) as client:
        form = {**form_of(client, copy), "sure": "ya"}
        assert client.post(path, data={**form, "csrf": "0" * 64}).status_code == 403
        assert client.post(path, data=form, headers={"origin": "https://lain.example"}).status_code == 403
        for nobody in (new_id().hex(), "x", ""):
            assert client.post(path, data={**form, "laptop": nobody}).status_code in (404, 422)
    for role, areas, status in (("pengawas", "5301", 403), ("pengamat", "", 403), ("admin", "9401", 404)):
        with centre.browser(centre.staff(role, areas)) as client:
            page = client.get("/laptop" if role == "pengawas" else "/").text
            found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
            assert found is not None
            assert copy.id.hex() not in page
            assert client.post(path, data={**form, "csrf": found.group(1)}).status_code == status
    with centre.browser() as client:
        assert client.post(path, data=form).status_code == 401
    assert now_at(centre, copy).state == "aktif"
    assert now_at(centre, copy).approved_at is None


def test_what_goes_with_it_is_said_before(centre: RunningCentre, laptop: Store) -> None:
    names = []
    for _ in range(2):
        go_on_alone(laptop)
        register(laptop)
        send(laptop, centre)
        with centre.opened() as opened:
            device = opened.store.get(Device, laptop.replica)
            assert device is not None
            names.append(device)
    laptop.close()
    with centre.browser(centre.staff("admin")) as client:
        page = unescape(client.get("/laptop").text)
        assert f"bila dicabut, ikut dicabut: {names[1].name}" in page
        form = {**form_of(client, names[0]), "sure": "ya"}
        answer = unescape(client.post("/laptop/cabut", data=form).text)
        assert all(f"Laptop {one.name} dicabut." in answer for one in names)
