"""What the packaged program for Linux starts with."""

from __future__ import annotations

import multiprocessing
import sys

from trainer_app.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # the centre's workers are started as copies of this program
    sys.exit(main())
