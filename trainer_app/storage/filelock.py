"""A lock between processes: held by an open file, so it ends with the process that held it, however that
ended.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int, wait: bool) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

    def _give_back(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _take(handle: int, wait: bool) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))

    def _give_back(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


class FileLock:
    """Exclusive between processes and between two locks of one process. The file itself stays behind, empty.

    As a context manager it waits (Windows gives up after ten seconds with ``OSError``); ``try_acquire`` does
    not.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """True while this object has the lock."""
        return self._handle is not None

    def try_acquire(self) -> bool:
        """Take the lock now; False when somebody else has it. ``OSError`` where no file can be made."""
        return self._acquire(wait=False)

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            try:
                _give_back(handle)
            finally:
                os.close(handle)

    def __enter__(self) -> FileLock:
        self._acquire(wait=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _acquire(self, *, wait: bool) -> bool:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(handle, wait)
        except OSError as fault:
            os.close(handle)
            if wait or not isinstance(fault, (BlockingIOError, PermissionError)):
                raise
            return False
        self._handle = handle
        return True
