"""Amounts as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app import words
from trainer_app.records.checks.money import read_money


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("2jt", 2_000_000),
        ("300rb", 300_000),
        ("500 ribu", 500_000),
        ("1,5 juta", 1_500_000),
        ("1.5jt", 1_500_000),
        ("1jt500rb", 1_500_000),
        ("1.500.000", 1_500_000),
        ("1,500,000", 1_500_000),
        ("Rp 1.500.000,-", 1_500_000),
        ("Rp.250.000", 250_000),
        ("1.500.000,00", 1_500_000),
        ("2 M", 2_000_000_000),
        ("75k", 75_000),
        ("15000", 15_000),
        ("0", 0),
    ],
)
def test_readable_amounts(text, rupiah):
    reading = read_money(text)
    assert (reading.rupiah, reading.status, reading.message) == (rupiah, "ok", "")


@pytest.mark.parametrize("text", ["1500", "1.500", "Rp1.500"])
def test_a_small_bare_number_is_asked_about(text):
    reading = read_money(text)
    assert (reading.rupiah, reading.status, reading.problem) == (1_500, "ask", "small")
    assert reading.message == "1.500 rupiah?"
    assert reading.choices == (1_500, 1_500_000)


@pytest.mark.parametrize(
    "text", ["dua juta", "1.50.000", "1,5", "1.5", "jt", "1rb2jt", "5x", "1.500.000,50", "--"]
)
def test_unreadable_amounts_say_how(text):
    reading = read_money(text)
    if text == "--":
        assert reading.status == "empty"
    else:
        assert (reading.rupiah, reading.status) == (None, "error")
        assert "1,5 juta" in reading.message


def test_absurd_amounts_are_refused():
    assert read_money("5000 milyar").problem == "too_much"
    assert read_money("9" * 30).problem == "too_much"


def test_nothing_typed():
    assert read_money("  ").status == "empty"
    assert read_money("Rp").status == "empty"


@given(st.integers(10_000, 999_999_999_999))
def test_what_we_write_we_read(rupiah):
    assert read_money(words.money(rupiah)).rupiah == rupiah
    assert read_money(str(rupiah)).rupiah == rupiah


@given(st.text(max_size=20))
def test_no_text_is_too_strange(text):
    assert read_money(text).status in ("ok", "ask", "error", "empty")
