"""Provinces, regencies, districts and villages of Indonesia, by the codes of the Ministry of Home Affairs.

Codes (Kemendagri's) are texts: "53.01.08.2006". A code's head is its parent; the statistics office uses
look-alike codes that mean other places. An area, the unit of a feed and of access, is a regency, written as
the number 5301. The tables are packaged with the program and read on first use, the 83,762 villages only when
a village is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any

from trainer_app.records.folding import fold, squash
from trainer_app.records.place_index import Beginnings, Need, VillageIndex
from trainer_app.records.place_tables import (
    WESTERN_HOURS,
    District,
    LegacyDistrict,
    Place,
    Province,
    Regency,
    TertinggalList,
    Tile,
    TimeZone,
    area_of,
    district_numbers,
    district_ranges,
    district_table,
    geojson,
    legacy_table,
    province_table,
    regency_code,
    regency_table,
    tertinggal_lists,
    village_table,
)
from trainer_app.words import _

__all__ = [
    "CENTRE",
    "TILE_COLUMNS",
    "TILE_ROWS",
    "District",
    "LegacyDistrict",
    "Place",
    "Province",
    "Regency",
    "TertinggalList",
    "Tile",
    "TimeZone",
    "area_label",
    "area_of",
    "district",
    "districts",
    "find_district",
    "find_regency",
    "find_village",
    "is_tertinggal",
    "legacy_district",
    "map_provinces",
    "map_regencies",
    "preload",
    "province",
    "provinces",
    "regencies",
    "regency",
    "regency_code",
    "search",
    "search_regencies",
    "tertinggal_list",
    "tile_grid",
    "time_zone",
    "village",
    "villages",
]

CENTRE = 0
"""The area of what the centre itself authors; no regency has this number."""
TILE_COLUMNS, TILE_ROWS = 17, 8

_REGENCY_KINDS = frozenset({"kab", "kabupaten", "kota"})
_VILLAGE_KINDS = {"1": "kelurahan", "2": "desa", "3": "desa adat"}
_PROVINCES_IN_SHORT = {
    "nad": "11", "sumut": "12", "sumbar": "13", "sumsel": "16", "babel": "19", "kepri": "21", "dki": "31",
    "jabar": "32", "jateng": "33", "diy": "34", "jogja": "34", "jatim": "35", "ntb": "52", "ntt": "53",
    "kalbar": "61", "kalteng": "62", "kalsel": "63", "kaltim": "64", "kaltara": "65", "sulut": "71",
    "sulteng": "72", "sulsel": "73", "sultra": "74", "sulbar": "76", "malut": "82",
}  # fmt: skip


def area_label(area: int) -> str:
    """ "Kab. Kupang" for 5301, "Pusat" for the centre; a number that is not known is shown as its code."""
    if area == CENTRE:
        return _("Pusat")
    code = regency_code(area)
    known = find_regency(code)
    return known.label if known else code


# ---------------------------------------------------------------- looking up


def province(code: str) -> Province:
    """The province with a code; KeyError if there is none."""
    return province_table()[code]


def regency(code: str) -> Regency:
    """The regency with a code; KeyError if there is none."""
    return regency_table()[code]


def district(code: str) -> District:
    """The district with a code; KeyError if there is none."""
    return district_table()[code]


def village(code: str) -> Place:
    """The village with a code; KeyError if there is none."""
    found = find_village(code)
    if found is None:
        raise KeyError(code)
    return found


def find_regency(code: str) -> Regency | None:
    """The regency with a code, or None."""
    return regency_table().get(code)


def find_district(code: str) -> District | None:
    """The district with a code, or None."""
    return district_table().get(code)


def find_village(code: str) -> Place | None:
    """The village with a code, or None."""
    index = _villages()
    number = index.find(code)
    return None if number is None else _place(index, number)


def legacy_district(code: str) -> LegacyDistrict | None:
    """A district code withdrawn since 2016, as old identity numbers carry it, or None."""
    return legacy_table().get(code)


def provinces() -> list[Province]:
    """All provinces in code order."""
    return list(province_table().values())


def regencies(province_code: str | None = None) -> list[Regency]:
    """All regencies, or those of one province, in code order."""
    return [one for one in regency_table().values() if province_code in (None, one.province_code)]


def districts(regency_code: str) -> list[District]:
    """The districts of a regency in code order; empty for an unknown code."""
    return [one for one in district_table().values() if one.regency_code == regency_code]


def villages(district_code: str) -> list[Place]:
    """The villages of a district in code order; KeyError for an unknown code."""
    number = district_numbers()[district_code]
    index = _villages()
    return [_place(index, one) for one in index.within(range(number, number + 1))]


def time_zone(place: str | int) -> TimeZone:
    """The time zone of a code of any level, or of an area; a province has one zone. KeyError if unknown."""
    code = regency_code(place) if isinstance(place, int) else place
    return province(code[:2]).time_zone


def utc_hours(place: str | int | None) -> int:
    """Hours ahead of UTC at a place; those of western Indonesia where it is unknown or of a newer list."""
    try:
        return time_zone(place).utc_hours if place else WESTERN_HOURS
    except KeyError:
        return WESTERN_HOURS


# ---------------------------------------------------------------- searching


def search(text: str, limit: int = 20, prefer: Iterable[int] = ()) -> list[Place]:
    """Villages for what was typed so far, best first; those in the areas of ``prefer`` come before others.

    Words may name the village, its district, regency or province, in any order and as beginnings: "sidom kec
    wates". A village's code is understood too. Nothing typed gives nothing.
    """
    index = _villages()
    number = index.find(text.strip()) if text.strip()[:2].isdigit() else None
    if number is not None:
        return [_place(index, number)]
    near = [district_ranges()[code] for code in map(regency_code, prefer) if code in regency_table()]
    return [_place(index, number) for number in index.search(text, limit, near)]


def search_regencies(text: str, limit: int = 20, prefer: Iterable[int] = ()) -> list[Regency]:
    """Regencies for what was typed so far: "jayapura" gives the kabupaten and the kota apart."""
    words = fold(text).split()
    if not words:
        return []
    owners = [_regencies_named(word) | _in_province(word) for word in words]
    codes = list(regency_table())
    hits = [regency_table()[codes[number]] for number in sorted(set.intersection(*owners))]
    whole, wanted = "".join(word for word in words if word not in _REGENCY_KINDS), set(prefer)

    def order(one: Regency) -> tuple[bool, bool, bool]:
        name = squash(one.name)
        return one.area not in wanted, name != whole, not name.startswith(whole)

    return sorted(hits, key=order)[:limit]


def preload() -> None:
    """Read the villages now (about 0.2 s of one core), so that the first key of a search is quick too."""
    _villages()


# ---------------------------------------------------------------- lists and maps


def tertinggal_list(on: date) -> TertinggalList:
    """The list in force on a day; else the last one that had begun; before the first list, the first."""
    lists = tertinggal_lists()
    begun = [one for one in lists if one.valid_from <= on]
    chosen = begun[-1] if begun else lists[0]
    in_force = chosen.valid_from <= on <= chosen.valid_to
    return TertinggalList(chosen.id, chosen.title, chosen.valid_from, chosen.valid_to, chosen.codes, in_force)


def is_tertinggal(regency_code: str, on: date) -> bool:
    """Whether a regency is underdeveloped by `tertinggal_list` of that day."""
    return regency_code in tertinggal_list(on).codes


def tile_grid() -> list[Tile]:
    """The provinces as cells of a 17 by 8 grid, for charts without borders."""
    return [Tile(one.code, one.name, one.iso, one.column, one.row) for one in provinces()]


def map_provinces() -> dict[str, Any]:
    """Simplified borders of the provinces (GeoJSON); for pictures, not for finding out where a point lies."""
    return geojson("map_provinces.geojson.gz")


def map_regencies() -> dict[str, Any]:
    """Simplified borders of the regencies (GeoJSON)."""
    return geojson("map_regencies.geojson.gz")


# ---------------------------------------------------------------- the table of villages

_loading = threading.Lock()


def _villages() -> VillageIndex:
    with _loading:  # a background preload and the first key must not both do the work
        return _village_index()


@cache
def _village_index() -> VillageIndex:
    return VillageIndex(village_table(), list(district_table()), _area_search())


def _place(index: VillageIndex, number: int) -> Place:
    code = index.code(number)
    return Place(code, index.name(number), _VILLAGE_KINDS[code[9]])


# ---------------------------------------------------------------- which districts a typed word names


@cache
def _regency_beginnings() -> Beginnings:
    """Names of regencies, and the initials of long ones ("TTS", "OKU")."""
    names = [(one.name, number) for number, one in enumerate(regency_table().values())]
    long = [(fold(name).split(), number) for name, number in names if len(name.split()) > 2]
    return Beginnings([*names, *(("".join(word[0] for word in words), number) for words, number in long)])


@cache
def _regency_kinds() -> Beginnings:
    return Beginnings(
        (one.label.replace("Kab.", "kabupaten"), n) for n, one in enumerate(regency_table().values())
    )


def _regencies_named(prefix: str) -> set[int]:
    """The numbers of the regencies that a word names; from three letters on "kab" and "kota" name a kind."""
    named = set(_regency_beginnings().owners(prefix))
    if len(prefix) > 2:
        named.update(_regency_kinds().owners(prefix))
    return named


@cache
def _province_beginnings() -> Beginnings:
    numbers = {code: number for number, code in enumerate(province_table())}
    names = [(name, numbers[one.code]) for one in provinces() for name in {one.name, one.official_name}]
    return Beginnings([*names, *((short, numbers[code]) for short, code in _PROVINCES_IN_SHORT.items())])


def _in_province(word: str) -> set[int]:
    """The numbers of the regencies in provinces that a word names."""
    codes = list(province_table())
    wanted = {codes[number] for number in _province_beginnings().owners(word)}
    return {number for number, one in enumerate(regency_table().values()) if one.province_code in wanted}


def _area_search() -> Callable[[Need], set[int]]:
    by_district = Beginnings((one.name, number) for number, one in enumerate(district_table().values()))
    by_province = _province_beginnings()
    regency_list, province_list = list(regency_table().values()), list(province_table())

    def districts_with(need: Need) -> set[int]:
        found: set[int] = set()
        if need.level in (None, "district"):
            found.update(by_district.owners(need.prefix))
        if need.level in (None, "regency"):
            for one in (regency_list[number] for number in _regencies_named(need.prefix)):
                if need.level is None or one.type.startswith("kabupaten"):
                    found.update(district_ranges()[one.code])
        if need.level in (None, "province"):
            for number in by_province.owners(need.prefix):
                found.update(district_ranges()[province_list[number]])
        return found

    return districts_with
