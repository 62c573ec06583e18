"""`trainer-app restore`: bring back a backup; the present file is put aside, never thrown away.

A restored laptop goes on under another name, for which its old key signs; where the centre does not take that
(the old laptop was taken out), it joins again with a new code. A centre's own data is restored with
`trainer-app admin restore`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.records.problem import StoreProblem
from trainer_app.words import N_, _, number

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

HELP = N_("Pulihkan data laptop ini dari cadangan.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which laptop, which backup (default: the newest), and the code with which it joins again."""
    add_laptop_options(parser)
    parser.add_argument(
        "backup", nargs="?", type=Path, default=None, help=_("berkas cadangan (bawaan: terbaru)")
    )
    parser.add_argument(
        "--code",
        metavar=_("KODE"),
        help=_("kode baru dari pusat: daftarkan ulang laptop; data yang sudah dipulihkan tetap dipakai"),
    )


def run(args: argparse.Namespace) -> int:
    """Restore, join again, or both. Raises `Problem`; a restore that was done stays done."""
    folder = laptop_folder(args)
    chosen = _chosen(folder, args.backup)
    key = unlock(folder, args.user, args.pin_file)[0]
    if not (args.code and args.backup is None and _waits_for_code(folder, key)):
        _bring_back(folder, chosen, key)
    if args.code:
        return _join(folder, key, args.code)
    print(_("Kirim seperti biasa. Bila pusat meminta kode baru: trainer-app restore --code KODE"))
    return 0


def _chosen(folder: Path, given: Path | None) -> Path | None:
    from trainer_app.storage.backup import backups

    known = backups(folder)
    return given or (known[0].path if known else None)


def _waits_for_code(folder: Path, key: bytes) -> bool:
    """True when the data here was restored before and has not joined again, or the centre forgot it."""
    from trainer_app.storage.branching import may_join_again
    from trainer_app.storage.opening import has_store, open_store

    if not has_store(folder):
        return False
    store = open_store(folder, key, read_only=True)
    try:
        return may_join_again(store)
    finally:
        store.close()


def _bring_back(folder: Path, chosen: Path | None, key: bytes) -> None:
    from trainer_app.storage.backup import restore

    if chosen is None:
        raise StoreProblem(
            _("Belum ada cadangan di {folder}. Sebutkan berkas cadangannya.").format(folder=folder),
            code="backup.missing",
        )
    aside = restore(folder, chosen, key)
    print(_("Data dipulihkan dari {berkas}").format(berkas=chosen))
    if aside is not None:
        print(_("Berkas lama ada di {folder}").format(folder=aside))


def _join(folder: Path, key: bytes, code: str) -> int:
    from trainer_app.storage.opening import open_store

    store = open_store(folder, key)
    try:
        waiting = _enrolled_again(store, code)
    finally:
        store.close()
    print(_("Laptop terdaftar lagi. Menunggu dikirim: {n} catatan").format(n=number(waiting)))
    return 0


def _enrolled_again(store: Store, code: str) -> int:
    from trainer_app.storage.sending_state import send_state
    from trainer_app.sync.enrolment import enrol

    address = str(store.meta("centre_address", b""), "utf-8")
    enrol(store, address, code, store.name, sample=store.meta("sample") == b"1", again=True)
    return send_state(store).pending
