"""The path over a village's Wi-Fi: TLS 1.3 to a supervisor's laptop whose certificate is known, nothing
between.

No proxy, no names, no certificate authority: the fingerprint decides, before a byte is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING

from trainer_app.records.problem import AccessProblem, CarrierProblem, InputProblem
from trainer_app.sync.byte_reading import MAX_MESSAGE_BYTES
from trainer_app.sync.carrier import CutAnswer, Refused
from trainer_app.sync.carriers.http_faults import cut_short
from trainer_app.sync.carriers.route import PATH, safe_words
from trainer_app.sync.pairing import (
    CODE_NEEDED,
    KnownHub,
    Met,
    impostor,
    pair,
    remember,
    trusted,
    wrong_code,
)
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

#: Where a supervisor's laptop listens unless that is taken.
PORT = 47530
HELLO_PATH, PAIR_PATH = "/hub/v1", "/pair/v1"
CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
_SMALL_BYTES = 64 * 1024
_BUSY = (429, 503)


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of a typed address: 192.168.1.5, laptop.local:47530, [fe80::1]:47530. Raises
    `InputProblem`.
    """
    text = address.strip().removeprefix("https://").rstrip("/")
    host, port = text, ""
    if text.startswith("["):
        host, _bracket, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _colon, port = text.partition(":")
    good = bool(host) and not any(letter.isspace() or letter in "/?#@" for letter in host)
    if not good or (port and not (port.isdecimal() and 0 < int(port) < 65536)):
        raise InputProblem(
            _("Alamat laptop pengawas belum benar. Contoh: 192.168.1.5"), field="address", code="hub.address"
        )
    return host, int(port) if port else PORT


class HubConnection:
    """One kept-alive connection to a hub. With `expected` it breaks off before it says anything to
    another.
    """

    def __init__(self, address: str, expected: KnownHub | None = None) -> None:
        self._host, self._port = host_and_port(address)
        self._expected = expected
        self._open: http.client.HTTPConnection | None = None
        #: SHA-256 of the certificate of the other side, once connected.
        self.fingerprint = b""

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str, bytes]:
        """One request: status, seconds to wait as told, body. Raises `CarrierProblem` and `AccessProblem`."""
        kept = self._open is not None
        try:
            return self._ask(path, body)
        except TimeoutError as fault:
            self.close()
            raise _slow() from fault
        except (OSError, http.client.HTTPException) as fault:
            self.close()
            if not kept:
                raise _unreachable() from fault
        # over a connection that was kept: the other side may have closed it meanwhile, which is no fault
        try:
            return self._ask(path, body)
        except (OSError, http.client.HTTPException) as fault:
            self.close()
            raise _unreachable() from fault

    def _ask(self, path: str, body: bytes | None) -> tuple[int, str, bytes]:
        connection = self._open or self._connect()
        connection.request("GET" if body is None else "POST", path, body)
        response = connection.getresponse()
        if response.length is None or response.length > MAX_MESSAGE_BYTES:
            self.close()
            raise CarrierProblem(safe_words(_("Jawaban laptop pengawas terlalu besar.")), code="answer.large")
        return response.status, response.headers.get("Retry-After", ""), self._body(response)

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """All of an answer. Raises `CutAnswer` when it breaks off."""
        body = bytearray()
        expected = response.length or 0
        fault: OSError | None = None
        try:
            while len(body) < expected and (part := response.read1(expected - len(body))):
                body += part
        except OSError as broken:
            fault = broken
        response.close()  # or the next request on this connection is refused by the library
        if len(body) < expected:
            self.close()
            raise CutAnswer(cut_short(), bytes(body)) from fault
        return bytes(body)

    def _connect(self) -> http.client.HTTPConnection:
        raw = socket.create_connection((self._host, self._port), CONNECT_SECONDS)
        try:
            raw.settimeout(READ_SECONDS)
            secure = _context().wrap_socket(raw)
        except BaseException:
            raw.close()
            raise
        try:
            self._look_at(secure)
        except BaseException:  # another than expected, or gone since
            secure.close()
            raise
        connection = http.client.HTTPConnection(self._host, self._port, timeout=READ_SECONDS)
        connection.sock = secure
        connection.auto_open = 0  # never again without the look above
        self._open = connection
        return connection

    def _look_at(self, secure: ssl.SSLSocket) -> None:
        """Who is on the other side. Raises `AccessProblem` when it is not who was expected."""
        self.fingerprint = hashlib.sha256(secure.getpeercert(binary_form=True) or b"").digest()
        expected = self._expected
        if expected is not None and not hmac.compare_digest(self.fingerprint, expected.fingerprint):
            raise impostor(expected.name)

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.close()
            self._open = None


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the fingerprint is compared instead, and nothing is sent before
    return context


