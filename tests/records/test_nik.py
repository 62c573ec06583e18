"""NIK: the rules of the field; all numbers are made up (serials of 9000 and more are not in use)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records import places
from trainer_app.records.checks.nik import (
    age_on,
    group_nik,
    mask_nik,
    read_nik,
)
from trainer_app.records.place_tables import legacy_table

ON = date(2026, 11, 24)


def codes(findings):
    return [code for code, _message in findings]


@pytest.mark.parametrize(
    ("nik", "sex", "birth", "place"),
    [
        ("5301085508909001", "P", date(1990, 8, 15), "Kab. Kupang"),
        ("9202121203859002", "L", date(1985, 3, 12), "Kab. Manokwari"),
        ("6501011507909010", "L", date(1990, 7, 15), "Kab. Bulungan"),
        ("3201017108909005", "P", date(1990, 8, 31), "Kab. Bogor"),
        ("3201012902009008", "L", date(2000, 2, 29), "Kab. Bogor"),
        ("3201010101099012", "L", date(2009, 1, 1), "Kab. Bogor"),
        ("3201011507909015", "L", date(1990, 7, 15), "Kab. Bogor"),
        ("3403115403849002", "P", date(1984, 3, 14), "Kab. Gunungkidul"),
    ],
)
def test_a_good_number_tells_sex_birth_date_and_place(nik, sex, birth, place):
    reading = read_nik(nik, on=ON)
    assert (reading.status, reading.problems, reading.notes) == ("ok", (), ())
    assert (reading.sex, reading.birth_date, reading.place) == (sex, birth, place)
    assert reading.saveable
    assert reading.message == ""


def test_district_of_a_good_number():
    assert read_nik("5301085508909001", on=ON).district == "53.01.08"
    assert places.district("53.01.08").name == "Kupang Tengah"
    assert places.district(read_nik("9202121203859002", on=ON).district).name == "Manokwari Barat"
    assert places.district(read_nik("6501011507909010", on=ON).district).name == "Tanjung Palas"


def test_an_old_papua_code_is_fine_and_says_what_it_is_now():
    reading = read_nik("9113015204889003", on=ON)
    assert (reading.status, reading.sex, reading.birth_date) == ("ok", "P", date(1988, 4, 12))
    assert (reading.district, reading.district_now) == ("91.13.01", "95.03.01")
    assert reading.place == "Kab. Yahukimo"
    assert reading.notes == (
        ("area_legacy", "Kode wilayah lama 91.13.01, sekarang 95.03.01 Distrik Kurima."),
    )


def test_an_old_code_without_a_known_successor_keeps_its_old_place():
    code = next(code for code in legacy_table() if places.legacy_district(code).successor_code is None)
    reading = read_nik(code.replace(".", "") + "1507909011", on=ON)
    assert (reading.status, reading.district_now) == ("ok", None)
    assert codes(reading.notes) == ["area_legacy"]
    assert reading.place == places.legacy_district(code).regency_label


@pytest.mark.parametrize(
    ("nik", "code", "message"),
    [
        ("3201018108909006", "date", "Tanggal di NIK tidak cocok. Periksa angka ke-7 sampai 12."),
        ("3201014008909007", "date", "Tanggal di NIK tidak cocok. Periksa angka ke-7 sampai 12."),
        ("3201013002909004", "date", "Tanggal di NIK tidak cocok. Periksa angka ke-7 sampai 12."),
        ("3201012902019009", "date", "Tanggal di NIK tidak cocok. Periksa angka ke-7 sampai 12."),
        ("3201011513909004", "date", "Tanggal di NIK tidak cocok. Periksa angka ke-7 sampai 12."),
        ("3201010001909004", "date", "Tanggal di NIK tidak cocok. Periksa angka ke-7 sampai 12."),
        ("320101150790901", "length", "NIK harus 16 angka. Sekarang 15."),
        ("32010115079090", "length", "NIK harus 16 angka. Sekarang 14."),
        ("32010115079090155", "length", "NIK harus 16 angka. Sekarang 17."),
        ("3201X11507909015", "letters", "NIK hanya berisi angka. Ganti X dengan angka."),
        ("1111111111111111", "fake", None),
        ("1234567890123456", "fake", None),
        ("9876543210987654", "fake", None),
    ],
)
def test_an_impossible_number_says_what_to_do(nik, code, message):
    reading = read_nik(nik, on=ON)
    assert (reading.status, codes(reading.problems)) == ("error", [code])
    assert message is None or reading.message == message
    assert not reading.saveable
    assert reading.repair is None


@pytest.mark.parametrize(
    "nik", ["3201O11507909015", "32o1O115O79O9O15", "320lOl1507909015", "3201 0I15 0790 9015"]
)
def test_letters_that_look_like_digits_are_offered_repaired(nik):
    reading = read_nik(nik, on=ON)
    assert (reading.status, codes(reading.problems)) == ("error", ["letters"])
    assert reading.repair == "3201011507909015"


def test_no_repair_is_offered_that_would_be_wrong_again():
    assert read_nik("3201O13002909004", on=ON).repair is None
    assert read_nik("32O101", on=ON).repair is None
    assert read_nik("OOOOOOOOOOOOOOOO", on=ON).repair is None


@pytest.mark.parametrize(
    "text",
    [
        "32.01.01.150790.9015",
        "3201 0115 0790 9015",
        "3201-0115-0790-9015",
        "３２０１０１１５０７９０９０１５",
    ],
)
def test_blanks_dots_dashes_and_wide_digits_do_not_matter(text):
    assert read_nik(text, on=ON) == read_nik("3201011507909015", on=ON)


def test_nothing_typed_is_not_an_error():
    assert read_nik("  - ", on=ON).status == "empty"
    assert not read_nik("", on=ON).saveable


def test_former_east_timor_and_unknown_districts_are_warnings():
    east_timor = read_nik("5401011507709011", on=ON)
    assert (east_timor.status, codes(east_timor.problems)) == ("warning", ["area_unknown"])
    assert (east_timor.sex, east_timor.birth_date, east_timor.place) == ("L", date(1970, 7, 15), "")
    assert "Timor Timur" in east_timor.message
    inside = read_nik("3201991507909015", on=ON)
    assert (inside.status, inside.place, inside.district_now) == ("warning", "Kab. Bogor", None)


def test_serial_zero_is_a_warning():
    reading = read_nik("3201011507900000", on=ON)
    assert (reading.status, codes(reading.problems)) == ("warning", ["serial_zero"])


class TestCentury:
    NIK = "3201010101109013"

    def test_undecided_asks_for_the_date(self):
        reading = read_nik(self.NIK, on=ON)
        assert (reading.status, reading.birth_date) == ("warning", None)
        assert reading.birth_choices == (date(1910, 1, 1), date(2010, 1, 1))
        assert reading.message == "Menurut NIK lahir tahun 1910 atau 2010. Isi tanggal lahirnya."

    def test_typed_date_decides(self):
        reading = read_nik(self.NIK, on=ON, birth=date(2010, 1, 1))
        assert (reading.birth_date, reading.birth_choices) == (date(2010, 1, 1), ())
        assert reading.problems == (("under_17", "Usianya 16 tahun. Isi nama wali."),)

    def test_typed_year_decides(self):
        reading = read_nik(self.NIK, on=ON, birth_year=1910)
        assert reading.birth_date == date(1910, 1, 1)
        assert codes(reading.problems) == ["over_100"]

    def test_the_seventeenth_birthday_makes_an_adult(self):
        nik = "3201012411099012"
        assert read_nik(nik, on=date(2026, 11, 24)).birth_date == date(2009, 11, 24)
        assert read_nik(nik, on=date(2026, 11, 23)).birth_date is None

    def test_a_very_old_person_of_an_unambiguous_year(self):
        reading = read_nik("3201010101309013", on=ON)
        assert (reading.status, reading.birth_date) == ("ok", date(1930, 1, 1))
        assert read_nik("3201010112269013", on=ON).birth_date == date(1926, 12, 1)


def test_what_the_person_said_is_compared():
    nik = "5301085508909001"
    assert read_nik(nik, on=ON, birth=date(1990, 8, 15), sex="P").status == "ok"
    assert read_nik(nik, on=ON, birth_year=1990).status == "ok"
    differs = read_nik(nik, on=ON, birth=date(1991, 8, 15), sex="L")
    assert (differs.status, codes(differs.problems)) == ("warning", ["birth_differs", "sex_differs"])
    assert differs.birth_date == date(1990, 8, 15)
    assert "15-08-1990" in differs.message
    assert "15-08-1991" in differs.message
    assert codes(read_nik(nik, on=ON, birth_year=1989).problems) == ["birth_differs"]
    assert codes(read_nik("3201011507909015", on=ON, sex="P").problems) == ["sex_differs"]


def test_no_message_gives_the_number_away():
    for nik in ("5401011507709011", "3201010101109013", "3201O11507909015", "9113015204889003"):
        reading = read_nik(nik, on=ON, birth=date(1999, 9, 9), sex="L")
        for _code, message in reading.problems + reading.notes:
            assert nik[-4:] not in message


def test_showing():
    assert group_nik("3403115403840002") == "3403 1154 0384 0002"
    assert group_nik("34031") == "3403 1"
    assert mask_nik("3403115403840002") == "3403 •••• •••• 0002"
    assert mask_nik("3403") == "••••"
    assert mask_nik("") == ""


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(2009, 11, 24), date(2026, 11, 24), 17),
        (date(2009, 11, 25), date(2026, 11, 24), 16),
        (date(2000, 2, 29), date(2027, 2, 28), 26),
        (date(2000, 2, 29), date(2027, 3, 1), 27),
    ],
)
def test_age(birth, on, age):
    assert age_on(birth, on) == age


@given(
    birth=st.dates(date(1930, 1, 1), date(2009, 11, 24)),
    sex=st.sampled_from("PL"),
    serial=st.integers(9000, 9999),
    district=st.sampled_from(["53.01.08", "34.03.11", "92.02.12", "65.01.01", "94.01.01"]),
)
def test_a_made_number_reads_back(birth, sex, serial, district):
    day = birth.day + (40 if sex == "P" else 0)
    nik = f"{district.replace('.', '')}{day:02d}{birth:%m%y}{serial}"
    reading = read_nik(nik, on=ON)
    assert (reading.status, reading.sex, reading.district_now) == ("ok", sex, district)
    assert reading.birth_date == birth


@given(st.text(max_size=24))
def test_no_text_is_too_strange(text):
    assert read_nik(text, on=ON).status in ("ok", "warning", "error", "empty")


def test_every_regency_has_numbers_that_pass():
    for regency in places.regencies():
        district = places.districts(regency.code)[0]
        reading = read_nik(district.code.replace(".", "") + "1507909015", on=ON)
        assert (reading.status, reading.place) == ("ok", regency.label)
