"""A centre that takes a stick and is killed, life after life.

    python -m tests.sync.bundle.dying FOLDER DATABASE STICK LIVES

Each life ends with SIGKILL, at the k-th segment or some moment later; the last one is let to finish. Says how
many lives were killed, what the last one took, how much was refused, and whether it replied.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from pathlib import Path

from trainer_app.server.centre import open_centre
from trainer_app.server.config import ServerConfig
from trainer_app.sync.answer import Authority
from trainer_app.sync.bundle.taking import packages, take_bundle

#: A transaction takes a few milliseconds: so much later it may be anywhere in the next one.
LATER_SECONDS = 0.02


def main(folder: str, database: str, stick: str, lives: str) -> None:
    rnd = random.Random(11)  # noqa: S311 - must repeat
    killed = 0
    for k in range(1, int(lives) + 1):
        sys.stdout.flush()
        life = os.fork()
        if life == 0:
            take(folder, database, stick, k, rnd.uniform(0, LATER_SECONDS) if k % 2 else 0.0)
        _pid, status = os.waitpid(life, 0)
        killed += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or status == 0, status
        rnd.random()
    take(folder, database, stick, 0, 0.0, killed)


def take(folder: str, database: str, stick: str, die_at: int, later: float, killed: int = 0) -> None:
    centre = open_centre(ServerConfig(Path(folder), database), create=False)
    authority = Authority(centre.epoch, centre.sample)
    seen = 0

    def die(_share: float) -> None:
        nonlocal seen
        seen += 1
        if seen == die_at and later:
            threading.Timer(later, os.kill, (os.getpid(), signal.SIGKILL)).start()
        elif seen == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    for package in packages(centre.store, authority, Path(stick)):
        taken = take_bundle(centre.store, authority, package.path, die)
        told = (killed, taken.operations, len(taken.refused), taken.reply is not None)
        sys.stdout.write(" ".join(map(str, told)) + "\n")
    centre.close()
    if die_at:
        threading.Event().wait(later * 2)  # the death that is under way
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:5])
