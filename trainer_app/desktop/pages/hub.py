"""Take in from trainers: what they do on their laptops, the code, who is here and how far."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.actions.staff import SENDING_ROLES
from trainer_app.desktop import hosting as states
from trainer_app.desktop import theme
from trainer_app.desktop.later import restarting
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.pages.hub_board import Board, board
from trainer_app.desktop.parts.bars import Progress
from trainer_app.desktop.parts.buttons import primary, secondary
from trainer_app.desktop.parts.card import Banner, Card, Icon
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.page import Columns
from trainer_app.desktop.parts.qr_code import QrCode
from trainer_app.desktop.parts.rows import RowList
from trainer_app.desktop.parts.text import Text
from trainer_app.storage.care import Cared, in_care
from trainer_app.storage.fleet import Laptop
from trainer_app.sync.invitation import invitation
from trainer_app.sync.visits import BROKEN, DONE, SENDING, Visit
from trainer_app.words import N_, _, ngettext, number, percent

LEFT_WIDTH = 400
TICK_MS, FOLLOW_MS = 1000, 200
_TONES = {SENDING: ("info", "refresh-cw"), DONE: ("ok", "check"), BROKEN: ("warn", "triangle-alert")}


class HubPage(DeskPage):
    """For supervisors. Nothing runs until it is started, and it goes on when one leaves the page."""

    title = N_("Terima dari pelatih")
    subtitle = N_("Laptop ini menampung data pelatih lewat Wi-Fi. Tidak perlu internet.")
    watches_sending = True
    help_page = "kirim"

    def build(self) -> None:
        self.hosting = self.desk.sending.hosting
        self.chip = Chip("", "mute", "wifi")
        self.start = primary(_("Mulai menerima"), "play")
        self.start.clicked.connect(self.hosting.start)
        self.stop = secondary(_("Berhenti menerima"), "square")
        self.stop.clicked.connect(self.hosting.stop)
        for widget in (self.chip, self.start, self.stop):
            self.header.add_right(widget)
        self.problem = Banner("", "warn")
        self.body.addWidget(self.problem)
        self.columns = Columns(self._laptops(), self._steps(), LEFT_WIDTH)
        self.body.addWidget(self.columns)
        self.body.addStretch(1)
        self.first_focus = self.start
        self._rows: dict[bytes, _LaptopRow] = {}
        self._places, self._starting = "", False
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_code)
        self._follow = restarting(self, FOLLOW_MS, lambda: self.refresh(set()))
        self.hosting.changed.connect(self._changed)
        self._show_state()

    # ---------------------------------------------------------------- building
    def _steps(self) -> QWidget:
        card = Card(_("Minta pelatih melakukan ini"), level="h2")
        self.network = _step_text(_("Sambung ke Wi-Fi yang sama dengan laptop ini"))
        card.add(_step(1, self.network))
        card.add(_step(2, _step_text(_("Tekan <b>Kirim data</b> lalu <b>Kirim lewat Wi-Fi</b>"))))
        card.add(_step(3, _step_text(_("Bila diminta, ketik kode ini:"))))
        self.code = Text("", "kpi")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        card.add(self.code)
        self.code_note = Text("", "caption", wrap=True)
        card.add(self.code_note)
        self.qr = QrCode("", _("Kode QR alamat dan kode"))
        self.address = Text("", "caption", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(theme.px(12))
        line.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.address, 1, Qt.AlignmentFlag.AlignVCenter)
        card.add(line)
        hint = _("Laptop pelatih yang sudah mengenal laptop ini tidak diminta kode lagi.")
        card.add(Banner(hint, "sunken", "lightbulb"))
        card.body.addStretch(1)
        return card

    def _laptops(self) -> QWidget:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        self.list_card = Card(_("Laptop pelatih"), level="h2")
        self.count = Text("", "caption")
        self.list_card.add_right(self.count)
        self.empty = Empty("laptop", _("Belum ada laptop tersambung"))
        self.rows = RowList()
        self.list_card.add(self.empty)
        self.list_card.add(self.rows)
        self.ready = Card(" ", "package-check", level="h3")
        self.ready_note = Text("", "muted", wrap=True)
        self.ready.add(self.ready_note)
        self.send = primary(_("Kirim ke pusat"), "building-2")
        self.send.clicked.connect(lambda: self.desk.go("send"))
        row = QHBoxLayout()
        row.addWidget(self.send)
        row.addStretch(1)
        self.ready.add(row)
        self.board = Board(self.desk)
        for card in (self.list_card, self.ready, self.board):
            column.addWidget(card)
        column.addStretch(1)
        return left

    # ---------------------------------------------------------------- reading
    def shown(self, **args: Any) -> None:
        self._show_state()
        self.refresh(set())

    def refresh(self, kinds: set[int]) -> None:
        store = self.desk.store
        self.run(lambda: (in_care(store), board(store)), self._show_read)

    def _show_read(self, read: tuple[list[Cared], list[Laptop]]) -> None:
        self._show_care(read[0])
        self.board.show_laptops(read[1])

    def _changed(self) -> None:
        self._show_state()
        if not self._follow.isActive():
            self._follow.start()

    # ---------------------------------------------------------------- showing
    def _show_state(self) -> None:
        allowed = self.desk.staff.role in SENDING_ROLES and self.hosting.possible
        on = self.hosting.state == states.ON
        starting = self.hosting.state == states.STARTING
        self.stop.setVisible(on)
        self.start.setVisible(not on)
        self.start.setEnabled(allowed and not starting)
        if on and self._starting:  # the button that was pressed is gone, and the focus with it
            self.stop.setFocus()
        self._starting = starting
        if not on and self._tick.isActive():
            self._tick.stop()
        elif on and not self._tick.isActive():
            self._tick.start()
        problem = self.hosting.problem
        words = problem.message if problem is not None else ""
        if not allowed:
            words = _("Hanya pengawas yang bisa menerima dari pelatih. Masuk dengan nama pengawas.")
        self.problem.setVisible(bool(words))
        self.problem.set_text(words)
        visits = self.hosting.hub.visits() if self.hosting.hub is not None else []
        self._show_chip(visits)
        self._show_visits(visits)
        self._show_code()

    def _show_chip(self, visits: list[Visit]) -> None:
        if self.hosting.state != states.ON:
            self.chip.show_state(_("Belum menerima"), "mute", "wifi")
            return
        sending = sum(visit.state == SENDING for visit in visits)
        words = _("Menerima · {n} tersambung").format(n=number(sending))
        self.chip.show_state(words, "ok", "wifi")

    def _show_visits(self, visits: list[Visit]) -> None:
        self.empty.setVisible(not visits)
        parts = {
            DONE: _("{n} selesai"),
            SENDING: _("{n} berjalan"),
            BROKEN: _("{n} terputus"),
        }
        counted = [(sum(visit.state == state for visit in visits), words) for state, words in parts.items()]
        self.count.setText(" · ".join(words.format(n=number(n)) for n, words in counted if n))
        for visit in reversed(visits):
            row = self._rows.get(visit.replica)
            if row is None:
                row = self._rows[visit.replica] = _LaptopRow(visit.name)
                self.rows.add(row)
            row.show_visit(visit)
        if not visits and self._rows:
            self._rows.clear()
            self.rows.clear()

    def _show_code(self) -> None:
        hub = self.hosting.hub
        if hub is None:
            self.code.setText("– – –")
            self.code_note.setText(_("Kode muncul sesudah Mulai menerima ditekan."))
            self.address.setText("")
            self.qr.hide()
            return
        digits = hub.code
        spaced = " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))
        if self.code.text() != spaced:
            self.code.setText(spaced)
            self.code.setAccessibleName(_("Kode {kode}").format(kode=" ".join(digits)))
        minutes = max(1, -(-int(hub.seconds_left) // 60))
        note = ngettext("Kode berganti {n} menit lagi.", "Kode berganti {n} menit lagi.", minutes)
        only = _("Hanya laptop terdaftar yang bisa mengirim.")
        self.code_note.setText(f"{note.format(n=number(minutes))} {only}")
        self._show_places(hub.addresses, digits)

    def _show_places(self, addresses: Sequence[str], code: str) -> None:
        """Where this laptop is, in letters and as a QR, and in which Wi-Fi."""
        places = ", ".join(addresses)
        words = _(
            "Bila laptop ini tidak ditemukan, ketik alamat {alamat}, atau pindai QR ini dengan alat pemindai."
        ).format(alamat=places)
        self.address.setText(words if places else _("Laptop ini belum tersambung ke Wi-Fi."))
        self.qr.setVisible(bool(places))
        if places:
            self.qr.set_text(invitation(addresses[0], code))
        if places != self._places:
            self._places = places
            self._look_for_wifi()

    def _look_for_wifi(self) -> None:
        """Asked when this laptop comes into another network; it may take seconds."""
        from trainer_app.sync.wifi import wifi_name

        self.run(wifi_name, self._show_wifi, lane="network")

    def _show_wifi(self, name: str | None) -> None:
        words = _("Sambung ke Wi-Fi <b>{nama}</b>").format(nama=escape(name or ""))
        self.network.setText(words if name else _("Sambung ke Wi-Fi yang sama dengan laptop ini"))

    def _show_care(self, cared: list[Cared]) -> None:
        waiting = sum(one.changes for one in cared)
        laptops = len({one.replica for one in cared})
        self.ready.setVisible(bool(waiting))
        title = _("{n} perubahan dari {laptop} laptop siap dikirim ke pusat")
        self.ready.set_title(title.format(n=number(waiting), laptop=number(laptops)))
        self.ready_note.setText(
            _("Kirim saat ada sinyal. Laptop pelatih menyimpan semuanya sampai pusat memberi tanda terima.")
        )


class _LaptopRow(QWidget):
    """One trainer's laptop: name, state, bar, and a line that says the same in words."""

    def __init__(self, name: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.px(9), 0, theme.px(9))
        row.setSpacing(theme.px(14))
        row.addWidget(Icon("laptop", "ink2", 24), 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout()
        column.setSpacing(theme.px(4))
        head = QHBoxLayout()
        self.name = Text(name, "h3")
        self.chip = Chip("", "mute", "check")
        head.addWidget(self.name)
        head.addStretch(1)
        head.addWidget(self.chip)
        self.bar = Progress(name)
        self.line = Text("", "caption", wrap=True)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.line)
        row.addLayout(column, 1)

    def show_visit(self, visit: Visit) -> None:
        words = {SENDING: _("mengirim"), DONE: _("selesai"), BROKEN: _("terputus")}
        tone, icon = _TONES[visit.state]
        self.name.setText(visit.name)
        self.chip.show_state(words[visit.state], tone, icon)
        total = visit.received + visit.left
        share = visit.received / total if total else float(visit.state == DONE)
        line = _visit_words(visit)
        self.bar.set_part(share, 1.0, f"{percent(share)}. {line}")
        self.line.setText(line)


def _visit_words(visit: Visit) -> str:
    total = visit.received + visit.left
    if visit.left:
        line = _("{n} dari {semua} perubahan").format(n=number(visit.received), semua=number(total))
        if visit.state == BROKEN:
            line = f"{line} · {_('sisanya tetap di laptop itu')}"
    elif visit.received:
        line = _("{n} perubahan, sama dengan di laptopnya").format(n=number(visit.received))
    else:
        line = _("Tidak ada yang baru · kabar dari pusat diperbarui")
    if visit.receipts:
        words = ngettext("{n} tanda terima dibawa pulang", "{n} tanda terima dibawa pulang", visit.receipts)
        line = f"{line} · {words.format(n=number(visit.receipts))}"
    return line


def _step_text(text: str) -> Text:
    return Text(text, "body", wrap=True, rich=True)


def _step(place: int, text: Text) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.px(10))
    row.addWidget(Text(f"{place}.", "strong"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(text, 1)
    return row
