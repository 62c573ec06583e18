"""A receipt: the centre's signed word that it holds a run of a feed. Only with it is a record "Diterima
pusat".

It is made after the commit, names the run by its last hash, and carries what the centre corrected: stamps
that lay in the future (restamps) and operations that it could not merge (quarantine). It travels as data, by
any carrier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgpack

from trainer_app.sync.keys import RECEIPT, SIGNATURE_BYTES, is_signed, sign

#: No 0, O, 1 or I: the code is read aloud and typed.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class ReceiptFault(ValueError):
    """Not a receipt of the centre: malformed, or the signature is not its own."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The centre of life `epoch` holds operations `lo` to `hi` of the feed (`replica`, `area`), ending in
    `hash`.

    `received_at` is milliseconds since 1970 UTC by the centre's clock; `counts` is operations by kind;
    `restamps` is (first seq, stamp of it) for each corrected segment; `quarantined` is (seq, reason).
    """

    area: int
    replica: bytes
    lo: int
    hi: int
    hash: bytes
    epoch: bytes
    received_at: int
    counts: Mapping[int, int]
    restamps: Sequence[tuple[int, int]] = ()
    quarantined: Sequence[tuple[int, str]] = ()

    @property
    def operations(self) -> int:
        """How many operations it covers."""
        return self.hi - self.lo + 1


def seal_receipt(receipt: Receipt, private_key: bytes) -> bytes:
    """The signed bytes of a receipt."""
    body = msgpack.packb(
        [
            receipt.area,
            receipt.replica,
            receipt.lo,
            receipt.hi,
            receipt.hash,
            receipt.epoch,
            receipt.received_at,
            dict(receipt.counts),
            [list(item) for item in receipt.restamps],
            [list(item) for item in receipt.quarantined],
        ]
    )
    return sign(private_key, RECEIPT + body) + bytes(body)


def open_receipt(data: bytes, centre_key: bytes | None) -> Receipt:
    """The receipt in these bytes. Raises `ReceiptFault` unless the centre signed it (None: verified when
    it came).
    """
    signature, body = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
    if centre_key is not None and not is_signed(centre_key, signature, RECEIPT + body):
        raise ReceiptFault("signature")
    try:
        area, replica, lo, hi, name, epoch, at, counts, restamps, quarantined = msgpack.unpackb(
            body, strict_map_key=False
        )
        return Receipt(
            int(area),
            bytes(replica),
            int(lo),
            int(hi),
            bytes(name),
            bytes(epoch),
            int(at),
            {int(kind): int(n) for kind, n in counts.items()},
            tuple((int(seq), int(hlc)) for seq, hlc in restamps),
            tuple((int(seq), str(reason)) for seq, reason in quarantined),
        )
    except (ValueError, TypeError, AttributeError, msgpack.UnpackException) as fault:
        raise ReceiptFault("content") from fault


def receipt_code(data: bytes) -> str:
    """The code that people read to each other, like A7K-2391; follows from the signed bytes."""
    number = int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")
    letters = ""
    for _position in range(3):
        number, place = divmod(number, len(_LETTERS))
        letters += _LETTERS[place]
    return f"{letters}-{number % 10_000:04d}"


def receipt_digest(data: bytes) -> str:
    """The fingerprint printed on a receipt, in groups of four."""
    text = hashlib.blake2b(data, digest_size=8).hexdigest().upper()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))
