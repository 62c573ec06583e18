"""The packaged tables of areas, and what a row of them is.

Everything is read once, on first use, through importlib.resources; the villages are handed on as text, for
`place_index` keeps them in a compact form. Looking up and searching is in `places`.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

PAPUA = frozenset({"91", "92", "93", "94", "95", "96"})
YOGYAKARTA, YOGYAKARTA_CITY = "34", "34.71"


_UTC_HOURS = {"WIB": 7, "WITA": 8, "WIT": 9}
WESTERN_HOURS = _UTC_HOURS["WIB"]


@dataclass(frozen=True, slots=True)
class TimeZone:
    """``iana`` for computing ("Asia/Makassar"), ``label`` for people ("WITA")."""

    iana: str
    label: str

    @property
    def utc_hours(self) -> int:
        """Hours ahead of UTC, all year."""
        return _UTC_HOURS[self.label]


@dataclass(frozen=True, slots=True)
class Province:
    """A province; ``column``, ``row``: its cell in the tile grid; ``lon``, ``lat``: inside it (WGS 84)."""

    code: str
    official_name: str
    name: str
    iso: str
    island_group: str
    capital: str
    time_zone: TimeZone
    population: int
    area_km2: float
    lon: float
    lat: float
    column: int
    row: int

    @property
    def label(self) -> str:
        """The name for screens."""
        return self.name


@dataclass(frozen=True, slots=True)
class Regency:
    """A kabupaten or kota. 26 names are both, so ``label`` always shows the type."""

    code: str
    name: str
    type: str
    province_code: str
    population: int
    area_km2: float
    lon: float
    lat: float

    @property
    def label(self) -> str:
        """ "Kab. Jayapura", "Kota Jayapura"."""
        return f"{'Kota' if self.type.startswith('kota') else 'Kab.'} {self.name}"

    @property
    def area(self) -> int:
        """The regency as the number that feeds and rights use."""
        return area_of(self.code)

    @property
    def province(self) -> str:
        """The name of the province."""
        return province_table()[self.province_code].name


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan, called distrik, kapanewon or kemantren in some provinces."""

    code: str
    name: str

    @property
    def regency_code(self) -> str:
        """The code of the regency it lies in."""
        return self.code[:5]

    @property
    def label(self) -> str:
        """ "Kec. Wates", in the word of the province."""
        return f"{_district_word(self.code)} {self.name}"


@dataclass(frozen=True, slots=True)
class LegacyDistrict:
    """A district code that went out of use; ``successor_code`` is None where none is known."""

    code: str
    name: str
    regency_label: str
    successor_code: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A village with its path. ``kind`` is desa, kelurahan or desa adat."""

    code: str
    name: str
    kind: str

    @property
    def district_code(self) -> str:
        """The code of its district."""
        return self.code[:8]

    @property
    def regency_code(self) -> str:
        """The code of its regency."""
        return self.code[:5]

    @property
    def province_code(self) -> str:
        """The code of its province."""
        return self.code[:2]

    @property
    def area(self) -> int:
        """Its regency as a number."""
        return area_of(self.code)

    @property
    def district(self) -> str:
        """ "Kec. Wates"."""
        return district_table()[self.district_code].label

    @property
    def regency(self) -> str:
        """ "Kab. Kulon Progo"."""
        return regency_table()[self.regency_code].label

    @property
    def province(self) -> str:
        """The name of its province."""
        return province_table()[self.province_code].name

    @property
    def short(self) -> str:
        """ "Wates, Kec. Wates, Kab. Kulon Progo": enough where the province is plain."""
        return f"{self.name}, {self.district}, {self.regency}"

    @property
    def label(self) -> str:
        """The whole path, which alone tells one Sidomulyo from the other 97."""
        return f"{self.short}, {self.province}"


@dataclass(frozen=True, slots=True)
class TertinggalList:
    """A list of underdeveloped regencies (daerah tertinggal). Reports name the list they used.

    ``in_force`` is False when the list had run out on the day asked for and no newer one is known.
    """

    id: str
    title: str
    valid_from: date
    valid_to: date
    codes: frozenset[str]
    in_force: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A province's cell in the tile grid, counted from 0 at the top left."""

    code: str
    name: str
    iso: str
    column: int
    row: int


