"""`trainer-app import`: people from an Excel or CSV list, without a window."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.commands.laptop import add_laptop_options, laptop_folder, unlock
from trainer_app.records.problem import InputProblem
from trainer_app.words import N_, _, number

if TYPE_CHECKING:
    from trainer_app.actions.list_import import Found, Opened
    from trainer_app.records.ids import RecordId
    from trainer_app.storage.store import Store

HELP = N_("Masukkan peserta dari daftar Excel atau CSV.")
#: Everything came in; some rows were left out; nothing did.
WHOLE, IN_PART, NOTHING = 0, 3, 4
SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and what is to be done with it."""
    parser.add_argument("file", type=Path, nargs="?", metavar=_("BERKAS"), help=_("daftar .xlsx atau .csv"))
    parser.add_argument("--dry-run", action="store_true", help=_("periksa saja, tidak ada yang disimpan"))
    parser.add_argument(
        "--sheet", default="", metavar=_("LEMBAR"), help=_("nama lembar (bawaan: yang pertama)")
    )
    parser.add_argument(
        "--batch", default="", metavar=_("ANGKATAN"), help=_("masukkan semua ke angkatan ini")
    )
    parser.add_argument(
        "--column", action="append", default=[], metavar="JUDUL=ISIAN",
        help=_("kolom mana untuk isian apa, misalnya “Pemilik=person.full_name”; boleh berulang"),
    )  # fmt: skip
    parser.add_argument(
        "--wrong", type=Path, metavar=_("BERKAS"), help=_("tulis baris yang perlu diperbaiki ke sini")
    )
    parser.add_argument(
        "--take-doubtful",
        action="store_true",
        help=_("masukkan juga yang mungkin sudah terdaftar, untuk diperiksa"),
    )
    parser.add_argument("--again", action="store_true", help=_("walau berkas ini sudah pernah masuk"))
    parser.add_argument("--undo", action="store_true", help=_("urungkan daftar yang masuk terakhir"))
    parser.add_argument(
        "--template", type=Path, metavar=_("BERKAS"), help=_("tulis daftar kosong untuk diisi")
    )
    add_laptop_options(parser)


def run(args: argparse.Namespace) -> int:
    """0 when every row came in, 3 when some were left out, 4 when none came in. Problems are told as
    sentences.
    """
    from trainer_app.storage.opening import open_store

    if args.template is not None:
        return _template(args.template)
    if args.file is None and not args.undo:
        raise InputProblem(_("Sebutkan berkas daftar, atau --undo."), field="file")
    folder = laptop_folder(args)
    key, staff = unlock(folder, args.user, args.pin_file)
    store = open_store(folder, key)
    try:
        return _undo(store, staff) if args.undo else _import(store, args, staff)
    finally:
        store.close()


def _template(path: Path) -> int:
    from trainer_app.actions.list_columns import template_columns, template_notes
    from trainer_app.sheets.writing import sheet_writer

    kind = "csv" if path.suffix.lower() == ".csv" else "xlsx"
    with (
        path.open("wb") as file,
        sheet_writer(file, kind, template_columns(), name=_("Peserta"), notes=template_notes()),
    ):
        pass
    print(_("Daftar kosong ditulis ke {berkas}.").format(berkas=path))
    return 0


def _opened(store: Store, args: argparse.Namespace) -> Opened:
    from trainer_app.actions.list_columns import lacking
    from trainer_app.actions.list_import import open_list

    opened = open_list(store, args.file)
    if args.sheet:
        if args.sheet not in opened.table.sheets:
            names = ", ".join(opened.table.sheets)
            raise InputProblem(
                _("Lembar {nama} tidak ada. Yang ada: {semua}.").format(nama=args.sheet, semua=names),
                field="sheet",
            )
        opened = open_list(store, args.file, opened.table.sheets.index(args.sheet))
    _choose(opened, args.column)
    missing = [column.title for column in lacking(opened.heading.keys)]
    if missing:
        print(_("Kolom yang belum ada: {kolom}.").format(kolom=", ".join(missing)), file=sys.stderr)
    if opened.earlier and not (args.again or args.dry_run) and opened.earlier[0].state != "running":
        raise InputProblem(
            _("Berkas ini sudah pernah masuk. Pakai --again bila memang ingin mengulang."), code="list.again"
        )
    return opened


