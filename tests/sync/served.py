"""The answering side of a world behind a real HTTP server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.sync.world import World
from trainer_app.server.uploads import Uploads
from trainer_app.sync.answer import Refusal
from trainer_app.sync.cut import keep_cut


@contextmanager
def served(world: World) -> Iterator[tuple[str, int]]:
    """Serve a world's centre; gives host and port."""
    uploads = Uploads(lambda data: keep_cut(world.centre, world.authority, data))

    async def exchange(request: Request) -> Response:
        with uploads.begin() as upload:
            try:
                async for part in request.stream():
                    upload.add(part)
                await uploads.settle(upload)
                return Response(await run_in_threadpool(world.answer, upload.body))
            except ClientDisconnect:
                await upload.keep()
                return Response(status_code=400)
            except Refusal as refusal:
                return JSONResponse({"code": refusal.code, "message": refusal.text}, refusal.status)

    app = Starlette(routes=[Route("/sync/v1", exchange, methods=["POST"])])
    settings = uvicorn.Config(
        app, port=0, log_config=None, access_log=False, server_header=False, date_header=False, ws="none"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    try:
        yield "127.0.0.1", server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
