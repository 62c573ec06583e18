"""Where each area's tile stands: provinces on the shipped grid, regencies by their place, districts in
order of name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Cell = tuple[int, int]
COLUMNS = 6
#: So many cells for each regency: room to keep the shape of the province, not so much that tiles drown in
#: gaps.
ROOM = 1.5


def in_order(keys: Sequence[str], columns: int = COLUMNS) -> dict[str, Cell]:
    """(column, row) of each key, line by line."""
    return {key: (i % columns, i // columns) for i, key in enumerate(keys)}


def by_place(points: Mapping[str, tuple[float, float]], columns: int = COLUMNS) -> dict[str, Cell]:
    """(column, row) for points (longitude, latitude), as near to their place as the grid allows; empty
    edges cut off.
    """
    if len(points) <= 2:
        return in_order(sorted(points, key=lambda key: points[key][0]), columns)
    rows = max(2, math.ceil(len(points) * ROOM / columns))
    wanted = _scaled(points, columns, rows)
    cells = [(column, row) for column in range(columns) for row in range(rows)]
    return trimmed(_improved(_nearest(wanted, cells), wanted, cells))


def _off(point: tuple[float, float], cell: Cell) -> float:
    return (point[0] - cell[0]) ** 2 + (point[1] - cell[1]) ** 2


def _nearest(wanted: Mapping[str, tuple[float, float]], cells: Sequence[Cell]) -> dict[str, Cell]:
    """A first arrangement: the closest pairs of point and cell first."""
    placed: dict[str, Cell] = {}
    taken: set[Cell] = set()
    for _distance, key, cell in sorted(
        (_off(at, cell), key, cell) for key, at in wanted.items() for cell in cells
    ):
        if key not in placed and cell not in taken:
            placed[key] = cell
            taken.add(cell)
    return placed


def _improved(
    placed: dict[str, Cell], wanted: Mapping[str, tuple[float, float]], cells: Sequence[Cell]
) -> dict[str, Cell]:
    """Moves and swaps as long as they bring tiles nearer to their places: west stays west of east."""
    held = {cell: key for key, cell in placed.items()}
    moved = True
    while moved:
        moved = False
        for key in sorted(placed):
            for cell in cells:
                other, here = held.get(cell), placed[key]
                gain = _off(wanted[key], here) - _off(wanted[key], cell)
                if other is not None:
                    gain += _off(wanted[other], cell) - _off(wanted[other], here)
                if gain > 1e-9 and other != key:
                    placed[key], held[cell] = cell, key
                    del held[here]
                    if other is not None:
                        placed[other], held[here] = here, other
                    moved = True
    return placed


def _scaled(
    points: Mapping[str, tuple[float, float]], columns: int, rows: int
) -> dict[str, tuple[float, float]]:
    west = min(x for x, _y in points.values())
    north = max(y for _x, y in points.values())
    width = max(x for x, _y in points.values()) - west or 1.0
    height = north - min(y for _x, y in points.values()) or 1.0
    return {
        key: ((x - west) / width * (columns - 1), (north - y) / height * (rows - 1))
        for key, (x, y) in points.items()
    }


def trimmed(placed: Mapping[str, Cell]) -> dict[str, Cell]:
    """The same arrangement without empty columns and rows."""
    columns = {column: i for i, column in enumerate(sorted({column for column, _row in placed.values()}))}
    rows = {row: i for i, row in enumerate(sorted({row for _column, row in placed.values()}))}
    return {key: (columns[column], rows[row]) for key, (column, row) in placed.items()}
