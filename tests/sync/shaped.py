"""A bad link in front of a server on this machine: slow, far away, reset after so many bytes. It counts what
comes through.

A model of TCP over a poor radio link, not the radio: each piece takes its time at the rate of its direction
and arrives `delay` later; a new connection costs one round trip; a reset throws away what is under way.
"""

from __future__ import annotations

import queue
import random
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

#: A piece of TCP, and what its headers cost on the link.
PIECE_BYTES, HEADER_BYTES = 1360, 40
_BUFFER_BYTES = 8192
_LINGER_NOT = struct.pack("ii", 1, 0)

#: Nobody sets it: time passes on the link that is being imitated, no test waits for anything with it.
_LINK_TIME = threading.Event()


@dataclass(slots=True)
class Line:
    """One connection through the link: its two ends, what came through, and when it may begin."""

    near: socket.socket
    far: socket.socket
    begin: float
    passed: dict[str, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    limit: int = 0
    ends: int = 0
    dead: bool = False

    def reset(self) -> None:
        """Both ends are told that the connection is gone."""
        self.dead = True
        for end in (self.near, self.far):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            # a blocked read of another thread ends by this; the close then says that it was a reset
            with suppress(OSError):
                end.shutdown(socket.SHUT_RD)
            with suppress(OSError):
                end.close()


class ShapedLink:
    """Listens on `port` inside the with block, in front of `target`.

    `rate` bytes a second each way (0: as fast as it goes), `delay` seconds one way. A connection is reset
    after `reset_every` bytes of both ways (0: never), or after a random number up to twice that when
    `chance` is set. With `way` only bytes of that way count. `resets` bounds how many connections are
    reset.
    """

    def __init__(
        self,
        target: tuple[str, int],
        *,
        rate: float = 0,
        delay: float = 0,
        reset_every: int = 0,
        way: str = "",
        chance: random.Random | None = None,
        resets: int = 1 << 62,
    ) -> None:
        self._target, self._rate, self._delay = target, rate, delay
        self.reset_every, self._way, self._chance, self._left = reset_every, way, chance, resets
        self._listener = socket.socket()
        # small buffers on both sides of the link: else a sender is told that all is gone at once
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._free = {"up": 0.0, "down": 0.0}
        self._lines: list[Line] = []
        self.forget()

    def forget(self) -> None:
        """Count from nothing again."""
        self.up = self.down = self.connections = self.resets = 0

    def break_once(self, way: str, after: int) -> None:
        """The next connection is reset after so many bytes of one way; those after it are not."""
        self.reset_every, self._way, self._left = after, way, 1

    @property
    def bytes(self) -> int:
        """What came through, both ways."""
        return self.up + self.down

    def __enter__(self) -> ShapedLink:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            line.reset()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            far = socket.socket()
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            try:
                far.connect(self._target)
            except OSError:
                near.close()
                continue
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = Line(near, far, time.monotonic() + 2 * self._delay, limit=self._limit())
            with self._lock:
                self.connections += 1
                self._lines.append(line)
            for a, b, way in ((near, far, "up"), (far, near, "down")):
                under_way: queue.Queue[tuple[float, bytes]] = queue.Queue(64)
                threading.Thread(target=self._take, args=(line, a, way, under_way), daemon=True).start()
                threading.Thread(target=self._give, args=(line, b, way, under_way), daemon=True).start()

    def _limit(self) -> int:
        if self._chance is None or not self.reset_every:
            return self.reset_every
        return self._chance.randint(1, 2 * self.reset_every)

    def _take(
        self, line: Line, source: socket.socket, way: str, under_way: queue.Queue[tuple[float, bytes]]
    ) -> None:
        data = b"?"
        while data:
            try:
                data = source.recv(PIECE_BYTES)
            except OSError:
                data = b""
            leaves = self._departure(line, way, len(data))
            if leaves > time.monotonic():
                _LINK_TIME.wait(leaves - time.monotonic())  # the sender feels how slow the link is
            under_way.put((leaves + self._delay, data))

    def _departure(self, line: Line, way: str, size: int) -> float:
        now = time.monotonic()
        first = line.begin if way == "up" else 0.0
        if not self._rate:
            return max(now, first)
        with self._lock:
            # only a full link makes a queue
            begins = max(now - 0.02, self._free[way], first)
            self._free[way] = begins + (size + HEADER_BYTES) / self._rate
            return self._free[way]

    def _give(
        self, line: Line, target: socket.socket, way: str, under_way: queue.Queue[tuple[float, bytes]]
    ) -> None:
        while not line.dead:
            try:
                at, data = under_way.get(timeout=0.2)
            except queue.Empty:
                continue
            while (wait := at - time.monotonic()) > 0 and not line.dead:
                _LINK_TIME.wait(min(wait, 0.2))
            if line.dead:
                return
            if not data:
                self._ended(line, target)
                return
            kept, reset = self._passed(line, way, data)
            with suppress(OSError):
                target.sendall(kept)
            if reset:
                line.reset()
                return

    def _ended(self, line: Line, target: socket.socket) -> None:
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
        with self._lock:
            line.ends += 1
            both = line.ends == 2
        if both:
            line.near.close()
            line.far.close()

    def _passed(self, line: Line, way: str, data: bytes) -> tuple[bytes, bool]:
        """What of it comes through, and whether the connection is over then."""
        with self._lock:
            seen = line.passed[way] if self._way else sum(line.passed.values())
            counts = not self._way or way == self._way
            reset = bool(line.limit and counts and self._left and seen + len(data) > line.limit)
            kept = data[: max(0, line.limit - seen)] if reset else data
            if reset:
                self._left -= 1
                self.resets += 1
            line.passed[way] += len(kept)
            setattr(self, way, getattr(self, way) + len(kept))
            return kept, reset
