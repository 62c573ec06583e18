"""From registration to the first sales, and the underdeveloped regencies apart."""

from __future__ import annotations

from trainer_app.records import places
from trainer_app.reports.overview import (
    LADDER,
    MEASURE_NAMES,
    PROVINCE,
    REGENCY,
    View,
    overview,
    share,
)
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.reports.suppression import Hidden
from trainer_app.storage.store import Store
from trainer_app.words import N_, _

_MEASURES = ("registered", "trained", "digitised", "active")


def _funnel(store: Store, filters: Filters) -> list[Row]:
    shown = overview(store, filters.view, filters.areas, filters.now).shown
    whole = shown["registered"]
    if whole == 0:
        return []
    return [
        (
            _(MEASURE_NAMES[measure]),
            Hidden.FEW if shown[measure] is None else shown[measure],
            share(shown[measure], whole),
        )
        for measure in LADDER
    ]


def _underdeveloped(store: Store, filters: Filters) -> list[Row]:
    """The listed regencies of the view that have data, and all of them together first."""
    listed = places.tertinggal_list(filters.now.date())
    seen = overview(store, filters.view, filters.areas, filters.now)
    rows: list[Row] = []
    if seen.underdeveloped is not None:
        counts = tuple(
            Hidden.FEW if (count := seen.underdeveloped.shown[measure]) is None else count
            for measure in _MEASURES
        )
        part = share(seen.underdeveloped.shown["digitised"], seen.underdeveloped.shown["registered"])
        rows.append((None, _("Semua kabupaten tertinggal"), *counts, part, _list_words(filters)))
    for view in _provinces(filters):
        for cell in overview(store, view, filters.areas, filters.now).cells:
            if cell.code in listed.codes and not cell.empty:
                counts = tuple(cell.count(measure) for measure in _MEASURES)
                label = places.regency(cell.code).label
                rows.append((cell.code, label, *counts, cell.shown_rate, _list_words(filters)))
    return rows


def _provinces(filters: Filters) -> list[View]:
    view = filters.view
    if view.level == REGENCY:
        return [View(PROVINCE, view.code[:2])] if places.is_tertinggal(view.code, filters.now.date()) else []
    if view.level == PROVINCE:
        return [view]
    listed = {code[:2] for code in places.tertinggal_list(filters.now.date()).codes}
    known = None if filters.areas is None else {places.regency_code(area)[:2] for area in filters.areas}
    return [View(PROVINCE, code) for code in sorted(listed if known is None else listed & known)]


def _list_words(filters: Filters) -> str:
    listed = places.tertinggal_list(filters.now.date())
    years = f"{listed.valid_from.year}–{listed.valid_to.year}"
    words = _("{daftar} ({tahun})").format(daftar=listed.title, tahun=years)
    return words if listed.in_force else words + _(", sudah habis masa berlakunya")


FUNNEL = Report(
    "funnel",
    N_("Dari daftar sampai jualan"),
    (
        Column("step", N_("Tahapan")),
        Column("people", N_("Peserta"), Kind.COUNT),
        Column("share", N_("Bagian dari terdaftar"), Kind.SHARE),
    ),
    _funnel,
)
UNDERDEVELOPED = Report(
    "underdeveloped",
    N_("Kabupaten tertinggal"),
    (
        Column("code", N_("Kode wilayah")),
        Column("area", N_("Wilayah")),
        *(Column(measure, MEASURE_NAMES[measure], Kind.COUNT) for measure in _MEASURES),
        Column("rate", N_("Bagian yang sudah digital"), Kind.SHARE),
        Column("list", N_("Daftar yang dipakai")),
    ),
    _underdeveloped,
)
