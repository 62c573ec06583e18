"""Where an enterprise sells online, and since when: platforms are said by the centre, because they come,
change their names and close; what one enterprise uses is a record with its own dates.
"""

from __future__ import annotations

from trainer_app.records.fields import CHOICE, CHOICES, DATE, REFERENCE, TEXT, Record, asks, record
from trainer_app.words import N_

CHANNEL_GROUP = {
    "pesan": N_("Pesan"),
    "sosial": N_("Media sosial"),
    "lokapasar": N_("Lokapasar"),
    "pesan_antar": N_("Pesan antar"),
    "pembayaran": N_("Pembayaran"),
    "situs": N_("Situs sendiri"),
}
#: How far the sign-up with a platform is (GoFood and GoBiz work so; others skip what they do not have).
SIGN_UP = {
    "dokumen_siap": N_("Dokumen siap"),
    "dikirim": N_("Dikirim"),
    "perbaikan": N_("Perlu perbaikan"),
    "kunjungan": N_("Menunggu kunjungan mitra"),
    "aktif": N_("Aktif"),
    "ditolak": N_("Ditolak"),
}
#: What a sign-up needs; the app keeps the ticks, never the papers.
NEEDED = {
    "ktp": N_("KTP terbaca, belum dipakai"),
    "surel": N_("Surel sendiri"),
    "hp": N_("HP bisa menerima SMS"),
    "rekening": N_("Buku rekening atas nama pemilik"),
    "menu": N_("Menu dan harga akhir"),
    "foto_makanan": N_("Foto makanan"),
    "foto_tempat": N_("Foto tempat"),
    "npwp": N_("NPWP, bila kena pajak restoran"),
}


@record(26, "channel", N_("Saluran"), of_centre=True)
class Channel(Record):
    """A platform or another way to sell, from a day to a day."""

    code: str | None = asks(1, TEXT, N_("Kode"), required=True, max_length=24)
    name: str | None = asks(2, TEXT, N_("Nama saluran"), required=True, max_length=60)
    kind_of: str | None = asks(3, CHOICE, N_("Jenis saluran"), choices=CHANNEL_GROUP)
    active_from: str | None = asks(4, DATE, N_("Ada sejak"))
    active_to: str | None = asks(5, DATE, N_("Ada sampai"))
    note: str | None = asks(6, TEXT, N_("Keterangan"))

    def was_there(self, day: str) -> bool:
        """Whether one could use it on a day (2026-11-24)."""
        return (self.active_from or "") <= day and (self.active_to is None or day <= self.active_to)


@record(30, "channel_use", N_("Saluran yang dipakai"))
class ChannelUse(Record):
    """An enterprise sells by a channel since a day, perhaps until another. `channel` is the code of it. What
    was answered at registration stays in `Enterprise.channels`.
    """

    enterprise: bytes | None = asks(1, REFERENCE, N_("Usaha"), required=True)
    channel: str | None = asks(2, TEXT, N_("Saluran"), required=True, max_length=24)
    since: str | None = asks(3, DATE, N_("Sejak"))
    until: str | None = asks(4, DATE, N_("Sampai"))
    name_there: str | None = asks(5, TEXT, N_("Nama atau tautan di sana"))
    sign_up: str | None = asks(6, CHOICE, N_("Pendaftaran"), choices=SIGN_UP)
    ready: str | None = asks(7, CHOICES, N_("Sudah siap"), choices=NEEDED)
    seen_by: bytes | None = asks(8, REFERENCE, N_("Dicatat oleh"))
