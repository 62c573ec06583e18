"""xlsx as a stream: the zip is looked at before anything is unpacked, pages of XML are read as they come, and
a formula gives the value that was last worked out.

Only what holds values is read: macros, pictures, links and styles (but for which numbers are days) are not.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

from trainer_app.sheets.reading import MOST_COLUMNS, Line, Read, Table, bounded, refused
from trainer_app.words import _

#: Of all pages unpacked, and how many times smaller a zip may be than what is in it: tables come to 5 to 40.
MOST_UNPACKED = 600 * 1024 * 1024
MOST_SHRUNK = 250
SMALL = 5 * 1024 * 1024
MOST_PAGES = 2_000
#: Of the texts that cells share, which are held in memory.
MOST_SHARED_LETTERS = 60_000_000
_PIECE = 64 * 1024
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_AFTER_NAMESPACE = len(_MAIN)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_DAYS = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_SECONDS_OF_DAY = 86_400
_BEGIN, _BEGIN_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 (a sheet knows no zones)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    expat.ExpatError,
    NotImplementedError,
    UnicodeDecodeError,
)


@dataclass(slots=True)
class XlsxTable:
    """One workbook; `sheets` are the visible ones, in order."""

    path: Path
    sheets: tuple[str, ...]
    pages: tuple[str, ...]
    shared: str | None
    days: frozenset[int]
    begin: datetime
    encoding: str = ""
    _texts: list[str] | None = field(default=None)

    def lines(self, sheet: int = 0) -> Iterator[Line]:
        return bounded(self._lines(self.pages[sheet]))

    def _lines(self, page: str) -> Iterator[Line]:
        with _opened(self.path) as archive:
            if self._texts is None:
                self._texts = _shared_texts(archive, self.shared)
            reader = _Rows(self._texts, self.days, self.begin)
            for _piece in _fed(archive, page, reader.parser):
                yield from reader.taken()


def open_xlsx(path: Path) -> Table:
    """A workbook as a table. Raises `InputProblem` for a zip that is none, is broken, or is a bomb."""
    with _opened(path) as archive:
        _look_at(archive)
        names = set(archive.namelist())
        if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:200]:
            raise refused(
                _("Ini berkas LibreOffice (.ods). Simpan di sana sebagai Excel (.xlsx), lalu pilih lagi."),
                "ods",
            )
        if "xl/workbook.bin" in names:
            raise refused(_("Ini Excel biner (.xlsb). Simpan sebagai .xlsx, lalu pilih lagi."), "xlsb")
        if "xl/workbook.xml" not in names:
            raise refused(_("Berkas ini bukan tabel Excel. Pilih berkas .xlsx atau CSV."), "not_xlsx")
        book = _Book()
        _all_fed(archive, "xl/workbook.xml", book.parser)
        targets = _targets(archive, names)
        found = [(name, targets[link]) for name, link in book.sheets if targets.get(link) in names]
        if not found:
            raise refused(_("Berkas Excel ini tidak punya lembar yang bisa dibaca."), "no_sheet")
        days = _Styles()
        if "xl/styles.xml" in names:
            _all_fed(archive, "xl/styles.xml", days.parser)
    return XlsxTable(
        path,
        tuple(name for name, _page in found),
        tuple(page for _name, page in found),
        next((name for name in names if name.lower() == "xl/sharedstrings.xml"), None),
        frozenset(days.found()),
        _BEGIN_1904 if book.since_1904 else _BEGIN,
    )


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (*_BROKEN, RuntimeError, KeyError) as fault:  # RuntimeError: a page of the zip is encrypted
        raise refused(
            _(
                "Berkas Excel ini rusak atau tidak lengkap. "
                "Minta dikirim lagi, atau buka dan simpan ulang di Excel."
            ),
            "broken",
        ) from fault
    except OSError as fault:
        raise refused(_("Berkas {nama} tidak bisa dibaca.").format(nama=path.name), "unreadable") from fault


def _look_at(archive: zipfile.ZipFile) -> None:
    """Before anything is unpacked; zipfile reads no more of a page than its size tells."""
    pages = archive.infolist()
    unpacked, packed = sum(page.file_size for page in pages), sum(page.compress_size for page in pages)
    bomb = unpacked > SMALL and unpacked > packed * MOST_SHRUNK
    if bomb or unpacked > MOST_UNPACKED or len(pages) > MOST_PAGES:
        raise refused(
            _(
                "Isi berkas Excel ini terlalu besar untuk dibuka dengan aman. "
                "Simpan hanya daftarnya, lalu pilih lagi."
            ),
            "bomb",
        )


# ---------------------------------------------------------------- pages of XML
def _parser() -> Any:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    return parser


def _no_doctype(*_what: object) -> None:
    """A spreadsheet needs none, and entities are made with it."""
    raise zipfile.BadZipFile("DOCTYPE")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _fed(archive: zipfile.ZipFile, page: str, parser: Any) -> Iterator[None]:
    with archive.open(page) as file:
        while piece := file.read(_PIECE):
            parser.Parse(piece, False)
            yield
    parser.Parse(b"", True)
    yield


def _all_fed(archive: zipfile.ZipFile, page: str, parser: Any) -> None:
    for _piece in _fed(archive, page, parser):
        pass


class _Book:
    """Names of sheets and where the days begin."""

    def __init__(self) -> None:
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def _start(self, name: str, given: dict[str, str]) -> None:
        local = _local(name)
        if local == "sheet" and given.get("state", "visible") == "visible":
            link = next((value for key, value in given.items() if _local(key) == "id"), "")
            self.sheets.append((given.get("name", ""), link))
        elif local == "workbookPr":
            self.since_1904 = given.get("date1904") in ("1", "true")


def _targets(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Pages by the link that the workbook names."""
    found: dict[str, str] = {}

    def start(_name: str, given: dict[str, str]) -> None:
        if "Id" in given:
            target = given.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            found[given["Id"]] = whole

    parser = _parser()
    parser.StartElementHandler = start
    if "xl/_rels/workbook.xml.rels" in names:
        _all_fed(archive, "xl/_rels/workbook.xml.rels", parser)
    return found


