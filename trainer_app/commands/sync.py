"""`trainer-app sync`: one exchange with the centre, in words."""

from __future__ import annotations

import argparse

from trainer_app.commands.laptop import add_laptop_options, open_laptop
from trainer_app.words import N_, _

HELP = N_("Kirim dan ambil data lewat internet, tanpa jendela.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which laptop, and who."""
    add_laptop_options(parser)


def run(args: argparse.Namespace) -> int:
    """Exchange until nothing is new; 0 when all was received."""
    from trainer_app.storage.search import index_pending
    from trainer_app.storage.sending_state import send_state
    from trainer_app.sync.carriers import HttpCarrier
    from trainer_app.sync.exchange import exchange

    store = open_laptop(args)
    try:
        address = str(store.meta("centre_address", b""), "utf-8")
        result = exchange(store, HttpCarrier(address))
        index_pending(store)
        state = send_state(store)
    finally:
        store.close()
    print(
        _("Terkirim {n} perubahan, datang {m}").format(n=result.sent_operations, m=result.received_operations)
    )
    for code in result.receipts:
        print(_("Tanda terima {kode}").format(kode=code))
    print(_("Diterima pusat: {n} dari {semua} catatan").format(n=state.received, semua=state.total))
    return 0 if not state.pending else 1
