"""`trainer-app backup`: a checked, encrypted copy of this laptop's data."""

from __future__ import annotations

import argparse

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _

HELP = N_("Buat cadangan terenkripsi dari data laptop ini.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which laptop."""
    add_laptop_options(parser)


def run(args: argparse.Namespace) -> int:
    """Make the copy and say where it is."""
    from trainer_app.storage.backup import backup_now
    from trainer_app.storage.opening import open_store

    folder = laptop_folder(args)
    key, _staff = unlock(folder, args.user)
    store = open_store(folder, key)
    try:
        made = backup_now(folder, store.db, key)
    finally:
        store.close()
    print(_("Cadangan tersimpan: {berkas}").format(berkas=made.path))
    return 0
