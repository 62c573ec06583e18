"""The link between two machines: it cuts at any byte in either direction, loses answers, doubles requests and
delivers them late or altered. A carrier is one class; what it talks to is a function from bytes to bytes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from trainer_app.records.problem import CarrierProblem
from trainer_app.sync.answer import Refusal
from trainer_app.sync.carrier import CutAnswer, Refused
from trainer_app.sync.messages import read_request, split_request
from trainer_app.sync.progress import StopToken

GOOD, UP, DOWN, LOST, DOUBLE, LATE, ALTERED, BUSY = (
    "good",
    "up",
    "down",
    "lost",
    "double",
    "late",
    "altered",
    "busy",
)
#: What a link may do to one request, and how often: most go well.
BAD = (UP, DOWN, LOST, DOUBLE, LATE, ALTERED, BUSY)

Answerer = Callable[[bytes], bytes]
Keeper = Callable[[bytes], object]


def _keep_nothing(_data: bytes) -> None:
    """Of what broke off nothing stays."""


class Unreachable(Exception):
    """The other side stopped while it had the request."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to one request; `at` is where in the bytes, in thousandths."""

    kind: str
    at: int = 500


@dataclass(slots=True)
class Mail:
    """Requests that are still under way when their sender has given up, for whom they were, oldest first."""

    late: deque[tuple[Answerer, bytes]] = field(default_factory=deque)

    def deliver(self) -> int:
        """All of it arrives now; nobody waits for the answers. Gives how many."""
        count = len(self.late)
        while self.late:
            answerer, data = self.late.popleft()
            try:
                answerer(data)
            except (Refusal, Unreachable):
                continue
        return count


class Link:
    """A carrier to `answerer` with `troubles` for the coming requests, one each; `keeper` is given what
    came of one that broke off.
    """

    def __init__(
        self, answerer: Answerer, mail: Mail, troubles: Iterable[Trouble] = (), keeper: Keeper = _keep_nothing
    ) -> None:
        self._answerer, self._mail, self._keeper = answerer, mail, keeper
        self._troubles = deque(troubles)
        #: Those of the requests of which this side did not learn what became of them, by their place.
        self.unclear: set[int] = set()
        self.requests: list[bytes] = []

    def send(self, data: bytes) -> bytes:
        """The answer to a request, if the link lets it through."""
        self.requests.append(data)
        trouble = self._troubles.popleft() if self._troubles else Trouble(GOOD)
        there = len(data) * trouble.at // 1000
        if trouble.kind == BUSY:
            self.unclear.add(len(self.requests))
            raise CarrierProblem("busy", code="http.busy")
        if trouble.kind == LATE:
            self._mail.late.append((self._answerer, data))
            raise self._broken()
        if trouble.kind == UP:
            self._refused(data[:there])
            with suppress(Unreachable):
                self._keeper(data[:there])
            raise self._broken()
        if trouble.kind == ALTERED:
            self._refused(data[:there] + bytes([data[there] ^ 1 << trouble.at % 8]) + data[there + 1 :])
            raise self._broken()
        if trouble.kind == DOUBLE:
            self._answer(data)
        reply = self._answer(data)
        if trouble.kind == LOST:
            raise self._broken()
        if trouble.kind == DOWN:
            self.unclear.add(len(self.requests))
            broken = CarrierProblem("broken", code="answer.short")
            raise CutAnswer(broken, reply[: len(reply) * trouble.at // 1000])
        return reply

    def close(self) -> None:
        """Nothing is open."""

    def sent_again(self) -> int:
        """Bytes of segments and photos that went again, though the request with them was answered."""
        sent: Counter[bytes] = Counter()
        size: dict[bytes, int] = {}
        for place, data in enumerate(self.requests, 1):
            request = read_request(split_request(data).body)
            for piece in (*request.pieces, *request.photos):
                size[piece.hash] = piece.total
                sent[piece.hash] += 0 if place in self.unclear else len(piece.data)
        return sum(max(0, sent[name] - size[name]) for name in sent)

    def _broken(self) -> CarrierProblem:
        self.unclear.add(len(self.requests))
        return CarrierProblem("broken", code="http.unreachable")

    def _answer(self, data: bytes) -> bytes:
        try:
            return self._answerer(data)
        except Refusal as refusal:
            self.unclear.add(len(self.requests))
            raise Refused(refusal.status, refusal.text, refusal.code) from refusal
        except Unreachable as fault:
            raise self._broken() from fault

    def _refused(self, data: bytes) -> None:
        """A request of which not every bit arrived must be refused."""
        try:
            self._answerer(data)
        except (Refusal, Unreachable):
            return
        raise AssertionError("11: an altered or shortened request was taken")


class NoWaiting(StopToken):
    """Waits without time; with `rounds` the person at the laptop stops the exchange after so many checks."""

    def __init__(self, rounds: int | None = None) -> None:
        super().__init__()
        self._left = rounds

    def wait(self, seconds: float) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self.stop()
        super().wait(0)
