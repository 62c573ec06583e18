"""The program for Linux: a folder that needs no Python on the machine, and a Debian package of it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from resources.packaging import building, trimming
from resources.packaging.building import BUILD, DIST, HERE, NAME, TITLE, VERSION, say

RECIPE = HERE / "linux"
FOLDER = BUILD / "linux" / NAME
PACKAGE = DIST / f"{NAME}_{VERSION}_amd64.deb"
# strip breaks some libraries of Qt and gains nothing in them
NOT_STRIPPED = ("libQt6", "libicu", "PySide6", "shiboken6", "libpyside6", "libshiboken6")
# Left out: who has a printer has the system's own, which belongs to the service that it talks with.
FROM_SYSTEM = ("libcups.so.2",)
RUN_PATH = re.compile(r"^\s*R(?:UN)?PATH\s.*(?<![^\s:])/", re.MULTILINE)  # any that does not start at $ORIGIN
DEPENDS = (
    "libstdc++6, libglib2.0-0 | libglib2.0-0t64, libgl1, libegl1, libfontconfig1, libdbus-1-3, "
    "libxkbcommon0, libxcb-cursor0, libxcb-icccm4, libxcb-image0, libxcb-keysyms1, libxcb-randr0, "
    "libxcb-render-util0, libxcb-shape0, libxcb-xkb1, libxkbcommon-x11-0, libx11-xcb1, tzdata"
)
RECOMMENDS = "libcups2 | libcups2t64"  # for printing; all else works without


def build() -> None:
    """Writes the ``.deb`` and the same folder as ``.tar.xz`` into ``dist/``."""
    clock = building.Clock()
    building.need({"dpkg-deb": "dpkg", "strip": "binutils", "xz": "xz-utils", "objdump": "binutils",
                   "patchelf": "patchelf"})  # fmt: skip
    _ensure_shared_python()
    site = _site()
    folder = _folder(site)
    _trim(folder, trimming.qt_parts(site / "trainer_app"))
    building.licences(site, folder / "licences")
    system_licences(folder / "_internal", folder / "licences")
    DIST.mkdir(exist_ok=True)
    package, archive = _package(folder), _archive(folder)
    building.show_table(
        [
            ("folder", building.extent(folder)),
            (package.name, f"{building.size_mb(package):.1f} MB"),
            (archive.name, f"{building.size_mb(archive):.1f} MB"),
            ("needs glibc", f"{_glibc()} or newer"),
            ("built in", f"{clock.seconds():.0f} s"),
        ]
    )


def environment() -> dict[str, str]:
    """The conditions of the lock file for this machine's kind."""
    return {
        "sys_platform": "linux", "platform_system": "Linux", "platform_machine": platform.machine(),
        "implementation_name": "cpython", "platform_python_implementation": "CPython", "os_name": "posix",
        "python_version": "%d.%d" % sys.version_info[:2], "python_full_version": platform.python_version(),
    }  # fmt: skip


def _ensure_shared_python() -> None:
    """PyInstaller ships the library of Python; Debian keeps it in a package of its own."""
    library = str(sysconfig.get_config_var("INSTSONAME") or "")
    folders = [
        Path(str(sysconfig.get_config_var("LIBDIR"))),
        Path("/usr/lib/x86_64-linux-gnu"),
        Path("/usr/lib"),
    ]
    if not any((folder / library).exists() for folder in folders):
        building.need({library: "libpython%d.%d" % sys.version_info[:2]})


def _site() -> Path:
    """A folder with exactly what is shipped: the locked packages and the program."""
    site = building.fresh(BUILD / "linux" / "site")
    wanted = BUILD / "linux" / "wanted.txt"
    wanted.write_text(building.locked(environment()), encoding="utf-8")
    wheel = building.wheel()
    say("unpacking the locked packages")
    # compiled later, by PyInstaller: pip would write the name of its temporary folder into each file
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    pip += ["--target", str(site)]
    building.run([*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", wanted])
    building.run([*pip, wheel])
    return site


def _folder(site: Path) -> Path:
    say("collecting the program into one folder")
    pyinstaller = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    where = ["--distpath", str(FOLDER.parent), "--workpath", str(FOLDER.parent / "work")]
    paths = os.pathsep.join([str(site), str(building.ROOT)])
    # PyInstaller looks first beside the script: from its own place it would take the checkout for the wheel
    start = shutil.copy(HERE / "start.py", FOLDER.parent / "start.py")
    building.run(
        [*pyinstaller, *where, RECIPE / "trainer_app.spec"],
        cwd=BUILD,
        PYTHONPATH=paths, TRAINER_APP_SITE=str(site), TRAINER_APP_START=str(start),
        QT_QPA_PLATFORM="offscreen",
    )  # fmt: skip
    return FOLDER


def _trim(folder: Path, parts: set[str]) -> None:
    say("leaving out what the program does not use")
    inside = folder / "_internal"
    trimming.trim_qt(inside, parts)
    trimming.trim_modules(inside)
    for name in FROM_SYSTEM:
        (inside / name).unlink(missing_ok=True)
    for library in [path for path in inside.rglob("*.so*") if path.is_file() and not path.is_symlink()]:
        if not library.name.startswith(NOT_STRIPPED) and "PySide6" not in library.parts:
            subprocess.run(["strip", "--strip-unneeded", library], capture_output=True)
    _drop_unneeded_libraries(inside)
    for library in foreign_run_paths(inside):
        building.run(["patchelf", "--set-rpath", "$ORIGIN", library])  # removing it would keep its text


def foreign_run_paths(folder: Path) -> list[Path]:
    """Libraries that would look for others outside the package: a Python built from source has the place it
    was built for in its own. That tells of the builder's machine, and who owns the place could slip one in.
    """
    libraries = [path for path in folder.rglob("*.so*") if path.is_file() and not path.is_symlink()]
    return [path for path in libraries if RUN_PATH.search(building.run(["objdump", "-p", path]))]


def _drop_unneeded_libraries(inside: Path) -> None:
    """Libraries that only left-out plugins needed (GTK, cairo, …), found by following who needs whom."""
    libraries = {path.name: path for path in inside.rglob("*.so*") if path.is_file()}
    roots = {
        name for name in libraries if ".abi3." in name or ".cpython-" in name or name.startswith("libpython")
    }
    roots |= {path.name for path in inside.rglob("plugins/**/*.so")}
    roots |= {
        path.name for path in inside.rglob("*.so*") if path.parent != inside and "lib" not in path.parent.name
    }
    needed, todo = set(roots), list(roots)
    while todo:
        for name in _needs(libraries[todo.pop()]) & libraries.keys() - needed:
            needed.add(name)
            todo.append(name)
    for name in libraries.keys() - needed:
        if not name.startswith(("libglib", "libgthread")):  # Qt's core links them
            libraries[name].unlink()


def _needs(library: Path) -> set[str]:
    heading = building.run(["objdump", "-p", library])
    return {line.split()[1] for line in heading.splitlines() if line.split()[:1] == ["NEEDED"]}


def system_licences(inside: Path, target: Path) -> None:
    """Adds the licences of the libraries that were taken from this system, as Debian keeps them."""
    places = [f"/*lib/*-linux-gnu/{library.name}" for library in inside.glob("*.so*")]
    # one question for all; it ends with 1, since the libraries of wheels belong to no package
    found = subprocess.run(["dpkg-query", "--search", *places], capture_output=True, text=True).stdout
    for package in {line.partition(":")[0] for line in found.splitlines()}:
        text = Path("/usr/share/doc") / package / "copyright"
        if text.is_file():
            shutil.copy(text, target / f"{package} (Debian).txt")


def _glibc() -> str:
    return platform.libc_ver()[1] or "2.34"


# ---------------------------------------------------------------- what is handed out
def _package(folder: Path) -> Path:
    say("packing the Debian package")
    root = building.fresh(BUILD / "linux" / "deb")
    shutil.copytree(folder, root / "usr" / "lib" / NAME, symlinks=True)
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    _put(RECIPE / "trainer-app.desktop", root / "usr" / "share" / "applications" / "trainer-app.desktop")
    icons = root / "usr" / "share" / "icons" / "hicolor"
    _put(building.ROOT / "resources" / "icons" / "app.svg", icons / "scalable" / "apps" / f"{NAME}.svg")
    _put(building.ROOT / "resources" / "icons" / "app.png", icons / "256x256" / "apps" / f"{NAME}.png")
    _put(building.ROOT / "LICENSE", root / "usr" / "share" / "doc" / NAME / "copyright")
    control = root / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(_control(root), encoding="utf-8")
    _open_to_all(root)
    PACKAGE.unlink(missing_ok=True)
    building.run(["dpkg-deb", "-Zxz", "--root-owner-group", "--build", root, PACKAGE])
    return PACKAGE


def _control(root: Path) -> str:
    return (
        f"Package: {NAME}\nVersion: {VERSION}\nArchitecture: amd64\nSection: education\nPriority: optional\n"
        f"Maintainer: {TITLE} <trainer-app@localhost>\n"
        f"Installed-Size: {building.size_kib(root)}\n"
        f"Depends: libc6 (>= {_glibc()}), {DEPENDS}\nRecommends: {RECOMMENDS}\n"
        "Description: registers micro-enterprises and follows their training offline\n"
        " Trainers register micro-enterprises and run training in villages without internet; the\n"
        " centre sees how far each has come. Everything is kept encrypted on the laptop and is\n"
        " sent when there is a connection, over local Wi-Fi, or on a USB stick.\n"
    )


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def _open_to_all(root: Path) -> None:
    """The rights of a package must not depend on the umask of who built it."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or (path.stat().st_mode & 0o100)
            path.chmod(0o755 if runs else 0o644)


def _archive(folder: Path) -> Path:
    archive = DIST / f"{NAME}-{VERSION}-linux-x86_64.tar.xz"
    say("packing the archive for other Linux systems")
    tar = ["tar", "--owner=0", "--group=0", "-C", str(folder.parent), "-cJf", str(archive), folder.name]
    building.run(tar, XZ_OPT="-6 -T2")
    return archive
