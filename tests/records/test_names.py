"""Names: cleaning, search keys and likeness. The people are made up (CONTOH)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records.checks.names import SIMILAR, clean_name, fold_name, match_name

SAME = [
    ("SITI NURHALIMAH", "Siti Nur Halimah", "Hj. Siti Nurhalimah"),
    ("Moh. Jafar", "Muhammad Djafar", "M. Jafar", "Muh Jafar", "Drs. H. Mochammad Jafar, M.Si"),
    ("I Wayan Sudarma", "Wayan Sudarma", "Sudarma, I Wayan", "sudarma wayan"),
    ("Yuliana Wenda", "WENDA YULIANA", "Juliana Wenda"),
    ("Siti Aminah", "Siti Aminah, S.Pd.", "Ibu Siti Aminah S.Pd.I", "siti aminah spd", "Sitti  Aminah."),
    ("Tjipto Widjaja", "Cipto Wijaya"),
    ("Soekarno", "Sukarno"),
    ("Achmad Chairul", "Ahmad Khairul", "H. Akhmad Hairul"),
    ("Abd. Rahman", "Abdul Rahman", "Abdurrahman"),
    ("Yusuf", "Jusuf"),
    ("Dessy Ratnasari", "Desi Ratnasari"),
    ("Rudy Hartono", "Rudi Hartono"),
    ("Zaenal Arifin", "Zainal Arifin"),
    ("Ma'ruf", "Maruf", "Ma’ruf"),
    ("Agus S.", "Agus Santoso"),
    ("Yuliana Bete Seran", "Yuliana Seran"),
]


@pytest.mark.parametrize(
    ("a", "b"),
    [pair for group in SAME for pair in itertools.combinations(group, 2) if "Sudarma, I" not in pair[1]],
)
def test_names_that_should_match(a, b):
    assert match_name(a, b) >= SIMILAR
    assert match_name(b, a) == match_name(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("I Wayan Sudarma", "I Made Sudarma"),
        ("I Wayan Sudarma", "I Wayan Sukerta"),
        ("I Wayan Sudarma", "Ni Wayan Sudarma"),
        ("Siti", "Siti Nurhalimah"),
        ("Siti Aminah", "Siti Aisyah"),
        ("Yohanes Taneo", "Yohanes Tefa"),
        ("Abdul Rahman", "Abdul Rahim"),
        ("Muhammad", "Muhidin"),
        ("Slamet", "Sugeng"),
        ("", "Siti"),
        ("...", "..."),
    ],
)
def test_names_that_should_not(a, b):
    assert match_name(a, b) < SIMILAR
    assert match_name(b, a) == match_name(a, b)


def test_a_degree_is_no_initial_and_an_initial_no_degree():
    assert match_name("M. Nur", "Muhammad Nur") >= SIMILAR
    assert match_name("M.Nur", "Muhammad Nur") >= SIMILAR
    assert match_name("Nur, M.Pd.", "Nur") == 100
    assert match_name("S.E. Wijaya", "Wijaya") < 100


_word = st.text(st.sampled_from("abcdehijklmnorstuwy"), min_size=2, max_size=9)
_name = st.lists(_word, min_size=1, max_size=4).map(" ".join)


@given(_name, _name)
def test_likeness_is_symmetric_and_bounded(a, b):
    assert 0 <= match_name(a, b) == match_name(b, a) <= 100


@given(
    st.lists(st.text(st.sampled_from("abdehijklmnorstuwy"), min_size=6, max_size=9), min_size=1).map(" ".join)
)
def test_capitals_dots_and_order_do_not_matter(name):
    assert match_name(name, name.upper() + ".") == 100
    assert match_name(name, " ".join(reversed(name.split()))) >= 98


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Siti   Aminah ", "Siti Aminah"),
        ("Hj. Siti Aminah, S.Pd.", "Hj. Siti Aminah, S.Pd."),
        ("SUPARMAN", "SUPARMAN"),
        ("Ma’ruf", "Ma'ruf"),
        ("Siti\tAminah\n", "Siti Aminah"),
        ("Siti\u200b Aminah", "Siti Aminah"),
        ("Siti Aminah,", "Siti Aminah"),
        ("X", "X"),
    ],
)
def test_cleaning_keeps_what_was_meant(typed, name):
    reading = clean_name(typed)
    assert (reading.status, reading.name, reading.message) == ("ok", name, "")


@pytest.mark.parametrize(
    ("typed", "status", "message"),
    [
        ("", "empty", "Isi nama lengkap seperti di KTP"),
        (" \n", "empty", "Isi nama lengkap seperti di KTP"),
        ("Siti 2", "error", "Nama tidak memakai angka. Tulis seperti di KTP."),
        ("...", "error", "Nama belum ada hurufnya. Tulis seperti di KTP."),
        ("a" * 101, "error", "Nama paling banyak 100 huruf. Sekarang 101."),
    ],
)
def test_what_cannot_be_a_name(typed, status, message):
    assert (clean_name(typed).status, clean_name(typed).message) == (status, message)


def test_a_hundred_letters_are_allowed():
    assert clean_name("a" * 100).status == "ok"


def test_search_key():
    assert fold_name("Hj. Sitti-Nur  Ma'rufah") == "hj sitti nur marufah"
    assert fold_name("JOSÉ") == "jose"


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(text):
    assert fold_name(fold_name(text)) == fold_name(text)
