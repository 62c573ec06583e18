"""`trainer-app doctor`: is this laptop well? Plain lines, and an exit code for scripts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

HELP = N_("Periksa kesehatan data di laptop ini.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which laptop, and whether to compare every row with the log."""
    add_laptop_options(parser)
    parser.add_argument("--deep", action="store_true", help=_("cocokkan setiap catatan dengan riwayatnya"))


def run(args: argparse.Namespace) -> int:
    """0 when nothing is wrong, also when there is no data yet."""
    from trainer_app.storage.keys import PROTECTION_WORDS, KeyRing
    from trainer_app.storage.opening import has_store, open_store

    folder = laptop_folder(args)
    print(_("Folder data: {folder}").format(folder=folder))
    if not has_store(folder):
        print(_("Belum ada data di laptop ini."))
        return 0
    print(_(PROTECTION_WORDS[KeyRing(folder).protection()]))
    store = open_store(folder, unlock(folder, args.user)[0], read_only=True)
    try:
        return _examine(store, deep=args.deep)
    finally:
        store.close()


def _examine(store: Store, *, deep: bool) -> int:
    from trainer_app.storage.digest import content_digest, counts
    from trainer_app.storage.feeds import heads
    from trainer_app.storage.sending_state import send_state

    for table, n in counts(store).items():
        print(f"  {table}: {n}")
    for head in heads(store):
        own = "*" if head.replica == store.replica else " "
        print(
            f" {own}{head.area} {head.replica.hex()[:8]}: {head.head_seq}/{head.last_seq} ({head.centre_seq})"
        )
    state = send_state(store)
    print(_("Menunggu dikirim: {n} dari {semua} catatan").format(n=state.pending, semua=state.total))
    print(_("Sidik isi: {sidik}").format(sidik=content_digest(store)))
    if store.clock.looks_wrong():
        print(_("Jam laptop tampaknya salah. Perbaiki supaya tanggal hadir benar."))
    return _compare(store) if deep else 0


def _compare(store: Store) -> int:
    from trainer_app.storage.rebuild import differences

    found = differences(store)
    print(_("{n} selisih").format(n=len(found)))
    return 0 if not found else 1
