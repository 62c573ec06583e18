"""A report as a file: PNG and PDF painted as on the screen, xlsx and csv from its rows."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from trainer_app.desktop.parts import chart
from trainer_app.desktop.parts.chart import Chart, Inks
from trainer_app.reports.report import Report, Row
from trainer_app.reports.writing import as_csv, as_xlsx, line
from trainer_app.words import _

WIDTH, SCALE = 1000, 2
DPI = 150
ENCODING = "utf-8-sig"  # a byte order mark tells spreadsheets that the file is UTF-8


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds. `notes`: of which data, when, by which rule."""

    report: Report
    rows: list[Row]
    picture: Chart | None
    notes: tuple[str, ...]


def csv_of(sheet: Sheet) -> bytes:
    """The rows for programs."""
    return as_csv(sheet.report, sheet.rows).encode(ENCODING)


def xlsx_of(sheet: Sheet) -> bytes:
    """The rows for a spreadsheet."""
    file = io.BytesIO()
    as_xlsx(sheet.report, sheet.rows, file, sheet.notes)
    return file.getvalue()


def image_of(sheet: Sheet) -> QImage:
    """The picture with its title and notes, on white."""
    inks = chart.paper_inks(SCALE)
    head = (50 + 24 * len(sheet.notes)) * SCALE
    high = chart.height_of(sheet.picture, SCALE) if sheet.picture else 40 * SCALE
    image = QImage(WIDTH * SCALE, round(head + high + 40 * SCALE), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    inner = QRectF(image.rect()).adjusted(20 * SCALE, 16 * SCALE, -20 * SCALE, -16 * SCALE)
    top = _head(painter, inner, sheet, inks)
    if sheet.picture is not None:
        chart.paint(painter, QRectF(inner.left(), top, inner.width(), high), sheet.picture, inks)
    painter.end()
    return image


def png_of(sheet: Sheet) -> bytes:
    """The same as a file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image_of(sheet).save(buffer, "PNG")  # type: ignore[call-overload]  # a device, as Qt has it
    return bytes(buffer.data().data())


def _head(painter: QPainter, inner: QRectF, sheet: Sheet, inks: Inks) -> float:
    """Title and notes; gives where what follows begins."""
    unit = inks.unit
    font = type(inks.font)(inks.font)
    font.setPixelSize(round(22 * unit))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(inks.ink)
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), 32 * unit), _(sheet.report.title))
    painter.setFont(inks.font)
    painter.setPen(inks.soft)
    top = inner.top() + 34 * unit
    for note in sheet.notes:
        painter.drawText(QRectF(inner.left(), top, inner.width(), 22 * unit), note)
        top += 24 * unit
    return top + 8 * unit


def pdf_of(sheet: Sheet) -> bytes:
    """A4: the picture and as much of the table as there is, page by page."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Landscape, QMarginsF(12, 12, 12, 12)
        )
    )
    writer.setTitle(_(sheet.report.title))
    painter = QPainter(writer)
    unit = writer.width() / WIDTH
    inks = chart.paper_inks(unit)
    page = QRectF(0, 0, writer.width(), writer.height())
    top = _head(painter, page, sheet, inks)
    if sheet.picture is not None:
        high = min(chart.height_of(sheet.picture, unit), page.bottom() - top)
        painter.save()
        painter.setClipRect(QRectF(page.left(), top, page.width(), high))
        chart.paint(painter, QRectF(page.left(), top, page.width(), high), sheet.picture, inks)
        painter.restore()
        top += high + 16 * unit
    _table(painter, writer, page, top, sheet, inks)
    painter.end()
    return bytes(buffer.data().data())


def _table(painter: QPainter, writer: QPdfWriter, page: QRectF, top: float, sheet: Sheet, inks: Inks) -> None:
    columns = sheet.report.columns
    shares = [1.0 if column.kind.is_number else 2.2 for column in columns]
    widths = [page.width() * share / sum(shares) for share in shares]
    lines = [[_(column.title) for column in columns], *(line(sheet.report, row) for row in sheet.rows)]
    painter.setFont(inks.font)
    for number, cells in enumerate(lines):
        high = (44 if number == 0 else 24) * inks.unit  # titles may take two lines
        if top + high > page.bottom():
            writer.newPage()
            top = page.top()
        left = page.left()
        for column, width, words in zip(columns, widths, cells, strict=True):
            side = Qt.AlignmentFlag.AlignRight if column.kind.is_number else Qt.AlignmentFlag.AlignLeft
            painter.setPen(inks.soft if number == 0 else inks.ink)
            box = QRectF(left, top, width - 8 * inks.unit, high)
            flags = int(side | Qt.AlignmentFlag.AlignVCenter)
            if number == 0:
                painter.drawText(box, flags | int(Qt.TextFlag.TextWordWrap), words)
            else:
                painter.drawText(box, flags, _cut(painter, words, box.width()))
            left += width
        painter.setPen(inks.line)
        painter.drawLine(QPointF(page.left(), top + high), QPointF(page.right(), top + high))
        top += high


def _cut(painter: QPainter, words: str, width: float) -> str:
    return painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(width))
