"""The one ``QApplication`` of the process, and the language in which Qt itself writes numbers and dates."""

from __future__ import annotations

import sys

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication


def the_application() -> QApplication:
    """The one there is, or a new one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    made = QApplication(sys.argv[:1])
    made.setApplicationName("trainer-app")
    made.setApplicationDisplayName("Trainer App")
    made.setDesktopFileName("trainer-app")
    return made


def set_locale(language: str) -> None:
    """Follows the language of the words."""
    known = {"id": QLocale.Language.Indonesian, "en": QLocale.Language.English}
    QLocale.setDefault(QLocale(known[language]))
