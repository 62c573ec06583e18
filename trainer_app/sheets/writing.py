"""Writing tables, row by row: xlsx for people, csv for everything else. Neither holds a formula, whatever the
values are.

An xlsx file is a zip of a few small pages of XML and one long one, which is written as the rows come: memory
does not grow, and nothing lies in a temporary file that others could read.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import TracebackType
from typing import IO, Protocol
from xml.sax.saxutils import escape, quoteattr

from trainer_app.sheets.harmless import begins_formula, harmless

Cell = str | int | float | date | None
#: What one cell of a spreadsheet can hold.
LONGEST_TEXT = 32_767
#: Whole numbers beyond are rounded by spreadsheets, so they are written as text.
EXACT = 10**15
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: The styles of `_STYLES`, by place.
_PLAIN, _TITLE, _TEXT, _QUOTED, _DAY, _MOMENT, _SHARE, _WRONG, _NEEDED = range(9)
_NOT_XML = re.compile("[\x00-\x08\x0b-\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
#: Written through to the zip in pieces of about so many characters.
_PIECE = 200_000


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a file: its title, how wide it is shown (letters), which texts may be chosen in it.

    `share`: numbers are parts of a whole, shown as percent. `wrong`: says what is wrong. `needed`: has to be
    filled in.
    """

    title: str
    width: int = 16
    choices: tuple[str, ...] = field(default=())
    share: bool = False
    wrong: bool = False
    needed: bool = False


class SheetWriter(Protocol):
    """Takes rows until it is closed. A context manager; the file is whole only after it was closed."""

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one row, as many cells as there are columns."""

    def __enter__(self) -> SheetWriter: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None
    ) -> None: ...


def sheet_writer(
    file: IO[bytes], kind: str, columns: Sequence[SheetColumn], *, name: str = "", notes: Iterable[str] = ()
) -> SheetWriter:
    """A writer of "xlsx" or "csv" into an opened file, with the titles already in it. `name` is the name of
    the sheet; `notes` are lines of a second one, which csv has not. Raises KeyError for another kind.
    """
    if kind == "csv":
        return CsvWriter(file, columns)
    return {"xlsx": XlsxWriter}[kind](file, columns, name=name, notes=notes)


class CsvWriter:
    """UTF-8 with a mark that spreadsheets need to see it, commas, everything that is text as text."""

    def __init__(self, file: IO[bytes], columns: Sequence[SheetColumn]) -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline="", write_through=False)
        self._writer = csv.writer(self._text)
        self._writer.writerow([harmless(column.title) for column in columns])

    def row(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([_plain(cell) for cell in cells])

    def __enter__(self) -> CsvWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None
    ) -> None:
        if kind is None:
            self._text.flush()
        self._text.detach()


def _plain(cell: Cell) -> str | int | float | None:
    if isinstance(cell, str):
        return harmless(cell.replace("\x00", ""))
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else cell


class XlsxWriter:
    """One sheet of an Excel file, its first row fixed and with filters."""

    def __init__(
        self,
        file: IO[bytes],
        columns: Sequence[SheetColumn],
        *,
        name: str = "",
        notes: Iterable[str] = (),
    ) -> None:
        self._columns = tuple(columns)
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4)
        self._notes = tuple(notes)
        self._names = [_sheet_name(name or "Data"), *(["Keterangan"] if self._notes else [])]
        if _lists(self._columns):
            self._names.append("Pilihan")
        self._letters = [column_letters(place) for place in range(len(self._columns))]
        self._pages()
        self._out = self._zip.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        self._waiting: list[str] = []
        self._size = 0
        self._count = 0
        self._put(self._beginning())
        self._line([(column.title, _NEEDED if column.needed else _TITLE) for column in self._columns])

    def row(self, cells: Sequence[Cell]) -> None:
        self._line([(cell, self._style(cell, place)) for place, cell in enumerate(cells)])

    def __enter__(self) -> XlsxWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None
    ) -> None:
        if kind is None:
            self._put(self._end())
            self._flush()
        self._out.close()
        self._zip.close()

    # ---------------------------------------------------------------- rows
    def _style(self, cell: Cell, place: int) -> int:
        column = self._columns[place]
        if isinstance(cell, str):
            return _WRONG if column.wrong else _QUOTED if begins_formula(cell) else _TEXT
        if isinstance(cell, datetime):
            return _MOMENT
        if isinstance(cell, date):
            return _DAY
        return _SHARE if column.share else _PLAIN

    def _line(self, cells: Sequence[tuple[Cell, int]]) -> None:
        self._count += 1
        n = self._count
        parts = [
            _cell(f"{letters}{n}", value, style)
            for letters, (value, style) in zip(self._letters, cells, strict=False)
            if value is not None and value != ""
        ]
        self._put(f'<row r="{n}">{"".join(parts)}</row>')

    def _put(self, text: str) -> None:
        self._waiting.append(text)
        self._size += len(text)
        if self._size > _PIECE:
            self._flush()

    def _flush(self) -> None:
        self._out.write("".join(self._waiting).encode())
        self._waiting, self._size = [], 0

    # ---------------------------------------------------------------- around them
    def _beginning(self) -> str:
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{column.width}" customWidth="1" style="{_TEXT}"/>'
            for n, column in enumerate(self._columns, 1)
        )
        pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        return (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView>'
            f"</sheetViews><cols>{widths}</cols><sheetData>"
        )

    def _end(self) -> str:
        last = self._letters[-1] if self._letters else "A"
        whole = f'<autoFilter ref="A1:{last}{max(1, self._count)}"/>'
        return f"</sheetData>{whole}{self._validations()}</worksheet>"

    def _validations(self) -> str:
        """Lists to choose from, with a warning only: several choices of one field are written together."""
        made = []
        for n, (place, choices) in enumerate(_lists(self._columns)):
            letters, source = self._letters[place], column_letters(n)
            made.append(
                '<dataValidation type="list" allowBlank="1" showErrorMessage="0" '
                f'sqref="{letters}2:{letters}20000"><formula1>Pilihan!${source}$1:${source}${len(choices)}'
                "</formula1></dataValidation>"
            )
        return f'<dataValidations count="{len(made)}">{"".join(made)}</dataValidations>' if made else ""

    def _pages(self) -> None:
        """Everything but the rows."""
        numbers = range(1, len(self._names) + 1)
        part = '<Override PartName="/xl/{}" ContentType="{}.{}+xml"/>'
        parts = [
            part.format("workbook.xml", _TYPES, "sheet.main"),
            part.format("styles.xml", _TYPES, "styles"),
        ]
        parts += [part.format(f"worksheets/sheet{n}.xml", _TYPES, "worksheet") for n in numbers]
        self._page(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{"".join(parts)}</Types>',
        )
        relation = '<Relationship Id="rId{}" Type="{}/{}" Target="{}"/>'
        found = [relation.format(n, _OFFICE, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        found.append(relation.format(len(self._names) + 1, _OFFICE, "styles", "styles.xml"))
        whole = relation.format(1, _OFFICE, "officeDocument", "xl/workbook.xml")
        for page, content in (("_rels/.rels", whole), ("xl/_rels/workbook.xml.rels", "".join(found))):
            self._page(page, f'<Relationships xmlns="{_PACKAGE}/relationships">{content}</Relationships>')
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}"{_hidden(name)} r:id="rId{n}"/>'
            for n, name in enumerate(self._names, 1)
        )
        self._page(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        )
        self._page("xl/styles.xml", _STYLES)
        rows = [[(note, _TEXT)] for note in self._notes]
        if self._notes:
            self._side_page(2, rows, width=100)
        lists = [choices for _place, choices in _lists(self._columns)]
        if lists:
            longest = max(map(len, lists))
            across = [[(one[n] if n < len(one) else None, _TEXT) for one in lists] for n in range(longest)]
            self._side_page(len(self._names), across)

    def _side_page(self, number: int, rows: Sequence[Sequence[tuple[Cell, int]]], width: int = 24) -> None:
        lines = [
            f'<row r="{n}">'
            + "".join(
                _cell(f"{column_letters(place)}{n}", value, style)
                for place, (value, style) in enumerate(row)
                if value is not None
            )
            + "</row>"
            for n, row in enumerate(rows, 1)
        ]
        cols = f'<cols><col min="1" max="60" width="{width}" customWidth="1"/></cols>'
        content = f'<worksheet xmlns="{_MAIN}">{cols}<sheetData>{"".join(lines)}</sheetData></worksheet>'
        self._page(f"xl/worksheets/sheet{number}.xml", content)

    def _page(self, name: str, content: str) -> None:
        self._zip.writestr(name, _HEAD + content)


def _lists(columns: Sequence[SheetColumn]) -> list[tuple[int, tuple[str, ...]]]:
    return [(place, column.choices) for place, column in enumerate(columns) if column.choices]


def _hidden(name: str) -> str:
    return ' state="hidden"' if name == "Pilihan" else ""


def _sheet_name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", text).strip(" '")[:31] or "Data"


def column_letters(place: int) -> str:
    """ "A" for 0, "AA" for 26."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(where: str, value: Cell, style: int) -> str:
    if isinstance(value, str):
        return _text_cell(where, value, style)
    if isinstance(value, date):
        return f'<c r="{where}" s="{style}"><v>{_serial(value)}</v></c>'
    if isinstance(value, int) and abs(value) >= EXACT:
        return _text_cell(where, str(value), style)
    return f'<c r="{where}" s="{style}"><v>{value!r}</v></c>'


