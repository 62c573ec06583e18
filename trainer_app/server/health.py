"""Is it alive, is it ready, how is it doing."""

from __future__ import annotations

import os

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trainer_app.server import metrics
from trainer_app.server.centre import not_ready
from trainer_app.server.faults import documented, refuse
from trainer_app.server.state import state_of
from trainer_app.server.stopping import stopping

LOOPBACK = ("127.0.0.1", "::1")


class Readiness(BaseModel):
    """`ready`, or what is in the way: database, schema, disk, stopping, serve.synchronous_commit,
    serve.fsync.
    """

    ready: bool
    faults: list[str] = Field(default_factory=list)


def router() -> APIRouter:
    """GET /healthz, /readyz, /metrics."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/healthz", summary="The process is alive")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get(
        "/readyz",
        summary="The centre can store and confirm data now",
        response_model=Readiness,
        responses={503: {"model": Readiness, "description": "Not ready; the codes say why"}},
    )
    def readyz(request: Request) -> Response:
        state = state_of(request)
        faults = ["stopping"] if stopping() else not_ready(state.centre)
        return JSONResponse({"ready": not faults, "faults": faults}, 503 if faults else 200)

    @routes.get(
        "/metrics",
        summary="Counters for Prometheus, to this machine only",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}, **documented(404)},
    )
    def counters(request: Request) -> Response:
        if request.client is not None and request.client.host not in LOOPBACK:
            raise refuse(404)
        state = state_of(request)
        with state.centre.db.reading() as c:
            body = metrics.text(c, state.centre.now_ms(), os.environ.get(metrics.DIRECTORY_VARIABLE))
        return Response(body, media_type="text/plain; version=0.0.4")

    return routes
