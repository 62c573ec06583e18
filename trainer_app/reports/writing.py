"""The values of a report in words for people, and as CSV and JSON for programs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from trainer_app.reports.report import Kind, Report, Row, Value
from trainer_app.reports.suppression import SMALLEST_CELL, Hidden
from trainer_app.words import _, date_short, number, percent, time_of_day

UNKNOWN = "–"
#: How the text of a cell may not begin in a file that a spreadsheet opens: it would be read as a formula.
#: Where the comma is decimal, as in Indonesia, spreadsheets begin a new cell at a semicolon.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@])")


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
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
