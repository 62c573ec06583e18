"""`trainer-app`: the window that trainers work with."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.words import N_

if TYPE_CHECKING:
    from trainer_app.desktop.hosting import OpenHub
    from trainer_app.desktop.trial import Trial
    from trainer_app.storage.store import Store

HELP = N_("Buka aplikasi (bawaan).")
#: How often filling the sample village says what it is at; the bar of the wizard moves by it.
STEPS_TOLD = 5


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None: everything is chosen in the window."""


def run(_args: argparse.Namespace) -> int:
    """Run until the window closes."""
    from trainer_app.desktop.app import run as run_desktop

    return run_desktop(start_trial=start_trial, start_hub=start_hub)


def start_hub(store: Store, changed: Callable[[], None]) -> OpenHub:
    """Take in from trainers' laptops over Wi-Fi; how, is no business of the desktop."""
    from trainer_app.commands.hub import ListeningHub

    return ListeningHub(store, changed=changed)


def start_trial(folder: Path, say: Callable[[str, float], None]) -> Trial:
    """Fill a sample village in `folder` for somebody who wants to try first; its centre runs until `stop`."""
    from trainer_app.commands.demo_village import TRAINER_PIN, build
    from trainer_app.desktop.trial import Trial

    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        say(text, min(0.95, len(told) / STEPS_TOLD))

    village = build(folder / "desa", tell)
    village.store.close()
    return Trial(village.laptop_folder, village.trainer, TRAINER_PIN, village.stop)
