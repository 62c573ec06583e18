"""`trainer-app admin`: what only the centre does, on its own database, also while it is running."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer_app.commands.centre_options import add_centre_options, centre_config
from trainer_app.commands.report_options import add_report_options, reported
from trainer_app.records.channel import CHANNEL_GROUP
from trainer_app.records.staff import ROLE, SEND_BY, STICK_FOR, TRAINER
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.server.administration import Done
    from trainer_app.server.centre import Centre

HELP = N_("Kelola pusat: petugas, kode pendaftaran laptop, program, target, aturan.")
PASSWORD_VARIABLE = "TRAINER_APP_PASSWORD"  # noqa: S105 - the name of a variable

Add = Callable[..., argparse.ArgumentParser]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command per deed."""
    common = argparse.ArgumentParser(add_help=False)
    add_centre_options(common)
    common.add_argument("--json", action="store_true", help=_("hasil sebagai JSON"))
    subs = parser.add_subparsers(dest="deed", metavar=_("pekerjaan"), required=True)

    def add(name: str, help_text: str) -> argparse.ArgumentParser:
        return subs.add_parser(name, help=help_text, description=help_text, parents=[common])

    _add_people(add)
    _add_programme(add)
    _add_laptops(add)


def _add_people(add: Add) -> None:
    init = add("init", _("Siapkan pusat dan admin pertama."))
    init.add_argument("--name", required=True, help=_("nama lengkap admin"))
    init.add_argument("--centre", default="Pusat", metavar=_("NAMA"), help=_("nama pusat"))
    init.add_argument("--sample", action="store_true", help=_("pusat contoh: hanya menerima laptop contoh"))
    _add_login(init, required=True)
    staff = add("staff", _("Tambah petugas atau ubah keadaannya."))
    staff.add_argument(
        "what",
        choices=("add", "stop", "login", "code"),
        help=_("add: tambah, stop: berhenti, login: nama masuk dasbor, code: kode pribadi baru"),
    )
    staff.add_argument("name", metavar=_("NAMA"))
    staff.add_argument("--role", choices=tuple(ROLE), default=TRAINER)
    staff.add_argument(
        "--areas", default="", help=_("kode kabupaten, dipisah koma: 5301,5302; kosong: semua")
    )
    staff.add_argument("--totp", action="store_true", help=_("minta kode kedua dari aplikasi autentikator"))
    _add_login(staff, required=False)


def _add_login(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--login", required=required, help=_("nama masuk dasbor"))
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar=_("BERKAS"),
        help=_(
            "kata sandi dari berkas (- untuk masukan baku); tanpa ini ditanyakan, atau dari {nama}"
        ).format(nama=PASSWORD_VARIABLE),
    )


def _add_programme(add: Add) -> None:
    programme = add("programme", _("Tambah atau ubah program."))
    programme.add_argument("name", metavar=_("NAMA"))
    programme.add_argument("--agreement", default="")
    programme.add_argument("--starts", default="", metavar="2026-06-01")
    programme.add_argument("--ends", default="", metavar="2026-12-31")
    programme.add_argument("--partner", default="", help=_("nama mitra"))
    target = add("target", _("Tetapkan target."))
    target.add_argument("--by", required=True, metavar="2026-12", help=_("sampai bulan"))
    target.add_argument("--area", default="", help=_("kode kabupaten; kosong: seluruhnya"))
    target.add_argument("--trained", type=int, default=None)
    target.add_argument("--digitised", type=int, default=None)
    target.add_argument("--programme", default="", help=_("nama program; boleh kosong bila hanya satu"))
    add("modules", _("Muat daftar modul pelatihan yang ikut aplikasi."))
    add("channels", _("Muat daftar saluran jualan daring yang ikut aplikasi."))
    channel = add("channel", _("Tambah atau ubah saluran jualan daring."))
    channel.add_argument("code", metavar=_("KODE"))
    channel.add_argument("--name", default="")
    channel.add_argument("--kind", default="", choices=tuple(CHANNEL_GROUP))
    channel.add_argument("--from", dest="since", default="", metavar="2015-04-01", help=_("ada sejak"))
    channel.add_argument("--to", dest="until", default="", metavar="2026-12-31", help=_("ada sampai"))
    channel.add_argument("--note", default="")
    policy = add("policy", _("Atur siapa yang boleh mengirim dan siapa yang bisa membuka paket flashdisk."))
    policy.add_argument("--send-by", default="", choices=tuple(SEND_BY))
    policy.add_argument("--stick", default="", choices=tuple(STICK_FOR))
    policy.add_argument("--area", default="", help=_("kode kabupaten; kosong: seluruhnya"))


