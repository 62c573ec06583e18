"""`trainer-app bundle export|import`: send and receive on a stick, without a window.

`export` writes this laptop's package to a folder. `import` takes what is in a folder: on a laptop the replies
for it, and on a supervisor's laptop the packages of others too; with `--centre` all packages, which are then
answered.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.commands.centre_options import add_database_option, centre_config
from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _, file_size, number

if TYPE_CHECKING:
    from trainer_app.storage.store import Store
    from trainer_app.sync.answer import Authority
    from trainer_app.sync.bundle.homecoming import CameHome
    from trainer_app.sync.bundle.packing import Exported
    from trainer_app.sync.bundle.taking import Package, Taken

HELP = N_("Simpan ke flashdisk atau ambil dari flashdisk, tanpa jendela.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """export and import."""
    subs = parser.add_subparsers(dest="deed", metavar=_("pekerjaan"), required=True)
    export = subs.add_parser("export", help=_("Simpan kiriman laptop ini ke flashdisk."))
    take = subs.add_parser("import", help=_("Ambil paket atau balasan dari flashdisk."))
    for sub in (export, take):
        sub.add_argument("stick", type=Path, metavar="FOLDER", help=_("folder flashdisk"))
        add_laptop_options(sub)
    export.add_argument(
        "--centre-only", action="store_true", help=_("kunci hanya untuk pusat, tidak untuk laptop pengawas")
    )
    take.add_argument(
        "--centre", action="store_true", help=_("ambil di pusat; --data adalah folder data pusat")
    )
    add_database_option(take)


def run(args: argparse.Namespace) -> int:
    """0 when everything went well; 1 when a package could not be taken. Problems are told as sentences."""
    if args.deed == "import" and args.centre:
        return _import_at_centre(args)
    from trainer_app.commands.sync import check_rule
    from trainer_app.storage.opening import open_store

    folder = laptop_folder(args)
    key, staff = unlock(folder, args.user, args.pin_file)
    store = open_store(folder, key)
    try:
        if args.deed == "export":
            check_rule(store, staff)
            return _export(store, args.stick, hubs=not args.centre_only)
        return _import_here(store, args.stick)
    finally:
        store.close()


# ---------------------------------------------------------------- out
def _export(store: Store, stick: Path, *, hubs: bool) -> int:
    from trainer_app.sync.bundle.packing import export_bundle

    for line in exported_lines(export_bundle(store, stick, hubs=hubs)):
        print(line)
    return 0


def exported_lines(done: Exported) -> list[str]:
    """What was written."""
    words = _("{n} catatan disalin ke {berkas} ({besar}).")
    size = file_size(done.size_bytes)
    lines = [words.format(n=number(done.manifest.records), berkas=done.path.name, besar=size)]
    if done.more:
        lines.append(_("Belum semua muat. Simpan lagi sesudah paket ini diterima pusat."))
    return [*lines, _("Isinya sudah dibaca ulang dan cocok. Cabut flashdisk, sudah aman.")]


# ---------------------------------------------------------------- in
def _import_at_centre(args: argparse.Namespace) -> int:
    from trainer_app.server.centre import open_centre
    from trainer_app.sync.answer import Authority

    centre = open_centre(centre_config(args), create=False)
    try:
        authority = Authority(centre.epoch, centre.sample)
        done, failed = _take_packages(centre.store, authority, args.stick)
    finally:
        centre.close()
    if not done and not failed:
        print(_("Tidak ada paket di flashdisk ini."))
    return 1 if failed else 0


def _import_here(store: Store, stick: Path) -> int:
    from trainer_app.storage.search import index_pending
    from trainer_app.sync.bundle.taking import hub_authority

    done, failed = _take_replies(store, stick)
    others, not_theirs = _take_packages(store, hub_authority(store), stick, for_others=True)
    index_pending(store)
    if not done + others + failed + not_theirs:
        print(_("Tidak ada balasan atau paket untuk laptop ini di flashdisk."))
    return 1 if failed + not_theirs else 0


def _take_replies(store: Store, stick: Path) -> tuple[int, int]:
    """How many replies were taken, and how many could not be."""
    from trainer_app.records.problem import CarrierProblem
    from trainer_app.sync.bundle.homecoming import replies, take_reply

    done = failed = 0
    for path in replies(store, stick):
        try:
            lines = home_lines(take_reply(store, path))
        except CarrierProblem as problem:
            failed += 1
            lines = [problem.message]
        else:
            done += 1
        _tell(path, lines)
    return done, failed


def _take_packages(
    store: Store, authority: Authority, stick: Path, *, for_others: bool = False
) -> tuple[int, int]:
    """How many packages were taken, and how many could not be. On a laptop (`for_others`) packages that are
    not for it are left alone.
    """
    from trainer_app.records.problem import CarrierProblem
    from trainer_app.sync.bundle.taking import packages, take_bundle

    done = failed = 0
    for package in packages(store, authority, stick):
        if for_others and (package.sender == store.replica or is_for_others(package)):
            continue
        try:
            if package.problem is not None:
                raise package.problem
            taken = take_bundle(store, authority, package.path)
        except CarrierProblem as problem:
            failed += 1
            lines = [problem.message]
        else:
            done += 1
            failed += bool(taken.refused)
            lines = taken_lines(taken)
        _tell(package.path, lines)
    return done, failed


def is_for_others(package: Package) -> bool:
    """Whether a package is locked for somebody else, which is no fault of it."""
    return package.problem is not None and package.problem.code == "bundle.recipient"


def taken_lines(taken: Taken) -> list[str]:
    """What came of a package, for people."""
    if taken.nothing_new:
        lines = [_("Sudah pernah diambil: semua isinya sudah ada di sini.")]
    else:
        words = _("Dari {laptop}: {n} perubahan baru diambil.")
        lines = [words.format(laptop=taken.name, n=number(taken.operations))]
    if taken.revoked:
        lines.append(_("Laptop itu sudah dicabut: kirimannya disimpan terpisah dan tidak dihitung."))
    lines += taken.refused
    if taken.reply is not None:
        lines.append(
            _("Balasan ada di {berkas}. Cabut flashdisk, sudah aman.").format(berkas=taken.reply.name)
        )
    elif taken.reply_problem is not None:
        lines.append(
            _("Isinya sudah aman di sini, tetapi balasan belum tertulis: {sebab}").format(
                sebab=taken.reply_problem.message
            )
        )
    return lines


def home_lines(home: CameHome) -> list[str]:
    """What a reply brought, for people."""
    if home.revoked:
        return [_("Laptop ini sudah dicabut oleh pusat. Catatannya tetap aman di sini. Hubungi pengawas.")]
    if home.nothing_new:
        return [_("Sudah pernah diambil: tidak ada kabar baru di balasan ini.")]
    lines = [_("Tanda terima {kode}").format(kode=code) for code in home.receipts]
    if home.operations:
        lines.append(_("Diterima pusat: {n} perubahan.").format(n=number(home.operations)))
    if home.relayed:
        lines.append(_("{n} tanda terima untuk laptop lain.").format(n=number(home.relayed)))
    if home.received:
        lines.append(_("Kabar baru: {n} perubahan.").format(n=number(home.received)))
    if home.rejected:
        lines.append(_("{n} perlu diperbaiki").format(n=number(home.rejected)))
    return lines


def _tell(path: Path, lines: list[str]) -> None:
    print(path.name)
    for line in lines:
        print(f"  {line}")
