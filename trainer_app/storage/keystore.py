"""Where the secrets of this machine lie: in the operating system's key store, or in a file of its owner.

A PIN of six digits can be tried through in an hour by whoever holds the files. So every envelope (`keys`)
also needs a 32-byte secret of the laptop, kept by Windows (DPAPI), macOS (Keychain) or the desktop's Secret
Service. Where there is none, the secret is a file that only its owner may read: that keeps other accounts out
but not somebody with the disk, and the program says so (`PROTECTION_WORDS`). See the decision "keys" in the
documents.
"""

from __future__ import annotations

import logging
import secrets
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trainer_app.records.problem import StoreProblem
from trainer_app.settings import write_atomically
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Protection = Literal["keystore", "file"]
PROTECTION_WORDS: dict[Protection, str] = {
    "keystore": N_("Kunci laptop disimpan oleh sistem operasi. PIN tidak bisa dicoba di komputer lain."),
    "file": N_(
        "Laptop ini tidak punya penyimpanan kunci, jadi kuncinya disimpan sebagai berkas. "
        "Jika laptop hilang, PIN saja kurang kuat. "
        "Nyalakan sandi disk, atau pakai kalimat sandi yang panjang."
    ),
}
SERVICE = "trainer-app"
SECRET_SERVICE = "keyring.backends.SecretService"  # noqa: S105 (a module)
SECRET_FILE = "device.key"  # noqa: S105 (a file name)
CENTRE_FILE = "centre.key"
KEY_BYTES = 32

_log = logging.getLogger(__name__)


def real_keystore() -> KeyringBackend | None:
    """The operating system's key store, or None where there is none that deserves the name."""
    import keyring
    from keyring.errors import KeyringError

    try:
        backend = keyring.get_keyring()
        # the null and fail backends have no positive priority; keyrings.alt keeps plain files, as we do
        # ourselves
        real = backend.priority >= 1 and not type(backend).__module__.startswith("keyrings.alt")
    except (KeyringError, RuntimeError) as fault:
        _log.info("no key store: %s", type(fault).__name__)
        return None
    return backend if real else None


def make_device_secret(folder: Path, ring: str, *, keystore: bool = True) -> tuple[Protection, bytes]:
    """A new secret for the ring named `ring`, put where it is kept best. Raises `StoreProblem` if it cannot
    be kept.
    """
    secret = secrets.token_bytes(KEY_BYTES)
    if keystore and _keep(ring, secret):
        return "keystore", secret
    _write_key(folder / SECRET_FILE, secret)
    return "file", secret


def device_secret(folder: Path, ring: str, protection: Protection) -> bytes:
    """The secret of the ring named `ring`. `StoreProblem` when it is gone: then only recovery helps."""
    secret = _recall(ring) if protection == "keystore" else _read_key(folder / SECRET_FILE)
    if secret is None:
        raise StoreProblem(
            _(
                "Kunci laptop tidak ditemukan di komputer ini, jadi PIN belum bisa dipakai. "
                "Masuk dengan akun komputer yang biasa dipakai, atau minta pengawas memakai kunci pemulihan."
            ),
            code="keys.device_secret",
        )
    return secret


def forget_device_secret(folder: Path, ring: str, protection: Protection) -> None:
    """Remove the secret: what its envelopes close can only be opened by recovery from now on."""
    from keyring.errors import KeyringError

    if protection == "file":
        (folder / SECRET_FILE).unlink(missing_ok=True)
        return
    backend = real_keystore()
    try:
        if backend is not None:
            backend.delete_password(SERVICE, ring)
    except KeyringError as fault:
        _log.info("the key store did not forget: %s", type(fault).__name__)


def centre_key(folder: Path, *, create: bool = False) -> bytes:
    """The key of the centre's own SQLite database, in a file beside it that only its owner may read.

    A server starts without a person, so nobody can type a PIN; the disk of a centre is to be encrypted
    instead. Raises `StoreProblem` when there is no key and `create` is not asked for.
    """
    path = folder / CENTRE_FILE
    key = _read_key(path)
    if key is None and create and not path.exists():
        key = secrets.token_bytes(KEY_BYTES)
        _write_key(path, key)
    if key is None:
        raise StoreProblem(
            _(
                "Kunci data pusat tidak ditemukan atau rusak ({nama}). Kembalikan berkas itu dari cadangan, "
                "lalu coba lagi."
            ).format(nama=CENTRE_FILE),
            code="keys.centre",
        )
    return key


def _keep(ring: str, secret: bytes) -> bool:
    """Put it into the key store and read it back: a store that forgets at once is none."""
    from keyring.errors import KeyringError

    backend = real_keystore()
    if backend is None or not _open_already(backend):
        return False
    try:
        backend.set_password(SERVICE, ring, secret.hex())
        return backend.get_password(SERVICE, ring) == secret.hex()
    except (KeyringError, RuntimeError, OSError) as fault:
        _log.info("the key store refused the secret: %s", type(fault).__name__)
        return False


def _open_already(backend: KeyringBackend) -> bool:
    """Whether a Linux desktop has its keyring open. One that is locked, or not made yet, would ask for a
    password of its own in a foreign window: now, and whenever the laptop was started.
    """
    if type(backend).__module__ != SECRET_SERVICE:
        return True
    import secretstorage

    try:
        with closing(secretstorage.dbus_init()) as bus:
            return not secretstorage.Collection(bus).is_locked()
    except (secretstorage.SecretStorageException, OSError) as fault:
        _log.info("the desktop has no keyring: %s", type(fault).__name__)
        return False


def _recall(ring: str) -> bytes | None:
    from keyring.errors import KeyringError

    backend = real_keystore()
    if backend is None:
        return None
    try:
        return _key_of(backend.get_password(SERVICE, ring) or "")
    except (KeyringError, RuntimeError, OSError) as fault:
        _log.info("the key store did not answer: %s", type(fault).__name__)
        return None


def _key_of(text: str) -> bytes | None:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _read_key(path: Path) -> bytes | None:
    try:
        return _key_of(path.read_text("ascii").strip())
    except (OSError, UnicodeDecodeError):
        return None


def _write_key(path: Path, key: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(
            path, key.hex().encode() + b"\n"
        )  # which makes it 0600 before the first byte is written
    except OSError as fault:
        raise StoreProblem(
            _("Folder data tidak boleh ditulisi. Periksa izin folder, lalu coba lagi."),
            code="store.read_only",
        ) from fault


def remember(name: str, text: str) -> None:
    """Keep a small text in the operating system's key store, if there is one; an empty one is taken out."""
    backend = real_keystore()
    if backend is None or not _open_already(backend):
        return
    try:
        if text:
            backend.set_password(SERVICE, name, text)
        elif backend.get_password(SERVICE, name) is not None:
            backend.delete_password(SERVICE, name)
    except Exception as fault:  # whatever the library of the system raises: it is only a second place
        _log.info("the key store did not keep a note: %s", type(fault).__name__)


def recall_text(name: str) -> str:
    """The text kept under that name; empty when there is none."""
    backend = real_keystore()
    if backend is None or not _open_already(backend):
        return ""
    try:
        return backend.get_password(SERVICE, name) or ""
    except Exception as fault:  # whatever the library of the system raises: it is only a second place
        _log.info("the key store did not answer: %s", type(fault).__name__)
        return ""
