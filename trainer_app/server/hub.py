"""A supervisor's laptop as a hub: it answers trainers' laptops over the local network like the centre does,
and gives no receipts.

Standard library only, so that every laptop can be one: threads, TLS 1.3 with a certificate of its own, the
routes of the centre's exchange and two to get to know each other. The store is the laptop's own; people go
on working.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from trainer_app.records.problem import CarrierProblem, Problem
from trainer_app.storage.examining import look_through
from trainer_app.storage.store import Store
from trainer_app.sync.answer import Authority, Refusal, answer
from trainer_app.sync.byte_reading import MAX_MESSAGE_BYTES
from trainer_app.sync.carriers.lan import HELLO_PATH, PAIR_PATH, PORT
from trainer_app.sync.carriers.route import PATH
from trainer_app.sync.cut import keep_cut
from trainer_app.sync.pairing import Doorkeeper, PairingRefused, certificate_proof
from trainer_app.sync.visits import Visits
from trainer_app.words import _

_log = logging.getLogger(__name__)
_CERTIFICATE, _KEY = "hub_certificate", "hub_key"
#: Laptops connected at once, and answered at once: there is one writer in the store anyway.
CONNECTIONS, ANSWERS = 64, 4
HANDSHAKE_SECONDS, IDLE_SECONDS = 10.0, 75.0
_SMALL_BYTES, _DRAINED_BYTES = 4096, 64 * 1024
_POLL_SECONDS = 0.1
_STATUS = {"wrong": 403, "busy": 429, "gone": 410}


class Hub:
    """Make one over an open store, `start` it, and `stop` it before the store is closed.

    `changed` is called from threads of the hub whenever a laptop came, went on or left. Raises
    `CarrierProblem` from `start` when nothing can be listened on.
    """

    def __init__(
        self,
        store: Store,
        *,
        host: str = "0.0.0.0",  # noqa: S104 - to be reached by other laptops is what it is for
        port: int = PORT,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.store, self._host, self._port = store, host, port
        certificate, key = hub_certificate(store)
        self.fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.decode())).digest()
        self._context = _server_context(certificate, key)
        self.doorkeeper = Doorkeeper(self.fingerprint, store.replica)
        self.visits = Visits(store, changed)
        self.authority = Authority.of_hub(store)
        self.answering = threading.Semaphore(ANSWERS)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Where it listens; 0 before it was started."""
        return int(self._server.server_address[1]) if self._server else 0

    def start(self) -> None:
        """Listen, in threads of its own. When the usual port is taken, another one."""
        try:
            self._server = _Server((self._host, self._port), self, self._context)
        except OSError:
            try:
                self._server = _Server((self._host, 0), self, self._context)
            except OSError as fault:
                raise CarrierProblem(
                    _("Laptop ini belum bisa menerima. Sambungkan ke Wi-Fi, lalu coba lagi."),
                    code="hub.listen",
                ) from fault
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="hub", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Break off what is under way (nothing is lost by it) and listen no more. A second call does
        nothing.
        """
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        server.hang_up()
        if self._thread is not None:
            self._thread.join()

    # --- what the routes do, on threads of the hub ----------------------------------------------------------

    def hello(self) -> dict[str, Any]:
        """Who this is, and the proof that the certificate is its own."""
        return {
            "replica": self.store.replica.hex(),
            "name": self.store.name,
            "signature": certificate_proof(self.store, self.fingerprint).hex(),
        }

    def exchange(self, body: bytes) -> bytes:
        """One round of an exchange. Raises `Refusal` and `Problem`."""
        with self.answering:
            reply = answer(self.store, self.authority, body)
            self.visits.heard(body, reply)
            look_through(self.store)
        return reply

    def keep_cut(self, body: bytes) -> None:
        """A request broke off: keep what can be kept of it."""
        with self.answering:
            keep_cut(self.store, self.authority, body)

    def pair(self, said: dict[str, Any]) -> dict[str, str]:
        """One step of a pairing. Raises `PairingRefused`, ValueError and KeyError."""
        session = bytes.fromhex(str(said["session"]))
        if "share" in said:
            return {"share": self.doorkeeper.begin(session, bytes.fromhex(str(said["share"]))).hex()}
        return {"proof": self.doorkeeper.confirm(session, bytes.fromhex(str(said["proof"]))).hex()}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = CONNECTIONS
    allow_reuse_address = os.name != "nt"  # there it would let two programs listen on one port

    def __init__(self, address: tuple[str, int], hub: Hub, context: ssl.SSLContext) -> None:
        self.hub, self._context = hub, context
        self._places = threading.BoundedSemaphore(CONNECTIONS)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._gone = threading.Condition(self._lock)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """One more laptop, unless there are too many: then it is hung up on and comes again."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Greet and answer on the connection's own thread: a slow laptop keeps nobody waiting."""
        request.settimeout(HANDSHAKE_SECONDS)
        try:
            secure = self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        except OSError:
            return
        with self._lock:
            self._open.discard(request)
            self._open.add(secure)
        try:
            secure.do_handshake()
            secure.settimeout(IDLE_SECONDS)
            _Handler(secure, client_address, self)
        except OSError as fault:
            _log.info("connection of a laptop ended: %s", type(fault).__name__)
        finally:
            secure.close()
            with self._lock:
                self._open.discard(secure)

    def shutdown_request(self, request: Any) -> None:
        """The connection is over, one way or another."""
        with self._lock:
            self._open.discard(request)
        request.close()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()
            with self._gone:
                self._gone.notify_all()

    def hang_up(self) -> None:
        """Close what is open, and wait for the threads to notice."""
        with self._lock:
            held = list(self._open)
        for connection in held:
            with contextlib.suppress(OSError):  # gone already
                connection.shutdown(socket.SHUT_RDWR)
        with self._gone:
            self._gone.wait_for(lambda: not self._open, HANDSHAKE_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A fault of ours: into the log, without what was sent."""
        _log.exception("fault while answering a laptop")


class _Handler(BaseHTTPRequestHandler):
    """The three routes. Answers carry their length and nothing else."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def handle(self) -> None:
        self.replica = b""
        try:
            super().handle()
        finally:
            self.server.hub.visits.left(self.replica)

    def do_GET(self) -> None:
        if self.path == HELLO_PATH:
            self._say(200, self.server.hub.hello())
        else:
            self._refuse(404, "not_found", _("Alamat itu tidak ada di laptop pengawas."))

    def do_POST(self) -> None:
        limits = {PATH: MAX_MESSAGE_BYTES, PAIR_PATH: _SMALL_BYTES}
        length = self.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > limits.get(self.path, 0):
            # a little of what is refused is read all the same, or its sender would not hear the answer
            self.rfile.read(min(int(length), _DRAINED_BYTES))
        if self.path not in limits:
            self._refuse(404, "not_found", _("Alamat itu tidak ada di laptop pengawas."))
        elif not length.isdecimal() or int(length) > limits[self.path]:
            self._refuse(413, "request.too_large", _("Kiriman terlalu besar."))
        else:
            body = self._body(int(length))
            if len(body) < int(length):
                self.close_connection = True
                if self.path == PATH:
                    self.server.hub.keep_cut(body)
            elif self.path == PATH:
                self._exchange(body)
            else:
                self._pair(body)

    def _body(self, length: int) -> bytes:
        """The body, or what came of it before the link broke or fell silent."""
        body = bytearray()
        with contextlib.suppress(OSError):
            while len(body) < length and (part := self.rfile.read1(length - len(body))):
                body += part
        return bytes(body)

    def _exchange(self, body: bytes) -> None:
        try:
            reply = self.server.hub.exchange(body)
        except Refusal as refusal:
            self._refuse(refusal.status, refusal.code, refusal.text)
        except Problem as problem:
            _log.warning("a laptop could not be served: %s", problem.code)
            self._refuse(503, problem.code or "busy", problem.message)
        except Exception:
            _log.exception("fault while answering a laptop")
            self._refuse(500, "internal", _("Ada yang salah di laptop pengawas. Catatan tetap aman."))
        else:
            self.replica = body[64:80]
            self._send(200, reply)

    def _pair(self, body: bytes) -> None:
        try:
            said = json.loads(body)
            self._say(200, self.server.hub.pair(said))
        except PairingRefused as refused:
            words = _("Kode belum cocok atau sudah berganti. Lihat lagi di layar laptop pengawas.")
            self._refuse(_STATUS[refused.code], f"pairing.{refused.code}", words, refused.seconds)
        except (ValueError, KeyError, TypeError):
            self._refuse(400, "request.malformed", _("Permintaan tidak bisa dibaca."))

    def _say(self, status: int, what: dict[str, Any]) -> None:
        self._send(status, json.dumps(what).encode())

    def _refuse(self, status: int, code: str, words: str, seconds: float = 0.0) -> None:
        self.close_connection = self.close_connection or status in (404, 413, 500)
        body = json.dumps({"code": code, "message": words}).encode()
        self._send(status, body, {"Retry-After": str(int(-(-seconds // 1)))} if seconds else {})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class refuses: unreadable requests and methods that there are not."""
        self.close_connection = True
        self._refuse(code, f"http.{code}", HTTPStatus(code).phrase)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: who came stands in the visits."""


def hub_certificate(store: Store) -> tuple[bytes, bytes]:
    """This laptop's certificate and its key, both PEM; made the first time and kept in the encrypted
    store.
    """
    certificate, key = store.meta(_CERTIFICATE), store.meta(_KEY)
    if certificate is None or key is None:
        certificate, key = _made_certificate(store.replica)
        store.set_meta(_KEY, key)
        store.set_meta(_CERTIFICATE, certificate)
    return certificate, key


def _made_certificate(replica: bytes) -> tuple[bytes, bytes]:
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"trainer-app-hub-{replica.hex()[-8:]}")])
    # the fingerprint decides, not dates: clocks of laptops are often wrong
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def _server_context(certificate: bytes, key: bytes) -> ssl.SSLContext:
    """TLS 1.3 with this certificate. `ssl` reads keys from files only, so it lies in one for a moment, locked
    with a password that nobody keeps.
    """
    from cryptography.hazmat.primitives import serialization

    password = os.urandom(32).hex().encode()
    private = serialization.load_pem_private_key(key, None)
    locked = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0  # every connection shows its certificate
    with tempfile.TemporaryDirectory(prefix="trainer-app-hub-") as folder:
        path = Path(folder) / "hub.pem"
        path.touch(mode=0o600)
        path.write_bytes(certificate + locked)
        context.load_cert_chain(path, password=password)
    return context
