"""The walk: each scene is opened, looked at, and every control of it is pressed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from tests.desktop.everyone import scenes
from tests.desktop.everyone.scenes import Scene
from tests.desktop.everyone.stage import Stage
from trainer_app.desktop.parts.sheet import Sheet

Look = Callable[[str, QWidget], None]  # told the name of what is on screen, and its window


def walk(stage: Stage, look: Look, *, gates: bool = True) -> set[str]:
    """Shows everything to `look`; gives the names of the classes of the sheets that opened."""
    seen: set[str] = set()
    for scene in scenes.pages():
        look(scene.name, scene.open(stage))
    for scene in scenes.pages():
        seen |= press_everything(stage, scene, look)
    for scene in scenes.SHEETS:
        sheet = scene.open(stage)
        seen.add(type(sheet).__name__)
        look(scene.name, sheet)
        stage.close_all()
    for scene in scenes.GATES if gates else ():
        look(scene.name, scene.open(stage))
        scenes.leave_gate(stage)
    return seen


def press_everything(stage: Stage, scene: Scene, look: Look) -> set[str]:
    """Presses each control of a page by keyboard; what opens is shown to `look` and put away again."""
    seen: set[str] = set()
    window = scene.open(stage)
    for path in [path for path, _button in scenes.controls(window) if scenes.may_be_pressed(path)]:
        scene.open(stage)
        button = scenes.find(window, path)
        if button is None:
            continue
        opened = scenes.press_by_key(stage, button)
        while opened is not None:
            seen.add(type(opened).__name__)
            if isinstance(opened, Sheet):
                look(f"{scene.name} > {path} > {opened.windowTitle()}", opened)
            assert isinstance(opened, Sheet | QFileDialog), f"{opened} is no sheet"
            opened.reject()
            stage.settle()
            opened = stage.front()
            if opened is None:
                holder = QApplication.focusWidget() or window.focusWidget()
                assert holder is not None, f"{scene.name} > {path}: nobody has the keyboard afterwards"
    return seen


def on_screen(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
