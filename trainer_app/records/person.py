"""A person who registers. Questions are numbered as on the paper form; the enterprise is a record apart."""

from __future__ import annotations

from trainer_app.records.fields import CHOICE, CHOICES, DATE, FLAG, NUMBER, PLACE, TEXT, Record, asks, record
from trainer_app.words import N_

SEX = {"P": N_("Perempuan"), "L": N_("Laki-laki")}
NIK_STATUS = {
    "ada": N_("Ada"),
    "tidak_punya": N_("Tidak punya"),
    "tidak_bersedia": N_("Tidak bersedia"),
    "tidak_terbaca": N_("Tidak terbaca"),
    "belum_diisi": N_("Tidak bawa KTP"),
}
PHONE_STATUS = {"ada": N_("Ada"), "tidak_punya": N_("Tidak punya")}
EDUCATION = {
    "tidak_sekolah": N_("Tidak sekolah"),
    "tidak_tamat_sd": N_("Tidak tamat SD"),
    "sd": N_("SD"),
    "smp": N_("SMP"),
    "sma": N_("SMA/SMK"),
    "d1_d3": N_("D1–D3"),
    "d4_s1": N_("D4/S1"),
    "s2": N_("S2 ke atas"),
}
HELP_NEEDED = {
    "melihat": N_("Melihat"),
    "mendengar": N_("Mendengar"),
    "berjalan": N_("Berjalan"),
    "membaca": N_("Membaca"),
    "bahasa": N_("Bahasa"),
}
PHONE_KIND = {"tidak_ada": N_("Tidak ada"), "biasa": N_("HP biasa"), "pintar": N_("HP pintar")}
PHONE_OWNER = {
    "sendiri": N_("Sendiri"),
    "pasangan": N_("Pasangan"),
    "anak": N_("Anak"),
    "lain": N_("Orang lain"),
}
SOURCE = {
    "dinas": N_("Kantor dinas"),
    "desa": N_("Desa"),
    "koperasi": N_("Koperasi"),
    "teman": N_("Teman"),
    "gojek": N_("Gojek"),
    "lain": N_("Lainnya"),
}


@record(7, "person", N_("Peserta"))
class Person(Record):
    """One human being, in the area of residence. NIK is never compulsory: why there is none is an answer."""

    full_name: str | None = asks(
        1,
        TEXT,
        N_("Nama lengkap"),
        hint=N_("sesuai KTP"),
        question=2,
        required=True,
        critical=True,
        max_length=100,
        titles=("nama", "nama peserta", "nama pemilik", "nama pelaku usaha", "nama sesuai ktp", "name"),
    )
    sex: str | None = asks(
        2,
        CHOICE,
        N_("Jenis kelamin"),
        choices=SEX,
        question=3,
        required=True,
        titles=("l p", "p l", "jk", "kelamin", "gender", "sex"),
    )
    birth_date: str | None = asks(
        3,
        DATE,
        N_("Tanggal lahir"),
        hint=N_("atau tahun saja"),
        question=4,
        titles=("tgl lahir", "tahun lahir", "lahir", "ttl", "birth date", "date of birth"),
    )
    nik_status: str | None = asks(4, CHOICE, N_("NIK ada?"), choices=NIK_STATUS, question=5)
    nik: str | None = asks(
        5,
        TEXT,
        N_("NIK (nomor KTP)"),
        hint=N_("16 angka"),
        question=5,
        critical=True,
        max_length=16,
        titles=("nik", "no nik", "nomor nik", "no ktp", "nomor ktp", "no ktp nik", "nik ktp", "id card"),
    )
    phone: str | None = asks(
        6,
        TEXT,
        N_("Nomor HP / WhatsApp"),
        question=6,
        critical=True,
        max_length=16,
        titles=("no hp", "hp", "nomor hp", "no wa", "no hp wa", "telepon", "no telepon", "telp", "phone"),
    )
    phone_typed: str | None = asks(7, TEXT, N_("Nomor HP seperti diketik"), max_length=60, listed=False)
    phone_status: str | None = asks(8, CHOICE, N_("Punya nomor HP?"), choices=PHONE_STATUS, question=6)
    has_whatsapp: int | None = asks(9, FLAG, N_("Nomor ini dipakai WhatsApp"), question=6)
    phone_shared: int | None = asks(10, FLAG, N_("Nomor dipakai bersama"), question=6)
    village: str | None = asks(
        11,
        PLACE,
        N_("Desa tempat tinggal"),
        question=7,
        required=True,
        critical=True,
        titles=("desa", "kelurahan", "desa kelurahan", "kelurahan desa", "desa kel", "kel desa", "village"),
    )
    rt: str | None = asks(12, TEXT, N_("RT"), question=8, max_length=3)
    rw: str | None = asks(13, TEXT, N_("RW"), question=8, max_length=3)
    landmark: str | None = asks(
        14, TEXT, N_("Alamat atau patokan"), question=8, titles=("alamat", "alamat rumah", "address")
    )
    education: str | None = asks(
        15, CHOICE, N_("Pendidikan"), choices=EDUCATION, question=9, titles=("pendidikan terakhir",)
    )
    help_needed: str | None = asks(
        16, CHOICES, N_("Perlu bantuan di kelas"), choices=HELP_NEEDED, question=10
    )
    phone_kind: str | None = asks(17, CHOICE, N_("Jenis HP"), choices=PHONE_KIND, question=19)
    phone_owner: str | None = asks(18, CHOICE, N_("HP milik"), choices=PHONE_OWNER, question=19)
    source: str | None = asks(19, CHOICE, N_("Tahu dari"), choices=SOURCE, question=24)
    guardian_name: str | None = asks(20, TEXT, N_("Nama wali"), max_length=100)
    guardian_relation: str | None = asks(21, TEXT, N_("Hubungan wali"), max_length=60)
    nik_warning: str | None = asks(22, TEXT, N_("Catatan pemeriksaan NIK"), max_length=200, listed=False)
    #: Beside a tombstone: the area where the row of the same id stands for the person now.
    moved_to: int | None = asks(23, NUMBER, N_("Pindah ke wilayah"), listed=False)
    moved_from: int | None = asks(24, NUMBER, N_("Pindah dari wilayah"), listed=False)
