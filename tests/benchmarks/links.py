"""A season over a poor link: 64 kbit/s, 0.4 s one way, and a connection that is reset after every 20 kB.

The limit is measured in the same run, over the same link: a program that does nothing but move as many
bytes, knows after a reset how many of them arrived, and goes on there at once. What a drop costs is counted
against a link that is as slow and never breaks.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from tests.benchmarks.measurement import Measurement, seconds
from tests.benchmarks.wire import PEOPLE, a_place, load
from tests.sync.season import Season, make_season
from tests.sync.shaped import ShapedLink
from trainer_app.records.problem import CarrierProblem
from trainer_app.server import metrics
from trainer_app.storage.feeds import seal
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import sign

RATE_BYTES, DELAY_SECONDS, RESET_BYTES = 64_000 / 8, 0.4, 20_000
#: A sending is started again when it gave up, as a person would.
STARTS = 20


def measure() -> list[Measurement]:
    """All figures of this module."""
    season = make_season(people=PEOPLE)
    clean = _sent(season, 0)
    broken = _sent(season, RESET_BYTES)
    limit = _bare(clean.up, clean.down)
    name = "500 registrations + 6,000 marks at 64 kbit/s, 0.4 s, reset every 20 kB"
    return [
        Measurement(f"{name}: bytes", broken.up + broken.down, "B", 1.10, clean.up + clean.down),
        Measurement("  sent again for each reset", broken.again(clean), "B", 1_000),
        Measurement("  seconds on the link, against moving bytes", broken.on_the_link, "s", 1 / 0.85, limit),
        Measurement("  seconds with sealing and storing", broken.seconds, "s", 2, clean.seconds),
        Measurement("  resets", broken.resets, "", 10),
        Measurement("  times that a person had to start it", broken.starts, "", 1),
    ]


@dataclass(frozen=True, slots=True)
class Sent:
    """What one sending cost on the link."""

    up: int
    down: int
    seconds: float
    work: float
    resets: int
    starts: int

    @property
    def on_the_link(self) -> float:
        """Seconds without the work at both ends: sealing, and storing at the centre."""
        return self.seconds - self.work

    def again(self, clean: Sent) -> float:
        """Bytes more than on a clean link, for each reset."""
        return (self.up + self.down - clean.up - clean.down) / max(1, self.resets)


def _sent(season: Season, reset_every: int) -> Sent:
    """The season goes up over a link; the classes are planned and sent already."""
    with a_place() as place, place.laptop() as store:
        load(place, store, season.plan, season)
        place.send(store)
        load(place, store, [*season.registrations, *season.marks], season)
        target = ("127.0.0.1", place.wire.port)
        with ShapedLink(target, rate=RATE_BYTES, delay=DELAY_SECONDS, reset_every=reset_every) as link:
            began, starts, before = time.monotonic(), 0, _answering()
            sealing = seconds(lambda: seal(store, lambda data: sign(store.private_key, data)))
            while not send_state(store).all_received:
                starts += 1
                if starts > STARTS:
                    raise AssertionError("it does not arrive")
                carrier = HttpCarrier(f"http://127.0.0.1:{link.port}")
                with suppress(CarrierProblem):
                    exchange(store, carrier)
                carrier.close()
            took, work = time.monotonic() - began, sealing + _answering() - before
            return Sent(link.up, link.down, took, work, link.resets, starts)


def _answering() -> float:
    """Seconds that the centre of this process has spent on answers."""
    samples = (sample for metric in metrics.SECONDS.collect() for sample in metric.samples)
    return sum(sample.value for sample in samples if sample.name.endswith("_sum"))


class _Sink:
    """Counts what arrives, and answers so many bytes when all is there."""

    def __init__(self, expected: int, answer: int) -> None:
        self._expected, self._answer = expected, answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        self.arrived = 0
        #: Whether nothing more of a connection that was reset is still to be counted.
        self.settled = threading.Event()
        self.settled.set()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _address = self._listener.accept()
                with suppress(OSError), line:
                    while self.arrived < self._expected and (data := line.recv(65536)):
                        self.arrived += len(data)
                    if self.arrived >= self._expected:
                        line.sendall(bytes(self._answer))
                        line.recv(1)
                self.settled.set()

    def close(self) -> None:
        """No more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _bare(up: int, down: int) -> float:
    """Seconds for nothing but bytes: up, and an answer, on a link that is reset as often."""
    sink = _Sink(up, down)
    began, got = time.monotonic(), 0
    with ShapedLink(sink.address, rate=RATE_BYTES, delay=DELAY_SECONDS, reset_every=RESET_BYTES) as link:
        while got < down:
            sink.settled.wait()
            sink.settled.clear()
            with suppress(OSError), socket.create_connection(("127.0.0.1", link.port)) as line:
                line.sendall(bytes(up - sink.arrived))
                while got < down and (data := line.recv(65536)):
                    got += len(data)
        took = time.monotonic() - began
    sink.close()
    return took
