"""A bundle is sealed with age: only those it is meant for can read it, and nobody can change a byte of it.

What age does not tell is who sealed it; that is the signature inside (`format`).
"""

from __future__ import annotations

from collections.abc import Sequence

from trainer_app.records.problem import CarrierProblem
from trainer_app.sync.bundle.format import MAX_BUNDLE_BYTES
from trainer_app.sync.recipients import is_recipient
from trainer_app.words import _

#: What age adds: 64 KiB chunks with 16 bytes each, and a line or two per recipient.
MAX_FILE_BYTES = MAX_BUNDLE_BYTES + MAX_BUNDLE_BYTES // 2048 + 64 * 1024
_NOT_MEANT_FOR = "No matching keys"


def seal_bundle(data: bytes, recipients: Sequence[str]) -> bytes:
    """`data`, readable by these age recipients only. A text that is none is left out; one must be left."""
    import pyrage

    known = [
        pyrage.x25519.Recipient.from_str(text) for text in dict.fromkeys(recipients) if is_recipient(text)
    ]
    return bytes(pyrage.encrypt(data, known))


def open_bundle(sealed: bytes, identity: str) -> bytes:
    """What is sealed. Raises `CarrierProblem` when it is not for this identity, was altered or is cut off."""
    import pyrage

    if len(sealed) > MAX_FILE_BYTES:
        raise CarrierProblem(_("Paket ini terlalu besar untuk dibuka."), code="bundle.too_large")
    try:
        return bytes(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)]))
    except pyrage.DecryptError as fault:
        if _NOT_MEANT_FOR in str(fault):
            raise CarrierProblem(
                _(
                    "Paket ini dikunci untuk penerima lain. "
                    "Buka di pusat atau di laptop pengawas yang dituju."
                ),
                code="bundle.recipient",
            ) from fault
        raise damaged() from fault


def damaged() -> CarrierProblem:
    """The file is not what its sender wrote."""
    return CarrierProblem(
        _(
            "Berkas paket rusak atau tidak lengkap, jadi tidak ada yang diambil. "
            "Minta pengirim menyimpannya lagi ke flashdisk."
        ),
        code="bundle.damaged",
    )
