"""Opening this laptop's data from the command line: whose PIN, and where it comes from."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.records.problem import AccessProblem
from trainer_app.words import _, duration

if TYPE_CHECKING:
    from trainer_app.storage.keys import UserEntry
    from trainer_app.storage.store import Store

PIN_VARIABLE = "TRAINER_APP_PIN"


def add_laptop_options(parser: argparse.ArgumentParser) -> None:
    """--data, --user and --pin-file."""
    parser.add_argument("--data", type=Path, default=None, metavar="FOLDER", help=_("folder data laptop"))
    parser.add_argument(
        "--user", default="", metavar=_("NAMA"), help=_("siapa yang membuka (bawaan: yang terakhir masuk)")
    )
    parser.add_argument(
        "--pin-file",
        type=Path,
        metavar=_("BERKAS"),
        help=_("PIN dari berkas; tanpa ini ditanyakan, atau dari {nama}").format(nama=PIN_VARIABLE),
    )


def laptop_folder(args: argparse.Namespace) -> Path:
    """The folder that is meant."""
    from trainer_app.settings import data_folder

    folder: Path | None = args.data
    return folder.absolute() if folder else data_folder()


def can_ask(args: argparse.Namespace) -> bool:
    """True when a PIN can be had: it is given, or somebody sits at the terminal."""
    return bool(args.pin_file or os.environ.get(PIN_VARIABLE) or (sys.stdin and sys.stdin.isatty()))


def unlock(folder: Path, user: str, pin_file: Path | None = None) -> tuple[bytes, bytes]:
    """The database key and the staff id of whoever gives the PIN: from the file, TRAINER_APP_PIN, or asked.

    Never from the command line, where every program of this machine could read it.
    """
    from trainer_app.storage.keys import KeyRing

    ring = KeyRing(folder)
    who = _chosen(ring.users(), user)
    _wait_out(ring.wait_seconds(who.staff_id))
    pin = _pin(who.name, pin_file)
    return ring.unlock(who.staff_id, pin), who.staff_id


def _wait_out(seconds: float) -> None:
    """After wrong PINs the wait begins anew with each process, so it is this one that has to wait."""
    if seconds > 0:
        words = _("Terlalu banyak PIN salah. Menunggu {waktu}…")
        print(words.format(waktu=duration(seconds)), file=sys.stderr, flush=True)
        time.sleep(seconds)


def _chosen(users: Sequence[UserEntry], name: str) -> UserEntry:
    """Who is meant; without a name the one who was here last."""
    if not users:
        raise AccessProblem(
            _("Laptop ini belum didaftarkan. Buka aplikasi dan daftarkan dulu."), code="laptop.nobody"
        )
    found = [entry for entry in users if not name or entry.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(entry.name for entry in users)
        raise AccessProblem(
            _("{nama} tidak ada di laptop ini. Yang ada: {semua}.").format(nama=name, semua=names),
            code="laptop.unknown",
        )
    return found[0]


def _pin(name: str, pin_file: Path | None) -> str:
    if pin_file is not None:
        try:
            return pin_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            message = _("PIN tidak bisa dibaca dari {berkas}. Periksa berkas itu.").format(berkas=pin_file)
            raise AccessProblem(message, code="laptop.pin_file") from fault
    return os.environ.get(PIN_VARIABLE) or getpass(_("PIN {nama}: ").format(nama=name))


def open_laptop(args: argparse.Namespace) -> Store:
    """The store of this laptop. Raises `Problem`."""
    from trainer_app.storage.opening import open_store

    folder = laptop_folder(args)
    return open_store(folder, unlock(folder, args.user, args.pin_file)[0])
