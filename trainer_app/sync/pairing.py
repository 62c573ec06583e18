"""Whom a trainer's laptop takes for a supervisor's: by the centre's list, or once by a code of six digits.

Between the two there is TLS with a certificate that the hub made for itself. It is the right one when the
hub's published key signed it, when it is the one of last time, or when the hub shows that it knows the code
that a person read from its screen, over this very certificate (`cpace`). Why:
resources/docs/decisions/006-pairing.md.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import msgpack

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Device
from trainer_app.records.problem import AccessProblem, CarrierProblem
from trainer_app.records.revocation import REVOKED_STATE
from trainer_app.sync.cpace import Pace, PaceFault, is_proof, proof
from trainer_app.sync.keys import HUB, is_signed, sign
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

CODE_DIGITS = 6
CODE_SECONDS = 300.0
#: Wrong tries before another code is shown and nobody is let in for a while, each time twice as long.
TRIES = 5
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 30.0, 3600.0
SESSION_SECONDS, MOST_SESSIONS, SESSION_BYTES = 60.0, 32, 16
_HUBS = "hubs"
_FROM_LAPTOP, _FROM_HUB = b"laptop", b"hub"
CODE_NEEDED, CODE_WRONG, IMPOSTOR = "hub.code_needed", "hub.code", "hub.impostor"


def channel(fingerprint: bytes, replica: bytes) -> bytes:
    """What both sides must see alike: the certificate (SHA-256 of it) and whose it is said to be."""
    return HUB + fingerprint + replica


# --- the hub's side -----------------------------------------------------------------------------------------


class PairingRefused(Exception):
    """The hub does not go on: `code` is wrong, busy or gone; `seconds` says when to come again."""

    def __init__(self, code: str, seconds: float = 0.0) -> None:
        super().__init__(code)
        self.code, self.seconds = code, seconds


@dataclass(slots=True)
class _Session:
    pace: Pace
    theirs: bytes
    began: float


class Doorkeeper:
    """The code on the hub's screen, and who was let in by it. Threads may use it at once.

    A try is counted when a proof is wrong; whoever breaks off before learns nothing. `clock` gives seconds.
    """

    def __init__(
        self, fingerprint: bytes, replica: bytes, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._channel, self._clock = channel(fingerprint, replica), clock
        self._lock = threading.Lock()
        self._sessions: dict[bytes, _Session] = {}
        self._wrong = 0
        self._pause, self._closed_until = FIRST_PAUSE_SECONDS, 0.0
        self._renew()

    def _renew(self) -> None:
        self._code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        self._made, self._wrong = self._clock(), 0

    @property
    def code(self) -> str:
        """The six digits that are right now; another every five minutes."""
        with self._lock:
            self._renew_if_old()
            return self._code

    @property
    def seconds_left(self) -> float:
        """How long the code is still right."""
        with self._lock:
            self._renew_if_old()
            return self._made + CODE_SECONDS - self._clock()

    def _renew_if_old(self) -> None:
        if self._clock() - self._made >= CODE_SECONDS:
            self._renew()

    def begin(self, session: bytes, share: bytes) -> bytes:
        """A laptop's share; gives the hub's. Raises `PairingRefused`."""
        with self._lock:
            now = self._clock()
            if now < self._closed_until:
                raise PairingRefused("busy", self._closed_until - now)
            self._renew_if_old()
            gone = [name for name, one in self._sessions.items() if now - one.began > SESSION_SECONDS]
            for name in gone:
                del self._sessions[name]
            if len(session) != SESSION_BYTES or session in self._sessions:
                raise PairingRefused("gone")
            if len(self._sessions) >= MOST_SESSIONS:
                raise PairingRefused("busy", SESSION_SECONDS)
            pace = Pace(self._code.encode(), self._channel, session)
            self._sessions[session] = _Session(pace, share, now)
            return pace.share

    def confirm(self, session: bytes, told: bytes) -> bytes:
        """The laptop's proof that it knows the code; gives the hub's. Raises `PairingRefused`."""
        with self._lock:
            if self._clock() < self._closed_until:  # tries begun before the pause do not count around it
                raise PairingRefused("busy", self._closed_until - self._clock())
            held = self._sessions.pop(session, None)
            if held is None or self._clock() - held.began > SESSION_SECONDS:
                raise PairingRefused("gone")
            try:
                key = held.pace.key(held.theirs, first=False)
            except PaceFault:
                key = b""
            if not key or not is_proof(key, _FROM_LAPTOP, told):
                self._wrong_try()
                raise PairingRefused("wrong")
            self._wrong = 0
            return proof(key, _FROM_HUB)

    def _wrong_try(self) -> None:
        self._wrong += 1
        if self._wrong >= TRIES:
            self._closed_until = self._clock() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
            self._sessions.clear()
            self._renew()


def certificate_proof(store: Store, fingerprint: bytes) -> bytes:
    """The hub's signature under its certificate, with the key that the centre published of it."""
    return sign(store.private_key, HUB + fingerprint)


