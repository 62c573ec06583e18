"""Charts as inline SVG: no script, readable in print and by screen readers. Colours come from the style
sheet's classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from trainer_app.words import number

#: Rough width of a letter as a share of the type size: enough to break a name into lines.
LETTER = 0.56
GAP = 4
LABEL_STEP = 17  # from one label of a line to the next


@dataclass(frozen=True, slots=True)
class Tile:
    """One area on the tile map. `tone` 0 to 4, "few" (hidden) or "none" (no data)."""

    column: int
    row: int
    name: str
    value: str
    tone: str
    title: str
    href: str = ""


def tile_map(tiles: Sequence[Tile], label: str, width: int, height: int) -> Markup:
    """Tiles in a grid; a tile with an address is a link."""
    columns = max(tile.column for tile in tiles) + 1
    rows = max(tile.row for tile in tiles) + 1
    whole = (columns * (width + GAP) - GAP, rows * (height + GAP) - GAP)
    role = "group" if any(tile.href for tile in tiles) else "img"
    body = Markup("").join(_tile(tile, width, height) for tile in tiles)
    return Markup('<svg class="map" role="{}" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
        role, label, *whole, body
    )


def _tile(tile: Tile, width: int, height: int) -> Markup:
    x, y = tile.column * (width + GAP), tile.row * (height + GAP)
    middle = x + width / 2
    size, lines = fitted(tile.name, width - 8)
    name_top = y + height / 2 - 6 - (len(lines) - 1) * size / 2 - 2
    name = Markup("").join(
        Markup('<text class="name" x="{:g}" y="{:g}" font-size="{}">{}</text>').format(
            middle, name_top + i * (size + 1), size, line
        )
        for i, line in enumerate(lines)
    )
    value_y = name_top + (len(lines) - 1) * (size + 1) + 20
    drawn = Markup(
        "<title>{}</title>"
        '<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="6"/>{}'
        '<text class="value" x="{:g}" y="{:g}">{}</text>'
    ).format(tile.title, x + 0.5, y + 0.5, width - 1, height - 1, name, middle, value_y, tile.value)
    group = Markup('<g class="tile t-{}">{}</g>').format(tile.tone, drawn)
    if not tile.href:
        return group
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(tile.href, tile.title, group)


def fitted(name: str, width: float, sizes: Sequence[int] = (13, 12, 11)) -> tuple[int, list[str]]:
    """The type size and one or two lines in which a name fits; cut short where even the smallest does not."""
    for size in sizes:
        if len(name) * size * LETTER <= width:
            return size, [name]
    for size in sizes[1:]:
        for at in _breaks(name):
            lines = [name[:at].strip(), name[at:].strip()]
            if max(map(len, lines)) * size * LETTER <= width:
                return size, lines
    letters = int(width / (sizes[-1] * LETTER))
    return sizes[-1], [name[: letters - 1].rstrip() + "…"]


def _breaks(name: str) -> list[int]:
    """Places of blanks, the one nearest to the middle first."""
    blanks = [i for i, letter in enumerate(name) if letter == " "]
    return sorted(blanks, key=lambda at: abs(at - len(name) / 2))


# --- the line to the target ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `values` by point, None where there is none; `style` is a class of the style sheet."""

    label: str
    style: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Size:
    """A drawing's size and the room for its words."""

    width: int
    height: int
    left: int
    right: int
    top: int = 14
    bottom: int = 26

    @property
    def plot(self) -> tuple[float, float]:
        """Width and height of the plot."""
        return self.width - self.left - self.right, self.height - self.top - self.bottom


WIDE, NARROW = Size(680, 232, 52, 112), Size(360, 236, 44, 96)


def line_chart(
    lines: Sequence[Line], months: Sequence[str], unsure: float, note: str, label: str, size: Size, key: str
) -> Markup:
    """Lines over months; the last `unsure` part of the plot (0 to 1) is hatched and says `note`. `key`
    keeps ids apart.
    """
    top = max((value for line in lines for value in line.values if value is not None), default=0)
    ticks = ticks_to(top)
    parts = [_grid(ticks, size), _month_names(months, size)]
    if unsure > 0:
        parts.append(_hatching(unsure, note, size, key))
    parts += [_path(line, ticks[-1], len(months), size) for line in lines]
    parts.append(_end_labels(lines, ticks[-1], len(months), size))
    return Markup('<svg class="lines {}" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
        key, label, size.width, size.height, Markup("").join(parts)
    )


