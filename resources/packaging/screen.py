"""A screen that nobody sees, for looking at installed programs: start, wait for a picture, look at it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from resources.packaging import building

SIZE = "1366x768x24"


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """A new display (``:n``), gone at the end."""
    building.need({"Xvfb": "xvfb"})
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", SIZE, "-nolisten", "tcp"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()  # written when the screen is ready
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def wait_for(what: str, condition: Callable[[], bool], seconds: float) -> float:
    """Returns after how many seconds ``condition`` held; raises ``BuildFailed`` when it never did."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if condition():
            return time.monotonic() - started
        time.sleep(0.05)
    raise building.BuildFailed(f"{what} did not happen within {seconds:.0f} s")


def picture(display: str, target: Path) -> Path:
    """Writes what the screen shows as PNG."""
    building.need({"import": "imagemagick"})
    building.DIST.mkdir(exist_ok=True)
    building.run(["import", "-display", display, "-window", "root", target])
    return target


def colours(picture_file: Path) -> int:
    """How many different colours a picture has: an empty screen has one, a window with text has many."""
    return int(building.run(["identify", "-format", "%k", picture_file]).strip().splitlines()[-1])


def memory_mb(pid: int) -> float:
    """Megabytes of memory that a process and its children occupy (resident)."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            if int(stat.parent.name) == pid or parent == pid:
                total += int((stat.parent / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total / 1e6


def painted(log: Path) -> float | None:
    """Seconds from the start of the program to its first picture, as it wrote them down."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    times = [float(line.split()[1]) for line in lines if line.startswith("painted ")]
    return times[-1] if times else None
