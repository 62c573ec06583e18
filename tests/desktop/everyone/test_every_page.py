"""Every page, gate and sheet in looks, sizes and languages: named, whole, large enough, dressed, lettered.

By default a spread of the product; all of it with ``python3 -m tests everyone``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from tests.desktop.everyone import checks, scenes
from tests.desktop.everyone.laptop import season
from tests.desktop.everyone.stage import NARROW, WIDE, Stage, staged
from tests.desktop.everyone.walking import walk
from trainer_app.desktop import theme
from trainer_app.desktop.pages import PAGES
from trainer_app.words import LANGUAGES

Dress = tuple[str, int, QSize, str]
pytestmark = [
    # a dialog for files is Qt's own here; the platform without a screen says so
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]
SPREAD: list[Dress] = [
    ("siang", 100, WIDE, "id"),
    ("terik", 130, NARROW, "en"),
    ("malam", 150, WIDE, "en"),
    ("siang", 150, NARROW, "id"),
    ("malam", 100, NARROW, "id"),
]
EVERYTHING: list[Dress] = list(product(theme.LOOKS, (100, 130, 150), (WIDE, NARROW), LANGUAGES))


def told(dress: Dress) -> str:
    return f"{dress[0]}-{dress[1]}-{dress[2].width()}-{dress[3]}"


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    with staged(season(tmp_path)) as made:
        yield made
    theme.apply(qapp)


def _look_at_everything(stage: Stage) -> tuple[dict[str, list[str]], set[str]]:
    wrong: dict[str, list[str]] = {}

    def look(name: str, window: QWidget) -> None:
        found = checks.faults(window)
        if found:
            wrong[name] = found

    return wrong, walk(stage, look)


@pytest.mark.parametrize("dress", SPREAD, ids=told)
def test_everything_in_a_spread_of_looks(stage: Stage, dress: Dress) -> None:
    stage.dress(*dress)
    wrong, _seen = _look_at_everything(stage)
    assert wrong == {}


@pytest.mark.everyone
@pytest.mark.parametrize("dress", [d for d in EVERYTHING if d not in SPREAD], ids=told)
def test_everything_in_every_look(stage: Stage, dress: Dress) -> None:
    stage.dress(*dress)
    wrong, _seen = _look_at_everything(stage)
    assert wrong == {}


def test_every_page_and_every_sheet_is_walked(stage: Stage) -> None:
    names = {scene.name for scene in scenes.pages()}
    assert {entry.key for entry in PAGES} <= names
    assert scenes.ARGUMENTS.keys() <= names, "a page that is gone"
    seen = walk(stage, lambda _name, _window: None, gates=False)
    missing = {cls.__name__ for cls in scenes.sheet_classes()} - seen
    assert missing == set(), "no key press opens them: give each a line in scenes.SHEETS"
