"""Workbooks as other programs write them, byte by byte."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(
    path: Path, rows: str, *, shared: str = "", styles: str = "", more: Mapping[str, bytes] | None = None
) -> Path:
    """A file with these rows (XML) on its only sheet, and pages besides."""
    pages = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Data" sheetId="1" r:id="rId7"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": b'<Relationships><Relationship Id="rId7" '
        b'Target="/xl/worksheets/data.xml"/>'
        b"</Relationships>",
        "xl/worksheets/data.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>".encode(),
        **({"xl/sharedStrings.xml": f"<sst {MAIN}>{shared}</sst>".encode()} if shared else {}),
        **({"xl/styles.xml": f"<styleSheet {MAIN}>{styles}</styleSheet>".encode()} if styles else {}),
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pages.items():
            archive.writestr(name, content)
    return path
