"""POST /sync/v1: one exchange with a laptop or a hub. What it means is in `sync.answer`; here are only its
bounds.
"""

from __future__ import annotations

import time

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from trainer_app.server import metrics
from trainer_app.server.faults import Refused, documented
from trainer_app.server.state import State, state_of
from trainer_app.storage.blobs import sweep_daily
from trainer_app.storage.examining import examine
from trainer_app.storage.store import Store
from trainer_app.sync.answer import Refusal, answer
from trainer_app.sync.byte_reading import MAX_MESSAGE_BYTES
from trainer_app.sync.carriers.route import PATH

_BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


def router() -> APIRouter:
    """POST /sync/v1."""
    routes = APIRouter(tags=["laptops"])

    @routes.post(
        PATH,
        summary="One exchange: what the laptop brings and asks for, and what it gets",
        description="MessagePack in both directions (see the protocol document). "
        "The answer carries no header but its length.",
        response_class=Response,
        openapi_extra={"requestBody": {"required": True, **_BINARY}},
        responses={
            200: {**_BINARY, "description": "The answer"},
            **documented(400, 401, 403, 408, 409, 413, 422, 426, 503),
        },
    )
    async def exchange(request: Request) -> Response:
        state = state_of(request)
        admission = state.admission
        with state.uploads.begin() as upload:
            async with admission.body(request, MAX_MESSAGE_BYTES, upload) as body, admission.place():
                await state.uploads.settle(upload)
                return await _answered(state, body)

    return routes


async def _answered(state: State, body: bytes) -> Response:
    started = time.perf_counter()
    try:
        answered = await run_in_threadpool(answer, state.centre.store, state.authority, body)
    except Refusal as refusal:
        raise Refused(refusal.status, refusal.code, refusal.text) from refusal
    metrics.SECONDS.observe(time.perf_counter() - started)
    metrics.BYTES_IN.inc(len(body))
    metrics.BYTES_OUT.inc(len(answered))
    return Response(answered, background=BackgroundTask(_tidy, state.centre.store))


def _tidy(store: Store) -> None:
    """After an answer: look for duplicates, and once a day forget the photos that were taken away."""
    examine(store)
    sweep_daily(store)
