"""Consent to keep and use personal data (UU 27/2022 articles 20 to 26): which notice, for what, given how,
to whom.
"""

from __future__ import annotations

from trainer_app.records.fields import CHOICE, CHOICES, INSTANT, NUMBER, REFERENCE, TEXT, Record, asks, record
from trainer_app.words import N_

PURPOSES = {
    "program": N_("Dicatat untuk pelatihan ini"),
    "kementerian": N_("Dibagikan ke kementerian"),
    "gojek": N_("Dibagikan ke Gojek"),
    "foto": N_("Foto kegiatan"),
}
MANNER = {
    "tanda_tangan": N_("Lembar persetujuan ditandatangani"),
    "cap_jempol": N_("Cap jempol dengan saksi"),
    "lisan": N_("Lisan dengan saksi"),
}
#: The notice that is read to people; a change of its text is a new version.
NOTICE_VERSION = "2026-11"


@record(9, "consent", N_("Persetujuan"), identity=("person",))
class Consent(Record):
    """One consent of one person; withdrawing it is a later edit, so its history stays provable."""

    person: bytes | None = asks(1, REFERENCE, N_("Peserta"), required=True)
    notice_version: str | None = asks(
        2, TEXT, N_("Versi pemberitahuan"), question=1, required=True, max_length=20
    )
    purposes: str | None = asks(
        3,
        CHOICES,
        N_("Setuju untuk"),
        choices=PURPOSES,
        question=1,
        required=True,
        titles=("persetujuan", "setuju", "consent"),
    )
    manner: str | None = asks(4, CHOICE, N_("Cara setuju"), choices=MANNER, question=1, required=True)
    given_at: int | None = asks(
        5, INSTANT, N_("Diberikan pada"), required=True, titles=("tanggal persetujuan", "tgl persetujuan")
    )
    taken_by: bytes | None = asks(6, REFERENCE, N_("Dicatat oleh"))
    witness: str | None = asks(7, TEXT, N_("Saksi"), max_length=100)
    language: str | None = asks(8, TEXT, N_("Bahasa"), max_length=20)
    withdrawn_at: int | None = asks(9, INSTANT, N_("Ditarik pada"), listed=False)
    withdrawn_purposes: str | None = asks(10, CHOICES, N_("Ditarik untuk"), choices=PURPOSES, listed=False)
    #: As of a person: a consent goes along.
    moved_to: int | None = asks(11, NUMBER, N_("Pindah ke wilayah"), listed=False)
    moved_from: int | None = asks(12, NUMBER, N_("Pindah dari wilayah"), listed=False)
