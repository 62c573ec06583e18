"""Who can open this laptop: one random key for the database, and an envelope around it for every user.

    wrapping key = HKDF-SHA256(Argon2id(PIN or passphrase) ‖ secret of the laptop)
    envelope     = ChaCha20-Poly1305(wrapping key, database key), bound to the ring and the user

Adding, removing and renaming a user touches envelopes only, never the data. Apart from the users, the key
lies in one more envelope (age, X25519) for the recovery key of the centre, so that a forgotten PIN does not
cost what was not sent yet.

A wrong PIN is counted on disk before it is tried. After five, each further try waits longer; the wait is
measured by the process's own steady clock and starts anew with the process, so neither a restart nor a
changed date shortens it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from trainer_app.records.clock import wall_ms
from trainer_app.records.problem import AccessProblem, InputProblem, StoreProblem
from trainer_app.storage.filelock import FileLock
from trainer_app.storage.keystore import (
    KEY_BYTES,
    PROTECTION_WORDS,
    Protection,
    device_secret,
    forget_device_secret,
    make_device_secret,
)
from trainer_app.storage.pins import (
    PIN_LENGTH,
    check_new_pin,
    check_personal_code,
    hash_personal_code,
    new_personal_code,
    normal_pin,
)
from trainer_app.storage.ringfile import (
    NONCE_BYTES,
    SALT_BYTES,
    Cost,
    Envelope,
    RingFile,
    read_ring,
    ring_exists,
    write_ring,
)
from trainer_app.words import _, duration, ngettext

__all__ = [
    "PIN_LENGTH",
    "PROTECTION_WORDS",
    "KeyRing",
    "PinProblem",
    "UserEntry",
    "check_new_pin",
    "check_personal_code",
    "hash_personal_code",
    "new_personal_code",
]

FREE_TRIES = 5
#: Seconds to wait after the fifth wrong PIN, the sixth, and so on; the last one for every further.
DELAYS_SECONDS = (30, 60, 120, 300, 600)
_INFO = b"trainer-app/envelope/v1"


@dataclass(frozen=True, slots=True)
class UserEntry:
    """Somebody who can open this laptop, as the lock screen shows it. `last_at` is milliseconds since 1970
    UTC.
    """

    staff_id: bytes
    name: str
    role: str
    last_at: int | None


class PinProblem(AccessProblem):
    """The PIN was wrong, or it is too early to try again. `code`: ``pin.wrong``, ``pin.wait``,
    ``pin.unknown_user``.
    """

    def __init__(self, message: str, *, code: str, tries_left: int = 0, wait_seconds: float = 0.0) -> None:
        super().__init__(message, code=code)
        self.tries_left = tries_left
        self.wait_seconds = wait_seconds


class KeyRing:
    """The envelopes of one data folder. Usable by several processes at once; every call reads the file anew.

    `monotonic` gives seconds that never run back. `cost` is what a new envelope asks of a guesser; old ones
    keep theirs.
    """

    def __init__(
        self, folder: Path, *, monotonic: Callable[[], float] = time.monotonic, cost: Cost | None = None
    ) -> None:
        self.folder = folder
        self._monotonic = monotonic
        self._cost = cost or Cost()
        self._waits: dict[
            bytes, tuple[int, float]
        ] = {}  # wrong tries seen, and until when the next one waits
        with suppress(StoreProblem):  # a damaged ring is told to who asks something of it
            ring = read_ring(folder)
            for envelope in ring.users if ring else ():
                self._wait(envelope)

    @property
    def exists(self) -> bool:
        """False on a laptop that was never set up."""
        return ring_exists(self.folder)

    # ------------------------------------------------------------ users
    def users(self) -> list[UserEntry]:
        """Everybody who can open this laptop; who signed in last comes first."""
        ring = read_ring(self.folder)
        entries = [UserEntry(e.staff, e.name, e.role, e.last_at) for e in ring.users] if ring else []
        return sorted(entries, key=lambda entry: (-(entry.last_at or 0), entry.name.casefold()))

    def create(
        self,
        staff_id: bytes,
        name: str,
        role: str,
        pin: str,
        *,
        keystore: bool = True,
        dek: bytes | None = None,
    ) -> bytes:
        """Make the ring with its first user; gives the new database key.

        `keystore=False` keeps the laptop's secret in a file (data for trying out). Raises `InputProblem` for
        a weak PIN, `StoreProblem` when there is a ring already: another key would make the data unreadable.
        `dek` is an existing key: that of a backup which is restored on another laptop.
        """
        check_new_pin(pin)
        with self._locked():
            if self.exists:
                raise StoreProblem(
                    _("Laptop ini sudah punya kunci. Masuk dengan PIN, atau minta pengawas."),
                    code="keys.exists",
                )
            dek, ring_id = dek or secrets.token_bytes(KEY_BYTES), secrets.token_hex(16)
            protection, secret = make_device_secret(self.folder, ring_id, keystore=keystore)
            ring = RingFile(ring_id, protection, _proof(dek, ring_id), ())
            first = self._envelope(ring, secret, dek, staff_id, name, role, pin)
            first = dataclasses.replace(first, last_at=wall_ms())  # whoever makes the ring goes on working
            try:
                write_ring(self.folder, dataclasses.replace(ring, users=(first,)), keep_copy=True)
            except BaseException:
                forget_device_secret(self.folder, ring_id, protection)
                raise
        return dek

    def add_user(self, dek: bytes, staff_id: bytes, name: str, role: str, pin: str) -> None:
        """Give somebody an envelope, or a new PIN to somebody who has one. `dek` shows that the laptop is
        open.
        """
        check_new_pin(pin)
        with self._locked():
            ring = self._own(dek)
            secret = device_secret(self.folder, ring.id, ring.protection)
            old = ring.find(staff_id)
            made = self._envelope(ring, secret, dek, staff_id, name, role, pin)
            if old is not None:
                made = dataclasses.replace(made, last_at=old.last_at)
            self._write(ring.with_user(made))
            self._waits.pop(staff_id, None)

    def remove_user(self, staff_id: bytes) -> None:
        """Take somebody's envelope away: the PIN opens nothing any more. Raises `AccessProblem` for the last
        user.
        """
        with self._locked():
            ring = self._read()
            left = tuple(envelope for envelope in ring.users if envelope.staff != staff_id)
            if not left:
                raise AccessProblem(
                    _(
                        "Ini petugas terakhir di laptop. "
                        "Tambah petugas lain dulu, supaya data tetap bisa dibuka."
                    ),
                    code="keys.last_user",
                )
            self._write(dataclasses.replace(ring, users=left))
            self._waits.pop(staff_id, None)

    def describe_user(self, staff_id: bytes, name: str, role: str) -> None:
        """Follow a renamed staff record on the lock screen. What somebody may do is never read from here."""
        with self._locked():
            ring = self._read()
            envelope = ring.find(staff_id)
            if envelope is not None and (envelope.name, envelope.role) != (name, role):
                self._write(ring.with_user(dataclasses.replace(envelope, name=name, role=role)))

    # ------------------------------------------------------------ opening
    def unlock(self, staff_id: bytes, pin: str, *, stays: bool = True) -> bytes:
        """The database key. Raises `PinProblem` (wrong, or too early), `StoreProblem` when the laptop's
        secret is gone. ``stays=False`` for somebody who only lets something happen: who works here stays the
        first on the lock screen.
        """
        with self._locked():
            ring = self._read()
            envelope = ring.find(staff_id)
            if envelope is None:
                raise PinProblem(
                    _("Petugas ini tidak terdaftar di laptop ini. Pilih nama lain."), code="pin.unknown_user"
                )
            self._refuse_early(envelope)
            secret = device_secret(self.folder, ring.id, ring.protection)
            counted = dataclasses.replace(envelope, wrong=envelope.wrong + 1)
            self._write(
                ring.with_user(counted), keep_copy=False
            )  # before trying: pulling the plug gains nothing
            dek = _opened(ring, counted, secret, pin)
            if dek is None:
                raise self._wrong(counted)
            done = dataclasses.replace(counted, wrong=0, last_at=wall_ms() if stays else counted.last_at)
            self._write(ring.with_user(done), keep_copy=False)
            self._waits.pop(staff_id, None)
            return dek

    def change_pin(self, staff_id: bytes, old_pin: str, new_pin: str) -> None:
        """A new PIN for who knows the old one. Raises `InputProblem` or `PinProblem`."""
        check_new_pin(new_pin)
        if hmac.compare_digest(normal_pin(old_pin).encode(), normal_pin(new_pin).encode()):
            raise InputProblem(
                _("PIN baru sama dengan PIN lama. Pilih angka lain."), field="pin", code="pin.same"
            )
        dek = self.unlock(staff_id, old_pin)
        entry = next(user for user in self.users() if user.staff_id == staff_id)
        self.add_user(dek, staff_id, entry.name, entry.role, new_pin)

    def tries_left(self, staff_id: bytes) -> int:
        """How many wrong PINs are free of waiting yet (0 to 5)."""
        envelope = self._read().find(staff_id)
        return max(0, FREE_TRIES - (envelope.wrong if envelope else 0))

    def wait_seconds(self, staff_id: bytes) -> float:
        """How long this user's next try has to wait; 0.0 when it need not."""
        envelope = self._read().find(staff_id)
        return self._wait(envelope) if envelope else 0.0

    # ------------------------------------------------------------ protection and recovery
    def protection(self) -> Protection:
        """Where the laptop's secret is kept; ``PROTECTION_WORDS`` says what that means."""
        return self._read().protection

    @property
    def recovery_recipient(self) -> str | None:
        """The age recipient that can recover the key, or None when the centre's is not known yet."""
        ring = read_ring(self.folder)
        return ring.recipient if ring else None

    def set_recovery_recipient(self, dek: bytes, recipient: str) -> None:
        """Seal the database key to the centre's recovery key (``age1…``). Raises `InputProblem` for another
        text.
        """
        sealed = seal_to_recovery(dek, recipient)
        with self._locked():
            ring = self._own(dek)
            if ring.recipient != recipient:
                self._write(dataclasses.replace(ring, recipient=recipient, recovery=sealed))

    def recover(self, identity: str) -> bytes:
        """The database key, opened with the centre's recovery identity (``AGE-SECRET-KEY-1…``).

        Give the user a new PIN with `add_user` afterwards. Raises `AccessProblem` when the identity is
        another one or when this laptop never learnt of a recovery key.
        """
        ring = self._read()
        if not ring.recovery:
            raise AccessProblem(
                _("Laptop ini belum punya kunci pemulihan. Hanya PIN petugas yang dapat membukanya."),
                code="keys.no_recovery",
            )
        dek = open_recovery(ring.recovery, identity)
        if not hmac.compare_digest(_proof(dek, ring.id), ring.proof):
            raise AccessProblem(_("Kunci pemulihan ini bukan untuk laptop ini."), code="keys.recovery")
        return dek

    def repair_device_secret(self, dek: bytes) -> None:
        """After recovery on a machine without the old secret: make a new one. All envelopes are void; add
        users anew.
        """
        with self._locked():
            ring = self._own(dek)
            protection, _secret = make_device_secret(self.folder, ring.id)
            self._write(dataclasses.replace(ring, protection=protection, users=()))

    def sealed_for_recovery(self) -> bytes | None:
        """The database key as the centre can open it, to lie beside a backup; None when no recovery key is
        known.
        """
        ring = read_ring(self.folder)
        return ring.recovery if ring and ring.recovery else None

    # ------------------------------------------------------------ inside
    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(self.folder / ".keyring.lock")
            lock.__enter__()
        except OSError as fault:
            raise StoreProblem(
                _("Folder data tidak boleh ditulisi. Periksa izin folder, lalu coba lagi."),
                code="store.read_only",
            ) from fault
        try:
            yield
        finally:
            lock.release()

    def _read(self) -> RingFile:
        ring = read_ring(self.folder)
        if ring is None:
            raise StoreProblem(
                _("Laptop ini belum didaftarkan. Daftarkan dulu dengan kode dari pengawas."),
                code="keys.missing",
            )
        return ring

    def _write(self, ring: RingFile, *, keep_copy: bool = True) -> None:
        write_ring(self.folder, ring, keep_copy=keep_copy)

    def _own(self, dek: bytes) -> RingFile:
        """The ring, if `dek` is its key: another key in an envelope would shut somebody out for ever."""
        ring = self._read()
        if not hmac.compare_digest(_proof(dek, ring.id), ring.proof):
            raise AccessProblem(_("Kunci ini bukan untuk laptop ini."), code="keys.other_key")
        return ring

    def _envelope(
        self, ring: RingFile, secret: bytes, dek: bytes, staff_id: bytes, name: str, role: str, pin: str
    ) -> Envelope:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
        key = _wrapping_key(ring.id, self._cost, salt, secret, pin)
        sealed = ChaCha20Poly1305(key).encrypt(nonce, dek, _bound(ring.id, staff_id))
        return Envelope(staff_id, name, role, None, 0, salt, nonce, sealed, self._cost)

    def _wait(self, envelope: Envelope) -> float:
        if envelope.wrong < FREE_TRIES:
            return 0.0
        wrong, until = self._waits.get(envelope.staff, (0, 0.0))
        if wrong != envelope.wrong:  # this process did not see that try: wait in full
            delay = DELAYS_SECONDS[min(envelope.wrong - FREE_TRIES, len(DELAYS_SECONDS) - 1)]
            until = self._monotonic() + delay
            self._waits[envelope.staff] = (envelope.wrong, until)
        return max(0.0, until - self._monotonic())

    def _refuse_early(self, envelope: Envelope) -> None:
        wait = self._wait(envelope)
        if wait > 0:
            raise PinProblem(
                _("Terlalu banyak PIN salah. Tunggu {waktu}, lalu coba lagi.").format(waktu=duration(wait)),
                code="pin.wait",
                wait_seconds=wait,
            )

    def _wrong(self, envelope: Envelope) -> PinProblem:
        left, wait = max(0, FREE_TRIES - envelope.wrong), self._wait(envelope)
        if wait > 0:
            message = _("PIN belum cocok. Tunggu {waktu}, lalu coba lagi.").format(waktu=duration(wait))
        else:
            message = ngettext(
                "PIN belum cocok. Sisa {n} kali.", "PIN belum cocok. Sisa {n} kali.", left
            ).format(n=left)
        return PinProblem(message, code="pin.wrong", tries_left=left, wait_seconds=wait)


