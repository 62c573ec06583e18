"""Libraries and programs of the operating system that pip cannot bring: which are missing, and getting them
by apt.

Standard library only, as all of ``bootstrap``. Debian 12 and 13 and Ubuntu 22.04 and later
are known; elsewhere the missing files are named, so that the person can ask their own package manager for
them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# What Qt loads: file -> packages that bring it, the newest name first (Debian 13 and Ubuntu 24.04 renamed
# some).
QT_LIBRARIES = {
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libGL.so.1": ("libgl1",),
    "libEGL.so.1": ("libegl1",),
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
}
# What Qt loads besides to show a window under X11.
X11_LIBRARIES = {
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-image.so.0": ("libxcb-image0",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-randr.so.0": ("libxcb-randr0",),
    "libxcb-render-util.so.0": ("libxcb-render-util0",),
    "libxcb-render.so.0": ("libxcb-render0",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libxcb-shm.so.0": ("libxcb-shm0",),
    "libxcb-sync.so.1": ("libxcb-sync1",),
    "libxcb-util.so.1": ("libxcb-util1",),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0",),
    "libxcb-xkb.so.1": ("libxcb-xkb1",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libX11-xcb.so.1": ("libx11-xcb1",),
}
# Programs that the tests start: name -> package.
TEST_PROGRAMS = {"Xvfb": ("xvfb",), "xauth": ("xauth",)}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Refused(Exception):
    """The system lacks something and it could not be installed from here; the text says what to type."""


def ensure_libraries(*, x11: bool = True) -> None:
    """Returns when Qt can be loaded; installs what is missing, or raises ``Refused``."""
    if sys.platform.startswith("linux"):
        wanted = {**QT_LIBRARIES, **(X11_LIBRARIES if x11 else {})}
        missing = {name: packages for name, packages in wanted.items() if not _has_library(name)}
        _ensure(missing, "to draw its window")


def ensure_programs() -> None:
    """Returns when the programs that the tests start are there; installs what is missing, or raises
    ``Refused``.
    """
    if sys.platform.startswith("linux"):
        missing = {name: packages for name, packages in TEST_PROGRAMS.items() if not _has_program(name)}
        _ensure(missing, "for its tests")
        _ensure_browser()


def ensure_package(package: str, purpose: str) -> None:
    """Installs one Debian package by name, or raises ``Refused``."""
    _ensure({package: (package,)}, purpose)


def browser() -> str | None:
    """The path of a Chromium that the tests of the web pages can drive."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def apt_line(packages: list[str]) -> str:
    """What a person types to install them."""
    return f"sudo apt-get install {' '.join(packages)}"


def _has_library(name: str) -> bool:
    multiarch = getattr(sys.implementation, "_multiarch", "")
    folders = (f"/usr/lib/{multiarch}", "/usr/lib64", "/usr/lib")
    if any(Path(folder, name).exists() for folder in folders):  # much quicker than loading it
        return True
    import ctypes

    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_program(name: str) -> bool:
    return shutil.which(name) is not None


def _ensure(missing: Mapping[str, tuple[str, ...]], purpose: str) -> None:
    if not missing:
        return
    if not _has_program("apt-get"):
        raise Refused(
            f"Trainer App needs these {purpose}, and this system has no apt to install them with:\n"
            f"  {' '.join(missing)}\nInstall the packages that bring them, then run again."
        )
    sudo = _administrator()
    if sudo is None:
        packages = [_known(names) for names in missing.values()]
        raise Refused(
            f"Trainer App needs system packages {purpose}. Install them with this line, then run again:\n"
            f"  {apt_line(packages)}"
        )
    if not any(Path("/var/lib/apt/lists").glob("*_Packages*")):
        _apt(sudo, ["update"])
    packages = [_known(names) for names in missing.values()]
    _say(f"Installing system packages {purpose}: {' '.join(packages)}")
    install = ["install", "--yes", "--no-install-recommends", *packages]
    if _apt(sudo, install).returncode != 0:  # the lists may be old
        _apt(sudo, ["update"])
        done = _apt(sudo, install)
        if done.returncode != 0:
            raise Refused(
                f"apt could not install what is needed {purpose}. It said:\n{_end(done.stdout)}\n"
                f"When that is mended, this line does it by hand:\n  {apt_line(packages)}"
            )


def _administrator() -> list[str] | None:
    """What to put before a command that needs root: nothing as root, sudo where it works, else None."""
    if os.geteuid() == 0:
        return []
    if not _has_program("sudo"):
        return None
    silent = subprocess.run(["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL)
    if silent.returncode == 0 or (sys.stdin and sys.stdin.isatty()):
        return ["sudo"]
    return None


def _known(names: tuple[str, ...]) -> str:
    """The first of the names that this release has."""
    for name in names[:-1]:
        if subprocess.run(["apt-cache", "show", name], capture_output=True).returncode == 0:
            return name
    return names[-1]


def _apt(sudo: list[str], arguments: list[str]) -> subprocess.CompletedProcess[str]:
    if arguments == ["update"]:
        _say("Fetching the list of system packages")
    quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    return subprocess.run(
        [*sudo, *quietly, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _ensure_browser() -> None:
    if browser():
        return
    if "ID=ubuntu" not in _os_release():
        _ensure({"chromium": ("chromium",)}, "for its tests of the web pages")
        return
    snap, sudo = shutil.which("snap"), _administrator()
    if snap and sudo is not None:
        _say("Installing Chromium as a snap, the only form in which Ubuntu has it")
        subprocess.run([*sudo, snap, "install", "chromium"], stdout=subprocess.DEVNULL)
    if not browser():
        _say(
            "Ubuntu has Chromium only as a snap and could not be installed from here. The tests of the web "
            "pages will fail until you run:\n  sudo snap install chromium"
        )


def _os_release() -> list[str]:
    try:
        return Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _end(output: str) -> str:
    return "\n".join("  " + line for line in output.strip().splitlines()[-8:])


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
