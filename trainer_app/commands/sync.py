"""`trainer-app sync`: send and receive once, without a window."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.records.ids import RecordId
    from trainer_app.storage.store import Store
    from trainer_app.sync.carrier import Carrier
    from trainer_app.sync.exchange import ExchangeResult

HELP = N_("Kirim data ke pusat satu kali, tanpa jendela.")
_LOOK_SECONDS = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the data lies, whose PIN opens it, and whether a supervisor's laptop takes them."""
    add_laptop_options(parser)
    parser.add_argument(
        "--hub",
        nargs="?",
        const="",
        metavar=_("ALAMAT"),
        help=_("kirim ke laptop pengawas di Wi-Fi ini; tanpa alamat dicari sendiri"),
    )
    parser.add_argument(
        "--code", default="", metavar=_("ANGKA"), help=_("kode 6 angka di layar laptop pengawas, sekali saja")
    )


def run(args: argparse.Namespace) -> int:
    """Exchange once; 0 when everything of this laptop is received. Problems are told as sentences."""
    from trainer_app.storage.keys import KeyRing
    from trainer_app.storage.opening import open_store
    from trainer_app.sync.carriers import carrier_for
    from trainer_app.sync.recipients import entrust

    folder = laptop_folder(args)
    key, staff = unlock(folder, args.user, args.pin_file)
    store = open_store(folder, key)
    try:
        if args.hub is not None:  # turning a laptop into a hub is how a supervisor starts this
            return _tell_hub(store, _handed_over(store, args.hub, args.code))
        check_rule(store, staff)
        result = _exchanged(store, carrier_for(store))
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


def _exchanged(store: Store, carrier: Carrier, hub: RecordId = b"") -> ExchangeResult:
    """One exchange over `carrier`, which is closed then: with the centre, or with the laptop `hub`."""
    from trainer_app.storage.examining import look_through
    from trainer_app.sync.carriers import photos_go
    from trainer_app.sync.exchange import exchange

    try:
        result = exchange(store, carrier, hub=hub, photos=photos_go(store, near=bool(hub)))
    finally:
        carrier.close()
    look_through(store)
    return result


def _handed_over(store: Store, address: str, code: str) -> ExchangeResult:
    """One exchange with a supervisor's laptop. Raises `Problem`."""
    from trainer_app.sync.carriers.lan import LanCarrier, meet

    hub = meet(store, address or _nearest(), code)
    return _exchanged(store, LanCarrier(hub), hub.replica)


def _nearest() -> str:
    """The address of the only hub around. Raises `CarrierProblem` when there is none, or more than one."""
    from trainer_app.records.problem import CarrierProblem
    from trainer_app.sync.discovery import look_around

    found = look_around(_LOOK_SECONDS)
    if len(found) == 1:
        return found[0].address
    if found:
        names = ", ".join(f"{hub.name} ({hub.address})" for hub in found)
        raise CarrierProblem(
            _("Ada beberapa laptop pengawas: {semua}. Sebutkan alamatnya (--hub).").format(semua=names),
            code="hub.many",
        )
    raise CarrierProblem(
        _("Laptop pengawas tidak ditemukan di Wi-Fi ini. Periksa Wi-Fi, atau sebutkan alamatnya (--hub)."),
        code="hub.nowhere",
    )


def _tell_hub(store: Store, result: ExchangeResult) -> int:
    from trainer_app.storage.sending_state import send_state
    from trainer_app.words import number

    state = send_state(store)
    words = _("Di laptop pengawas: {n} catatan. Diterima pusat: {diterima} dari {semua}.")
    print(
        words.format(
            n=number(state.at_supervisor), diterima=number(state.received), semua=number(state.total)
        )
    )
    print(_("Diterima dari laptop pengawas: {n} perubahan.").format(n=number(result.received_operations)))
    for code in result.receipts:
        print(_("Tanda terima {kode}").format(kode=code))
    _tell_photos(result)
    return 0 if not (state.pending or state.rejected) else 1


def _tell_photos(result: ExchangeResult) -> None:
    if result.sent_photos or result.waiting_photos:
        words = _("Foto: {n} sampai, {sisa} menunggu.")
        print(words.format(n=result.sent_photos, sisa=result.waiting_photos))
    if result.photo_problem is not None:
        print(result.photo_problem.message)


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
    if result.update:
        print(_("Data sudah diambil pusat. Perbarui Trainer App supaya kabar dari pusat bisa dibaca."))
    for code in result.receipts:
        print(_("Tanda terima {kode}").format(kode=code))
    _tell_photos(result)
    words = _("Diterima pusat: {n} dari {semua} catatan")
    print(words.format(n=number(state.received), semua=number(state.total)))
    if state.rejected:
        print(_("{n} perlu diperbaiki").format(n=number(state.rejected)))
    return 0 if state.received == state.total else 1
