"""Four megabytes kept aside and given up when the disk is full, so that what was typed can be saved."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FILE_NAME = "ballast.bin"
BALLAST_BYTES = 4_000_000
#: With less free space than this nothing is taken for ballast, and nothing large should be fetched.
RESERVE_BYTES = 200_000_000


def free_bytes(folder: Path) -> int:
    """What the disk of a folder can still take."""
    return shutil.disk_usage(folder).free


def make(folder: Path) -> bool:
    """Put the ballast there unless it is, or the disk is short already. Raises ``OSError``."""
    path = folder / FILE_NAME
    if path.exists() and path.stat().st_size == BALLAST_BYTES:
        return True
    if free_bytes(folder) < RESERVE_BYTES:
        return False
    try:
        # random: a file system that compresses or leaves holes keeps no room for zeros
        path.write_bytes(os.urandom(BALLAST_BYTES))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True


def release(folder: Path) -> bool:
    """Give the ballast up; True when there was some, so trying again makes sense."""
    try:
        (folder / FILE_NAME).unlink()
    except OSError:
        return False
    return True
