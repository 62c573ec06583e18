"""Where things lie in a checkout, and whether its environment was made from what lies there now."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
STAMP = ENVIRONMENT / "trainer-app.json"
DEV_HEADING = "# ---- only for tests and building ----"


def is_checkout() -> bool:
    """False for an installed program."""
    return PROJECT.is_file()


def up_to_date(need: str) -> bool:
    """Whether this process runs in an environment that fits the lock file.

    True too for every environment that ``bootstrap`` did not make: what is in it is its owner's affair.
    """
    if os.path.realpath(sys.prefix) != os.path.realpath(ENVIRONMENT):
        return True
    made = read_stamp()
    if not made or (made.get("files") == files() and _does(made, need)):
        return True
    return satisfies(made, need)


def satisfies(made: dict[str, object], need: str) -> bool:
    """Whether an environment with this stamp can do what is needed."""
    return made.get("sources") == stamp(need)["sources"] and _does(made, need)


def _does(made: dict[str, object], need: str) -> bool:
    return made.get("root") == str(ROOT) and (bool(made.get("tests")) or need == "app")


def stamp(need: str) -> dict[str, object]:
    """What an environment is made from, to be kept in it."""
    import hashlib
    import tomllib  # not in the older Pythons that have been turned away by now

    declared = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    installed = [declared["build-system"], declared["project"], declared.get("tool", {}).get("setuptools")]
    digest = hashlib.sha256(json.dumps(installed).encode() + (LOCK.read_bytes() if LOCK.is_file() else b""))
    return {"sources": digest.hexdigest(), "root": str(ROOT), "tests": need == "tests", "files": files()}


def files() -> list[int]:
    """A quick sign that nothing was touched since, without reading the files."""
    return [path.stat().st_mtime_ns for path in (LOCK, PROJECT) if path.is_file()]


def read_stamp() -> dict[str, object]:
    """The stamp of ``.venv``; empty when it has none."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
