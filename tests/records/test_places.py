"""Places: look-ups, areas as numbers, and the search at every key."""

from __future__ import annotations

import time
import tracemalloc
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records import places
from trainer_app.records.folding import fold
from trainer_app.records.place_index import LEVEL_WORDS, Need, VillageIndex
from trainer_app.records.place_tables import legacy_table
from trainer_app.records.places import search, search_regencies

VILLAGES = 83_762
INDEX = places._villages()
some_village = st.integers(0, VILLAGES - 1).map(lambda number: places.village(INDEX.code(number)))


def labels(found, count=20):
    return [place.label for place in found[:count]]


def test_all_of_indonesia_is_on_board():
    assert len(INDEX) == VILLAGES
    assert len(places.provinces()) == 38
    assert len(places.regencies()) == 514
    assert sum(len(places.districts(one.code)) for one in places.regencies()) == 7_285
    kinds = [place.kind for one in places.districts("91.03") for place in places.villages(one.code)]
    assert kinds.count("desa adat") == 14


def test_a_village_knows_its_path():
    place = places.village("53.01.08.2006")
    assert place.kind == "desa"
    assert (place.district, place.regency) == ("Kec. Kupang Tengah", "Kab. Kupang")
    assert place.province == "Nusa Tenggara Timur"
    assert place.short == f"{place.name}, Kec. Kupang Tengah, Kab. Kupang"
    assert place.label == f"{place.short}, Nusa Tenggara Timur"
    assert (place.district_code, place.regency_code, place.province_code) == ("53.01.08", "53.01", "53")
    assert place.area == 5301
    assert place in places.villages("53.01.08")


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("34.01.01", "Kapanewon Temon"),
        ("34.71.01", "Kemantren Tegalrejo"),
        ("95.03.01", "Distrik Kurima"),
        ("53.01.08", "Kec. Kupang Tengah"),
    ],
)
def test_districts_are_called_what_they_are_called_there(code, label):
    assert places.district(code).label == label


def test_names_with_a_comma_lose_their_quotes():
    assert places.village("12.07.28.1007").name == "Lubuk Pakam I,II"


@pytest.mark.parametrize(
    "code",
    ["", "53", "53.01.08", "53.01.08.9999", "5301082006", "53.01.08.200", "99.99.99.2001", "53.01.08-2006"],
)
def test_unknown_codes(code):
    assert places.find_village(code) is None
    with pytest.raises(KeyError):
        places.village(code)


def test_unknown_areas_raise_key_error():
    for look_up in (places.province, places.regency, places.district, places.villages):
        with pytest.raises(KeyError):
            look_up("00")


def test_codes_are_texts_with_their_zeros():
    assert places.regency("11.10").label == "Kab. Aceh Singkil"
    assert places.regency("11.01").label == "Kab. Aceh Selatan"


def test_areas_as_numbers():
    assert places.area_of("53.01.08.2006") == places.area_of("53.01") == 5301
    assert places.regency_code(5301) == "53.01"
    assert places.area_label(5301) == "Kab. Kupang"
    assert places.area_label(5371) == "Kota Kupang"
    assert places.area_label(places.CENTRE) == "Pusat"
    assert places.area_label(9999) == "99.99"
    for one in places.regencies():
        assert places.regency_code(one.area) == one.code
    for wrong in ("53", "5301", ""):
        with pytest.raises(ValueError, match="no area"):
            places.area_of(wrong)
    for number in (-1, 0, 53, 10_000):
        with pytest.raises(ValueError, match="not the number"):
            places.regency_code(number)


@pytest.mark.parametrize(
    ("place", "iana", "label"),
    [
        ("34.03", "Asia/Jakarta", "WIB"),
        (5301, "Asia/Makassar", "WITA"),
        ("95.03.01.2001", "Asia/Jayapura", "WIT"),
    ],
)
def test_time_zones(place, iana, label):
    assert places.time_zone(place) == places.TimeZone(iana, label)


