"""The library of `disk.c`: compiled once per machine, and told by a process what shall happen to it."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("disk.c")
#: Kinds of calls that are counted, joined by |.
WRITE, SYNC, CUT, NAME, SEND = 1, 2, 4, 8, 16
DISK = WRITE | SYNC | CUT | NAME
#: What happens at the n-th: the process dies before it, after it, or in the middle of it; the disk is full
#: once, or from then on; the process stops (SIGSTOP) before it or after it.
NOTHING, BEFORE, AFTER, TORN, FULL, FULL_ON, PAUSE_BEFORE, PAUSE_AFTER = range(8)


def why_not() -> str:
    """Why the faults of this folder cannot be had here; empty where they can."""
    if not sys.platform.startswith("linux"):
        return "faults are put under the C library of Linux"
    return "" if shutil.which("cc") else "no C compiler (cc) to make the faults with"


def library() -> Path:
    """The compiled library."""
    text = SOURCE.read_bytes()
    made = Path(tempfile.gettempdir()) / f"trainer-app-faults-{hashlib.sha256(text).hexdigest()[:16]}.so"
    if not made.exists():
        making = made.with_suffix(f".{os.getpid()}")
        flags = ("-O2", "-U_FORTIFY_SOURCE", "-shared", "-fPIC", "-Wall", "-Werror")
        subprocess.run(["cc", *flags, "-o", str(making), str(SOURCE), "-ldl"], check=True)
        making.replace(made)
        made.chmod(0o755)  # PostgreSQL runs under another account
    return made


def environment() -> dict[str, str]:
    """The environment of a process that is to be troubled."""
    return {**os.environ, "LD_PRELOAD": str(library())}


class Trouble:
    """What shall happen to this very process; it must have been started with `environment()`."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.faults_seen.restype = ctypes.c_long

    def arm(self, folder: Path, kinds: int, nth: int, act: int, journal: Path | None = None) -> None:
        """From now on count the calls of these `kinds`; at the `nth` (0: never) `act`."""
        to = b"" if journal is None else os.fsencode(journal)
        self._library.faults_arm(os.fsencode(folder), kinds, ctypes.c_long(nth), act, to)

    def relent(self) -> None:
        """The disk has room again."""
        self._library.faults_relent()

    def clock(self, seconds: int) -> None:
        """The clock on the wall shows so much more than the true time; every process has its own."""
        self._library.faults_clock(ctypes.c_int64(seconds))

    def seen(self) -> int:
        """Calls counted so far."""
        return int(self._library.faults_seen())
