"""The environment ``.venv`` of a checkout: made, filled from the lock file, and kept up to date with it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from trainer_app.bootstrap import system
from trainer_app.bootstrap.checkout import (
    DEV_HEADING,
    ENVIRONMENT,
    LOCK,
    ROOT,
    STAMP,
    read_stamp,
    satisfies,
    stamp,
)

OLDEST_PYTHON = (3, 11)
SIGNS_OF_NO_NETWORK = (
    "temporary failure in name resolution", "newconnectionerror", "nameresolutionerror", "max retries",
    "network is unreachable", "from versions: none)", "connection refused", "timed out",
)  # fmt: skip
DISK_BYTES = {"app": 1_500_000_000, "tests": 2_500_000_000}


class Refused(Exception):
    """The environment could not be made; the text says why and what helps."""


def python() -> Path:
    """The Python of the environment."""
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_this_process() -> bool:
    """Whether this process runs in the environment."""
    return Path(sys.prefix).resolve() == ENVIRONMENT.resolve()


def ensure(need: str) -> None:
    """Returns when ``.venv`` has everything for ``need``. Raises ``Refused``."""
    made = read_stamp()
    if _works() and (satisfies(made, need) or (not made and _imports_everything(need))):
        return
    tests = need == "tests" or bool(made.get("tests"))
    _check_disk(need)
    if not _works() or made.get("root", str(ROOT)) != str(ROOT):
        _make_environment()
    STAMP.unlink(missing_ok=True)
    _install(_locked(tests))
    _say("Installing Trainer App itself (from this folder)")
    _pip(["--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    STAMP.write_text(json.dumps(stamp("tests" if tests else "app")))
    _say("Ready.")


def _works() -> bool:
    """Whether ``.venv`` has a Python that starts, is new enough, and has pip."""
    check = f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON!r})"
    return python().exists() and _succeeds("-c", check)


def _imports_everything(need: str) -> bool:
    check = "import sys; from trainer_app.bootstrap import missing; sys.exit(bool(missing(sys.argv[1])))"
    return _succeeds("-c", check, need)


def _succeeds(*arguments: str) -> bool:
    return subprocess.run([str(python()), *arguments], cwd=ROOT, capture_output=True).returncode == 0


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _make_environment() -> None:
    _say(f"Making the environment {ENVIRONMENT}")
    if ENVIRONMENT.exists():
        shutil.rmtree(ENVIRONMENT)
    if not (_has("venv") and (_has("ensurepip") or _has("pip"))):
        try:
            system.ensure_package("python3-venv", "to make an environment of its own")
        except system.Refused as reason:
            raise Refused(str(reason)) from None
    here = [sys.executable, "-m"]
    if _venv([*here, "venv", str(ENVIRONMENT)]) and _works():
        return
    # Debian without python3-venv has no ensurepip; the pip it does have can be lent to the environment once
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if _has("pip") and _venv([*here, "venv", "--without-pip", str(ENVIRONMENT)]):
        _run_pip([*here, "pip", "--python", str(python()), "install", "--disable-pip-version-check", "pip"])
    if not _works():
        raise Refused(
            f"The environment {ENVIRONMENT} could not be made. On Debian and Ubuntu this line helps; then "
            f"run again:\n  {system.apt_line(['python3-venv'])}"
        )


def _venv(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, text=True)
    if "No space left" in done.stdout + done.stderr:
        raise Refused(_DISK_FULL)
    return done.returncode == 0


_DISK_FULL = "The disk is full. Free some space and run again; it continues where this run was."


def _check_disk(need: str) -> None:
    free = shutil.disk_usage(ROOT).free
    if free < DISK_BYTES[need]:
        raise Refused(
            f"Setting up needs {DISK_BYTES[need] / 1e9:.1f} GB of disk; {free / 1e9:.1f} GB are free in "
            f"{ROOT}. Free some space and run again."
        )


# ---------------------------------------------------------------- packages
def _locked(tests: bool) -> str:
    """The lock file, without its second part unless the tests are wanted."""
    text = LOCK.read_text(encoding="utf-8")
    return text if tests else text.split(DEV_HEADING)[0]


def _install(locked: str) -> None:
    total = locked.count("==")
    _say(f"Installing {total} packages, each checked against its hash (some minutes the first time)")
    wanted = ENVIRONMENT / "wanted.txt"
    wanted.write_text(locked, encoding="utf-8")
    try:
        _pip(["--require-hashes", "--only-binary", ":all:", "--requirement", str(wanted)], total)
    finally:
        wanted.unlink(missing_ok=True)


def _pip(arguments: list[str], total: int = 0) -> None:
    """Installs with the environment's pip as this machine has it configured. Raises ``Refused``."""
    command = [str(python()), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    _run_pip([*command, *arguments], total)


def _run_pip(command: list[str], total: int = 0) -> None:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", cwd=ROOT
    )
    assert process.stdout is not None  # noqa: S101 (said by PIPE above)
    lines, seen = [], 0
    for line in process.stdout:
        lines.append(line)
        if line.startswith(("Collecting ", "Processing ", "Requirement already")):
            seen += 1
            _count(seen, total, line)
        elif total and line.startswith("Installing collected packages"):
            _say(f"  unpacking {len(line.split(','))} packages")
    if process.wait() != 0:
        raise Refused(_explain("".join(lines)))


def _count(seen: int, total: int, line: str) -> None:
    if total and (seen % 20 == 0 or seen == total):
        what = line.split(": ")[-1].removeprefix("Collecting ").removeprefix("Processing ")
        name = Path(what.split(" ")[0].split("==")[0]).name.strip()
        _say(f"  {seen} of {total} fetched ({name})")


def _explain(output: str) -> str:
    lowered = output.lower()
    if "no space left" in lowered:
        return _DISK_FULL
    if "do not match the hashes" in lowered:
        return "A package does not match its hash in requirements.lock and was not installed:\n" + _end(
            output
        )
    if any(sign in lowered for sign in SIGNS_OF_NO_NETWORK):
        return (
            "The package index cannot be reached, so nothing can be installed. Connect to the internet "
            "(or configure pip for your mirror) and run again; what is already there is kept."
        )
    return "pip could not install the packages. It said:\n" + _end(output)


def _end(output: str) -> str:
    return "\n".join("  " + line for line in output.strip().splitlines()[-12:])


# ---------------------------------------------------------------- one at a time
@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Holds a lock on the lock file, so that two runs started together do not fill one environment."""
    try:
        import fcntl
    except ImportError:  # Windows: a second run at the same moment is left to the person
        yield
        return
    with LOCK.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _say("Another run is setting up in this folder; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
