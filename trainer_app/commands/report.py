"""`trainer-app report`: the reports that a laptop can make of its own data."""

from __future__ import annotations

import argparse
import json

from trainer_app.commands.laptop import add_laptop_options, open_laptop
from trainer_app.commands.report_options import add_report_options, reported
from trainer_app.words import N_, _

HELP = N_("Tampilkan laporan dari data laptop ini.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which report, how, and whose PIN opens the data."""
    add_report_options(parser)
    parser.add_argument("--json", action="store_true", help=_("hasil sebagai JSON"))
    add_laptop_options(parser)


def run(args: argparse.Namespace) -> int:
    """Print a report, or the list of reports."""
    from trainer_app.reports.catalogue import REPORTS
    from trainer_app.reports.overview import View

    store = open_laptop(args)
    try:
        lines, values = reported(store, [one for one in REPORTS if not one.centre_only], args, View())
    finally:
        store.close()
    print(json.dumps(values, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return 0
