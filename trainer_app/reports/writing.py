"""The values of a report in words for people, as Excel, and as CSV and JSON for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO

from trainer_app.reports.report import Kind, Report, Row, Value
from trainer_app.reports.suppression import SMALLEST_CELL, Hidden
from trainer_app.sheets.harmless import harmless
from trainer_app.sheets.writing import Cell, SheetColumn, sheet_writer
from trainer_app.words import _, date_short, number, percent, time_of_day

UNKNOWN = "–"


def words(value: Value, kind: Kind = Kind.COUNT) -> str:
    """A value as people read it, in the language in force."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, Hidden):
        return f"< {SMALLEST_CELL}" if value is Hidden.FEW else "•"
    if isinstance(value, datetime):
        return f"{date_short(value.date())}, {time_of_day(value)}"
    if isinstance(value, date):
        return date_short(value)
    if isinstance(value, str):
        return value
    return percent(value) if kind is Kind.SHARE else number(value)


def line(report: Report, row: Row) -> list[str]:
    """A row in words."""
    return [words(value, column.kind) for column, value in zip(report.columns, row, strict=True)]


def as_csv(report: Report, rows: Iterable[Row]) -> str:
    """Comma-separated, with the titles of the columns; numbers and days as programs write them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_(column.title) for column in report.columns])
    writer.writerows([[_harmless(_plain(value)) for value in row] for row in rows])
    return text.getvalue()


def as_xlsx(report: Report, rows: Iterable[Row], file: IO[bytes], notes: Iterable[str] = ()) -> None:
    """An Excel file written into `file`: numbers and days as such, shares as percent, never a formula.
    `notes` (of when, from what data, with which filters) stand on a second sheet.
    """
    columns = [
        SheetColumn(_(column.title), 18 if column.kind.is_number else 28, share=column.kind is Kind.SHARE)
        for column in report.columns
    ]
    with sheet_writer(file, "xlsx", columns, name=_(report.title), notes=notes) as writer:
        for row in rows:
            writer.row([_cell(value) for value in row])


def _cell(value: Value) -> Cell:
    if isinstance(value, Hidden):
        return words(value)
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def as_records(report: Report, rows: Iterable[Row]) -> list[dict[str, str | int | float | None]]:
    """Each row as values by the key of their column, for JSON."""
    keys = [column.key for column in report.columns]
    return [dict(zip(keys, map(_plain, row), strict=True)) for row in rows]


def as_table(report: Report, rows: Sequence[Row]) -> list[str]:
    """Lines for a terminal: titles and words in columns, numbers to the right."""
    titles = [_(column.title) for column in report.columns]
    cells = [titles, *([_on_one_line(text) for text in line(report, row)] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [column.kind.is_number for column in report.columns]
    return [
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]


def _on_one_line(text: str) -> str:
    """Without what would move the cursor of a terminal, or change its colours."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _plain(value: Value) -> str | int | float | None:
    if isinstance(value, Hidden):
        return words(value)
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 4) if isinstance(value, float) else value


def _harmless(value: str | int | float | None) -> str | int | float | None:
    return harmless(value) if isinstance(value, str) else value
