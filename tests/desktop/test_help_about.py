"""The page that says what the program is made of names everything that is handed out with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from pytestqt.qtbot import QtBot

from tests.desktop.desks import made_window
from trainer_app.desktop import theme
from trainer_app.desktop.pages.help_about import COMPONENTS, data_sources
from trainer_app.desktop.parts.text import Text

ROOT = Path(__file__).parents[2]
LAPTOPS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "extra": ""},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "extra": ""},
)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).casefold()


def needed(requirements: Iterable[str], known: set[str]) -> set[str]:
    """Every package behind these, on Linux and on Windows. One for the other system may not be installed."""
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        if plain(requirement.name) in known or (marker and not any(map(marker.evaluate, LAPTOPS))):
            continue
        known.add(plain(requirement.name))
        try:
            needed(metadata.requires(requirement.name) or [], known)
        except metadata.PackageNotFoundError:
            continue
    return known


def named() -> set[str]:
    return {plain(part) for name, _licence in COMPONENTS for part in name.split(", ")}


def test_every_package_behind_the_program_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = needed(project["dependencies"], set())
    assert {"zeroconf", "certifi", "pyside6-essentials"} <= wanted
    assert wanted - named() == set()


def test_fonts_icons_and_places_have_their_licence() -> None:
    fonts = {entry.name for entry in theme.resource("fonts").iterdir() if entry.name.startswith("LICENSE-")}
    shown = {re.sub(r"\W", "", name) for name, _licence in COMPONENTS}
    assert fonts
    for name in fonts:
        assert name.removeprefix("LICENSE-").removesuffix(".txt") in shown
    assert "Lucide" in shown
    assert any("wilayah" in name for name, _licence in data_sources())


def test_licences_are_on_the_page(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        made: Any = app
        made.go("help", section="about")
        shown = [label.text() for label in made.frame.page.about.findChildren(Text)]
        for name, licence in (*COMPONENTS, *data_sources()):
            assert name in shown
            assert licence in shown


@pytest.mark.parametrize("pair", COMPONENTS)
def test_no_licence_is_empty(pair: tuple[str, str]) -> None:
    assert all(pair)
