"""The pages of sessions and attendance at every size, in every look, and in a language of longer words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import Room, classroom
from tests.desktop.gallery import NAMES
from tests.desktop.registering import CONTROL
from tests.desktop.test_parts_look import clipped, describe, visible
from trainer_app import words
from trainer_app.actions.attendance import record_attendance
from trainer_app.desktop.parts import mnemonic
from trainer_app.desktop.parts.tiles import AttendanceTile
from trainer_app.desktop.parts.toast import Toast

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY = Qt.Key
SIZES = [
    ("siang", 1366, 700, 100),
    ("terik", 1093, 614, 100),
    ("malam", 1366, 700, 130),
    ("siang", 1366, 700, 150),
]


@pytest.fixture(params=SIZES, ids=lambda p: "-".join(map(str, p)))
def room(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    look, width, height, text_size = request.param
    with classroom(qtbot, tmp_path, NAMES) as made:
        _dress(made, look=look, text_size=text_size)
        made.app.window.resize(width, height)
        yield made


def _dress(room: Room, **changes: Any) -> None:
    before = room.app.frame
    room.app.change_settings(**changes)
    settings = room.app._settings
    if any(getattr(settings, name) != getattr(type(settings)(), name) for name in changes):
        room.qtbot.waitUntil(lambda: room.app.frame is not before)


def half_marked(room: Room) -> None:
    ids = list(room.people.values())
    from tests.desktop.desks import TRAINER

    for status, some in (("H", ids[:20]), ("T", ids[20:23]), ("I", ids[23:24]), ("A", ids[24:26])):
        record_attendance(room.store, room.session, some, status, TRAINER, method="petak")


def screens(room: Room) -> Iterator[tuple[str, QWidget]]:
    """Each page and sheet in turn, as people come to them."""
    room.go("sessions")
    yield "sessions", room.page
    room.keys.press(KEY.Key_B, CONTROL)
    yield "session sheet", room.sheet()
    room.keys.press(KEY.Key_Escape)
    for name, button in (("batch sheet", room.page.new_batch), ("people", room.page.people)):
        button.click()
        yield name, room.sheet()
        room.keys.press(KEY.Key_Escape)
    half_marked(room)
    page = room.go("attendance", session=room.session.id)
    room.keys.press(KEY.Key_Space)
    room.settle()
    yield "attendance", page
    page.newcomers.add()
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    yield "walk-in", room.sheet()
    room.keys.press(KEY.Key_Escape)
    page.newcomers.find("si")
    yield "guest", room.sheet()
    room.keys.press(KEY.Key_Escape)
    if room.sheet() is not None:
        room.keys.press(KEY.Key_Escape)
    page.close_button.click()
    yield "closing", room.sheet()
    room.keys.enter()
    room.settle()
    yield "closed", page


def faults(room: Room, what: QWidget) -> list[str]:
    """Everything that is wrong with what is shown."""
    found = []
    window = what.window()
    width, height = room.app.window.width(), room.app.window.height()
    if window.width() > width or window.height() > height:
        found.append(f"{window.size().toTuple()} is larger than the window")
    for widget in visible(what):
        ends_in_dots = type(widget).__name__ == "_OneLine"
        if isinstance(widget, Toast) or isinstance(widget.parentWidget(), Toast) or ends_in_dots:
            continue
        if why := clipped(widget):
            found.append(f"{describe(widget)}: {why}")
        place = widget.mapTo(window, widget.rect().topLeft())
        if place.x() < 0 or place.x() + widget.width() > window.width() + 1:
            found.append(f"{describe(widget)} reaches over the side")
        focusable = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not widget.focusProxy()
        if focusable and not widget.accessibleName().strip() and "Scroll" not in type(widget).__name__:
            found.append(f"{describe(widget)} has no name")
        if isinstance(widget, QAbstractButton | QLineEdit):
            least = 44 if isinstance(widget, AttendanceTile) else 36
            if type(widget).__name__ != "QAbstractButton" and widget.height() < least:
                found.append(f"{describe(widget)} is {widget.height()} px high")
    return found


def letters(what: QWidget) -> list[str]:
    """The Alt-letters on a screen."""
    found = []
    for widget in visible(what):
        text = getattr(widget, "text", None)
        if isinstance(widget, QLineEdit | AttendanceTile) or not callable(text):
            continue
        if letter := mnemonic.letter(str(text()).replace("&&", "")):
            found.append(letter)
    return found


def test_every_screen_is_whole_at_every_size(room: Room) -> None:
    wrong = {name: found for name, what in screens(room) if (found := faults(room, what))}
    assert wrong == {}


@pytest.mark.parametrize("text_size", [100, 130])
def test_longer_words_find_room(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text_size: int
) -> None:
    """A language whose words are 35 % longer than Indonesian ones."""
    plain: Callable[..., str] = words._Catalogue.one

    def longer(self: words._Catalogue, msgid: str) -> str:
        text = plain(self, msgid)
        return text + "".join("ng"[place % 2] for place in range(round(len(text) * 0.35)))

    with classroom(qtbot, tmp_path, NAMES) as room:
        monkeypatch.setattr(words._Catalogue, "one", longer)
        _dress(room, text_size=text_size, look="terik")
        room.app.window.resize(1366, 700)
        wrong = {name: found for name, what in screens(room) if (found := faults(room, what))}
    assert wrong == {}


@pytest.mark.parametrize("language", ["id", "en"])
def test_alt_letters_are_unique_on_every_screen(qtbot: QtBot, tmp_path: Path, language: str) -> None:
    with classroom(qtbot, tmp_path) as room:
        _dress(room, language=language)
        twice = {
            name: found for name, what in screens(room) if len(found := letters(what)) != len(set(found))
        }
    assert twice == {}
