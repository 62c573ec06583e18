"""Reading the tables that offices send: which kind a file is by its first bytes, and its rows as they come.

A file is somebody else's word. It is read within bounds (`MOST_BYTES`, `MOST_ROWS`, `MOST_COLUMNS`), a
formula is never worked out, and what cannot be read is refused with a sentence that says what to do instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from trainer_app.records.problem import InputProblem
from trainer_app.words import N_, _

#: A list of so many people is no list of one office any more; it can be divided.
MOST_ROWS = 100_000
MOST_COLUMNS = 250
MOST_BYTES = 200 * 1024 * 1024
_PIECE = 1 << 20
#: What a cell may hold: texts as typed, whole and broken numbers, days; yes and no come as texts.
Read = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file that holds something. `number` is the one that a spreadsheet shows; `formulas` are
    the places of cells that hold one, whose last worked-out value is in `cells`.
    """

    number: int
    cells: tuple[Read, ...]
    formulas: frozenset[int] = frozenset()

    def cell(self, place: int) -> Read:
        """The cell at a place, None beyond the last."""
        return self.cells[place] if place < len(self.cells) else None


class Table(Protocol):
    """A file that was looked at. `lines` may be walked again and again; each walk reads the file anew."""

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets."""

    @property
    def encoding(self) -> str:
        """Of a text file; empty for others."""

    def lines(self, sheet: int = 0) -> Iterator[Line]:
        """The rows that hold something. Raises `InputProblem` where the file cannot be read on."""


#: By its first bytes: what something is that is no spreadsheet this program reads.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("Ini berkas PDF, bukan tabel. Minta daftarnya dalam Excel (.xlsx) atau CSV.")),
    (b"\x89PNG", N_("Ini gambar, bukan tabel. Minta daftarnya dalam Excel (.xlsx) atau CSV.")),
    (b"\xff\xd8\xff", N_("Ini gambar, bukan tabel. Minta daftarnya dalam Excel (.xlsx) atau CSV.")),
    (b"{\\rtf", N_("Ini naskah, bukan tabel. Minta daftarnya dalam Excel (.xlsx) atau CSV.")),
    (b"7z\xbc\xaf", N_("Ini arsip. Buka dulu, lalu pilih tabel di dalamnya.")),
    (b"Rar!", N_("Ini arsip. Buka dulu, lalu pilih tabel di dalamnya.")),
)
_OLD = N_(
    "Ini Excel lama (.xls). Buka di Excel atau LibreOffice, simpan sebagai .xlsx, lalu pilih berkas itu."
)
_LOCKED = N_(
    "Berkas Excel ini dikunci kata sandi. Buka di Excel, hapus kata sandinya, simpan, lalu pilih lagi."
)
_WEB = N_(
    "Ini halaman web yang diberi nama Excel. Buka di Excel atau LibreOffice, simpan sebagai .xlsx, "
    "lalu pilih berkas itu."
)


def open_table(path: Path) -> Table:
    """A file as a table. Raises `InputProblem` for what is none, or is too large, or cannot be read."""
    from trainer_app.sheets.delimited import open_csv
    from trainer_app.sheets.excel import open_xlsx

    head = _head(path)
    if head.startswith(b"PK"):
        return open_xlsx(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(_(_LOCKED if _is_locked(path) else _OLD), "old")
    for start, words in _FOREIGN:
        if head.startswith(start):
            raise refused(_(words), "foreign")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise refused(_(_WEB), "web")
    return open_csv(path)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, by which it is known again."""
    found = hashlib.sha256()
    with _reading(path), path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def refused(message: str, code: str) -> InputProblem:
    """A file that is not taken."""
    return InputProblem(message, field="file", code=f"sheet.{code}")


class _reading:  # noqa: N801 (reads as a word: with _reading(path))
    """What the disk says about a file, as a sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, fault: BaseException | None, where: object) -> None:
        if isinstance(fault, OSError):
            message = _(
                "Berkas {nama} tidak bisa dibaca. Periksa apakah masih ada dan tidak dipakai program lain."
            )
            raise refused(message.format(nama=self._path.name), "unreadable") from fault


def _head(path: Path) -> bytes:
    with _reading(path):
        if path.stat().st_size > MOST_BYTES:
            message = _("Berkas ini terlalu besar (lebih dari {n} MB). Bagi menjadi beberapa berkas.")
            raise refused(message.format(n=MOST_BYTES // 1024 // 1024), "size")
        with path.open("rb") as file:
            head = file.read(512)
    if not head:
        raise refused(_("Berkas ini kosong."), "empty")
    return head


def _is_locked(path: Path) -> bool:
    """An encrypted xlsx lies in the same old container as an xls; the name of the page tells them apart."""
    with path.open("rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(_PIECE)


def bounded(lines: Iterator[Line], stop: Callable[[], None] | None = None) -> Iterator[Line]:
    """The rows up to `MOST_ROWS`; beyond, the file is refused."""
    for n, line in enumerate(lines):
        if n > MOST_ROWS:
            message = _("Tabel ini lebih dari {n} baris. Bagi menjadi beberapa berkas.")
            raise refused(message.format(n=f"{MOST_ROWS:,}".replace(",", ".")), "rows")
        yield line
    if stop is not None:
        stop()
