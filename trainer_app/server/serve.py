"""Running the centre: one socket, one or more worker processes, and an orderly end."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import Callable
from types import FrameType

import uvicorn
from uvicorn.supervisors import Multiprocess

from trainer_app.records.problem import StoreProblem
from trainer_app.server.config import ServerConfig
from trainer_app.server.punctual import PunctualProtocol
from trainer_app.words import _

WORKER = "trainer_app.server.app:worker"
#: After the signal to stop: so long for what is under way.
FINISH_SECONDS = 30
CONNECTIONS_AT_ONCE = 512
BACKLOG = 512

#: Where the library for metrics looks for the folder that workers share.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def run(config: ServerConfig, announce: Callable[[str], None]) -> None:
    """Serve until told to stop; `announce` gets the address once it is bound. Raises `StoreProblem` if it is
    taken.
    """
    config.publish()
    listener = _listen(config)
    host, port = listener.getsockname()[:2]
    announce(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    settings = uvicorn.Config(
        WORKER,
        factory=True,
        workers=config.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="on",
        ws="none",
        http=PunctualProtocol,
        limit_concurrency=CONNECTIONS_AT_ONCE,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    if config.workers == 1:
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, _already_heard)
        uvicorn.Server(settings).run(sockets=[listener])
        return
    with tempfile.TemporaryDirectory(prefix="trainer-app-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder
        Multiprocess(settings, sockets=[listener]).run()


def _already_heard(_sig: int, _frame: FrameType | None) -> None:
    """The server raises the signal that ended it once more when it has finished; that is no reason to die of
    it.
    """


def _listen(config: ServerConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError as fault:
        listener.close()
        raise StoreProblem(
            _(
                "Belum bisa memakai {host}:{port}. Alamat itu dipakai program lain atau tidak diizinkan."
            ).format(host=config.host, port=config.port),
            code="serve.address",
        ) from fault
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener
