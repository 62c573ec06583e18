"""What the builds of all systems share: folders, running tools, the wheel of the program, the locked
packages.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from packaging.markers import Marker

from resources.packaging.failures import BuildFailed as BuildFailed
from trainer_app import __version__
from trainer_app.bootstrap import DEV_HEADING, LOCK, system
from trainer_app.bootstrap import ROOT as ROOT

BUILD = ROOT / "build"
DIST = ROOT / "dist"
HERE = Path(__file__).resolve().parent
COMMON_LICENCES = Path("/usr/share/common-licenses")
# not Qt's "LicenseRef-Qt-Commercial", which is for those who bought it: it is used under the LGPL here
LICENCE_FILE = re.compile(r"(licen[cs]e(?!ref-)|copying|notice)", re.IGNORECASE)
NAME = "trainer-app"
TITLE = "Trainer App"
VERSION = __version__
#: What the doctor says on a laptop that has just been set up.
NO_DATA = "Belum ada data di laptop ini."
# These only build, translate or serve PostgreSQL: no laptop needs them.
NOT_FOR_LAPTOPS = {"setuptools", "babel"}


def say(line: str) -> None:
    """Progress for the person who waits."""
    print(f"   {line}", flush=True)


def need(programs: Mapping[str, str]) -> None:
    """Makes sure that the programs (name -> Debian package) are there, by apt where that is allowed."""
    for program, package in programs.items():
        if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
            system.ensure_package(package, f"for {program}, to build the installers")


def run(command: Sequence[str | Path], *, cwd: Path = ROOT, **environment: str) -> str:
    """Runs a tool and returns what it said. Raises ``BuildFailed`` when it refuses."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace",
    )  # fmt: skip
    if done.returncode != 0:
        words = " ".join(str(word) for word in command)[:300]
        raise BuildFailed(f"{words}\nended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


def fresh(folder: Path) -> Path:
    """An empty folder at this path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def wheel() -> Path:
    """The program as a wheel, built from this checkout."""
    target = fresh(BUILD / "wheel")
    say("building the wheel of the program")
    source = _clean_copy()
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run([*pip, "--wheel-dir", target, source], cwd=BUILD)
    return next(target.glob("*.whl"))


def _clean_copy() -> Path:
    """The checkout without what earlier builds left in it; setuptools would pack old files again."""
    copy = fresh(BUILD / "source")
    for name in ("trainer_app", "resources"):
        shutil.copytree(
            ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "*.py[co]")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def locked(environment: Mapping[str, str], without: Iterable[str] = ()) -> str:
    """The program's part of the lock file for one kind of machine, as pip reads it.

    pip itself would judge the conditions ("only on Windows") by the machine that builds.
    """
    kept, left_out = [], {*NOT_FOR_LAPTOPS, *without}
    for entry in re.split(r"\n(?=[a-z0-9])", "\n" + LOCK.read_text(encoding="utf-8").split(DEV_HEADING)[0]):
        head, _, hashes = entry.partition("\\\n")
        requirement, _, condition = head.partition(";")
        wanted = "==" in requirement and re.split(r"[=\[]", requirement.strip())[0] not in left_out
        if wanted and (not condition.strip() or Marker(condition.strip()).evaluate(dict(environment))):
            kept.append(f"{requirement.strip()} \\\n{hashes}")
    return "\n".join(kept)


def licences(site: Path, target: Path) -> None:
    """Puts the program's licence into ``target``, and that of everything that is handed out with it.

    The packages bring theirs; Qt's wheels do not, so the text that Debian keeps is taken.
    """
    fresh(target)
    shutil.copy(ROOT / "LICENSE", target / f"{TITLE}.txt")
    shutil.copy(Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", target / "Python.txt")
    for name in ("LGPL-3", "GPL-3"):  # the first adds to the second
        shutil.copy(COMMON_LICENCES / name, target / f"Qt, PySide6, shiboken6 ({name}).txt")
    for described in site.glob("*.dist-info"):
        package = described.name.split("-")[0]
        for file in sorted(path for path in described.rglob("*") if LICENCE_FILE.match(path.name)):
            if file.is_file():
                shutil.copy(file, target / f"{package} ({file.stem}).txt")


def size_mb(path: Path) -> float:
    """Megabytes (of a million bytes) of a file, or of all files in a folder."""
    return sum(file.stat().st_size for file in _files(path)) / 1e6


def size_kib(folder: Path) -> int:
    """Kibibytes of all files in a folder, as Debian and Windows want to be told how big a program is."""
    return round(size_mb(folder) * 1e6 / 1024)


def extent(folder: Path) -> str:
    """How big a folder is, in words."""
    return f"{size_mb(folder):.0f} MB in {len(_files(folder))} files"


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and not file.is_symlink()]


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Clock:
    """Seconds since it was made, for the table at the end."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def seconds(self) -> float:
        """So far."""
        return time.monotonic() - self._start


def show_table(rows: Sequence[tuple[str, str]]) -> None:
    """Prints what was measured, one line each."""
    width = max(len(name) for name, _value in rows) + 2
    print("\n" + "\n".join(f"   {name:{width}}{value}" for name, value in rows) + "\n", flush=True)
