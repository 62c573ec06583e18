"""`trainer-app hub`: this supervisor's laptop takes in from trainers' laptops over Wi-Fi, without a
window.
"""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _, number

if TYPE_CHECKING:
    from trainer_app.storage.store import Store
    from trainer_app.sync.visits import Visit

HELP = N_("Terima dari laptop pelatih lewat Wi-Fi, tanpa jendela.")
_LOOK_SECONDS = 1.0
ANYWHERE = "0.0.0.0"  # noqa: S104 - other laptops must reach it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Address, data, who opens them."""
    parser.add_argument("--host", default=ANYWHERE, help=_("alamat yang didengar (bawaan: semua)"))
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


class ListeningHub:
    """A hub that listens and lets itself be found: for this command, and for the window."""

    def __init__(
        self,
        store: Store,
        *,
        changed: Callable[[], None],
        host: str = ANYWHERE,
        port: int | None = None,
    ) -> None:
        from trainer_app.server.hub import Hub
        from trainer_app.sync.carriers.lan import PORT
        from trainer_app.sync.discovery import Announcement

        self._host = host
        self._hub = Hub(store, host=host, port=PORT if port is None else port, changed=changed)
        self._hub.start()
        only = None if host == ANYWHERE else [host]
        self._announcement = Announcement(store.replica, store.name, self._hub.port, only)

    @property
    def code(self) -> str:
        """The six digits that are right now."""
        return self._hub.doorkeeper.code

    @property
    def seconds_left(self) -> float:
        """How long they are."""
        return self._hub.doorkeeper.seconds_left

    @property
    def addresses(self) -> Sequence[str]:
        """Where this laptop can be reached; the port is left out when it is the usual one."""
        from trainer_app.sync.carriers.lan import PORT
        from trainer_app.sync.discovery import local_addresses

        places = local_addresses() if self._host == ANYWHERE else [self._host]
        return [place if self._hub.port == PORT else f"{place}:{self._hub.port}" for place in places]

    def visits(self) -> list[Visit]:
        """Who came, the last one first."""
        return self._hub.visits.all()

    def stop(self) -> None:
        """Say good-bye and listen no more."""
        self._announcement.close()
        self._hub.stop()


def _serve(store: Store, args: argparse.Namespace) -> None:
    stopped, news = threading.Event(), threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()
        news.set()

    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, stop)
    hub = ListeningHub(store, changed=news.set, host=args.host, port=args.port)
    try:
        for place in hub.addresses:
            print(_("Menerima di {alamat} (Ctrl+C untuk berhenti)").format(alamat=place))
        _tell_news(hub, news, stopped)
    finally:
        hub.stop()


def _tell_news(hub: ListeningHub, news: threading.Event, stopped: threading.Event) -> None:
    """A line for each new code, and for each laptop whose state is another."""
    from trainer_app.sync.visits import DONE, SENDING

    told_code = ""
    told: dict[bytes, str] = {}
    words = {
        SENDING: _("{nama}: mengirim"),
        DONE: _("{nama}: selesai, {n} perubahan diterima"),
    }
    cut = _("{nama}: terputus, {n} perubahan diterima; sisanya tetap di laptop itu")
    while not stopped.is_set():
        if hub.code != told_code:
            told_code = hub.code
            print(_("Kode: {kode}").format(kode=told_code), flush=True)
        for visit in hub.visits():
            line = words.get(visit.state, cut).format(nama=visit.name, n=number(visit.received))
            if told.get(visit.replica) != line:
                told[visit.replica] = line
                print(line, flush=True)
        news.wait(_LOOK_SECONDS)
        news.clear()
