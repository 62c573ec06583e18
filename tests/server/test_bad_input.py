"""Whatever arrives: a clear status, little memory, nothing stored, and the next good request works."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgpack
import pytest
import uvicorn
import zstandard

from tests.server.laptops import TestLaptop, piece_of
from tests.server.running import AREA, OTHER_AREA, RunningCentre
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Operation
from trainer_app.records.segment import seal_segment
from trainer_app.records.segment.envelope import DOMAIN, MAGIC, SCHEMA, SIGNATURE_BYTES, VERSION, peek
from trainer_app.server import limits, punctual
from trainer_app.server.app import create_app
from trainer_app.server.config import ServerConfig
from trainer_app.sync.byte_reading import MAX_MESSAGE_BYTES
from trainer_app.sync.keys import REQUEST, make_private_key, sign
from trainer_app.sync.messages import Piece

MEMORY_BYTES = 64 * 1024 * 1024
STORED = (
    "SELECT (SELECT COUNT(*) FROM segment WHERE area > 0) + (SELECT COUNT(*) FROM person) "
    "+ (SELECT COUNT(*) FROM inbox)"
)


@pytest.fixture
def laptop(centre: RunningCentre, tmp_path: Path) -> Iterator[TestLaptop]:
    """An enrolled laptop that has sent something good."""
    laptop = TestLaptop(centre, tmp_path)
    laptop.register()
    laptop.push()
    yield laptop
    laptop.close()


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A centre in this process, without patience; gives its address."""
    monkeypatch.setattr(punctual, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.3)
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(ServerConfig(tmp_path / "centre"))
    server = uvicorn.Server(uvicorn.Config(app, http=punctual.PunctualProtocol, ws="none", log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def signed(laptop: TestLaptop, body: bytes) -> bytes:
    """Bytes that only an enrolled laptop can send, whatever they say."""
    store = laptop.store
    return sign(store.private_key, REQUEST + laptop.receiver + store.replica + body) + store.replica + body


def segment(
    laptop: TestLaptop, *, area: int = AREA, replica: bytes = b"", key: bytes = b"", field: int = 1
) -> bytes:
    """The next segment of this laptop, with something wrong."""
    store = laptop.store
    author = replica or store.replica
    last = laptop.segments()[-1]
    values = {field: "Budi CONTOH", 2: "L", 11: "53.01.08.2006"}
    operation = Operation(
        Person.kind, new_id(), area, author, last.hi + 1, store.clock.tick(), new_id(), 0, values
    )
    body, _segment = seal_segment(
        [operation],
        replica=author,
        area=area,
        prev_hash=last.hash,
        sign=lambda data: sign(key or store.private_key, data),
        os_clock=store.clock.now_ms(),
        offset_ms=0,
    )
    return body


def packed(laptop: TestLaptop, frame: bytes, raw_len: int) -> bytes:
    """A segment around any frame, well signed."""
    last = laptop.segments()[-1]
    store = laptop.store
    header = [store.replica, AREA, last.hi + 1, last.hi + 1, last.hash, SCHEMA, 1, raw_len, 0, 0]
    unsigned = MAGIC + bytes((VERSION,)) + msgpack.packb(header) + frame
    name = peek(unsigned + bytes(SIGNATURE_BYTES)).hash
    return unsigned + sign(store.private_key, DOMAIN + name)


def carrying(laptop: TestLaptop, body: bytes) -> bytes:
    return laptop.request(pieces=[piece_of(body)])


def bomb() -> bytes:
    """A gigabyte of zeros in some kilobytes."""
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    piece = bytes(1 << 20)
    return b"".join(compressor.compress(piece) for _i in range(1024)) + compressor.flush()


BAD: dict[str, tuple[Callable[[TestLaptop], bytes], int, str]] = {
    "nothing": (lambda laptop: b"", 400, "request.short"),
    "garbage": (lambda laptop: os.urandom(5000), 401, "device.unknown"),
    "unknown laptop": (lambda laptop: bytes(64) + new_id() + b"\x90", 401, "device.unknown"),
    "wrong signature": (lambda laptop: bytes(64) + laptop.request()[64:], 401, "request.signature"),
    "one bit changed": (lambda laptop: laptop.request()[:-1] + b"\x01", 401, "request.signature"),
    "signed garbage": (lambda laptop: signed(laptop, os.urandom(500)), 400, "request."),
    "signed nothing": (lambda laptop: signed(laptop, b"\x90"), 400, "request."),
    "deeply nested": (lambda laptop: signed(laptop, b"\x91" * 2_000_000), 400, "request."),
    "endless array": (lambda laptop: signed(laptop, b"\xdd\xff\xff\xff\xff" + bytes(1000)), 400, "request."),
    "many empty arrays": (
        lambda laptop: signed(laptop, b"\xdd\x00\x0f\x42\x40" + b"\x90" * 1_000_000),
        400,
        "request.",
    ),
    "foreign area asked": (lambda laptop: laptop.request(cursors={OTHER_AREA: 0}), 403, "area.foreign"),
    "foreign area written": (
        lambda laptop: carrying(laptop, segment(laptop, area=OTHER_AREA)),
        403,
        "area.foreign",
    ),
    "area of the centre written": (
        lambda laptop: carrying(laptop, segment(laptop, area=0)),
        403,
        "area.foreign",
    ),
    "somebody else's feed": (
        lambda laptop: carrying(laptop, segment(laptop, replica=new_id())),
        403,
        "segment.foreign",
    ),
    "segment signed by another key": (
        lambda laptop: carrying(laptop, segment(laptop, key=make_private_key())),
        422,
        "segment.signature",
    ),
    "segment named wrongly": (
        lambda laptop: laptop.request(
            pieces=[
                Piece(bytes(32), len(b := segment(laptop)), 0, b[:200]),
                Piece(bytes(32), len(b), 200, b[200:]),
            ]
        ),
        422,
        "segment.hash",
    ),
    "segment of garbage": (lambda laptop: carrying(laptop, os.urandom(4000)), 422, "segment."),
    "frame of garbage": (
        lambda laptop: carrying(laptop, packed(laptop, os.urandom(4000), 4000)),
        422,
        "segment.",
    ),
    "bomb that says so": (
        lambda laptop: carrying(laptop, packed(laptop, bomb(), 1 << 30)),
        413,
        "segment.oversize",
    ),
    "bomb that lies": (lambda laptop: carrying(laptop, packed(laptop, bomb(), 1000)), 4, "segment."),
    "piece longer than its segment": (
        lambda laptop: laptop.request(pieces=[Piece(bytes(32), 10, 0, bytes(20))]),
        413,
        "segment.oversize",
    ),
    "segment larger than any": (
        lambda laptop: laptop.request(pieces=[Piece(bytes(32), 1 << 40, 0, bytes(20))]),
        413,
        "segment.oversize",
    ),
    "sample data": (lambda laptop: laptop.request(sample=True), 403, "sample.mixed"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_exchanges_change_nothing(centre: RunningCentre, laptop: TestLaptop, name: str) -> None:
    make, status, code = BAD[name]
    data = make(laptop)
    before = centre.count(STORED)
    centre.forget_peak()
    resting = centre.memory()
    answer = laptop.post(data)
    assert answer.status_code == status or answer.status_code // 100 == status, answer.text
    said = answer.json()
    assert said["code"].startswith(code), said
    assert len(said["message"]) > 10
    assert centre.memory("VmHWM") - resting < MEMORY_BYTES
    assert centre.count(STORED) == before
    laptop.register()
    assert laptop.push().receipts, "the next good request works"


def test_unknown_fields_are_kept_not_refused(centre: RunningCentre, laptop: TestLaptop) -> None:
    """A laptop with a newer program must not be locked in: what we do not know yet is stored beside the
    row.
    """
    answer = laptop.exchange(pieces=[piece_of(segment(laptop, field=240))], heads={AREA: 0})
    assert answer.receipts
    assert centre.count("SELECT COUNT(*) FROM person WHERE _extra IS NOT NULL") >= 1


def test_a_request_is_taken_once(laptop: TestLaptop) -> None:
    data = laptop.request()
    assert laptop.post(data).status_code == 200
    again = laptop.post(data)
    assert again.status_code == 409
    assert again.json()["code"].startswith("request.replayed")


def test_a_request_for_another_centre_is_not_taken(laptop: TestLaptop) -> None:
    laptop.receiver = new_id()
    assert laptop.post(laptop.request()).json()["code"] == "request.signature"


def test_too_large_by_its_own_word_is_refused_before_it_is_read(centre: RunningCentre) -> None:
    where = urlsplit(centre.url)
    head = f"POST /sync/v1 HTTP/1.1\r\nhost: {where.netloc}\r\ncontent-length: {1 << 33}\r\n\r\n"
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as line:
        line.sendall(head.encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("path", ["/sync/v1", "/enrol/v1", "/masuk", "/kode"])
def test_too_large_without_saying_so_is_cut_off(centre: RunningCentre, path: str) -> None:
    """Chunked, without end: 64 MiB are offered, hardly more than the limit is ever held."""
    where = urlsplit(centre.url)
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        piece = b"a" * (1 << 18)
        while sent < 8 * MAX_MESSAGE_BYTES:
            sent += len(piece)
            yield piece

    centre.forget_peak()
    resting = centre.memory()
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    try:
        connection.request(
            "POST", path, body=endless(), encode_chunked=True, headers={"transfer-encoding": "chunked"}
        )
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.loads(answer.read())["code"] == "request.too_large"
    except (BrokenPipeError, ConnectionResetError):
        assert sent < 8 * MAX_MESSAGE_BYTES, "hung up on while sending: as clear"
    finally:
        connection.close()
    assert centre.memory("VmHWM") - resting < MEMORY_BYTES
    assert httpx.get(f"{centre.url}/readyz").status_code == 200


def test_many_half_sent_bodies_take_little_memory_and_their_places_come_free(
    centre: RunningCentre, laptop: TestLaptop
) -> None:
    """Thirty strangers offer 8 MiB each and stop before the end: 200 MiB, were all of it held."""
    where = urlsplit(centre.url)
    head = f"POST /sync/v1 HTTP/1.1\r\nhost: {where.netloc}\r\ncontent-length: {MAX_MESSAGE_BYTES}\r\n\r\n"
    centre.forget_peak()
    resting = centre.memory()
    with ExitStack() as open_lines:
        for _n in range(30):
            line = socket.create_connection((where.hostname or "", where.port or 0), timeout=30)
            open_lines.enter_context(line)
            with suppress(BrokenPipeError, ConnectionResetError):  # turned away while sending
                line.sendall(head.encode() + bytes(MAX_MESSAGE_BYTES - (1 << 20)))
        assert httpx.get(f"{centre.url}/readyz").status_code == 200
        assert centre.memory("VmHWM") - resting < MEMORY_BYTES
    assert laptop.exchange().verdicts == ()


def test_who_does_not_say_what_they_want_is_hung_up_on(served: str) -> None:
    """Half a head is not waited for: else one machine could take all places."""
    where = urlsplit(served)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        whole = line.makefile("rb")
        assert whole.readline().startswith(b"HTTP/1.1 200")
        line.sendall(b"GET / HTTP/1.1\r\nhost")
        with suppress(ConnectionResetError):
            assert whole.read().endswith(b'{"status":"ok"}'), "and no more after it"


@pytest.mark.parametrize("path", ["/sync/v1", "/masuk"])
def test_a_body_that_never_ends_is_given_up(served: str, path: str) -> None:
    where = urlsplit(served)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nabc".encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 408")


def test_a_laptop_that_hangs_up_in_the_middle_leaves_nothing(
    centre: RunningCentre, laptop: TestLaptop
) -> None:
    laptop.register()
    whole = laptop.request(pieces=[piece_of(laptop.segments()[-1].body)])
    before = centre.count(STORED)
    where = urlsplit(centre.url)
    head = f"POST /sync/v1 HTTP/1.1\r\nhost: {where.netloc}\r\ncontent-length: {len(whole)}\r\n\r\n"
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as line:
        line.sendall(head.encode() + whole[: len(whole) // 2])
    assert laptop.exchange().verdicts == ()
    assert centre.count(STORED) == before
    assert laptop.push().receipts
