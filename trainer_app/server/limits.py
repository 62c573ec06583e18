"""Bounds on what requests may cost: the size of a body, the bytes held for all of them, how many are answered
at once.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trainer_app.server.faults import Refused, fault_response, refuse, sentence
from trainer_app.server.uploads import Upload

T = TypeVar("T")
#: Seconds after which a laptop that was turned away may come again; spread, so that they do not come
#: together.
RETRY_AFTER_SECONDS = (5, 30)
#: Forms and enrolments are small.
SMALL_BODY_BYTES = 64 * 1024
#: Bodies of slow links lie in memory until they are complete; all of one worker together stay below this. A
#: laptop sends at most a megabyte at a time.
HELD_BYTES = 40 * 1024 * 1024
#: A body that takes longer is given up. Laptops send what their link carries in 15 seconds.
BODY_SECONDS = 180.0


def too_long(headers: str, limit_bytes: int) -> bool:
    """True when the content-length says so; a request without one is counted while it comes in."""
    return headers.isdigit() and int(headers) > limit_bytes


class Admission:
    """At most so many at work and so many waiting in this process; the next one is told when to come
    again.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._places = at_once + waiting
        self._work = asyncio.Semaphore(at_once)
        self.taken = 0
        self.held_bytes = 0

    @asynccontextmanager
    async def body(self, request: Request, limit_bytes: int, upload: Upload) -> AsyncIterator[bytes]:
        """The body, which comes in as `upload`; what came of one that breaks off is kept. Raises `Refused`:
        413 above `limit_bytes`, said or sent; 408 when it takes too long; 503 when too much is held already.
        """
        if too_long(request.headers.get("content-length", ""), limit_bytes):
            raise refuse(413)
        sizes: list[int] = []
        try:
            await self._gather(request, limit_bytes, upload, sizes)
            yield upload.body
        finally:
            self.held_bytes -= sum(sizes)

    async def _gather(self, request: Request, limit_bytes: int, upload: Upload, sizes: list[int]) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                async for piece in request.stream():
                    sizes.append(len(piece))
                    self.held_bytes += len(piece)
                    if sum(sizes) > limit_bytes:
                        raise refuse(413)
                    if self.held_bytes > HELD_BYTES:
                        raise busy()
                    upload.add(piece)
        except ClientDisconnect as gone:
            await upload.keep()
            raise refuse(400) from gone
        except TimeoutError as slow:
            raise refuse(408) from slow

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place while answering. Raises `Refused` 503 with Retry-After when all are taken."""
        if self.taken >= self._places:
            raise busy()
        self.taken += 1
        try:
            async with self._work:
                yield
        finally:
            self.taken -= 1


def busy() -> Refused:
    """Come again later."""
    seconds = random.randint(*RETRY_AFTER_SECONDS)  # noqa: S311 - spreads the load, keeps no secret
    return refuse(503, {"retry-after": str(seconds)})


class SlowHashes:
    """Passwords and codes of people who are not known yet. Each is made to cost much memory, so they are
    tried one after the other in a thread of their own, which keeps what it took, and only a few may wait.
    """

    def __init__(self, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(1 + waiting)
        self._worker = ThreadPoolExecutor(1, "hashes")

    def run(self, work: Callable[[], T]) -> T:
        """What `work` gives. Raises `Refused` 503 with Retry-After when too many wait already."""
        if not self._places.acquire(blocking=False):
            raise busy()
        try:
            return self._worker.submit(work).result()
        finally:
            self._places.release()


class SmallBodies:
    """Middleware: every path but the exchange gets its body only when it is small, and then whole."""

    def __init__(self, app: ASGIApp, but_not: str) -> None:
        self._app = app
        self._but_not = but_not

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == self._but_not:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _small_body(receive)
        except (Refused, TimeoutError) as fault:
            status = fault.status if isinstance(fault, Refused) else 408
            await fault_response(status, *sentence(status), {"connection": "close"})(scope, receive, send)
            return
        if body is None:
            return
        first: Message | None = {"type": "http.request", "body": body, "more_body": False}

        async def replay() -> Message:
            nonlocal first
            if first is not None:
                message, first = first, None
                return message
            return await receive()

        await self._app(scope, replay, send)


async def _small_body(receive: Receive) -> bytes | None:
    """A small body, whole; None when the other side hung up. Raises `Refused` 413."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > SMALL_BODY_BYTES:
            raise refuse(413)
    return bytes(body)
