"""``python3 -m resources.packaging``: see ``COMMANDS`` below for what it can make."""

from __future__ import annotations

import importlib
import sys

from trainer_app import bootstrap

#: name -> (module, function, what it does); several are run in this order when none is named
COMMANDS = {
    "lock": ("resources.packaging.locking", "lock", "resolve the dependencies anew into requirements.lock"),
    "words": ("resources.packaging.catalogues", "collect", "collect the program's texts into the catalogues"),
}


def main(arguments: list[str]) -> int:
    """Runs the named tools one after the other."""
    bootstrap.ensure("tests")
    unknown = [name for name in arguments if name not in COMMANDS]
    if unknown or not arguments:
        print("Usage: python3 -m resources.packaging NAME …")
        for name, (_module, _function, what) in COMMANDS.items():
            print(f"  {name:14}{what}")
        return 2 if unknown else 0
    for name in arguments:
        module, function, _what = COMMANDS[name]
        getattr(importlib.import_module(module), function)()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