# ---------------------------------------------------------------- the arithmetic of keys
def _wrapping_key(ring_id: str, cost: Cost, salt: bytes, secret: bytes, pin: str) -> bytes:
    from argon2.low_level import Type, hash_secret_raw
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    slow = hash_secret_raw(
        normal_pin(pin).encode(), salt, cost.rounds, cost.memory_kib, 1, KEY_BYTES, Type.ID
    )
    return HKDF(SHA256(), KEY_BYTES, salt=bytes.fromhex(ring_id), info=_INFO).derive(slow + secret)


def _bound(ring_id: str, staff_id: bytes) -> bytes:
    """What an envelope is bound to: it cannot be moved to another user or another ring."""
    return _INFO + bytes.fromhex(ring_id) + staff_id


def _opened(ring: RingFile, envelope: Envelope, secret: bytes, pin: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    key = _wrapping_key(ring.id, envelope.cost, envelope.salt, secret, pin)
    try:
        return ChaCha20Poly1305(key).decrypt(envelope.nonce, envelope.sealed, _bound(ring.id, envelope.staff))
    except InvalidTag:
        return None


def _proof(dek: bytes, ring_id: str) -> bytes:
    """Tells whether a key is the ring's; says nothing about the key, which is 256 random bits."""
    return hmac.new(dek, b"trainer-app/ring/v1" + bytes.fromhex(ring_id), hashlib.sha256).digest()


def seal_to_recovery(dek: bytes, recipient: str) -> bytes:
    """`dek` sealed with age to an X25519 recipient. Raises `InputProblem` when `recipient` is none."""
    import pyrage

    try:
        return bytes(pyrage.encrypt(dek, [pyrage.x25519.Recipient.from_str(recipient)]))
    except pyrage.RecipientError as fault:
        raise InputProblem(_("Kunci pemulihan pusat belum benar."), code="keys.recipient") from fault


def open_recovery(sealed: bytes, identity: str) -> bytes:
    """The database key in `sealed`. Raises `AccessProblem` when `identity` does not open it."""
    import pyrage

    try:
        dek = bytes(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity.strip())]))
    except (pyrage.IdentityError, pyrage.DecryptError) as fault:
        raise AccessProblem(_("Kunci pemulihan ini bukan untuk laptop ini."), code="keys.recovery") from fault
    if len(dek) != KEY_BYTES:
        raise AccessProblem(_("Kunci pemulihan ini bukan untuk laptop ini."), code="keys.recovery")
    return dek
