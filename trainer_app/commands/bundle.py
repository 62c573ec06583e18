"""`trainer-app bundle export|import`: send and receive on a stick, without a window.

`export` writes this laptop's package to a folder. `import` takes what is in a folder: on a laptop the replies
for it, and on a supervisor's laptop the packages of others too; with `--centre` all packages, which are then
answered.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.commands.centre_options import add_database_option, centre_config
from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.storage.store import Store
    from trainer_app.sync.bundle.homecoming import CameHome
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


def _export(store: Store, stick: Path, *, hubs: bool) -> int:
    from trainer_app.sync.bundle.at_laptop import save
    from trainer_app.sync.bundle.telling import exported_lines
    from trainer_app.sync.carriers import photos_go

    photos = photos_go(store, near=True)
    for line in exported_lines(save(store, stick, hubs=hubs, photos=photos)):
        print(line)
    print(_("Isinya sudah dibaca ulang dan cocok. Cabut flashdisk, sudah aman."))
    return 0


def _import_at_centre(args: argparse.Namespace) -> int:
    from trainer_app.server.centre import open_centre
    from trainer_app.sync.bundle.taking import packages, take_bundle

    centre = open_centre(centre_config(args), create=False)
    try:
        store, authority = centre.store, centre.authority()
        found = list(packages(store, authority, args.stick))
        return _take_all(found, lambda package: take_bundle(store, authority, package.path))
    finally:
        centre.close()


def _import_here(store: Store, stick: Path) -> int:
    from trainer_app.sync.bundle.at_laptop import seen, take
    from trainer_app.sync.bundle.telling import tidied_lines
    from trainer_app.sync.bundle.tidying import tidy

    return _take_all(
        seen(store, stick),
        lambda package: take(store, package),
        lambda: tidied_lines(tidy(store, stick)),
    )


def _take_all(
    found: Sequence[Package],
    take: Callable[[Package], CameHome | Taken],
    tidy: Callable[[], list[str]] = list,
) -> int:
    """Take one after the other and say what came of each; one that cannot be taken keeps no other back.
    `tidy` says what was removed after that.
    """
    from trainer_app.records.problem import CarrierProblem
    from trainer_app.sync.bundle.telling import result_lines

    failed = 0
    for package in found:
        print(package.path.name)
        try:
            if package.problem is not None:
                raise package.problem
            result = take(package)
        except CarrierProblem as problem:
            failed += 1
            lines = [problem.message]
        else:
            failed += bool(getattr(result, "refused", ()))
            lines = result_lines(result)
        for line in lines:
            print(f"  {line}")
    for line in tidy():
        print(line)
    print(_("Cabut flashdisk, sudah aman.") if found else _("Tidak ada paket atau balasan di flashdisk ini."))
    return 1 if failed else 0
