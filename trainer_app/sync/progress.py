"""What somebody who starts an exchange sees of it: how far it is, what it did, and a way to stop it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from trainer_app.records.problem import CarrierProblem


class Stopped(Exception):
    """Somebody paused or cancelled. Nothing is lost; the next exchange continues."""


class StopToken:
    """Lets another thread stop an exchange between two pieces."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def stop(self) -> None:
        """Stop at the next opportunity."""
        self._event.set()

    @property
    def stopped(self) -> bool:
        """Whether somebody wants to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raises `Stopped` when somebody wants to stop."""
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Wait, but not when somebody wants to stop. Raises `Stopped`."""
        if self._event.wait(seconds):
            raise Stopped


@dataclass(slots=True)
class Progress:
    """How far an exchange is. Operations and bytes of own segments; `phase` is connecting, sending,
    receiving, photos or done.
    """

    phase: str = "connecting"
    sent_operations: int = 0
    total_operations: int = 0
    sent_bytes: int = 0
    total_bytes: int = 0
    received_operations: int = 0
    sent_photos: int = 0
    total_photos: int = 0
    sent_photo_bytes: int = 0
    total_photo_bytes: int = 0


@dataclass(slots=True)
class ExchangeResult:
    """What an exchange did. `receipts` are the codes of new receipts, like A7K-2391; bytes are of requests
    and answers.

    `relayed` is how many receipts for the words of others were taken along. `revoked`: the centre keeps what
    this laptop sends apart, and gives it nothing more. `update`: the centre took everything, but this program
    is too old to be told anything. `sent_photos` arrived, `waiting_photos` did not; `photo_problem` says why
    when they were broken off: records are never held up by it.
    """

    sent_operations: int = 0
    received_operations: int = 0
    receipts: list[str] = field(default_factory=list)
    rejected: int = 0
    relayed: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    rounds: int = 0
    revoked: bool = False
    update: bool = False
    sent_photos: int = 0
    waiting_photos: int = 0
    photo_problem: CarrierProblem | None = None
