"""What came of saving and taking, in sentences; the window and the command line say the same."""

from __future__ import annotations

from trainer_app.sync.bundle.homecoming import CameHome
from trainer_app.sync.bundle.packing import Exported
from trainer_app.sync.bundle.stick import Tidied
from trainer_app.sync.bundle.taking import Taken
from trainer_app.words import _, file_size, ngettext, number


def exported_lines(done: Exported) -> list[str]:
    """What was written."""
    words = _("{n} catatan disalin ({besar}) ke {berkas}.")
    size = file_size(done.size_bytes)
    lines = [words.format(n=number(done.manifest.records), berkas=done.path.name, besar=size)]
    if done.more:
        lines.append(_("Belum semua muat. Simpan lagi sesudah paket ini diterima pusat."))
    if done.waiting_photos:
        words = ngettext(
            "{n} foto dari {semua} ikut disalin", "{n} foto dari {semua} ikut disalin", done.photos
        )
        lines.append(words.format(n=number(done.photos), semua=number(done.waiting_photos)) + ".")
    return lines + tidied_lines(done.tidied)


def tidied_lines(tidied: Tidied) -> list[str]:
    """What was removed from the stick without being asked for, if anything was."""
    n = len(tidied.removed)
    if not n:
        return []
    words = ngettext(
        "{n} berkas lama laptop ini dihapus dari flashdisk ({besar}): isinya sudah sampai.",
        "{n} berkas lama laptop ini dihapus dari flashdisk ({besar}): isinya sudah sampai.",
        n,
    )
    return [words.format(n=number(n), besar=file_size(tidied.freed_bytes))]


def result_lines(result: CameHome | Taken | Tidied) -> list[str]:
    """What was taken, or removed."""
    if isinstance(result, Tidied):
        return tidied_lines(result)
    return home_lines(result) if isinstance(result, CameHome) else taken_lines(result)


def taken_lines(taken: Taken) -> list[str]:
    """What came of a laptop's package."""
    if taken.nothing_new:
        lines = [_("Sudah pernah diambil: semua isinya sudah ada di sini.")]
    else:
        words = _("Dari {laptop}: {n} perubahan baru diambil.")
        lines = [words.format(laptop=taken.name, n=number(taken.operations))]
    if taken.photos:
        words = ngettext("{n} foto diambil", "{n} foto diambil", taken.photos)
        lines.append(words.format(n=number(taken.photos)) + ".")
    if taken.revoked:
        lines.append(_("Laptop itu sudah dicabut: kirimannya disimpan terpisah dan tidak dihitung."))
    lines += taken.refused
    if taken.reply is not None:
        lines.append(_("Balasan ada di {berkas}.").format(berkas=taken.reply.name))
    elif taken.reply_problem is not None:
        words = _("Isinya sudah aman di sini, tetapi balasan belum tertulis: {sebab}")
        lines.append(words.format(sebab=taken.reply_problem.message))
    return lines


def home_lines(home: CameHome) -> list[str]:
    """What a reply brought."""
    if home.revoked:
        return [_("Laptop ini sudah dicabut oleh pusat. Catatannya tetap aman di sini. Hubungi pengawas.")]
    if home.nothing_new:
        return [_("Sudah pernah diambil: tidak ada kabar baru di balasan ini.")]
    proof = [_("Tanda terima {kode}").format(kode=", ".join(home.receipts))] if home.receipts else []
    if home.operations:
        proof.append(_("Diterima pusat: {n} perubahan.").format(n=number(home.operations)))
    lines = [" · ".join(proof)] if proof else []
    if home.relayed:
        lines.append(_("{n} tanda terima untuk laptop lain.").format(n=number(home.relayed)))
    if home.received:
        lines.append(_("Kabar baru: {n} perubahan.").format(n=number(home.received)))
    if home.photos:
        words = ngettext("{n} foto sudah di pusat", "{n} foto sudah di pusat", home.photos)
        lines.append(words.format(n=number(home.photos)) + ".")
    if home.rejected:
        lines.append(_("{n} perlu diperbaiki").format(n=number(home.rejected)))
    return lines
