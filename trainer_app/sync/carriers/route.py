"""Where the centre is: its address, and the words that go with every problem on the way there."""

from __future__ import annotations

from urllib.parse import urlsplit

from trainer_app.records.problem import CarrierProblem, InputProblem
from trainer_app.words import _

PATH = "/sync/v1"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


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


def not_joined() -> CarrierProblem:
    """This laptop does not know where the centre is: it joined none."""
    return CarrierProblem(
        _("Laptop ini belum didaftarkan ke pusat. Daftarkan dulu, lalu kirim."), code="enrol.missing"
    )


def safe_words(problem: str) -> str:
    """A sentence of what happened, with what every trainer needs to hear beside it."""
    return f"{problem} " + _("Catatan tetap aman di laptop ini.")
