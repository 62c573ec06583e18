"""A wire that counts, and breaks where it is told to: a TCP proxy on this machine, in front of a server."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType


class CountingWire:
    """Listens on `port` inside the with block. `up`, `down`: bytes, heads and all; `trips` counts turns.

    `cut_up` and `cut_down`: the connection breaks once, after so many more bytes in that direction.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.cut_up: int | None = None
        self.cut_down: int | None = None
        self.forget()

    def forget(self) -> None:
        """Count from nothing again."""
        self.up = self.down = self.trips = 0
        self._last = ""

    @property
    def bytes(self) -> int:
        """Both directions."""
        return self.up + self.down

    def __enter__(self) -> CountingWire:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            open_now = list(self._open)
        for line in open_now:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            for line in (near, far):
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open |= {near, far}
            for a, b, way in ((near, far, "up"), (far, near, "down")):
                threading.Thread(target=self._pump, args=(a, b, way), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                passed = self._passed(way, data)
                self._count(way, len(passed))
                target.sendall(passed)
                if len(passed) < len(data):
                    break
        for line in (source, target):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
            with self._lock:
                self._open.discard(line)

    def _passed(self, way: str, data: bytes) -> bytes:
        """What of it comes through."""
        name = f"cut_{way}"
        with self._lock:
            left = getattr(self, name)
            if left is None:
                return data
            setattr(self, name, None if len(data) > left else left - len(data))
            return data[:left]

    def _count(self, way: str, size: int) -> None:
        with self._lock:
            setattr(self, way, getattr(self, way) + size)
            if way == "up" and self._last != "up":
                self.trips += 1
            self._last = way
