"""`trainer-app hub`: this supervisor's laptop takes in from trainers' laptops over Wi-Fi, without a
window.
"""

from __future__ import annotations

import argparse
import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _, number

if TYPE_CHECKING:
    from trainer_app.server.hub import Hub
    from trainer_app.storage.store import Store

HELP = N_("Terima dari laptop pelatih lewat Wi-Fi, tanpa jendela.")
_LOOK_SECONDS = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Address, data, who opens them."""
    parser.add_argument("--host", default="0.0.0.0", help=_("alamat yang didengar (bawaan: semua)"))  # noqa: S104 - other laptops must reach it
    parser.add_argument("--port", type=int, default=None, help=_("nomor port (bawaan: 47530)"))
    add_laptop_options(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop; 0 after an orderly end. Problems are told as sentences."""
    from trainer_app.storage.opening import open_store

    folder = laptop_folder(args)
    key, staff = unlock(folder, args.user, args.pin_file)
    store = open_store(folder, key)
    try:
        _check_role(store, staff)
        _serve(store, args)
    finally:
        store.close()
    return 0


def _check_role(store: Store, staff: bytes) -> None:
    """Raises `AccessProblem` for whoever is no supervisor."""
    from trainer_app.actions.staff import SENDING_ROLES, member
    from trainer_app.records.problem import AccessProblem

    if member(store, staff).role not in SENDING_ROLES:
        raise AccessProblem(
            _("Menerima dari pelatih dimulai oleh pengawas. Masuk dengan nama pengawas (--user)."),
            code="hub.supervisor",
        )


def _serve(store: Store, args: argparse.Namespace) -> None:
    from trainer_app.server.hub import Hub
    from trainer_app.sync.carriers.lan import PORT
    from trainer_app.sync.discovery import Announcement

    stopped, news = threading.Event(), threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()
        news.set()

    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, stop)
    hub = Hub(store, host=args.host, port=PORT if args.port is None else args.port, changed=news.set)
    hub.start()
    announcement = Announcement(store.replica, store.name, hub.port, _interfaces(args.host))
    try:
        _tell_addresses(hub, args.host)
        _tell_news(hub, news, stopped)
    finally:
        announcement.close()
        hub.stop()


def _interfaces(host: str) -> list[str] | None:
    return None if host in ("0.0.0.0", "::") else [host]  # noqa: S104 - a comparison


def _tell_addresses(hub: Hub, host: str) -> None:
    from trainer_app.sync.discovery import local_addresses

    places = local_addresses() if _interfaces(host) is None else [host]
    for place in places or ["127.0.0.1"]:
        print(_("Menerima di {alamat} (Ctrl+C untuk berhenti)").format(alamat=f"{place}:{hub.port}"))


def _tell_news(hub: Hub, news: threading.Event, stopped: threading.Event) -> None:
    """A line for each new code, and for each laptop whose state is another."""
    from trainer_app.server.visits import DONE, SENDING

    told_code = ""
    told: dict[bytes, str] = {}
    words = {
        SENDING: _("{nama}: mengirim"),
        DONE: _("{nama}: selesai, {n} perubahan diterima"),
    }
    cut = _("{nama}: terputus, {n} perubahan diterima; sisanya tetap di laptop itu")
    while not stopped.is_set():
        if hub.doorkeeper.code != told_code:
            told_code = hub.doorkeeper.code
            print(_("Kode: {kode}").format(kode=told_code), flush=True)
        for visit in hub.visits.all():
            line = words.get(visit.state, cut).format(nama=visit.name, n=number(visit.received))
            if told.get(visit.replica) != line:
                told[visit.replica] = line
                print(line, flush=True)
        news.wait(_LOOK_SECONDS)
        news.clear()
