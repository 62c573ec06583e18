"""`trainer-app`: the window that trainers work with."""

from __future__ import annotations

import argparse

from trainer_app.words import N_

HELP = N_("Buka aplikasi (bawaan).")


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None: everything is chosen in the window."""


def run(_args: argparse.Namespace) -> int:
    """Run until the window closes."""
    from trainer_app.desktop.app import run as run_desktop

    return run_desktop()
