"""CSV as offices send it: with commas, semicolons or tabs, in UTF-8, UTF-16 or the old letters of Windows."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trainer_app.sheets.harmless import as_meant
from trainer_app.sheets.reading import MOST_COLUMNS, Line, Table, bounded, refused
from trainer_app.words import _

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",;\t|"
_LOOKED_AT = 64 * 1024
_PIECE = 1 << 20
#: One row over more lines of the file than this has a quotation mark that was never closed.
MOST_LINES_OF_A_ROW = 30
_LONGEST_FIELD = 40_000


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One file of text; `sheets` has one name, the file's."""

    path: Path
    encoding: str
    separator: str
    sheets: tuple[str, ...]

    def lines(self, sheet: int = 0) -> Iterator[Line]:
        return bounded(self._lines())

    def _lines(self) -> Iterator[Line]:
        before = 0
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            rows = csv.reader(_without_nul(file), delimiter=self.separator)
            csv.field_size_limit(_LONGEST_FIELD)
            try:
                for row in rows:
                    number, before = before + 1, rows.line_num
                    if before - number >= MOST_LINES_OF_A_ROW:
                        raise _unclosed(number)
                    if number == 1 and row and row[0].lower().startswith("sep="):
                        continue
                    if any(cell.strip() for cell in row):
                        cells = tuple(as_meant(cell) or None for cell in row[:MOST_COLUMNS])
                        yield Line(number, cells)
            except csv.Error as fault:
                raise _unclosed(before + 1) from fault


def open_csv(path: Path) -> Table:
    """A text file as a table. Raises `InputProblem` for what is no text."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(_LOOKED_AT)
    if sum(letter < " " and letter not in "\r\n\t\0" for letter in sample) * 20 > len(sample):
        raise refused(_("Isi berkas ini bukan tabel. Pilih berkas Excel (.xlsx) atau CSV."), "not_text")
    return CsvTable(path, encoding, _separator(sample), (path.stem,))


def _encoding(path: Path) -> str:
    """By the mark at the beginning; without one, UTF-8 where all of it is, else what Windows wrote."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        if head.count(0) * 4 > len(head):  # every other byte of Latin text in UTF-16
            return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _separator(sample: str) -> str:
    """Whichever parts the first lines into the most columns, evenly; said in the file by some programs."""
    first = sample.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and first[4:5] in _SEPARATORS:
        return first[4:5] or "\t"
    lines = sample.splitlines()[:30]
    return max(_SEPARATORS, key=lambda one: _evenness(lines, one))


def _evenness(lines: list[str], separator: str) -> float:
    widths = [
        len(row) for row in csv.reader((line.replace("\0", "") for line in lines), delimiter=separator) if row
    ]
    if not widths or max(widths) == 1:
        return 0.0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (usual - 1) * widths.count(usual) / len(widths)


def _without_nul(file: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in file)


def _unclosed(number: int) -> Exception:
    message = _('Tanda kutip (") di baris {n} tidak ditutup. Perbaiki di berkasnya, lalu pilih lagi.')
    return refused(message.format(n=number), "quotes")
