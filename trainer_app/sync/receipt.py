"""A receipt: the centre's signed word that it holds a run of a feed. Only with it is a record "Diterima
pusat".

It is made after the commit, names the run by its last hash, and carries what the centre corrected: stamps
that lay in the future (restamps) and operations that it could not merge (quarantine). It travels as data, by
any carrier.

    receipt = signature (64) | replica (16) | epoch (16) | hash (32) | [area, lo, hi, received_at, …]

To its own laptop a receipt is sent short: without replica, epoch and hash, which the laptop knows, and which
the signature covers all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgpack

from trainer_app.sync.keys import RECEIPT, SIGNATURE_BYTES, is_signed, sign

_ID, _HASH = 16, 32
_NAMES = SIGNATURE_BYTES + _ID + _ID + _HASH
_SHORT, FULL = b"\0", b"\1"
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

    def restamp_of(self, lo: int, hi: int) -> tuple[int, int] | None:
        """The correction of the segment `lo` to `hi`, when it was corrected."""
        return next(((seq, hlc) for seq, hlc in self.restamps if lo <= seq <= hi), None)


def seal_receipt(receipt: Receipt, private_key: bytes) -> bytes:
    """The signed bytes of a receipt."""
    rest = msgpack.packb(
        [
            receipt.area,
            receipt.lo,
            receipt.hi,
            receipt.received_at,
            dict(receipt.counts),
            [list(item) for item in receipt.restamps],
            [list(item) for item in receipt.quarantined],
        ]
    )
    body = receipt.replica + receipt.epoch + receipt.hash + bytes(rest)
    return sign(private_key, RECEIPT + body) + body


def open_receipt(data: bytes, centre_key: bytes | None) -> Receipt:
    """The receipt in these bytes. Raises `ReceiptFault` unless the centre signed it (None: verified when it
    came).
    """
    if len(data) <= _NAMES:
        raise ReceiptFault("short")
    if centre_key is not None and not is_signed(
        centre_key, data[:SIGNATURE_BYTES], RECEIPT + data[SIGNATURE_BYTES:]
    ):
        raise ReceiptFault("signature")
    names = data[SIGNATURE_BYTES:_NAMES]
    try:
        area, lo, hi, at, counts, restamps, quarantined = msgpack.unpackb(data[_NAMES:], strict_map_key=False)
        return Receipt(
            int(area),
            names[:_ID],
            int(lo),
            int(hi),
            names[2 * _ID :],
            names[_ID : 2 * _ID],
            int(at),
            {int(kind): int(n) for kind, n in counts.items()},
            tuple((int(seq), int(hlc)) for seq, hlc in restamps),
            tuple((int(seq), str(reason)) for seq, reason in quarantined),
        )
    except (ValueError, TypeError, AttributeError, msgpack.UnpackException) as fault:
        raise ReceiptFault("content") from fault


def shorten(data: bytes, epoch: bytes) -> bytes:
    """A receipt as it is sent to its own laptop; one from an earlier life of the centre stays whole."""
    if data[SIGNATURE_BYTES + _ID : SIGNATURE_BYTES + 2 * _ID] != epoch:
        return FULL + data
    return _SHORT + data[:SIGNATURE_BYTES] + data[_NAMES:]


def expand(short: bytes, replica: bytes, epoch: bytes, hash_at: Callable[[int, int], bytes | None]) -> bytes:
    """The whole bytes of a receipt that came short. `hash_at(area, number)` is the hash of the own segment
    that ends there. Raises `ReceiptFault` when there is none.
    """
    if short[:1] == FULL:
        return short[1:]
    signature, rest = short[1 : 1 + SIGNATURE_BYTES], short[1 + SIGNATURE_BYTES :]
    try:
        area, _lo, hi = msgpack.unpackb(rest, strict_map_key=False)[:3]
        name = hash_at(int(area), int(hi))
    except (ValueError, TypeError, msgpack.UnpackException) as fault:
        raise ReceiptFault("content") from fault
    if short[:1] != _SHORT or name is None:
        raise ReceiptFault("not of this feed")
    return signature + replica + epoch + name + rest


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
