"""Receipts of the centre: the list, and one of them with digest, QR and the comparison with this laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from trainer_app.desktop import theme
from trainer_app.desktop.pages.receipt_paper import explained, qr_text, verdict_words
from trainer_app.desktop.pages.receipt_print import PrintSheet
from trainer_app.desktop.parts.buttons import IconButton, quiet
from trainer_app.desktop.parts.card import Banner, Card
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.qr_code import QrCode
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.sending_words import moment
from trainer_app.records.fields import KINDS
from trainer_app.records.problem import Problem
from trainer_app.storage.receipts import KeptReceipt, receipts
from trainer_app.sync.comparing import Comparison, compare
from trainer_app.sync.receipt import receipt_digest
from trainer_app.words import _, day_and_time, ngettext, number

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

SHOWN = 3
ALL_SHOWN = 200
KINDS_A_ROW = 2


def changes(n: int) -> str:
    """A receipt covers edits, of which one person on the form makes several."""
    return ngettext("{n} perubahan", "{n} perubahan", n).format(n=number(n))


class ReceiptsCard(Card):
    """The newest receipts, and the way to all of them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Tanda terima pusat"))
        self.desk = desk
        self.all = quiet(_("Semua"))
        self.all.clicked.connect(lambda: AllReceiptsSheet(self.desk).open())
        self.add_right(self.all)
        self.rows = RowList()
        self.add(self.rows)
        self.found: list[KeptReceipt] = []

    def show_receipts(self, found: list[KeptReceipt], most: int = SHOWN) -> None:
        """The newest ``most`` of them; fewer where other cards need the room."""
        self.found = found
        self.rows.clear()
        self.all.setVisible(len(found) > most)
        if not found:
            self.rows.add(
                Text(_("Belum ada. Tanda terima muncul setelah pusat menerima catatan."), "muted", wrap=True)
            )
        for receipt in found[:most]:
            self.rows.add(receipt_row(self.desk, receipt))


def receipt_row(desk: Desk, receipt: KeptReceipt) -> ActionRow:
    """Code and count, when, and a button that opens it."""
    lines = f"{day_and_time(moment(receipt.received_at))}\n{changes(receipt.operations)}"
    row = ActionRow("receipt-text", receipt.code, lines, "ok")
    button = IconButton("qr-code", _("Lihat tanda terima {kode}").format(kode=receipt.code))
    button.clicked.connect(lambda: ReceiptSheet(desk, receipt).open())
    row.add_right(button)
    paper = IconButton("printer", _("Cetak tanda terima {kode}").format(kode=receipt.code))
    paper.clicked.connect(lambda: PrintSheet(desk, receipt).open())
    row.add_right(paper)
    return row


class AllReceiptsSheet(Sheet):
    """All receipts, in a list that scrolls."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.host.widget(), _("Tanda terima pusat"), "", "receipt-text")
        self.desk = desk
        scroll = ScrollBody()
        scroll.setMinimumHeight(theme.px(360))
        self.rows = RowList()
        scroll.body.addWidget(self.rows)
        scroll.body.addStretch(1)
        self.body.addWidget(scroll)
        self.add_button("ok", _("Tutup"), "primary", default=True)
        store = desk.store
        desk.run(self, lambda: receipts(store, ALL_SHOWN), self._show)

    def _show(self, found: list[KeptReceipt]) -> None:
        for receipt in found:
            row = receipt_row(self.desk, receipt)
            self.rows.add(row)


class ReceiptSheet(Sheet):
    """One receipt. "Cocokkan" counts again what this laptop holds and compares it with what the centre
    confirmed.
    """

    def __init__(self, desk: Desk, receipt: KeptReceipt) -> None:
        title = _("Tanda terima {kode}").format(kode=receipt.code)
        super().__init__(desk.host.widget(), title, "", "receipt-text")
        self.desk, self.receipt = desk, receipt
        self._comparing = False
        self.body.addLayout(self._facts())
        self.verdict = Banner("", "info")
        self.verdict.hide()
        self.body.addWidget(self.verdict)
        self.explained = Text("", "muted", wrap=True)
        self.explained.hide()
        self.body.addWidget(self.explained)
        self.table = QGridLayout()
        self.table.setVerticalSpacing(theme.px(2))
        self.body.addLayout(self.table)
        self.copy = self.add_button("", _("Salin"))
        self.copy.clicked.connect(self._copy)
        paper = self.add_button("", _("Cetak"))
        paper.clicked.connect(self._to_paper)
        self.match = self.add_button("", _("Cocokkan"), "secondary")
        self.match.clicked.connect(self.compare)
        self.add_button("ok", _("Tutup"), "primary", default=True)

    def _facts(self) -> QHBoxLayout:
        receipt, store, places = self.receipt, self.desk.store, self.desk.places
        row = QHBoxLayout()
        row.setSpacing(theme.px(18))
        words = QGridLayout()
        words.setHorizontalSpacing(theme.px(14))
        words.setVerticalSpacing(theme.px(4))
        words.setColumnStretch(1, 1)
        pairs = (
            (_("Diterima pusat"), day_and_time(moment(receipt.received_at))),
            (_("Laptop"), store.name),
            (_("Wilayah"), places.area_label(receipt.area)),
            (_("Isi"), changes(receipt.operations)),
            (_("Nomor perubahan"), f"{number(receipt.lo)}–{number(receipt.hi)}"),
            (_("Sidik data"), receipt_digest(receipt.body)),
        )
        for place, (label, value) in enumerate(pairs):
            words.addWidget(Text(label, "caption"), place, 0, Qt.AlignmentFlag.AlignTop)
            words.addWidget(Text(value, "strong", wrap=True), place, 1)
        words.setRowStretch(len(pairs), 1)
        row.addLayout(words, 1)
        row.addWidget(QrCode(qr_text(self.receipt), _("Kode QR tanda terima")), 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(qr_text(self.receipt))
        self.copy.show_text(_("Tersalin"))
        self.desk.announce(_("Tersalin"))

    def _to_paper(self) -> None:
        self.close_with("print")
        PrintSheet(self.desk, self.receipt).open()

    def compare(self) -> None:
        """Counts on the worker: every segment of the run is opened again."""
        store, body = self.desk.store, self.receipt.body
        if self._comparing:
            return
        self._comparing = True  # not disabled: the button would lose the focus

        def done() -> None:
            self._comparing = False

        self.desk.run(self, lambda: compare(store, body), self._show, self._cannot, done)

    def _show(self, found: Comparison) -> None:
        words = verdict_words(found)
        self.verdict.show_state(words, "ok" if found.same else "bad")
        self.verdict.show()
        self.explained.setText(explained(found.records, found.here))
        self.explained.show()
        self.desk.announce(words)
        self._show_kinds(found)

    def _show_kinds(self, found: Comparison) -> None:
        while (item := self.table.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for place, (kind, here, there) in enumerate(found.kinds):
            title = _(KINDS[kind].title) if kind in KINDS else str(kind)
            sign = "=" if here == there else "≠"
            text = Text(f"{title}: {number(here)} {sign} {number(there)}", "muted")
            self.table.addWidget(text, place // KINDS_A_ROW, place % KINDS_A_ROW)

    def _cannot(self, problem: Problem) -> None:
        self.set_problem(problem.message)