# ---------------------------------------------------------------- searching


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("sidom kec wates", "Sidomulyo, Kec. Wates, Kab. Kediri, Jawa Timur"),
        ("wates sidom", "Sidomulyo, Kec. Wates, Kab. Kediri, Jawa Timur"),
        ("kupang tengah oel", "Oelnasi, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"),
        ("oel kupang tengah ntt", "Oelnasi, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"),
        ("Ds. Oelnasi, Kec. Kupang Tengah", "Oelnasi, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"),
        ("desa oelnasi kabupaten kupang", "Oelnasi, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"),
        ("oelnasi kec", "Oelnasi, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"),
        ("sido mulyo wates kediri", "Sidomulyo, Kec. Wates, Kab. Kediri, Jawa Timur"),
        ("wates kulon progo", "Wates, Kapanewon Wates, Kab. Kulon Progo, DI Yogyakarta"),
        ("kp baru badar", "Kampung Baru, Kec. Badar, Kab. Aceh Tenggara, Aceh"),
        ("tts soe", "SoE, Kec. Kota Soe, Kab. Timor Tengah Selatan, Nusa Tenggara Timur"),
        ("kel kota jaya lahat", "Kota Jaya, Kec. Lahat, Kab. Lahat, Sumatera Selatan"),
        ("kab lahat kota jaya", "Kota Jaya, Kec. Lahat, Kab. Lahat, Sumatera Selatan"),
        ("melonguane kep talaud", "Melonguane, Kec. Melonguane, Kab. Kepulauan Talaud, Sulawesi Utara"),
        ("kemantren kec sumber", "Kemantren, Kec. Sumber, Kab. Cirebon, Jawa Barat"),
        ("52.01.08.2001 ", None),
    ],
)
def test_field_examples_are_in_the_first_five(typed, wanted):
    wanted = wanted or places.village("52.01.08.2001").label
    assert wanted in labels(search(typed), 5)


def test_a_whole_name_comes_before_longer_ones():
    found = search("wates", limit=500)
    whole = [place.name == "Wates" for place in found]
    assert whole[0]
    assert whole == sorted(whole, reverse=True)


def test_own_name_before_the_name_of_the_area():
    found = search("jayapura", limit=200)
    assert found[0].name == "Jayapura"
    assert {place.regency for place in found} >= {"Kab. Jayapura", "Kota Jayapura"}


def test_assigned_areas_come_first():
    assert search("sidomulyo")[0].regency != "Kab. Kulon Progo"
    assert search("sidomulyo", prefer=[3401])[0].regency == "Kab. Kulon Progo"
    far = [place.area not in (5301, 5371) for place in search("k", prefer=[5301, 5371])]
    assert far.count(False) > 10
    assert far == sorted(far)
    assert search("sidomulyo", prefer=[9999]) == search("sidomulyo")


def test_assigned_areas_leave_room_for_the_rest():
    found = search("kupang", prefer=[5301], limit=20)
    assert any(place.area != 5301 for place in found)
    assert len(found) == 20


@pytest.mark.parametrize(
    "typed", ["", "   ", "-", "...", "zzzzzz", "kec", "kab kec ds", "99.99.99.9999", "\u0000", "😀"]
)
def test_no_query_is_too_strange(typed):
    assert len(search(typed)) <= 20


def test_nothing_typed_gives_nothing():
    assert search("") == []
    assert search_regencies(" ") == []


def test_limit_and_no_repetition():
    for typed in ("s", "si", "kota", "kupang", "a b", "sidomulyo kec"):
        found = search(typed, limit=7, prefer=[5301])
        assert len(found) == 7
        assert len({place.code for place in found}) == 7


def test_fewer_letters_are_still_answered():
    for letter in "abcdefghijklmnoprstuwy":
        found = search(letter)
        assert len(found) == 20
        assert all(place.name.lower().startswith(letter) for place in found)


@given(some_village, st.integers(1, 40), st.booleans())
def test_a_village_is_found_by_a_beginning_and_its_district(place, letters, written_out):
    district = places.district(place.district_code).name
    typed = place.name[:letters]
    query = f"{typed} kec {district}" if written_out else f"{district} {typed}"
    siblings = places.villages(place.district_code)
    found = search(query, limit=len(siblings) + 200)
    assert place.code in [one.code for one in found]


@given(some_village)
def test_a_village_is_among_the_first_by_its_whole_path(place):
    district, regency = places.district(place.district_code).name, places.regency(place.regency_code)
    typed = f"{place.name} kec {district} {regency.label}".upper()
    alike = [one for one in places.villages(place.district_code) if one.name == place.name]
    assert place.code in [one.code for one in search(typed, limit=max(5, len(alike)))]


@given(some_village, st.data())
def test_every_result_answers_what_was_typed(place, data):
    """Against a slow reading of the rule: each word begins a word of the name or of an area around it."""
    words = data.draw(
        st.lists(st.sampled_from(place.label.replace(",", "").lower().split()), min_size=1, max_size=3)
    )
    typed = [word[: data.draw(st.integers(2, 12))] for word in words]
    if any(word.rstrip(".") in LEVEL_WORDS for word in typed):
        return
    for one in search(" ".join(typed), limit=10):
        everything = f"{one.label} {places.province(one.province_code).official_name} kabupaten kota provinsi"
        path = fold(everything)
        for word in fold(" ".join(typed)).split():
            begins = any(part.startswith(word) for part in path.split())
            assert begins or word in path.replace(" ", "") or word in _short_forms(one)


