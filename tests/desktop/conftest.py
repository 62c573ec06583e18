"""A real centre that serves, for the pages that talk to one; a window for parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.desktop.desks import made_window
from tests.desktop.gallery import take_down
from tests.desktop.joined import ServedCentre
from tests.desktop.opening import Opener
from tests.server.running import RunningCentre
from trainer_app.desktop import theme

#: Only what never comes is waited for so long; how quick things are is for the benchmarks to say.
PATIENCE_MS = 60_000


class PatientBot(QtBot):
    """Waits for what must come, on slow machines too: five seconds are few where others work as well."""

    def waitUntil(  # noqa: N802 (a name of pytest-qt)
        self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802 (as above)
        return super().waitExposed(widget, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:  # noqa: N802 (as above)
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """The robot of pytest-qt, with more patience."""
    return PatientBot(request)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCentre]:
    """One centre for the tests of a module: with a trainer and a supervisor, on a free port."""
    folder: Path = tmp_path_factory.mktemp("pusat")
    with RunningCentre.start(folder) as running:
        yield ServedCentre.prepared(running)


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Iterator[Any]:
    """The whole window with a trainer signed in, of the size that a small laptop leaves it."""
    with made_window(qtbot, tmp_path) as made:
        made.window.resize(1366, 700)
        yield made


@pytest.fixture
def opened(qapp: QApplication, qtbot: QtBot) -> Iterator[Opener]:
    """``opened(widget, …)`` shows an active window of 1100x640 with the widgets one below the other."""
    theme.apply(qapp)
    made: list[QWidget] = []

    def make(*widgets: QWidget, size: QSize = QSize(1100, 640)) -> QWidget:  # noqa: B008 (a constant)
        window = QWidget()
        made.append(window)
        column = QVBoxLayout(window)
        for widget in widgets:
            column.addWidget(widget)
        window.resize(size)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield make
    for window in made:
        take_down(window)
