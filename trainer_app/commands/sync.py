"""`trainer-app sync`: send and receive once, without a window."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.records.ids import RecordId
    from trainer_app.storage.store import Store
    from trainer_app.sync.exchange import ExchangeResult

HELP = N_("Kirim data ke pusat satu kali, tanpa jendela.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the data lies, and whose PIN opens it."""
    add_laptop_options(parser)


def run(args: argparse.Namespace) -> int:
    """Exchange once; 0 when everything of this laptop is received. Problems are told as sentences."""
    from trainer_app.storage.keys import KeyRing
    from trainer_app.storage.opening import open_store
    from trainer_app.sync.recipients import entrust

    folder = laptop_folder(args)
    key, staff = unlock(folder, args.user, args.pin_file)
    store = open_store(folder, key)
    try:
        check_rule(store, staff)
        result = _exchanged(store)
        entrust(store, KeyRing(folder), key)
        return _tell(store, result)
    finally:
        store.close()


def check_rule(store: Store, staff: RecordId) -> None:
    """Raises `AccessProblem` where the centre lets only supervisors send."""
    from trainer_app.actions.staff import may_send, member, sending_rule
    from trainer_app.records.problem import AccessProblem

    if not may_send(sending_rule(store), member(store, staff).role):
        raise AccessProblem(
            _("Di laptop ini pengawas yang memulai pengiriman. Masuk dengan nama pengawas (--user)."),
            code="send.supervisor",
        )


def _exchanged(store: Store) -> ExchangeResult:
    from trainer_app.storage.search import index_pending
    from trainer_app.sync.carriers import carrier_for
    from trainer_app.sync.exchange import exchange

    carrier = carrier_for(store)
    try:
        result = exchange(store, carrier)
    finally:
        carrier.close()
    index_pending(store)
    return result


def _tell(store: Store, result: ExchangeResult) -> int:
    from trainer_app.storage.sending_state import send_state
    from trainer_app.words import file_size, number

    state = send_state(store)
    print(
        _("Terkirim: {n} perubahan, {besar}.").format(
            n=number(result.sent_operations), besar=file_size(result.bytes_up)
        )
    )
    print(
        _("Diterima dari pusat: {n} perubahan, {besar}.").format(
            n=number(result.received_operations), besar=file_size(result.bytes_down)
        )
    )
    for code in result.receipts:
        print(_("Tanda terima {kode}").format(kode=code))
    words = _("Diterima pusat: {n} dari {semua} catatan")
    print(words.format(n=number(state.received), semua=number(state.total)))
    if state.rejected:
        print(_("{n} perlu diperbaiki").format(n=number(state.rejected)))
    return 0 if state.received == state.total else 1
