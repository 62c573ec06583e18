"""A photo: what it shows and of whom. Its bytes are no part of the record; they are named by their hash and
travel behind everything else.

Pictures are small (`MAX_SIDE` points, `TARGET_BYTES`), carry nothing of the camera (no place, no time, no
name) and are never of an identity card.
"""

from __future__ import annotations

import hashlib

from trainer_app.records.fields import CHOICE, INSTANT, NUMBER, REFERENCE, TEXT, Record, asks, record
from trainer_app.words import N_

PURPOSE = {
    "usaha": N_("Tempat usaha atau produk"),
    "toko_daring": N_("Bukti toko daring"),
    "lembar_hadir": N_("Lembar hadir"),
    "kegiatan": N_("Kegiatan"),
}
#: The longer side in points, and how many bytes a picture is made to have.
MAX_SIDE, TARGET_BYTES = 1024, 100_000
#: More nobody takes, whatever made the picture.
MAX_BYTES = 200_000
#: So many of one person, session or enterprise; more helps nobody and costs quota.
MOST_OF_ONE = 6


@record(20, "photo", N_("Foto"))
class Photo(Record):
    """One picture about a record. `digest` is the BLAKE2b-256 of its bytes in hexadecimal, the name under
    which they are kept.
    """

    about: bytes | None = asks(1, REFERENCE, N_("Tentang"), required=True)
    purpose: str | None = asks(2, CHOICE, N_("Foto apa"), choices=PURPOSE, required=True)
    taken_at: int | None = asks(3, INSTANT, N_("Ditambahkan pada"), required=True)
    digest: str | None = asks(4, TEXT, N_("Sidik berkas"), required=True, max_length=64)
    size: int | None = asks(5, NUMBER, N_("Besar berkas"), required=True)
    width: int | None = asks(6, NUMBER, N_("Lebar"))
    height: int | None = asks(7, NUMBER, N_("Tinggi"))
    note: str | None = asks(8, TEXT, N_("Keterangan"), max_length=200)


def photo_name(data: bytes) -> bytes:
    """The name of a picture's bytes: their BLAKE2b-256, 32 bytes, as for segments."""
    return hashlib.blake2b(data, digest_size=32).digest()
