"""`trainer-app serve`: the centre, until it is told to stop."""

from __future__ import annotations

import argparse
import dataclasses

from trainer_app.commands.centre_options import add_centre_options, centre_config
from trainer_app.words import N_, _

HELP = N_("Jalankan pusat: menerima kiriman laptop dan menampilkan dasbor.")
MOST_WORKERS = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Address, data, workers."""
    parser.add_argument("--host", default="127.0.0.1", help=_("alamat yang didengar (bawaan: 127.0.0.1)"))
    parser.add_argument("--port", type=int, default=8080, help=_("nomor port (bawaan: 8080; 0: yang bebas)"))
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help=_("jumlah proses yang melayani (bawaan: 1)")
    )
    parser.add_argument("--sample", action="store_true", help=_("pusat contoh: hanya menerima laptop contoh"))
    add_centre_options(parser)


def run(args: argparse.Namespace) -> int:
    """Serve; 0 after an orderly end."""
    from trainer_app.log import setup_logging
    from trainer_app.server.centre import key_place, open_centre
    from trainer_app.server.serve import run as serve

    config = centre_config(args)
    config = dataclasses.replace(config, workers=max(1, min(config.workers, MOST_WORKERS)))
    setup_logging(config.folder, also_screen=True)
    centre = open_centre(config)
    lines = [f"Trainer App · {centre.store.name}", key_place(config)]
    if centre.sample:
        lines.append(_("Ini pusat contoh: hanya menerima laptop contoh."))
    centre.close()

    def announce(address: str) -> None:
        lines.append(_("Berjalan di {alamat} (Ctrl+C untuk berhenti)").format(alamat=address))
        if not config.loopback:
            lines.append(_("Alamat ini terbuka ke jaringan: pasang HTTPS di depannya (Caddy atau nginx)."))
        print("\n".join(lines), flush=True)

    serve(config, announce)
    return 0
