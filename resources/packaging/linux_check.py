"""Installs the Debian package on a clean system without Python, starts it, looks at it, removes it. Needs
root.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from resources.packaging import building, commands_check, screen, starting
from resources.packaging.building import BUILD, DIST, NAME, say
from resources.packaging.linux_build import FROM_SYSTEM, PACKAGE, foreign_run_paths

BASE = BUILD / "clean-system.tar"
PICTURE = DIST / "linux-first-start.png"
LOCK_PICTURE = DIST / "linux-lock.png"
USER = "budi"
HOME = f"/home/{USER}"
DATA = f"{HOME}/.local/share/trainer-app"
FIRST_PAINT_SECONDS = 30.0


def check() -> None:
    """Raises ``BuildFailed`` when any step goes wrong; leaves a picture of the first start in ``dist/``."""
    if os.geteuid() != 0:
        raise building.BuildFailed("Trying the package on a clean system needs root (debootstrap, chroot).")
    if not PACKAGE.is_file():
        raise building.BuildFailed(f"{PACKAGE} is missing: run python3 -m resources.packaging linux first.")
    with _clean_system() as root:
        before = _files(root)
        if any(re.search(r"/bin/python[\d.]*$", file) for file in before):
            raise building.BuildFailed("the clean system has Python, so the check would prove nothing")
        say("installing the package with apt")
        shutil.copy(PACKAGE, root / "tmp" / PACKAGE.name)
        _inside(root, "apt-get", "update")
        _inside(root, "apt-get", "install", "--yes", "--no-install-recommends", f"/tmp/{PACKAGE.name}")  # noqa: S108 (in the chroot)
        if foreign := foreign_run_paths(root / "usr" / "lib" / NAME):
            raise building.BuildFailed(f"looks for libraries outside its folder: {foreign[0]}")
        _printing(root)
        rows = [
            ("package", f"{building.size_mb(PACKAGE):.1f} MB"),
            ("installed", building.extent(root / "usr" / "lib" / NAME)),
        ]
        rows += [*_commands(root), *_look(root)]
        say("removing it")
        _inside(root, "apt-get", "purge", "--autoremove", "--yes", NAME)
        if left := sorted(_files(root) - before):
            raise building.BuildFailed("left behind after removing:\n" + "\n".join(left[:20]))
        if not (root / DATA.lstrip("/")).is_dir():
            raise building.BuildFailed("removing the program took the data with it")
    building.show_table([*rows, ("removed", "nothing left but the data")])


def _printing(root: Path) -> None:
    """What finds printers is packed, and misses nothing but the part of CUPS that a laptop with a printer
    has.
    """
    plugins = sorted((root / "usr" / "lib" / NAME).rglob("plugins/printsupport/*.so"))
    if not plugins:
        raise building.BuildFailed("no printer can be found: Qt's plugin for CUPS is not packed")
    inside = root / "usr" / "lib" / NAME / "_internal"
    listing = _inside(
        root, "env", f"LD_LIBRARY_PATH=/{inside.relative_to(root)}", "ldd", f"/{plugins[0].relative_to(root)}"
    )
    missing = {line.split()[0] for line in listing.splitlines() if "not found" in line} - set(FROM_SYSTEM)
    if missing:
        raise building.BuildFailed(f"printing misses {', '.join(sorted(missing))}")


def _commands(root: Path) -> commands_check.Rows:
    """What the commands of the installed program say to an ordinary user."""
    rows = commands_check.try_all(lambda *words: _inside(root, NAME, *words, user=USER))
    seen = {"PATH": "/usr/bin:/bin", "HOME": HOME, "LANG": "C.UTF-8", **commands_check.HUB_ENVIRONMENT}
    hub = [*_as_user(root, seen), NAME, *commands_check.hub_command(f"{DATA}/contoh/laptop")]
    return [*rows, *commands_check.try_hub(hub, os.environ)]


def _look(root: Path) -> list[tuple[str, str]]:
    """Starts the window as an ordinary user: the first time for a picture, then at the lock to measure."""
    say("starting the window")
    with screen.screen() as display:
        first, lock = _program(root, display, DATA), _program(root, display, f"{DATA}/contoh/laptop")
        with starting.started(first):
            screen.wait_for("a window with content", lambda: _seen(display, PICTURE), FIRST_PAINT_SECONDS)
        with starting.started(lock):
            screen.wait_for("a lock with content", lambda: _seen(display, LOCK_PICTURE), FIRST_PAINT_SECONDS)
        lock = dataclasses.replace(lock, files=[*lock.files, *starting.mapped_files(lock)])
        cold, warm = starting.cold_and_warm({"lock": lock})["lock"]
        memory = starting.memory_mb(lock)
    return [
        ("first paint of the lock, warm", f"{warm:.2f} s, median of {starting.ROUNDS}"),
        ("first paint of the lock, cold", f"{cold:.2f} s, median of {starting.ROUNDS}"),
        ("memory at the lock", f"{memory:.0f} MB"),
        ("pictures", ", ".join(str(file.relative_to(building.ROOT)) for file in (PICTURE, LOCK_PICTURE))),
    ]


def _program(root: Path, display: str, home: str) -> starting.Program:
    """How an ordinary user of the clean system starts it, with the data of ``home``."""
    log = f"{HOME}/paint.log"
    seen = {
        "PATH": "/usr/bin:/bin",
        "HOME": HOME,
        "LANG": "C.UTF-8",
        **starting.variables(display, log, home),
    }
    return starting.Program(
        [*_as_user(root, seen), NAME],
        log=root / log.lstrip("/"),
        environment=dict(os.environ),
        files=[root / "usr" / "lib" / NAME],
        patience_seconds=FIRST_PAINT_SECONDS,
    )


def _as_user(root: Path, seen: Mapping[str, str]) -> list[str | Path]:
    """What stands before a command that an ordinary user of the clean system gives, who sees only this."""
    clean = ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in seen.items())]
    return ["chroot", f"--userspec={USER}", root, *clean]


def _seen(display: str, target: Path) -> bool:
    return screen.colours(screen.picture(display, target)) > 50


def _files(root: Path) -> set[str]:
    """Everything on the clean system but homes, what apt and the system write down for themselves."""
    skipped = {"proc", "home", "tmp", "run", "var"}
    return {
        f"/{path.relative_to(root)}"
        for top in root.iterdir()
        if top.name not in skipped
        for path in [top, *([] if top.is_symlink() else top.rglob("*"))]
    }


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
        _inside(root, "useradd", "--create-home", USER)
        yield root
    finally:
        building.run(["umount", "--lazy", root / "proc"])
        shutil.rmtree(root, ignore_errors=True)


def _release() -> str:
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise building.BuildFailed("this is not a Debian system")
