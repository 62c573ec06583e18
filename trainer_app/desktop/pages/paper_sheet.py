"""A page of paper before it is printed: as it will look, saved as a PDF or given to a printer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QRectF, QStandardPaths, Qt
from PySide6.QtGui import QKeyEvent, QPageLayout, QPageSize, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QDialog, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.choosing import choose_new_file
from trainer_app.desktop.pages.paper_file import A4_MM
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.problem import Problem
from trainer_app.words import _

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from trainer_app.desktop.session import Desk

WIDTH, HEIGHT = 640, 400


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """One A4 page. ``words`` is what stands on it, for screen readers."""

    title: str
    file_name: str
    words: str
    draw: Callable[[QPainter, QRectF], None]
    pdf: Callable[[], bytes]


class PaperSheet(Sheet):
    """Shows the page given to ``set_page``; its buttons wait until there is one."""

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__(desk.host.widget(), title, "", "printer", width=WIDTH)
        self.desk = desk
        self.page: PrintedPage | None = None
        self.preview = Preview()
        self.scroller = ScrollBody()
        self.scroller.setMinimumHeight(theme.px(HEIGHT))
        self.scroller.body.addWidget(self.preview)
        self.scroller.body.addStretch(1)
        self.body.addWidget(self.scroller)
        self.add_button("ok", _("Tutup"))
        self.save = self.add_button("", _("Simpan PDF…"))
        self.save.clicked.connect(self._choose)
        self.print = self.add_button("", _("Cetak…"), "primary", default=True)
        self.print.clicked.connect(self._print)
        for button in (self.save, self.print):
            button.setEnabled(False)

    def set_page(self, page: PrintedPage) -> None:
        """What is to be printed."""
        self.page = page
        self.preview.show_page(page)
        for button in (self.save, self.print):
            button.setEnabled(True)
        self.print.setFocus()

    def _cannot(self, problem: Problem) -> None:
        self.set_problem(problem.message)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The page scrolls with PgUp and PgDn wherever the focus is."""
        bar = self.scroller.verticalScrollBar()
        if event.key() == Qt.Key.Key_PageDown:
            bar.setValue(bar.value() + bar.pageStep())
        elif event.key() == Qt.Key.Key_PageUp:
            bar.setValue(bar.value() - bar.pageStep())
        else:
            super().keyPressEvent(event)

    # ---------------------------------------------------------------- a file
    def _choose(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        if self.page is None:
            return
        name = self.page.file_name
        dialog = choose_new_file(self, _("Simpan PDF"), folder, name, "pdf")
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Writes the PDF there; a stick may be slow, so that the network's worker does it."""
        if self.page is None:
            return
        data = self.page.pdf()
        self.desk.run(
            self, lambda: write_whole(path, data), lambda _n: self._saved(path), self._cannot, lane="network"
        )

    def _saved(self, path: Path) -> None:
        self.close_with("saved")
        self.desk.toast(_("Tersimpan: {berkas}").format(berkas=path.name))

    # ---------------------------------------------------------------- a printer
    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo

        if self.page is None:
            return
        if not QPrinterInfo.availablePrinterNames():
            self.set_problem(_("Belum ada pencetak di laptop ini. Simpan PDF, lalu cetak dari laptop lain."))
            self.save.setFocus()
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self.page.title)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)

    def print_on(self, printer: QPrinter) -> None:
        """Gives the page to a printer."""
        if self.page is None:
            return
        printer.setFullPage(True)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        printer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
        painter = QPainter()
        if not painter.begin(printer):
            self.set_problem(_("Pencetak belum siap. Periksa kabel dan kertas, atau simpan PDF."))
            return
        self.page.draw(painter, QRectF(0, 0, printer.width(), printer.width() * A4_MM[1] / A4_MM[0]))
        painter.end()
        self.close_with("printed")
        self.desk.toast(_("Dikirim ke pencetak."))


class Preview(QWidget):
    """The page, as wide as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._page: PrintedPage | None = None

    def show_page(self, page: PrintedPage) -> None:
        """Shows it, and says it in words for screen readers."""
        self._page = page
        self.setAccessibleName(page.title)
        self.setAccessibleDescription(page.words)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(round(self.width() * A4_MM[1] / A4_MM[0]))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._page is not None:
            self._page.draw(painter, QRectF(self.rect()))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file so that it is there whole or not at all. Raises `Problem` when it cannot."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as fault:
        part.unlink(missing_ok=True)
        message = _("PDF belum bisa disimpan di {folder}. Pilih folder lain atau kosongkan ruang.")
        raise Problem(message.format(folder=path.parent), code="pdf.write") from fault
