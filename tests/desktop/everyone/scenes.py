"""What is looked at: every page of ``PAGES``, the gates, and the sheets.

A page that needs to be told what to show has its arguments in ``ARGUMENTS``; any other is opened as the menu
does. The sheets that one control opens are found by pressing every button of every page with the keyboard
(``press_everything``); those that need more have a line in ``SHEETS``. A sheet that neither finds makes
``test_every_sheet_was_seen`` fail.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

import trainer_app.desktop
from tests.desktop.everyone.laptop import photo
from tests.desktop.everyone.stage import Stage
from trainer_app.desktop.pages import PAGES
from trainer_app.desktop.parts.rail import Rail
from trainer_app.desktop.parts.sheet import Sheet

#: What pages that show one thing are told.
ARGUMENTS: dict[str, Callable[[Stage], dict[str, Any]]] = {
    "person": lambda s: {"id": s.season.person},
    "attendance": lambda s: {"session": s.season.session},
    "assessment": lambda s: {"batch": s.season.batch},
    "visit": lambda s: {"person": s.season.person},
}
#: Parts of a page that are a screen of their own.
VIEWS = {
    "help-settings": ("help", {"section": "settings"}),
    "help-about": ("help", {"section": "about"}),
}
#: What is no control for trying: it ends the session, or goes to the system.
NOT_PRESSED = {"Kunci layar (Ctrl+L)", "Lock screen (Ctrl+L)"}


@dataclass(frozen=True)
class Scene:
    """`open` brings it on screen and gives the window it is in."""

    name: str
    open: Callable[[Stage], QWidget]


def _page(key: str) -> Callable[[Stage], QWidget]:
    def opened(stage: Stage) -> QWidget:
        return stage.go(key, **ARGUMENTS.get(key, lambda _stage: {})(stage))

    return opened


def _view(key: str, args: dict[str, Any]) -> Callable[[Stage], QWidget]:
    return lambda stage: stage.go(key, **args)


def pages() -> list[Scene]:
    """Every page there is, also one that was added a moment ago."""
    made = [Scene(entry.key, _page(entry.key)) for entry in PAGES]
    return made + [Scene(name, _view(key, args)) for name, (key, args) in VIEWS.items()]


# ---------------------------------------------------------------- gates
def _lock(stage: Stage) -> QWidget:
    stage.app.lock()
    stage.settle()
    stage.activate(stage.window)
    return stage.window


def _wizard(step: str) -> Callable[[Stage], QWidget]:
    def opened(stage: Stage) -> QWidget:
        stage.app.lock()
        stage.app.open_wizard(step)
        stage.settle()
        stage.activate(stage.window)
        return stage.window

    return opened


GATES = [Scene("lock", _lock), Scene("wizard-language", _wizard("")), Scene("wizard-enrol", _wizard("enrol"))]


def leave_gate(stage: Stage) -> None:
    """Back to the pages."""
    stage.app.wizard = None
    stage.sign_in()


# ---------------------------------------------------------------- sheets
def sheet_classes() -> set[type[Sheet]]:
    """Every sheet of the program; those that only others are built on are left out."""
    for module in pkgutil.walk_packages(trainer_app.desktop.__path__, "trainer_app.desktop."):
        importlib.import_module(module.name)
    found: set[type[Sheet]] = set()
    waiting = [Sheet]
    while waiting:
        cls = waiting.pop()
        below = [c for c in cls.__subclasses__() if c.__module__.startswith("trainer_app.")]
        if cls is not Sheet and not below:
            found.add(cls)
        waiting += below
    return found


def _opened(make: Callable[[Stage], Sheet | None]) -> Callable[[Stage], QWidget]:
    def opened(stage: Stage) -> QWidget:
        sheet = make(stage)
        if sheet is not None:
            sheet.open()
        stage.settle()
        front = stage.front()
        assert front is not None
        stage.activate(front)
        return front

    return opened


def _new_photo(stage: Stage) -> Sheet:
    from trainer_app.desktop.pages.person_photos import NewPhotoSheet

    return NewPhotoSheet(stage.window, photo("teal"), lambda _sheet: None)


def _take(stage: Stage) -> Sheet:
    from trainer_app.desktop.pages.send_stick import TakeSheet

    assert stage.app.desk is not None
    return TakeSheet(stage.app.desk, Path(stage.season.folder), lambda _packages: None)


def _join_again(stage: Stage) -> Sheet:
    from trainer_app.desktop.pages.join_again import JoinAgainSheet

    assert stage.app.desk is not None
    return JoinAgainSheet(stage.app.desk, lambda: None)


def _question(stage: Stage) -> None:
    assert stage.app.desk is not None
    choices = [("yes", "Keluarkan", "primary"), ("", "Kembali", "secondary")]
    stage.app.desk.ask(
        "Keluarkan CONTOH?", "PIN-nya tidak membuka laptop ini lagi.", choices, lambda _k: None, "user"
    )


def _guest(stage: Stage) -> Sheet:
    from trainer_app.desktop.pages.people_picker import GuestPicker
    from trainer_app.records.kinds import Session

    desk = stage.app.desk
    assert desk is not None
    session = desk.store.get(Session, stage.season.session)
    assert session is not None
    return GuestPicker(stage.window, desk, session, "Siti")


def _supervisor(stage: Stage) -> Sheet:
    from trainer_app.desktop.pages.send_supervisor import SupervisorSheet

    assert stage.app.desk is not None
    return SupervisorSheet(stage.app.desk, lambda _person: None)


def _evidence(stage: Stage) -> Sheet:
    from trainer_app.actions.milestones import REACHED, Finding
    from trainer_app.desktop.pages.visit_sheets import EvidenceSheet
    from trainer_app.records.ladder import steps
    from trainer_app.storage.ladder_queries import Rung

    desk = stage.app.desk
    assert desk is not None
    finding = Finding("T3", REACHED, desk.today())
    return EvidenceSheet(stage.window, desk, Rung(steps()[3]), finding, lambda _found: None)


#: Sheets that one press does not open.
SHEETS = [
    Scene("EvidenceSheet", _opened(_evidence)),
    Scene("GuestPicker", _opened(_guest)),
    Scene("SupervisorSheet", _opened(_supervisor)),
    Scene("NewPhotoSheet", _opened(_new_photo)),
    Scene("TakeSheet", _opened(_take)),
    Scene("JoinAgainSheet", _opened(_join_again)),
    Scene("question", _opened(_question)),
]


# ---------------------------------------------------------------- pressing
def may_be_pressed(path: str) -> bool:
    """Whether trying it leaves one where one is. A choice opens nothing, and may change the whole window."""
    return not path.startswith("_ChoiceButton") and not any(name in path for name in NOT_PRESSED)


def controls(window: QWidget) -> Iterator[tuple[str, QAbstractButton]]:
    """The buttons of a page that the keyboard can press, each with a name of its own."""
    seen: dict[str, int] = {}
    for button in window.findChildren(QAbstractButton):
        if not (button.isVisible() and button.isEnabled()):
            continue
        if button.focusPolicy() == Qt.FocusPolicy.NoFocus or isinstance(button.parentWidget(), Rail):
            continue
        name = f"{type(button).__name__} {button.accessibleName()}"
        seen[name] = seen.get(name, 0) + 1
        yield f"{name} #{seen[name]}", button


def find(window: QWidget, path: str) -> QAbstractButton | None:
    return next((button for name, button in controls(window) if name == path), None)


def press_by_key(stage: Stage, button: QAbstractButton) -> QDialog | None:
    """Gives a button the focus and presses Space; what opened, if anything did."""
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    stage.press(Qt.Key.Key_Space)
    stage.settle()
    return stage.front()
