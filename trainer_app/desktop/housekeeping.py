"""What the program does by itself while somebody works: makes what arrived searchable, forgets the bytes of
photos that were taken away, and makes the backup of the day, where it is in nobody's way.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from trainer_app.desktop.background import Background
from trainer_app.desktop.workspace import Workspace, is_sample
from trainer_app.records.clock import HOUR_MS
from trainer_app.records.problem import Problem

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

EVERY_MS = 4 * HOUR_MS

_log = logging.getLogger(__name__)


class Housekeeper(QObject):
    """``begin`` at each sign-in, ``stop`` before the store is closed."""

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._work: Workspace | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._keep)

    def begin(self, work: Workspace) -> None:
        """Now, and every few hours."""
        self._work = work
        self._keep()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._work = None

    def _keep(self) -> None:
        work = self._work
        if work is None or work.store is None:
            return
        self._background.run(partial(_tidy, work.store))
        if not is_sample(work.store):
            # on the other worker: copying a large file may take seconds, and saves must not wait for it
            self._background.run(partial(_back_up, work), lane="network", failed=_note_failed)


def _tidy(store: Store) -> None:
    from trainer_app.storage.blobs import sweep_daily
    from trainer_app.storage.examining import look_through

    look_through(store)
    sweep_daily(store)


def _back_up(work: Workspace) -> None:
    from trainer_app.storage.backup import daily_backup

    if work.store is not None:
        daily_backup(work.folder, work.store.db, work.key)


def _note_failed(problem: Problem) -> None:
    """A full disk is told when somebody saves; here it would only be in the way."""
    _log.info("no backup today: %s", problem.code)
