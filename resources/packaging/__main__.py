"""``python3 -m resources.packaging``: see ``COMMANDS`` below for what it can make."""

from __future__ import annotations

import importlib
import sys

from resources.packaging.failures import BuildFailed
from trainer_app import bootstrap
from trainer_app.bootstrap import system

#: name -> (module, function, what it does)
COMMANDS = {
    "lock": ("resources.packaging.locking", "lock", "resolve the dependencies anew into requirements.lock"),
    "linux": (
        "resources.packaging.linux_build",
        "build",
        "build the Debian package and the archive into dist/",
    ),
    "windows": ("resources.packaging.windows_build", "build", "build Setup.exe for Windows into dist/"),
    "check-linux": (
        "resources.packaging.linux_check",
        "check",
        "install, start and remove it on a clean system",
    ),
    "check-windows": (
        "resources.packaging.windows_check",
        "check",
        "install, start and remove it under wine",
    ),
    "words": ("resources.packaging.catalogues", "collect", "collect the program's texts into the catalogues"),
}


def main(arguments: list[str]) -> int:
    """Runs the named tools one after the other."""
    bootstrap.ensure("tests")
    unknown = [name for name in arguments if name not in COMMANDS]
    if unknown or not arguments:
        print(
            "Usage: python3 -m resources.packaging NAME …     (to hand out: linux windows; then both checks)"
        )
        for name, (_module, _function, what) in COMMANDS.items():
            print(f"  {name:14}{what}")
        return 2 if unknown else 0
    for name in arguments:
        print(f"== {name}", flush=True)
        module, function, _what = COMMANDS[name]
        try:
            getattr(importlib.import_module(module), function)()
        except (BuildFailed, system.Refused) as reason:
            print(f"\n{name} stopped: {reason}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
