"""The overview as tables: by area, and by month on the way to the target."""

from __future__ import annotations

from trainer_app.records import places
from trainer_app.reports.overview import (
    MEASURE_NAMES,
    OUTSIDE,
    PROVINCE,
    WHOLE,
    Cell,
    Overview,
    View,
    overview,
)
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.reports.suppression import Hidden
from trainer_app.storage.store import Store
from trainer_app.words import N_, _

#: Each further measure beside a hidden one narrows down what it can be.
_MEASURES = ("registered", "trained", "digitised", "active")


def area_name(view: View, code: str) -> str:
    """What a cell of the overview is called."""
    if code == OUTSIDE:
        return _("Dari luar wilayah ini")
    if view.level == WHOLE:
        return places.province(code).name
    if view.level == PROVINCE:
        return places.regency(code).label
    return places.district(code).name


def _read(store: Store, filters: Filters) -> Overview:
    return overview(store, filters.view, filters.areas, filters.now)


def _areas(store: Store, filters: Filters) -> list[Row]:
    return [_area(filters.view, cell) for cell in _read(store, filters).cells if not cell.empty]


def _area(view: View, cell: Cell) -> Row:
    counts = (cell.count(measure) for measure in _MEASURES)
    return (cell.code or None, area_name(view, cell.code), *counts, cell.shown_rate)


def _months(store: Store, filters: Filters) -> list[Row]:
    return [
        (point.month, _or_few(point.trained), _or_few(point.digitised), _whole(point.target))
        for point in _read(store, filters).months
    ]


def _or_few(count: int | None) -> int | Hidden:
    return Hidden.FEW if count is None else count


def _whole(target: float | None) -> int | None:
    return None if target is None else round(target)


AREAS = Report(
    "areas",
    N_("Capaian per wilayah"),
    (
        Column("code", N_("Kode wilayah")),
        Column("area", N_("Wilayah")),
        *(Column(measure, MEASURE_NAMES[measure], Kind.COUNT) for measure in _MEASURES),
        Column("rate", N_("Bagian yang sudah digital"), Kind.SHARE),
    ),
    _areas,
)
MONTHS = Report(
    "months",
    N_("Kemajuan menuju target"),
    (
        Column("month", N_("Sampai akhir bulan")),
        Column("trained", N_("Terlatih"), Kind.COUNT),
        Column("digitised", N_("Digital"), Kind.COUNT),
        Column("target", N_("Target"), Kind.COUNT),
    ),
    _months,
)
