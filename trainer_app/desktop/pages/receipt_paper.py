"""A receipt on paper: one A4 page in black on white, the same on screen, in a PDF and from a printer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from trainer_app.desktop import theme
from trainer_app.desktop.pages.paper_file import A4_MM, page_pdf
from trainer_app.desktop.sending_words import moment
from trainer_app.records.fields import KINDS
from trainer_app.storage.receipts import KeptReceipt
from trainer_app.sync.comparing import Comparison
from trainer_app.sync.receipt import receipt_digest
from trainer_app.words import _, date_long, ngettext, number, time_of_day

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

_SIDE, _TOP, _WIDTH = 20.0, 22.0, 170.0  # mm
_QR_MM, _QUIET = 42.0, 4
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the page, in words. `facts` are label and value; `foot` says when, and from what."""

    code: str
    facts: tuple[Line, ...]
    kinds: tuple[Line, ...]
    verdict: str
    qr: str
    foot: str


def qr_text(receipt: KeptReceipt) -> str:
    """What the QR code says: enough to find the receipt at the centre."""
    return (
        f"TRAINER-APP {receipt.code} {receipt.area}:{receipt.lo}-{receipt.hi} "
        f"{receipt.received_at} {receipt_digest(receipt.body)}"
    )


def explained(records: int, operations: int) -> str:
    """Why the number of records that people see is not the number that the centre counts."""
    words = ngettext(
        "{n} catatan = {m} perubahan. Satu orang dengan seluruh formulirnya adalah satu catatan, "
        "dan setiap bagian yang disimpan satu perubahan.",
        "{n} catatan = {m} perubahan. Satu orang dengan seluruh formulirnya adalah satu catatan, "
        "dan setiap bagian yang disimpan satu perubahan.",
        records,
    )
    return words.format(n=number(records), m=number(operations))


def verdict_words(found: Comparison) -> str:
    """What "Cocokkan" came to."""
    if found.same:
        return _("{n} = {n} · sama persis").format(n=number(found.here))
    words = _("Laptop {di_sini}, pusat {di_sana}: berbeda. Catatan tetap aman. Hubungi pengawas.")
    return words.format(di_sini=number(found.here), di_sana=number(found.there))


def paper_of(desk: Desk, receipt: KeptReceipt, found: Comparison, now: datetime) -> Paper:
    """The page for a receipt that was just compared with this laptop."""
    name = desk.store.name
    facts = (
        (_("Diterima pusat"), _when(moment(receipt.received_at))),
        (_("Laptop"), name),
        (_("Wilayah"), desk.places.area_label(receipt.area)),
        (_("Isi"), explained(found.records, receipt.operations)),
        (_("Nomor perubahan"), f"{number(receipt.lo)}–{number(receipt.hi)}"),
        (_("Sidik data"), receipt_digest(receipt.body)),
    )
    kinds = tuple(
        (
            _(KINDS[kind].title) if kind in KINDS else str(kind),
            f"{number(here)} {'=' if here == there else '≠'} {number(there)}",
        )
        for kind, here, there in found.kinds
    )
    foot = _(
        "Dicetak {waktu} dari data di {laptop}. Hasil pencocokan berlaku pada saat itu. "
        "Tanda terima asli bertanda tangan digital pusat dan tersimpan di laptop."
    )
    foot = foot.format(waktu=_when(now), laptop=name)
    return Paper(receipt.code, facts, kinds, verdict_words(found), qr_text(receipt), foot)


def _when(at: datetime) -> str:
    """With the year: paper is kept."""
    return f"{date_long(at.date())}, {time_of_day(at)}"


def draw(painter: QPainter, paper: Paper, page: QRectF) -> None:
    """Draws the page into `page`, of which the sides are as 210 to 297."""
    painter.save()
    painter.translate(page.topLeft())
    scale = page.width() / A4_MM[0]
    painter.scale(scale, scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, *A4_MM), Qt.GlobalColor.white)
    painter.setPen(QPen(Qt.GlobalColor.black, 0.3))
    _Drawing(painter).page(paper)
    painter.restore()


class _Drawing:
    """Writes downwards; all lengths are millimetres."""

    def __init__(self, painter: QPainter) -> None:
        self._painter, self._y = painter, _TOP

    def page(self, paper: Paper) -> None:
        painter = self._painter
        head = _("TANDA TERIMA PUSAT")
        self._text(QRectF(_SIDE, self._y, 120, 8), head, 4.2, bold=True)
        self._text(QRectF(_SIDE, self._y + 8, 120, 16), paper.code, 11, bold=True)
        self._qr(QRectF(_SIDE + _WIDTH - _QR_MM, self._y - 4, _QR_MM, _QR_MM), paper.qr)
        self._y += _QR_MM + 2
        self._rule()
        for label, value in paper.facts:
            self._pair(label, value)
        self._y += 2
        self._rule()
        self._heading(_("Menurut jenis (laptop ini dan pusat)"))
        for label, value in paper.kinds:
            self._pair(label, value)
        self._y += 2
        self._heading(_("Dicocokkan: {hasil}").format(hasil=paper.verdict))
        self._y += 2
        self._rule()
        self._y += self._text(QRectF(_SIDE, self._y, _WIDTH, 30), paper.foot, 3.6) + 16
        for place, words in enumerate((_("Pelatih"), _("Pengawas"))):
            left = _SIDE + place * (_WIDTH / 2)
            painter.drawLine(QRectF(left, self._y, 70, 0).topLeft(), QRectF(left, self._y, 70, 0).topRight())
            self._text(QRectF(left, self._y + 1, 70, 6), words, 3.6)

    def _pair(self, label: str, value: str) -> None:
        self._text(QRectF(_SIDE, self._y, 44, 20), label, 4)
        used = self._text(QRectF(_SIDE + 46, self._y, _WIDTH - 46, 40), value, 4, bold=True)
        self._y += max(used, 5.2) + 1.8

    def _heading(self, words: str) -> None:
        self._y += self._text(QRectF(_SIDE, self._y, _WIDTH, 20), words, 4.2, bold=True) + 3

    def _rule(self) -> None:
        box = QRectF(_SIDE, self._y, _WIDTH, 0)
        self._painter.drawLine(box.topLeft(), box.topRight())
        self._y += 5

    def _text(self, box: QRectF, words: str, tall: float, *, bold: bool = False) -> float:
        """Writes into the box with letters of this height; gives the height that was used.

        Letters of a few units are badly set, so that they are set a hundred times as large and drawn smaller.
        """
        painter = self._painter
        painter.save()
        painter.scale(0.01, 0.01)
        font = QFont(theme.font("body"))
        font.setPixelSize(round(tall * 100))
        font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        painter.setFont(font)
        large = QRectF(box.left() * 100, box.top() * 100, box.width() * 100, box.height() * 100)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        used = painter.drawText(large, int(flags), words)
        painter.restore()
        return used.height() / 100

    def _qr(self, box: QRectF, text: str) -> None:
        import segno

        rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
        module = box.width() / (len(rows) + 2 * _QUIET)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    left, top = box.left() + (x + _QUIET) * module, box.top() + (y + _QUIET) * module
                    square = QRectF(left, top, module + 0.02, module + 0.02)
                    self._painter.fillRect(square, Qt.GlobalColor.black)


def pdf_of(paper: Paper) -> bytes:
    """The page as a PDF file."""
    title = _("Tanda terima {kode}").format(kode=paper.code)
    return page_pdf(title, lambda painter, page: draw(painter, paper, page))
