"""A micro-enterprise; apart from its owner, because one owner may have several and an enterprise may
change hands.
"""

from __future__ import annotations

from trainer_app.records.fields import (
    CHOICE,
    CHOICES,
    FLAG,
    NUMBER,
    PLACE,
    REFERENCE,
    TEXT,
    Record,
    asks,
    record,
)
from trainer_app.words import N_

BUSINESS_GROUP = {
    "kuliner": N_("Kuliner"),
    "olahan_pangan": N_("Olahan pangan"),
    "kriya": N_("Kerajinan"),
    "fesyen": N_("Busana"),
    "pertanian_perikanan": N_("Tani & ikan"),
    "jasa": N_("Jasa"),
    "dagang": N_("Dagang"),
    "kesehatan_kecantikan": N_("Sehat & cantik"),
}
PREMISES = {
    "rumah": N_("Rumah"),
    "kios": N_("Kios"),
    "pasar": N_("Pasar"),
    "gerobak": N_("Gerobak"),
    "keliling": N_("Keliling"),
    "daring": N_("Hanya daring"),
}
#: Monthly sales; the edges serve the old micro limit (300 million a year) and PP 7/2021 (2 billion a year).
SALES_BRACKET = {
    "lt1": N_("Di bawah Rp1 juta"),
    "1_5": N_("Rp1–5 juta"),
    "5_25": N_("Rp5–25 juta"),
    "25_167": N_("Rp25–167 juta"),
    "gt167": N_("Di atas Rp167 juta"),
    "tidak_tahu": N_("Tidak tahu"),
    "tidak_bersedia": N_("Tidak bersedia"),
}
NIB_STATUS = {"ada": N_("Ada"), "tidak": N_("Belum punya")}
SIGNAL = {
    "tidak_ada": N_("Tidak ada"),
    "telepon": N_("Telepon saja"),
    "lambat": N_("Lambat"),
    "baik": N_("Baik"),
}
CHANNELS = {
    "belum": N_("Belum ada"),
    "whatsapp": N_("WhatsApp"),
    "facebook": N_("Facebook"),
    "instagram": N_("Instagram"),
    "tiktok": N_("TikTok"),
    "lokapasar": N_("Shopee/Tokopedia"),
    "pesan_antar": N_("GoFood/Grab/Shopee"),
    "situs": N_("Situs sendiri"),
}
PAYMENTS = {
    "tunai": N_("Tunai"),
    "transfer": N_("Transfer"),
    "dompet": N_("Dompet digital"),
    "qris": N_("QRIS"),
}
BOOKKEEPING = {"tidak": N_("Tidak mencatat"), "buku": N_("Buku"), "aplikasi": N_("Aplikasi")}


@record(8, "enterprise", N_("Usaha"), identity=("owner",))
class Enterprise(Record):
    """One business of one owner, in the area where it trades. The size class is derived, never asked."""

    owner: bytes | None = asks(1, REFERENCE, N_("Pemilik"), required=True)
    name: str | None = asks(
        2,
        TEXT,
        N_("Nama usaha"),
        question=11,
        max_length=100,
        titles=("usaha", "merek", "nama toko", "business"),
    )
    unnamed: int | None = asks(3, FLAG, N_("Usaha belum punya nama"), question=11)
    business_group: str | None = asks(
        4,
        CHOICE,
        N_("Jenis usaha"),
        choices=BUSINESS_GROUP,
        question=12,
        required=True,
        titles=("bidang usaha", "sektor", "sektor usaha", "kelompok usaha", "type of business"),
    )
    kbli: str | None = asks(5, TEXT, N_("KBLI"), question=12, max_length=5)
    kbli_version: str | None = asks(6, TEXT, N_("Versi KBLI"), max_length=4)
    product: str | None = asks(
        7, TEXT, N_("Produk utama"), question=12, max_length=100, titles=("produk", "jenis produk", "product")
    )
    same_address: int | None = asks(8, FLAG, N_("Alamat usaha sama dengan rumah"), question=13)
    village: str | None = asks(9, PLACE, N_("Desa tempat usaha"), question=13)
    landmark: str | None = asks(10, TEXT, N_("Alamat atau patokan usaha"), question=13)
    premises: str | None = asks(11, CHOICE, N_("Tempat usaha"), choices=PREMISES, question=14)
    started_year: int | None = asks(12, NUMBER, N_("Mulai usaha tahun"), question=15)
    workers_men: int | None = asks(13, NUMBER, N_("Pekerja laki-laki"), question=16)
    workers_women: int | None = asks(14, NUMBER, N_("Pekerja perempuan"), question=16)
    workers_family: int | None = asks(15, NUMBER, N_("Keluarga tidak dibayar"), question=16)
    sales_bracket: str | None = asks(
        16,
        CHOICE,
        N_("Penjualan sebulan"),
        choices=SALES_BRACKET,
        question=17,
        titles=("omzet", "omset", "omzet per bulan", "omset per bulan", "omzet bulan", "penjualan per bulan"),
    )
    nib_status: str | None = asks(17, CHOICE, N_("NIB ada?"), choices=NIB_STATUS, question=18)
    nib: str | None = asks(
        18, TEXT, N_("NIB"), hint=N_("13 angka"), question=18, max_length=13, titles=("no nib",)
    )
    signal: str | None = asks(19, CHOICE, N_("Sinyal di tempat usaha"), choices=SIGNAL, question=20)
    channels: str | None = asks(20, CHOICES, N_("Jualan daring lewat"), choices=CHANNELS, question=21)
    payments: str | None = asks(21, CHOICES, N_("Menerima uang lewat"), choices=PAYMENTS, question=22)
    bookkeeping: str | None = asks(22, CHOICE, N_("Catatan keuangan"), choices=BOOKKEEPING, question=23)
    moved_to: int | None = asks(23, NUMBER, N_("Pindah ke wilayah"), listed=False)
    moved_from: int | None = asks(24, NUMBER, N_("Pindah dari wilayah"), listed=False)
