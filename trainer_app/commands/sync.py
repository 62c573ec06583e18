"""`trainer-app sync`: send and receive once, without a window."""

from __future__ import annotations

import argparse
import getpass
import os
from typing import TYPE_CHECKING

from trainer_app.words import N_, _

if TYPE_CHECKING:
    from pathlib import Path

    from trainer_app.storage.keys import KeyRing, UserEntry
    from trainer_app.storage.store import Store
    from trainer_app.sync.exchange import ExchangeResult

HELP = N_("Kirim data ke pusat satu kali, tanpa jendela.")
PIN_VARIABLE = "TRAINER_APP_PIN"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--name."""
    parser.add_argument(
        "--name",
        metavar="NAME",
        help=_("siapa yang masuk (bawaan: yang terakhir masuk); PIN dari {variabel} atau ditanyakan").format(
            variabel=PIN_VARIABLE
        ),
    )


def run(args: argparse.Namespace) -> int:
    """Exchange once; 0 when everything of this laptop is received. Problems are told as sentences."""
    from trainer_app.settings import data_folder
    from trainer_app.storage.keys import KeyRing

    folder = data_folder()
    ring = KeyRing(folder)
    user = _chosen(ring, args.name)
    store = _opened(folder, ring, user)
    try:
        result = _exchanged(store)
        return _tell(store, result)
    finally:
        store.close()


def _chosen(ring: KeyRing, name: str | None) -> UserEntry:
    from trainer_app.records.problem import AccessProblem

    users = ring.users()
    if not users:
        raise AccessProblem(
            _("Laptop ini belum didaftarkan. Buka aplikasi dan daftarkan dulu."), code="keys.missing"
        )
    if name is None:
        return users[0]
    found = [user for user in users if user.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(user.name for user in users)
        raise AccessProblem(
            _("{nama} tidak ada di laptop ini. Yang ada: {semua}.").format(nama=name, semua=names),
            code="keys.unknown",
        )
    return found[0]


def _opened(folder: Path, ring: KeyRing, user: UserEntry) -> Store:
    """The store, after the PIN and the rule of the centre were obeyed."""
    from trainer_app.actions.staff import may_send, member, sending_rule
    from trainer_app.records.problem import AccessProblem
    from trainer_app.storage.opening import open_store

    pin = os.environ.get(PIN_VARIABLE) or getpass.getpass(_("PIN {nama}: ").format(nama=user.name))
    store = open_store(folder, ring.unlock(user.staff_id, pin))
    try:
        person = member(store, user.staff_id)
        if not may_send(sending_rule(store), person.role):
            raise AccessProblem(
                _("Di laptop ini pengawas yang memulai pengiriman. Masuk dengan nama pengawas (--name)."),
                code="send.supervisor",
            )
    except BaseException:
        store.close()
        raise
    return store


def _exchanged(store: Store) -> ExchangeResult:
    from trainer_app.records.problem import CarrierProblem
    from trainer_app.storage.search import index_pending
    from trainer_app.sync.carriers.http import HttpCarrier
    from trainer_app.sync.exchange import exchange

    address = store.meta("centre_address", b"").decode()
    if not address:
        raise CarrierProblem(
            _("Laptop ini belum didaftarkan ke pusat. Daftarkan dulu, lalu kirim."), code="enrol.missing"
        )
    carrier = HttpCarrier(address)
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
