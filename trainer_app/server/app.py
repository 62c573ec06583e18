"""The ASGI application of one worker: routes, limits, and what every answer carries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trainer_app import __version__
from trainer_app.server import (
    admin_pages,
    dashboard,
    enrolment,
    exchange,
    faults,
    fleet_page,
    health,
    metrics,
    photo_page,
    programme_pages,
    report_pages,
    sign_in,
    web,
)
from trainer_app.server.access import SignInNeeded
from trainer_app.server.centre import Centre, open_centre
from trainer_app.server.config import ServerConfig
from trainer_app.server.limits import SmallBodies
from trainer_app.server.state import State
from trainer_app.server.stopping import drain_before_stopping, stop_with_parent
from trainer_app.sync.carriers.route import PATH

#: No scripts at all: every page works without them.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000"


def create_app(config: ServerConfig, centre: Centre | None = None) -> FastAPI:
    """The application over the centre that `config` describes (opened here unless given)."""
    centre = centre or open_centre(config)
    state = State(config, centre, centre.authority())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        drain_before_stopping()
        yield
        centre.close()

    app = FastAPI(
        title="Trainer App: pusat",
        version=__version__,
        summary="Receives what laptops and hubs bring, enrols laptops, shows the way to the target.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.trainer = state
    faults.install(app, web.html_fault)
    app.add_exception_handler(SignInNeeded, sign_in.needed)
    office = (fleet_page, photo_page, admin_pages, programme_pages)
    pages = (sign_in, dashboard, report_pages, *office, web)
    for part in (exchange, enrolment, health, *pages):
        app.include_router(part.router())
    app.add_middleware(SmallBodies, but_not=PATH)
    app.add_middleware(Frame)
    return app


def worker() -> FastAPI:
    """Entry point of a worker process: the parent published what to serve."""
    stop_with_parent()
    return create_app(ServerConfig.published())


class Frame:
    """Middleware: counts every answer and adds the headers that protect pages; exchanges carry none of
    them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bare = scope["path"] == PATH
        secure = scope["scheme"] == "https"

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                metrics.REQUESTS.labels(_route(scope), message["status"]).inc()
                if not bare:
                    _add_headers(MutableHeaders(scope=message), secure)
            await send(message)

        await self._app(scope, receive, framed)


def _add_headers(headers: MutableHeaders, secure: bool) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("cache-control", "no-store")
    if secure:
        headers.setdefault("strict-transport-security", HSTS)


def _route(scope: Scope) -> str:
    """The route's own path, never the one that was asked for: a counter must not grow with what visitors
    type.
    """
    return str(getattr(scope.get("route"), "path", "other"))
