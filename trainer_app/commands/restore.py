"""`trainer-app restore`: bring back a backup; the present file is put aside, never thrown away."""

from __future__ import annotations

import argparse
from pathlib import Path

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _

HELP = N_("Pulihkan data laptop ini dari cadangan.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which laptop, which backup (default: the newest)."""
    add_laptop_options(parser)
    parser.add_argument(
        "backup", nargs="?", type=Path, default=None, help=_("berkas cadangan (bawaan: terbaru)")
    )


def run(args: argparse.Namespace) -> int:
    """Restore and say where the old file is; 1 when there is no backup."""
    from trainer_app.storage.backup import backups, restore

    folder = laptop_folder(args)
    known = backups(folder)
    chosen = args.backup or (known[0].path if known else None)
    if chosen is None:
        print(_("Belum ada cadangan di {folder}").format(folder=folder))
        return 1
    aside = restore(folder, chosen, unlock(folder, args.user)[0])
    print(_("Data dipulihkan dari {berkas}").format(berkas=chosen))
    if aside is not None:
        print(_("Berkas lama ada di {folder}").format(folder=aside))
    return 0