def _add_laptops(add: Add) -> None:
    code = add("code", _("Buat kode pendaftaran laptop (sekali pakai, 72 jam)."))
    code.add_argument(
        "--areas", required=True, help=_("kode kabupaten, dipisah koma; yang pertama wilayah asal")
    )
    code.add_argument(
        "--for", dest="for_staff", default="", metavar=_("NAMA"), help=_("petugas pemilik laptop")
    )
    listing = add("list", _("Tampilkan petugas, laptop, kode, program, target."))
    listing.add_argument(
        "what", nargs="?", default="", choices=("", "staff", "laptops", "codes", "programmes")
    )
    report = add("report", _("Tampilkan laporan dari data pusat."))
    add_report_options(report)
    report.add_argument("--area", default="", help=_("kode provinsi atau kabupaten; kosong: seluruhnya"))
    revoke = add("revoke", _("Cabut laptop: kirimannya tidak diterima lagi."))
    revoke.add_argument("laptop", metavar=_("LAPTOP"), help=_("nama atau awal nomor laptop"))
    recover = add(
        "recover", _("Buka kunci laptop yang PIN-nya terlupa, sesudah tahu pasti siapa yang meminta.")
    )
    recover.add_argument("question", type=Path, metavar=_("BERKAS"), help=_("dari: trainer-app recover ask"))
    recover.add_argument(
        "--for", dest="for_staff", required=True, metavar=_("NAMA"), help=_("siapa yang mendapat PIN baru")
    )
    recover.add_argument("--code", default="", help=_("kode kedua dari aplikasi autentikator"))
    _add_login(recover, required=True)
    approve = add("approve", _("Setujui laptop yang datanya lanjutan (salinan) dari laptop lain."))
    approve.add_argument("laptop", metavar=_("LAPTOP"), help=_("nama atau awal nomor laptop"))
    add("backup", _("Buat cadangan data pusat (SQLite), juga saat pusat berjalan."))
    restore = add("restore", _("Pulihkan data pusat (SQLite) dari cadangan; hentikan pusat dulu."))
    restore.add_argument(
        "backup", nargs="?", type=Path, metavar=_("BERKAS"), help=_("berkas cadangan (bawaan: terbaru)")
    )
    add("restored", _("Sesudah basis data PostgreSQL dipulihkan: laptop mengirim lagi yang belum ada."))
    add("recount", _("Hitung ulang semua angka dasbor dan laporkan selisihnya."))


def run(args: argparse.Namespace) -> int:
    """Do it and say what was done."""
    import dataclasses

    from trainer_app.server.centre import open_centre

    config = centre_config(args)
    if args.deed == "restore":
        from trainer_app.server import keeping

        return _say(keeping.bring_back(config, args.backup), as_json=args.json)
    if args.deed == "init":
        config = dataclasses.replace(config, name=args.centre, sample=args.sample)
    centre = open_centre(config, create=args.deed == "init")
    try:
        done = _DEEDS[args.deed](centre, args)
    finally:
        centre.close()
    return _say(done, as_json=args.json)


def _say(done: Done, *, as_json: bool) -> int:
    print(json.dumps(done.data, ensure_ascii=False, indent=2) if as_json else "\n".join(done.lines))
    return 0


def _init(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.first_admin(centre, args.name, args.login, _password(args))


def _staff(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    if args.what == "stop":
        return administration.stop_staff(centre, args.name)
    if args.what == "code":
        return administration.renew_code(centre, args.name)
    if args.what == "login":
        return administration.give_login(centre, args.name, args.login or "", _password(args), totp=args.totp)
    password = _password(args) if args.login else ""
    return administration.add_staff(
        centre, args.name, args.role, args.areas, login=args.login or "", password=password, totp=args.totp
    )


def _programme(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.set_programme(
        centre, args.name, agreement=args.agreement, starts=args.starts, ends=args.ends, partner=args.partner
    )


def _target(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.set_target(
        centre, args.by, args.area, trained=args.trained, digitised=args.digitised, programme=args.programme
    )


def _modules(centre: Centre, _args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.load_modules(centre)


def _channels(centre: Centre, _args: argparse.Namespace) -> Done:
    from trainer_app.server import channels

    return channels.load_channels(centre)


def _channel(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import channels

    return channels.set_channel(
        centre,
        args.code,
        name=args.name,
        kind=args.kind,
        since=args.since,
        until=args.until,
        note=args.note,
    )


def _policy(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.set_policy(centre, args.send_by, args.area, stick_for=args.stick)


def _code(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.make_code(centre, args.areas, args.for_staff)


def _list(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import listing

    return listing.listed(centre, args.what)


def _report(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.reports.catalogue import REPORTS
    from trainer_app.server.administration import Done
    from trainer_app.server.typed import read_view

    return Done(*reported(centre.store, REPORTS, args, read_view(args.area)))


def _revoke(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.revoke(centre, args.laptop)


def _approve(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.approve(centre, args.laptop)


def _recover(centre: Centre, args: argparse.Namespace) -> Done:
    from trainer_app.server import recovery

    password = _password(args, again=False)
    return recovery.open_key(centre, args.question, args.for_staff, args.login, password, args.code)


def _recount(centre: Centre, _args: argparse.Namespace) -> Done:
    from trainer_app.server import administration

    return administration.recount(centre)


def _backup(centre: Centre, _args: argparse.Namespace) -> Done:
    from trainer_app.server import keeping

    return keeping.back_up(centre)


def _restored(centre: Centre, _args: argparse.Namespace) -> Done:
    from trainer_app.server import keeping

    return keeping.begin_new_life(centre)


_DEEDS: Mapping[str, Callable[[Any, argparse.Namespace], Any]] = {
    "init": _init,
    "staff": _staff,
    "programme": _programme,
    "target": _target,
    "modules": _modules,
    "channels": _channels,
    "channel": _channel,
    "policy": _policy,
    "code": _code,
    "list": _list,
    "report": _report,
    "revoke": _revoke,
    "approve": _approve,
    "recover": _recover,
    "backup": _backup,
    "restored": _restored,
    "recount": _recount,
}


def _password(args: argparse.Namespace, *, again: bool = True) -> str:
    """From the file, the environment, or asked (twice with `again`); never from the command line, which
    others can see.
    """
    from getpass import getpass

    from trainer_app.records.problem import InputProblem

    if args.password_file is not None:
        text = (
            sys.stdin.readline() if str(args.password_file) == "-" else args.password_file.read_text("utf-8")
        )
        return str(text).rstrip("\r\n")
    if given := os.environ.get(PASSWORD_VARIABLE):
        return given
    first = getpass(_("Kata sandi (paling sedikit 12 huruf): ") if again else _("Kata sandi: "))
    if again and getpass(_("Sekali lagi: ")) != first:
        raise InputProblem(_("Kedua kata sandi tidak sama. Jalankan lagi."), field="password")
    return first
