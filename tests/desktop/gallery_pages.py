"""Pages of the kit on show: registration, attendance and today (CONTOH)."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.bars import Progress, TargetBar
from trainer_app.desktop.parts.buttons import Button, primary, quiet, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.days import DayStrip
from trainer_app.desktop.parts.editors import (
    CheckEditor,
    DateEditor,
    LineEditor,
    MultiSeg,
    SearchBox,
    Seg,
    Suggest,
    nik_editor,
    phone_editor,
)
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.page import Columns, Page
from trainer_app.desktop.parts.rail import Destination, Rail
from trainer_app.desktop.parts.ring import Ring
from trainer_app.desktop.parts.rows import ActionRow, Kpi, RowList
from trainer_app.desktop.parts.scan_band import ScanBand
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.parts.tiles import TileGrid

VILLAGES = (("Ngawen", "Kec. Ngawen, Kab. Gunungkidul"), ("Nglipar", "Kec. Nglipar, Kab. Gunungkidul"))
NAMES = [
    "Siti Aminah",
    "Wagiyem",
    "Slamet Riyadi",
    "Tri Wahyuni",
    "Sumarni",
    "Ponirah",
    "Agus Santoso",
    "Endang Lestari",
    "Sri Hartati",
    "Budi Prasetyo",
    "Mujiyem",
    "Dewi Anggraini",
    "Suparti",
    "Yatinem",
    "Rohmat Hidayat",
    "Ngatinah",
    "Lilis Suryani",
    "Partini",
    "Heri Susanto",
    "Kasiyem",
    "Nur Khasanah",
    "Sugiyarti",
    "Tukiyem",
    "Andi Nugroho",
    "Winarsih",
    "Jumirah",
    "Eko Purnomo",
    "Rusmini",
    "Sutinah",
    "Paijem",
    "Rina Kurnia",
    "Daliyem",
    "Murtini",
    "Yuni Astuti",
    "Giyono",
    "Samiyem",
    "Warsini",
    "Puji Rahayu",
    "Karsinem",
    "Fitri Handayani",
]


def search_village(text: str) -> list[tuple[object, str, str]]:
    return [(title, title, where) for title, where in VILLAGES if title.lower().startswith(text.lower())]


def rail() -> Rail:
    made = Rail(
        [
            Destination("today", "Hari ini", "house"),
            Destination("register", "Daftar baru", "user-plus", short="Daftar"),
            Destination("people", "Peserta", "users"),
            Destination("sessions", "Sesi & absensi", "calendar-check", short="Absensi"),
            Destination("visits", "Kunjungan", "map-pin"),
            Destination("reports", "Laporan", "clipboard-list"),
            Destination("send", "Kirim data", "send", below=True),
            Destination("help", "Bantuan", "life-buoy", below=True),
        ]
    )
    made.set_area("Kab. Gunungkidul")
    made.set_badge("send", "23", description="23 menunggu dikirim")
    made.set_safe("Aman di laptop ini", "23 menunggu dikirim")
    made.set_user("Siti Rahma", "Pelatih")
    return made


class RegisterPage(Page):
    """A form beside a column of help."""

    def __init__(self) -> None:
        super().__init__("Daftar baru", "Angkatan 4 · Balai Desa Ngawen", footer=True)
        self.header.add_right(Chip("Orang ke-13 hari ini", "info", "user-plus"))
        left, right = QWidget(), QWidget()
        self._left(left)
        self._right(right)
        self.body.addWidget(Columns(left, right))
        self.body.addStretch(1)
        agree = CheckEditor("Peserta setuju datanya dicatat (lembar persetujuan ditandatangani)")
        agree.set_value(True)
        self.footer.addWidget(agree, 1)
        self.footer.addWidget(Chip("Draf tersimpan 09.12.40", "ok", "check"))
        self.footer.addWidget(secondary("Simpan"))
        self.footer.addWidget(primary("Simpan & berikutnya"))
        self.first_focus = self.phone.editor

    def _left(self, left: QWidget) -> None:
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        owner = Card("Pemilik usaha", icon="id-card")
        self.nik = Field("&NIK (nomor KTP)", nik_editor(), "16 angka")
        self.nik.editor.set_value("3403115403840002")
        self.nik.set_message("Lengkap · Kab. Gunungkidul", "ok")
        name = Field("N&ama lengkap", LineEditor(), "sesuai KTP")
        name.editor.set_value("Siti Aminah")
        self.row(owner, (name, 1), (self.nik, 1), reverse=True)
        born = Field("Tanggal &lahir", DateEditor(), note="dari NIK")
        born.editor.set_value("1984-03-14")
        sex = Field("Jenis &kelamin", Seg([("P", "Perempuan"), ("L", "Laki-laki")]), note="dari NIK")
        sex.editor.set_value("P")
        self.phone = Field("Nomor &HP / WhatsApp", phone_editor())
        self.phone.editor.set_value("0812273341")
        self.phone.set_message("Kurang 2 angka. Contoh: 0812 2733 4155")
        self.row(owner, (born, 5), (sex, 7), (self.phone, 8))
        column.addWidget(owner)
        business = Card("Usaha", icon="store")
        title = Field("Nama &usaha", LineEditor(), message=False)
        title.editor.set_value("Keripik Singkong Bu Aminah")
        village = Field("&Desa tempat usaha", Suggest(search_village), "F2 = sama", message=False)
        village.editor.set_value(("Ngawen", "Ngawen (sama dengan tadi)"))
        self.row(business, (title, 7), (village, 5))
        kinds = [(k, k) for k in ("Makanan", "Kerajinan", "Busana", "Tani", "Jasa", "Lain")]
        kind = Field("&Jenis usaha", Seg(kinds, numbered=True), message=False)
        kind.editor.set_value("Makanan")
        business.add(kind)
        uses = [(k, k) for k in ("WhatsApp", "QRIS", "GoFood", "Shopee/Tokopedia", "Belum ada")]
        used = Field("Sudah dipakai &sekarang", MultiSeg(uses), "boleh lebih dari satu", message=False)
        used.editor.set_value(["WhatsApp"])
        business.add(used)
        column.addWidget(business)
        column.addStretch(1)

    @staticmethod
    def row(card: Card, *fields: tuple[Field, int], reverse: bool = False) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.px(16))
        for field, stretch in reversed(fields) if reverse else fields:
            line.addWidget(field, stretch)
        card.add(line)

    def _right(self, right: QWidget) -> None:
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        double = Card("Mungkin sudah terdaftar", icon="copy-check", tone="warn")
        double.add(
            Text(
                "<b>Siti Aminah</b> · Ngawen<br>NIK dan nama sama persis<br>Didaftarkan 3 Okt oleh Pak Budi",
                rich=True,
                wrap=True,
            )
        )
        buttons = QHBoxLayout()
        buttons.addWidget(secondary("Lihat data itu", small=True))
        buttons.addWidget(quiet("Bukan dia"))
        buttons.addStretch(1)
        double.add(buttons)
        column.addWidget(double)
        self.queue = queue = Card("Antrean hari ini", narrow=True)
        queue.add_right(Text("12 / 40", "h3"))
        bar = Progress("Antrean hari ini")
        bar.set_part(12, 40)
        queue.add(bar)
        queue.add(Text("Rata-rata 1 menit 24 detik per orang", "caption", wrap=True))
        column.addWidget(queue)
        self.keys = keys = Card("Tanpa tetikus", tone="sunken")
        hints = [(["Enter"], "ke isian berikutnya"), (["F2"], "ulangi isian orang tadi")]
        hints += [(["1", "…", "6"], "pilih tombol pilihan"), (["Ctrl", "Enter"], "simpan & berikutnya")]
        keys.add(KeyHints(hints, column=True))
        column.addWidget(keys)
        column.addStretch(1)

    def compact_changed(self, compact: bool) -> None:
        self.queue.setHidden(compact)
        self.keys.setHidden(compact)


class AttendancePage(Page):
    """Tiles to mark and the band above them."""

    def __init__(self) -> None:
        super().__init__(
            "Modul 3 · Foto produk & katalog WhatsApp",
            "Angkatan 4 · Balai Desa Ngawen · Selasa 24 Nov, 09.00–11.30",
        )
        self.body.setSpacing(theme.px(10))
        search = SearchBox("Cari peserta")
        search.setFixedWidth(theme.px(300))
        self.header.add_right(search)
        top = QHBoxLayout()
        top.setSpacing(theme.px(12))
        band = ScanBand()
        band.show_result("Siti Aminah", "Hadir · 09.14 · kartu dipindai", "ok", action="Urungkan  (Ctrl+Z)")
        top.addWidget(band, 1)
        count = Card()
        line = QHBoxLayout()
        line.addWidget(Ring(29, 40, "Hadir"))
        words = QVBoxLayout()
        words.addWidget(Text("8 belum", "h3"))
        words.addWidget(Text("2 telat · 1 izin", "caption"))
        line.addLayout(words)
        count.add(line)
        count.layout().setContentsMargins(theme.px(12), theme.px(4), theme.px(16), theme.px(4))
        top.addWidget(count)
        self.body.addLayout(top)
        tools = QHBoxLayout()
        tools.setSpacing(theme.px(8))
        states = ("Semua 40", "Belum 8", "Hadir 29", "Terlambat 2", "Izin 1")
        shown = Seg([(s, s) for s in states])
        shown.setAccessibleName("Tampilkan")
        shown.set_value("Semua 40")
        tools.addWidget(shown, 1)
        tools.addWidget(Button("Tandai sisanya hadir", icon="list-checks"))
        tools.addWidget(Button("Peserta baru", icon="user-plus"))
        self.body.addLayout(tools)
        self.grid = TileGrid()
        self.grid.set_people([(str(place), name) for place, name in enumerate(NAMES)])
        not_yet = {8, 13, 17, 21, 23, 30, 35, 38}
        for place in range(40):
            if place not in not_yet:
                self.grid.set_mark(str(place), "present", f"09.{place:02}")
        for place, state in ((6, "late"), (18, "late"), (11, "excused")):
            self.grid.set_mark(str(place), state)
        self.body.addWidget(self.grid)
        foot = QHBoxLayout()
        hints = [
            (["Spasi"], "hadir"),
            (["T"], "telat"),
            (["I"], "izin"),
            (["A"], "tidak hadir"),
            (["Ctrl", "Z"], "urungkan"),
        ]
        foot.addWidget(KeyHints(hints))
        foot.addStretch(1)
        foot.addWidget(Chip("Tersimpan otomatis", "ok", "check"))
        self.body.addLayout(foot)
        self.body.addStretch(1)
        self.first_focus = self.grid


class TodayPage(Page):
    """Cards of the first page of the day."""

    def __init__(self) -> None:
        super().__init__(
            "Selamat pagi, Bu Siti", "Selasa, 24 November 2026 · semua catatan tersimpan otomatis"
        )
        search = SearchBox("Cari nama, NIK, atau nomor HP")
        search.setFixedWidth(theme.px(300))
        self.header.add_right(search)
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(14))
        column.addWidget(self._next())
        column.addWidget(self._todo(), 1)
        self._right(right)
        self.body.addWidget(Columns(left, right, 514, fold="below"), 1)

    def _next(self) -> Card:
        card = Card()
        top = QHBoxLayout()
        top.addWidget(Chip("Berikutnya · 25 menit lagi", "warn", "clock"))
        top.addStretch(1)
        top.addWidget(Chip("40 peserta", "mute", "users"))
        card.add(top)
        card.add(Text("Modul 3 · Foto produk & katalog WhatsApp", "h2", wrap=True))
        card.add(Text("Balai Desa Ngawen · 09.00–11.30 · Angkatan 4", "muted", wrap=True))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(10))
        start = primary("Mulai absensi", "calendar-check")
        buttons.addWidget(start)
        buttons.addWidget(secondary("Cetak daftar hadir", "copy"))
        buttons.addStretch(1)
        card.add(buttons)
        self.first_focus = start
        return card

    def _todo(self) -> Card:
        card = Card("Perlu dikerjakan", level="h2")
        card.add_right(Text("4 hal", "caption"))
        rows = RowList()
        for icon, title, line, tone, verb in (
            (
                "clipboard-pen",
                "6 tes awal belum diisi",
                "Angkatan 4 · tes awal harus selesai sebelum Modul 4",
                "info",
                "Isi tes",
            ),
            (
                "map-pin",
                "2 kunjungan lewat 30 hari",
                "Bu Wagiyem, Pak Slamet · QRIS belum aktif",
                "warn",
                "Lihat",
            ),
            (
                "copy-check",
                "1 data mungkin ganda",
                "Siti Aminah · terdaftar juga di Angkatan 3",
                "bad",
                "Periksa",
            ),
            ("copy", "12 sertifikat siap dicetak", "Angkatan 3 · lulus semua modul", "primary", "Cetak"),
        ):
            button = secondary(verb, small=True)
            button.setMinimumWidth(theme.px(128))
            rows.add(ActionRow(icon, title, line, tone, button))
        card.add(rows)
        card.body.addStretch(1)
        return card

    def _right(self, right: QWidget) -> None:
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(14))
        numbers = QHBoxLayout()
        numbers.setSpacing(theme.px(12))
        for icon, label, value in (
            ("user-check", "terdaftar", "318"),
            ("graduation-cap", "lulus", "241"),
            ("qr-code", "pakai QRIS", "127"),
        ):
            numbers.addWidget(Kpi(icon, label, value))
        column.addLayout(numbers)
        target = Card("Menuju target November", level="h2")
        target.add_right(Text("127 / 210", "h3"))
        target.add(Text("Peserta yang sudah digital (QRIS atau toko daring aktif)", "caption", wrap=True))
        for name, done, goal, tone in (
            ("Ngawen", 46, 60, "primary"),
            ("Nglipar", 38, 50, "primary"),
            ("Semin", 27, 60, "accent"),
            ("Karangmojo", 16, 40, "accent"),
        ):
            target.add(TargetBar(name, done, goal, tone), 1)
        column.addWidget(target, 1)
        column.addWidget(Text("Minggu ini", "h3"))
        days = [("Sen", "23", "selesai", "ok"), ("Sel", "24", "2 sesi", "today"), ("Rab", "25", "kosong", "")]
        days += [("Kam", "26", "1 sesi", ""), ("Jum", "27", "1 sesi", ""), ("Sab", "28", "kosong", "")]
        column.addWidget(DayStrip(days))
