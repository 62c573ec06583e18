"""Does something a moment later, unless the widget it is for is gone by then.

``QTimer.singleShot`` with a context does not keep that promise in PySide: the slot it makes is looked up by
the address of the context, and when that was freed and given to another widget the call goes astray ("Slot
'…::' not found", or worse). A timer that is a child of the widget dies with it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def later(owner: QObject, deed: Callable[[], object], ms: int = 0) -> QTimer:
    """Calls ``deed`` once after ``ms``, or as soon as Qt has nothing better to do. ``stop`` what comes back
    to forget it.
    """
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    timer.timeout.connect(deed)
    timer.timeout.connect(timer.deleteLater)
    timer.start()
    return timer


def restarting(owner: QObject, after_ms: int, deed: Callable[[], object]) -> QTimer:
    """A timer of ``owner`` that runs ``deed`` so long after its last ``start()``: once for many keys."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(deed)
    return timer