def _short_forms(place):
    initials = "".join(word[0] for word in fold(places.regency(place.regency_code).name).split())
    return [initials[:end] for end in range(1, 9)] + [
        short[:end]
        for short, code in places._PROVINCES_IN_SHORT.items()
        if code == place.province_code
        for end in range(1, 9)
    ]


def test_regencies_with_one_name_are_told_apart():
    assert [one.label for one in search_regencies("jayapura")] == ["Kab. Jayapura", "Kota Jayapura"]
    assert search_regencies("kota jaya")[0].label == "Kota Jayapura"
    assert [one.label for one in search_regencies("kab. kupang")] == ["Kab. Kupang"]
    assert search_regencies("kupang", prefer=[5371])[0].label == "Kota Kupang"
    assert "Kab. Timor Tengah Selatan" in [one.label for one in search_regencies("tts")]
    assert {one.province for one in search_regencies("ntt", limit=50)} == {"Nusa Tenggara Timur"}
    assert len(search_regencies("k", limit=3)) == 3


@given(st.sampled_from(places.regencies()))
def test_every_regency_is_first_by_its_label(one):
    assert search_regencies(one.label)[0].code == one.code


# ---------------------------------------------------------------- the index by itself


def small(table):
    return VillageIndex("code,name\n" + table, ["11.01.01", "11.01.02"], lambda need: set())


def test_a_damaged_table_is_refused():
    with pytest.raises(ValueError, match="order"):
        small("11.01.01.2002,B\n11.01.01.2001,A\n")
    with pytest.raises(ValueError, match="district"):
        small("11.01.01.2001,A\n11.01.03.2001,B\n")


def test_a_small_table_of_other_letters():
    index = small("11.01.01.2001,Désa Été\n11.01.01.2010,Ma'rang-Jaya (Baru)\n11.01.02.1001,Baru\n")
    assert [index.name(one) for one in index.search("ete", 5)] == ["Désa Été"]
    assert [index.code(one) for one in index.search("baru", 5)] == ["11.01.02.1001", "11.01.01.2010"]
    assert [index.code(one) for one in index.search("marang jaya", 5)] == ["11.01.01.2010"]
    assert index.find("11.01.02.1001") == 2
    assert index.find("11.01.02.1002") is None
    assert Need("x") == Need("x", None)


# ---------------------------------------------------------------- lists and maps


def test_the_underdeveloped_list_is_dated():
    current = places.tertinggal_list(date(2024, 6, 1))
    assert (current.id, len(current.codes), current.in_force) == ("perpres-63-2020", 62, True)
    assert current.codes <= {one.code for one in places.regencies()}
    run_out = places.tertinggal_list(date(2026, 11, 24))
    assert (run_out.id, run_out.in_force, run_out.valid_to) == (current.id, False, date(2024, 12, 31))
    assert not places.tertinggal_list(date(2015, 1, 1)).in_force
    assert places.is_tertinggal("95.03", date(2026, 11, 24))
    assert not places.is_tertinggal("34.03", date(2026, 11, 24))


def test_the_tile_grid_has_one_cell_a_province():
    tiles = places.tile_grid()
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles) == 38
    assert all(tile.column < places.TILE_COLUMNS and tile.row < places.TILE_ROWS for tile in tiles)
    assert {tile.iso[:3] for tile in tiles} == {"ID-"}


def test_maps_have_every_area_once():
    for shape, areas in (
        (places.map_provinces(), places.provinces()),
        (places.map_regencies(), places.regencies()),
    ):
        assert sorted(one["properties"]["code"] for one in shape["features"]) == [one.code for one in areas]


def test_withdrawn_district_codes_lead_to_present_ones():
    legacy = legacy_table()
    known = [one.successor_code for one in legacy.values() if one.successor_code]
    assert (len(legacy), len(known)) == (594, 587)
    assert all(places.find_district(code) for code in known)
    assert not [code for code in legacy if places.find_district(code)]


# ---------------------------------------------------------------- cost


def test_the_table_is_small_in_memory():
    places._village_index.cache_clear()
    tracemalloc.start()
    try:
        places.preload()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 15_000_000
    assert peak < 40_000_000


def test_a_key_is_answered_at_once():
    spent = []
    for number in range(0, VILLAGES, 1_777):
        place = places.village(INDEX.code(number))
        typed = f"{place.name} {places.district(place.district_code).name}".lower()
        for end in range(1, len(typed) + 1):
            start = time.thread_time()
            search(typed[:end], prefer=[place.area] if number % 2 else [])
            spent.append(time.thread_time() - start)
    spent.sort()
    assert spent[len(spent) * 95 // 100] < 0.030
