"""Pages of help on paper: the sheet of keys and the guides, one A4 page each, black on white."""

from __future__ import annotations

import re
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QPainter,
    QPalette,
    QPen,
    QTextDocument,
)

from trainer_app import __version__
from trainer_app.desktop import theme
from trainer_app.desktop.pages.paper_file import A4_MM, page_pdf
from trainer_app.desktop.pages.paper_sheet import PaperSheet, PrintedPage
from trainer_app.words import _, date_long

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

_SIDE, _TOP, _BOTTOM, _GAP = 15.0, 14.0, 283.0, 8.0  # mm
_COLUMN = (A4_MM[0] - 2 * _SIDE - _GAP) / 2
_UNITS = 100  # a millimetre; letters of a few units would be badly set
_LETTERS_MM = (4.5, 4.3, 4.1, 3.9, 3.7, 3.5, 3.3, 3.1, 2.9)  # the largest that fits on one page is taken
_HEAD_MM, _AFTER_SECTION = 7.4, 3.2


def help_sheet(desk: Desk, name: str, markdown: str) -> PaperSheet:
    """The page as paper, to look at, save and print."""
    page = help_page(name, markdown, _foot(desk))
    sheet = PaperSheet(desk, _("Cetak: {judul}").format(judul=page.title))
    sheet.set_page(page)
    return sheet


def help_page(name: str, markdown: str, foot: str) -> PrintedPage:
    """`markdown` has one heading, a line below it, and sections that go into two columns."""
    title, lead, sections = _parts(markdown)

    def draw(painter: QPainter, page: QRectF) -> None:
        _draw(painter, page, (title, lead, foot), sections)

    words = re.sub(r"[*#]+", "", markdown)
    return PrintedPage(title, f"{name}.pdf", f"{words}\n{foot}", draw, partial(page_pdf, title, draw))


def letters_mm(markdown: str) -> float:
    """How large the letters of this page will be. Raises ``ValueError`` when it is more than one page."""
    _title, lead, sections = _parts(markdown)
    for tall in _LETTERS_MM:
        if _placed(sections, tall, _body_top(lead)) is not None:
            return tall
    raise ValueError("more than one page")


def _foot(desk: Desk) -> str:
    words = _("Trainer App {versi} · dari petunjuk di aplikasi · {tanggal}")
    return words.format(versi=__version__, tanggal=date_long(desk.today()))


def _parts(markdown: str) -> tuple[str, str, list[str]]:
    """Title, the line below it, and the sections as HTML."""
    head, *rest = re.split(r"^## ", markdown, flags=re.MULTILINE)
    title, _newline, lead = head.strip().removeprefix("# ").partition("\n")
    return title.strip(), " ".join(lead.split()), [_section(text) for text in rest]


def _section(text: str) -> str:
    heading, _newline, body = text.partition("\n")
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    keys = [re.fullmatch(r"- \*\*(.+?)\*\* (.+)", line) for line in lines]
    steps = [re.sub(r"^(- |\d+\. )", "", line) for line in lines]
    made = f"<h2>{escape(heading.strip())}</h2>"
    if lines and all(lines[i].startswith("- **") and keys[i] for i in range(len(lines))):
        cells = "".join(
            f"<tr><td class='key' width='32%'>{escape(one[1])}</td><td>{_bold(one[2])}</td></tr>"
            for one in keys
            if one
        )
        return f"{made}<table width='100%' cellspacing='0' cellpadding='0'>{cells}</table>"
    rows = zip(lines, steps, strict=True)
    marked = ((re.match(r"\d+\.", line), line.startswith("- "), step) for line, step in rows)
    cells = "".join(
        f"<tr><td class='mark'>{number[0] if number else '•' if dot else ''}</td><td>{_bold(step)}</td></tr>"
        if number or dot
        else f"<tr><td colspan='2'>{_bold(step)}</td></tr>"
        for number, dot, step in marked
    )
    return f"{made}<table width='100%' cellspacing='0' cellpadding='0'>{cells}</table>"


def _bold(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))


