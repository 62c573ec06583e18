"""What a carrier is: something that takes request bytes to the other side and brings answer bytes back."""

from __future__ import annotations

from typing import Protocol

from trainer_app.records.problem import CarrierProblem


class Refused(CarrierProblem):
    """The other side understood the request and said no; `status` is its HTTP number, `code` and message
    its reason.
    """

    def __init__(self, status: int, message: str, code: str) -> None:
        super().__init__(message, code=code)
        self.status = status


class CutAnswer(CarrierProblem):
    """The answer broke off; `part` is what came of it."""

    def __init__(self, problem: CarrierProblem, part: bytes) -> None:
        super().__init__(problem.message, code=problem.code)
        self.part = part


class Carrier(Protocol):
    """One way to the other side. `send` raises `CarrierProblem` when it cannot, `Refused` when told no, and
    `CutAnswer` when the answer broke off.
    """

    def send(self, data: bytes) -> bytes: ...

    def close(self) -> None: ...
