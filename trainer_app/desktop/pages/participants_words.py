"""What the list of participants says: filters, columns, a person's state in one word, and nothing found."""

from __future__ import annotations

from collections.abc import Callable

from trainer_app.desktop.parts.record_form import village_words
from trainer_app.desktop.parts.table import Column
from trainer_app.desktop.sending_words import state_chip
from trainer_app.storage.people_queries import ALL, INCOMPLETE, NO_BATCH, UNSENT, PersonRow
from trainer_app.words import N_, _, number

FILTER_WORDS = {
    ALL: N_("Semua"),
    INCOMPLETE: N_("Perlu dilengkapi"),
    UNSENT: N_("Belum dikirim"),
    NO_BATCH: N_("Tanpa angkatan"),
}
_NOBODY = {
    ALL: N_("Belum ada peserta."),
    INCOMPLETE: N_("Semua data sudah lengkap."),
    UNSENT: N_("Semua sudah diterima pusat."),
    NO_BATCH: N_("Semua peserta sudah masuk angkatan."),
}
STATUS_WIDTH = 252  # the longest state of a record fits
#: Steps of the ladder (milestones T3 to T6) that make somebody "digital"; T4 alone is told by its own name.
ONLINE_STEPS = frozenset({"T3", "T5", "T6"})
QRIS_STEP = "T4"


def filter_words(key: str, count: int | None) -> str:
    """ "Semua 318"; without a number while it is being counted."""
    return _(FILTER_WORDS[key]) if count is None else f"{_(FILTER_WORDS[key])} {number(count)}"


def participant_columns(which: Callable[[], str]) -> list[Column]:
    """The columns of the list. `which` filter is chosen decides what the last one tells: how far somebody is,
    or where on its way what was not received yet.
    """
    return [
        Column(_("Nama"), lambda row: row.name, "text", 160, 3),
        Column(_("Usaha"), lambda row: row.business, "text", 160, 4),
        Column(_("Desa"), lambda row: village_words(row.village)[0], "text", 102, 2),
        Column(_("Angkatan"), lambda row: row.batch, "text", 102, 2),
        Column(_("Kemajuan"), _progress, "dots", 155, 0),
        Column(
            _("Status"),
            lambda row: state_chip(row.sending) if which() == UNSENT else status_chip(row),
            "chip",
            STATUS_WIDTH,
            0,
        ),
    ]


def _progress(row: PersonRow) -> tuple[int, int] | None:
    return (row.attended, row.sessions) if row.sessions else None


def status_chip(row: PersonRow) -> tuple[str, str, str]:
    """How far somebody is, in a word, a tone and an icon of its own: the furthest step that holds."""
    if row.steps & ONLINE_STEPS:
        return _("Sudah digital"), "ok", "badge-check"
    if QRIS_STEP in row.steps:
        return _("QRIS aktif"), "info", "qr-code"
    if row.incomplete:
        return _("Perlu dilengkapi"), "warn", "pencil"
    if row.attended:
        return _("Ikut pelatihan"), "info", "graduation-cap"
    return _("Baru daftar"), "mute", "circle"


def empty_words(text: str, which: str, everybody: int | None) -> tuple[str, bool]:
    """What an empty list says, and whether it offers to register somebody."""
    if text:
        return _("Tidak ada yang cocok dengan “{teks}”.").format(teks=text), True
    if which != ALL and everybody:
        return _(_NOBODY[which]), False
    return _(_NOBODY[ALL]), True
