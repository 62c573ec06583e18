"""A follow-up after the training: a call, a chat or a visit, what came of it, and when the next one is."""

from __future__ import annotations

from trainer_app.records.fields import (
    CHOICE,
    CHOICES,
    DATE,
    FLAG,
    NUMBER,
    REFERENCE,
    TEXT,
    Record,
    asks,
    record,
)
from trainer_app.words import N_

CALL, CHAT, VISIT = "telepon", "chat", "kunjungan"
HOW = {CALL: N_("Telepon"), CHAT: N_("Chat"), VISIT: N_("Kunjungan")}
PROBLEM = {
    "sinyal": N_("Tidak ada sinyal"),
    "hp_rusak": N_("HP rusak"),
    "stok": N_("Stok kosong"),
    "surat": N_("Surat-surat"),
    "minat": N_("Tidak berminat lagi"),
    "pindah": N_("Pindah"),
    "tutup": N_("Usaha tutup"),
    "sakit": N_("Sakit"),
    "modal": N_("Modal kurang"),
    "kuota": N_("Kuota mahal"),
    "lupa_sandi": N_("Akun terkunci"),
    "penipuan": N_("Takut penipuan"),
    "pesanan_sepi": N_("Pesanan sepi"),
    "lain": N_("Lainnya"),
}


@record(23, "visit", N_("Kunjungan"))
class Visit(Record):
    """One contact with one person. `steps` tells what was found on the ladder, "+T3,=T4,-T2": reached, still
    standing, lapsed; the steps themselves are milestones.

    `next_on` is kept only where it differs from the plan, which follows from the batch
    (`records.follow_up`).
    """

    enterprise: bytes | None = asks(1, REFERENCE, N_("Usaha"))
    person: bytes | None = asks(2, REFERENCE, N_("Peserta"), required=True)
    planned_on: str | None = asks(3, DATE, N_("Direncanakan pada"))
    done_on: str | None = asks(4, DATE, N_("Dilakukan pada"), required=True)
    how: str | None = asks(5, CHOICE, N_("Cara"), choices=HOW, required=True)
    reached: int | None = asks(6, FLAG, N_("Terhubung"))
    problems: str | None = asks(7, CHOICES, N_("Kendala"), choices=PROBLEM)
    steps: str | None = asks(8, TEXT, N_("Perubahan tahapan"), max_length=60)
    note: str | None = asks(9, TEXT, N_("Catatan"), max_length=400)
    next_on: str | None = asks(10, DATE, N_("Berikutnya pada"))
    by: bytes | None = asks(11, REFERENCE, N_("Oleh"))
    batch: bytes | None = asks(12, REFERENCE, N_("Angkatan"))
    plan_day: int | None = asks(13, NUMBER, N_("Hari ke"))
    ended: int | None = asks(14, FLAG, N_("Pendampingan selesai"))
