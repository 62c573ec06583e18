"""Requests on their way in. What came of one that breaks off is kept, so that a laptop on a poor link does
not send it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.concurrency import run_in_threadpool

from trainer_app.sync.keys import SIGNATURE_BYTES
from trainer_app.sync.messages import ID_BYTES


class Upload:
    """One request that is coming in."""

    def __init__(self, keep: Callable[[bytes], object]) -> None:
        self._keep = keep
        self._parts: list[bytes] = []
        self._size = self._kept = 0
        self._working = asyncio.Lock()

    @property
    def body(self) -> bytes:
        """What came until now."""
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0] if self._parts else b""

    @property
    def replica(self) -> bytes:
        """Who says that it is its own; empty until that came."""
        return self.body[SIGNATURE_BYTES:][:ID_BYTES]

    def add(self, part: bytes) -> None:
        """The next bytes."""
        self._parts.append(part)
        self._size += len(part)

    async def keep(self) -> None:
        """Keep what came, for it may be that nothing more comes."""
        async with self._working:
            if self._size > self._kept:
                self._kept = self._size
                await run_in_threadpool(self._keep, self.body)


class Uploads:
    """All of one worker. `keep` takes the bytes of a request that is not whole."""

    def __init__(self, keep: Callable[[bytes], object]) -> None:
        self._keep = keep
        self._open: set[Upload] = set()

    @contextmanager
    def begin(self) -> Iterator[Upload]:
        """A request that begins to come in, until it is answered."""
        upload = Upload(self._keep)
        self._open.add(upload)
        try:
            yield upload
        finally:
            self._open.discard(upload)

    async def settle(self, upload: Upload) -> None:
        """A laptop that sends anew has given up what it sent before, even where nobody heard that the
        connection broke: keep that first, for it may ask now what is held.
        """
        for other in list(self._open):
            if other is not upload and other.replica == upload.replica:
                await other.keep()
