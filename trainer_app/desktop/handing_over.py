"""Handing over to a supervisor's laptop on the same Wi-Fi: one exchange at a time, on the network's worker.

What was taken by the supervisor's laptop stays there; only the centre's receipt makes a record received.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trainer_app.records.problem import Problem
from trainer_app.storage.search import index_pending
from trainer_app.storage.sending_state import SendState, send_state
from trainer_app.sync.carriers.lan import LanCarrier, meet
from trainer_app.sync.exchange import exchange
from trainer_app.sync.pairing import KnownHub
from trainer_app.sync.progress import ExchangeResult, Progress, Stopped, StopToken

if TYPE_CHECKING:
    from trainer_app.desktop.background import Background
    from trainer_app.desktop.news import News
    from trainer_app.storage.store import Store

IDLE, RUNNING, DONE, FAILED = "idle", "running", "done", "failed"


@dataclass(frozen=True, slots=True)
class Handed:
    """What a meeting came to."""

    hub: KnownHub
    result: ExchangeResult
    before: SendState
    after: SendState


class HandingOver(QObject):
    """``changed`` whenever something below is another."""

    changed = Signal()

    def __init__(self, store: Store, background: Background, news: News) -> None:
        super().__init__()
        self._store, self._background, self._news = store, background, news
        self.state = IDLE
        self.hub_name = ""
        self.share = 0.0
        self.handed: Handed | None = None
        self.problem: Problem | None = None
        self._token = StopToken()

    def start(self, address: str, code: str = "") -> None:
        """Meets whoever is at ``address`` and hands over. Does nothing while it runs.

        Afterwards ``problem`` has the code ``hub.code_needed`` when the digits on its screen must be typed.
        """
        if self.state == RUNNING:
            return
        self.handed, self.problem, self.share, self.hub_name = None, None, 0.0, ""
        self._token = token = StopToken()
        self._set(RUNNING)
        self._background.run(
            lambda: self._work(address, code, token), self._done, self._failed, lane="network", owner=self
        )

    def stop(self) -> None:
        """After the piece in flight; what was taken over there stays."""
        self._token.stop()

    def dismiss(self) -> None:
        """The end was read."""
        if self.state in (DONE, FAILED):
            self._set(IDLE)

    # ---------------------------------------------------------------- on the network's worker
    def _work(self, address: str, code: str, token: StopToken) -> Handed | None:
        store, before = self._store, send_state(self._store)
        hub = meet(store, address, code)
        self._background.post(lambda: self._met(hub), self)

        def heard(progress: Progress) -> None:
            share = progress.sent_bytes / progress.total_bytes if progress.total_bytes else 0.0
            self._background.post(lambda: self._moved(token, share), self)

        carrier = LanCarrier(hub)
        try:
            result = exchange(store, carrier, heard, token, hub=hub.replica)
        except Stopped:
            return None
        finally:
            carrier.close()
        return Handed(hub, result, before, send_state(store))

    # ---------------------------------------------------------------- on the screen thread
    def _met(self, hub: KnownHub) -> None:
        self.hub_name = hub.name
        self.changed.emit()

    def _moved(self, token: StopToken, share: float) -> None:
        if token is self._token and self.state == RUNNING:
            self.share = min(1.0, share)
            self.changed.emit()

    def _done(self, handed: Handed | None) -> None:
        self.handed = handed
        self._background.run(lambda: index_pending(self._store), lambda _n: self._news.tell(), owner=self)
        self._news.tell()
        self._set(IDLE if handed is None else DONE)

    def _failed(self, problem: Problem) -> None:
        self.problem = problem
        self._news.tell()
        self._set(FAILED)

    def _set(self, state: str) -> None:
        self.state = state
        self.changed.emit()