class LanCarrier:
    """The way to a supervisor's laptop that is known."""

    def __init__(self, hub: KnownHub) -> None:
        self._connection = HubConnection(hub.address, hub)

    def send(self, data: bytes) -> bytes:
        """POST the request and read the answer. Raises `CarrierProblem`, `AccessProblem` and `Refused`."""
        status, wait, body = self._connection.ask(PATH, data)
        if status == 200:
            return body
        raise _explained(status, wait, body)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def meet(store: Store, address: str, code: str = "") -> KnownHub:
    """Find out who is at an address, and whether it is a supervisor's laptop that can be trusted.

    `code` is what the person read from its screen; it is used only when nothing else tells. Raises
    `AccessProblem` (code `hub.code_needed` when it is asked for), `CarrierProblem` and `InputProblem`.
    """
    connection = HubConnection(address)
    try:
        status, wait, body = connection.ask(HELLO_PATH)
        if status != 200:
            raise _explained(status, wait, body)
        met = _hello(connection.fingerprint, body)
        if not trusted(store, met):
            if not code.strip():
                raise AccessProblem(
                    _("Laptop pengawas ini baru bagi laptop ini. Ketik kode 6 angka di layarnya."),
                    code=CODE_NEEDED,
                )
            pair(met, code, lambda said: _paired(connection, met, said))
        return remember(store, met, address)
    finally:
        connection.close()


def _hello(fingerprint: bytes, body: bytes) -> Met:
    said = _json(body)
    try:
        replica, signature = bytes.fromhex(str(said["replica"])), bytes.fromhex(str(said["signature"]))
    except (KeyError, ValueError) as fault:
        raise _no_hub() from fault
    if len(replica) != 16:
        raise _no_hub()
    return Met(replica, str(said.get("name", ""))[:60], fingerprint, signature)


def _paired(connection: HubConnection, met: Met, said: Mapping[str, str]) -> Mapping[str, object]:
    before = connection.fingerprint
    status, wait, body = connection.ask(PAIR_PATH, json.dumps(said).encode())
    if connection.fingerprint != before:
        raise impostor(met.name)
    if status == 403:
        raise wrong_code()
    if status in _BUSY:
        raise AccessProblem(
            _("Terlalu banyak kode salah. Tunggu {n} detik, lalu pakai kode baru di layarnya.").format(
                n=wait or "30"
            ),
            code="hub.wait",
        )
    if status != 200:
        raise _explained(status, wait, body)
    return _json(body)


def _json(body: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(body[:_SMALL_BYTES])
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise _no_hub()
    return said


def _explained(status: int, wait: str, body: bytes) -> CarrierProblem:
    if status in _BUSY:
        return CarrierProblem(
            safe_words(_("Laptop pengawas sedang melayani banyak laptop. Coba lagi sebentar lagi.")),
            code="http.busy",
            retry_after_seconds=float(wait) if wait.isdigit() else None,
        )
    said = _json(body) if body[:1] == b"{" else {}
    code, message = str(said.get("code", ""))[:60], str(said.get("message", ""))[:400]
    if 400 <= status < 500 and code:
        return Refused(status, message, code)
    return CarrierProblem(
        safe_words(_("Laptop pengawas sedang bermasalah. Coba lagi, atau pakai flashdisk.")),
        code=f"http.{status}",
    )


def _unreachable() -> CarrierProblem:
    return CarrierProblem(
        safe_words(
            _(
                "Belum tersambung ke laptop pengawas. Pastikan kedua laptop di Wi-Fi yang sama, lalu coba "
                "lagi."
            )
        ),
        code="http.unreachable",
    )


def _slow() -> CarrierProblem:
    return CarrierProblem(
        safe_words(_("Laptop pengawas lama tidak menjawab. Dekatkan ke Wi-Fi, lalu coba lagi.")),
        code="http.timeout",
    )


def _no_hub() -> CarrierProblem:
    return CarrierProblem(
        safe_words(_("Di alamat itu tidak ada laptop pengawas yang menerima. Periksa alamatnya.")),
        code="hub.none",
    )
