"""The internet path: one POST per round, bare headers, a plain sentence for all that can go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from trainer_app.records.problem import CarrierProblem, InputProblem
from trainer_app.sync.carrier import Refused
from trainer_app.words import _

if TYPE_CHECKING:
    import requests

PATH = "/sync/v1"
CONNECT_SECONDS, READ_SECONDS = 15.0, 60.0
#: An answer is never larger; more is a mistake or an attack.
MOST_ANSWER_BYTES = 8 * 1024 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_BUSY = (429, 502, 503, 504)
_PORTAL = 511


def checked_address(text: str) -> str:
    """The address of a centre as it is kept: https, or http on this very machine. Raises `InputProblem`."""
    address = text.strip()
    if "://" not in address:
        here = address.partition("/")[0].partition(":")[0] in _LOOPBACK
        address = f"http://{address}" if here else f"https://{address}"
    address = address.rstrip("/")
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.port == 0:
            host = ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise InputProblem(
            _("Alamat pusat belum benar. Contoh: https://pusat.contoh.id"),
            field="address",
            code="address.form",
        )
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise InputProblem(
            _("Alamat pusat harus dimulai dengan https://, supaya data tidak terbaca di jalan."),
            field="address",
            code="address.plain",
        )
    return address


def safe_words(problem: str) -> str:
    """A sentence of what happened, with what every trainer needs to hear beside it."""
    return f"{problem} " + _("Catatan tetap aman di laptop ini.")


class HttpCarrier:
    """A kept-alive connection to the centre at `address`."""

    def __init__(self, address: str, *, read_seconds: float = READ_SECONDS) -> None:
        self._address = checked_address(address)
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._session: requests.Session | None = None
        self._kept_alive = False

    def _opened(self) -> requests.Session:
        if self._session is None:
            import requests

            self._session = requests.Session()
            self._session.headers.clear()
        return self._session

    def send(self, data: bytes) -> bytes:
        """POST the request and read the answer. Raises `CarrierProblem` and `Refused`."""
        with understood():
            return self._sent_again(data) if self._kept_alive else self._sent(data)

    def _sent(self, data: bytes) -> bytes:
        with self._opened().send(self._prepared(data), **self._how()) as response:
            body = self._body(response)
        self._kept_alive = True
        return body

    def _sent_again(self, data: bytes) -> bytes:
        """Over a connection that was kept: the other side may have closed it meanwhile, which is no fault.

        A request that did arrive is refused as seen before, and `exchange` then counts on.
        """
        import requests

        try:
            return self._sent(data)
        except requests.exceptions.Timeout:
            raise
        except requests.exceptions.ConnectionError:
            self.close()
            return self._sent(data)

    def _prepared(self, data: bytes) -> requests.PreparedRequest:
        import requests
        from urllib3.util import SKIP_HEADER

        bare = {"User-Agent": SKIP_HEADER, "Accept-Encoding": SKIP_HEADER}
        prepared = requests.Request("POST", self._address + PATH, data=data, headers=bare)
        return self._opened().prepare_request(prepared)

    def _how(self) -> dict[str, Any]:
        merged = self._opened().merge_environment_settings(self._address, {}, True, None, None)
        return {**merged, "timeout": self._timeout, "allow_redirects": False}

    def _body(self, response: requests.Response) -> bytes:
        if response.status_code == 200 and not is_page(response):
            return read_body(response)
        raise explained(response)

    def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()
            self._session = None
        self._kept_alive = False


@contextmanager
def understood() -> Iterator[None]:
    """What can go wrong on the way, as `CarrierProblem`."""
    import requests

    try:
        yield
    except requests.exceptions.SSLError as fault:
        raise CarrierProblem(
            safe_words(_("Pusat tidak bisa dipastikan keasliannya. Jangan kirim dari jaringan ini.")),
            code="http.certificate",
        ) from fault
    except requests.exceptions.Timeout as fault:
        raise CarrierProblem(
            safe_words(_("Sambungan terlalu lambat atau terputus. Coba lagi di tempat bersinyal.")),
            code="http.timeout",
        ) from fault
    except requests.exceptions.ChunkedEncodingError as fault:
        raise _cut_short() from fault
    except requests.exceptions.RequestException as fault:
        raise CarrierProblem(
            safe_words(_("Belum tersambung ke pusat. Periksa sinyal atau paket data, lalu coba lagi.")),
            code="http.unreachable",
        ) from fault


def explained(response: requests.Response) -> CarrierProblem:
    """What an answer that is not the wanted one means."""
    status = response.status_code
    if status in _BUSY:
        return CarrierProblem(
            safe_words(_("Pusat sedang sibuk. Coba lagi sebentar lagi.")),
            code="http.busy",
            retry_after_seconds=_seconds(response.headers.get("Retry-After", "")),
        )
    if is_page(response) or 300 <= status < 400 or status == _PORTAL:
        return CarrierProblem(
            safe_words(_("Jaringan ini meminta masuk dulu lewat peramban. Masuk, lalu coba lagi.")),
            code="http.portal",
        )
    code, message = _fault(response)
    if status == 413:
        return CarrierProblem(safe_words(_("Kiriman terlalu besar untuk pusat.")), code="http.large")
    if 400 <= status < 500 and code:
        return Refused(status, message or safe_words(_("Pusat menolak kiriman ini.")), code)
    return CarrierProblem(safe_words(_("Pusat sedang bermasalah. Coba lagi nanti.")), code=f"http.{status}")


def _cut_short() -> CarrierProblem:
    return CarrierProblem(
        safe_words(_("Sambungan terputus di tengah jalan. Coba lagi.")), code="answer.short"
    )


def is_page(response: requests.Response) -> bool:
    """Whether somebody answers who talks to browsers: a network that wants one to sign in first."""
    return "html" in response.headers.get("Content-Type", "")


def read_body(response: requests.Response) -> bytes:
    """All of an answer. Raises `CarrierProblem` when it is too large or shorter than it said."""
    parts, size = [], 0
    for part in response.iter_content(64 * 1024):
        size += len(part)
        if size > MOST_ANSWER_BYTES:
            raise CarrierProblem(safe_words(_("Jawaban dari pusat terlalu besar.")), code="answer.large")
        parts.append(part)
    expected = response.headers.get("Content-Length", "")
    if expected.isdigit() and int(expected) != size:
        raise _cut_short()
    return b"".join(parts)


def _fault(response: requests.Response) -> tuple[str, str]:
    try:
        said = json.loads(read_body(response))
    except (ValueError, CarrierProblem):
        return "", ""
    if not isinstance(said, dict):
        return "", ""
    return str(said.get("code", ""))[:60], str(said.get("message", ""))[:400]


def _seconds(text: str) -> float | None:
    return float(text) if text.isdigit() else None
