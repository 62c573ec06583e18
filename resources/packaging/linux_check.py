"""Installs the Debian package on a clean system without Python, starts it, looks at it, removes it. Needs
root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from resources.packaging import building, screen
from resources.packaging.building import BUILD, DIST, NAME, say
from resources.packaging.linux_build import PACKAGE

BASE = BUILD / "clean-system.tar"
PICTURE = DIST / "linux-first-start.png"
HOME = "/home/budi"
FIRST_PAINT_SECONDS = 30.0


def check() -> None:
    """Raises ``BuildFailed`` when any step goes wrong; leaves a picture of the first start in ``dist/``."""
    if os.geteuid() != 0:
        raise building.BuildFailed("Trying the package on a clean system needs root (debootstrap, chroot).")
    if not PACKAGE.is_file():
        raise building.BuildFailed(f"{PACKAGE} is missing: run python3 -m resources.packaging linux first.")
    with _clean_system() as root:
        if (root / "usr" / "bin" / "python3").exists():
            raise building.BuildFailed("the clean system has Python, so the check would prove nothing")
        say("installing the package with apt")
        shutil.copy(PACKAGE, root / "tmp" / PACKAGE.name)
        _inside(root, "apt-get", "update")
        _inside(root, "apt-get", "install", "--yes", "--no-install-recommends", f"/tmp/{PACKAGE.name}")  # noqa: S108 (in the chroot)
        said = _inside(root, NAME, "--version")
        doctor = _inside(root, NAME, "doctor", user="budi")
        demo = _inside(root, NAME, "demo", "--headless", user="budi")
        said_last = [("doctor", doctor.strip().splitlines()[-1]), ("demo", demo.strip().splitlines()[-1])]
        rows = [("version", said.strip()), *said_last, *_look(root)]
        say("removing it")
        _inside(root, "apt-get", "remove", "--yes", NAME)
        left = [path for path in (root / "usr" / "lib" / NAME, root / "usr" / "bin" / NAME) if path.exists()]
        if left:
            raise building.BuildFailed(f"left behind after removing: {left}")
    building.show_table(rows)


def _look(root: Path) -> list[tuple[str, str]]:
    """Starts the window as an ordinary user and returns what was measured."""
    log = root / HOME.lstrip("/") / "paint.log"
    times = []
    with screen.screen() as display:
        for _round in range(3):
            log.unlink(missing_ok=True)
            program = subprocess.Popen(
                ["chroot", "--userspec=budi", str(root), "/usr/bin/env", *_variables(display), NAME],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            try:
                screen.wait_for(
                    "the first picture", lambda: screen.painted(log) is not None, FIRST_PAINT_SECONDS
                )
                times.append(screen.painted(log) or 0.0)
                screen.wait_for("a window with content", lambda: _seen(display), FIRST_PAINT_SECONDS)
                memory = screen.memory_mb(program.pid)
            finally:
                program.terminate()
                _out, errors = program.communicate(timeout=20)
    if errors.strip():
        raise building.BuildFailed(f"the program complained:\n{errors}")
    return [
        ("first paint, best of 3", f"{min(times):.2f} s"),
        ("memory", f"{memory:.0f} MB"),
        ("picture", f"{PICTURE.relative_to(building.ROOT)}"),
    ]


def _variables(display: str) -> list[str]:
    return [
        "-i", "PATH=/usr/bin:/bin", f"HOME={HOME}", "LANG=C.UTF-8", f"DISPLAY={display}",
        "QT_QPA_PLATFORM=xcb", f"TRAINER_APP_PAINT_LOG={HOME}/paint.log",
    ]  # fmt: skip


def _seen(display: str) -> bool:
    return screen.colours(screen.picture(display, PICTURE)) > 50


def _inside(root: Path, *command: str, user: str = "root") -> str:
    home = HOME if user != "root" else "/root"
    clean = ["/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", f"HOME={home}", "LANG=C.UTF-8"]
    return building.run(
        ["chroot", f"--userspec={user}", root, *clean, "DEBIAN_FRONTEND=noninteractive", *command]
    )


@contextlib.contextmanager
def _clean_system() -> Iterator[Path]:
    """A system as the installer of this Debian release leaves it at its smallest; made once, kept packed."""
    building.need({"debootstrap": "debootstrap"})
    root = building.fresh(BUILD / "clean-system")
    if BASE.is_file():
        building.run(["tar", "-C", root, "-xf", BASE])
    else:
        say("making a clean system (a minute, only the first time)")
        building.run(["debootstrap", "--variant=minbase", _release(), root])
        building.run(["tar", "-C", root, "-cf", BASE, "."])
    for name in ("/etc/resolv.conf", "/etc/hosts"):
        if Path(name).is_file():
            shutil.copy(name, root / name.lstrip("/"))
    building.run(["mount", "-t", "proc", "proc", root / "proc"])
    try:
        _inside(root, "useradd", "--create-home", "budi")
        yield root
    finally:
        building.run(["umount", "--lazy", root / "proc"])
        shutil.rmtree(root, ignore_errors=True)


def _release() -> str:
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise building.BuildFailed("this is not a Debian system")