class _Styles:
    """Which styles show a number as a day."""

    def __init__(self) -> None:
        self.parser = _parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self._own: dict[int, str] = {}
        self._formats: list[int] = []
        self._inside = False

    def _start(self, name: str, given: dict[str, str]) -> None:
        local = _local(name)
        if local == "numFmt":
            self._own[int(given.get("numFmtId", "0"))] = given.get("formatCode", "")
        elif local == "cellXfs":
            self._inside = True
        elif local == "xf" and self._inside:
            self._formats.append(int(given.get("numFmtId", "0")))

    def _end(self, name: str) -> None:
        if _local(name) == "cellXfs":
            self._inside = False

    def found(self) -> Iterator[int]:
        """The numbers of these styles."""
        for number, format_ in enumerate(self._formats):
            code = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", self._own.get(format_, "")).lower()
            if format_ in _DAYS or "y" in code or "d" in code:
                yield number


def _shared_texts(archive: zipfile.ZipFile, page: str | None) -> list[str]:
    reader = _Texts()
    if page is not None:
        _all_fed(archive, page, reader.parser)
    return reader.texts


class _Texts:
    """The texts that cells share; how a text is to be read aloud (rPh) is no part of it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._inside: set[str] = set()
        self._letters_taken = 0
        self.parser = _parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._letters

    def _start(self, name: str, _given: dict[str, str]) -> None:
        self._inside.add(_local(name))
        if _local(name) == "si":
            self._parts = []

    def _end(self, name: str) -> None:
        self._inside.discard(_local(name))
        if _local(name) == "si":
            text = _unescaped("".join(self._parts))
            self._letters_taken += len(text)
            if self._letters_taken > MOST_SHARED_LETTERS:
                raise zipfile.BadZipFile("too many texts")
            self.texts.append(text)

    def _letters(self, text: str) -> None:
        if "t" in self._inside and "rPh" not in self._inside:
            self._parts.append(text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


class _Rows:
    """The rows of one sheet, as its XML comes."""

    def __init__(self, texts: list[str], days: frozenset[int], begin: datetime) -> None:
        self._texts, self._days, self._begin = texts, days, begin
        self._ready: list[Line] = []
        self._number = 0
        self._cells: dict[int, Read] = {}
        self._formulas: set[int] = set()
        self._place = -1
        self._type, self._style = "n", 0
        self._parts: list[str] = []
        self._taking = False
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._row,
            "c": self._cell,
            "f": lambda _given: self._formulas.add(self._place),
            "v": self._take,
            "t": self._take,
        }
        self.parser = _parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._letters

    def taken(self) -> list[Line]:
        """The rows that became whole since the last time."""
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, given: dict[str, str]) -> None:
        work = self._starts.get(name[_AFTER_NAMESPACE:] if name.startswith(_MAIN) else _local(name))
        if work is not None:
            work(given)

    def _row(self, given: dict[str, str]) -> None:
        told = given.get("r", "")
        self._number = int(told) if told.isdecimal() else self._number + 1
        self._cells, self._formulas, self._place = {}, set(), -1

    def _cell(self, given: dict[str, str]) -> None:
        where = given.get("r")
        self._place = _place(where) if where else self._place + 1
        self._type = given.get("t", "n")
        style = given.get("s", "0")
        self._style = int(style) if style.isdecimal() else 0
        self._parts = []

    def _take(self, _given: dict[str, str]) -> None:
        self._taking = True

    def _letters(self, text: str) -> None:
        if self._taking:
            self._parts.append(text)

    def _end(self, name: str) -> None:
        local = name[_AFTER_NAMESPACE:] if name.startswith(_MAIN) else _local(name)
        if local in ("v", "t"):
            self._taking = False
        elif local == "c" and self._place < MOST_COLUMNS:
            value = self._value("".join(self._parts)) if self._parts else None
            if value is not None and value != "":
                self._cells[self._place] = value
        elif local == "row" and self._cells:
            cells = tuple(self._cells.get(place) for place in range(max(self._cells) + 1))
            self._ready.append(Line(self._number, cells, frozenset(self._formulas)))

    def _value(self, text: str) -> Read:
        if self._type == "s":
            place = int(text) if text.strip().isdecimal() else -1
            return self._texts[place] if 0 <= place < len(self._texts) else None
        if self._type in ("inlineStr", "str"):
            return _unescaped(text)
        if self._type == "b":
            return _("Ya") if text.strip() == "1" else _("Tidak")
        if self._type == "e":  # "#N/A": there is nothing
            return text
        return self._number_of(text.strip())

    def _number_of(self, text: str) -> Read:
        try:
            value = int(text) if text.lstrip("-").isdecimal() else float(text)
        except ValueError:
            return text
        if self._style in self._days and 0 <= value < 2_958_466:
            moment = self._begin + timedelta(seconds=round(value * _SECONDS_OF_DAY))
            return moment if moment.time().isoformat() != "00:00:00" else moment.date()
        if isinstance(value, float) and value.is_integer() and abs(value) < 10**18:
            return int(value)
        return value


def _place(where: str) -> int:
    """0 for "A7"."""
    number = 0
    for letter in where:
        code = ord(letter) & ~32
        if not 65 <= code <= 90:
            break
        number = number * 26 + code - 64
    return number - 1
