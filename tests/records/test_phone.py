"""Phone numbers as they are written in the field; 0810 has no operator, so no number here reaches anybody."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records.checks.phone import read_phones, show_phone


@pytest.mark.parametrize(
    "text",
    [
        "0810-1234-5678",
        "62 810 1234 5678",
        "810 1234 5678",
        "+62(810)12345678",
        "0062 81012345678",
        "O810 1234 5678",
        "081O 1234 5678",
        "wa 081012345678",
        "WA: 0810.1234.5678",
        "hp 0810 1234 5678 (WhatsApp)",
        "+62 0810 1234 5678",
        "６２８１０１２３４５６７８",
    ],
)
def test_every_way_to_write_one_number(text):
    (reading,) = read_phones(text)
    assert (reading.e164, reading.kind, reading.status) == ("+6281012345678", "mobile", "ok")
    assert reading.whatsapp_possible
    assert reading.message == ""


@pytest.mark.parametrize("between", [" / ", ", ", " atau ", " dan ", ";", "/"])
def test_two_numbers_in_one_field(between):
    readings = read_phones(f"0810 1234 5678{between}0810 8765 4321")
    assert [reading.e164 for reading in readings] == ["+6281012345678", "+6281087654321"]
    assert readings[0].raw == "0810 1234 5678"


@pytest.mark.parametrize(
    ("text", "missing", "extra", "message"),
    [
        ("0810123", 3, 0, "Nomor HP kurang 3 angka. Contoh: 0812 2733 4155"),
        ("0810 1234", 2, 0, "Nomor HP kurang 2 angka. Contoh: 0812 2733 4155"),
        ("08", 8, 0, "Nomor HP kurang 8 angka. Contoh: 0812 2733 4155"),
        ("08101234567890", 0, 1, "Nomor HP lebih 1 angka. Contoh: 0812 2733 4155"),
    ],
)
def test_short_and_long_numbers_say_by_how_much(text, missing, extra, message):
    (reading,) = read_phones(text)
    assert (reading.e164, reading.status) == (None, "error")
    assert reading.problem == ("short" if missing else "long")
    assert (reading.missing, reading.extra, reading.message) == (missing, extra, message)


def test_bounds_of_a_mobile_number():
    assert read_phones("0811 123 456")[0].status == "ok"
    assert read_phones("0810 1234 56")[0].problem == "rare_length"
    assert read_phones("0810 1234 56")[0].e164 == "+62810123456"
    assert read_phones("0810 1234 567")[0].status == "ok"
    assert read_phones("0810 1234 56789")[0].status == "ok"
    assert read_phones("0810 1234 567890")[0].problem == "long"


def test_a_landline_is_kept_but_cannot_do_whatsapp():
    (reading,) = read_phones("021-5551234")
    assert (reading.e164, reading.kind, reading.status) == ("+62215551234", "landline", "warning")
    assert not reading.whatsapp_possible


def test_a_foreign_number_is_kept_with_a_warning():
    (reading,) = read_phones("+60123456789")
    assert (reading.e164, reading.kind, reading.status) == ("+60123456789", "foreign", "warning")
    assert reading.whatsapp_possible


@pytest.mark.parametrize("text", ["kosong", "12345", "62", "+999123", "08101234567x", "tidak ada"])
def test_what_is_no_number(text):
    (reading,) = read_phones(text)
    assert (reading.e164, reading.status) == (None, "error")
    assert reading.message


def test_nothing_typed_gives_nothing():
    assert read_phones("") == []
    assert read_phones(" - / ") == []


def test_showing():
    assert show_phone("+6281227334155") == "0812 2733 4155"
    assert show_phone("+628111234567") == "0811 1234 567"
    assert show_phone("+62215551234") == "021 5551234"
    assert show_phone("+60123456789") == "+60 12-345 6789"
    assert show_phone("no number") == "no number"


@given(st.text(st.sampled_from("01258O+ ()-./,abwthp"), max_size=24))
def test_no_text_is_too_strange_and_what_is_read_stays_so(text):
    for reading in read_phones(text):
        if reading.e164:
            (again,) = read_phones(show_phone(reading.e164))
            assert (again.e164, again.kind) == (reading.e164, reading.kind)
        else:
            assert reading.status == "error"


def test_starting_the_program_does_not_load_the_number_tables():
    code = (
        "import sys; import trainer_app.records.checks.phone, trainer_app.records.checks.names,"
        " trainer_app.records.matching, trainer_app.records.checks.nik;"
        " sys.exit(any(name in sys.modules for name in ('phonenumbers', 'rapidfuzz')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
