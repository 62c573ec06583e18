"""The overview as a page: words, tiles, lines and bars for the numbers of `reports.overview`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor
from typing import Any

from markupsafe import Markup

from trainer_app.records import places
from trainer_app.reports import tiles
from trainer_app.reports.areas import area_name
from trainer_app.reports.coverage import Coverage
from trainer_app.reports.overview import (
    MEASURE_NAMES,
    OUTSIDE,
    PROVINCE,
    REGENCY,
    WHOLE,
    Cell,
    Overview,
    View,
    share,
)
from trainer_app.reports.report import Kind
from trainer_app.reports.suppression import SMALLEST_CELL, Hidden
from trainer_app.reports.writing import words
from trainer_app.server.charts import NARROW, WIDE, Line, Tile, bar, line_chart, tile_map
from trainer_app.words import _, date_short, number, percent, time_of_day

#: Upper ends of the map's classes, in percent; a rate belongs to the first that is above it.
CLASS_ENDS = (20, 40, 60, 80)
CLASS_NAMES = ("0–19", "20–39", "40–59", "60–79", "80–100%")
_PAPUA = frozenset({"91", "92", "93", "94", "95", "96"})
_YOGYAKARTA = "34"
#: On the narrow tiles of the nation; everywhere else the name is written out.
_SHORT_PROVINCES = {"19": "Babel", "31": "Jakarta", "34": "DIY", "51": "Bali", "52": "NTB", "53": "NTT"}


@dataclass(frozen=True, slots=True)
class Kpi:
    """One of the four numbers on top."""

    label: str
    value: str
    strong: str
    note: str


def context(report: Overview, now: datetime, parents: Sequence[View], *, limited: bool) -> dict[str, Any]:
    """Everything the template shows, in the language in force."""
    cells = report.cells
    return {
        "title": name_of(report.view, limited=limited),
        "crumbs": [(name_of(view, limited=limited), address(view)) for view in parents],
        "freshness": freshness(report.coverage, now),
        "programmes": report.programmes,
        "kpis": kpis(report),
        "map_title": map_title(report.view),
        "map": area_map(report),
        "map_note": map_note(report.view),
        "legend": list(enumerate(CLASS_NAMES)),
        "smallest": SMALLEST_CELL,
        "cells": [cell_row(report.view, cell) for cell in cells],
        "nation": report.view.level == WHOLE,
        "lines": target_lines(report),
        "line_rows": line_rows(report),
        "line_note": line_note(report),
        "funnel": funnel_rows(report),
        "group": group_row(report),
        "empty": report.shown["registered"] == 0,
    }


def name_of(view: View, *, limited: bool) -> str:
    """What is looked at, as a title; `limited`: the visitor does not see everything."""
    if view.level == REGENCY:
        return places.regency(view.code).label
    if view.level == PROVINCE:
        return places.province(view.code).name
    return _("Wilayah Anda") if limited else _("Indonesia")


def address(view: View) -> str:
    """The page of a view."""
    return f"/wilayah/{view.code}" if view.code else "/"


def freshness(coverage: Coverage, now: datetime) -> str:
    """ "Data sampai 24 Nov 2026, 06.00 · 94% laptop sudah mengirim dalam 7 hari"."""
    if coverage.until is None:
        return _("Belum ada laptop yang mengirim.")
    until = coverage.until.astimezone(now.tzinfo)
    parts = [
        _("Data sampai {tanggal}, {jam}").format(tanggal=date_short(until.date()), jam=time_of_day(until))
    ]
    if coverage.share is not None:
        sentence = _("{persen} laptop sudah mengirim dalam 7 hari")
        parts.append(sentence.format(persen=percent(coverage.share)))
    return " · ".join(parts)


# --- the four numbers ---------------------------------------------------------------------------------------


def kpis(report: Overview) -> list[Kpi]:
    """Registered, trained, QRIS, digitised."""
    shown = report.shown
    return [
        Kpi(_("Terdaftar"), count(shown["registered"]), *_this_month(report)),
        Kpi(_("Lulus pelatihan"), count(shown["trained"]), "", _of_target(report, "trained")),
        Kpi(_("QRIS aktif"), count(shown["qris"]), "", of_registered(report, "qris")),
        Kpi(_("Usaha sudah digital"), count(shown["digitised"]), "", _digitised_note(report)),
    ]


def _this_month(report: Overview) -> tuple[str, str]:
    if report.this_month is None:
        return "", _("kurang dari {n} bulan ini").format(n=SMALLEST_CELL)
    return f"+{number(report.this_month)}", _("bulan ini")


def of_registered(report: Overview, measure: str) -> str:
    """ "86% dari terdaftar"."""
    part = share(report.shown[measure], report.shown["registered"])
    return "" if part is None else _("{persen} dari terdaftar").format(persen=percent(part))


def _of_target(report: Overview, measure: str) -> str:
    """ "60% dari target 1.000"; without a target, the share of the registered."""
    line, done = report.targets[measure], report.shown[measure]
    if line is None or done is None or not line.total:
        return of_registered(report, measure)
    return _("{persen} dari target {n}").format(persen=percent(done / line.total), n=number(line.total))


def _digitised_note(report: Overview) -> str:
    parts = [_of_target(report, "digitised")]
    already = report.shown["already"]
    if already:
        parts.append(_("{n} lain sudah daring sebelum program").format(n=number(already)))
    return " · ".join(filter(None, parts))


def count(value: int | None) -> str:
    """A count, or what stands for a hidden one."""
    return words(Hidden.FEW if value is None else value)


# --- the map ------------------------------------------------------------------------------------------------


def map_title(view: View) -> str:
    """What the map shows, with the local word for a district."""
    if view.level == WHOLE:
        return _("Usaha digital per provinsi")
    if view.level == PROVINCE:
        return _("Usaha digital per kabupaten dan kota")
    if view.code[:2] in _PAPUA:
        return _("Usaha digital per distrik")
    if view.code.startswith(_YOGYAKARTA) and view.code != "34.71":
        return _("Usaha digital per kapanewon")
    return _("Usaha digital per kecamatan")


def map_note(view: View) -> str:
    """How the tiles are arranged."""
    if view.level == REGENCY:
        return _("Petak disusun menurut kode wilayah, bukan menurut letak.")
    return _("Petak disusun menurut letak, bukan peta batas resmi.")


def area_map(report: Overview) -> Markup:
    """The tile map."""
    view, cells = report.view, report.cells
    codes = [cell.code for cell in cells]
    whole = view.level == WHOLE
    where = _grid(view, codes)
    drawn = [
        Tile(
            column=where[cell.code][0],
            row=where[cell.code][1],
            name=_short_name(view, cell.code),
            value=words(cell.shown_rate, Kind.SHARE),
            tone=tone(cell),
            title=_tile_title(view, cell),
            href="" if view.level == REGENCY else f"/wilayah/{cell.code}",
        )
        for cell in sorted(cells, key=lambda cell: (where[cell.code][1], where[cell.code][0]))
    ]
    return tile_map(drawn, map_title(view), *((74, 54) if whole else (86, 58)))


def _grid(view: View, codes: Sequence[str]) -> Mapping[str, tiles.Cell]:
    if view.level == WHOLE:
        known = {tile.code: (tile.column, tile.row) for tile in places.tile_grid()}
        return tiles.trimmed({code: known[code] for code in codes})
    if view.level == PROVINCE:
        regencies = {code: places.regency(code) for code in codes}
        return tiles.by_place({code: (r.lon, r.lat) for code, r in regencies.items()})
    return tiles.in_order(codes)


def _short_name(view: View, code: str) -> str:
    if view.level == WHOLE:
        return _SHORT_PROVINCES.get(code, places.province(code).name)
    if view.level == PROVINCE:
        regency = places.regency(code)
        return regency.label if regency.type.startswith("kota") else regency.name
    return _("Luar wilayah") if code == OUTSIDE else places.district(code).name


def tone(cell: Cell) -> str:
    """The class of a tile: 0 to 4 by rate, few where it is hidden, none without data."""
    if cell.empty:
        return "none"
    rate = cell.rate
    if rate is None:
        return "few"
    # by the percentage as it is written, or 59.6 would read 60% in the colour of 40 to 59
    return str(sum(1 for end in CLASS_ENDS if floor(rate * 100 + 0.5) >= end))


def _tile_title(view: View, cell: Cell) -> str:
    name = area_name(view, cell.code)
    if cell.empty:
        return _("{nama}: belum ada data").format(nama=name)
    if cell.rate is None:
        return _("{nama}: disembunyikan, terlalu sedikit orang").format(nama=name)
    sentence = _("{nama}: {persen} sudah digital, {n} dari {semua}")
    return sentence.format(
        nama=name,
        persen=percent(cell.rate),
        n=count(cell.shown["digitised"]),
        semua=count(cell.shown["registered"]),
    )


def cell_row(view: View, cell: Cell) -> dict[str, Any]:
    """A cell as a line of the table, and of the list on narrow screens."""
    return {
        "name": area_name(view, cell.code),
        "href": "" if view.level == REGENCY else f"/wilayah/{cell.code}",
        "registered": words(cell.count("registered")),
        "trained": words(cell.count("trained")),
        "digitised": words(cell.count("digitised")),
        "rate": words(cell.shown_rate, Kind.SHARE),
        "tone": tone(cell),
        "empty": cell.empty,
        "bar": bar(cell.rate or 0.0),
    }


# --- the line to the target ---------------------------------------------------------------------------------


def target_lines(report: Overview) -> Markup:
    """The chart twice: for wide and for narrow screens; the style sheet shows one."""
    points = report.months
    names = [month_name(point.month) for point in points]
    lines = [
        Line(_labelled(_("Terlatih"), [p.trained for p in points]), "trained", [p.trained for p in points]),
        Line(
            _labelled(_("Digital"), [p.digitised for p in points]), "digital", [p.digitised for p in points]
        ),
    ]
    if (target := report.targets["digitised"]) is not None:
        label = _("Target {n}").format(n=number(target.total))
        lines.insert(0, Line(label, "target", [point.target for point in points]))
    label = _(
        "Kemajuan menuju target: terlatih dan sudah digital menurut bulan; angkanya ada di tabel di bawah"
    )
    note = line_note(report)
    unsure = unsure_part(report)
    return Markup("").join(
        line_chart(lines, names, unsure, note, label, size, key)
        for size, key in ((WIDE, "wide"), (NARROW, "narrow"))
    )


def _labelled(name: str, values: Sequence[int | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{name} {number(known[-1])}" if known else name


def month_name(month: str) -> str:
    """ "Nov"; January carries its year."""
    day = date(int(month[:4]), int(month[5:7]), 1)
    name, year = date_short(day).split()[1:]
    return f"{name} {year}" if day.month == 1 else name


def unsure_part(report: Overview) -> float:
    """Which part of the plot's width the incomplete days take: between two points lies one month."""
    days = unsure_days(report)
    spans = max(1, len(report.months) - 1)
    return min(1.0, days / 30.4 / spans) if days else 0.0