def _document(html: str, tall: float) -> QTextDocument:
    font = QFont(theme.font("body"))
    font.setPixelSize(round(tall * _UNITS))
    made = QTextDocument()
    made.setDocumentMargin(0)
    made.setDefaultFont(font)
    size, unit = round(tall * _UNITS * 1.12), round(tall * _UNITS)
    made.setDefaultStyleSheet(
        f"h2 {{ font-size: {size}px; font-weight: bold; margin: 0 0 {unit // 3}px 0; }}"
        f"td {{ padding-bottom: {unit // 4}px; }}"
        f".key {{ font-weight: bold; padding-right: {unit}px; white-space: nowrap; }}"
        f".mark {{ font-weight: bold; padding-right: {unit // 2}px; }}"
    )
    made.setHtml(html)
    made.setTextWidth(_COLUMN * _UNITS)
    return made


def _placed(sections: list[str], tall: float, top: float) -> list[tuple[float, float, QTextDocument]] | None:
    """Where each section begins, in mm: down the left column, then the right; None when they do not fit.

    The columns are made as equal as the sections allow.
    """
    documents = [_document(html, tall) for html in sections]
    heights = [one.size().height() / _UNITS + _AFTER_SECTION for one in documents]
    cut = min(range(len(heights) + 1), key=lambda n: max(sum(heights[:n]), sum(heights[n:])))
    if top + max(sum(heights[:cut]), sum(heights[cut:])) > _BOTTOM - 2:
        return None
    placed = []
    for start, end, left in ((0, cut, _SIDE), (cut, len(heights), _SIDE + _COLUMN + _GAP)):
        y = top
        for number in range(start, end):
            placed.append((left, y, documents[number]))
            y += heights[number]
    return placed


def _body_top(lead: str) -> float:
    return _TOP + 12 + (11 if lead else 0)


def _draw(painter: QPainter, page: QRectF, words: tuple[str, str, str], sections: list[str]) -> None:
    title, lead, foot = words
    painter.save()
    painter.translate(page.topLeft())
    scale = page.width() / A4_MM[0]
    painter.scale(scale, scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, *A4_MM), Qt.GlobalColor.white)
    painter.setPen(QPen(Qt.GlobalColor.black, 0.4))
    wide = A4_MM[0] - 2 * _SIDE
    _line(painter, QRectF(_SIDE, _TOP - 4, wide, 11), title, _HEAD_MM, bold=True)
    if lead:
        _line(painter, QRectF(_SIDE, _TOP + 7, wide, 12), lead, 3.7)
    top = _body_top(lead)
    painter.drawLine(QPointF(_SIDE, top - 3), QPointF(_SIDE + wide, top - 3))
    found = (_placed(sections, tall, top) for tall in _LETTERS_MM)
    for left, y, document in next((one for one in found if one is not None), []):
        _show(painter, document, left, y)
    painter.drawLine(QPointF(_SIDE, _BOTTOM), QPointF(_SIDE + wide, _BOTTOM))
    _line(painter, QRectF(_SIDE, _BOTTOM + 1.5, wide, 6), foot, 3.0)
    painter.restore()


def _show(painter: QPainter, document: QTextDocument, left: float, top: float) -> None:
    """In black, whatever the look of the screen is."""
    painter.save()
    painter.translate(left, top)
    painter.scale(1 / _UNITS, 1 / _UNITS)
    context = QAbstractTextDocumentLayout.PaintContext()
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
    context.palette = palette
    document.documentLayout().draw(painter, context)
    painter.restore()


def _line(painter: QPainter, box: QRectF, words: str, tall: float, *, bold: bool = False) -> None:
    painter.save()
    painter.scale(1 / _UNITS, 1 / _UNITS)
    font = QFont(theme.font("body"))
    font.setPixelSize(round(tall * _UNITS))
    font.setBold(bold)
    painter.setFont(font)
    large = QRectF(box.left() * _UNITS, box.top() * _UNITS, box.width() * _UNITS, box.height() * _UNITS)
    painter.drawText(large, int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap), words)
    painter.restore()
