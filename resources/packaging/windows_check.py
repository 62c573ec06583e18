"""Installs Setup.exe under wine, starts the program on a screen that nobody sees, looks at it, removes it.

Wine shows that everything is packed, imports, draws and stores. It does not show what a real Windows adds:
the virus scanner, SmartScreen, printers, scaling. Wine 8 lacks three things that Windows has; stand-ins for
them are put into the test's own prefix and never into the installer.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from resources.packaging import building, screen
from resources.packaging.building import BUILD, DIST, TITLE, say
from resources.packaging.windows_build import COMPILER, FOLDER, RECIPE, SETUP

PREFIX = BUILD / "wine"
PICTURE = DIST / "windows-first-start.png"
PROGRAMS = r"C:\users\root\AppData\Local\Programs\Trainer App"
DATA = r"C:\users\root\AppData\Local\Ibu Süti"  # a space and a letter beyond ASCII, as names have
FIRST_PAINT_SECONDS = 120.0
INSTALL_SECONDS = 300


def check() -> None:
    """Raises ``BuildFailed`` when any step goes wrong; leaves a picture of the first start in ``dist/``."""
    if not SETUP.is_file():
        raise building.BuildFailed(f"{SETUP} is missing: run python3 -m resources.packaging windows first.")
    building.need({"wine": "wine", "/usr/lib/wine/wine64": "wine64", COMPILER: "gcc-mingw-w64-x86-64"})
    _prefix()
    try:
        with screen.screen() as display:
            say("installing")
            _wine(display, SETUP, "/S")
            installed = _path(PROGRAMS)
            if not (installed / f"{TITLE}.exe").is_file():
                raise building.BuildFailed("Setup.exe ended but the program is not there")
            said = _wine(display, installed / "trainer-app.exe", "--version").strip()
            doctor = _wine(display, installed / "trainer-app.exe", "doctor").strip().splitlines()[-1:]
            demo = (
                _wine(display, installed / "trainer-app.exe", "demo", "--headless").strip().splitlines()[-1]
            )
            rows = [
                ("version", said),
                ("doctor", "".join(doctor)),
                ("demo", demo),
                *_look(display, installed),
            ]
            say("removing it")
            _wine(display, installed / "Uninstall.exe", "/S")
            screen.wait_for("removal", lambda: not (installed / f"{TITLE}.exe").exists(), INSTALL_SECONDS)
            if not any(_path(DATA).iterdir()):
                raise building.BuildFailed("removing the program took the data with it")
    finally:
        subprocess.run(["wineserver", "-k"], env=_environment(""), capture_output=True)
    building.show_table(rows)


def _look(display: str, installed: Path) -> list[tuple[str, str]]:
    """Starts the window and returns what was measured."""
    log = _path(DATA) / "paint.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    say("starting the window")
    program = subprocess.Popen(
        [*_WINE, str(installed / f"{TITLE}.exe")],
        env={**_environment(display), "TRAINER_APP_PAINT_LOG": rf"{DATA}\paint.log"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        screen.wait_for("the first picture", lambda: screen.painted(log) is not None, FIRST_PAINT_SECONDS)
        screen.wait_for("a window with content", lambda: _seen(display), FIRST_PAINT_SECONDS)
        memory = screen.memory_mb(program.pid)
    finally:
        program.terminate()
        program.wait(30)
    return [
        ("first paint under wine", f"{screen.painted(log) or 0:.2f} s"),
        ("memory with wine's own", f"{memory:.0f} MB"),
        ("picture", f"{PICTURE.relative_to(building.ROOT)}"),
    ]


def _seen(display: str) -> bool:
    return screen.colours(screen.picture(display, PICTURE)) > 50


# ---------------------------------------------------------------- wine
_WINE = ["/usr/lib/wine/wine64"]


def _environment(display: str) -> dict[str, str]:
    return {
        **os.environ, "WINEPREFIX": str(PREFIX), "WINEARCH": "win64", "WINEDEBUG": "-all", "DISPLAY": display,
        "WINEDLLOVERRIDES": "mscoree,mshtml=;mscms,bcryptprimitives,icuuc=n", "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "windows", "TRAINER_APP_HOME": DATA,
    }  # fmt: skip


def _wine(display: str, program: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*_WINE, str(program), *arguments],
        env=_environment(display), capture_output=True, text=True, errors="replace", timeout=INSTALL_SECONDS,
    )  # fmt: skip
    if done.returncode != 0:
        raise building.BuildFailed(f"{program.name} {' '.join(arguments)} ended with {done.returncode}:\n"
                                   f"{done.stdout[-2000:]}{done.stderr[-2000:]}")  # fmt: skip
    return done.stdout


def _path(windows: str) -> Path:
    return PREFIX / "drive_c" / windows.removeprefix("C:\\").replace("\\", "/")


def _prefix() -> None:
    say("making a Windows folder tree for wine")
    building.fresh(PREFIX)
    subprocess.run(
        [*_WINE, "wineboot.exe", "--init"], env=_environment(""), capture_output=True, timeout=INSTALL_SECONDS
    )
    system32 = PREFIX / "drive_c" / "windows" / "system32"
    if not system32.is_dir():
        raise building.BuildFailed("wine could not make its folder tree")
    building.run([COMPILER, "-shared", "-o", system32 / "bcryptprimitives.dll",
                  RECIPE / "stubs" / "bcryptprimitives.c", "-ladvapi32"])  # fmt: skip
    for library in ("icuuc.dll", "mscms.dll"):
        _stand_in(system32 / library, _imported(library))


def _imported(library: str) -> set[str]:
    """The names that the packed libraries take from one of the system's."""
    names: set[str] = set()
    for file in [*FOLDER.rglob("*.dll"), *FOLDER.rglob("*.pyd")]:
        if library.encode() in file.read_bytes().lower():
            listing = building.run(["x86_64-w64-mingw32-objdump", "-p", file])
            for block in listing.split("DLL Name: ")[1:]:
                if block.lower().startswith(library):
                    names |= set(re.findall(r"^\s+[0-9a-f]+\s+\d+\s+(\w+)\s*$", block, re.MULTILINE))
    return names


def _stand_in(target: Path, names: Iterable[str]) -> None:
    """A library whose every function answers nothing, which its callers take for "not available"."""
    source = BUILD / f"{target.stem}.c"
    source.write_text(
        "".join(f"__declspec(dllexport) void *{name}(void) {{ return 0; }}\n" for name in sorted(names))
    )
    building.run([COMPILER, "-shared", "-o", target, source])


def clean() -> None:
    """Removes wine's folder tree."""
    shutil.rmtree(PREFIX, ignore_errors=True)
