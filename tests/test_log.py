"""The log helps support and betrays nobody."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app import log


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    log.close_logging()
    root.setLevel(level)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("NIK 3403115403840002 ditolak", "NIK ################ ditolak"),
        ("nik=3403 1154 0384 0002", "nik=#### #### #### ####"),
        ("HP 0812 2733 4155", "HP #### #### ####"),
        ("HP +62 812-2733-4155.", "HP +## ###-####-####."),
        ("kirim ke siti.aminah@contoh.id gagal", "kirim ke <email> gagal"),
        ("lahir 19840314", "lahir ########"),
        ("14 dari 23 catatan, 12345 bita", "14 dari 23 catatan, 12345 bita"),
        ("receipt A7K-2391 at 2026-11-24 09:14", "receipt A7K-2391 at 2026-11-24 09:14"),
    ],
)
def test_personal_data_is_masked(said: str, written: str) -> None:
    assert log.mask(said) == written


@given(st.text(), st.integers(10**5, 10**16), st.text())
def test_no_long_number_ever_comes_through(before: str, number: int, after: str) -> None:
    assert not re.search(r"\d{6}", log.mask(f"{before}{number}{after}"))


def test_lines_exceptions_and_arguments_are_written_masked(tmp_home: Path) -> None:
    path = log.setup_logging()
    try:
        raise ValueError("3403115403840002")
    except ValueError:
        logging.getLogger("other.library").exception("row %s", "081227334155")
    text = path.read_text()
    assert path == tmp_home / "logs" / "trainer_app.log"
    assert "ValueError: ################" in text
    assert "row ############" in text
    assert not re.search(r"\d{6}", text)
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ERROR other.library MainThread: row", text)


def test_the_log_does_not_grow_without_end(tmp_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 2000)
    path = log.setup_logging()
    for n in range(400):
        logging.getLogger("other").info("line %d %s", n, "x" * 50)
    files = sorted(path.parent.iterdir())
    assert len(files) == log.FILES_KEPT + 1
    assert all(file.stat().st_size <= 2000 for file in files)
    assert "line 399" in path.read_text()


def test_setting_up_twice_writes_each_line_once(tmp_home: Path) -> None:
    log.setup_logging()
    path = log.setup_logging()
    logging.getLogger("other").info("sekali")
    assert path.read_text().count("sekali") == 1


def test_a_folder_that_refuses_does_not_stop_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "logs"
    in_the_way.write_text("a file where the folder should be")
    log.setup_logging(tmp_path)
    logging.getLogger("other").info("tetap jalan")
    assert "tetap jalan" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_folders_that_are_made_on_the_way_are_their_owners_only(tmp_path):
    path = log.setup_logging(tmp_path / "pusat")
    log.close_logging()
    for made in (path.parent, path.parent.parent):
        assert made.stat().st_mode & 0o077 == 0
