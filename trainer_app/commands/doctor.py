"""`trainer-app doctor`: is this laptop, or this centre, well? Plain lines, and an exit code for scripts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.commands.centre_options import add_database_option, centre_config
from trainer_app.commands.laptop import add_laptop_options, can_ask, laptop_folder, unlock
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

HELP = N_("Periksa kesehatan data di laptop ini atau di pusat.")
OLD_BACKUP = timedelta(days=3)
#: What a line begins with: well, to be looked at, wrong.
WELL, NOTE, WRONG = "ok", " !", " X"
_LISTED = 10
#: (mark, sentence)
Line = tuple[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which data, and whether to compare every row with the log."""
    add_laptop_options(parser)
    parser.add_argument("--centre", action="store_true", help=_("periksa pusat, bukan laptop"))
    add_database_option(parser)
    parser.add_argument("--deep", action="store_true", help=_("cocokkan setiap catatan dengan riwayatnya"))


def run(args: argparse.Namespace) -> int:
    """0 when nothing is wrong, also when there is no data yet; 1 when something is."""
    lines = _centre(args) if args.centre or args.database else _laptop(args)
    verdict = 0
    for mark, sentence in lines:
        print(f"{mark} {sentence}", flush=True)
        verdict = max(verdict, int(mark == WRONG))
    print(_("Ada yang salah. Lihat baris bertanda X.") if verdict else _("Tidak ada yang salah."))
    return verdict


# ---------------------------------------------------------------- a laptop
def _laptop(args: argparse.Namespace) -> Iterator[Line]:
    from trainer_app import __version__
    from trainer_app.storage.opening import DATABASE_NAME, has_store, inspect, open_store

    folder = laptop_folder(args)
    yield WELL, f"Trainer App {__version__}"
    yield WELL, _("Folder data: {folder}").format(folder=folder)
    if not has_store(folder):
        yield NOTE, _("Belum ada data di laptop ini.")
        return
    yield from _protection(folder)
    yield from _disk(folder)
    yield from _copies(folder, "trainer")
    if not can_ask(args):
        yield NOTE, _("Isi data tidak diperiksa: PIN belum diberikan (TRAINER_APP_PIN atau --pin-file).")
        return
    key = unlock(folder, args.user, args.pin_file)[0]
    facts = inspect(folder / DATABASE_NAME, key, thorough=True)
    yield WELL, _("Berkas data utuh: {n} halaman diperiksa.").format(n=facts.pages)
    store = open_store(folder, key, read_only=True)
    try:
        yield from _content(store, deep=args.deep)
        yield from _own(store)
    finally:
        store.close()


def _protection(folder: Path) -> Iterator[Line]:
    from trainer_app.storage.keys import PROTECTION_WORDS, KeyRing

    ring = KeyRing(folder)
    protection = ring.protection()
    yield WELL if protection == "keystore" else NOTE, _(PROTECTION_WORDS[protection])
    yield WELL, _("Yang bisa membuka laptop ini: {n} petugas").format(n=len(ring.users()))
    if ring.recovery_recipient:
        yield WELL, _("Kunci pemulihan pusat: ada")
    else:
        yield NOTE, _("Kunci pemulihan pusat: belum ada. Jika semua PIN lupa, data tidak bisa dibuka.")


def _own(store: Store) -> Iterator[Line]:
    """What only a laptop has: what waits to be sent, the index of its search, and its clock."""
    from trainer_app.storage.branching import known_as
    from trainer_app.storage.feeds import heads
    from trainer_app.storage.sending_state import send_state
    from trainer_app.storage.unfinished import unfinished

    for head in heads(store):
        if head.replica == store.replica:
            yield (
                WELL,
                _("Wilayah {area}: perubahan sendiri {n}, diterima pusat sampai {m}").format(
                    area=head.area, n=head.last_seq, m=head.centre_seq
                ),
            )
    state = send_state(store)
    yield WELL, _("Menunggu dikirim: {n} dari {semua} catatan").format(n=state.pending, semua=state.total)
    if state.rejected:
        yield NOTE, _("Perlu dibetulkan: {n} catatan").format(n=state.rejected)
    if known_as(store) is not None:
        yield NOTE, _("Data ini lanjutan dari cadangan atau salinan. Pusat mengenalnya pada kiriman berikut.")
    with store.db.reading() as c:
        unsearchable = unfinished(c).not_searchable
    if unsearchable:
        yield NOTE, _("Belum bisa dicari: {n} orang").format(n=unsearchable)
    if store.clock.looks_wrong():
        yield NOTE, _("Jam laptop tampaknya salah. Perbaiki supaya tanggal hadir benar.")
    else:
        yield (
            WELL,
            _("Jam laptop: {waktu}").format(waktu=moment(datetime.now(UTC))),
        )


