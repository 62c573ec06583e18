"""One signal for all screens: which kinds of record changed. Screens decide what to read again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from trainer_app.desktop.later import restarting

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

GATHER_MS = 50  # many commits in a row (something being received) come as one piece of news


class News(QObject):
    """``changed`` carries a frozenset of kind numbers; ``sending`` says that what waits to be sent may be
    another now.

    ``tell`` may be called from any thread, the signals always come on the screen thread.
    """

    changed = Signal(object)
    sending = Signal()
    _heard = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: set[int] = set()
        self._timer = restarting(self, GATHER_MS, self._publish)
        self._heard.connect(self._gather, Qt.ConnectionType.QueuedConnection)
        self._store: Store | None = None

    def listen(self, store: Store | None) -> None:
        """Passes on what ``store`` announces, and no longer what the one before did."""
        if self._store is not None:
            self._store.changed.remove(self.tell)
        self._store = store
        if store is not None:
            store.changed.append(self.tell)

    def close(self) -> None:
        """No more news: the program ends, and nobody should read anything again."""
        self.listen(None)
        self._timer.stop()
        self.blockSignals(True)

    def tell(self, kinds: Iterable[int] = ()) -> None:
        """From any thread: records of these kinds changed; with none, only the state of sending did."""
        self._heard.emit(frozenset(kinds))

    def _gather(self, kinds: frozenset[int]) -> None:
        self._waiting |= kinds
        if not self._timer.isActive():
            self._timer.start()

    def _publish(self) -> None:
        kinds, self._waiting = frozenset(self._waiting), set()
        if kinds:
            self.changed.emit(kinds)
        self.sending.emit()
