"""Where the program keeps its files, and the few choices of the person who uses this laptop.

The choices live in one small TOML file. Losing it loses nothing that matters: every value has a default, a
damaged file is put aside and the program goes on.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

HOME_VARIABLE = "TRAINER_APP_HOME"
FILE_NAME = "settings.toml"
LANGUAGES = ("id", "en")
LOOKS = ("siang", "terik", "malam")
TEXT_SIZES_PERCENT = (100, 115, 130, 150)
LOCK_MINUTES_LIMIT = 120
SEND_PHOTOS = ("always", "near", "never")
DATA_PRICE_LIMIT, DATA_LIMIT_LIMIT = 100_000, 100_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """The choices kept between two starts. Frozen: change with ``dataclasses.replace`` and ``save``."""

    language: str = "id"
    look: str = "siang"
    text_size: int = 100  # percent
    centre: str = ""  # address of the centre; empty until the laptop is enrolled
    lock_minutes: int = 5  # idle minutes until the screen locks
    data_price: int = 0  # rupiah for a megabyte over the internet; 0 when nobody said
    data_limit: int = 0  # megabytes a day over the internet; 0 for no limit
    proxy: str = ""  # address of a proxy; empty for that of the operating system, if there is one
    send_photos: str = "always"  # over which ways photos go: all, supervisors' Wi-Fi and sticks only, none


_ACCEPTED: Mapping[str, Callable[[Any], bool]] = {
    "language": lambda value: value in LANGUAGES,
    "look": lambda value: value in LOOKS,
    "text_size": lambda value: type(value) is int and value in TEXT_SIZES_PERCENT,
    "centre": lambda value: isinstance(value, str),
    "lock_minutes": lambda value: type(value) is int and 1 <= value <= LOCK_MINUTES_LIMIT,
    "data_price": lambda value: type(value) is int and 0 <= value <= DATA_PRICE_LIMIT,
    "data_limit": lambda value: type(value) is int and 0 <= value <= DATA_LIMIT_LIMIT,
    "proxy": lambda value: isinstance(value, str),
    "send_photos": lambda value: value in SEND_PHOTOS,
}


def data_folder() -> Path:
    """The folder of everything this program writes on this machine, made when missing (readable by its owner
    only).

    ``TRAINER_APP_HOME`` overrides the place that the operating system suggests.
    """
    chosen = os.environ.get(HOME_VARIABLE)
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("trainer-app", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def load(folder: Path | None = None) -> Settings:
    """The saved choices, or the defaults.

    Never raises for what the file contains: a file that is not ours any more (cut off, overwritten) is
    renamed to ``settings.damaged-….toml`` so that support can look at it; a single value out of range falls
    back to its default.
    """
    path = (folder or data_folder()) / FILE_NAME
    stored = _read(path)
    known = {name: value for name, value in stored.items() if name in _ACCEPTED and _ACCEPTED[name](value)}
    return Settings(**known)


def save(settings: Settings, folder: Path | None = None) -> None:
    """Writes the choices so that a power cut leaves either the old file or the new one, never half of one.

    Simple values of a newer version that this one does not know are kept. Raises ``OSError`` when the disk
    refuses.
    """
    path = (folder or data_folder()) / FILE_NAME
    merged = {**_read(path), **dataclasses.asdict(settings)}
    write_atomically(path, _as_toml(merged).encode())


def write_atomically(path: Path, content: bytes) -> None:
    """Replaces the file ``path`` by ``content``, durable when this returns: temporary file, fsync, rename,
    fsync.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes what was renamed in a folder durable."""
    if os.name == "nt":  # Windows has no handle on a folder; NTFS journals the rename itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        return {}
    except ValueError:  # not TOML, or not even text
        _put_aside(path)
    except OSError as fault:
        _log.info("settings file cannot be read, using defaults: %s", fault)
    return {}


def _as_toml(values: Mapping[str, Any]) -> str:
    """Texts, numbers and yes/no, one a line; JSON writes these three as TOML does."""
    simple = {name: value for name, value in values.items() if isinstance(value, str | int | float)}
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in simple.items())


def _put_aside(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    try:
        path.replace(aside)
    except OSError as fault:
        _log.info("damaged settings file could not be put aside: %s", fault)
        return
    _log.info("settings file was damaged, put aside as %s, using defaults", aside.name)
