"""How long the program took to show itself, written where ``TRAINER_APP_PAINT_LOG`` says.

The start is that of the process, before Python itself was ready: from ``/proc`` on Linux, from the kernel on
Windows; elsewhere the moment this module was imported, which hides the start of Python.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path

VARIABLE = "TRAINER_APP_PAINT_LOG"
_IMPORTED = time.monotonic()
_START_FIELD = (
    19  # of /proc/self/stat after the name in brackets: start in clock ticks since boot (proc(5), field 22)
)
_FILETIME_PER_SECOND = 10_000_000


def seconds_since_start() -> float:
    """Seconds since this process was started."""
    if sys.platform == "win32":
        return _windows_age()
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        ticks = int(fields[_START_FIELD])
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, IndexError, ValueError, AttributeError):
        return time.monotonic() - _IMPORTED
    return now - ticks / os.sysconf("SC_CLK_TCK")


def _windows_age() -> float:
    times = [ctypes.c_ulonglong() for _unused in range(4)]  # creation, exit, kernel, user
    now = ctypes.c_ulonglong()
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]  # Windows only
    process = ctypes.c_void_p(kernel.GetCurrentProcess())  # a handle has 64 bits, ctypes would pass 32
    kernel.GetProcessTimes(process, *(ctypes.byref(part) for part in times))
    kernel.GetSystemTimeAsFileTime(ctypes.byref(now))
    return float(now.value - times[0].value) / _FILETIME_PER_SECOND


def note_paint() -> None:
    """Adds ``painted <seconds>`` to the file that the environment names; nothing when it names none."""
    wanted = os.environ.get(VARIABLE)
    if wanted:
        with Path(wanted).open("a", encoding="utf-8") as file:
            file.write(f"painted {seconds_since_start():.3f}\n")
