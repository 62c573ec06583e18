"""Pictures of the real pages, for the README and for people to judge.

    python -m tests.desktop.pictures FOLDER

The sample village is filled anew, the window opens it without a screen, and each page is saved as it looks at
1366x700.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QSize
from PySide6.QtWidgets import QApplication

from trainer_app.commands.demo_village import TRAINER_PIN, build
from trainer_app.desktop.app import App
from trainer_app.records.kinds import Person, Session

SIZE = QSize(1366, 700)
SETTLED_MS, LONGEST_MS = 1500, 60_000


def main(folder: Path) -> None:
    """Save a picture of each page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        village = build(Path(made) / "contoh", print)
        try:
            person = village.store.find(Person, order="full_name", limit=1)[0].id
            session = village.store.find(Session, {"state": "terjadwal"}, order="starts_at", limit=1)[0].id
            village.store.close()
            _walk(village.laptop_folder, village.trainer, folder, person, session)
        finally:
            village.stop()


def _walk(laptop: Path, trainer: bytes, folder: Path, person: bytes, session: bytes) -> None:
    app = App(laptop)
    app.window.resize(SIZE)
    app.start()
    _wait(lambda: False, SETTLED_MS)
    _save(app, folder / "lock.png")
    app.background.run(lambda: app.work.open(trainer, TRAINER_PIN), app.signed_in)
    _wait(lambda: not app.locked, LONGEST_MS)
    for key, args in (
        ("today", {}),
        ("register", {}),
        ("participants", {}),
        ("person", {"id": person}),
        ("sessions", {}),
        ("attendance", {"session": session}),
        ("send", {}),
        ("help", {}),
    ):
        if app.frame is not None:
            app.frame.go(key, **args)
        _wait(lambda: False, SETTLED_MS)
        _save(app, folder / f"{key}.png")
    app.shut_down()


def _save(app: App, path: Path) -> None:
    app.window.resize(SIZE)
    app.window.grab().save(str(path))


def _wait(until: Callable[[], bool], milliseconds: int) -> None:
    deadline = QDeadlineTimer(milliseconds)
    while not deadline.hasExpired() and not until():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]))
