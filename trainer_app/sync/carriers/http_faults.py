"""What can go wrong on the way to the centre, each as a sentence that says what to do."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trainer_app.records.problem import CarrierProblem
from trainer_app.sync.byte_reading import MAX_MESSAGE_BYTES
from trainer_app.sync.carrier import CutAnswer, Refused
from trainer_app.sync.carriers.route import PATH, safe_words
from trainer_app.words import _, date_short, duration, time_of_day

if TYPE_CHECKING:
    import requests

#: An answer is read in parts of this size: so little is lost of one that breaks off.
_PART_BYTES = 512
_BUSY = (429, 502, 503, 504)
_LARGE, _PORTAL, _PROXY = 413, 511, 407
_MOVED = (301, 308)
#: Why a certificate does not hold, by the numbers of OpenSSL (`X509_V_ERR_…`).
_NOT_YET, _EXPIRED = 9, 10
_LONG_SECONDS = 60


@contextmanager
def understood() -> Iterator[None]:
    """What `requests` raises, as `CarrierProblem`."""
    import requests

    try:
        yield
    except requests.exceptions.ProxyError as fault:
        raise _of_proxy(fault) from fault
    except requests.exceptions.SSLError as fault:
        raise _of_certificate(fault) from fault
    except requests.exceptions.Timeout as fault:
        raise CarrierProblem(
            safe_words(_("Sambungan terlalu lambat atau terputus. Coba lagi di tempat bersinyal.")),
            code="http.timeout",
        ) from fault
    except requests.exceptions.ChunkedEncodingError as fault:
        raise cut_short() from fault
    except requests.exceptions.ConnectionError as fault:
        raise _of_connection(fault) from fault
    except requests.exceptions.RequestException as fault:
        raise _unreachable() from fault


def _unreachable() -> CarrierProblem:
    return CarrierProblem(
        safe_words(_("Belum tersambung ke pusat. Periksa sinyal atau paket data, lalu coba lagi.")),
        code="http.unreachable",
    )


def _of_connection(fault: BaseException) -> CarrierProblem:
    """A connection that was there and broke is worth another try at once; one that never came about is
    not.
    """
    from urllib3.exceptions import ProtocolError

    inner = fault.args[0] if fault.args else None
    broke = isinstance(inner, ProtocolError) and any(isinstance(arg, OSError) for arg in inner.args)
    if not broke:
        return _unreachable()
    return _broken()


def _broken() -> CarrierProblem:
    return CarrierProblem(safe_words(_("Sambungan terputus di tengah jalan. Coba lagi.")), code="http.broken")


def _of_proxy(fault: Exception) -> CarrierProblem:
    if f" {_PROXY} " in f"{fault} ":
        return _wants_password()
    return CarrierProblem(
        safe_words(
            _(
                "Proxy jaringan ini tidak menyambungkan ke pusat. Periksa pengaturan proxy laptop ini, "
                "atau pakai jaringan lain."
            )
        ),
        code="http.proxy",
    )


def _wants_password() -> CarrierProblem:
    return CarrierProblem(
        safe_words(
            _(
                "Proxy jaringan ini meminta nama dan kata sandi. Tanyakan kepada pemilik jaringan, "
                "atau pakai jaringan lain."
            )
        ),
        code="http.proxy_password",
    )


def _of_certificate(fault: BaseException) -> CarrierProblem:
    """Why the centre cannot be told to be itself. A wrong clock is the most frequent reason, and the only one
    that people can mend.
    """
    if any(isinstance(one, ssl.SSLEOFError) for one in _inner(fault)):
        return _broken()  # the link, not the certificate
    broken = next((one for one in _inner(fault) if isinstance(one, ssl.SSLCertVerificationError)), None)
    if broken is None:
        return CarrierProblem(
            safe_words(
                _(
                    "Jaringan ini tidak menyambungkan ke pusat dengan aman. "
                    "Bila jaringan meminta masuk, masuk dulu lewat peramban; bila tidak, pakai jaringan lain."
                )
            ),
            code="http.tls",
        )
    if broken.verify_code in (_NOT_YET, _EXPIRED):
        now = datetime.now().astimezone()
        return CarrierProblem(
            safe_words(
                _(
                    "Jam laptop ini menunjukkan {tanggal}, {jam}. Bila itu salah, betulkan lewat pengaturan "
                    "Windows, lalu coba lagi. Bila benar, hubungi admin pusat."
                ).format(tanggal=date_short(now.date()), jam=time_of_day(now))
            ),
            code="http.clock",
        )
    return CarrierProblem(
        safe_words(_("Pusat tidak bisa dipastikan keasliannya. Jangan kirim dari jaringan ini.")),
        code="http.certificate",
    )


def _inner(fault: BaseException) -> Iterator[BaseException]:
    """A fault and those inside it, as the libraries put them into each other."""
    seen: set[int] = set()
    waiting: list[object] = [fault]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def explained(response: requests.Response) -> CarrierProblem:
    """What an answer that is not the wanted one means."""
    status = response.status_code
    if status in _BUSY:
        return _busy(response)
    if status == _LARGE:
        return _large(response)
    if status == _PROXY:
        return _wants_password()
    if status in _MOVED and (place := _new_place(response)):
        return CarrierProblem(
            safe_words(
                _(
                    "Pusat sudah pindah ke {alamat}. Pastikan dulu kepada pengawas, lalu ganti alamatnya."
                ).format(alamat=place)
            ),
            code="http.moved",
        )
    if is_page(response) or 300 <= status < 400 or status == _PORTAL:
        return CarrierProblem(
            safe_words(_("Jaringan ini meminta masuk dulu lewat peramban. Masuk, lalu coba lagi.")),
            code="http.portal",
        )
    code, message = _fault(response)
    if 400 <= status < 500 and code:
        return Refused(status, message or safe_words(_("Pusat menolak kiriman ini.")), code)
    return CarrierProblem(safe_words(_("Pusat sedang bermasalah. Coba lagi nanti.")), code=f"http.{status}")


def _busy(response: requests.Response) -> CarrierProblem:
    seconds = wanted_seconds(response.headers.get("Retry-After", ""), response.headers.get("Date", ""))
    words = _("Pusat sedang sibuk. Coba lagi sebentar lagi.")
    if seconds is not None and seconds > _LONG_SECONDS:
        words = _("Pusat sedang sibuk. Coba lagi {waktu} lagi.").format(waktu=duration(seconds))
    return CarrierProblem(safe_words(words), code="http.busy", retry_after_seconds=seconds)


def _large(response: requests.Response) -> CarrierProblem:
    """Too large for the centre, or for something between that has a limit of its own."""
    code, message = ("", "") if is_page(response) else _fault(response)
    if code.startswith("segment."):
        return Refused(_LARGE, message or safe_words(_("Kiriman terlalu besar untuk pusat.")), code)
    return CarrierProblem(safe_words(_("Kiriman terlalu besar untuk pusat.")), code="http.large")


def _new_place(response: requests.Response) -> str:
    """Where the centre says that it is for good; empty when that is no centre's address."""
    parts = urlsplit(response.headers.get("Location", ""))
    if parts.scheme != "https" or parts.path != PATH or not parts.hostname:
        return ""
    return f"https://{parts.netloc}"


