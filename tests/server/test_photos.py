"""Photos at a running centre, on both engines: they arrive, are shown to those who may see people, and to
nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.laptops import STAFF, VILLAGE
from tests.server.running import AREA, RunningCentre
from tests.server.test_client import new_laptop
from tests.sync.pictures import picture
from trainer_app.records.clock import DAY_MS
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Consent, Person, Photo, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.photo import photo_name
from trainer_app.storage import blobs
from trainer_app.storage.store import Store
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import ExchangeResult, exchange


@pytest.fixture
def laptop(centre: RunningCentre, tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path) as store:
        enrol(store, centre.url, centre.code(), "Laptop CONTOH")
        yield store


def send(laptop: Store, centre: RunningCentre) -> ExchangeResult:
    carrier = HttpCarrier(centre.url)
    try:
        return exchange(laptop, carrier)
    finally:
        carrier.close()


def photographed(laptop: Store, body: bytes, name: str) -> tuple[RecordId, RecordId]:
    """A person and a photo of the business."""
    person, photo, digest = new_id(), new_id(), photo_name(body).hex()
    values = {
        "about": person,
        "purpose": "usaha",
        "taken_at": laptop.clock.now_ms(),
        "digest": digest,
        "size": len(body),
        "width": 640,
        "height": 480,
    }
    edits = [
        Edit(Person, person, AREA, {"full_name": name, "sex": "P", "village": VILLAGE}),
        Edit(Photo, photo, AREA, values),
    ]
    blobs.save_photo(laptop, edits, STAFF, digest, body)
    return person, photo


def fresh_picture() -> bytes:
    return picture(70_000, seed=int.from_bytes(new_id()[-6:], "big"))


def test_a_photo_arrives_and_those_who_may_see_people_see_it(centre: RunningCentre, laptop: Store) -> None:
    body, name = fresh_picture(), f"CONTOH {new_id().hex()[-6:]}"
    photographed(laptop, body, name)
    assert send(laptop, centre).sent_photos == 1
    path = f"/foto/{photo_name(body).hex()}"
    for role, area, status in (
        ("pengawas", "5301", 200),
        ("admin", "", 200),
        ("pengawas", "9401", 404),
        ("pengamat", "5301", 403),
        ("pelatih", "5301", 403),
    ):
        with centre.browser(centre.staff(role, area)) as client:
            answer = client.get(path)
            assert answer.status_code == status, (role, area)
            listed = client.get("/foto")
            assert (path in listed.text and name in listed.text) == (status == 200)
            if status == 200:
                assert answer.content == body
                assert answer.headers["content-type"] == "image/jpeg"
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["cache-control"] == "no-store"
            assert path not in client.get("/").text
    with centre.browser() as client:
        assert client.get(path).status_code in (303, 401)


def test_what_is_taken_away_is_shown_no_more_and_then_forgotten(centre: RunningCentre, laptop: Store) -> None:
    kept, gone, withdrawn = (fresh_picture() for _n in range(3))
    photographed(laptop, kept, "Ani CONTOH")
    _person, photo = photographed(laptop, gone, "Budi CONTOH")
    person, _photo = photographed(laptop, withdrawn, "Citra CONTOH")
    assert send(laptop, centre).sent_photos == 3
    now = laptop.clock.now_ms()
    given = {"person": person, "purposes": "program,foto", "given_at": now, "notice_version": "2026-11"}
    taken_back = {"withdrawn_at": now, "withdrawn_purposes": "foto"}
    laptop.save(
        [
            Edit(Photo, photo, AREA, {"deleted_at": now}),
            Edit(Consent, derived_id(Consent, person), AREA, {**given, **taken_back}),
        ],
        STAFF,
    )
    send(laptop, centre)
    digests = [photo_name(body).hex() for body in (kept, gone, withdrawn)]
    with centre.browser(centre.staff("admin")) as client:
        assert [client.get(f"/foto/{digest}").status_code for digest in digests] == [200, 404, 404]
    with centre.opened() as opened:
        store = opened.store
        blobs.sweep(store)
        assert all(blobs.is_held(store, digest) for digest in digests), "it may be brought back for a day"
        store.clock.offset_ms = DAY_MS + 60_000
        blobs.sweep(store)
        assert [blobs.is_held(store, digest) for digest in digests] == [True, False, False]


@pytest.mark.parametrize("name", ["x", "0" * 63, "..%2f..%2fetc%2fpasswd", "0" * 64])
def test_what_is_no_photo_is_not_found(centre: RunningCentre, name: str) -> None:
    with centre.browser(centre.staff("admin")) as client:
        assert client.get(f"/foto/{name}").status_code in (404, 422)
