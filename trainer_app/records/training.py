"""What is taught and who comes: programme, partner, target, module, batch, session, enrolment, attendance,
milestone.
"""

from __future__ import annotations

from trainer_app.records.fields import (
    CHOICE,
    DATE,
    FLAG,
    INSTANT,
    NUMBER,
    PLACE,
    REFERENCE,
    TEXT,
    Record,
    asks,
    record,
)
from trainer_app.words import N_

PLANNED, RUNNING, CLOSED, CANCELLED = "terjadwal", "berjalan", "ditutup", "batal"
SESSION_STATE = {
    PLANNED: N_("Terjadwal"),
    RUNNING: N_("Berlangsung"),
    CLOSED: N_("Ditutup"),
    CANCELLED: N_("Dibatalkan"),
}
#: H and T count as attended (T within 15 minutes); S, I and A do not.
ATTENDANCE = {
    "H": N_("Hadir"),
    "T": N_("Terlambat"),
    "I": N_("Izin"),
    "S": N_("Sakit"),
    "A": N_("Tidak hadir"),
}
ATTENDED = ("H", "T")
METHOD = {
    "petak": N_("Petak di layar"),
    "tombol": N_("Papan tombol"),
    "kartu": N_("Kartu dipindai"),
    "sisanya": N_("Tandai sisanya hadir"),
    "kertas": N_("Lembar kertas"),
    "langsung": N_("Datang langsung"),
}
ENROLMENT_STATE = {"aktif": N_("Aktif"), "keluar": N_("Sudah keluar"), "lulus": N_("Lulus")}
JOINED = {"daftar": N_("Mendaftar"), "langsung": N_("Datang langsung")}
PARTNER_KIND = {
    "kementerian": N_("Kementerian"),
    "platform": N_("Platform"),
    "daerah": N_("Pemerintah daerah"),
    "lain": N_("Lainnya"),
}
EVIDENCE_KIND = {
    "tautan": N_("Tautan"),
    "nama_toko": N_("Nama toko"),
    "nmid": N_("NMID"),
    "uji_bayar": N_("Uji pembayaran"),
    "pesanan": N_("Pesanan atau pembayaran"),
    "hitungan": N_("Hitungan penjualan"),
    "dilihat": N_("Dilihat langsung"),
    "lain": N_("Bukti lain"),
}


@record(1, "partner", N_("Mitra"), of_centre=True)
class Partner(Record):
    """An organisation behind a programme; names change, so they are data."""

    name: str | None = asks(1, TEXT, N_("Nama mitra"), required=True)
    kind_of: str | None = asks(2, CHOICE, N_("Jenis mitra"), choices=PARTNER_KIND)


@record(2, "programme", N_("Program"), of_centre=True)
class Programme(Record):
    """A training programme with its agreement and dates; authored by the centre."""

    name: str | None = asks(1, TEXT, N_("Nama program"), required=True)
    agreement: str | None = asks(2, TEXT, N_("Perjanjian"))
    starts_on: str | None = asks(3, DATE, N_("Mulai"))
    ends_on: str | None = asks(4, DATE, N_("Selesai"))
    partner: bytes | None = asks(5, REFERENCE, N_("Mitra"))


@record(3, "target", N_("Target"), of_centre=True)
class Target(Record):
    """How many are to be trained and digitised, in one regency (or all, when empty) by the end of a month."""

    programme: bytes | None = asks(1, REFERENCE, N_("Program"), required=True)
    regency: str | None = asks(2, PLACE, N_("Kabupaten/kota"))
    by_month: str | None = asks(3, TEXT, N_("Sampai bulan"), required=True, max_length=7)
    trained: int | None = asks(4, NUMBER, N_("Target terlatih"))
    digitised: int | None = asks(5, NUMBER, N_("Target sudah digital"))


@record(4, "module", N_("Modul"), of_centre=True)
class Module(Record):
    """A training module; `hours` is lesson hours (JP), by custom 45 minutes each."""

    code: str | None = asks(1, TEXT, N_("Kode"), required=True, max_length=8)
    title_id: str | None = asks(2, TEXT, N_("Judul"), required=True)
    title_en: str | None = asks(3, TEXT, N_("Judul Inggris"))
    hours: int | None = asks(4, NUMBER, N_("JP"))
    needs_internet: int | None = asks(5, FLAG, N_("Perlu internet"))
    leads_to: str | None = asks(6, TEXT, N_("Menuju tahapan"), max_length=4)
    core: int | None = asks(7, FLAG, N_("Modul inti"))


