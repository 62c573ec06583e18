"""Which USB sticks are plugged in.

They are looked for while the page that sends is on screen, away from the screen thread: a dying one can
keep whoever asks it waiting.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStorageInfo, QTimer, Signal

from trainer_app.desktop.background import Background

LOOK_MS = 2_000
#: Where the desktops of Linux and macOS put what is plugged in.
_MOUNTED_UNDER = ("/media/", "/run/media/", "/Volumes/")
_DRIVE_REMOVABLE = 2  # what GetDriveTypeW of Windows says of a stick


@dataclass(frozen=True, slots=True)
class Stick:
    """One that can be read. `free_bytes` is 0 when it may not be written."""

    folder: Path
    name: str
    free_bytes: int


def find_sticks() -> list[Stick]:
    """What is plugged in now, by where it is mounted."""
    found = [
        Stick(
            Path(volume.rootPath()),
            volume.displayName(),
            0 if volume.isReadOnly() else max(0, volume.bytesAvailable()),
        )
        for volume in QStorageInfo.mountedVolumes()
        if volume.isValid() and volume.isReady() and not volume.isRoot() and _is_stick(volume.rootPath())
    ]
    return sorted(found, key=lambda stick: str(stick.folder))


def _is_stick(root: str) -> bool:
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(root) == _DRIVE_REMOVABLE)
    return root.startswith(_MOUNTED_UNDER)


class StickWatch(QObject):
    """Looks every two seconds while it is on; ``changed`` when a stick came or went or has other room."""

    changed = Signal()

    def __init__(self, background: Background, find: Callable[[], list[Stick]] = find_sticks) -> None:
        super().__init__()
        self.sticks: list[Stick] = []
        self._background, self._find = background, find
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def set_on(self, on: bool) -> None:
        """Look from now on, or no more."""
        if on and not self._timer.isActive():
            self._timer.start()
            self.look()
        elif not on:
            self._timer.stop()

    def look(self) -> None:
        """Look now. While an answer is awaited nothing more is asked."""
        if not self._looking:
            self._looking = True
            self._background.run(self._find, self._found, done=self._looked, lane="network", owner=self)

    def _looked(self) -> None:
        self._looking = False

    def _found(self, sticks: list[Stick]) -> None:
        if sticks != self.sticks:
            self.sticks = sticks
            self.changed.emit()
