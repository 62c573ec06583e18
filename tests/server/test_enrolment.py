"""A laptop joins with a one-time code; every other laptop learns its key."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.server.laptops import TestLaptop, enrol
from tests.server.running import AREA, OTHER_AREA, RunningCentre
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Device
from trainer_app.records.segment import open_segment
from trainer_app.server import administration
from trainer_app.storage.throttle import FREE_FAILURES
from trainer_app.sync.keys import make_private_key, public_key_of


@pytest.fixture(autouse=True)
def _no_memory_of_wrong_guesses(centre: RunningCentre) -> None:
    with centre.opened() as opened:
        opened.db.transact(lambda c: c.run("DELETE FROM throttle"))


def test_a_code_makes_a_laptop(centre: RunningCentre) -> None:
    key = make_private_key()
    with centre.opened() as opened:
        staff = administration.add_staff(opened, f"CONTOH Siti {new_id().hex()[-6:]}", "pelatih", "5301").data
        administration.set_policy(opened, "pelatih", str(AREA))
    code = centre.code(f"{AREA},{OTHER_AREA}", staff["name"])
    answer = enrol(centre, f" {code[:4].lower()}-{code[4:]} ", key)
    assert answer.status_code == 200
    said = answer.json()
    assert said["areas"] == [AREA, OTHER_AREA]
    assert said["for_staff"] == staff["staff"]
    assert (said["send_by"], said["sample"], said["centre_name"]) == ("pelatih", False, "Pusat")
    with centre.opened() as opened:
        assert said["centre_key"] == opened.public_key.hex()
        assert said["centre_replica"] == opened.store.replica.hex()
        assert abs(said["server_time"] - opened.now_ms()) < 60_000
        device = opened.store.get(Device, bytes.fromhex(said["replica"]))
    assert device is not None
    assert (device.name, device.state, device.public_key) == (
        "Laptop CONTOH",
        "aktif",
        public_key_of(key).hex(),
    )
    assert device.areas == f"{AREA},{OTHER_AREA}"


def test_a_lost_answer_is_given_again_to_the_same_laptop_only(centre: RunningCentre) -> None:
    key, code = make_private_key(), centre.code()
    first = enrol(centre, code, key).json()
    again = enrol(centre, code, key).json()
    assert again["replica"] == first["replica"]
    stranger = enrol(centre, code, make_private_key())
    assert (stranger.status_code, stranger.json()["code"]) == (410, "enrol.used")
    assert "sudah dipakai" in stranger.json()["message"]


def test_wrong_and_late_codes(centre: RunningCentre) -> None:
    wrong = enrol(centre, "ABCDEFGH", make_private_key())
    assert (wrong.status_code, wrong.json()["code"]) == (404, "enrol.wrong")
    code = centre.code()
    with centre.opened() as opened:
        opened.db.transact(lambda c: c.run("UPDATE enrolment_code SET expires_at = 1 WHERE used_at IS NULL"))
    late = enrol(centre, code, make_private_key())
    assert (late.status_code, late.json()["code"]) == (410, "enrol.expired")


def test_guessing_is_slowed_down_and_a_good_code_waits_too(centre: RunningCentre) -> None:
    code = centre.code()
    statuses = [enrol(centre, "ABCDEFGH", make_private_key()).status_code for _i in range(FREE_FAILURES + 1)]
    assert statuses == [404] * (FREE_FAILURES + 1)
    waiting = enrol(centre, code, make_private_key())
    assert (waiting.status_code, waiting.json()["code"]) == (429, "request.wait")
    assert 1 <= int(waiting.headers["retry-after"]) <= 2
    with centre.opened() as opened:
        opened.db.transact(lambda c: c.run("UPDATE throttle SET until = 0"))
    assert enrol(centre, code, make_private_key()).status_code == 200


def test_asking_again_with_a_used_code_excuses_no_guesses(centre: RunningCentre) -> None:
    code, key = centre.code(), make_private_key()
    seen = []
    for _round in range(3):
        seen += [enrol(centre, "ABCDEFGH", make_private_key()).status_code for _i in range(FREE_FAILURES - 1)]
        seen.append(enrol(centre, code, key).status_code)
    assert 429 in seen
    assert centre.count("SELECT MAX(failures) FROM throttle") > FREE_FAILURES


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "A" * 400, "name": "x", "public_key": "aa" * 32},
        {"code": "ABCDEFGH", "name": "x", "public_key": "bukan kunci"},
        {"code": "ABCDEFGH", "name": "", "public_key": "aa" * 32},
        {"code": "ABCDEFGH", "name": " \0 ", "public_key": "aa" * 32},
        {"code": ["ABCDEFGH"], "name": "x", "public_key": "aa" * 32},
    ],
)
def test_what_is_no_enrolment_is_refused(centre: RunningCentre, body: dict[str, object]) -> None:
    before = centre.count("SELECT COUNT(*) FROM device")
    answer = httpx.post(f"{centre.url}/enrol/v1", json=body)
    assert answer.status_code == 422
    assert set(answer.json()) == {"code", "message"}
    assert centre.count("SELECT COUNT(*) FROM device") == before


def test_the_other_laptops_learn_the_new_key(centre: RunningCentre, tmp_path: Path) -> None:
    first = TestLaptop(centre, tmp_path)
    second = TestLaptop(centre, tmp_path)
    answer = first.exchange(cursors={0: 0})
    centre_key = bytes.fromhex(first.enrolled["centre_key"])
    named = {
        operation.row
        for item in answer.items
        for operation in open_segment(item.data, centre_key).operations()
        if operation.kind == Device.kind
    }
    assert {first.store.replica, second.store.replica} <= named
    first.close()
    second.close()
