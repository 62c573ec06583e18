"""What the packaged program starts with, on Linux and on Windows."""

from __future__ import annotations

import multiprocessing
import sys

if __name__ == "__main__":
    # the usual sign that sys.executable is this program and not a Python to be given "-m trainer_app"
    sys.frozen = True  # type: ignore[attr-defined]  # not declared, but looked for by many
    multiprocessing.freeze_support()  # the centre's workers are started as copies of this program
    from trainer_app.__main__ import main

    sys.exit(main())
