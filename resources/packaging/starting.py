"""Starts the program to be looked at: how long until its first picture, and how much memory it then takes.

Warm is a start soon after another one. Cold is the first one after switching on: the files of the program are
dropped from the system's memory before, as far as no other program uses them at that moment.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from resources.packaging import screen
from resources.packaging.failures import BuildFailed
from trainer_app.desktop import painting
from trainer_app.settings import HOME_VARIABLE

ROUNDS = 7
SETTLED_SECONDS = 60.0
#: So many looks at the memory in a row must give the same: what is loaded after the first picture is loaded.
SAME_IN_A_ROW = 20
ENDING_SECONDS = 30.0
NOT_FILES = ("/dev", "/proc", "/memfd:")


@dataclass(frozen=True)
class Program:
    """How to start it. ``log`` is the file it writes its times to, as it is seen from here."""

    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str]
    files: Sequence[Path] = ()  # folders and files that it reads, for a cold start
    patience_seconds: float = 60.0


def variables(display: str, log: Path | str, home: Path | str) -> dict[str, str]:
    """What the program reads from its environment: its screen, where to write its times, and its data."""
    return {"DISPLAY": display, painting.VARIABLE: str(log), HOME_VARIABLE: str(home)}


@contextlib.contextmanager
def started(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    """The program once its window has been painted; ended afterwards.

    Raises ``BuildFailed`` when no picture comes, or when it wrote anything to its standard error.
    """
    program.log.unlink(missing_ok=True)
    process = subprocess.Popen(
        program.command, env=program.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0
    )
    try:
        screen.wait_for("the first picture", lambda: _painted(program, process), program.patience_seconds)
        yield process
    finally:
        process.terminate()
        process.wait(ENDING_SECONDS)
        if complaint := _said(process):
            raise BuildFailed(f"the program complained:\n{complaint}")


def _said(process: subprocess.Popen[bytes]) -> str:
    """What it wrote to its standard error; not to the end, since helpers of wine hold the other side open."""
    assert process.stderr is not None  # noqa: S101 (said by PIPE above)
    with process.stderr as errors:
        os.set_blocking(errors.fileno(), False)
        return (errors.read() or b"").decode(errors="replace").strip()


def _painted(program: Program, process: subprocess.Popen[bytes]) -> bool:
    if screen.painted(program.log) is not None:
        return True
    if process.poll() is not None:
        raise BuildFailed(f"the program ended with {process.returncode} before its first picture")
    return False


def first_paint(program: Program) -> float:
    """Seconds from the start of the process to its first picture."""
    with started(program):
        return screen.painted(program.log) or 0.0


def memory_mb(program: Program) -> float:
    """Megabytes that it occupies once everything is loaded that is loaded without anybody pressing a key."""
    with started(program) as process:
        seen = [0.0]

        def settled() -> bool:
            seen.append(screen.memory_mb(process.pid))
            return len(set(seen[-SAME_IN_A_ROW:])) == 1

        screen.wait_for("the end of loading", settled, SETTLED_SECONDS)
        return seen[-1]


def cold_and_warm(programs: Mapping[str, Program], rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """The medians of ``first_paint``, cold and warm, measured in turns so that a busy machine troubles all
    alike.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _round in range(rounds):
        for name, program in programs.items():
            forget(program.files)
            found[name].append((first_paint(program), first_paint(program)))
    return {name: (_middle(pairs, 0), _middle(pairs, 1)) for name, pairs in found.items()}


def _middle(pairs: Sequence[tuple[float, float]], place: int) -> float:
    return statistics.median(pair[place] for pair in pairs)


def mapped_files(program: Program) -> list[Path]:
    """The files that it holds in memory while its window is shown, libraries of the system among them."""
    with started(program) as process:
        lines = Path(f"/proc/{process.pid}/maps").read_text(errors="replace").splitlines()
    names = {line.split(maxsplit=5)[5] for line in lines if "/" in line}
    return sorted(Path(name) for name in names if not name.startswith(NOT_FILES))


def forget(places: Iterable[Path]) -> None:
    """Drops files, and everything in folders, from the memory that the system keeps of the disk."""
    os.sync()  # what is not on the disk yet cannot be dropped
    for place in places:
        for file in [place] if place.is_file() else place.rglob("*"):
            with contextlib.suppress(OSError):
                _forget(file)


def _forget(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
