"""Words a third longer than any we have, with letters of other tongues: nothing is cut."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from tests.desktop.everyone import checks, scenes
from tests.desktop.everyone.laptop import season
from tests.desktop.everyone.stage import NARROW, Stage, staged
from trainer_app import words
from trainer_app.desktop import theme

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support", extend=True)]
_ACCENTS = str.maketrans("aeiouAEIOU", "àéîöûÀÉÎÖÛ")
_KEPT = re.compile(r"(\{[^}]*\}|<[^>]*>|&[^ ]|%\w|\n)")


class PseudoTongue(gettext.NullTranslations):
    """Every text accented and 35 % longer; what stands in braces or marks stays."""

    def gettext(self, message: str) -> str:
        parts = [part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in _KEPT.split(message)]
        letters = sum(len(part) for part in parts)
        return "".join(parts) + " " + "ë" * round(letters * 0.35 - 1) if letters > 3 else "".join(parts)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setitem(words._catalogues, "en", words._Catalogue(PseudoTongue()))
    with staged(season(tmp_path)) as made:
        yield made
    theme.apply(qapp)


@pytest.mark.parametrize("size", [NARROW], ids=["narrow"])
def test_no_page_cuts_words_that_are_longer(stage: Stage, size: QSize) -> None:
    stage.dress("siang", 100, size, "en")
    wrong: dict[str, list[str]] = {}
    for scene in scenes.pages():
        window: QWidget = scene.open(stage)
        found = checks.clipped(window) + checks.out_of_sight(window)
        if found:
            wrong[scene.name] = found
    assert wrong == {}


def test_the_wish_of_the_system_for_contrast_starts_in_terik(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is the system's: no program can set its wish."""
    for wish, look in (
        (Qt.ContrastPreference.HighContrast, "terik"),
        (Qt.ContrastPreference.NoPreference, "siang"),
    ):
        asked = SimpleNamespace(contrastPreference=lambda wish=wish: wish)
        hints = SimpleNamespace(
            accessibility=lambda asked=asked: asked, colorScheme=lambda: Qt.ColorScheme.Light
        )
        monkeypatch.setattr(QGuiApplication, "styleHints", lambda hints=hints: hints)
        assert theme.suggested_look() == look
