"""`trainer-app rebuild`: make all rows anew from the log and tell every difference."""

from __future__ import annotations

import argparse

from trainer_app.commands.laptop import add_laptop_options, open_laptop
from trainer_app.words import N_, _

HELP = N_("Susun ulang semua catatan dari riwayatnya dan laporkan selisihnya.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which laptop, and whether only to look."""
    add_laptop_options(parser)
    parser.add_argument("--check", action="store_true", help=_("periksa saja, jangan ubah apa pun"))


def run(args: argparse.Namespace) -> int:
    """0 when rows and log agree."""
    from trainer_app.storage.rebuild import rebuild

    store = open_laptop(args)
    try:
        found = rebuild(store, repair=not args.check)
    finally:
        store.close()
    for difference in found:
        print(f"{difference.table} {difference.row.hex()}: {difference.what}")
    print(_("{n} selisih").format(n=len(found)))
    return 0 if not found else 1
