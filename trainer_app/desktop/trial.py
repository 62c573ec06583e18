"""Trying out with sample data, in a folder of its own that is thrown away at the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trainer_app.desktop.workspace import Workspace


@dataclass(frozen=True)
class Trial:
    """Sample data that is ready: where, who to sign in as, and how to end what was started for it."""

    folder: Path
    staff_id: bytes
    pin: str
    stop: Callable[[], None]


#: Makes or reopens sample data in a folder, telling how far it is (text, share 0 to 1); runs on a worker.
StartTrial = Callable[[Path, Callable[[str, float], None]], Trial]


def wipe_trial(trial: Trial | None, work: Workspace | None, folder: Path) -> None:
    """Ends what was started for trying out and deletes its data; on the store's worker."""
    if work is not None:
        work.close()
    if trial is not None:
        trial.stop()
    shutil.rmtree(folder, ignore_errors=True)
