"""The file on the stick: named so that every file system takes it, written whole or not at all, read back.

Sticks are slow, small, pulled out early and formatted as FAT32: names are plain ASCII, nothing depends on
times of files, one file stays far below 4 GB, and what is not whole never has the name of a bundle.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from trainer_app.records.problem import CarrierProblem
from trainer_app.settings import sync_folder
from trainer_app.sync.bundle.format import PHOTOS, REPLY, UP
from trainer_app.sync.bundle.sealing import MAX_FILE_BYTES, damaged
from trainer_app.words import _, file_size

ENDING = ".trainer"
_WORD = {UP: "kiriman", REPLY: "balasan", PHOTOS: "foto"}
_NAME = re.compile(r"(kiriman|balasan)_[a-z0-9-]{1,24}_\d{4}-\d\d-\d\d_[0-9a-f]{12}\.trainer")
_SLUG_LETTERS = 24
#: Clusters are rounded up, and the folder may need one too.
_SPARE_BYTES = 128 * 1024
_CHUNK_BYTES = 1024 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
_GONE = (errno.ENOENT, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOTDIR, errno.ESTALE)

#: Told the share that is done, 0 to 1.
Say = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Tidied:
    """The files of a laptop that were removed from a stick, and the room that this made."""

    removed: tuple[Path, ...] = ()
    freed_bytes: int = 0


def bundle_name(kind: int, laptop: bytes, name: str, day: date) -> str:
    """The file of a laptop's bundle of a day, or of the reply to one. `laptop` is its replica id."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LETTERS].strip("-") or "laptop"
    return f"{_WORD[kind]}_{slug}_{day.isoformat()}_{laptop[-6:].hex()}{ENDING}"


def bundle_pattern(laptop: bytes) -> str:
    """The names that `bundle_name` gives the bundles of a laptop on any day, under any name of it."""
    return f"{_WORD[UP]}_*_{laptop[-6:].hex()}{ENDING}"


def bundles_in(folder: Path, kind: int, laptop: bytes | None = None) -> list[Path]:
    """The bundles of this kind in a folder, oldest first: of one laptop, or of all. Raises
    `CarrierProblem`.
    """
    with _told(folder):
        names = sorted(entry.name for entry in os.scandir(folder) if _NAME.fullmatch(entry.name))
    ending = f"_{laptop[-6:].hex()}{ENDING}" if laptop else ENDING
    wanted = [name for name in names if name.startswith(_WORD[kind]) and name.endswith(ending)]
    return [folder / name for name in sorted(wanted, key=lambda name: (name.split("_")[2], name))]


def photos_beside(path: Path) -> Path:
    """The file of photos that belongs to a laptop's bundle."""
    return path.with_name(path.name.replace(_WORD[UP], _WORD[PHOTOS], 1))


def free_bytes(folder: Path) -> int:
    """The room on a stick. Raises `CarrierProblem` when it is gone."""
    with _told(folder):
        return shutil.disk_usage(folder).free


def read_file(path: Path) -> bytes:
    """All bytes of a bundle. Raises `CarrierProblem`."""
    with _told(path.parent), path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if not data:
        raise damaged()
    return data


def write_file(folder: Path, name: str, data: bytes, say: Say | None = None) -> Path:
    """Write a bundle, durable and verified when this returns; a file of that name is replaced as a whole.

    Raises `CarrierProblem`: the stick is full, read-only, gone, or gives back other bytes than were written;
    then an older file of that name is as it was and nothing else is left.
    """
    _check_room(folder, len(data))
    with _told(folder):
        remove_leftovers(folder, name)
        handle, made = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        temporary, path = Path(made), folder / name
        try:
            with os.fdopen(handle, "wb") as file:
                _write(file.fileno(), data, say or (lambda _share: None))
            _verify(temporary, data)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):  # the stick may be gone, and then so is the file
                temporary.unlink(missing_ok=True)
            raise
        _settle(folder)
        _verify(path, data)
    return path


def _check_room(folder: Path, needed: int) -> None:
    missing = needed + _SPARE_BYTES - free_bytes(folder)
    if missing > 0:
        raise CarrierProblem(
            _("Flashdisk penuh. Perlu {besar} lagi. Hapus berkas yang tidak dipakai, lalu coba lagi.").format(
                besar=file_size(missing)
            ),
            code="stick.full",
        )


def _write(handle: int, data: bytes, say: Say) -> None:
    done, view = 0, memoryview(data)
    while done < len(data):
        done += os.write(handle, view[done : done + _CHUNK_BYTES])
        say(done / len(data))
    os.fsync(handle)


def _verify(path: Path, data: bytes) -> None:
    """Read it back from the stick, not from memory where the system can be told so."""
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        same = file.read(len(data) + 1) == data
    if not same:
        with suppress(OSError):
            path.unlink()
        raise CarrierProblem(
            _(
                "Flashdisk tidak menyimpan dengan benar. "
                "Catatan tetap aman di laptop ini. Pakai flashdisk lain."
            ),
            code="stick.verify",
        )


def _settle(folder: Path) -> None:
    """Make the name durable; some file systems of sticks cannot sync a folder."""
    try:
        sync_folder(folder)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise


def remove_leftovers(folder: Path, name: str) -> None:
    """What was begun under this name (`*` for any letters) and never became a bundle: the stick was pulled
    out.
    """
    for leftover in folder.glob(f".{name}.*"):
        with suppress(OSError):
            leftover.unlink()


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise _in_words(fault, folder) from fault


def _in_words(fault: OSError, folder: Path) -> CarrierProblem:
    if fault.errno in _FULL:
        return CarrierProblem(
            _("Flashdisk penuh. Hapus berkas yang tidak dipakai, lalu coba lagi."), code="stick.full"
        )
    if fault.errno in _READ_ONLY:
        return CarrierProblem(
            _(
                "Flashdisk tidak boleh ditulisi. Geser pengunci di sisinya kalau ada, "
                "atau pakai flashdisk lain."
            ),
            code="stick.read_only",
        )
    if fault.errno in _GONE:
        return CarrierProblem(
            _("Flashdisk tidak terbaca atau sudah dicabut. Pasang lagi, lalu ulangi. Tidak ada yang hilang."),
            code="stick.gone",
        )
    return CarrierProblem(
        _("Flashdisk belum bisa dipakai di {folder} ({sebab}). Coba flashdisk lain.").format(
            folder=folder, sebab=fault.strerror or fault.errno
        ),
        code="stick.fault",
    )
