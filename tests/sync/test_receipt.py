"""A receipt is the centre's word and nobody else's, and short on its way home."""

from __future__ import annotations

import re

import msgpack
import pytest

from trainer_app.sync.keys import make_private_key, public_key_of
from trainer_app.sync.receipt import (
    Receipt,
    ReceiptFault,
    expand,
    open_receipt,
    receipt_code,
    receipt_digest,
    seal_receipt,
    shorten,
)

KEY = make_private_key()
PUBLIC = public_key_of(KEY)
REPLICA, EPOCH, HASH = b"r" * 16, b"e" * 16, b"h" * 32
RECEIPT = Receipt(
    5301,
    REPLICA,
    11,
    40,
    HASH,
    EPOCH,
    1_796_119_706_340,
    {7: 10, 11: 20},
    ((20, 1 << 60),),
    ((33, "value:rt"),),
)


def test_it_says_what_the_centre_said() -> None:
    data = seal_receipt(RECEIPT, KEY)
    assert open_receipt(data, PUBLIC) == RECEIPT
    assert RECEIPT.operations == 30


def test_any_change_is_seen() -> None:
    data = seal_receipt(RECEIPT, KEY)
    for at in range(len(data)):
        with pytest.raises(ReceiptFault):
            open_receipt(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], PUBLIC)
    for wrong in (b"", data[:100], data[:-1], data + b"\0"):
        with pytest.raises(ReceiptFault):
            open_receipt(wrong, PUBLIC)
    with pytest.raises(ReceiptFault, match="signature"):
        open_receipt(data, public_key_of(make_private_key()))


def test_it_travels_short_and_is_whole_again() -> None:
    data = seal_receipt(RECEIPT, KEY)
    short = shorten(data, EPOCH)
    assert len(short) == len(data) - 63
    asked = []

    def hash_at(area: int, seq: int) -> bytes:
        asked.append((area, seq))
        return HASH

    assert expand(short, REPLICA, EPOCH, hash_at) == data
    assert asked == [(5301, 40)]
    other = shorten(data, b"f" * 16)
    assert expand(other, REPLICA, b"f" * 16, lambda _area, _seq: None) == data, "of an earlier life: whole"


def test_a_short_one_for_something_else_does_not_count() -> None:
    short = shorten(seal_receipt(RECEIPT, KEY), EPOCH)
    with pytest.raises(ReceiptFault, match="feed"):
        expand(short, REPLICA, EPOCH, lambda _area, _seq: None)
    for replica, epoch, name in (
        (b"x" * 16, EPOCH, HASH),
        (REPLICA, b"x" * 16, HASH),
        (REPLICA, EPOCH, b"x" * 32),
    ):
        data = expand(short, replica, epoch, lambda _area, _seq, name=name: name)
        with pytest.raises(ReceiptFault, match="signature"):
            open_receipt(data, PUBLIC)


@pytest.mark.parametrize(
    "wrong", [b"", b"\x00", b"\x02" + bytes(200), b"\x00" + bytes(64) + msgpack.packb([1])]
)
def test_bytes_that_are_no_short_receipt(wrong: bytes) -> None:
    with pytest.raises(ReceiptFault):
        expand(wrong, REPLICA, EPOCH, lambda _area, _seq: HASH)


def test_its_code_can_be_read_aloud() -> None:
    codes = set()
    for at in range(200):
        data = seal_receipt(Receipt(5301, REPLICA, 1, at + 1, HASH, EPOCH, at, {}), KEY)
        code = receipt_code(data)
        assert re.fullmatch(r"[A-HJ-NP-Z2-9]{3}-[0-9]{4}", code)
        assert code == receipt_code(data)
        assert re.fullmatch(r"([0-9A-F]{4} ){3}[0-9A-F]{4}", receipt_digest(data))
        codes.add(code)
    assert len(codes) > 195
