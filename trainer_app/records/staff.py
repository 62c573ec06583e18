"""Who works with the system, on which laptops and by which rules: said by the centre, in its own feed
(area 0).
"""

from __future__ import annotations

from trainer_app.records.fields import CHOICE, CHOICES, INSTANT, NUMBER, TEXT, Record, asks, record
from trainer_app.words import N_

ROLE = {
    "pelatih": N_("Pelatih"),
    "pengawas": N_("Pengawas"),
    "admin": N_("Admin"),
    "pengamat": N_("Pengamat"),
}
TRAINER, SUPERVISOR, ADMIN = "pelatih", "pengawas", "admin"
#: Who starts a sending on a trainer's laptop.
SEND_BY = {"pengawas": N_("Hanya pengawas"), "pelatih": N_("Pelatih juga"), "otomatis": N_("Otomatis")}
BY_SUPERVISOR, BY_ITSELF = "pengawas", "otomatis"
DEVICE_STATE = {"aktif": N_("Aktif"), "dicabut": N_("Dicabut"), "diganti": N_("Diganti")}
ACCOUNT_STATE = {"aktif": N_("Aktif"), "berhenti": N_("Berhenti")}


@record(12, "staff", N_("Petugas"), of_centre=True)
class Staff(Record):
    """A person who works with the system. `areas` are regency numbers joined by commas; empty means all."""

    full_name: str | None = asks(1, TEXT, N_("Nama"), required=True, max_length=100)
    role: str | None = asks(2, CHOICE, N_("Peran"), choices=ROLE, required=True)
    areas: str | None = asks(3, TEXT, N_("Wilayah"), max_length=4000)
    state: str | None = asks(4, CHOICE, N_("Keadaan"), choices=ACCOUNT_STATE)
    #: Argon2id hash of the personal code with which a person first signs in on a laptop, even without signal.
    code_hash: str | None = asks(5, TEXT, N_("Kode pribadi"), max_length=200)


@record(13, "device", N_("Laptop"), of_centre=True)
class Device(Record):
    """A laptop that is enrolled; its row id is its replica id. `public_key` is Ed25519, hexadecimal."""

    name: str | None = asks(1, TEXT, N_("Nama laptop"), required=True, max_length=60)
    public_key: str | None = asks(2, TEXT, N_("Kunci"), max_length=64)
    areas: str | None = asks(3, TEXT, N_("Wilayah"), max_length=4000)
    state: str | None = asks(4, CHOICE, N_("Keadaan"), choices=DEVICE_STATE)
    revoked_after: int | None = asks(5, NUMBER, N_("Dicabut sesudah nomor"))
    enrolled_at: int | None = asks(6, INSTANT, N_("Didaftarkan pada"))


@record(14, "policy", N_("Aturan"), of_centre=True)
class Policy(Record):
    """Settings of the centre for an area (`area_of`, 0 = everywhere) that laptops obey."""

    area_of: int | None = asks(1, NUMBER, N_("Wilayah"))
    send_by: str | None = asks(2, CHOICE, N_("Yang boleh mengirim"), choices=SEND_BY)
    enrol_kinds: str | None = asks(
        3, CHOICES, N_("Cara daftar"), choices={"kode": N_("Kode"), "berkas": N_("Berkas")}
    )
