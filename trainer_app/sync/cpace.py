"""CPace: two sides that know the same short code agree on a strong key, and nobody who listens or stands
between them learns anything that would help to guess the code.

As draft-irtf-cfrg-cpace describes it for X25519 and SHA-512: the code and the channel decide the generator
of a Diffie-Hellman exchange. Whoever is wrong about either gets another key, and each exchange allows one
guess. The field arithmetic of the map is Python integers and takes no constant time: what it handles is a
code that lives for minutes, and nobody but the two laptops can measure it.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

_DOMAIN, _DOMAIN_OF_KEY = b"CPace255", b"CPace255_ISK"
_BLOCK_BYTES = 128  # of SHA-512
_P = (1 << 255) - 19
_A = 486662
_NON_SQUARE = 2


class PaceFault(ValueError):
    """A share that no honest side sends."""


def _told(*parts: bytes) -> bytes:
    """The parts with their lengths in front (LEB128), so that no two lists give the same bytes."""
    joined = b""
    for part in parts:
        length = len(part)
        while length > 127:
            joined += bytes([length & 127 | 128])
            length >>= 7
        joined += bytes([length]) + part
    return joined


def elligator(number: int) -> int:
    """The u coordinate of curve25519 that a field element is mapped to (RFC 9380, 6.7.1)."""
    first = -_A * pow(1 + _NON_SQUARE * number * number, -1, _P) % _P
    right_side = (first**3 + _A * first * first + first) % _P
    on_curve = right_side == 0 or pow(right_side, (_P - 1) // 2, _P) == 1
    return first if on_curve else (-first - _A) % _P


def generator(code: bytes, channel: bytes, session: bytes) -> bytes:
    """The point, 32 bytes, with which both sides begin."""
    padding = bytes(max(0, _BLOCK_BYTES - 1 - len(_told(code)) - len(_told(_DOMAIN))))
    hashed = hashlib.sha512(_told(_DOMAIN, code, padding, channel, session)).digest()[:32]
    number = int.from_bytes(hashed, "little") & ((1 << 255) - 1)
    return elligator(number % _P).to_bytes(32, "little")


class Pace:
    """One side of one exchange. Send `share`, get the other's, and ask for the key once.

    `channel` is what both sides must see alike, for example the certificate between them; `session` is new
    for each exchange. `private` is only for tests.
    """

    def __init__(self, code: bytes, channel: bytes, session: bytes, private: bytes | None = None) -> None:
        self._session = session
        self._point = X25519PublicKey.from_public_bytes(generator(code, channel, session))
        self._private = (
            X25519PrivateKey.generate() if private is None else X25519PrivateKey.from_private_bytes(private)
        )
        self.share = self._private.exchange(self._point)

    def key(self, theirs: bytes, *, first: bool, said: tuple[bytes, bytes] = (b"", b"")) -> bytes:
        """The shared key, 64 bytes. `first`: this side sent its share first; `said` is what both added to
        theirs.

        Raises `PaceFault` for a share of low order or of a wrong length.
        """
        try:
            secret = self._private.exchange(X25519PublicKey.from_public_bytes(theirs))
        except ValueError as fault:
            raise PaceFault("share") from fault
        shares = (self.share, theirs) if first else (theirs, self.share)
        transcript = b"".join(_told(share, words) for share, words in zip(shares, said, strict=True))
        return hashlib.sha512(_told(_DOMAIN_OF_KEY, self._session, secret) + transcript).digest()


def proof(key: bytes, whose: bytes) -> bytes:
    """What shows the other side that one has the key; `whose` keeps the two proofs apart."""
    return hmac.digest(key, b"trainer/pairing/v1\0" + whose, "sha256")


def is_proof(key: bytes, whose: bytes, told: bytes) -> bool:
    """Whether `told` is the proof of that side."""
    return hmac.compare_digest(proof(key, whose), told)
