"""Opening this laptop's data from the command line: whose PIN, and where it comes from."""

from __future__ import annotations

import argparse
import os
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.records.problem import AccessProblem
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

PIN_VARIABLE = "TRAINER_APP_PIN"


def add_laptop_options(parser: argparse.ArgumentParser) -> None:
    """--data and --user."""
    parser.add_argument("--data", type=Path, default=None, metavar="FOLDER", help=_("folder data laptop"))
    parser.add_argument(
        "--user", default="", metavar=_("NAMA"), help=_("siapa yang membuka (bawaan: yang terakhir masuk)")
    )


def laptop_folder(args: argparse.Namespace) -> Path:
    """The folder that is meant."""
    from trainer_app.settings import data_folder

    folder: Path | None = args.data
    return folder.absolute() if folder else data_folder()


def unlock(folder: Path, user: str) -> tuple[bytes, bytes]:
    """The database key and the staff id of whoever gives the PIN (TRAINER_APP_PIN, else asked)."""
    from trainer_app.storage.keys import KeyRing

    ring = KeyRing(folder)
    people = [entry for entry in ring.users() if not user or entry.name.casefold() == user.casefold()]
    if not people:
        raise AccessProblem(_("Belum ada yang bisa membuka laptop ini."), code="laptop.nobody")
    who = people[0]
    pin = os.environ.get(PIN_VARIABLE) or getpass(_("PIN {nama}: ").format(nama=who.name))
    return ring.unlock(who.staff_id, pin), who.staff_id


def open_laptop(args: argparse.Namespace) -> Store:
    """The store of this laptop. Raises `Problem`."""
    from trainer_app.storage.opening import open_store

    folder = laptop_folder(args)
    return open_store(folder, unlock(folder, args.user)[0])
