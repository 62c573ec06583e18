"""The last catcher: a ``Problem`` becomes a sentence, anything else is logged and can be copied for support.

What a person saved is in the store by then; the sheet says so, because it is the first thing they fear.
"""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from trainer_app import __version__
from trainer_app.desktop import ask
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.log import mask
from trainer_app.records.problem import Problem
from trainer_app.words import _

_log = logging.getLogger(__name__)


class Catcher:
    """Shows faults over the window that ``window`` names at that moment; one sheet at a time."""

    def __init__(self, window: Callable[[], QWidget | None]) -> None:
        self._window = window
        self._sheet: Sheet | None = None
        self._hooks: tuple[object, object] | None = None

    def install(self) -> None:
        """Catches what no code caught, in slots and in threads, until ``remove``."""
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread

    def remove(self) -> None:
        if self._hooks is not None:
            sys.excepthook, threading.excepthook = self._hooks  # type: ignore[assignment]  # as they were found
            self._hooks = None

    def caught(self, fault: BaseException) -> None:
        """On the screen thread: shows a ``Problem``, logs and shows anything else."""
        if isinstance(fault, Problem):
            self.show_problem(fault)
            return
        details = details_of(fault)
        _log.error("a fault of the program\n%s", details)
        self._show(
            _("Ada yang tidak beres"),
            _(
                "Catatan yang sudah tersimpan tetap aman di laptop ini. "
                "Bila terulang, salin rincian ini untuk pengawas."
            ),
            details,
        )

    def show_problem(self, problem: Problem) -> None:
        """One sentence and one button; the small code is for support."""
        self._show(_("Belum bisa"), problem.message, "")

    def _show(self, title: str, text: str, details: str) -> None:
        window = self._window()
        if window is None or not window.isVisible() or self._sheet is not None:
            return
        choices = [("ok", _("Mengerti"), "primary")]
        if details:
            choices.append(("copy", _("Salin rincian"), "secondary"))
        self._sheet = ask.ask(
            window, title, text, choices, lambda key: self._answered(key, details), "triangle-alert"
        )

    def _answered(self, key: str, details: str) -> None:
        self._sheet = None
        if key == "copy":
            QGuiApplication.clipboard().setText(details)

    def _uncaught(self, kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if isinstance(fault, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        self.caught(fault.with_traceback(trace))

    def _uncaught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            _log.error(
                "a fault in thread %s\n%s", args.thread and args.thread.name, details_of(args.exc_value)
            )


def details_of(fault: BaseException) -> str:
    """What support needs to know, without anything that could point at a person."""
    versions = f"Trainer App {__version__} · Python {platform.python_version()} · Qt {qVersion()}"
    head = f"{versions} · {platform.platform()}"
    return mask(f"{head}\n{''.join(traceback.format_exception(fault))}")
