"""What is read to people before they agree: who keeps what, why, how long, and what they may ask for.

UU 27/2022 articles 5 and 21 say what it must hold; it is short enough to be read aloud. Changing a sentence
makes a new version (`consent.NOTICE_VERSION`), because each consent says which text it was given to.
"""

from __future__ import annotations

from dataclasses import dataclass

from trainer_app.records.consent import NOTICE_VERSION
from trainer_app.words import N_, _


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading and what is read below it, in the language in force."""

    heading: str
    text: str


_NOTICE = (
    (
        N_("Siapa dan untuk apa"),
        N_(
            "Data Anda dicatat oleh penyelenggara pelatihan ini, untuk mengatur pelatihan, "
            "mencatat kehadiran, dan melihat apakah usaha Anda terbantu. Dasarnya hanya persetujuan Anda."
        ),
    ),
    (
        N_("Data apa"),
        N_(
            "Nama, NIK bila ada, tanggal lahir, nomor HP, alamat, dan keterangan tentang usaha. "
            "Agama, suku, nomor rekening, dan foto KTP tidak diminta."
        ),
    ),
    (
        N_("Siapa yang menerima"),
        N_(
            "Pelatih, pengawas, dan pusat program. Kementerian atau Gojek menerima hanya bila Anda "
            "menyetujuinya, dan hanya yang diperlukan."
        ),
    ),
    (
        N_("Berapa lama"),
        N_(
            "Sampai 24 bulan sesudah hubungan terakhir. "
            "Sesudah itu yang tinggal hanya jumlah, tanpa nama. Bukti persetujuan disimpan 5 tahun."
        ),
    ),
    (
        N_("Hak Anda"),
        N_(
            "Anda boleh melihat, meminta salinan, membetulkan, atau menghapus data Anda, dan menarik "
            "persetujuan kapan saja lewat pelatih. Permintaan dilayani dalam 3 x 24 jam. "
            "Anda tetap boleh ikut kelas walau tidak menyetujui pembagian ke pihak lain."
        ),
    ),
)


def notice() -> tuple[Paragraph, ...]:
    """The text of version `NOTICE_VERSION`."""
    return tuple(Paragraph(_(heading), _(text)) for heading, text in _NOTICE)


__all__ = ["NOTICE_VERSION", "Paragraph", "notice"]
