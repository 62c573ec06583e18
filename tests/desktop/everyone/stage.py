"""The window on such a laptop, driven by real keys, and a way to tell that it has come to rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.desktop.desks import SUPERVISOR, SUPERVISOR_PIN
from tests.desktop.everyone.laptop import Season
from trainer_app.desktop.app import App
from trainer_app.records.ids import RecordId
from trainer_app.settings import LANGUAGES

WIDE, NARROW = QSize(1366, 700), QSize(1093, 614)
PATIENCE_SECONDS = 60
assert LANGUAGES == ("id", "en")


class Stage:
    """`app` in one look, size and language; `settle` after every deed."""

    def __init__(self, app: App, season: Season) -> None:
        self.app, self.season = app, season
        self._jobs = 0
        self._run = app.background.run
        app.background.run = self._counted  # type: ignore[method-assign]  # only counts

    def _counted(self, *args: Any, **more: Any) -> Any:
        self._jobs += 1
        return self._run(*args, **more)

    @property
    def window(self) -> QWidget:
        return self.app.window

    @property
    def page(self) -> Any:
        assert self.app.frame is not None
        return self.app.frame.page

    def wait(self, until: Callable[[], bool], what: str = "") -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not until():
            assert time.monotonic() < end, f"never came: {what}"
            QApplication.processEvents()

    def settle(self) -> None:
        """Until the store has done what it was asked, and nothing more came of it."""
        before = -1
        while before != self._jobs:
            before = self._jobs
            done: list[bool] = []
            self._run(lambda: None, lambda _none, d=done: d.append(True))
            self.wait(lambda d=done: bool(d), "the store")
            for _turn in range(4):
                QApplication.processEvents()
            self.wait(lambda: not self.app.news._timer.isActive(), "news")
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def go(self, key: str, **args: Any) -> QWidget:
        """To a page, the keyboard in it."""
        self.app.go(key, **args)
        self.settle()
        self.activate(self.window)
        return self.window

    def activate(self, window: QWidget) -> None:
        if QApplication.activeWindow() is not window:
            window.activateWindow()
            self.wait(window.isActiveWindow, "the active window")

    def front(self) -> QDialog | None:
        """The sheet or dialog in front."""
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        nested = [w for w in found if any(w.isAncestorOf(o) for o in found if o is not w)]
        return next((w for w in reversed(found) if w not in nested), None)

    def close_all(self) -> None:
        """Puts every sheet, dialog and message away."""
        for _turn in range(8):
            popup = QApplication.activePopupWidget()
            if popup is not None:
                popup.close()
            sheet = self.front()
            if sheet is None:
                break
            sheet.reject()
            self.settle()
        assert self.front() is None, f"{self.front()} stays open"

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key where the keyboard is."""
        target = QApplication.focusWidget() or self.front() or self.window
        QTest.keyClick(target, key, modifier)

    def dress(self, look: str, text_size: int, size: QSize, language: str = "id") -> None:
        """Everything anew in another look, as somebody who chooses it in the settings gets it."""
        self.close_all()
        before = self.app.frame
        now = self.app.settings()
        wanted = {"look": look, "text_size": text_size, "language": language}
        if any(getattr(now, name) != value for name, value in wanted.items()):
            self.app.change_settings(**wanted)
            self.wait(lambda: self.app.frame is not None and self.app.frame is not before, "the new look")
        self.window.showNormal()
        self.window.resize(size)
        self.settle()

    def redress(self) -> None:
        """Everything anew as it is: for words that were exchanged."""
        self.app._dress()
        self.settle()

    def sign_in(self, staff: RecordId = SUPERVISOR, pin: str = SUPERVISOR_PIN) -> None:
        app = self.app
        app.background.run(lambda: app.work.open(staff, pin), app.signed_in)
        self.wait(lambda: not app.locked, "signing in")
        self.settle()


@contextmanager
def staged(season: Season) -> Iterator[Stage]:
    """The window, shown, a supervisor signed in."""
    app = App(season.folder)
    faults: list[BaseException] = []
    app.background._on_fault = faults.append
    stage = Stage(app, season)
    try:
        app.start()
        app.window.showNormal()
        app.window.resize(WIDE)
        stage.wait(app.window.isVisible, "the window")
        stage.sign_in()
        yield stage
        assert not faults, faults
    finally:
        app.put_away()
