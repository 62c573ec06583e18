"""Joining a centre: what it says is taken whole or not at all, and asking again after a lost answer is
harmless.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sync.rude_site import RudeSite
from tests.sync.world import KEY
from trainer_app.records.ids import new_id
from trainer_app.records.problem import AccessProblem, CarrierProblem, InputProblem
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.keys import make_private_key, public_key_of

SAID: dict[str, Any] = {
    "replica": new_id().hex(),
    "areas": [5301, 5302],
    "epoch": bytes(16).hex(),
    "centre_key": public_key_of(make_private_key()).hex(),
    "centre_replica": new_id().hex(),
    "centre_name": "Pusat CONTOH",
    "send_by": "pengawas",
    "for_staff": None,
    "sample": False,
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    db = open_sqlite(tmp_path / "laptop.db", KEY)
    create_all(db)
    yield Store(db)
    db.close()


def _reply(status: str, said: object, *heads: str) -> bytes:
    body = json.dumps(said).encode()
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "content-type: application/json", *heads]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_a_laptop_becomes_what_the_centre_says(store: Store) -> None:
    with RudeSite([_reply("200 OK", SAID)]) as site:
        enrolled = enrol(store, site.address, "abcd-ef gh", "Laptop CONTOH")
        asked = json.loads(site.requests[0].partition(b"\r\n\r\n")[2])
    assert asked["code"] == "ABCDEFGH"
    assert asked["public_key"] == public_key_of(store.private_key).hex()
    assert enrolled.areas == store.areas == (5301, 5302)
    assert store.replica == enrolled.replica == bytes.fromhex(SAID["replica"])
    assert store.meta("centre_key") == bytes.fromhex(SAID["centre_key"])
    assert store.meta("centre_address") == site.address.encode()
    with pytest.raises(ValueError, match="already"):
        enrol(store, site.address, "ABCDEFGH", "Laptop CONTOH")


def test_after_a_lost_answer_it_asks_with_the_same_key(store: Store) -> None:
    with RudeSite([b"", _reply("200 OK", SAID)]) as site:
        with pytest.raises(CarrierProblem) as caught:
            enrol(store, site.address, "ABCDEFGH", "Laptop CONTOH")
        assert caught.value.code == "http.broken"
        assert not store.replica
        enrol(store, site.address, "ABCDEFGH", "Laptop CONTOH")
        keys = {json.loads(request.partition(b"\r\n\r\n")[2])["public_key"] for request in site.requests}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (
            _reply("404 Not Found", {"code": "enrol.wrong", "message": "Kode tidak dikenal."}),
            AccessProblem,
            "enrol.wrong",
        ),
        (
            _reply("410 Gone", {"code": "enrol.used", "message": "Sudah dipakai."}),
            AccessProblem,
            "enrol.used",
        ),
        (_reply("429 Too Many", {"code": "request.wait", "message": "Tunggu."}), AccessProblem, "enrol.wait"),
        (_reply("200 OK", {**SAID, "sample": True}), AccessProblem, "sample.mixed"),
        (_reply("200 OK", {**SAID, "replica": "00"}), CarrierProblem, "answer.malformed"),
        (_reply("200 OK", {**SAID, "centre_key": 5}), CarrierProblem, "answer.malformed"),
        (_reply("200 OK", {**SAID, "areas": None}), CarrierProblem, "answer.malformed"),
        (_reply("200 OK", {"sample": False}), CarrierProblem, "answer.malformed"),
        (_reply("200 OK", ["no"]), CarrierProblem, "answer.malformed"),
        (_reply("503 Busy", {}), CarrierProblem, "http.busy"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", CarrierProblem, "answer.short"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>",
            CarrierProblem,
            "http.portal",
        ),
    ],
)
def test_what_goes_wrong_is_said_and_nothing_is_kept(
    store: Store, reply: bytes, kind: type[Exception], code: str
) -> None:
    with RudeSite([reply]) as site, pytest.raises(kind) as caught:
        enrol(store, site.address, "ABCDEFGH", "Laptop CONTOH")
    assert getattr(caught.value, "code", "") == code
    assert not store.replica
    assert store.meta("centre_key") is None


def test_only_a_safe_address_is_asked(store: Store) -> None:
    with pytest.raises(InputProblem):
        enrol(store, "http://pusat.contoh.id", "ABCDEFGH", "Laptop CONTOH")
