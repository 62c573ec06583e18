"""The kit on show: five pages of sample data built from the parts alone, as pictures for people to judge.

    python -m tests.desktop.gallery FOLDER

writes every page in every look at 1366x700, at 130 % text and at 1093 px (a display scaled to 125 %). All
people and numbers are made up (CONTOH). ``tests/desktop/test_parts_look.py`` walks the same pages.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from tests.desktop.gallery_pages import NAMES, AttendancePage, RegisterPage, TodayPage, rail
from trainer_app.desktop import theme
from trainer_app.desktop.ask import ask
from trainer_app.desktop.parts.avatar import Avatar
from trainer_app.desktop.parts.bars import FlowBar, Progress
from trainer_app.desktop.parts.buttons import Button, IconButton, primary, quiet, secondary
from trainer_app.desktop.parts.card import Banner, Card
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.editors import (
    CheckEditor,
    LineEditor,
    NumberEditor,
    PickEditor,
    SearchBox,
    Seg,
    TextEditor,
)
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.flow import FlowLayout
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.page import Page, ScrollBody
from trainer_app.desktop.parts.pin import Keypad, PinBoxes
from trainer_app.desktop.parts.rows import ActionRow, Kpi
from trainer_app.desktop.parts.scan_band import ScanBand
from trainer_app.desktop.parts.table import Column, ListModel, Table
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.parts.toast import show_toast
from trainer_app.desktop.parts.user_button import UserButton


class PeoplePage(Page):
    """A list of people in a table."""

    def __init__(self) -> None:
        super().__init__("Peserta", "318 orang di laptop ini · ketik untuk langsung mencari", scroll=False)
        tools = QHBoxLayout()
        tools.setSpacing(theme.px(10))
        tools.addWidget(SearchBox("Ketik nama, NIK, HP, atau usaha"), 2)
        shown = Seg([(s, s) for s in ("Semua 318", "Perlu kunjungan 24", "Belum tes 6")])
        shown.setAccessibleName("Tampilkan")
        shown.set_value("Semua 318")
        tools.addWidget(shown, 3)
        tools.addWidget(Button("Excel", icon="receipt-text"))
        tools.addWidget(primary("Daftar baru", "user-plus"))
        self.body.addLayout(tools)
        columns = [
            Column("Nama", lambda r: r[0], width=180, stretch=2),
            Column("Usaha", lambda r: r[1], width=200, stretch=3),
            Column("Desa", lambda r: r[2], width=110, stretch=1),
            Column("Angkatan", lambda r: r[3], width=110, stretch=1),
            Column("Kemajuan", lambda r: r[4], "dots", width=160),
            Column("Status", lambda r: r[5], "chip", width=180, stretch=1),
        ]
        chips = (
            ("Sudah digital", "ok", "circle-check"),
            ("Perlu kunjungan", "warn", "clock"),
            ("QRIS aktif", "info", "qr-code"),
            ("Baru daftar", "mute", "circle"),
        )
        rows = [
            (
                name,
                f"Keripik {name}",
                ("Ngawen", "Semin", "Nglipar")[n % 3],
                f"Angkatan {n % 4 + 1}",
                (n * 5 % 7, 6),
                chips[n % 4],
            )
            for n, name in enumerate(NAMES)
        ]
        self.table = Table(ListModel(columns, rows), "Daftar peserta")
        card = Card()
        card.layout().setContentsMargins(4, 2, 4, 4)
        card.add(self.table)
        self.body.addWidget(card, 1)
        foot = QHBoxLayout()
        foot.addWidget(KeyHints([(["↓"], "pilih"), (["Enter"], "buka"), (["Ctrl", "P"], "cetak kartu")]))
        foot.addWidget(Text("1–10 dari 318", "caption"))
        self.body.addLayout(foot)
        self.table.select_row(2)
        self.first_focus = self.table


class SendPage(Page):
    """Progress of sending, and the parts no other page shows."""

    def __init__(self) -> None:
        super().__init__("Kirim data", "23 catatan belum sampai ke pusat. Semuanya aman di laptop ini.")
        self.header.show_back("Kembali ke Hari ini")
        numbers = QHBoxLayout()
        numbers.setSpacing(theme.px(12))
        for icon, label, value, note, tone in (
            ("hard-drive", "Di laptop ini", "1.284", "Tidak pernah dihapus", "mute"),
            ("clock", "Menunggu dikirim", "23", "Tertua: 2 hari lalu", "warn"),
            ("laptop", "Di laptop pengawas", "141", "Belum sampai ke pusat", "info"),
            ("building-2", "Diterima pusat", "1.120", "Ada tanda terima", "ok"),
        ):
            numbers.addWidget(Kpi(icon, label, value, note, tone=tone))
        self.body.addLayout(numbers)
        parts = [
            (1120, "ok_fill", "diterima pusat"),
            (141, "info_fill", "di laptop pengawas"),
            (23, "warn_fill", "menunggu"),
        ]
        self.body.addWidget(FlowBar(parts, "Keadaan catatan"))
        self.body.addWidget(Banner("Flashdisk terbaca (<b>7,2 GB</b> kosong).", "info", "hard-drive"))
        sending = Card("Mengirim ke laptop pengawas (Pak Hendra)", icon="send", level="h2")
        bar = Progress("Mengirim")
        bar.set_part(14, 23, "14 dari 23 catatan")
        sending.add(bar)
        line = QHBoxLayout()
        line.addWidget(
            Text(
                "<b>14 dari 23 catatan</b> · 1,2 dari 1,9 MB · kira-kira 40 detik lagi",
                "muted",
                rich=True,
                wrap=True,
            ),
            1,
        )
        line.addWidget(secondary("Jeda", "pause", small=True))
        line.addWidget(quiet("Batalkan"))
        sending.add(line)
        self.body.addWidget(sending)
        receipt = Card("Tanda terima pusat")
        receipt.add(
            ActionRow(
                "receipt-text",
                "A7K-2391 · 118 catatan",
                "Sab 21 Nov, 16.05",
                "ok",
                IconButton("copy", "Cetak tanda terima"),
            )
        )
        self.body.addWidget(receipt)
        self.body.addWidget(Empty("circle-check", "Tidak ada yang perlu diperiksa", "Kembali", "arrow-left"))
        self.body.addStretch(1)


class PiecesPage(Page):
    """What the other pages do not show: every kind of button, tone, editor and state."""

    def __init__(self) -> None:
        super().__init__("Semua bagian", "Untuk dilihat, bukan untuk dipakai", footer=True)
        buttons = FlowLayout()
        for kind in ("primary", "secondary", "quiet", "danger"):
            buttons.addWidget(Button(f"Tombol {kind}", kind, "check"))
            off = Button(f"Mati {kind}", kind)
            off.setEnabled(False)
            buttons.addWidget(off)
        buttons.addWidget(secondary("Kecil", "copy", small=True))
        buttons.addWidget(IconButton("trash-2", "Hapus baris"))
        self.body.addLayout(buttons)
        chips = FlowLayout()
        for tone, icon in (
            ("ok", "check"),
            ("warn", "clock"),
            ("bad", "triangle-alert"),
            ("info", "laptop"),
            ("mute", "pencil"),
        ):
            chips.addWidget(Chip(f"Keadaan {tone}", tone, icon))
        self.body.addLayout(chips)
        for tone in ("ok", "warn", "bad", "info", "sunken"):
            banner = Banner(f"Pesan yang tetap tampil, nada <b>{tone}</b>.", tone)
            banner.add_right(secondary("Lihat", small=True))
            self.body.addWidget(banner)
        card = Card("Isian", level="h2", icon="pencil")
        line = QHBoxLayout()
        line.setSpacing(theme.px(16))
        pick = PickEditor([(1, "Program Digital 2026"), (2, "Program Ekspor")])
        pick.set_value(1)
        money = NumberEditor()
        money.set_value(1500000)
        off = LineEditor()
        off.set_value("Tidak bisa diubah")
        off.setEnabled(False)
        for field in (
            Field("&Program", pick),
            Field("&Omzet sebulan", money, "Rp"),
            Field("Mati", off, "boleh kosong"),
        ):
            line.addWidget(field, 1)
        card.add(line)
        note = TextEditor(2, "Catatan kunjungan")
        card.add(Field("&Catatan", note))
        card.add(CheckEditor("&Setuju difoto"))
        self.body.addWidget(card)
        band = ScanBand()
        self.body.addWidget(band)
        wrong = ScanBand()
        wrong.show_result("Kartu tidak dikenal", "Cari namanya.", "bad", "Cari")
        self.body.addWidget(wrong)
        elsewhere = ScanBand()
        elsewhere.show_result(
            "Wagiyem", "Terdaftar di Angkatan 3. Tambahkan ke sesi ini?", "warn", "Tambahkan"
        )
        self.body.addWidget(elsewhere)
        self.body.addStretch(1)
        self.footer.addStretch(1)
        self.footer.addWidget(primary("Selesai"))
        self.first_focus = note


class LockPage(QWidget):
    """Names and the keypad."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        frame = QVBoxLayout(self)
        frame.setContentsMargins(0, 0, 0, 0)
        body = ScrollBody()
        frame.addWidget(body)
        outer = body.body
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(40))
        grid.setVerticalSpacing(theme.px(10))
        grid.addWidget(Text("Siapa yang memakai laptop?", "h2"), 0, 0)
        people = QVBoxLayout()
        people.setSpacing(theme.px(8))
        for name, line in (
            ("Siti Rahma", "Pelatih · tadi 09.12"),
            ("Budi Prasetyo", "Pelatih · kemarin"),
            ("Tuti Handayani", "Pelatih · 3 hari lalu"),
            ("Hendra Wijaya", "Pengawas · Sabtu"),
        ):
            button = UserButton(name, line)
            button.setChecked(name == "Siti Rahma")
            people.addWidget(button)
        people.addStretch(1)
        grid.addLayout(people, 1, 0, 3, 1)
        grid.addWidget(Text("PIN Siti Rahma", "h2"), 0, 1)
        grid.addWidget(Text("6 angka. Ketik dengan papan tombol atau klik.", "muted"), 1, 1)
        self.pin = PinBoxes()
        self.pin.set_value("12")
        grid.addWidget(self.pin, 2, 1)
        grid.addWidget(Keypad(self.pin), 3, 1)
        grid.addWidget(quiet("Lupa PIN? Minta pengawas"), 4, 1, Qt.AlignmentFlag.AlignHCenter)
        card.add(grid)
        outer.addStretch(1)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(1)
        outer.addWidget(Avatar("Siti Rahma", 40))
        self.first_focus = self.pin

    def set_compact(self, compact: bool) -> None:
        """A lock screen has nothing to fold."""


