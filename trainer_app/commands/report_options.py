"""Which report, of which days, written how; shared by the commands that print one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from trainer_app.records.problem import InputProblem
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.reports.overview import View
    from trainer_app.reports.report import Report
    from trainer_app.storage.store import Store


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """The report and its days, and --csv."""
    parser.add_argument(
        "report", nargs="?", default="", metavar=_("LAPORAN"), help=_("tanpa ini: daftar laporan")
    )
    parser.add_argument("--since", default="", metavar="2026-11-01", help=_("dari tanggal"))
    parser.add_argument("--until", default="", metavar="2026-11-30", help=_("sampai tanggal"))
    parser.add_argument("--csv", action="store_true", help=_("hasil sebagai CSV"))


def reported(
    store: Store, reports: Sequence[Report], args: argparse.Namespace, view: View
) -> tuple[list[str], dict[str, Any]]:
    """The report that was asked for, or the list of those there are: as lines, and as values for JSON.

    Raises `InputProblem` for a report or a day that there is not.
    """
    from trainer_app.reports.report import Filters
    from trainer_app.reports.writing import as_csv, as_records, as_table

    if not args.report:
        lines = [f"{report.key:16}{_(report.title)}" for report in reports]
        return lines, {"reports": [report.key for report in reports]}
    chosen = next((report for report in reports if report.key == args.report), None)
    if chosen is None:
        names = ", ".join(report.key for report in reports)
        raise InputProblem(
            _("Laporan {nama} tidak dikenal. Yang ada: {semua}.").format(nama=args.report, semua=names),
            field="report",
        )
    now = datetime.now().astimezone()
    filters = Filters(now, view=view, since=_day(args.since), until=_day(args.until))
    rows = chosen.rows(store, filters)
    lines = as_csv(chosen, rows).splitlines() if args.csv else as_table(chosen, rows)
    return lines, {"report": chosen.key, "rows": as_records(chosen, rows)}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputProblem(
            _("Tanggal {isi} belum benar. Contoh: 2026-06-01").format(isi=text), field="date"
        ) from None
