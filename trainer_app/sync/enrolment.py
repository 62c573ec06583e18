"""A laptop joins: it makes its key, shows the one-time code to the centre, and becomes a replica."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_app import __version__
from trainer_app.records.problem import AccessProblem, CarrierProblem
from trainer_app.storage.branching import go_on_as, is_restored
from trainer_app.storage.store import Store
from trainer_app.sync.carriers.http import CONNECT_SECONDS, checked_address, safe_words
from trainer_app.sync.keys import make_private_key, public_key_of
from trainer_app.words import _

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
    restored from a backup: then it goes on as a new one and says again what was not received.

    The key is written down before it is shown, so that asking again after a lost answer gives the same
    laptop. Raises `InputProblem` for the address, `AccessProblem` for the code, `CarrierProblem` without a
    connection.
    """
    address = checked_address(address)
    if store.replica and not is_restored(store):
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


def _ask(address: str, wanted: dict[str, str]) -> dict[str, object]:
    import requests

    try:
        response = requests.post(
            address + PATH, json=wanted, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False
        )
        said = response.json()
    except requests.exceptions.RequestException as fault:
        raise CarrierProblem(
            _("Belum tersambung ke pusat. Periksa alamat dan sinyal, lalu coba lagi."),
            code="http.unreachable",
        ) from fault
    if response.status_code == 200 and isinstance(said, dict):
        return said
    code, message = (
        (str(said.get("code", "")), str(said.get("message", ""))) if isinstance(said, dict) else ("", "")
    )
    if code.startswith("enrol.") or response.status_code == 429:
        raise AccessProblem(message, code=code or "enrol.wait")
    raise CarrierProblem(safe_words(message or _("Pusat belum bisa mendaftarkan laptop.")), code=code)


def _become(store: Store, address: str, name: str, private_key: bytes, said: dict[str, object]) -> Enrolled:
    areas = said["areas"]
    if not isinstance(areas, list):
        raise CarrierProblem(_("Jawaban dari pusat tidak lengkap. Coba lagi."), code="answer.malformed")
    for_staff = said.get("for_staff")
    enrolled = Enrolled(
        bytes.fromhex(str(said["replica"])),
        tuple(int(area) for area in areas),
        str(said.get("centre_name") or ""),
        str(said.get("send_by") or ""),
        bytes.fromhex(str(for_staff)) if for_staff else None,
        bool(said.get("sample")),
    )
    for key, value in (
        ("centre_key", bytes.fromhex(str(said["centre_key"]))),
        ("centre_replica", bytes.fromhex(str(said["centre_replica"]))),
        ("centre_name", enrolled.centre_name.encode()),
        ("centre_address", address.encode()),
        ("epoch", bytes.fromhex(str(said["epoch"]))),
        ("for_staff", enrolled.for_staff or b""),
        ("sample", b"1" if enrolled.sample else b"0"),
    ):
        store.set_meta(key, value)
    if is_restored(store):
        go_on_as(store, enrolled.replica, private_key, name, enrolled.areas)
    else:
        store.found(enrolled.replica, private_key, name, enrolled.areas)
    return enrolled