# ---------------------------------------------------------------- a centre
def _centre(args: argparse.Namespace) -> Iterator[Line]:
    from trainer_app import __version__
    from trainer_app.server.centre import key_place, open_centre

    config = centre_config(args)
    yield WELL, f"Trainer App {__version__}"
    yield WELL, _("Folder data: {folder}").format(folder=config.folder)
    centre = open_centre(config, create=False)
    try:
        yield WELL, key_place(config)
        yield from _disk(config.folder)
        if not config.database:
            yield from _copies(config.folder, config.database_path.stem)
            yield from _order(centre.store)
        yield from _content(centre.store, deep=args.deep)
    finally:
        centre.close()


def _order(store: Store) -> Iterator[Line]:
    from trainer_app.storage.integrity import file_faults

    bad = file_faults(store)
    yield (WRONG, _("Berkas data rusak: {apa}").format(apa=bad[0])) if bad else (WELL, _("Berkas data utuh."))


# ---------------------------------------------------------------- both
def _content(store: Store, *, deep: bool) -> Iterator[Line]:
    from trainer_app.records.fields import KINDS
    from trainer_app.storage.digest import content_digest, counts

    held = {cls.table: cls.title for cls in KINDS.values()}
    numbers = [f"{_(held[table])} {n}" for table, n in counts(store).items() if n]
    yield WELL, _("Catatan: {daftar}").format(daftar=", ".join(numbers) or "0")
    yield from _chains(store)
    yield from _waiting(store)
    if deep:
        yield from _rows(store)
        yield WELL, _("Sidik isi: {sidik}").format(sidik=content_digest(store))


def _chains(store: Store) -> Iterator[Line]:
    from trainer_app.storage.integrity import verify_log

    report = verify_log(store)
    for fault in report.faults[:_LISTED]:
        yield (
            WRONG,
            _("Riwayat wilayah {area}, laptop {laptop}, nomor {nomor}: {apa}").format(
                area=fault.area, laptop=fault.replica.hex()[:8], nomor=fault.seq, apa=fault.what
            ),
        )
    if not report.faults:
        yield (
            WELL,
            _("Riwayat utuh: {n} perubahan di {m} segmen dari {k} rangkaian, tanda tangan cocok.").format(
                n=report.operations, m=report.segments, k=report.feeds
            ),
        )


def _waiting(store: Store) -> Iterator[Line]:
    """What lies in the store and is not in the rows yet, or waits for somebody."""
    from trainer_app.storage.unfinished import unfinished

    with store.db.reading() as c:
        found = unfinished(c)
    for n, sentence in (
        (found.quarantined, _("Disisihkan karena isinya tidak benar: {n} perubahan")),
        (found.not_understood, _("Belum dipahami versi ini: {n} segmen")),
        (found.open_findings, _("Perlu diperiksa orang: {n} temuan")),
    ):
        if n:
            yield NOTE, sentence.format(n=n)


def _rows(store: Store) -> Iterator[Line]:
    from trainer_app.storage.rebuild import differences

    found = differences(store)
    for difference in found[:_LISTED]:
        yield WRONG, f"{difference.table} {difference.row.hex()}: {difference.what}"
    if found:
        yield (
            WRONG,
            _("{n} catatan tidak sama dengan riwayatnya. Perbaiki: trainer-app rebuild").format(n=len(found)),
        )
    else:
        yield WELL, _("Semua catatan sama dengan riwayatnya.")


def _disk(folder: Path) -> Iterator[Line]:
    from trainer_app.storage.ballast import RESERVE_BYTES, free_bytes
    from trainer_app.words import file_size

    free = free_bytes(folder)
    yield NOTE if free < RESERVE_BYTES else WELL, _("Ruang simpan kosong: {n}").format(n=file_size(free))


def moment(at: datetime) -> str:
    """ "24 Nov 2026, 09.14", in the time of this machine."""
    from trainer_app.words import date_short, time_of_day

    here = at.astimezone()
    return f"{date_short(here.date())}, {time_of_day(here)}"


def _copies(folder: Path, stem: str) -> Iterator[Line]:
    from trainer_app.storage.backup import backups

    known = backups(folder, stem)
    if not known:
        yield NOTE, _("Belum ada cadangan.")
        return
    fresh = datetime.now(UTC) - known[0].at < OLD_BACKUP
    sentence = _("Cadangan: {n}, yang terbaru {waktu}")
    when = moment(known[0].at)
    yield WELL if fresh else NOTE, sentence.format(n=len(known), waktu=when)
