"""What the routes of one worker share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from trainer_app.server.centre import Centre
from trainer_app.server.config import EXCHANGES_AT_ONCE, EXCHANGES_WAITING, HASHES_WAITING, ServerConfig
from trainer_app.server.limits import Admission, SlowHashes
from trainer_app.server.uploads import Uploads
from trainer_app.sync.answer import Authority
from trainer_app.sync.cut import keep_cut


@dataclass(slots=True)
class State:
    """One per worker process."""

    config: ServerConfig
    centre: Centre
    authority: Authority
    admission: Admission = field(default_factory=lambda: Admission(EXCHANGES_AT_ONCE, EXCHANGES_WAITING))
    uploads: Uploads = field(init=False)
    slow: SlowHashes = field(default_factory=lambda: SlowHashes(HASHES_WAITING))

    def __post_init__(self) -> None:
        self.uploads = Uploads(self._keep)

    def _keep(self, body: bytes) -> None:
        keep_cut(self.centre.store, self.authority, body)


def state_of(request: Request) -> State:
    """The state behind a request."""
    return cast(State, request.app.state.trainer)


def address_of(request: Request) -> str:
    """Whom wrong guesses are counted under: an IPv4 address, or the first half of an IPv6 one, which is one
    household.
    """
    host = request.client.host if request.client is not None else "?"
    if ":" not in host:
        return host
    return ":".join(host.split(":")[:4])
