"""Tables of offices: what is read of them, and what is refused in which words."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.sheets.making import workbook
from trainer_app.records.problem import InputProblem
from trainer_app.sheets import excel, reading
from trainer_app.sheets.reading import open_table

NAMES = "Nama;Desa\r\nSiti Nurjanah;Oelnasi\r\nAndré Kaße;Tarus\r\n"


def cells(path: Path) -> list[tuple[object, ...]]:
    return [line.cells for line in open_table(path).lines()]


def refusal(path: Path) -> str:
    with pytest.raises(InputProblem) as told:
        list(open_table(path).lines())
    return told.value.message


# ---------------------------------------------------------------- csv
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_letters_are_read_whichever_program_wrote_them(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "daftar.csv"
    path.write_bytes(NAMES.encode(encoding))
    assert cells(path) == [("Nama", "Desa"), ("Siti Nurjanah", "Oelnasi"), ("André Kaße", "Tarus")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_columns_are_divided_by_what_divides_them_evenly(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "daftar.csv"
    path.write_text(f'Nama{separator}Alamat\nSiti{separator}"RT 1, RW 2; dekat pasar"\n', encoding="utf-8")
    assert cells(path)[1] == ("Siti", "RT 1, RW 2; dekat pasar")


def test_excel_may_say_the_separator_itself(tmp_path: Path) -> None:
    path = tmp_path / "daftar.csv"
    path.write_text("sep=;\nNama;Usaha, kios\n", encoding="utf-8")
    assert cells(path) == [("Nama", "Usaha, kios")]


def test_a_cell_may_have_lines_and_rows_keep_the_number_they_have_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "daftar.csv"
    path.write_text('Nama,Alamat\n"Siti ""Upik""","satu\ndua"\n\nAna,tiga\n', encoding="utf-8")
    found = list(open_table(path).lines())
    assert found[1].cells == ('Siti "Upik"', "satu\ndua")
    assert [line.number for line in found] == [1, 2, 5]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_list(tmp_path: Path) -> None:
    path = tmp_path / "daftar.csv"
    path.write_text('Nama,Usaha\nAna,"Toko Maju\n' + "Budi,Kios\n" * 50, encoding="utf-8")
    assert (
        refusal(path) == 'Tanda kutip (") di baris 2 tidak ditutup. Perbaiki di berkasnya, lalu pilih lagi.'
    )


# ---------------------------------------------------------------- xlsx
def test_a_formula_gives_the_value_that_was_worked_out_last_and_is_told(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="4"><c r="A4" t="str"><f>HYPERLINK("http://x")</f><v>Siti</v></c>'
        '<c r="C4"><f>1/0</f></c>'
        '<c r="B4"><v>7</v></c></row>',
    )
    line = list(open_table(path).lines())[1]
    assert (line.number, line.cells[:2], line.cell(2)) == (4, ("Siti", 7), None)
    assert line.formulas == {0, 2}


def test_days_shared_texts_and_true_and_false_are_read_as_meant(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        '<row><c t="s"><v>1</v></c><c s="1"><v>30755</v></c><c s="0"><v>30755</v></c><c t="b"><v>1</v></c>'
        '<c s="2"><v>5</v></c></row>',
        shared="<si><t>x</t></si><si><r><t>Siti </t></r><r><t>Aminah</t></r><rPh><t>baca</t></rPh></si>",
        styles='<numFmts><numFmt numFmtId="170" formatCode="&quot;hadir&quot;0"/></numFmts><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs>',
    )
    assert cells(path) == [("Siti Aminah", date(1984, 3, 14), 30755, "Ya", 5)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0 Workbook", "Excel lama (.xls)"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "dikunci kata sandi"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "gambar"),
        (b"<html><table>", "halaman web"),
        (b"PK\x03\x04 cut off", "rusak"),
        (b"", "kosong"),
        (bytes(range(1, 32)) * 40, "bukan tabel"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is_not_by_its_name(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "daftar.xlsx"
    path.write_bytes(content)
    assert words in refusal(path)


def test_other_offices_and_other_zips_are_named(tmp_path: Path) -> None:
    for name, page, words in (
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet", ".ods"),
        ("xl/workbook.bin", b"", ".xlsb"),
        ("foto.jpg", b"", "bukan tabel Excel"),
    ):
        path = tmp_path / "x.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, page)
        assert words in refusal(path)


def test_a_bomb_is_seen_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>", more={"xl/media/x.bin": bytes(40_000_000)}
    )
    assert "terlalu besar" in refusal(path)


def test_entities_are_not_taken(tmp_path: Path) -> None:
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet><sheetData>'
        b'<row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
    )
    path = workbook(tmp_path / "a.xlsx", "", more={"xl/worksheets/data.xml": bomb})
    assert "rusak" in refusal(path)


def test_a_file_that_was_cut_off_says_so_and_not_half_of_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>" * 2000)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "rusak" in refusal(path)


def test_more_rows_than_a_list_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    path = workbook(tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>" * 12)
    assert "lebih dari 10 baris" in refusal(path)


def test_cells_beyond_the_widest_list_are_left_out(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>')
    assert cells(path) == [(1,)]
    assert excel.MOST_COLUMNS == 250