def _text_cell(where: str, text: str, style: int) -> str:
    safe = escape(_NOT_XML.sub(_escaped, text[:LONGEST_TEXT]))
    return f'<c r="{where}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _escaped(found: re.Match[str]) -> str:
    """What XML cannot hold, as spreadsheets write it; half a character is none."""
    letter = found.group()
    return "\ufffd" if "\ud800" <= letter <= "\udfff" else f"_x{ord(letter):04X}_"


def _serial(value: date) -> str:
    days = (value.date() if isinstance(value, datetime) else value) - _EPOCH
    if not isinstance(value, datetime):
        return str(days.days)
    second = value.hour * 3600 + value.minute * 60 + value.second
    return repr(days.days + second / 86_400)


def _xf(format_: int, font: int = 0, fill: int = 0, more: str = "", align: str = "") -> str:
    inner = f"<alignment {align}/>" if align else ""
    return (
        f'<xf numFmtId="{format_}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" '
        f'applyNumberFormat="1" applyFont="1" applyFill="1"{more}>{inner}</xf>'
    )


def _fill(colour: str) -> str:
    return f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/></patternFill></fill>'


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><sz val="11"/><color rgb="FF921616"/><name val="Calibri"/></font></fonts>'
    '<fills count="4"><fill><patternFill patternType="none"/></fill>'
    f'<fill><patternFill patternType="gray125"/></fill>{_fill("FFDDEEE9")}{_fill("FFFFEDC7")}</fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="9">'
    + _xf(0)
    + _xf(49, 1, 2, align='wrapText="1" vertical="top"')
    + _xf(49)
    + _xf(49, more=' quotePrefix="1"')
    + _xf(164)
    + _xf(165)
    + _xf(10)
    + _xf(49, 2, align='wrapText="1"')
    + _xf(49, 1, 3, align='wrapText="1" vertical="top"')
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
