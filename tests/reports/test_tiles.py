"""Tiles stand near their place, one to a cell."""

from __future__ import annotations

from trainer_app.records import places
from trainer_app.reports import tiles


def test_in_order_fills_line_by_line() -> None:
    assert tiles.in_order(["a", "b", "c"], columns=2) == {"a": (0, 0), "b": (1, 0), "c": (0, 1)}


def test_every_province_gets_a_cell_for_each_of_its_regencies() -> None:
    for province in places.provinces():
        points = {r.code: (r.lon, r.lat) for r in places.regencies(province.code)}
        placed = tiles.by_place(points)
        assert placed.keys() == points.keys()
        assert len(set(placed.values())) == len(points), province.name
        assert {column for column, _row in placed.values()} <= set(range(tiles.COLUMNS))


def test_west_stays_west_and_north_stays_north() -> None:
    placed = tiles.by_place({r.code: (r.lon, r.lat) for r in places.regencies("53")})
    manggarai_barat, manggarai_timur, alor, rote = (placed[c] for c in ("53.15", "53.19", "53.05", "53.14"))
    assert manggarai_barat[0] < manggarai_timur[0] < alor[0]
    assert alor[1] < rote[1]


def test_two_regencies_stand_side_by_side() -> None:
    assert tiles.by_place({"east": (121.0, -8.0), "west": (119.0, -9.0)}) == {"west": (0, 0), "east": (1, 0)}
