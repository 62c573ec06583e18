"""Installs Setup.exe under wine, starts the program on a screen that nobody sees, looks at it, removes it.

Wine shows that everything is packed, imports, draws and stores. It does not show what a real Windows adds:
the virus scanner, SmartScreen, printers, scaling. Wine 8 lacks three things that Windows has; stand-ins for
them are put into the test's own prefix and never into the installer.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from resources.packaging import building, commands_check, screen, starting
from resources.packaging.building import BUILD, DIST, NAME, TITLE, say
from resources.packaging.windows_build import COMPILER, FOLDER, RECIPE, SETUP

PREFIX = BUILD / "wine"
PICTURE = DIST / "windows-first-start.png"
LOCK_PICTURE = DIST / "windows-lock.png"
USER = pwd.getpwuid(os.getuid()).pw_name  # wine calls its user so
LOCAL = rf"C:\users\{USER}\AppData\Local"
PROGRAMS = rf"{LOCAL}\Programs\Trainer App"
DATA = rf"{LOCAL}\Ibu Süti"  # a space and a letter beyond ASCII, as names have
STAND_INS = ("bcryptprimitives.dll", "icuuc.dll", "mscms.dll")
SCREEN = "1366x768"
FIRST_PAINT_SECONDS = 120.0
INSTALL_SECONDS = 300


def check() -> None:
    """Raises ``BuildFailed`` when any step goes wrong; leaves a picture of the first start in ``dist/``."""
    if not SETUP.is_file():
        raise building.BuildFailed(f"{SETUP} is missing: run python3 -m resources.packaging windows first.")
    building.need({"wine": "wine", _WINE: "wine64", COMPILER: "gcc-mingw-w64-x86-64"})
    _prefix()
    try:
        with screen.screen() as display:
            before = _traces(display)
            say("installing")
            clock = building.Clock()
            _wine(display, SETUP, "/S")
            seconds, installed = clock.seconds(), _path(PROGRAMS)
            if not (installed / f"{TITLE}.exe").is_file():
                raise building.BuildFailed("Setup.exe ended but the program is not there")
            if packed := [name for name in STAND_INS if any(installed.rglob(name))]:
                raise building.BuildFailed(f"stand-ins for wine were packed: {packed}")
            rows = [
                (SETUP.name, f"{building.size_mb(SETUP):.1f} MB"),
                ("installed", f"{building.extent(installed)}, in {seconds:.0f} s"),
            ]
            rows += [*_commands(display, installed), *_look(display, installed)]
            say("removing it")
            _wine(display, installed / "Uninstall.exe", "/S")
            screen.wait_for("removal", lambda: not installed.exists(), INSTALL_SECONDS)
            if left := sorted(_traces(display) - before):
                raise building.BuildFailed("left behind after removing:\n" + "\n".join(left[:20]))
            if not any(_path(DATA).iterdir()):
                raise building.BuildFailed("removing the program took the data with it")
    finally:
        _end()
    building.show_table([*rows, ("removed", "nothing left but the data")])


def _commands(display: str, installed: Path) -> commands_check.Rows:
    """What the commands of the installed program say."""
    program = installed / f"{NAME}.exe"
    rows = commands_check.try_all(lambda *words: _wine(display, program, *words))
    hub: list[str | Path] = [_WINE, program, *commands_check.hub_command(rf"{DATA}\contoh\laptop")]
    environment = {**_environment(display), **commands_check.HUB_ENVIRONMENT}
    return [*rows, *commands_check.try_hub(hub, environment)]


def _look(display: str, installed: Path) -> list[tuple[str, str]]:
    """Starts the window: the first time for a picture, then at the lock to measure."""
    say("starting the window")
    first, lock = _program(display, installed, DATA), _program(display, installed, rf"{DATA}\contoh\laptop")
    with starting.started(first):
        screen.wait_for("a window with content", lambda: _seen(display, PICTURE), FIRST_PAINT_SECONDS)
        _refuse_to_replace(display)
    with starting.started(lock):
        screen.wait_for("a lock with content", lambda: _seen(display, LOCK_PICTURE), FIRST_PAINT_SECONDS)
    cold, warm = starting.cold_and_warm({"lock": lock})["lock"]
    memory = starting.memory_mb(lock)
    return [
        ("first paint of the lock under wine, warm", f"{warm:.2f} s, median of {starting.ROUNDS}"),
        ("first paint of the lock under wine, cold", f"{cold:.2f} s, median of {starting.ROUNDS}"),
        ("memory at the lock, with wine's own", f"{memory:.0f} MB"),
        ("pictures", ", ".join(str(file.relative_to(building.ROOT)) for file in (PICTURE, LOCK_PICTURE))),
    ]


def _refuse_to_replace(display: str) -> None:
    """A program that runs must not be replaced under the hands of who works with it."""
    try:
        _wine(display, SETUP, "/S")
    except building.BuildFailed:
        return
    raise building.BuildFailed("Setup.exe replaced the program while it was running")


def _program(display: str, installed: Path, home: str) -> starting.Program:
    log = rf"{DATA}\paint.log"
    _path(DATA).mkdir(parents=True, exist_ok=True)
    return starting.Program(
        [_WINE, installed / f"{TITLE}.exe"],
        log=_path(log),
        environment={**_environment(display), **starting.variables(display, log, home)},
        files=[installed],
        patience_seconds=FIRST_PAINT_SECONDS,
    )


def _seen(display: str, target: Path) -> bool:
    return screen.colours(screen.picture(display, target)) > 50


def _traces(display: str) -> set[str]:
    """What Windows remembers of programs: their files, menus and entries in the registry.

    Not the temporary folder, where the copy of Uninstall.exe that did the work waits for the next start of
    Windows.
    """
    windows, apart = PREFIX / "drive_c", (_path(DATA), _path(rf"C:\users\{USER}\Temp"))
    seen = {str(path) for path in windows.rglob("*") if not any(map(path.is_relative_to, apart))}
    registry = _wine(display, windows / "windows" / "system32" / "reg.exe", "query", r"HKCU\Software", "/s")
    return seen | {line for line in registry.splitlines() if TITLE in line}


# ---------------------------------------------------------------- wine
_WINE = "/usr/lib/wine/wine64"  # the script in front of it asks for the 32-bit half, which is not needed


def _environment(display: str) -> dict[str, str]:
    return {
        **os.environ, "WINEPREFIX": str(PREFIX), "WINEARCH": "win64", "WINEDEBUG": "-all", "DISPLAY": display,
        # without the menu builder: it would write into the menus of whoever runs this
        "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=;mscms,bcryptprimitives,icuuc=n",
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "windows", "TRAINER_APP_HOME": DATA,
    }  # fmt: skip


def _wine(display: str, program: Path, *arguments: str) -> str:
    done = subprocess.run(
        [_WINE, str(program), *arguments],
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
        [_WINE, "wineboot.exe", "--init"], env=_environment(""), capture_output=True, timeout=INSTALL_SECONDS
    )
    system32 = PREFIX / "drive_c" / "windows" / "system32"
    if not system32.is_dir():
        raise building.BuildFailed("wine could not make its folder tree")
    building.run([COMPILER, "-shared", "-o", system32 / STAND_INS[0],
                  RECIPE / "stubs" / "bcryptprimitives.c", "-ladvapi32"])  # fmt: skip
    for library in STAND_INS[1:]:
        _stand_in(system32 / library, _imported(library))
    # a screen as Windows has it, with frames around the windows
    _set(r"HKCU\Software\Wine\Explorer", "Desktop", "Default")
    _set(r"HKCU\Software\Wine\Explorer\Desktops", "Default", SCREEN)
    _end()  # what runs by now has no screen, and what is started later would join it


def _end() -> None:
    subprocess.run(["wineserver", "--kill", "--wait"], env=_environment(""), capture_output=True)


def _set(key: str, name: str, value: str) -> None:
    _wine(
        "", PREFIX / "drive_c" / "windows" / "system32" / "reg.exe", "add", key, "/v", name, "/d", value, "/f"
    )


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
