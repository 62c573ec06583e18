"""The internet carrier against servers that behave as badly as networks do: a plain sentence, and nothing
lost.
"""

from __future__ import annotations

import socket

import pytest

from tests.sync.rude_site import RudeSite
from trainer_app.records.problem import CarrierProblem, InputProblem
from trainer_app.sync.carrier import CutAnswer, Refused
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.carriers.route import checked_address

SAFE = "Catatan tetap aman di laptop ini."


def _reply(status: str, body: bytes = b"", *heads: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(body)}", *heads])
    return head.encode() + b"\r\n\r\n" + body


def _problem(reply: bytes | None) -> CarrierProblem:
    with RudeSite([reply]) as site, pytest.raises(CarrierProblem) as caught:
        HttpCarrier(site.address, read_seconds=2).send(b"question")
    return caught.value


def test_heads_are_bare() -> None:
    with RudeSite([_reply("200 OK", b"answer")]) as site:
        carrier = HttpCarrier(site.address)
        assert carrier.send(b"question") == b"answer"
        carrier.close()
        head = f"POST /sync/v1 HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: 8\r\n\r\n"
        assert site.requests == [head.encode() + b"question"]


def test_one_connection_serves_many_rounds() -> None:
    with RudeSite([_reply("200 OK", b"one"), _reply("200 OK", b"two")], keep=True) as site:
        carrier = HttpCarrier(site.address)
        assert [carrier.send(b"a"), carrier.send(b"b")] == [b"one", b"two"]
        carrier.close()
        assert site.connections == 1


def test_a_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    with RudeSite([_reply("200 OK", b"one"), _reply("200 OK", b"two")]) as site:
        carrier = HttpCarrier(site.address)
        assert [carrier.send(b"a"), carrier.send(b"b")] == [b"one", b"two"]
        carrier.close()
        assert site.connections == 2


_PAGE = b"<html><body>Selamat datang. Masuk dulu.</body></html>"
_FAULT = b'{"code": "area.foreign", "message": "Laptop ini tidak bertugas di wilayah itu."}'


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (_reply("200 OK", _PAGE, "content-type: text/html"), "http.portal", "masuk dulu"),
        (_reply("302 Found", b"", "location: http://wifi.contoh/masuk"), "http.portal", "masuk dulu"),
        (
            _reply("511 Network Authentication Required", _PAGE, "content-type: text/html"),
            "http.portal",
            "masuk",
        ),
        (_reply("413 Payload Too Large"), "http.large", "terlalu besar"),
        (_reply("413 Large", b"<html>x", "content-type: text/html"), "http.large", "terlalu besar"),
        (_reply("407 Proxy Authentication Required"), "http.proxy_password", "kata sandi"),
        (
            _reply("308 Permanent Redirect", b"", "location: https://baru.contoh.id/sync/v1"),
            "http.moved",
            "https://baru.contoh.id",
        ),
        (_reply("301 Moved", b"", "location: https://wifi.contoh/masuk"), "http.portal", "masuk dulu"),
        (_reply("502 Bad Gateway", b"<html>x", "content-type: text/html"), "http.busy", "sibuk"),
        (_reply("503 Service Unavailable"), "http.busy", "sibuk"),
        (_reply("500 Internal Server Error", b"oops"), "http.500", "bermasalah"),
        (_reply("404 Not Found", b"nothing"), "http.404", "bermasalah"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", "answer.short", "terputus"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 90000000\r\n\r\n" + bytes(9_000_000),
            "answer.large",
            "terlalu besar",
        ),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhal", "answer.short", "terputus"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "http.unreachable", "tersambung"),
        (b"", "http.broken", "terputus"),
        (None, "http.timeout", "lambat"),
    ],
)
def test_every_bad_network_is_one_plain_sentence(reply: bytes | None, code: str, words: str) -> None:
    problem = _problem(reply)
    assert problem.code == code
    assert words in problem.message
    assert SAFE in problem.message
    assert not isinstance(problem, Refused)


