"""The file of the key ring: JSON, replaced as a whole, with a second copy, because losing it loses what was
not sent yet.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer_app.records.problem import StoreProblem
from trainer_app.settings import write_atomically
from trainer_app.storage.keystore import Protection
from trainer_app.words import _

FILE_NAME = "keyring.json"
COPY_NAME = "keyring.copy.json"
FORMAT = 1
#: What an envelope can be; a file that says other things is damaged.
SALT_BYTES, NONCE_BYTES = 16, 12
_MEMORY_KIB, _ROUNDS = range(8, (1 << 20) + 1), range(1, 65)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs (Argon2id): memory in KiB and passes over it. 64 MiB and 3 are 0.2 s on a small
    laptop.
    """

    memory_kib: int = 64 * 1024
    rounds: int = 3


@dataclass(frozen=True, slots=True)
class Envelope:
    """The database key, closed for one user. `wrong` counts PINs that did not fit since the last that did."""

    staff: bytes
    name: str
    role: str
    last_at: int | None
    wrong: int
    salt: bytes
    nonce: bytes
    sealed: bytes
    cost: Cost


@dataclass(frozen=True, slots=True)
class RingFile:
    """Everything in the file. `proof` tells whether a key is this ring's; `recovery` is it sealed to
    `recipient`.
    """

    id: str
    protection: Protection
    proof: bytes
    users: tuple[Envelope, ...]
    recipient: str | None = None
    recovery: bytes | None = None

    def find(self, staff: bytes) -> Envelope | None:
        """The envelope of one user."""
        return next((envelope for envelope in self.users if envelope.staff == staff), None)

    def with_user(self, made: Envelope) -> RingFile:
        """This ring with one envelope added or replaced."""
        return replace(self, users=(*(e for e in self.users if e.staff != made.staff), made))


def ring_exists(folder: Path) -> bool:
    """True on a laptop that was set up, whatever state its ring is in."""
    return (folder / FILE_NAME).exists() or (folder / COPY_NAME).exists()


def read_ring(folder: Path) -> RingFile | None:
    """The ring of a data folder; None when there never was one. A damaged file is read from its copy.

    Raises `StoreProblem` when neither can be read, or when a newer version of the program wrote it.
    """
    paths = [path for path in (folder / FILE_NAME, folder / COPY_NAME) if path.exists()]
    for path in paths:
        try:
            return _parse(json.loads(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
    if not paths:
        return None
    raise StoreProblem(
        _(
            "Berkas kunci laptop rusak. Data belum hilang: "
            "minta pengawas memakai kunci pemulihan atau cadangan."
        ),
        code="keys.damaged",
    )


def write_ring(folder: Path, ring: RingFile, *, keep_copy: bool) -> None:
    """Replace the file, and its copy when users or keys changed. `StoreProblem` when the disk refuses."""
    content = json.dumps(_plain(ring), indent=1, ensure_ascii=False).encode() + b"\n"
    try:
        write_atomically(folder / FILE_NAME, content)
        if keep_copy:
            write_atomically(folder / COPY_NAME, content)
    except OSError as fault:
        raise StoreProblem(
            _("Kunci laptop tidak bisa disimpan. Periksa ruang simpan dan izin folder, lalu coba lagi."),
            code="keys.write",
        ) from fault


def _b64(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _plain(ring: RingFile) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "ring": ring.id,
        "protection": ring.protection,
        "proof": _b64(ring.proof),
        "recipient": ring.recipient,
        "recovery": _b64(ring.recovery),
        "users": [
            {
                "staff": user.staff.hex(),
                "name": user.name,
                "role": user.role,
                "last_at": user.last_at,
                "wrong": user.wrong,
                "salt": _b64(user.salt),
                "nonce": _b64(user.nonce),
                "sealed": _b64(user.sealed),
                "memory_kib": user.cost.memory_kib,
                "rounds": user.cost.rounds,
            }
            for user in ring.users
        ],
    }


def _parse(content: Any) -> RingFile:
    if content["format"] != FORMAT:
        raise StoreProblem(
            _("Kunci laptop dibuat oleh Trainer App yang lebih baru. Pasang versi yang baru dulu."),
            code="keys.newer",
        )
    protection: Protection = "keystore" if content["protection"] == "keystore" else "file"
    recovery = content["recovery"]
    bytes.fromhex(content["ring"])
    return RingFile(
        content["ring"],
        protection,
        base64.b64decode(content["proof"]),
        tuple(_envelope(user) for user in content["users"]),
        content["recipient"],
        None if recovery is None else base64.b64decode(recovery),
    )


def _envelope(user: Any) -> Envelope:
    made = Envelope(
        bytes.fromhex(user["staff"]),
        str(user["name"]),
        str(user["role"]),
        None if user["last_at"] is None else int(user["last_at"]),
        int(user["wrong"]),
        base64.b64decode(user["salt"]),
        base64.b64decode(user["nonce"]),
        base64.b64decode(user["sealed"]),
        Cost(int(user["memory_kib"]), int(user["rounds"])),
    )
    if (len(made.salt), len(made.nonce)) != (SALT_BYTES, NONCE_BYTES):
        raise ValueError("salt or nonce")
    if made.cost.memory_kib not in _MEMORY_KIB or made.cost.rounds not in _ROUNDS:
        raise ValueError("cost")
    return made
