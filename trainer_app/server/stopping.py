"""SIGTERM in a worker: not ready first, so that a proxy can look elsewhere, and only then no more
requests.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from types import FrameType

#: So long `/readyz` says no while requests are still answered.
DRAIN_SECONDS = 2.0

_told = threading.Event()


def stopping() -> bool:
    """True once this process was told to stop."""
    return _told.is_set()


def stop_with_parent() -> None:
    """A worker whose parent was killed must not go on alone, out of reach of whoever starts and stops the
    centre.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def drain_before_stopping() -> None:
    """Put the drain before the server's own handler; called in a worker when its server listens to signals
    already.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # a test runs the application in a thread of its own; signals are not for it
    servers_own = signal.getsignal(signal.SIGTERM)

    def handle(sig: int, frame: FrameType | None) -> None:
        def stop() -> None:
            if callable(servers_own):
                servers_own(sig, frame)

        if _told.is_set():
            stop()
            return
        _told.set()
        timer = threading.Timer(DRAIN_SECONDS, stop)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, handle)
