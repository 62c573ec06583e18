"""`trainer-app export`: people, batches, sessions, attendance, visits or a report as an Excel or CSV file."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.records.problem import InputProblem
from trainer_app.words import N_, _, number

if TYPE_CHECKING:
    from trainer_app.records.ids import RecordId
    from trainer_app.reports.lists import Wanted
    from trainer_app.storage.store import Store

HELP = N_("Simpan daftar atau laporan sebagai Excel atau CSV.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which list, where to, and for whom."""
    parser.add_argument(
        "list", metavar=_("DAFTAR"), help=_("people, batches, sessions, attendance, visits, atau laporan")
    )
    parser.add_argument("file", type=Path, metavar=_("BERKAS"), help=_("berkas baru, .xlsx atau .csv"))
    parser.add_argument(
        "--which",
        default="all",
        metavar="incomplete",
        help=_("peserta yang mana: all, incomplete, unsent, no_batch"),
    )
    parser.add_argument(
        "--for",
        dest="purpose",
        default="program",
        metavar="kementerian",
        help=_("untuk siapa: program, kementerian, gojek"),
    )
    parser.add_argument(
        "--full-numbers",
        default="",
        metavar=_("ALASAN"),
        help=_("NIK dan nomor HP lengkap; alasannya dicatat"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("hitung saja, tidak ada yang ditulis"))
    add_laptop_options(parser)


def run(args: argparse.Namespace) -> int:
    """0 when the file was written. Problems are told as sentences."""
    from trainer_app.storage.opening import open_store

    if args.file.suffix.lower() not in (".xlsx", ".csv"):
        raise InputProblem(_("Nama berkas harus berakhir .xlsx atau .csv."), field="file", code="list.kind")
    folder = laptop_folder(args)
    key, staff = unlock(folder, args.user, args.pin_file)
    store = open_store(folder, key)
    try:
        return _export(store, args, staff)
    finally:
        store.close()


def _export(store: Store, args: argparse.Namespace, staff: RecordId) -> int:
    from trainer_app.actions.staff import member
    from trainer_app.reports.catalogue import BY_KEY
    from trainer_app.reports.lists import Wanted, check_wanted

    if args.list in BY_KEY and not BY_KEY[args.list].centre_only:
        return _report(store, args)
    wanted = Wanted(
        list=args.list,
        which=args.which,
        purpose=args.purpose,
        full_reason=args.full_numbers,
        role=member(store, staff).role,
    )
    check_wanted(wanted)
    return _list(store, args, wanted, staff)


def _report(store: Store, args: argparse.Namespace) -> int:
    from trainer_app.reports.catalogue import BY_KEY
    from trainer_app.reports.report import Filters
    from trainer_app.reports.writing import as_csv, as_xlsx

    report = BY_KEY[args.list]
    rows = report.rows(store, Filters(datetime.now().astimezone()))
    if not args.dry_run:
        with args.file.open("wb") as file:
            if args.file.suffix.lower() == ".csv":
                file.write(as_csv(report, rows).encode("utf-8-sig"))
            else:
                as_xlsx(report, rows, file)
    return _done(args, len(rows), 0)


def _list(store: Store, args: argparse.Namespace, wanted: Wanted, staff: RecordId) -> int:
    import os

    from trainer_app.reports.lists import write_list

    def going_on(done: int, total: int) -> bool:
        if sys.stderr and sys.stderr.isatty():
            print(f"\r{number(done)} / {number(total)}", end="", file=sys.stderr, flush=True)
        return True

    target = Path(os.devnull) if args.dry_run else args.file
    with target.open("wb") as file:
        written = write_list(store, wanted, staff, file, args.file.suffix.lower()[1:], going_on=going_on)
    return _done(args, written.rows, written.left_out)


def _done(args: argparse.Namespace, rows: int, left_out: int) -> int:
    if args.dry_run:
        print(_("{n} baris akan ditulis.").format(n=number(rows)))
    else:
        print(_("{n} baris ditulis ke {berkas}.").format(n=number(rows), berkas=args.file))
    if left_out:
        print(_("{n} tidak ikut karena persetujuannya.").format(n=number(left_out)))
    return 0
