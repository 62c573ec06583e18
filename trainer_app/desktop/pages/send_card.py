"""The card that sends: a button, then how far it is, then what came of it. It says what ``Sending`` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.desktop import sending as states
from trainer_app.desktop import theme
from trainer_app.desktop.pages.join_again import NEEDS_CODE, JoinAgainSheet
from trainer_app.desktop.pages.send_ways import WayCard
from trainer_app.desktop.parts.bars import Progress
from trainer_app.desktop.parts.buttons import primary, quiet, secondary
from trainer_app.desktop.parts.card import Icon
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.sending_words import photo_facts
from trainer_app.records.staff import BY_ITSELF
from trainer_app.storage import blobs
from trainer_app.storage.peers import waiting_bytes
from trainer_app.storage.sending_state import SendState
from trainer_app.sync.metering import rupiah
from trainer_app.words import _, duration, file_size, ngettext, number, percent

if TYPE_CHECKING:
    from trainer_app.desktop.sending import Ended, Sending
    from trainer_app.desktop.session import Desk
    from trainer_app.storage.store import Store

LEAST_BYTES = 10_000  # below this, greeting each other takes more than the records
TICK_MS = 1000
ROUNDED_TO_SECONDS = 10  # a guess that counts every second looks like a promise
QUARTERS = (25, 50, 75, 100)


class SendCard(WayCard):
    """``asked`` when somebody wants to send: the page decides whether a supervisor is needed."""

    asked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Internet"), "globe")
        self.desk = desk
        self.sending: Sending = desk.sending
        self.chip = Chip(_("Internet"), "info", "globe")
        self.add_right(self.chip)
        self.bar = Progress(_("Pengiriman"))
        self.add(self.bar)
        self.add(self.line)
        self.photo_line = Text("", "muted", wrap=True)
        self.add(self.photo_line)
        self.facts = RowList()
        self.add(self.facts)
        self._buttons()
        self.add(self._promise())
        self._quarter = 0
        self._state: SendState | None = None
        self._needs_supervisor, self._rule = False, ""
        self._waiting_bytes = 0
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.show_now)
        self.sending.changed.connect(self.show_now)

    def _buttons(self) -> None:
        self.start = primary(_("Kirim lewat internet"))
        self.start.clicked.connect(self.asked)
        self.pause = secondary(_("Jeda"), "pause")
        self.pause.clicked.connect(self.sending.pause)
        self.resume = primary(_("Lanjutkan"), "play")
        self.resume.clicked.connect(lambda: self.sending.start())
        self.cancel = quiet(_("Batalkan"))
        self.cancel.clicked.connect(self.sending.cancel)
        self.close_end = secondary(_("Selesai"))
        self.close_end.clicked.connect(self.sending.dismiss)
        self.join = primary(_("Daftarkan ulang laptop"), "laptop")
        self.join.clicked.connect(self._join_again)
        self.add_buttons(self.join, self.start, self.resume, self.pause, self.cancel, self.close_end)

    def _join_again(self) -> None:
        JoinAgainSheet(self.desk, self.sending.start).open()

    def _promise(self) -> QWidget:
        self.promise = QWidget()
        row = QHBoxLayout(self.promise)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(Icon("shield-check", "ok_text", 20))
        row.addWidget(
            Text(_("Boleh ditutup kapan saja. Dilanjutkan dari bagian terakhir."), "muted", wrap=True), 1
        )
        return self.promise

    # ---------------------------------------------------------------- showing
    def set_facts(self, state: SendState, *, needs_supervisor: bool, rule: str) -> None:
        """What waits, and who may send it."""
        self._state, self._needs_supervisor, self._rule = state, needs_supervisor, rule
        self.show_now()
        self.desk.run(self, lambda: _waiting_bytes(self.desk.store), self._set_waiting)

    def _set_waiting(self, size: int) -> None:
        if size != self._waiting_bytes:
            self._waiting_bytes = size
            self.show_now()

    def show_now(self) -> None:
        """Everything as it is at this moment."""
        views = {
            states.RUNNING: self._show_running,
            states.PAUSED: self._show_paused,
            states.DONE: self._show_done,
            states.FAILED: self._show_failed,
            states.CANCELLED: self._show_cancelled,
        }
        running = self.sending.state == states.RUNNING
        self.set_big(self.sending.state != states.IDLE)
        self.chip.setVisible(self.big)
        if running and not self._tick.isActive():
            self._quarter = 0
            self._tick.start()
        elif not running:
            self._tick.stop()
        self.bar.setVisible(self.sending.state in (states.RUNNING, states.PAUSED))
        self.photo_line.setVisible(running and self.sending.step.photos_total > 0)
        self.promise.setVisible(self.sending.state in (states.RUNNING, states.PAUSED, states.FAILED))
        self.facts.setVisible(self.sending.state == states.DONE)
        views.get(self.sending.state, self._show_idle)()

    def _show_idle(self) -> None:
        state = self._state
        self.set_title(_("Internet"))
        received = state is not None and state.all_received
        self.start.show_text(_("Ambil kabar dari pusat") if received else _("Kirim lewat internet"))
        self.line.setText(f"{self._who_words()} {self._cost_words()}".strip())
        self.offer(self.start)

    def _cost_words(self) -> str:
        """About how much data a sending takes, and what that costs where the price is known."""
        if not self._waiting_bytes:
            return ""
        if self._waiting_bytes < LEAST_BYTES:
            return _("Kurang dari {n} data.").format(n=file_size(LEAST_BYTES))
        size, price = file_size(self._waiting_bytes), self.desk.settings.data_price
        if not price:
            return _("Kira-kira {n} data.").format(n=size)
        cost = number(rupiah(self._waiting_bytes, price))
        return _("Kira-kira {n} data, Rp {harga}.").format(n=size, harga=cost)

    def _who_words(self) -> str:
        if self._rule == BY_ITSELF:
            return _("Laptop ini mengirim sendiri bila ada sinyal. Anda juga bisa mulai sekarang.")
        if self._needs_supervisor:
            return _("Langsung ke pusat bila ada sinyal. Pengawas memulai dengan PIN-nya.")
        return _("Langsung ke pusat bila ada sinyal.")

    def _show_running(self) -> None:
        step, sending = self.sending.step, self.sending
        connecting = step.phase == "connecting"
        self.set_title(_("Menghubungi pusat…") if connecting else _("Mengirim ke pusat"))
        done, total = step.bytes_done + step.photo_bytes_done, step.bytes_total + step.photo_bytes_total
        share = done / total if total else float(step.phase == "receiving")
        words = _("Menghubungi pusat…") if connecting else self._step_words()
        if sending.stopping:
            words = _("Berhenti sesudah bagian ini sampai…")
        elif sending.stalled_seconds:
            waited = duration(sending.stalled_seconds)
            words = _("Menunggu sambungan… {waktu}").format(waktu=waited)
        self.line.setText(words)
        self.photo_line.setText(self._photo_words())
        self.bar.set_part(share, 1.0, f"{percent(share)}. {words}")
        self._announce_quarter(share)
        self.offer(self.pause, self.cancel)

    def _step_words(self) -> str:
        step = self.sending.step
        if step.phase == "receiving" and step.bytes_done >= step.bytes_total:
            n = step.received
            return ngettext(
                "Menerima kabar dari pusat · {n} catatan", "Menerima kabar dari pusat · {n} catatan", n
            ).format(n=number(n))
        parts = [
            _("{n} dari {semua} catatan").format(
                n=number(step.records_done), semua=number(step.records_total)
            ),
            _("{n} dari {semua}").format(n=file_size(step.bytes_done), semua=file_size(step.bytes_total)),
        ]
        left = self.sending.seconds_left
        if left is not None:
            rounded = -(-left // ROUNDED_TO_SECONDS) * ROUNDED_TO_SECONDS
            parts.append(_("kira-kira {waktu} lagi").format(waktu=duration(rounded)))
        return " · ".join(parts)

    def _photo_words(self) -> str:
        """The second line: photos go last."""
        step = self.sending.step
        if step.phase != "photos":
            return _("Foto menyusul sesudah catatan: {n}").format(n=number(step.photos_total))
        return _("Foto: {n} dari {semua} · {besar} dari {total}").format(
            n=number(step.photos_done),
            semua=number(step.photos_total),
            besar=file_size(step.photo_bytes_done),
            total=file_size(step.photo_bytes_total),
        )

    def _announce_quarter(self, share: float) -> None:
        reached = max((quarter for quarter in QUARTERS if share * 100 >= quarter), default=0)
        if reached > self._quarter:
            self._quarter = reached
            self.desk.announce(_("Terkirim {bagian}").format(bagian=percent(reached / 100)))

    def _show_paused(self) -> None:
        self.set_title(_("Pengiriman dijeda"))
        self.line.setText(_("Yang sudah sampai tetap tercatat di pusat."))
        self.offer(self.resume, self.cancel)

    def _show_cancelled(self) -> None:
        self.set_title(_("Pengiriman dihentikan"))
        self.line.setText(_("Yang sudah sampai tetap tercatat di pusat. Sisanya aman di laptop ini."))
        self.start.show_text(_("Kirim lagi"))
        self.offer(self.start, self.close_end)

    def _show_failed(self) -> None:
        problem = self.sending.problem
        self.set_title(_("Belum bisa mengirim"))
        self.line.setText(problem.message if problem is not None else "")
        self.start.show_text(_("Coba lagi"))
        needs_code = problem is not None and problem.code in NEEDS_CODE
        self.offer(self.join if needs_code else self.start, self.close_end)

    def _show_done(self) -> None:
        ended = self.sending.ended
        if ended is None:
            return
        if ended.after.all_received:
            self.set_title(_("Semua sudah diterima pusat"))
        else:
            self.set_title(_("Pengiriman selesai"))
        took = _("Selesai dalam {waktu}.").format(waktu=duration(ended.seconds))
        if ended.result.revoked:
            took = _("Laptop ini sudah dicabut oleh pusat. Hubungi pengawas.")
        elif ended.result.update:
            took = _("Data sudah diambil pusat. Perbarui Trainer App supaya kabar dari pusat bisa dibaca.")
        self.line.setText(took)
        self.facts.clear()
        for icon, words, tone in end_facts(ended, self.desk.settings.data_price):
            self.facts.add(ActionRow(icon, words, tone=tone))
        self.offer(*((self.join,) if ended.result.revoked else ()), self.close_end)


def _waiting_bytes(store: Store) -> int:
    """About what a sending over the internet takes, with photos where they go too."""
    from trainer_app.sync.carriers import photos_go

    photos = blobs.waiting(store) if photos_go(store, near=False) else []
    return waiting_bytes(store) + sum(photo.size for photo in photos)


def end_facts(ended: Ended, price: int = 0) -> list[tuple[str, str, str]]:
    """What a sending came to: icon, sentence, tone. `price`: rupiah for a megabyte, 0 when nobody said."""
    result, after = ended.result, ended.after
    facts = []
    if ended.records:
        facts.append(("building-2", _("{n} catatan diterima pusat").format(n=number(ended.records)), "ok"))
    elif not result.received_operations and not ended.carried:
        facts.append(("circle-check", _("Tidak ada yang baru"), "ok"))
    if ended.carried:
        words = _("{n} perubahan dari laptop pelatih diterima pusat")
        facts.append(("laptop", words.format(n=number(ended.carried)), "ok"))
    if result.received_operations:
        words = ngettext("{n} perubahan dari pusat", "{n} perubahan dari pusat", result.received_operations)
        facts.append(("download", words.format(n=number(result.received_operations)), "info"))
    if result.receipts:
        facts.append(("receipt-text", _("Tanda terima {kode}").format(kode=", ".join(result.receipts)), "ok"))
    facts += photo_facts(result)
    if price:
        size = result.bytes_up + result.bytes_down
        words = _("{n} data terpakai, kira-kira Rp {harga}")
        facts.append(("globe", words.format(n=file_size(size), harga=number(rupiah(size, price))), "info"))
    if after.rejected:
        facts.append(("triangle-alert", _("{n} perlu diperbaiki").format(n=number(after.rejected)), "bad"))
    if after.pending:
        facts.append(("clock", _("{n} menunggu dikirim").format(n=number(after.pending)), "warn"))
    return facts
