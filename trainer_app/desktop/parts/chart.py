"""Pictures of numbers, painted alike on the screen, into a PNG and onto paper: bars, lines, a ladder, a map.

What is told by colour is told by a word, a pattern or a length too: a grey photocopy must do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen

from trainer_app.desktop import theme

BARS, LINES, MAP = "bars", "lines", "map"
BAR_ROW, LINE_HEIGHT, MAP_HEIGHT = 40, 320, 400
#: Shares of the map: from so much on, darker.
STEPS = (0.0, 0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Item:
    """One bar, or one area of a map: its words, how far (0 to 1; None: hidden or not known), and the value
    in words.
    """

    key: str
    label: str
    part: float | None
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture. `lines`: (words, share of the height for each point) over `items`. `paths`: of a map."""

    kind: str
    items: Sequence[Item]
    lines: Sequence[tuple[str, Sequence[float | None]]] = ()
    top: str = ""
    paths: Mapping[str, QPainterPath] = field(default_factory=dict)
    legend: str = ""
    no_data: str = ""


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours and the size of type. Paper has its own: black on white in any look."""

    ink: QColor
    soft: QColor
    line: QColor
    ground: QColor
    full: QColor
    font: QFont
    unit: float


def screen_inks() -> Inks:
    """As the look in force paints."""
    return Inks(
        theme.colour("ink"),
        theme.colour("ink2"),
        theme.colour("line2"),
        theme.colour("surface"),
        theme.colour("primary"),
        theme.font("body"),
        theme.px(10) / 10,
    )


def paper_inks(unit: float) -> Inks:
    """Black and greys; `unit` is a pixel of the screen in those of the paper."""
    font = theme.font("body")
    font.setPixelSize(max(1, round(15 * unit)))
    grey = QColor("dimgray")
    return Inks(QColor("black"), grey, grey, QColor("white"), QColor("black"), font, unit)


def height_of(chart: Chart, unit: float) -> float:
    """The height that the picture wants."""
    rows = {BARS: BAR_ROW * max(1, len(chart.items)) + 8, LINES: LINE_HEIGHT, MAP: MAP_HEIGHT}
    return float(rows[chart.kind]) * unit


def paint(painter: QPainter, rect: QRectF, chart: Chart, inks: Inks, chosen: str = "") -> None:
    """The picture into the rectangle; `chosen` is the key of what is pointed at."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(inks.font)
    {BARS: _bars, LINES: _lines, MAP: _map}[chart.kind](painter, rect, chart, inks, chosen)
    painter.restore()


def shade(part: float, inks: Inks) -> QColor:
    """The tone of a share: five steps from pale to full, told apart on a grey copy."""
    step = max(place for place, least in enumerate(STEPS) if part >= least)
    weight = 0.16 + 0.84 * step / (len(STEPS) - 1)
    pairs = zip(_rgb(inks.ground), _rgb(inks.full), strict=True)
    return QColor(*(round(pale + (full - pale) * weight) for pale, full in pairs))


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def hatch(inks: Inks) -> QBrush:
    """What is not known, or may not be shown."""
    return QBrush(inks.line, Qt.BrushStyle.BDiagPattern)


# ---------------------------------------------------------------- bars
def _bars(painter: QPainter, rect: QRectF, chart: Chart, inks: Inks, chosen: str) -> None:
    unit = inks.unit
    names, values = min(230 * unit, rect.width() * 0.34), 110 * unit
    row = BAR_ROW * unit
    for place, item in enumerate(chart.items):
        line = QRectF(rect.left(), rect.top() + 4 * unit + place * row, rect.width(), row)
        painter.setPen(inks.ink)
        words = QRectF(line.left(), line.top(), names - 10 * unit, row)
        shown = painter.fontMetrics().elidedText(item.label, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        room = QRectF(line.left() + names, line.top() + 10 * unit, line.width() - names - values, 20 * unit)
        painter.setPen(QPen(inks.line, max(1.0, unit)))
        painter.setBrush(hatch(inks) if item.part is None else Qt.BrushStyle.NoBrush)
        painter.drawRect(room)
        if item.part:
            filled = QRectF(room)
            filled.setWidth(max(2.0, room.width() * min(1.0, item.part)))
            painter.fillRect(filled, inks.full)
        painter.setPen(QPen(inks.ink, 1))
        right = QRectF(line.right() - values, line.top(), values, row)
        painter.drawText(right, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), item.value)
        if item.key == chosen and chosen:
            _frame(painter, line.adjusted(-2, 2, 2, -2), inks)


def _frame(painter: QPainter, rect: QRectF, inks: Inks) -> None:
    painter.setPen(QPen(theme.colour("focus"), theme.current().stroke("focus")))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)


# ---------------------------------------------------------------- lines
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


