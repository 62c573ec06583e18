"""A centre that takes a stick, or a laptop that takes the reply or saves, killed life after life.

    python -m tests.sync.bundle.dying centre FOLDER DATABASE STICK LIVES
    python -m tests.sync.bundle.dying home|save FILE - STICK LIVES

Each life ends with SIGKILL: at the centre at the k-th segment or some moment later, on the laptop at any
moment; the last one is let to finish. Says how many lives were killed; of a centre also what the last one
took, how much was refused, and whether it replied.
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
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.store import Store
from trainer_app.sync.answer import Authority
from trainer_app.sync.bundle.homecoming import replies, take_reply
from trainer_app.sync.bundle.packing import export_bundle
from trainer_app.sync.bundle.taking import packages, take_bundle

#: A transaction takes a few milliseconds: so much later it may be anywhere in the next one.
LATER_SECONDS = 0.02
#: Saving, or taking a reply, takes about so long.
LAPTOP_SECONDS = 0.15


def main(who: str, where: str, database: str, stick: str, lives: str) -> None:
    rnd = random.Random(11)  # noqa: S311 - must repeat
    killed = 0
    for k in range(1, int(lives) + 1):
        moment = rnd.random()
        sys.stdout.flush()
        life = os.fork()
        if life == 0:
            if who == "centre":
                take(where, database, stick, k, moment * LATER_SECONDS if k % 2 else 0.0)
            else:
                at_laptop(who, where, stick, moment * LAPTOP_SECONDS)
        _pid, status = os.waitpid(life, 0)
        killed += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or status == 0, status
    if who == "centre":
        take(where, database, stick, 0, 0.0, killed)
    else:
        sys.stdout.write(f"{killed}\n")
        sys.stdout.flush()
        at_laptop(who, where, stick, None)


def at_laptop(who: str, path: str, stick: str, later: float | None) -> None:
    """A life that saves to the stick, or takes what is for it there."""
    store = Store(open_sqlite(Path(path), bytes(32)))
    if later is not None:
        threading.Timer(later, os.kill, (os.getpid(), signal.SIGKILL)).start()
    if who == "save":
        export_bundle(store, Path(stick))
    else:
        for reply in replies(store, Path(stick)):
            take_reply(store, reply)
    store.close()
    if later is not None:
        threading.Event().wait(later * 2)  # the death that is under way
    os._exit(0)


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
    main(*sys.argv[1:6])
