"""Who may be registered twice. The people are made up (CONTOH)."""

from __future__ import annotations

import time
from datetime import date

import pytest

from trainer_app.records.matching import Likeness, PersonKey, candidate, candidates

VILLAGE, SISTER_VILLAGE, ELSEWHERE = "53.01.08.2006", "53.01.08.2007", "34.03.11.2001"
NIK, OTHER_NIK = "5301085508909001", "3403115403849002"


def pair(first=None, second=None, /, **both):
    common = {"name": "Siti Aminah", **both}
    return PersonKey("a", **{**common, **(first or {})}), PersonKey("b", **{**common, **(second or {})})


def reasons(found):
    return found.reasons if found else None


def test_the_same_nik_is_sure():
    assert candidate(*pair(nik=NIK)) == Likeness(True, 100, ("NIK dan nama sama persis",))
    assert candidate(*pair(nik_print=b"p" * 32)).sure
    similar = candidate(*pair({"name": "Siti Aminha"}, nik=NIK))
    assert (similar.sure, similar.reasons) == (True, ("NIK sama persis, nama mirip",))
    other = candidate(*pair({"name": "Yohanes Taneo"}, nik=NIK))
    assert (other.sure, other.reasons) == (True, ("NIK sama persis, namanya lain",))


def test_missing_numbers_are_not_the_same_number():
    assert candidate(*pair(nik="", phone="", village="", nik_print=b"")) is None
    assert candidate(*pair()) is None


def test_a_person_is_not_its_own_double():
    one = PersonKey("a", "Siti Aminah", nik=NIK)
    assert candidate(one, one) is None


def test_same_phone_needs_a_similar_name():
    found = candidate(*pair({"name": "Hj. Siti Aminah"}, phone="+6281012345678"))
    assert (found.sure, found.reasons) == (False, ("Nama dan nomor HP sama",))
    assert candidate(*pair({"name": "Bambang Aminah"}, phone="+6281012345678")) is None


def test_spouses_with_one_phone_are_two():
    assert candidate(*pair({"name": "Lukas Seran"}, {"name": "Agnes Bere"}, phone="+6281012345678")) is None


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"village": VILLAGE}, {"village": VILLAGE}, ("Nama, tahun lahir dan desa sama",)),
        ({"village": VILLAGE}, {"village": SISTER_VILLAGE}, ("Nama, tahun lahir dan kecamatan sama",)),
        ({"village": VILLAGE}, {"village": ELSEWHERE}, None),
        ({"village": VILLAGE}, {"village": None}, None),
        ({"village": VILLAGE}, {"village": VILLAGE, "birth_year": 1985}, None),
        ({"village": VILLAGE, "birth_date": date(1984, 3, 14), "birth_year": None}, {"village": VILLAGE},
         ("Nama, tahun lahir dan desa sama",)),
        ({"village": VILLAGE}, {"village": VILLAGE, "name": "SITI AMINHA"},
         ("Nama, tahun lahir dan desa sama",)),
        ({"village": VILLAGE}, {"village": VILLAGE, "name": "Siti Aisyah"}, None),
    ],
)  # fmt: skip
def test_similar_name_with_birth_year_and_district(first, second, expected):
    assert reasons(candidate(*pair(first, second, birth_year=1984))) == expected


def test_without_a_birth_year_the_village_and_the_whole_name_must_agree():
    assert reasons(candidate(*pair({"birth_year": 1984}, village=VILLAGE))) == (
        "Nama dan desa sama, tahun lahir belum lengkap",
    )
    assert candidate(*pair({"name": "Siti Aminha"}, village=VILLAGE)) is None


def test_same_names_that_are_two_people():
    sri = pair({"birth_year": 1975}, {"birth_year": 1991}, name="Sri Wahyuni", village=VILLAGE)
    assert candidate(*sri) is None
    yohanes = pair({"village": VILLAGE}, {"village": SISTER_VILLAGE}, name="Yohanes Taneo")
    assert candidate(*yohanes) is None


def test_a_slip_in_the_nik_is_told():
    found = candidate(*pair({"nik": NIK}, {"nik": "5301085508909010"}))
    assert reasons(found) == ("Nama sama, NIK hampir sama",)
    assert candidate(*pair({"nik": NIK}, {"nik": "5301085508909110"})) is None
    named = {"name": "Agnes Bere"}, {"name": "Lukas Seran"}
    assert candidate(*pair({"nik": NIK, **named[0]}, {"nik": "5301085508909010", **named[1]})) is None


def test_two_good_numbers_far_apart_are_two_people():
    common = {"birth_year": 1984, "village": VILLAGE}
    assert candidate(*pair({"nik": NIK}, {"nik": OTHER_NIK}, **common)) is None
    assert candidate(*pair({"nik": NIK}, {"nik": OTHER_NIK}, phone="+6281012345678", **common)) is not None
    same_day = {"birth_date": date(1984, 3, 14), "village": VILLAGE}
    assert reasons(candidate(*pair({"nik": NIK}, {"nik": OTHER_NIK}, **same_day))) == (
        "Nama, tanggal lahir dan desa sama, NIK berbeda",
    )


def test_several_reasons_are_all_told_and_order_does_not_matter():
    a, b = pair(phone="+6281012345678", birth_year=1984, village=VILLAGE)
    assert candidate(a, b) == candidate(b, a)
    assert len(candidate(a, b).reasons) == 2
    assert candidate(a, b).score <= 99


def test_the_likeliest_come_first():
    one = PersonKey("me", "Siti Aminah", nik=NIK, phone="+6281012345678", birth_year=1990, village=VILLAGE)
    others = [
        PersonKey("similar", "Siti Aminha", birth_year=1990, village=VILLAGE),
        PersonKey("nobody", "Slamet", birth_year=1990, village=VILLAGE),
        PersonKey("phone", "Siti Aminah", phone="+6281012345678", birth_year=1990, village=VILLAGE),
        PersonKey("nik", "S. Aminah", nik=NIK),
        PersonKey("me", "Siti Aminah", nik=NIK),
    ]
    assert [other.id for other, _likeness in candidates(one, others)] == ["nik", "phone", "similar"]
    assert [other.id for other, _likeness in candidates(one, others, limit=1)] == ["nik"]


def test_thousands_are_compared_while_somebody_types():
    others = [
        PersonKey(
            str(n),
            f"Siti {'abcdefghij'[n % 10]}minah {n % 97}",
            nik=f"530108550890{n:04d}",
            birth_year=1960 + n % 40,
            village=f"53.01.{n % 20 + 1:02d}.2001",
        )
        for n in range(3_000)
    ]
    one = PersonKey("me", "Siti Aminah", nik="5301085508909999", birth_year=1984, village=VILLAGE)
    candidates(one, others)
    start = time.thread_time()
    candidates(one, others)
    assert time.thread_time() - start < 0.2