@record(5, "batch", N_("Angkatan"))
class Batch(Record):
    """A group of people who are trained together, in the area of its venue."""

    name: str | None = asks(1, TEXT, N_("Nama angkatan"), required=True, max_length=60)
    programme: bytes | None = asks(2, REFERENCE, N_("Program"))
    village: str | None = asks(3, PLACE, N_("Desa"))
    venue: str | None = asks(4, TEXT, N_("Tempat"), max_length=100)
    starts_on: str | None = asks(5, DATE, N_("Mulai"))
    capacity: int | None = asks(6, NUMBER, N_("Kapasitas"))
    trainer: bytes | None = asks(7, REFERENCE, N_("Pelatih"))


@record(6, "session", N_("Sesi"))
class Session(Record):
    """One half-day of one batch. Times are UTC with the venue's zone beside them; shown in venue time."""

    batch: bytes | None = asks(1, REFERENCE, N_("Angkatan"), required=True)
    module: bytes | None = asks(2, REFERENCE, N_("Modul"))
    topic: str | None = asks(3, TEXT, N_("Judul sesi"), required=True, max_length=120)
    starts_at: int | None = asks(4, INSTANT, N_("Mulai"), required=True)
    ends_at: int | None = asks(5, INSTANT, N_("Selesai"))
    zone: str | None = asks(6, TEXT, N_("Zona waktu"), max_length=40)
    venue: str | None = asks(7, TEXT, N_("Tempat"), max_length=100)
    village: str | None = asks(8, PLACE, N_("Desa"))
    trainer: bytes | None = asks(9, REFERENCE, N_("Pelatih"))
    state: str | None = asks(10, CHOICE, N_("Keadaan"), choices=SESSION_STATE)
    closed_at: int | None = asks(11, INSTANT, N_("Ditutup pada"))
    reason: str | None = asks(12, TEXT, N_("Alasan"))
    hours: int | None = asks(13, NUMBER, N_("JP"))


@record(10, "enrolment", N_("Kepesertaan"), identity=("batch", "person"))
class Enrolment(Record):
    """A person is in a batch."""

    batch: bytes | None = asks(1, REFERENCE, N_("Angkatan"), required=True)
    person: bytes | None = asks(2, REFERENCE, N_("Peserta"), required=True)
    state: str | None = asks(3, CHOICE, N_("Keadaan"), choices=ENROLMENT_STATE)
    joined: str | None = asks(4, CHOICE, N_("Cara ikut"), choices=JOINED)


@record(11, "attendance", N_("Presensi"), identity=("session", "person"))
class Attendance(Record):
    """One mark of one person in one session. Device and time of the mark are in its operation; attendance
    is money.
    """

    session: bytes | None = asks(1, REFERENCE, N_("Sesi"), required=True)
    person: bytes | None = asks(2, REFERENCE, N_("Peserta"), required=True)
    status: str | None = asks(3, CHOICE, N_("Presensi"), choices=ATTENDANCE, critical=True)
    method: str | None = asks(4, CHOICE, N_("Cara dicatat"), choices=METHOD)
    marked_by: bytes | None = asks(5, REFERENCE, N_("Dicatat oleh"))
    arrived_at: int | None = asks(6, INSTANT, N_("Datang pada"))
    reason: str | None = asks(7, TEXT, N_("Alasan"))


@record(15, "milestone", N_("Tahapan"))
class Milestone(Record):
    """A step of the ladder T0 to T6 that an enterprise reached, with what was seen and by whom. Whether it
    still stands is looked at again (`records.follow_up`); one that does not lapses, with its history kept.
    """

    enterprise: bytes | None = asks(1, REFERENCE, N_("Usaha"), required=True)
    step: str | None = asks(2, TEXT, N_("Tahapan"), required=True, max_length=4)
    reached_on: str | None = asks(3, DATE, N_("Dicapai pada"), required=True)
    before_programme: int | None = asks(4, FLAG, N_("Sudah sebelum program"))
    evidence: str | None = asks(5, TEXT, N_("Bukti"))
    seen_by: bytes | None = asks(6, REFERENCE, N_("Dilihat oleh"))
    lapsed_on: str | None = asks(7, DATE, N_("Gugur pada"))
    evidence_kind: str | None = asks(8, CHOICE, N_("Jenis bukti"), choices=EVIDENCE_KIND)
    #: A second person looked too: a supervisor, never whoever saw it first.
    verified_by: bytes | None = asks(9, REFERENCE, N_("Diperiksa oleh"))
    verified_on: str | None = asks(10, DATE, N_("Diperiksa pada"))
    #: The last time somebody looked whether it still stands.
    checked_on: str | None = asks(11, DATE, N_("Dicek ulang pada"))
    checked_by: bytes | None = asks(12, REFERENCE, N_("Dicek ulang oleh"))
    lapse_reason: str | None = asks(13, TEXT, N_("Alasan gugur"))