# --- the trainer's side -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownHub:
    """A supervisor's laptop that this one has met: where it last was, and what its certificate is."""

    replica: RecordId
    name: str
    fingerprint: bytes
    address: str
    met_at: int


@dataclass(frozen=True, slots=True)
class Met:
    """Who answers at an address, as it says of itself over a connection with this certificate."""

    replica: RecordId
    name: str
    fingerprint: bytes
    signature: bytes


#: Carries one step of the pairing to the hub and back; raises `CarrierProblem`.
Ask = Callable[[Mapping[str, str]], Mapping[str, object]]


def known_hubs(store: Store) -> list[KnownHub]:
    """The supervisors' laptops that this one has met, the last one first."""
    held = msgpack.unpackb(store.meta(_HUBS, b"\x90"))
    hubs = [KnownHub(*row) for row in held]
    return sorted(hubs, key=lambda hub: -hub.met_at)


def remember(store: Store, met: Met, address: str) -> KnownHub:
    """Keep whom this laptop trusts from now on, and where it was."""
    hub = KnownHub(met.replica, met.name, met.fingerprint, address, store.clock.now_ms())
    _keep(store, [hub, *_others(store, hub.replica)])
    return hub


def forget(store: Store, replica: RecordId) -> None:
    """Take a supervisor's laptop off the list; the next meeting needs a code or the centre's list."""
    _keep(store, _others(store, replica))


def _others(store: Store, replica: RecordId) -> list[KnownHub]:
    return [hub for hub in known_hubs(store) if hub.replica != replica]


def _keep(store: Store, hubs: Sequence[KnownHub]) -> None:
    store.set_meta(_HUBS, msgpack.packb([astuple(hub) for hub in hubs]))


def trusted(store: Store, met: Met) -> bool:
    """Whether this is a supervisor's laptop that may be sent to without a code; False: a code is needed.

    Raises `AccessProblem` when it is certainly none: another certificate than the centre's list or the last
    meeting says, or a laptop that was taken out.
    """
    device = store.get(Device, met.replica)
    pinned = next((hub for hub in known_hubs(store) if hub.replica == met.replica), None)
    if device is not None and device.public_key:
        if device.state == REVOKED_STATE:
            raise AccessProblem(
                _(
                    "Laptop {nama} sudah dicabut oleh pusat, jadi tidak dipakai mengirim. "
                    "Catatan tetap aman di laptop ini. Hubungi pengawas."
                ).format(nama=device.name or met.name),
                code="hub.revoked",
            )
        if not is_signed(bytes.fromhex(device.public_key), met.signature, HUB + met.fingerprint):
            raise impostor(device.name or met.name)
        return True
    if pinned is not None and pinned.fingerprint != met.fingerprint:
        raise impostor(pinned.name)
    return pinned is not None


def pair(met: Met, code: str, ask: Ask) -> None:
    """Let the hub show that it knows the code, over the certificate that is seen here. Raises
    `AccessProblem` when it does not, or when the code is not the one on its screen.
    """
    digits = "".join(sign for sign in code if sign.isdigit())
    if len(digits) != CODE_DIGITS:
        raise AccessProblem(
            _("Kode terdiri dari 6 angka. Lihat di layar laptop pengawas."), code="hub.code_form"
        )
    session = secrets.token_bytes(SESSION_BYTES)
    pace = Pace(digits.encode(), channel(met.fingerprint, met.replica), session)
    said = ask({"session": session.hex(), "share": pace.share.hex()})
    try:
        key = pace.key(_hex(said, "share"), first=True)
    except PaceFault as fault:
        raise impostor(met.name) from fault
    said = ask({"session": session.hex(), "proof": proof(key, _FROM_LAPTOP).hex()})
    if not is_proof(key, _FROM_HUB, _hex(said, "proof")):
        raise impostor(met.name)


def _hex(said: Mapping[str, object], name: str) -> bytes:
    try:
        return bytes.fromhex(str(said[name]))
    except (KeyError, ValueError) as fault:
        raise CarrierProblem(
            _("Laptop pengawas menjawab tidak lengkap. Coba lagi."), code="hub.malformed"
        ) from fault


def impostor(name: str) -> AccessProblem:
    """Somebody answers who is not the one that was meant: a man in the middle, or a laptop set up anew."""
    return AccessProblem(
        _(
            "Yang menjawab bukan laptop pengawas {nama}: tanda pengenalnya lain. Jangan kirim lewat Wi-Fi "
            "ini. "
            "Minta pengawas memeriksa, atau pakai flashdisk. Catatan tetap aman di laptop ini."
        ).format(nama=name),
        code=IMPOSTOR,
    )


def wrong_code() -> AccessProblem:
    """The code is not the one on the screen of the laptop that answers."""
    return AccessProblem(
        _(
            "Kode belum cocok. Lihat lagi angka di layar laptop pengawas; kode berganti tiap 5 menit. "
            "Bila tetap tidak cocok, jangan kirim lewat Wi-Fi ini dan minta pengawas memeriksa."
        ),
        code=CODE_WRONG,
    )
