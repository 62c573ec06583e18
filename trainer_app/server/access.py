"""Who is asking, and what they may see. Every page takes a `Scope`; there is no other way to data of an
area.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import Request

from trainer_app.records.staff import ADMIN, SUPERVISOR
from trainer_app.reports.overview import PROVINCE, REGENCY, View, first_view, may_see
from trainer_app.server.faults import Refused, refuse
from trainer_app.server.health import LOOPBACK
from trainer_app.server.state import state_of
from trainer_app.storage import accounts
from trainer_app.storage.accounts import Visitor
from trainer_app.words import _

#: `__Host-`: the browser sends it over HTTPS only, to this host only. On this machine there is no HTTPS to
#: ask for.
SECURE_COOKIE, LOCAL_COOKIE = "__Host-trainer", "trainer"
#: The moment of last use is written at most so often: reading a page must not become a write each time.
SEEN_EVERY_MS = 60_000


class SignInNeeded(Exception):
    """Nobody is signed in, or their time is over."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The person behind a request; `areas` None: all. Every query for a page is limited by it."""

    visitor: Visitor
    areas: frozenset[int] | None
    token: str

    @property
    def csrf(self) -> str:
        """The word for the forms of this session."""
        return accounts.csrf_token(self.token)

    def home(self) -> View:
        """What this person sees first."""
        return first_view(self.areas)

    def view(self, code: str) -> View:
        """The province or regency of that code. Raises `Refused` 404 for one that is unknown or not
        theirs.
        """
        view = View(PROVINCE if len(code) == 2 else REGENCY, code)
        if not may_see(view, self.areas):
            raise refuse(404)
        return view

    def require_areas(self, areas: Collection[int]) -> None:
        """Raises `Refused` 404 when one of these is not theirs."""
        if self.areas is not None and not self.areas.issuperset(areas):
            raise refuse(404)


def secure(request: Request) -> bool:
    """True over HTTPS, here or at the proxy in front."""
    return request.url.scheme == "https"


def from_this_machine(request: Request) -> bool:
    """True when nobody on the network can listen in even without HTTPS."""
    return request.client is not None and request.client.host in LOOPBACK


def cookie_name(request: Request) -> str:
    """The session cookie's name."""
    return SECURE_COOKIE if secure(request) else LOCAL_COOKIE


def scope(request: Request) -> Scope:
    """The signed-in person's scope. Raises `SignInNeeded`."""
    token = request.cookies.get(cookie_name(request), "")
    centre = state_of(request).centre
    now = centre.now_ms()
    with centre.db.reading() as c:
        session = accounts.find_session(c, token, now) if token else None
        visitor = accounts.signed_in(c, session[0]) if session else None
    if session is None or visitor is None:
        raise SignInNeeded
    if now - session[1] > SEEN_EVERY_MS:
        centre.db.transact(lambda c: accounts.seen(c, token, now))
    return Scope(visitor, visitor.areas, token)


def scope_for(*roles: str) -> Callable[[Request], Scope]:
    """A dependency for pages of some roles only. It raises `Refused` 403 for others."""

    def checked(request: Request) -> Scope:
        found = scope(request)
        if found.visitor.role not in roles:
            raise refuse(403)
        return found

    return checked


AnyScope = Annotated[Scope, Depends(scope)]
SupervisorScope = Annotated[Scope, Depends(scope_for(SUPERVISOR, ADMIN))]
AdminScope = Annotated[Scope, Depends(scope_for(ADMIN))]


def check_origin(request: Request) -> None:
    """A form must come from one of our own pages. Raises `Refused` 403."""
    origin = request.headers.get("origin", "")
    if origin and origin != "null":
        own = urlsplit(origin).netloc == request.headers.get("host", "")
    else:
        own = request.headers.get("sec-fetch-site") == "same-origin"
    if not own:
        raise refuse(403)


def check_form(request: Request, scope: Scope, csrf: str) -> None:
    """Origin and the form's word. Raises `Refused` 403."""
    check_origin(request)
    if not hmac.compare_digest(scope.csrf.encode(), csrf.encode()):
        raise refuse(403)


def check_channel(request: Request) -> None:
    """A password must not cross the network in the clear. Raises `Refused` 403."""
    if not secure(request) and not from_this_machine(request):
        raise Refused(
            403, "access.https", _("Masuk hanya lewat alamat https://. Minta alamatnya ke admin pusat.")
        )
