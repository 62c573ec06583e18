"""Sending, whichever page is open: one exchange with the centre at a time, on the network's worker.

The pages show what this object says; it goes on while they change, and also while the screen is locked. What
was acknowledged before a pause, a cancellation or a cut stays acknowledged; the next start continues there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from trainer_app.actions.staff import Member, sending_rule
from trainer_app.desktop.background import Background
from trainer_app.desktop.handing_over import HandingOver
from trainer_app.desktop.hosting import Hosting, StartHub
from trainer_app.desktop.later import later, restarting
from trainer_app.desktop.network_work import NetworkWork
from trainer_app.desktop.news import News
from trainer_app.records.problem import Problem
from trainer_app.records.staff import BY_ITSELF
from trainer_app.storage.care import changes_in_care
from trainer_app.storage.examining import look_through
from trainer_app.storage.sending_state import SendState, send_state
from trainer_app.sync.exchange import ExchangeResult, Progress, Stopped, StopToken, exchange

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

IDLE, RUNNING, PAUSED, DONE, FAILED, CANCELLED = "idle", "running", "paused", "done", "failed", "cancelled"
AUTOMATIC_MS = 15 * 60_000  # between two sendings under the rule "otomatis"
FIRST_AUTOMATIC_MS = 20_000  # after signing in: first let somebody begin to work
STALLED_SECONDS = 10.0
GUESS_AFTER_SECONDS = 3.0
SUPERVISOR_MS = 5 * 60_000  # a supervisor on a trainer's laptop is signed out by then


@dataclass(frozen=True, slots=True)
class Step:
    """How far a sending is. Records are counted as people do (a person with the whole form is one)."""

    phase: str = "connecting"
    records_done: int = 0
    records_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    received: int = 0
    photos_done: int = 0
    photos_total: int = 0
    photo_bytes_done: int = 0
    photo_bytes_total: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """What a sending came to. `carried`: changes of trainers' laptops that were in care here and are at the
    centre now.
    """

    result: ExchangeResult
    records: int
    before: SendState
    after: SendState
    seconds: float
    carried: int = 0


class Sending(QObject):
    """Make one for each open store. ``changed`` whenever something below is another."""

    changed = Signal()

    def __init__(
        self, store: Store, background: Background, news: News, start_hub: StartHub | None = None
    ) -> None:
        super().__init__()
        self.store = store
        self.handing = HandingOver(store, background, news)
        self.stick = NetworkWork(background)
        self.hosting = Hosting(store, background, start_hub)
        self._background, self._news = background, news
        self.state = IDLE
        self.step = Step()
        self.ended: Ended | None = None
        self.problem: Problem | None = None
        self.quiet = False  # started by itself: a missing connection is no news then
        self.supervisor: Member | None = None
        self._started = self._heard = 0.0
        self._token = StopToken()
        self._after_stop = CANCELLED
        self._automatic = QTimer(self)
        self._automatic.setInterval(AUTOMATIC_MS)
        self._automatic.timeout.connect(self._send_by_itself)
        self._leaving = restarting(self, SUPERVISOR_MS, self.supervisor_leaves)

    # ---------------------------------------------------------------- deeds
    def start(self, supervisor: Member | None = None, *, quiet: bool = False) -> None:
        """Begins, or goes on after a pause. Does nothing while it runs."""
        if self.state == RUNNING:
            return
        self.supervisor = supervisor or self.supervisor
        self._leaving.stop()
        self.quiet, self.problem, self.ended = quiet, None, None
        self.step, self._token, self._after_stop = Step(), StopToken(), CANCELLED
        self._started = self._heard = time.monotonic()
        self._set(RUNNING)
        token = self._token
        self._background.run(lambda: self._work(token), self._done, self._failed, lane="network", owner=self)

    def pause(self) -> None:
        """Stops after the piece in flight; ``start`` goes on there."""
        self._end_with(PAUSED)

    def cancel(self) -> None:
        """Stops; what arrived stays."""
        if self.state == PAUSED:
            self._finish(CANCELLED)
        else:
            self._end_with(CANCELLED)

    def stop(self) -> None:
        """The program ends, or another store is opened."""
        self._automatic.stop()
        self.handing.stop()
        self.hosting.stop()
        self._end_with(CANCELLED)

    def dismiss(self) -> None:
        """The end was read: as if nothing had been sent."""
        if self.state in (DONE, FAILED, CANCELLED):
            self._set(IDLE)

    def supervisor_comes(self, person: Member) -> None:
        """A supervisor lets something be sent; signed out again some minutes after it."""
        self.supervisor = person
        self._leaving.start()
        self.changed.emit()

    def supervisor_leaves(self) -> None:
        """Signs a supervisor out who let a sending start; the trainer stays."""
        self._leaving.stop()
        if self.supervisor is not None:
            self.supervisor = None
            self.changed.emit()

    # ---------------------------------------------------------------- by itself
    def follow_rule(self) -> None:
        """Reads the rule of the centre: under "otomatis" it sends now and then while there is a signal."""
        self._background.run(lambda: sending_rule(self.store) == BY_ITSELF, self._be_automatic, owner=self)

    def _be_automatic(self, on: bool) -> None:
        if not on:
            self._automatic.stop()
        elif not self._automatic.isActive():
            self._automatic.start()
            later(self, self._send_by_itself, FIRST_AUTOMATIC_MS)

    def _send_by_itself(self) -> None:
        if self._automatic.isActive() and self.state in (IDLE, DONE, FAILED):
            self.start(quiet=True)

    # ---------------------------------------------------------------- how far
    @property
    def stalled_seconds(self) -> float:
        """How long nothing moved; 0 unless it is longer than somebody should wait without a word."""
        waited = time.monotonic() - self._heard
        return waited if self.state == RUNNING and waited >= STALLED_SECONDS else 0.0

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop, and the piece in flight is still awaited."""
        return self.state == RUNNING and self._token.stopped

    @property
    def seconds_left(self) -> float | None:
        """A guess from the bytes so far; None in the first seconds and when it cannot be told."""
        spent, step = time.monotonic() - self._started, self.step
        done, total = step.bytes_done + step.photo_bytes_done, step.bytes_total + step.photo_bytes_total
        if spent < GUESS_AFTER_SECONDS or not done or total <= done:
            return None
        return spent / done * (total - done)

    # ---------------------------------------------------------------- on the network's worker
    def _work(self, token: StopToken) -> Ended | None:
        """The whole exchange; None when somebody stopped it."""
        from trainer_app.sync.carriers import carrier_for, photos_go

        began, before = time.monotonic(), send_state(self.store)
        waiting, cared = before.pending + before.at_supervisor, changes_in_care(self.store)
        carrier, photos = carrier_for(self.store), photos_go(self.store, near=False)

        def heard(progress: Progress) -> None:
            now = send_state(self.store)
            done = max(0, waiting - now.pending - now.at_supervisor)
            step = Step(
                progress.phase,
                done,
                max(waiting, done),
                progress.sent_bytes,
                progress.total_bytes,
                progress.received_operations,
                progress.sent_photos,
                progress.total_photos if photos else 0,
                progress.sent_photo_bytes,
                progress.total_photo_bytes if photos else 0,
            )
            self._background.post(lambda: self._moved(token, step), self)

        try:
            result = exchange(self.store, carrier, heard, token, photos=photos)
        except Stopped:
            return None
        finally:
            carrier.close()
        after = send_state(self.store)
        records = max(0, waiting - after.pending - after.at_supervisor)
        carried = max(0, cared - changes_in_care(self.store))
        return Ended(result, records, before, after, time.monotonic() - began, carried)

    # ---------------------------------------------------------------- on the screen thread
    def _moved(self, token: StopToken, step: Step) -> None:
        if token is self._token and self.state == RUNNING:
            self.step = step
            self._heard = time.monotonic()
            self.changed.emit()

    def _done(self, ended: Ended | None) -> None:
        self.ended = ended
        if ended is not None:
            self._background.run(
                lambda: look_through(self.store), lambda _none: self._news.tell(), owner=self
            )
            self.follow_rule()
        self._finish(DONE if ended is not None else self._after_stop)

    def _failed(self, problem: Problem) -> None:
        self.problem = problem
        self._finish(IDLE if self.quiet else FAILED)

    def _finish(self, state: str) -> None:
        self._news.tell()
        if self.supervisor is not None and state != PAUSED:
            self._leaving.start()
        self._set(state)

    def _end_with(self, state: str) -> None:
        if self.state == RUNNING:
            self._after_stop = state
            self._token.stop()
            self.changed.emit()

    def _set(self, state: str) -> None:
        self.state = state
        self.changed.emit()