# ---------------------------------------------------------------- areas as numbers


def area_of(code: str) -> int:
    """The area of a village, district or regency: "53.01.08.2006" is in 5301. ValueError for less."""
    if len(code) < 5 or code[2] != ".":
        raise ValueError(f"no area in code {code!r}")
    return int(code[:2] + code[3:5])


def regency_code(area: int) -> str:
    """The Kemendagri code of an area: 5301 is "53.01". Raises ValueError for a number that cannot be one."""
    if not 1000 <= area <= 9999:
        raise ValueError(f"{area} is not the number of a regency")
    return f"{area // 100:02d}.{area % 100:02d}"


# ---------------------------------------------------------------- the packaged tables


def _read(name: str) -> bytes:
    return files("trainer_app.resources").joinpath("places", name).read_bytes()


def _rows(name: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(_read(name).decode("utf-8")))


def geojson(name: str) -> dict[str, Any]:
    """A packaged map."""
    return dict(json.loads(gzip.decompress(_read(name))))


@cache
def province_table() -> Mapping[str, Province]:
    """All provinces by code, in code order."""
    return {
        row["code"]: Province(
            code=row["code"],
            official_name=row["name"],
            name=row["name_short"],
            iso=row["iso_3166_2"],
            island_group=row["island_group"],
            capital=row["capital"],
            time_zone=TimeZone(row["tz_iana"], row["tz_label"]),
            population=int(row["population_2024"]),
            area_km2=float(row["area_km2"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            column=int(row["grid_col"]),
            row=int(row["grid_row"]),
        )
        for row in _rows("provinces.csv")
    }


@cache
def regency_table() -> Mapping[str, Regency]:
    """All regencies by code, in code order."""
    return {
        row["code"]: Regency(
            code=row["code"],
            name=row["name"],
            type=row["type"],
            province_code=row["province_code"],
            population=int(row["population_2024"]),
            area_km2=float(row["area_km2"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
        )
        for row in _rows("regencies.csv")
    }


@cache
def district_table() -> Mapping[str, District]:
    """All districts by code, in code order."""
    rows = csv.reader(io.StringIO(_read("districts.csv").decode("utf-8")))  # many: no dict for each
    next(rows)
    return {code: District(code, name) for code, name in rows}


@cache
def district_numbers() -> Mapping[str, int]:
    """The place of every district in code order, counted from 0."""
    return {code: number for number, code in enumerate(district_table())}


@cache
def legacy_table() -> Mapping[str, LegacyDistrict]:
    """District codes withdrawn since 2016, which old identity numbers carry."""
    return {
        row["code"]: LegacyDistrict(
            code=row["code"],
            name=row["name"],
            regency_label=row["regency_name_then"].replace("Kabupaten ", "Kab. "),
            successor_code=row["successor_code"] or None,
        )
        for row in _rows("nik_legacy_districts.csv")
    }


@cache
def tertinggal_lists() -> Sequence[TertinggalList]:
    """All known lists of underdeveloped regencies, the oldest first."""
    lists = [
        TertinggalList(
            id=row["id"],
            title=row["title"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]),
            codes=frozenset(member["code"] for member in _rows(row["file"])),
            in_force=True,
        )
        for row in _rows("tertinggal_lists.csv")
    ]
    return sorted(lists, key=lambda one: one.valid_from)


def village_table() -> str:
    """The table of villages as text: a header, then code and name, in code order."""
    return lzma.decompress(_read("villages.csv.xz")).decode("utf-8")


def _district_word(code: str) -> str:
    if code[:2] in PAPUA:
        return "Distrik"
    if code[:5] == YOGYAKARTA_CITY:
        return "Kemantren"
    return "Kapanewon" if code[:2] == YOGYAKARTA else "Kec."


@cache
def district_ranges() -> Mapping[str, range]:
    """The numbers of the districts of every province and regency, by its code."""
    ranges: dict[str, range] = {}
    for code, number in district_numbers().items():
        for head in (code[:2], code[:5]):
            ranges[head] = range(ranges[head].start if head in ranges else number, number + 1)
    return ranges
