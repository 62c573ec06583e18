"""From the start of the program to its first picture, its memory, and the sizes of what is handed out.

The program is started from source and, when ``dist/`` has the Debian package of this version, as it is packed
there; the bar is a bare window of the same Qt, started in turns with it. All on a screen that nobody sees.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import PySide6

from resources.packaging import building, linux_build, screen, starting, windows_build
from resources.packaging.starting import Program
from tests.benchmarks.measurement import Measurement
from trainer_app.bootstrap import ROOT

BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from trainer_app.desktop.painting import note_paint

class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, note_paint)

application = QApplication([])
window = Window()
window.resize(1366, 700)
window.show()
application.exec()
"""
MOST_TIMES = 2.5
LARGEST_PACKAGE_MB, LARGEST_SETUP_MB, LARGEST_INSTALLED_MB = 60, 40, 200


def measure() -> list[Measurement]:
    """All figures of this module."""
    with tempfile.TemporaryDirectory(prefix="trainer-bench-") as name, screen.screen() as display:
        folder = Path(name)
        laptop = _laptop(folder)
        bare = _program([sys.executable, "-c", BARE], display, folder, laptop)
        ways = {"from source": _program([sys.executable, "-m", "trainer_app"], display, folder, laptop)}
        with _unpacked(folder) as packed:
            if packed is not None:
                ways["packaged"] = _program([packed / building.NAME], display, folder, laptop, [packed])
            return [*_starting(ways, bare), *_sizes(packed)]


def _laptop(folder: Path) -> Path:
    """A laptop of the sample village: somebody can sign in, so its first page is the lock."""
    village = folder / "desa"
    command = [sys.executable, "-m", "trainer_app", "demo", "--headless", "--folder", str(village)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return village / "laptop"


def _program(
    command: list[str | Path], display: str, folder: Path, laptop: Path, files: list[Path] | None = None
) -> Program:
    """Ready to be started; it was once, so that for a cold start all its files are known."""
    log = folder / "paint.log"
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", **starting.variables(display, log, laptop)}
    program = Program(command, log, environment)
    return replace(program, files=[*(files or _source()), *starting.mapped_files(program)])


def _source() -> list[Path]:
    """What a start from source reads: this checkout, its packages, Python's own modules."""
    packages = Path(PySide6.__file__).parent.parent
    return [ROOT / "trainer_app", ROOT / "resources", packages, Path(sysconfig.get_path("stdlib"))]


@contextmanager
def _unpacked(folder: Path) -> Iterator[Path | None]:
    """The folder with the program that is in the Debian package, None when that has not been built."""
    target = folder / "packed"
    if not linux_build.PACKAGE.is_file():
        yield None
        return
    building.run(["dpkg-deb", "--extract", linux_build.PACKAGE, target])
    yield target / "usr" / "lib" / building.NAME


def _starting(ways: Mapping[str, Program], bare: Program) -> list[Measurement]:
    programs = {"bare": bare, **ways}
    seconds = starting.cold_and_warm(programs)
    memory = {way: starting.memory_mb(one) for way, one in programs.items()}
    (bare_cold, bare_warm), rows = seconds["bare"], []
    for way in ways:
        cold, warm = seconds[way]
        rows += [
            Measurement(f"start to the lock, {way}, against a bare window", warm, "s", MOST_TIMES, bare_warm),
            Measurement("  after switching on", cold, "s", MOST_TIMES, bare_cold),
            Measurement("  memory", memory[way], "MB", MOST_TIMES, memory["bare"]),
        ]
    return rows


def _sizes(packed: Path | None) -> list[Measurement]:
    rows = []
    if packed is not None:
        package = building.size_mb(linux_build.PACKAGE)
        rows += [
            Measurement("Debian package", package, "MB", LARGEST_PACKAGE_MB),
            Measurement("  installed", building.size_mb(packed), "MB", LARGEST_INSTALLED_MB),
        ]
    if windows_build.SETUP.is_file():
        setup = building.size_mb(windows_build.SETUP)
        rows.append(Measurement("Setup.exe for Windows", setup, "MB", LARGEST_SETUP_MB))
    return rows
