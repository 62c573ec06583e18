"""A laptop joins: it makes its key, shows the one-time code to the centre, and becomes a replica."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainer_app import __version__
from trainer_app.records.problem import AccessProblem, CarrierProblem
from trainer_app.storage.branching import go_on_as, may_join_again
from trainer_app.storage.store import EPOCH, Store
from trainer_app.sync.carrier import Refused
from trainer_app.sync.carriers.http import (
    CONNECT_SECONDS,
    checked_address,
    explained,
    is_page,
    read_body,
    understood,
)
from trainer_app.sync.keys import make_private_key, public_key_of
from trainer_app.words import _

if TYPE_CHECKING:
    import requests

PATH = "/enrol/v1"
READ_SECONDS = 30.0
PENDING_KEY = "pending_private_key"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the centre said. `for_staff` is the staff member who needs no personal code on this laptop."""

    replica: bytes
    areas: tuple[int, ...]
    centre_name: str
    send_by: str
    for_staff: bytes | None
    sample: bool


def enrol(store: Store, address: str, code: str, device_name: str, *, sample: bool = False) -> Enrolled:
    """Join the centre at `address` with the 8-character code. The store must not be a replica yet, or it was
    restored from a backup or forgotten by the centre: then it goes on as a new one and says again what was
    not received.

    The key is written down before it is shown, so that asking again after a lost answer gives the same
    laptop. Raises `InputProblem` for the address, `AccessProblem` for the code, `CarrierProblem` without a
    connection.
    """
    address = checked_address(address)
    if store.replica and not may_join_again(store):
        raise ValueError("this database is a replica already")
    private_key = store.meta(PENDING_KEY)
    if private_key is None or private_key == store.meta("private_key"):
        private_key = make_private_key()
        store.set_meta(PENDING_KEY, private_key)
    wanted = {
        "code": "".join(code.upper().split()).replace("-", ""),
        "name": device_name,
        "public_key": public_key_of(private_key).hex(),
        "app": __version__,
    }
    said = _ask(address, wanted)
    if bool(said.get("sample")) != sample:
        raise AccessProblem(
            _("Pusat itu hanya untuk data contoh.")
            if said.get("sample")
            else _("Data contoh tidak boleh dikirim ke pusat sungguhan."),
            code="sample.mixed",
        )
    return _become(store, address, device_name, private_key, said)


def _ask(address: str, wanted: dict[str, str]) -> dict[str, Any]:
    """The centre's answer. Raises `AccessProblem` in its own words, `CarrierProblem` for the way there."""
    import requests

    session = requests.Session()
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    with understood(), session:
        response = session.post(
            address + PATH, json=wanted, timeout=timeout, allow_redirects=False, stream=True
        )
        with response:
            return _said(response)


def _said(response: requests.Response) -> dict[str, Any]:
    if response.status_code == 200 and not is_page(response):
        try:
            said = json.loads(read_body(response))
        except ValueError:
            said = None
        if isinstance(said, dict):
            return said
        raise _malformed()
    problem = explained(response)
    if response.status_code == 429:
        wait = _("Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.")
        raise AccessProblem(wait, code="enrol.wait")
    if isinstance(problem, Refused):
        raise AccessProblem(problem.message, code=problem.code)
    raise problem


def _malformed() -> CarrierProblem:
    return CarrierProblem(_("Jawaban dari pusat tidak lengkap. Coba lagi."), code="answer.malformed")


def _become(store: Store, address: str, name: str, private_key: bytes, said: dict[str, Any]) -> Enrolled:
    try:
        enrolled, about = _read(said)
    except (KeyError, ValueError, TypeError) as fault:
        raise _malformed() from fault
    again = may_join_again(store)
    if again and store.meta(EPOCH) is not None:
        del about[
            EPOCH
        ]  # from the next answer it learns of a new life, and doubts what the old one confirmed
    for key, value in {**about, "centre_address": address.encode()}.items():
        store.set_meta(key, value)
    if again:
        go_on_as(store, enrolled.replica, private_key, name, enrolled.areas)
    else:
        store.found(enrolled.replica, private_key, name, enrolled.areas)
    return enrolled


def _read(said: dict[str, Any]) -> tuple[Enrolled, dict[str, bytes]]:
    """What this laptop becomes, and what it keeps of the centre. Raises KeyError, ValueError, TypeError."""
    for_staff = said.get("for_staff")
    enrolled = Enrolled(
        _hex(said["replica"], 16),
        tuple(int(area) for area in said["areas"]),
        str(said.get("centre_name") or ""),
        str(said.get("send_by") or ""),
        _hex(for_staff, 16) if for_staff else None,
        bool(said.get("sample")),
    )
    about = {
        "centre_key": _hex(said["centre_key"], 32),
        "centre_replica": _hex(said["centre_replica"], 16),
        "centre_name": enrolled.centre_name.encode(),
        EPOCH: _hex(said["epoch"], 16),
        "for_staff": enrolled.for_staff or b"",
        "sample": b"1" if enrolled.sample else b"0",
    }
    return enrolled, about


def _hex(text: str, length: int) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != length:
        raise ValueError("length")
    return value
