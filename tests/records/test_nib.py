"""The business number."""

from __future__ import annotations

import pytest

from trainer_app.records.checks.nib import read_nib


@pytest.mark.parametrize(
    "text", ["9120001234567", "9120 0012 34567", "9120-001-234567", "９１２０００１２３４５６７"]
)
def test_thirteen_digits(text):
    assert (read_nib(text).status, read_nib(text).digits) == ("ok", "9120001234567")


@pytest.mark.parametrize(
    ("text", "problem", "message"),
    [
        ("912000123456", "length", "NIB harus 13 angka. Sekarang 12."),
        ("91200012345678", "length", "NIB harus 13 angka. Sekarang 14."),
        ("91200012345X7", "letters", "NIB hanya berisi angka. Salin dari surat OSS."),
    ],
)
def test_what_is_wrong(text, problem, message):
    reading = read_nib(text)
    assert (reading.status, reading.problem, reading.message) == ("error", problem, message)


def test_nothing_typed():
    assert read_nib(" ").status == "empty"
