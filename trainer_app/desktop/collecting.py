"""Keeps Python from throwing away widgets on a worker.

The cyclic garbage collector runs in whatever thread happens to allocate. Widgets are often part of cycles,
and Qt must not see one destroyed outside the screen thread (at best "Timers cannot be stopped from another
thread", at worst a crash). So while workers live, collecting is switched off and done here, by a timer of
the screen thread.
"""

from __future__ import annotations

import gc
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 1000


class ScreenCollector(QObject):
    """Collects as Python's own thresholds say, on the thread it was made on. ``close`` gives collecting
    back.
    """

    _living: ClassVar[int] = 0

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        ScreenCollector._living += 1
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collects the oldest generation whose threshold is passed."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        self._timer.stop()
        ScreenCollector._living -= 1
        if not ScreenCollector._living:
            gc.enable()
