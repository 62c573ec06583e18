"""Handing over to a supervisor's laptop on the same Wi-Fi: one exchange at a time.

What was taken by the supervisor's laptop stays there; only the centre's receipt makes a record received.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.desktop.network_work import IDLE, RUNNING, NetworkWork
from trainer_app.records.problem import Problem
from trainer_app.storage.examining import look_through
from trainer_app.storage.sending_state import SendState, send_state
from trainer_app.sync.progress import ExchangeResult, Progress, Stopped, StopToken

if TYPE_CHECKING:
    from trainer_app.desktop.background import Background
    from trainer_app.desktop.news import News
    from trainer_app.storage.store import Store
    from trainer_app.sync.pairing import KnownHub

DONE = "done"


@dataclass(frozen=True, slots=True)
class Handed:
    """What a meeting came to."""

    hub: KnownHub
    result: ExchangeResult
    before: SendState
    after: SendState


class HandingOver(NetworkWork):
    """``hub_name`` is that of the laptop that was met. The result of what is ``DONE`` is a `Handed`."""

    def __init__(self, store: Store, background: Background, news: News) -> None:
        super().__init__(background)
        self._store, self._news = store, news
        self.hub_name = ""
        self._token = StopToken()

    def start(self, address: str, code: str = "") -> None:
        """Meets whoever is at ``address`` and hands over. Does nothing while it runs.

        Afterwards ``problem`` has the code ``hub.code_needed`` when the digits on its screen must be typed.
        """
        if self.state == RUNNING:
            return
        self.hub_name, token = "", StopToken()
        self._token = token
        self.run(lambda say: self._work(address, code, token, say), DONE)

    def stop(self) -> None:
        """After the piece in flight; what was taken over there stays."""
        self._token.stop()

    # ---------------------------------------------------------------- on the network's worker
    def _work(self, address: str, code: str, token: StopToken, say: Callable[[float], None]) -> Handed | None:
        """The whole meeting; None when somebody stopped it."""
        from trainer_app.sync.carriers import photos_go
        from trainer_app.sync.carriers.lan import LanCarrier, meet
        from trainer_app.sync.exchange import exchange

        store, before = self._store, send_state(self._store)
        hub = meet(store, address, code)
        self._background.post(lambda: self._met(hub), self)

        def heard(progress: Progress) -> None:
            done = progress.sent_bytes + progress.sent_photo_bytes
            total = progress.total_bytes + progress.total_photo_bytes
            say(done / total if total else 0.0)

        carrier = LanCarrier(hub)
        try:
            photos = photos_go(store, near=True)
            result = exchange(store, carrier, heard, token, hub=hub.replica, photos=photos)
        except Stopped:
            return None
        finally:
            carrier.close()
        return Handed(hub, result, before, send_state(store))

    # ---------------------------------------------------------------- on the screen thread
    def _met(self, hub: KnownHub) -> None:
        self.hub_name = hub.name
        self.changed.emit()

    def _ended(self, result: object, state: str) -> None:
        self._background.run(lambda: look_through(self._store), lambda _none: self._news.tell(), owner=self)
        self._news.tell()
        super()._ended(result, IDLE if result is None else state)

    def _failed(self, problem: Problem) -> None:
        self._news.tell()
        super()._failed(problem)