def ticks_to(top: float) -> list[int]:
    """Round numbers from zero to at least `top`, four or five of them."""
    for power in range(12):
        for step in (1, 2, 5):
            width = step * 10**power
            if width * 4 >= top:
                return [width * i for i in range(max(2, -(-int(top) // width) + 1))]
    return [0, int(top)]


def _x(i: float, count: int, size: Size) -> float:
    return size.left + (size.plot[0] * i / (count - 1) if count > 1 else size.plot[0])


def _y(value: float, top: float, size: Size) -> float:
    return size.top + size.plot[1] * (1 - value / top) if top else size.top + size.plot[1]


def _grid(ticks: Sequence[int], size: Size) -> Markup:
    return Markup("").join(
        Markup(
            '<line class="grid" x1="{}" x2="{:g}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text class="tick end" x="{}" y="{:.1f}">{}</text>'
        ).format(size.left, size.left + size.plot[0], y, y, size.left - 8, y + 4, number(tick))
        for tick in ticks
        for y in [_y(tick, ticks[-1], size)]
    )


def _month_names(months: Sequence[str], size: Size) -> Markup:
    every = -(-len(months) // (6 if size is NARROW else 12))
    last = len(months) - 1
    return Markup("").join(
        Markup('<text class="tick mid" x="{:.1f}" y="{}">{}</text>').format(
            _x(i, len(months), size), size.height - 6, name
        )
        for i, name in enumerate(months)
        if (last - i) % every == 0
    )


def _hatching(part: float, note: str, size: Size, key: str) -> Markup:
    width = max(4.0, size.plot[0] * min(1.0, part))
    x = size.left + size.plot[0] - width
    return Markup(
        '<defs><pattern id="hatch-{0}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
        '<rect x="{1:.1f}" y="{2}" width="{3:.1f}" height="{4:g}" fill="url(#hatch-{0})">'
        "<title>{5}</title></rect>"
    ).format(key, x, size.top, width, size.plot[1], note)


def _path(line: Line, top: float, count: int, size: Size) -> Markup:
    points = [
        (_x(i, count, size), _y(value, top, size)) for i, value in enumerate(line.values) if value is not None
    ]
    if len(points) == 1:
        return Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="4"/>').format(line.style, *points[0])
    path = " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))
    return Markup('<path class="{}" d="{}"/>').format(line.style, path)


def _end_labels(lines: Sequence[Line], top: float, count: int, size: Size) -> Markup:
    """The name and last value beside the end of each line, pushed apart where they would overlap and kept
    off the names of the months.
    """
    ends = sorted(
        (_y(values[-1], top, size) + 4, i)
        for i, line in enumerate(lines)
        if (values := [value for value in line.values if value is not None])
    )
    x = _x(count - 1, count, size) + 8
    places = _apart([wanted for wanted, _i in ends], size.top + size.plot[1] + 4)
    return Markup("").join(
        Markup('<text class="label {}-text" x="{:.1f}" y="{:.1f}">{}</text>').format(
            lines[i].style, x, y, lines[i].label
        )
        for y, (_wanted, i) in zip(places, ends, strict=True)
    )


def _apart(wanted: Sequence[float], lowest: float) -> list[float]:
    """Heights near those `wanted` (topmost first), a line of text apart, none below `lowest`."""
    places, free = [], float("-inf")
    for y in wanted:
        places.append(max(y, free))
        free = places[-1] + LABEL_STEP
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], lowest)
        lowest = places[i] - LABEL_STEP
    return places


def bar(share: float) -> Markup:
    """A bar as long as a share of its box; its number stands beside it as text."""
    width = max(0.0, min(1.0, share)) * 100
    return Markup(
        '<svg class="bar" aria-hidden="true"><rect class="part" width="{:.2f}%" height="100%" rx="8"/></svg>'
    ).format(width)