def wanted_seconds(after: str, date: str, now: datetime | None = None) -> float | None:
    """How long a Retry-After asks to wait: seconds, or until a date, counted from the other side's own date
    where it tells that (clocks of laptops are often wrong). None when it says nothing that can be read.
    """
    if after.isascii() and after.isdigit():
        return float(after[:9])
    until, said = _moment(after), _moment(date)
    if until is None:
        return None
    return max(0.0, (until - (said or now or datetime.now(UTC))).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def cut_short() -> CarrierProblem:
    """An answer that broke off."""
    return CarrierProblem(
        safe_words(_("Sambungan terputus di tengah jalan. Coba lagi.")), code="answer.short"
    )


def is_page(response: requests.Response) -> bool:
    """Whether somebody answers who talks to browsers: a network that wants one to sign in first."""
    return "html" in response.headers.get("Content-Type", "")


def read_body(response: requests.Response) -> bytes:
    """All of an answer. Raises `CarrierProblem` when it is too large, `CutAnswer` when it is shorter than it
    said.
    """
    body = bytearray()
    expected = response.headers.get("Content-Length", "")
    try:
        with understood():
            for part in response.iter_content(_PART_BYTES):
                body += part
                if len(body) > MAX_MESSAGE_BYTES:
                    raise CarrierProblem(
                        safe_words(_("Jawaban dari pusat terlalu besar.")), code="answer.large"
                    )
    except CarrierProblem as problem:
        if problem.code in ("answer.large", "http.certificate"):
            raise
        raise CutAnswer(cut_short(), bytes(body)) from problem
    if expected.isdigit() and int(expected) != len(body):
        raise CutAnswer(cut_short(), bytes(body))
    return bytes(body)


def _fault(response: requests.Response) -> tuple[str, str]:
    try:
        said = json.loads(read_body(response))
    except (ValueError, CarrierProblem):
        return "", ""
    if not isinstance(said, dict):
        return "", ""
    return str(said.get("code", ""))[:60], str(said.get("message", ""))[:400]
