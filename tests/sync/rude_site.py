"""A server on this machine that answers whatever a test wants, byte for byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType


class RudeSite:
    """Answers the first request with the first of `replies`, and so on; an empty reply hangs up, None says
    nothing.

    Each reply ends its connection unless it carries a content-length and `keep` is set; the reply to
    request `most` does in any case.
    """

    def __init__(self, replies: Sequence[bytes | None], *, keep: bool = False, most: int = 0) -> None:
        self._replies = list(replies)
        self.keep = keep
        self._most = most
        #: Answer whatever comes first, be it a request or not.
        self.raw = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.connections = 0

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> RudeSite:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in (self._listener, *self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._lines.append(line)
            with suppress(OSError):
                self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        while self._replies:
            request = line.recv(65536) if self.raw else _read_request(line)
            if not request:
                return
            self.requests.append(request)
            reply = self._replies.pop(0)
            if reply is None:
                return  # the line stays open and silent
            line.sendall(reply)
            if not self.keep or len(self.requests) == self._most:
                line.shutdown(socket.SHUT_RDWR)
                line.close()
                return


def _read_request(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(part.split(b":")[1])
            for part in head.lower().split(b"\r\n")
            if part.startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body
