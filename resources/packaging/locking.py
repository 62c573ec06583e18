"""The lock file: every package with its version and hashes, for all systems, in two parts.

The first part is what the program needs (with the server), the second what tests and building add. No address
of a package index is in it, so that every machine uses the one it is configured for.
"""

from __future__ import annotations

import subprocess
import tempfile
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trainer_app.bootstrap import DEV_HEADING, LOCK, ROOT

HEADER = """\
# Made by: python3 -m resources.packaging lock
# Install with: pip install --require-hashes --only-binary :all: -r requirements.lock
"""
COOLING_DAYS = 7  # a release that turns out to be broken or hostile is usually withdrawn within days


def lock(now: datetime | None = None) -> Path:
    """Resolves the dependencies anew and writes ``requirements.lock``; asks the configured package index."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        build_needs = tomllib.load(file)["build-system"]["requires"]
    newest = (now or datetime.now(UTC)) - timedelta(days=COOLING_DAYS)
    with tempfile.TemporaryDirectory() as folder:
        extra, first = Path(folder, "build.in"), Path(folder, "first.txt")
        extra.write_text("\n".join(build_needs))
        app = _resolve(["--extra", "server", str(extra)], newest)
        first.write_text(app)
        everything = _resolve(["--all-extras", str(extra), "--constraint", str(first)], newest)
    LOCK.write_text(f"{HEADER}{app}\n{DEV_HEADING}\n{_beyond(everything, app)}", encoding="utf-8")
    return LOCK


def _resolve(arguments: list[str], newest: datetime) -> str:
    command = [
        "uv", "pip", "compile", "pyproject.toml", *arguments, "--universal", "--generate-hashes",
        "--no-header", "--no-annotate", "--quiet", "--upgrade", "--exclude-newer", newest.isoformat(),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _beyond(everything: str, app: str) -> str:
    """The entries of ``everything`` that ``app`` has not."""
    have = set(_entries(app))
    return "".join(text for name, text in _entries(everything).items() if name not in have)


def _entries(text: str) -> dict[str, str]:
    entries: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith((" ", "#")):
            name = line.split(" \\")[0].strip()
        if name:
            entries[name] = entries.get(name, "") + line
    return entries
