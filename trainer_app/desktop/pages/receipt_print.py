"""Printing a receipt: compared with this laptop first, then shown as it will look."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from trainer_app.desktop.pages.paper_sheet import PaperSheet, PrintedPage
from trainer_app.desktop.pages.receipt_paper import Paper, draw, paper_of, pdf_of
from trainer_app.storage.receipts import KeptReceipt
from trainer_app.sync.comparing import Comparison, compare
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk


class PrintSheet(PaperSheet):
    """Compares first, so that the paper says what is so now; then shows it."""

    def __init__(self, desk: Desk, receipt: KeptReceipt) -> None:
        super().__init__(desk, _("Cetak tanda terima {kode}").format(kode=receipt.code))
        self.receipt = receipt
        self.paper: Paper | None = None
        store, body = desk.store, receipt.body
        desk.run(self, lambda: compare(store, body), self._show, self._cannot)

    def _show(self, found: Comparison) -> None:
        self.paper = paper_of(self.desk, self.receipt, found, self.desk.now())
        self.set_page(printed(self.paper))


def printed(paper: Paper) -> PrintedPage:
    """The receipt as a page for the sheet."""
    lines = [": ".join(pair) for pair in (*paper.facts, *paper.kinds)]

    def on(painter: QPainter, page: QRectF) -> None:
        draw(painter, paper, page)

    return PrintedPage(
        title=_("Tanda terima {kode}").format(kode=paper.code),
        file_name=f"tanda-terima-{paper.code}.pdf",
        words=". ".join([*lines, paper.verdict, paper.foot]),
        draw=on,
        pdf=partial(pdf_of, paper),
    )
