"""What is looked at before a trainer leaves for a village, each told in one line with what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.desktop.power import Power, power
from trainer_app.desktop.sending_words import moment
from trainer_app.records.item_set import item_set
from trainer_app.records.kinds import Module, Person
from trainer_app.storage.backup import backups
from trainer_app.storage.ballast import RESERVE_BYTES, free_bytes
from trainer_app.storage.rehearsal import rehearse
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.session_queries import sessions_between
from trainer_app.storage.stick_note import stick_note
from trainer_app.words import _, date_long, file_size, ngettext, number, time_of_day

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

GOOD, LOOK, BAD = "ok", "warn", "bad"
WORDS: dict[str, Callable[[], str]] = {
    GOOD: lambda: _("Siap"),
    LOOK: lambda: _("Perlu dilihat"),
    BAD: lambda: _("Belum siap"),
}
ICONS = {GOOD: "circle-check", LOOK: "triangle-alert", BAD: "circle-x"}
AHEAD = timedelta(days=14)
OLD_WORD, OLD_COPY = timedelta(days=7), timedelta(days=3)
LOW_BATTERY, EMPTY_BATTERY = 80, 30
#: A clock that is wrong by more than this puts attendance into the wrong hour.
CLOCK_OFF = timedelta(minutes=5)
SLOW_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it is, and what it says or what to do."""

    title: str
    state: str
    line: str


def checks(store: Store, folder: Path, now: datetime) -> list[Check]:
    """All that can be looked at without the screen's help. `now` is aware."""
    return [
        _schedule(store, now),
        _word_of_centre(store, now),
        _curriculum(store),
        _disk(folder),
        battery(power()),
        _clock(store),
        _copy(store, folder, now),
        _rehearsal(store, folder),
    ]


def _schedule(store: Store, now: datetime) -> Check:
    title = _("Peserta dan jadwal")
    people = store.count(Person)
    begin = int(datetime.combine(now.date(), time(), now.tzinfo).timestamp() * 1000)
    ahead = len(sessions_between(store, begin, begin + int(AHEAD.total_seconds() * 1000)))
    line = _("{orang} orang; {sesi} sesi dalam 14 hari mulai hari ini").format(
        orang=number(people), sesi=number(ahead)
    )
    if not ahead:
        return Check(title, LOOK, f"{line}. " + _("Buat sesinya dulu di Sesi & absensi."))
    return Check(title, GOOD, line)


def _word_of_centre(store: Store, now: datetime) -> Check:
    title = _("Tanda terima terakhir dari pusat")
    state = send_state(store)
    if state.last_receipt_ms is None:
        return Check(title, LOOK, _("Belum pernah. Kirim data sebelum berangkat."))
    at = moment(state.last_receipt_ms)
    line = f"{date_long(at.date())}, {time_of_day(at)}"
    if state.pending:
        line += ". " + ngettext(
            "{n} catatan menunggu dikirim", "{n} catatan menunggu dikirim", state.pending
        ).format(n=number(state.pending))
    if now - at > OLD_WORD:
        return Check(title, LOOK, f"{line}. " + _("Kirim data supaya kabar terbaru ikut."))
    return Check(title, GOOD, line)


def _curriculum(store: Store) -> Check:
    title = _("Modul dan formulir tes")
    modules, items = store.count(Module), item_set()
    if not modules:
        return Check(title, LOOK, _("Modul belum ada. Kirim data untuk mengambilnya dari pusat."))
    line = ngettext("{n} modul", "{n} modul", modules).format(n=number(modules))
    if items is not None:
        line += " · " + _("tes: {n} butir").format(n=len(items.items))
    return Check(title, GOOD, line)


def _disk(folder: Path) -> Check:
    title, free = _("Ruang simpan"), free_bytes(folder)
    line = _("{n} kosong").format(n=file_size(free))
    if free < RESERVE_BYTES:
        return Check(title, BAD, f"{line}. " + _("Hapus berkas lain yang tidak dipakai."))
    return Check(title, GOOD, line)


def battery(found: Power | None) -> Check:
    """The line of the battery."""
    title = _("Baterai")
    if found is None:
        return Check(title, LOOK, _("Tidak diketahui. Lihat sendiri penunjuk baterainya."))
    line = f"{found.percent}%"
    if found.plugged:
        line += " · " + _("sedang diisi")
    if found.percent >= LOW_BATTERY:
        return Check(title, GOOD, line)
    return Check(title, LOOK if found.percent >= EMPTY_BATTERY else BAD, f"{line}. " + _("Isi sampai penuh."))


def _clock(store: Store) -> Check:
    title = _("Jam laptop")
    off = timedelta(milliseconds=abs(store.clock.offset_ms))
    if store.clock.looks_wrong():
        return Check(title, BAD, _("Jam laptop tampaknya salah. Perbaiki supaya tanggal hadir benar."))
    if off > CLOCK_OFF:
        minutes = round(off.total_seconds() / 60)
        words = _("Berbeda {n} menit dari jam pusat. Betulkan di pengaturan laptop.")
        return Check(title, LOOK, words.format(n=number(minutes)))
    if not store.meta("clock_offset"):
        return Check(title, LOOK, _("Belum pernah dicocokkan dengan pusat. Cocokkan dengan jam lain."))
    return Check(title, GOOD, _("Cocok dengan jam pusat"))


def _copy(store: Store, folder: Path, now: datetime) -> Check:
    title, stick, known = _("Cadangan"), stick_note(store), backups(folder)
    newest = max([b.at for b in known] + ([moment(stick.at).astimezone(UTC)] if stick else []), default=None)
    if newest is None:
        return Check(title, LOOK, _("Belum ada. Salin ke flashdisk di Kirim data."))
    where = _("di laptop ini dan di flashdisk") if stick else _("di laptop ini")
    line = f"{date_long(newest.astimezone().date())} · {where}"
    if now - newest > OLD_COPY:
        return Check(title, LOOK, f"{line}. " + _("Buat cadangan baru di Bantuan, Pengaturan."))
    return Check(title, GOOD, line)


def _rehearsal(store: Store, folder: Path) -> Check:
    title = _("Latihan tanpa internet")
    try:
        seconds = rehearse(folder, store.areas[0] if store.areas else 0)
    except OSError:
        seconds = None
    if seconds is None:
        return Check(
            title, BAD, _("Menyimpan lalu membaca kembali gagal. Hubungi pengawas sebelum berangkat.")
        )
    words = _("Tersimpan dan terbaca kembali dalam {n} milidetik").format(n=number(round(seconds * 1000)))
    return Check(title, GOOD if seconds < SLOW_SECONDS else LOOK, words)


def printers() -> Check:
    """The printers that the system knows. Asked of Qt, so on the screen's thread."""
    from PySide6.QtPrintSupport import QPrinterInfo

    title, names = _("Pencetak"), QPrinterInfo.availablePrinterNames()
    if not names:
        return Check(
            title, LOOK, _("Belum ada pencetak di laptop ini. Cetak lembar hadir sebelum berangkat.")
        )
    return Check(title, GOOD, ", ".join(names))