def test_a_refusal_keeps_the_centre_s_own_words() -> None:
    problem = _problem(_reply("403 Forbidden", _FAULT, "content-type: application/json"))
    assert isinstance(problem, Refused)
    assert (problem.status, problem.code) == (403, "area.foreign")
    assert problem.message == "Laptop ini tidak bertugas di wilayah itu."


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Busy"])
@pytest.mark.parametrize(
    ("heads", "seconds", "words"),
    [
        (["retry-after: 7"], 7.0, "sebentar lagi"),
        (["retry-after: 600"], 600.0, "10 menit lagi"),
        (
            ["retry-after: Wed, 21 Oct 2026 07:28:30 GMT", "date: Wed, 21 Oct 2026 07:28:00 GMT"],
            30.0,
            "sebentar lagi",
        ),
        (["retry-after: Wed, 21 Oct 2015 07:28:00 GMT"], 0.0, "sebentar lagi"),
        (["retry-after: soon"], None, "sebentar lagi"),
        ([], None, "sebentar lagi"),
    ],
)
def test_a_busy_centre_says_when_to_come_again(
    status: str, heads: list[str], seconds: float | None, words: str
) -> None:
    problem = _problem(_reply(status, b"", *heads))
    assert problem.retry_after_seconds == seconds
    assert words in problem.message


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CarrierProblem) as caught:
        HttpCarrier(f"http://127.0.0.1:{port}").send(b"question")
    assert caught.value.code == "http.unreachable"


def test_what_came_of_an_answer_that_broke_off_is_handed_on() -> None:
    problem = _problem(b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n" + bytes(3000))
    assert isinstance(problem, CutAnswer)
    assert 3000 - 512 < len(problem.part) <= 3000


def test_a_large_request_that_broke_off_is_not_sent_again_unasked() -> None:
    with RudeSite([_reply("200 OK", b"one"), b"", _reply("200 OK", b"two")], keep=True, most=2) as site:
        carrier = HttpCarrier(site.address)
        assert carrier.send(b"small") == b"one"
        with pytest.raises(CarrierProblem) as caught:
            carrier.send(bytes(5000))
        carrier.close()
    assert caught.value.code == "http.broken"
    assert len(site.requests) == 2


def test_a_proxy_of_the_settings_is_used_and_explained() -> None:
    reply = _reply("200 OK", b"answer")
    with RudeSite([reply, _reply("407 Proxy Authentication Required")]) as proxy:
        near = HttpCarrier("http://127.0.0.1:9", proxy=proxy.address)
        assert near.send(b"question") == b"answer"
        near.close()
        assert proxy.requests[0].startswith(b"POST http://127.0.0.1:9/sync/v1 ")
        far = HttpCarrier("https://pusat.contoh.id", proxy=proxy.address)
        with pytest.raises(CarrierProblem) as caught:
            far.send(b"question")
        assert caught.value.code == "http.proxy_password"
        assert proxy.requests[1].startswith(b"CONNECT pusat.contoh.id:443 ")


def test_a_proxy_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CarrierProblem) as caught:
        HttpCarrier("https://pusat.contoh.id", proxy=f"http://127.0.0.1:{port}").send(b"question")
    assert caught.value.code == "http.proxy"
    assert "proxy" in caught.value.message.lower()


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with RudeSite([_reply("200 OK", b"answer")]) as proxy:
        monkeypatch.setenv("https_proxy", proxy.address)
        with pytest.raises(CarrierProblem):
            HttpCarrier("https://pusat.contoh.id").send(b"question")
        assert proxy.requests[0].startswith(b"CONNECT pusat.contoh.id:443 ")


def test_a_redirect_is_never_followed() -> None:
    with RudeSite([_reply("200 OK", b"stolen")]) as other:
        problem = _problem(_reply("307 Temporary Redirect", b"", f"location: {other.address}/sync/v1"))
        assert problem.code == "http.portal"
        assert other.requests == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" pusat.contoh.id/ ", "https://pusat.contoh.id"),
        ("https://pusat.contoh.id:8443", "https://pusat.contoh.id:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_addresses_that_are_kept(typed: str, kept: str) -> None:
    assert checked_address(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://pusat.contoh.id", "address.plain"),
        ("http://127.0.0.1.jahat.id", "address.plain"),
        ("http://localhost@jahat.id", "address.plain"),
        ("localhost:1@jahat.id", "address.plain"),
        ("", "address.form"),
        ("https://", "address.form"),
        ("ftp://pusat.contoh.id", "address.form"),
        ("https://pusat.contoh.id:0", "address.form"),
        ("https://pusat.contoh.id:99999", "address.form"),
        ("https://[::1", "address.form"),
    ],
)
def test_addresses_that_are_not(typed: str, code: str) -> None:
    with pytest.raises(InputProblem) as caught:
        checked_address(typed)
    assert caught.value.code == code
