"""One of two processes that write into one database at the same time.

    python -m tests.faults.writer laptop FOLDER COUNT
    python -m tests.faults.writer centre FOLDER COUNT [DATABASE]

tells line by line what it was told by the program, and goes on when it reads a line.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.faults.lives import KEY, STAFF
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import CENTRE_AREA, Person, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.problem import StoreProblem
from trainer_app.server.centre import open_centre
from trainer_app.server.config import ServerConfig
from trainer_app.storage.opening import open_store
from trainer_app.storage.store import Store

#: A person who was refused tries again.
PAUSE_SECONDS = 0.002


def _tell(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - the other process reads it


def _opened(folder: Path) -> Store:
    while True:
        try:
            return open_store(folder, KEY)
        except StoreProblem as problem:
            _tell("refused", problem.code, problem)
            threading.Event().wait(PAUSE_SECONDS)


def laptop(folder: Path, count: int) -> None:
    """Open, save somebody, close, and again; the first time it stays open until a line is read."""
    for number in range(count):
        store = _opened(folder)
        person = new_id()
        values = {"full_name": "Siti CONTOH", "village": "53.01.08.2006"}
        store.save([Edit(Person, person, 5301, values)], STAFF)
        _tell("saved", person.hex())
        if number == 0:
            sys.stdin.readline()
        store.close()


def centre(folder: Path, count: int, database: str = "") -> None:
    """Say something in the feed of the centre, over and over, from the moment that a line is read."""
    opened = open_centre(ServerConfig(folder, database))
    _tell("ready")
    sys.stdin.readline()
    for _number in range(count):
        staff = new_id()
        opened.save([Edit(Staff, staff, CENTRE_AREA, {"full_name": "Siti CONTOH", "role": "pelatih"})])
        _tell("saved", staff.hex())
    opened.close()


if __name__ == "__main__":
    who, where, how_often, *rest = sys.argv[1:]
    if who == "laptop":
        laptop(Path(where), int(how_often))
    else:
        centre(Path(where), int(how_often), *rest)