PAGES: dict[str, tuple[str, Callable[[], QWidget]]] = {
    "01-register": ("register", RegisterPage),
    "02-attendance": ("sessions", AttendancePage),
    "03-send": ("send", SendPage),
    "05-today": ("today", TodayPage),
    "09-lock": ("", LockPage),
    "11-people": ("people", PeoplePage),
    "12-pieces": ("help", PiecesPage),
}
SIZES = {"": (QSize(1366, 700), 100), "-130": (QSize(1366, 700), 130), "-1093": (QSize(1093, 614), 100)}


def window(name: str, size: QSize) -> QWidget:
    """A window with the rail and one page, folded as the window would fold it."""
    place, make = PAGES[name]
    frame = QWidget()
    frame.setProperty("kind", "window")
    frame.setWindowTitle(name)
    frame.resize(size)
    row = QHBoxLayout(frame)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    compact = theme.is_compact(size.width())
    if place:
        side = rail()
        side.select(place)
        side.set_compact(compact)
        row.addWidget(side)
    page = make()
    page.set_compact(compact)  # type: ignore[attr-defined]  # every page here has it
    row.addWidget(page, 1)
    return frame


def show(name: str, size: QSize) -> QWidget:
    """As ``window``, shown and laid out, the focus where the page wants it."""
    frame = window(name, size)
    frame.show()
    frame.activateWindow()
    QApplication.processEvents()
    page = frame.layout().itemAt(frame.layout().count() - 1).widget()
    if getattr(page, "first_focus", None) is not None:
        page.first_focus.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    return frame


