"""`trainer-app recover`: when every PIN of a laptop is forgotten, the centre can open it again."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from trainer_app.commands.laptop import PIN_VARIABLE
from trainer_app.words import N_, _

HELP = N_("Buka lagi laptop yang PIN-nya terlupa, dengan bantuan pusat.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """ask, then use."""
    subs = parser.add_subparsers(dest="deed", metavar=_("pekerjaan"), required=True)
    ask = subs.add_parser("ask", help=_("Tulis permintaan untuk pusat."))
    use = subs.add_parser("use", help=_("Pakai jawaban dari pusat dan buat PIN baru."))
    for sub, what in ((ask, _("berkas permintaan yang dibuat")), (use, _("berkas jawaban dari pusat"))):
        sub.add_argument("file", type=Path, metavar=_("BERKAS"), help=what)
        sub.add_argument("--data", type=Path, default=None, metavar="FOLDER", help=_("folder data laptop"))
    use.add_argument(
        "--pin-file",
        type=Path,
        metavar=_("BERKAS"),
        help=_("PIN baru dari berkas; tanpa ini ditanyakan, atau dari {nama}").format(nama=PIN_VARIABLE),
    )


def run(args: argparse.Namespace) -> int:
    """Raises `Problem`; then nothing has changed."""
    from trainer_app.commands.laptop import laptop_folder
    from trainer_app.records.problem import InputProblem
    from trainer_app.settings import write_atomically
    from trainer_app.sync.recovery import ask, use_answer

    folder = laptop_folder(args)
    try:
        if args.deed == "ask":
            write_atomically(args.file, ask(folder))
            print(_("Permintaan ada di {berkas}. Serahkan ke admin pusat.").format(berkas=args.file))
            print(_("Di pusat: trainer-app admin recover {berkas} --for NAMA").format(berkas=args.file.name))
            return 0
        data = args.file.read_bytes()
    except OSError as fault:
        raise InputProblem(
            _("Berkas {berkas} tidak bisa dipakai. Periksa lagi.").format(berkas=args.file), field="file"
        ) from fault
    name = use_answer(folder, data, _new_pin(args.pin_file))
    print(_("PIN baru untuk {nama} sudah dibuat. Buka aplikasi dan masuk.").format(nama=name))
    return 0


def _new_pin(pin_file: Path | None) -> str:
    from getpass import getpass

    from trainer_app.records.problem import InputProblem

    if pin_file is not None:
        return pin_file.read_text("utf-8").strip()
    if given := os.environ.get(PIN_VARIABLE):
        return given
    first = getpass(_("PIN baru: "))
    if getpass(_("Sekali lagi: ")) != first:
        raise InputProblem(_("Kedua PIN tidak sama. Jalankan lagi."), field="pin")
    return first