def _lines(painter: QPainter, rect: QRectF, chart: Chart, inks: Inks, chosen: str) -> None:
    unit = inks.unit
    plot = rect.adjusted(70 * unit, 14 * unit, -160 * unit, -34 * unit)
    painter.setPen(QPen(inks.line, max(1.0, unit)))
    for quarter in range(5):
        y = plot.bottom() - plot.height() * quarter / 4
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
    painter.setPen(inks.soft)
    side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRectF(rect.left(), plot.top() - row_half(unit), 60 * unit, 24 * unit), side, chart.top)
    painter.drawText(QRectF(rect.left(), plot.bottom() - row_half(unit), 60 * unit, 24 * unit), side, "0")
    step = plot.width() / max(1, len(chart.items) - 1)
    every = -(-len(chart.items) // 6)
    for place, item in enumerate(chart.items):
        x = plot.left() + step * place
        if place % every == 0:
            box = QRectF(x - 45 * unit, plot.bottom() + 6 * unit, 90 * unit, 24 * unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, item.label)
        if chosen and item.key == chosen:
            painter.setPen(QPen(theme.colour("focus"), 2 * unit))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(inks.soft)
    lowest = float("inf")
    ends = []
    for number, (words, points) in enumerate(chart.lines):
        path, last = _path(plot, step, points)
        painter.setPen(QPen(inks.full if number == 0 else inks.ink, 3 * unit, _DASHES[number % 3]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        if last is not None:
            ends.append((last.y(), words, last))
    for y, words, last in sorted(ends, key=lambda end: -end[0]):
        lowest = min(y, lowest - 22 * unit)
        painter.setPen(inks.ink)
        painter.drawText(QPointF(last.x() + 10 * unit, lowest + 5 * unit), words)


def row_half(unit: float) -> float:
    """Half the height of a line of words."""
    return 12 * unit


def _path(plot: QRectF, step: float, points: Sequence[float | None]) -> tuple[QPainterPath, QPointF | None]:
    path, last = QPainterPath(), None
    for place, part in enumerate(points):
        if part is None:
            continue
        here = QPointF(plot.left() + step * place, plot.bottom() - plot.height() * min(1.0, part))
        if last is None:
            path.moveTo(here)
        else:
            path.lineTo(here)
        last = here
    if last is not None and path.elementCount() == 1:
        path.addEllipse(last, 4, 4)
    return path, last


# ---------------------------------------------------------------- map
def map_scale(rect: QRectF, chart: Chart, unit: float) -> tuple[float, QPointF]:
    """How much larger than degrees the map is drawn, and where its corner stands."""
    whole = QRectF()
    for item in chart.items:
        whole = whole.united(chart.paths[item.key].boundingRect()) if item.key in chart.paths else whole
    room = rect.adjusted(0, 0, 0, -40 * unit)
    if whole.isEmpty():
        return 1.0, rect.topLeft()
    scale = min(room.width() / whole.width(), room.height() / whole.height())
    left = room.left() + (room.width() - whole.width() * scale) / 2 - whole.left() * scale
    top = room.top() + (room.height() - whole.height() * scale) / 2 - whole.top() * scale
    return scale, QPointF(left, top)


def _map(painter: QPainter, rect: QRectF, chart: Chart, inks: Inks, chosen: str) -> None:
    scale, corner = map_scale(rect, chart, inks.unit)
    painter.save()
    painter.translate(corner)
    painter.scale(scale, scale)
    edge = QPen(inks.ink, 0.8)
    edge.setCosmetic(True)
    pattern = hatch(inks)
    transform = painter.transform().inverted()[0]
    pattern.setTransform(transform)
    for item in chart.items:
        if item.key in chart.paths:
            painter.setPen(edge)
            painter.setBrush(pattern if item.part is None else shade(item.part, inks))
            painter.drawPath(chart.paths[item.key])
    if chosen in chart.paths:
        thick = QPen(theme.colour("focus"), theme.current().stroke("focus"))
        thick.setCosmetic(True)
        painter.setPen(thick)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(chart.paths[chosen])
    painter.restore()
    _legend(painter, rect, chart, inks)


def _legend(painter: QPainter, rect: QRectF, chart: Chart, inks: Inks) -> None:
    unit, top = inks.unit, rect.bottom() - 30 * inks.unit
    x = rect.left()
    steps = [(f"{round(least * 100)}%+", QBrush(shade(least, inks))) for least in STEPS]
    for words, brush in [*steps, (chart.no_data, hatch(inks))]:
        box = QRectF(x, top + 4 * unit, 22 * unit, 18 * unit)
        painter.setPen(QPen(inks.ink, 1))
        painter.setBrush(brush)
        painter.drawRect(box)
        wide = painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(QPointF(box.right() + 6 * unit, box.bottom() - 3 * unit), words)
        x = box.right() + wide + 20 * unit