def _choose(opened: Opened, said: list[str]) -> None:
    from trainer_app.actions.list_columns import list_columns
    from trainer_app.actions.list_import import with_keys

    keys = list(opened.heading.keys)
    for one in said:
        title, _sign, key = one.rpartition("=")
        if title not in opened.heading.titles or (key and key not in list_columns()):
            known = ", ".join(list_columns())
            message = _("{isi}: kolom atau isian ini tidak ada. Isian yang ada: {semua}.")
            raise InputProblem(message.format(isi=one, semua=known), field="column")
        keys[opened.heading.titles.index(title)] = key
    opened.heading = with_keys(opened.heading, keys)


def _import(store: Store, args: argparse.Namespace, staff: RecordId) -> int:
    from trainer_app.actions.list_import import Look, Taking, batches_by_name, write_wrong
    from trainer_app.records.folding import fold
    from trainer_app.storage.examining import examine

    opened = _opened(store, args)
    batch = batches_by_name(store).get(fold(args.batch)) if args.batch else None
    if args.batch and batch is None:
        raise InputProblem(
            _("Angkatan {nama} tidak ada di laptop ini.").format(nama=args.batch), field="batch"
        )
    look = Look(store, opened)
    while not look.step().done:
        _say(_("{n} baris diperiksa").format(n=number(look.found.read)))
    found = look.found
    _tell(found)
    if args.wrong is not None and found.wrong:
        with args.wrong.open("wb") as file:
            write_wrong(opened, found.wrong, file, "csv" if args.wrong.suffix.lower() == ".csv" else "xlsx")
        print(_("Yang perlu diperbaiki ditulis ke {berkas}.").format(berkas=args.wrong))
    left = len(found.wrong) + (0 if args.take_doubtful else len(found.doubtful))
    if args.dry_run:
        return IN_PART if left else WHOLE
    take = {one.line: one.reason for one in found.doubtful} if args.take_doubtful else {}
    unfinished = next((one for one in opened.earlier if one.state == "running"), None)
    taking = Taking(store, opened, staff, batch=batch, take=take, going_on=unfinished)
    while not (progress := taking.step()).done:
        _say(_("{n} orang tersimpan").format(n=number(progress.saved)))
    examine(store)
    print(_("{n} orang tersimpan di laptop ini.").format(n=number(progress.saved)))
    if not progress.saved and not found.known:
        return NOTHING
    return IN_PART if left else WHOLE


def _tell(found: Found) -> None:
    for words, n in (
        (_("baru"), found.new),
        (_("sudah terdaftar, dilewati"), found.known),
        (_("mungkin sudah terdaftar"), len(found.doubtful)),
        (_("perlu diperbaiki"), len(found.wrong)),
    ):
        print(f"{number(n):>8}  {words}")
    for line, reasons in list(found.wrong.items())[:SHOWN]:
        print(_("  baris {n}: {alasan}").format(n=line, alasan="; ".join(reasons)))
    for one in found.doubtful[:SHOWN]:
        print(_("  baris {n}: {nama}: {alasan}").format(n=one.line, nama=one.name, alasan=one.words))


def _undo(store: Store, staff: RecordId) -> int:
    from trainer_app.actions.list_import import TakingBack, can_take_back
    from trainer_app.storage.imports import imports

    now = store.clock.now_ms()
    last = next((one for one in imports(store) if can_take_back(one, now)), None)
    if last is None:
        raise InputProblem(_("Tidak ada daftar yang bisa diurungkan."), code="list.none")
    back = TakingBack(store, last, staff)
    while not back.step():
        _say(_("{n} orang diurungkan").format(n=number(back.gone)))
    print(_("{nama}: {n} orang diurungkan.").format(nama=last.name, n=number(back.gone)))
    for _person, name in back.kept:
        print(_("  tetap ada karena sudah diubah atau sudah ikut: {nama}").format(nama=name))
    return IN_PART if back.kept else WHOLE


def _say(line: str) -> None:
    """Over the line before, where somebody looks."""
    if sys.stderr and sys.stderr.isatty():
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
