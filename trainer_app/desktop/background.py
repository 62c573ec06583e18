"""Runs work off the screen thread; results come back to it in order.

One worker for the store, one for the network: what is saved is saved in the order it was asked for, and a
slow connection never holds up a save. All results travel through one long-lived object over one queued
connection. (A signals object per job dies on the worker and its result is lost; a direct connection lets a
quick job answer before its caller has returned.)
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Literal, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from trainer_app.desktop.collecting import ScreenCollector
from trainer_app.records.problem import Problem

T = TypeVar("T")
Lane = Literal["store", "network"]
LANES: tuple[Lane, ...] = ("store", "network")
#: How long closing waits for a network job that was told to stop: a dead connection is noticed late.
NETWORK_PATIENCE_SECONDS = 3.0


class Job:
    """One piece of work on its way. ``cancel`` forgets it: unless it has begun it will not run, and nobody
    is told.
    """

    def __init__(
        self,
        owner: QObject | None,
        then: Callable[[Any], object] | None,
        failed: Callable[[Problem], object] | None,
        done: Callable[[], object] | None,
    ) -> None:
        self._owner = owner
        self.then, self.failed, self.done = then, failed, done
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def is_wanted(self) -> bool:
        """False once it was cancelled or the widget that asked is gone."""
        return not self.cancelled and (self._owner is None or isValid(self._owner))


class _Worker(threading.Thread):
    """One thread that does its work in order. It does not keep the program alive, as an executor's would."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._dropping = False
        self.start()

    def submit(self, work: Callable[[], None]) -> None:
        self._jobs.put(work)

    def finish(self, *, drop: bool) -> None:
        """Ends after what is queued, or with ``drop`` after the job it is at."""
        self._dropping = drop
        self._jobs.put(None)

    def run(self) -> None:
        while (work := self._jobs.get()) is not None:
            if not self._dropping:
                work()


class Background(QObject):
    """The two workers and the bridge back. Make one for the whole program and ``close`` it at the end.

    ``on_problem`` is told a ``Problem`` that nobody else wants, ``on_fault`` everything that is a fault of
    ours; both on the screen thread.
    """

    _arrived = Signal(object)

    def __init__(
        self,
        on_problem: Callable[[Problem], None],
        on_fault: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_problem, self._on_fault = on_problem, on_fault
        self._workers = {lane: _Worker(lane) for lane in LANES}
        self._collector = ScreenCollector(self)
        self._closing = False
        self._closed = False
        self._arrived.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        fn: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
        done: Callable[[], object] | None = None,
        lane: Lane = "store",
        owner: QObject | None = None,
    ) -> Job:
        """Runs ``fn`` on the worker of ``lane``, after what was asked of it before.

        On the screen thread ``done()`` comes first, then ``then(result)`` or, for a ``Problem``,
        ``failed(problem)`` (without ``failed``, the one catcher shows it). Any other exception goes to the
        catcher. Nothing is called once ``owner`` is gone. Raises ``RuntimeError`` after ``close``.
        """
        if self._closing:
            raise RuntimeError("the workers have gone home")
        job = Job(owner, then, failed, done)
        self._workers[lane].submit(lambda: self._work(job, fn))
        return job

    def post(self, fn: Callable[[], None], owner: QObject | None = None) -> None:
        """From any thread: has ``fn`` called on the screen thread, unless ``owner`` is gone by then."""
        if not self._closed:
            self._arrived.emit(lambda: fn() if owner is None or isValid(owner) else None)

    def close(self) -> None:
        """Waits for what was asked of the store; of the network only a moment, and what it has not begun is
        dropped. Nobody is called back.
        """
        self._closing = True
        network, store = self._workers["network"], self._workers["store"]
        network.finish(drop=True)
        store.finish(drop=False)
        store.join()
        network.join(NETWORK_PATIENCE_SECONDS)
        self._collector.close()
        self._closed = True

    def _work(self, job: Job, fn: Callable[[], Any]) -> None:
        if job.cancelled:
            return
        try:
            result = fn()
        except BaseException as fault:  # a worker must outlive whatever its job did
            self._arrived.emit(lambda fault=fault: self._failed(job, fault))
        else:
            self._arrived.emit(lambda: self._finished(job, result))

    def _call(self, answer: Callable[[], None]) -> None:
        if not self._closed:
            answer()

    def _finished(self, job: Job, result: Any) -> None:
        if not job.is_wanted():
            return
        if job.done is not None:
            job.done()
        if job.then is not None:
            job.then(result)

    def _failed(self, job: Job, fault: BaseException) -> None:
        wanted = job.is_wanted()
        if wanted and job.done is not None:
            job.done()
        if not isinstance(fault, Problem):
            self._on_fault(fault)  # even when nobody waits: a fault of ours must reach the log
        elif wanted:
            (job.failed or self._on_problem)(fault)
