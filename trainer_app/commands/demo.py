"""`trainer-app demo`: the sample village, in a window or, with --headless, in words."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.commands.demo_village import Village

HELP = N_("Desa contoh: pusat, laptop, peserta, dan sesi buatan untuk mencoba.")
FOLDER = "contoh"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--headless and --folder."""
    parser.add_argument(
        "--headless", action="store_true", help=_("tanpa jendela: cetak apa yang diterima pusat")
    )
    parser.add_argument("--folder", type=Path, default=None, help=_("folder data contoh"))


def run(args: argparse.Namespace) -> int:
    """Fill the village anew, then show it; 0 when all went well."""
    from trainer_app.commands.demo_village import LOGIN, PASSWORD, TRAINER, TRAINER_PIN, build
    from trainer_app.settings import data_folder

    village = build(args.folder or data_folder() / FOLDER, lambda line: print(line, flush=True))
    try:
        print(
            _("Dasbor: {alamat}  (nama masuk {nama}, kata sandi {sandi})").format(
                alamat=village.address, nama=LOGIN, sandi=PASSWORD
            )
        )
        print(_("Pelatih contoh: {nama}, PIN {pin}").format(nama=TRAINER, pin=TRAINER_PIN), flush=True)
        return _headless(village) if args.headless else _window(village)
    finally:
        village.store.close()
        village.stop()


def _headless(village: Village) -> int:
    """Send the rest as the supervisor would, and print what both sides hold."""
    from trainer_app.server.centre import open_centre
    from trainer_app.server.config import ServerConfig
    from trainer_app.storage.digest import content_digest, counts
    from trainer_app.storage.sending_state import send_state
    from trainer_app.sync.carriers import carrier_for
    from trainer_app.sync.exchange import exchange

    state = send_state(village.store)
    print(_("Menunggu dikirim: {n} dari {semua} catatan").format(n=state.pending, semua=state.total))
    result = exchange(village.store, carrier_for(village.store))
    for code in result.receipts:
        print(_("Tanda terima {kode}").format(kode=code))
    state = send_state(village.store)
    print(_("Diterima pusat: {n} dari {semua} catatan").format(n=state.received, semua=state.total))
    centre = open_centre(ServerConfig(folder=village.folder / "pusat"), create=False)
    try:
        for table, n in counts(centre.store).items():
            print(f"  {table}: {n}")
        areas = village.store.areas
        same = content_digest(centre.store, areas) == content_digest(village.store, areas)
    finally:
        centre.close()
    print(_("Isi laptop dan pusat sama persis.") if same else _("Isi laptop dan pusat berbeda!"))
    return 0 if same and state.all_received else 1


def _window(village: Village) -> int:
    from trainer_app.commands.demo_village import TRAINER_PIN
    from trainer_app.commands.desktop import start_hub
    from trainer_app.desktop.app import run as run_desktop
    from trainer_app.desktop.trial import Trial

    village.store.close()
    # the centre is ended by `run`, also when no window can be opened
    trial = Trial(village.laptop_folder, village.trainer, TRAINER_PIN, lambda: None)
    return run_desktop(village.laptop_folder, trial=trial, start_hub=start_hub)