def unsure_days(report: Overview) -> int:
    """Days up to today that are not complete yet."""
    until = report.coverage.complete_until
    return max(0, (report.today - until.date()).days) if until is not None else 0


def line_note(report: Overview) -> str:
    """ "7 hari terakhir belum lengkap …", or nothing."""
    days = unsure_days(report)
    if not days:
        return ""
    since = report.today - timedelta(days=days)
    sentence = _(
        "Bagian bergaris ({n} hari terakhir, sejak {tanggal}) belum lengkap: ada laptop yang belum mengirim."
    )
    return sentence.format(n=number(days), tanggal=date_short(since))


def line_rows(report: Overview) -> list[tuple[str, str, str, str]]:
    """The chart as a table: month, trained, digitised, target."""
    return [
        (
            f"{month_name(point.month).split()[0]} {point.month[:4]}",
            count(point.trained),
            count(point.digitised),
            "–" if point.target is None else number(point.target),
        )
        for point in report.months
    ]


# --- from registration to the first sale --------------------------------------------------------------------


def funnel_rows(report: Overview) -> list[dict[str, Any]]:
    """Name, bar, count and share of each step."""
    whole = report.shown["registered"]
    rows = []
    for measure, value in report.funnel:
        part = share(value, whole)
        rows.append(
            {
                "name": _(MEASURE_NAMES[measure]),
                "bar": bar(part or 0.0),
                "count": count(value),
                "share": "" if part is None else percent(part),
            }
        )
    return rows


def group_row(report: Overview) -> dict[str, str] | None:
    """The underdeveloped regencies apart."""
    group = report.underdeveloped
    if group is None:
        return None
    rate = share(group.shown["digitised"], group.shown["registered"])
    sentence = _("{ada} dari {semua} kabupaten tertinggal sudah punya peserta.")
    return {
        "where": sentence.format(ada=number(group.with_data), semua=number(group.regencies)),
        "registered": count(group.shown["registered"]),
        "trained": count(group.shown["trained"]),
        "digitised": count(group.shown["digitised"]),
        "rate": "" if rate is None else percent(rate),
        "list": group.list_title
        if group.in_force
        else _("{daftar}; daftar berikutnya belum tersedia").format(daftar=group.list_title),
    }
