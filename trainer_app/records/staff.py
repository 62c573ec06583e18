"""Who works with the system, on which laptops and by which rules: said by the centre, in its own feed
(area 0).
"""

from __future__ import annotations

from trainer_app.records.fields import CHOICE, CHOICES, INSTANT, NUMBER, REFERENCE, TEXT, Record, asks, record
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
#: Who can open the packages of laptops on a stick.
STICK_FOR = {"pengawas": N_("Pusat dan laptop pengawas"), "pusat": N_("Hanya pusat")}
CENTRE_ONLY = "pusat"
REVOKED_DEVICE = "dicabut"
DEVICE_STATE = {"aktif": N_("Aktif"), REVOKED_DEVICE: N_("Dicabut"), "diganti": N_("Diganti")}
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
    #: The laptop whose copied or restored data goes on as this one; its key signed for it.
    succeeds: bytes | None = asks(7, REFERENCE, N_("Lanjutan dari laptop"))
    #: When an administrator looked at that and found it right; until then it goes when the other one goes.
    approved_at: int | None = asks(8, INSTANT, N_("Diperiksa pada"))
    #: age recipient (X25519) of a supervisor's laptop: to it packages on a stick are sealed as well.
    recipient: str | None = asks(9, TEXT, N_("Kunci flashdisk"), max_length=80)
    #: What counts of a laptop that was taken out, area by area: "5301:120,5302:7"; else `revoked_after`.
    revoked_heads: str | None = asks(10, TEXT, N_("Dicabut sesudah nomor, tiap wilayah"), max_length=4000)


@record(14, "policy", N_("Aturan"), of_centre=True)
class Policy(Record):
    """Settings of the centre for an area (`area_of`, 0 = everywhere) that laptops obey."""

    area_of: int | None = asks(1, NUMBER, N_("Wilayah"))
    send_by: str | None = asks(2, CHOICE, N_("Yang boleh mengirim"), choices=SEND_BY)
    enrol_kinds: str | None = asks(
        3, CHOICES, N_("Cara daftar"), choices={"kode": N_("Kode"), "berkas": N_("Berkas")}
    )
    #: age recipient (X25519) of the centre, in the rule for everywhere: packages on a stick and the keys of
    #: laptops are sealed to it.
    recipient: str | None = asks(4, TEXT, N_("Kunci flashdisk pusat"), max_length=80)
    stick_for: str | None = asks(5, CHOICE, N_("Yang bisa membuka paket flashdisk"), choices=STICK_FOR)
