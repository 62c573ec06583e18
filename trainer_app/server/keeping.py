"""Copies of a centre's database, and its new life after one was brought back."""

from __future__ import annotations

import os
from pathlib import Path

from trainer_app.records.problem import StoreProblem
from trainer_app.server.administration import Done
from trainer_app.server.centre import LOCK_FILE, Centre, sqlite_key
from trainer_app.server.config import ServerConfig
from trainer_app.storage.backup import backup_now, backups, restore_centre
from trainer_app.storage.filelock import FileLock
from trainer_app.storage.store import EPOCH
from trainer_app.words import _, file_size


def back_up(centre: Centre) -> Done:
    """A verified copy of the SQLite file, made while the centre runs; under the same key."""
    _require_sqlite(centre.config)
    made = backup_now(centre.config.folder, centre.db, sqlite_key(centre.config))
    return Done(
        [
            _("Cadangan tersimpan: {berkas} ({ukuran})").format(
                berkas=made.path, ukuran=file_size(made.size_bytes)
            ),
            _("Cadangan hanya terbuka dengan kunci pusat. Simpan salinan kunci di tempat lain."),
        ],
        {"backup": str(made.path), "bytes": made.size_bytes},
    )


def bring_back(config: ServerConfig, backup: Path | None) -> Done:
    """Put a copy (the newest, unless one is named) in the place of the SQLite file. The centre must not be
    running.
    """
    _require_sqlite(config)
    known = backups(config.folder, config.database_path.stem)
    chosen = backup or (known[0].path if known else None)
    if chosen is None:
        raise StoreProblem(
            _("Belum ada cadangan di {folder}. Sebutkan berkasnya.").format(folder=config.folder),
            code="backup.missing",
        )
    with FileLock(config.folder / LOCK_FILE):  # no centre starts over the file that is about to go
        aside = restore_centre(config.database_path, chosen, sqlite_key(config))
    lines = [_("Data pusat dipulihkan dari {berkas}.").format(berkas=chosen), _new_life()]
    if aside is not None:
        lines.append(_("Berkas lama ada di {folder}").format(folder=aside))
    return Done(lines, {"backup": str(chosen), "aside": None if aside is None else str(aside)})


def begin_new_life(centre: Centre) -> Done:
    """After a PostgreSQL database was brought back by other means: laptops must offer again what it lacks."""
    epoch = os.urandom(16)
    centre.store.set_meta(EPOCH, epoch)
    return Done([_new_life(), _("Jalankan ulang pusat sekarang.")], {"epoch": epoch.hex()})


def _new_life() -> str:
    return _("Laptop akan mengirim lagi semua yang belum ada di pusat.")


def _require_sqlite(config: ServerConfig) -> None:
    if config.database:
        raise StoreProblem(
            _("Pusat ini memakai PostgreSQL. Buat dan pulihkan cadangannya dengan alat PostgreSQL."),
            code="backup.postgresql",
        )
