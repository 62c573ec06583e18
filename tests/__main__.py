"""All checks with one command: ``python3 -m tests``.

    python3 -m tests                    style, types, layers, dependencies, then every test
    python3 -m tests -k village -x      the tests only, with arguments for pytest
    python3 -m tests packaging          builds the installers and tries them (long)
    python3 -m tests benchmarks         measures against the bars of the design
    python3 -m tests everyone           every page in every look, text size, width and language
    python3 -m tests pictures FOLDER    every page as picture and as what a screen reader finds
    python3 -m tests soak --minutes 30  the long simulation with faults
    python3 -m tests faults             kills, power cuts, full disks: over real processes, counted; 40 min
    python3 -m tests fixtures           keeps what this version writes, to be read by every later one
    python3 -m tests words              collects the texts of the program into the catalogues

Exit code 0 only when nothing failed. In a bare clone the first run makes ``.venv`` and installs what is
needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from trainer_app import bootstrap

SCRIPTS = Path(sys.executable).parent
# the checks read the code, each in its own words; the tests come last so that their closing line is the last
# one
CHECKS = {
    "style": ["ruff", "check", "."],
    "layout": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "layers": ["lint-imports"],
    "dependencies": ["deptry", "."],
}
WORKERS = "2"
NO_TESTS = 5  # pytest's exit code when nothing was collected


def main(arguments: list[str]) -> int:
    """Runs what the arguments ask for; see the top of this file."""
    bootstrap.ensure("tests")
    os.chdir(bootstrap.ROOT)
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name == "words":
        return _run([sys.executable, "-m", "resources.packaging", "words", *rest])
    if name == "packaging":
        return _pytest(["-m", "packaging", "-s", "-v", "tests/packaging", *rest])
    if name == "benchmarks":
        return _pytest(["-m", "benchmark", "-s", "-v", *rest])
    if name == "everyone":
        return _pytest(["-m", "everyone", "-n", WORKERS, "tests/desktop/everyone", *rest])
    if name == "pictures":
        return _run([sys.executable, "-m", "tests.desktop.everyone.pictures", *rest])
    if name == "faults":
        return _run([sys.executable, "-m", "tests.faults", *rest])
    if name == "fixtures":
        return _run(
            [sys.executable, "-c", "from tests.fixtures.making import main; raise SystemExit(main())"]
        )
    if name == "soak":
        return _soak(rest)
    if arguments:
        return _pytest(arguments)
    return _everything()


def _everything() -> int:
    failed = [name for name, command in CHECKS.items() if not _check(name, command)]
    print("\n== tests", flush=True)
    code = _pytest(["-n", WORKERS])
    if failed:
        print(f"These checks failed, see above: {', '.join(failed)}", file=sys.stderr)
    return code or (1 if failed else 0)


def _check(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    code = _run([str(SCRIPTS / command[0]), *command[1:]], quiet=True)
    print(f"== {name}: {'ok' if code == 0 else 'FAILED'} ({time.monotonic() - started:.1f} s)", flush=True)
    return code == 0


def _soak(arguments: list[str]) -> int:
    minutes = arguments[arguments.index("--minutes") + 1] if "--minutes" in arguments else "10"
    os.environ["TRAINER_APP_SOAK_MINUTES"] = minutes
    rest = [word for word in arguments if word not in ("--minutes", minutes)]
    return _pytest(["-m", "soak", "-s", "-v", *rest])


def _pytest(arguments: list[str]) -> int:
    return _run([sys.executable, "-m", "pytest", *arguments])


def _run(command: list[str], *, quiet: bool = False) -> int:
    """Runs one step; a quiet one shows what it said only when it failed."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    if not quiet:
        return subprocess.run(command, env=environment).returncode
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
