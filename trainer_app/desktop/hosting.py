"""This laptop takes in from trainers' laptops, whichever page is open and while the screen is locked.

How a hub is started is handed in from outside: the desktop knows nothing of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from trainer_app.desktop.background import Background
    from trainer_app.records.problem import Problem
    from trainer_app.storage.store import Store
    from trainer_app.sync.visits import Visit

OFF, STARTING, ON, FAILED = "off", "starting", "on", "failed"


class OpenHub(Protocol):
    """A hub that listens. Everything may be asked on the screen thread."""

    @property
    def code(self) -> str: ...

    @property
    def seconds_left(self) -> float: ...

    @property
    def addresses(self) -> Sequence[str]: ...

    def visits(self) -> list[Visit]: ...

    def stop(self) -> None: ...


#: Starts a hub over a store; the function that goes with it is called from any thread when a laptop came,
#: went on or left.
StartHub = Callable[["Store", Callable[[], None]], OpenHub]


class Hosting(QObject):
    """``changed`` whenever the state or a laptop is another."""

    changed = Signal()

    def __init__(self, store: Store, background: Background, start_hub: StartHub | None) -> None:
        super().__init__()
        self._store, self._background, self._start_hub = store, background, start_hub
        self.state = OFF
        self.hub: OpenHub | None = None
        self.problem: Problem | None = None

    @property
    def possible(self) -> bool:
        """Whether this program can be a hub at all."""
        return self._start_hub is not None

    def start(self) -> None:
        """Begins to take in. Does nothing while it does already."""
        start_hub, store, background = self._start_hub, self._store, self._background
        if start_hub is None or self.state in (STARTING, ON):
            return

        def heard() -> None:
            background.post(self.changed.emit, self)

        self.problem = None
        self._set(STARTING)
        background.run(lambda: start_hub(store, heard), self._started, self._failed, owner=self)

    def _started(self, hub: OpenHub) -> None:
        self.hub = hub
        if self.state != STARTING:  # stopped in the meantime
            self.stop()
            return
        self._set(ON)

    def _failed(self, problem: Problem) -> None:
        self.problem = problem
        self._set(FAILED)

    def stop(self) -> None:
        """Takes in no more; what was taken stays. On the store's worker, so that closing waits for it."""
        hub, self.hub = self.hub, None
        if hub is not None:
            self._background.run(hub.stop)
        self._set(OFF)

    def _set(self, state: str) -> None:
        self.state = state
        self.changed.emit()
