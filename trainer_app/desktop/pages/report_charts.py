"""Which picture a report makes, and the borders of the map; nothing here touches a widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from trainer_app.desktop.parts.chart import BARS, LINES, MAP, Chart, Item
from trainer_app.records import places
from trainer_app.reports.overview import PROVINCE, WHOLE, View
from trainer_app.reports.report import Kind, Report, Row, Value
from trainer_app.reports.suppression import Hidden
from trainer_app.reports.writing import words
from trainer_app.words import _, number

MOST_BARS = 60


@cache
def borders(level: str) -> Mapping[str, QPainterPath]:
    """The areas by their code, north up. Reading takes a moment: belongs into the background."""
    found = places.map_provinces() if level == WHOLE else places.map_regencies()
    return {str(one["properties"]["code"]): _path(one["geometry"]) for one in found["features"]}


def _path(geometry: Mapping[str, Any]) -> QPainterPath:
    shapes = geometry["coordinates"]
    path = QPainterPath()
    for shape in [shapes] if geometry["type"] == "Polygon" else shapes:
        for ring in shape:
            path.addPolygon(QPolygonF([QPointF(x, -y) for x, y in ring]))
    return path


def chart_of(report: Report, rows: Sequence[Row], view: View) -> Chart | None:
    """The picture of these rows; None where there is nothing to paint."""
    if not rows:
        return None
    if report.key == "months":
        return _lines(report, rows)
    if report.key == "areas" and view.level in (WHOLE, PROVINCE):
        return _map(rows, view)
    return _bars(report, rows)


def _map(rows: Sequence[Row], view: View) -> Chart:
    """Every area of the view; those without a row are hatched."""
    told = {str(row[0]): row for row in rows}
    if view.level == WHOLE:
        names = {one.code: one.name for one in places.provinces()}
    else:
        names = {one.code: one.label for one in places.regencies(view.code)}
    items = []
    for code, name in names.items():
        rate = told[code][-1] if code in told else None
        value = words(rate, Kind.SHARE) if code in told else _("belum ada data")
        items.append(Item(code, name, rate if isinstance(rate, float) else None, value))
    return Chart(MAP, items, paths=borders(view.level), no_data=_("Belum ada data atau disembunyikan"))


def _bars(report: Report, rows: Sequence[Row]) -> Chart:
    place = _measured(report)
    kind = report.columns[place].kind
    largest = max((float(v) for row in rows if isinstance(v := row[place], int | float)), default=0.0)
    whole = 1.0 if kind is Kind.SHARE else largest or 1.0
    texts = [number_ for number_, column in enumerate(report.columns) if column.kind is Kind.TEXT][:3]
    items = [
        Item(str(key), _label(report, row, texts), _part(row[place], whole), words(row[place], kind))
        for key, row in enumerate(rows[:MOST_BARS])
    ]
    return Chart(BARS, items)


def _measured(report: Report) -> int:
    """The column that the bars show: a share where there is one, else the first count."""
    kinds = [column.kind for column in report.columns]
    if report.key == "funnel" or Kind.SHARE not in kinds:
        return kinds.index(Kind.COUNT) if Kind.COUNT in kinds else 0
    return len(kinds) - 1 - kinds[::-1].index(Kind.SHARE)


def _label(report: Report, row: Row, texts: Sequence[int]) -> str:
    told = [words(row[place]) for place in texts if row[place] not in (None, "")]
    if report.columns[0].kind is Kind.DAY:
        told.insert(0, words(row[0], Kind.DAY))
    skip = report.columns[0].key == "code" and len(told) > 1 and row[0] is not None
    return " · ".join(told[1:2] if skip else told[:2])


def _part(value: Value, whole: float) -> float | None:
    return float(value) / whole if isinstance(value, int | float) else None


def _lines(report: Report, rows: Sequence[Row]) -> Chart:
    numbers = [v for row in rows for v in row[1:] if isinstance(v, int | float)]
    top = max(numbers, default=0) or 1
    lines = [
        (_(column.title), [_part(row[place], top) for row in rows])
        for place, column in enumerate(report.columns)
        if place and any(not isinstance(row[place], Hidden) and row[place] is not None for row in rows)
    ]
    items = [
        Item(
            str(row[0]),
            str(row[0]),
            None,
            ", ".join(
                f"{_(column.title)} {words(value)}"
                for column, value in zip(report.columns[1:], row[1:], strict=True)
            ),
        )
        for row in rows
    ]
    return Chart(LINES, items, lines=lines, top=number(round(top)))
