"""Sending over Wi-Fi to a supervisor's laptop: the card on the page, and the sheet that finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer_app.actions.staff import SENDING_ROLES
from trainer_app.desktop import network_work as states
from trainer_app.desktop.handing_over import DONE, Handed
from trainer_app.desktop.pages.send_ways import WayCard
from trainer_app.desktop.parts.bars import Progress
from trainer_app.desktop.parts.buttons import quiet, secondary
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.lines import DigitsEditor, LineEditor
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.sending_words import photo_facts
from trainer_app.records.problem import Problem
from trainer_app.sync.discovery import Browser, Nearby
from trainer_app.sync.invitation import read_invitation
from trainer_app.sync.pairing import CODE_NEEDED, CODE_WRONG, known_hubs
from trainer_app.words import _, ngettext, number, percent

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

#: Problems that are put right in the sheet: the address and the code can be typed again there.
_IN_SHEET = (
    "hub.address",
    "hub.none",
    "hub.wait",
    "hub.code_form",
    "http.unreachable",
    CODE_NEEDED,
    CODE_WRONG,
)


class LanCard(WayCard):
    """Hands over to the supervisor's laptop; supervisors find the way to taking in here."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Wi-Fi pengawas"), "wifi")
        self.desk = desk
        self.work = desk.sending.handing
        self.bar = Progress(_("Kirim lewat Wi-Fi"))
        self.facts = RowList()
        for part in (self.bar, self.line, self.facts):
            self.add(part)
        self._buttons()
        self.sheet: LanSheet | None = None
        self.work.changed.connect(self.show_now)
        self.show_now()

    def _buttons(self) -> None:
        self.start = secondary(_("Kirim lewat Wi-Fi"))
        self.start.clicked.connect(self.ask)
        self.take = secondary(_("Terima dari pelatih"))
        self.take.clicked.connect(lambda: self.desk.go("hub"))
        self.cancel = quiet(_("Batalkan"))
        self.cancel.clicked.connect(self.work.stop)
        self.close_end = secondary(_("Selesai"))
        self.close_end.clicked.connect(self.work.dismiss)
        self.add_buttons(self.start, self.take, self.cancel, self.close_end)

    def ask(self) -> None:
        """Looks for the supervisor's laptop in a sheet."""
        self.work.dismiss()
        self.sheet = LanSheet(self.desk)
        self.sheet.open()

    # ---------------------------------------------------------------- showing
    def show_now(self) -> None:
        """Everything as it is at this moment."""
        views = {
            states.IDLE: self._show_idle,
            states.RUNNING: self._show_running,
            DONE: self._show_done,
            states.FAILED: self._show_failed,
        }
        self.set_big(self.work.state != states.IDLE)
        self.bar.setVisible(self.work.state == states.RUNNING)
        self.facts.setVisible(self.work.state == DONE)
        views[self.work.state]()

    def _show_idle(self) -> None:
        self.set_title(_("Wi-Fi pengawas"))
        self.start.show_text(_("Kirim lewat Wi-Fi"))
        self.line.setText(_("Laptop pengawas di dekat Anda. Tanpa internet."))
        supervises = self.desk.staff.role in SENDING_ROLES and self.desk.sending.hosting.possible
        self.offer(self.start, self.take) if supervises else self.offer(self.start)

    def _show_running(self) -> None:
        name = self.work.hub_name
        self.set_title(
            _("Mengirim ke {nama}").format(nama=name) if name else _("Menghubungi laptop pengawas…")
        )
        words = _("Boleh ditutup kapan saja. Dilanjutkan dari bagian terakhir.")
        self.line.setText(words)
        self.bar.set_part(self.work.share, 1.0, f"{percent(self.work.share)}. {words}")
        self.offer(self.cancel)

    def _show_failed(self) -> None:
        self.set_title(_("Belum bisa mengirim"))
        self.line.setText(self.work.problem.message if self.work.problem is not None else "")
        self.start.show_text(_("Coba lagi"))
        self.offer(self.start, self.close_end)

    def _show_done(self) -> None:
        handed = self.work.result
        if not isinstance(handed, Handed):
            return
        self.set_title(_("Sudah di laptop pengawas"))
        self.line.setText(
            _("Catatan tetap di laptop ini sampai pusat memberi tanda terima.")
            if handed.after.at_supervisor
            else ""
        )
        self.start.show_text(_("Kirim lewat Wi-Fi"))
        self.facts.clear()
        for icon, words, tone in handed_facts(handed):
            self.facts.add(ActionRow(icon, words, tone=tone))
        self.offer(self.close_end)


def handed_facts(handed: Handed) -> list[tuple[str, str, str]]:
    """What a meeting came to: icon, sentence, tone."""
    result, after = handed.result, handed.after
    words = _("{n} catatan ada di {nama}, belum di pusat")
    facts = [("laptop", words.format(n=number(after.at_supervisor), nama=handed.hub.name), "info")]
    if result.receipts:
        facts.append(("receipt-text", _("Tanda terima {kode}").format(kode=", ".join(result.receipts)), "ok"))
    if after.received > handed.before.received:
        n = after.received - handed.before.received
        facts.append(("building-2", _("{n} catatan diterima pusat").format(n=number(n)), "ok"))
    if result.received_operations:
        n = result.received_operations
        words = ngettext("{n} perubahan dari pusat dan rekan", "{n} perubahan dari pusat dan rekan", n)
        facts.append(("download", words.format(n=number(n)), "info"))
    if after.pending:
        facts.append(("clock", _("{n} menunggu dikirim").format(n=number(after.pending)), "warn"))
    facts += photo_facts(result)
    if result.revoked:
        facts.append(("ban", _("Laptop ini sudah dicabut oleh pusat. Hubungi pengawas."), "bad"))
    return facts


