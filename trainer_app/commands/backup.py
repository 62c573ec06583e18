"""`trainer-app backup`: a checked, encrypted copy of this laptop's data, also while somebody works.

A centre's is `trainer-app admin backup`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from trainer_app.commands.doctor import moment
from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _, file_size

HELP = N_("Buat cadangan terenkripsi dari data laptop ini.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which laptop, and where to."""
    add_laptop_options(parser)
    parser.add_argument("--to", type=Path, metavar="FOLDER", help=_("ke folder ini, misalnya USB"))
    parser.add_argument("--list", action="store_true", help=_("tampilkan cadangan yang ada"))


def run(args: argparse.Namespace) -> int:
    """Make the copy and say where it is."""
    folder = laptop_folder(args)
    if args.list:
        return _list(folder)
    made = _copy(folder, args)
    print(_("Cadangan tersimpan: {berkas}").format(berkas=made))
    return 0


def _list(folder: Path) -> int:
    from trainer_app.storage.backup import backups

    known = backups(folder)
    for one in known:
        print(f"{moment(one.at)}  {one.reason:8}  {file_size(one.size_bytes):>8}  {one.path}")
    if not known:
        print(_("Belum ada cadangan."))
    return 0


def _copy(folder: Path, args: argparse.Namespace) -> Path:
    from trainer_app.storage.backup import backup_now, copy_to
    from trainer_app.storage.keys import KeyRing
    from trainer_app.storage.opening import open_store

    key, _staff = unlock(folder, args.user, args.pin_file)
    store = open_store(folder, key, read_only=True)
    try:
        if args.to is None:
            return backup_now(folder, store.db, key).path
        sealed = KeyRing(folder).sealed_for_recovery()
        if sealed is None:
            print(_("Kunci pemulihan pusat belum ada: cadangan ini hanya bisa dibuka di laptop ini."))
        return copy_to(args.to, store.db, key, sealed_key=sealed, name=store.name)
    finally:
        store.close()
