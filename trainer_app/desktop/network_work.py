"""One thing at a time on the network's worker, whichever page is open: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from trainer_app.records.problem import Problem

if TYPE_CHECKING:
    from trainer_app.desktop.background import Background

T = TypeVar("T")
IDLE, RUNNING, FAILED = "idle", "running", "failed"


class NetworkWork(QObject):
    """``changed`` whenever something below is another. ``state`` is one of the above, or what `run` was
    given.
    """

    changed = Signal()

    def __init__(self, background: Background) -> None:
        super().__init__()
        self.state, self.share = IDLE, 0.0
        self.result: object = None
        self.problem: Problem | None = None
        self._background = background

    def run(self, deed: Callable[[Callable[[float], None]], T], ends: str) -> None:
        """Does it unless something runs; ``deed`` says which share is done. ``ends`` is the state that says
        what the result is.
        """
        if self.state == RUNNING:
            return
        self.result, self.problem, self.share = None, None, 0.0
        self._set(RUNNING)

        def say(share: float) -> None:
            self._background.post(lambda: self._moved(share), self)

        self._background.run(
            lambda: deed(say),
            lambda result: self._ended(result, ends),
            self._failed,
            lane="network",
            owner=self,
        )

    def dismiss(self) -> None:
        """The end was read."""
        if self.state not in (IDLE, RUNNING):
            self._set(IDLE)

    def _ended(self, result: object, state: str) -> None:
        self.result = result
        self._set(state)

    def _failed(self, problem: Problem) -> None:
        self.problem = problem
        self._set(FAILED)

    def _moved(self, share: float) -> None:
        if self.state == RUNNING:
            self.share = min(1.0, share)
            self.changed.emit()

    def _set(self, state: str) -> None:
        self.state = state
        self.changed.emit()
