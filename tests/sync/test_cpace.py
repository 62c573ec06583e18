"""The key exchange by a short code, against the published vectors and against guesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.sync.cpace import Pace, PaceFault, elligator, generator, is_proof, proof

#: RFC 9380, J.4.2 (curve25519_XMD:SHA-512_ELL2_NU_): u and x of Q, big-endian.
MAPPED = [
    (
        "608d892b641f0328523802a6603427c26e55e6f27e71a91a478148d45b5093cd",
        "51125222da5e763d97f3c10fcc92ea6860b9ccbbd2eb1285728f566721c1e65b",
    ),
    (
        "46f5b22494bfeaa7f232cc8d054be68561af50230234d7d1d63d1d9abeca8da5",
        "7d56d1e08cb0ccb92baf069c18c49bb5a0dcd927eff8dcf75ca921ef7f3e6eeb",
    ),
    (
        "235fe40c443766ce7e18111c33862d66c3b33267efa50d50f9e8e5d252a40aaa",
        "3fbe66b9c9883d79e8407150e7c2a1c8680bee496c62fabe4619a72b3cabe90f",
    ),
]
#: draft-irtf-cfrg-cpace, test vectors for X25519 and SHA-512.
CODE, CHANNEL = b"Password", b"\nAinitiator\nBresponder"
SESSION = bytes.fromhex("7e4b4791d6a8ef019b936c79fb7f2c57")
POINT = "4e6098733061c0e8486611a904fe5edb049804d26130a44131a6229e55c5c321"
ONE = (
    "45acf93116ae5d3dae995a7c627df2924321a8e857d9a200807131e38839b0c2",
    "6f7fd31863b18b0cc9830fc842c60dea80120ccf2fd375498225e45a52065361",
)
TWO = (
    "a145e914b347002d298ce2051394f0ed68cf3623dfe5db082c78ffa5a667acdc",
    "e1b730a4956c0f853d96c5d125cebeeea46952c07c6f66da65bd9ffd2f71a462",
)
KEY = (
    "99a9e0ff35acb94ad8af1cd6b32ac409dc7d00557ccd9a7d19d3b4629e5f1f08"
    "4f9332096162438c7ecc78331b4eda17e1a229a47182eccc9ea58cd9cdcd8e9a"
)
LOW_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize(("number", "mapped"), MAPPED)
def test_the_map_is_that_of_the_standard(number: str, mapped: str) -> None:
    assert elligator(int(number, 16)) == int(mapped, 16)


def test_generator_shares_and_key_are_those_of_the_draft() -> None:
    assert generator(CODE, CHANNEL, SESSION).hex() == POINT
    one = Pace(CODE, CHANNEL, SESSION, bytes.fromhex(ONE[0]))
    two = Pace(CODE, CHANNEL, SESSION, bytes.fromhex(TWO[0]))
    assert (one.share.hex(), two.share.hex()) == (ONE[1], TWO[1])
    said = (b"ADa", b"ADb")
    assert one.key(two.share, first=True, said=said).hex() == KEY
    assert two.key(one.share, first=False, said=said).hex() == KEY


@pytest.mark.parametrize("share", LOW_ORDER)
def test_shares_that_would_fix_the_key_are_refused(share: str) -> None:
    with pytest.raises(PaceFault):
        Pace(CODE, CHANNEL, SESSION).key(bytes.fromhex(share), first=True)


def test_shares_of_a_wrong_length_are_refused() -> None:
    with pytest.raises(PaceFault):
        Pace(CODE, CHANNEL, SESSION).key(bytes(31), first=True)


@given(st.integers(0, 2**255 - 20))
def test_every_point_lies_on_the_curve(number: int) -> None:
    p, u = 2**255 - 19, elligator(number)
    right_side = (u**3 + 486662 * u * u + u) % p
    assert right_side == 0 or pow(right_side, (p - 1) // 2, p) == 1


@pytest.mark.parametrize(
    ("code", "channel", "session"),
    [(b"Passwort", CHANNEL, SESSION), (CODE, b"another", SESSION), (CODE, CHANNEL, bytes(16))],
)
def test_who_is_wrong_about_anything_gets_another_key(code: bytes, channel: bytes, session: bytes) -> None:
    right, wrong = Pace(CODE, CHANNEL, SESSION), Pace(code, channel, session)
    one, two = right.key(wrong.share, first=True), wrong.key(right.share, first=False)
    assert one != two
    assert not is_proof(one, b"hub", proof(two, b"hub"))


def test_the_proof_of_one_side_is_not_that_of_the_other() -> None:
    one, two = Pace(CODE, CHANNEL, SESSION), Pace(CODE, CHANNEL, SESSION)
    key = one.key(two.share, first=True)
    assert two.key(one.share, first=False) == key
    assert is_proof(key, b"hub", proof(key, b"hub"))
    assert not is_proof(key, b"laptop", proof(key, b"hub"))