def take_down(frame: QWidget) -> None:
    """Destroys a window at once: a later change of the theme would visit every widget still alive."""
    frame.close()
    frame.deleteLater()
    QApplication.sendPostedEvents(frame, QEvent.Type.DeferredDelete)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    for look in theme.LOOKS:
        for suffix, (size, text_size) in SIZES.items():
            theme.apply(app, look, text_size)
            for name in PAGES:
                frame = show(name, size)
                frame.grab().save(str(folder / f"{name}-{look}{suffix}.png"))
                take_down(frame)
        overlays(look, folder)


def overlays(look: str, folder: Path) -> None:
    """A toast and a question, over the register page."""
    theme.apply(QApplication.instance(), look, 100)
    frame = show("01-register", QSize(1366, 700))
    show_toast(frame, "Siti Aminah tersimpan", "Urungkan")
    QApplication.processEvents()
    frame.grab().save(str(folder / f"13-toast-{look}.png"))
    choices = [("copy", "Pulihkan cadangan", "danger"), ("", "Batal", "secondary")]
    text = "Catatan sesudah 21 Nov 16.05 di laptop ini diganti. Yang sudah diterima pusat datang kembali."
    sheet = ask(frame, "Pulihkan cadangan 21 Nov?", text, choices, lambda key: None, "history")
    QApplication.processEvents()
    sheet.grab().save(str(folder / f"14-sheet-{look}.png"))
    sheet.close_with("copy")
    take_down(frame)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]))
