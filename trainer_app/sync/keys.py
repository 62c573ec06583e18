"""Ed25519 keys of replicas, with a separate domain for each thing that is signed, so that no signature
fits another use.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

REQUEST = b"trainer/request/v1\0"
#: What bytes follow a head, for the case that they do not all come.
PROMISE = b"trainer/promise/v1\0"
RECEIPT = b"trainer/receipt/v1\0"
#: A hub's certificate, by its fingerprint.
HUB = b"trainer/hub/v1\0"
BUNDLE = b"trainer/bundle/v1\0"
#: The centre's word that it holds the bytes of a photo.
PHOTO = b"trainer/photo/v1\0"
SIGNATURE_BYTES = 64


def make_private_key() -> bytes:
    """A new private key, 32 raw bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    """The public half, 32 raw bytes."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def sign(private_key: bytes, data: bytes) -> bytes:
    """The signature of bytes that already begin with their domain."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(data)


def is_signed(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` over `data` is by the owner of `public_key`; False for any malformed input."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True
