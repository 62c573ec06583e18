"""What is written can be read, by this program and by another, and holds no formula."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.sheets.harmless import as_meant, harmless
from trainer_app.sheets.reading import open_table
from trainer_app.sheets.writing import Cell, SheetColumn, column_letters, sheet_writer

LETTERS = st.text(
    st.one_of(st.characters(exclude_categories=("Cs", "Cc")), st.sampled_from("\t\r\n")), max_size=30
)
DANGEROUS = st.sampled_from(
    ["=1+1", "+62812", "-5", "@SUM(A1)", "'=1", "\t=x", "a;=b", " =c", "＝1", "_x0041_", "x\r\ny"]
)

AT = datetime(2026, 11, 24, 10, 5)  # noqa: DTZ001 (a sheet knows no zones)


def written(kind: str, rows: list[list[Cell]], columns: list[SheetColumn]) -> bytes:
    file = io.BytesIO()
    with sheet_writer(file, kind, columns, name="Uji", notes=["=x"]) as writer:
        for row in rows:
            writer.row(row)
    return file.getvalue()


@given(st.lists(st.one_of(LETTERS, DANGEROUS), min_size=2, max_size=2))
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_texts_come_back_as_they_were(
    kind: str, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("sheet") / f"a.{kind}"
    path.write_bytes(written(kind, [["tetap", *texts]], [SheetColumn(title) for title in "abc"]))
    found = list(open_table(path).lines())[-1]
    assert [found.cell(place) or "" for place in (1, 2)] == texts


@given(st.one_of(LETTERS, DANGEROUS))
def test_marking_is_undone_exactly_and_leaves_no_formula(text: str) -> None:
    marked = harmless(text)
    assert as_meant(marked) == text
    assert marked.lstrip()[:1] not in ("=", "+", "-", "@")


def test_another_program_reads_numbers_days_and_texts_and_no_formula() -> None:
    row: list[Cell] = [
        "=cmd|' /C calc'!A0",
        5,
        0.25,
        date(1984, 3, 14),
        AT,
        3403115403840002,
    ]
    columns = [SheetColumn("Nama", choices=("P", "L")), *(SheetColumn(title) for title in "bcdef")]
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", [row], columns)))
    cells = list(book["Uji"].iter_rows())[1]
    assert [cell.value for cell in cells][:3] == row[:3]
    assert cells[3].value == datetime(1984, 3, 14)  # noqa: DTZ001 (a sheet knows no zones)
    assert cells[4].value == row[4]
    assert cells[5].value == "3403115403840002"
    assert {cell.data_type for line in book["Uji"].iter_rows() for cell in line} <= {"s", "n", "d"}
    assert cells[0].quotePrefix
    assert book["Uji"].data_validations.dataValidation[0].formula1 == "Pilihan!$A$1:$A$2"
    assert [cell.value for cell in book["Pilihan"]["A"]] == ["P", "L"]


def test_columns_are_named_as_spreadsheets_do() -> None:
    assert [column_letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_page_of_notes_and_a_long_sheet_stay_within_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file, sheet_writer(file, "xlsx", [SheetColumn("a")], notes=["x"]) as writer:
        for n in range(5000):
            writer.row([f"baris {n}"])
    assert sum(1 for _line in open_table(path).lines()) == 5001