class LanSheet(Sheet):
    """Finds supervisors' laptops, takes a typed address, and asks for the code only when it is needed."""

    def __init__(self, desk: Desk, browser: Browser | None = None) -> None:
        text = _("Sambung dulu ke Wi-Fi yang sama dengan laptop pengawas.")
        super().__init__(desk.host.widget(), _("Kirim lewat Wi-Fi"), text, "wifi")
        self.desk, self.work = desk, desk.sending.handing
        self._known = {hub.replica: hub for hub in known_hubs(desk.store)}
        self._found: list[Nearby] = []
        self._choice: Seg | None = None
        self.looking = Text(_("Mencari laptop pengawas…"), "muted", wrap=True)
        self.body.addWidget(self.looking)
        self.address = LineEditor("192.168.1.5", 160)
        self.address.returnPressed.connect(self._scanned)
        self.body.addWidget(
            Field(
                _("Alamat"),
                self.address,
                _("bila tidak ditemukan: ada di layar laptop pengawas"),
                message=False,
            )
        )
        self.code = DigitsEditor((2, 2, 2), 6)
        self.code_field = Field(
            _("Kode 6 angka"), self.code, _("di layar laptop pengawas, sekali saja"), message=False
        )
        self.code_field.hide()
        self.body.addWidget(self.code_field)
        self.add_button("", _("Kembali")).clicked.connect(self.reject)
        self.go = self.add_button("", _("Kirim"), "primary", default=True)
        self.go.clicked.connect(self._submit)
        self.code.finished.connect(self._submit)
        last = next(iter(self._known.values()), None)
        if last is not None:
            self.address.set_value(last.address)
        self._browser = browser
        self.finished.connect(self._close_browser)
        self.work.changed.connect(self._follow)
        if browser is None:
            desk.run(self, lambda: Browser(self._heard), self._looking, lane="network")

    # ---------------------------------------------------------------- finding
    def _looking(self, browser: Browser) -> None:
        self._browser = browser
        self._show_found()

    def _heard(self) -> None:
        self.desk.background.post(self._show_found, self)

    def _show_found(self) -> None:
        """One button for each laptop that says it is there; the first one is taken unless somebody chose."""
        found = self._browser.found if self._browser is not None else []
        mine = self.desk.store.replica
        found = [hub for hub in found if hub.replica != mine]
        if found == self._found:
            return
        chosen = self._choice.value() if self._choice is not None else None
        self._found = found
        if self._choice is not None:
            self._choice.hide()
            self._choice.deleteLater()
            self._choice = None
        self.looking.setText(_("Laptop pengawas di Wi-Fi ini:") if found else _("Mencari laptop pengawas…"))
        if found:
            self._choice = Seg([(hub.address, hub.name) for hub in found])
            addresses = [hub.address for hub in found]
            self._choice.set_value(chosen if chosen in addresses else addresses[0])
            self._choice.changed.connect(self._chosen)
            self.body.insertWidget(1, self._choice)
            self._chosen()

    def _chosen(self) -> None:
        value = self._choice.value() if self._choice is not None else None
        if isinstance(value, str):
            self.address.set_value(value)

    def _close_browser(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            self.desk.background.run(browser.close, lane="network")

    # ---------------------------------------------------------------- trying
    def _scanned(self) -> None:
        """A scanner types the QR of the supervisor's screen and then Enter: that says everything."""
        if read_invitation(str(self.address.value())) is not None:
            self._submit()

    def _submit(self) -> None:
        address = str(self.address.value() or "")
        scanned = read_invitation(address)
        if scanned is not None:
            address, digits = scanned
            self.address.set_value(address)
            self.code.set_value(digits)
        if not address:
            self.set_problem(_("Laptop pengawas belum ditemukan. Tunggu sebentar, atau ketik alamatnya."))
            return
        if self.work.state == states.RUNNING:
            return
        self.set_problem("")
        self.go.setEnabled(False)
        self.work.start(address, str(self.code.value() or ""))

    def _follow(self) -> None:
        """Closes once the laptop was met; what goes wrong before is put right here."""
        if self.work.state == states.FAILED and self.work.problem is not None:
            self._wrong(self.work.problem)
        elif self.work.state == DONE or self.work.hub_name:
            self.close_with("ok")

    def _wrong(self, problem: Problem) -> None:
        if problem.code not in _IN_SHEET:
            self.close_with("wrong")  # the card says it
            return
        self.go.setEnabled(True)
        self.work.dismiss()
        if problem.code == CODE_NEEDED:  # nothing went wrong
            self.text.setText(problem.message)
            self.desk.announce(problem.message)
        else:
            self.set_problem(problem.message)
        if problem.code in (CODE_NEEDED, CODE_WRONG, "hub.code_form", "hub.wait"):
            self.code.clear_value()
            self.code_field.show()
            self.code.setFocus()
