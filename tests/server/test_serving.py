"""Starting, being ready, answering bare, stopping in order."""

from __future__ import annotations

import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from tests.postgres import Postgres, set_fsync
from tests.server.laptops import TestLaptop, enrol
from tests.server.running import RunningCentre, launch
from trainer_app.sync.keys import make_private_key


def raw_exchange(centre: RunningCentre, body: bytes) -> bytes:
    """Everything the server sends back, header and all, as it travels."""
    where = urlsplit(centre.url)
    head = f"POST /sync/v1 HTTP/1.1\r\nhost: {where.netloc}\r\ncontent-length: {len(body)}\r\n"
    head += "connection: close\r\n\r\n"
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as line:
        line.sendall(head.encode() + body)
        received = b""
        while piece := line.recv(65536):
            received += piece
    return received


def test_alive_and_ready(centre: RunningCentre) -> None:
    assert httpx.get(f"{centre.url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{centre.url}/readyz").json() == {"ready": True, "faults": []}


def test_an_idle_exchange_is_one_small_answer(centre: RunningCentre, tmp_path: Path) -> None:
    laptop = TestLaptop(centre, tmp_path)
    first = laptop.exchange(cursors={0: 0, laptop.areas[0]: 0})
    cursors = {0: max((item.pos for item in first.items), default=0), laptop.areas[0]: 0}
    request = laptop.request(cursors=cursors)
    answer = raw_exchange(centre, request)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    head = answer.split(b"\r\n\r\n")[0].lower()
    assert {line.split(b":")[0] for line in head.splitlines()[1:]} <= {b"content-length", b"connection"}
    assert len(answer) + len(request) <= 300
    laptop.close()


def test_counters_for_prometheus(centre: RunningCentre) -> None:
    text = httpx.get(f"{centre.url}/metrics").text
    assert re.search(r'^trainer_requests_total{route="/readyz",status="200"} \d', text, re.MULTILINE)
    assert "trainer_quarantine_open 0" in text


def test_every_route_is_described(centre: RunningCentre) -> None:
    described = httpx.get(f"{centre.url}/openapi.json").json()
    assert {"/sync/v1", "/enrol/v1", "/healthz", "/readyz", "/metrics", "/", "/wilayah/{code}"} <= described[
        "paths"
    ].keys()
    fault = described["paths"]["/enrol/v1"]["post"]["responses"]["410"]["content"]["application/json"][
        "schema"
    ]
    assert fault["$ref"].endswith("/Fault")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/tidak-ada", 404), ("PUT", "/sync/v1", 405), ("GET", "/enrol/v1", 405)],
)
def test_faults_are_json_with_code_and_sentence(
    centre: RunningCentre, method: str, path: str, status: int
) -> None:
    answer = httpx.request(method, centre.url + path)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message"}
    assert not {"server", "date"} & set(answer.headers)


def test_two_workers_answer_for_one_centre(tmp_path: Path) -> None:
    with RunningCentre.start(tmp_path / "pusat", "", "--workers", "2") as centre:
        laptops = [TestLaptop(centre, tmp_path) for _i in range(3)]
        for laptop in laptops:
            laptop.register(2)
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(TestLaptop.push, laptops))
        assert [len(answer.receipts) for answer in answers] == [1, 1, 1]
        assert centre.count("SELECT COUNT(*) FROM person") == 6
        assert centre.count("SELECT SUM(registered) FROM area_total") == 6
        enrolled = re.search(
            r'trainer_enrolments_total{result="ok"} ([\d.]+)', httpx.get(f"{centre.url}/metrics").text
        )
        assert enrolled is not None
        assert float(enrolled.group(1)) == 3, "counters of both workers together"
        for laptop in laptops:
            laptop.close()
        assert centre.stop() == 0


def test_workers_do_not_outlive_the_process_that_was_started(tmp_path: Path) -> None:
    with RunningCentre.start(tmp_path / "pusat", "", "--workers", "2") as centre:
        centre.process.kill()
        centre.process.communicate(timeout=60)  # which waits until nobody holds its output open
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{centre.url}/healthz")


def test_sigterm_first_says_not_ready_then_ends(tmp_path: Path) -> None:
    with RunningCentre.start(tmp_path / "pusat") as centre:
        client = httpx.Client(base_url=centre.url, timeout=30)
        assert client.get("/readyz").status_code == 200
        centre.process.send_signal(signal.SIGTERM)
        answer = client.get("/readyz")
        while answer.status_code == 200:  # until the signal has been taken
            answer = client.get("/readyz")
        assert answer.json() == {"ready": False, "faults": ["stopping"]}
        key = make_private_key()
        assert enrol(centre, centre.code(), key).status_code == 200, "what still comes is still answered"
        client.close()
        assert centre.process.wait(60) == 0
        assert centre.count("SELECT COUNT(*) FROM device") == 1


def test_the_same_centre_after_a_restart(tmp_path: Path) -> None:
    with RunningCentre.start(tmp_path / "pusat") as centre:
        laptop = TestLaptop(centre, tmp_path)
        laptop.register()
        laptop.push()
        assert centre.stop() == 0
    with RunningCentre.start(tmp_path / "pusat") as again:
        laptop.centre = again
        answer = laptop.exchange(heads={laptop.areas[0]: 0})
        assert answer.epoch == b"", "the epoch of the request is still this centre's"
        assert len(answer.receipts) == 1
        laptop.close()


def test_an_address_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = launch(tmp_path / "pusat", "", "--port", str(taken.getsockname()[1]))
        said, _none = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "dipakai program lain" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("setting", ["synchronous_commit", "fsync"])
def test_a_database_that_may_forget_is_refused(
    durable_postgres: Postgres, tmp_path: Path, setting: str
) -> None:
    with durable_postgres.fresh() as url:
        if setting == "fsync":
            set_fsync(durable_postgres, "off")
        else:
            name = urlsplit(url).path.strip("/")
            with psycopg.connect(durable_postgres.admin_url, autocommit=True) as c:
                c.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        try:
            process = launch(tmp_path / "pusat", url)
            said, _none = process.communicate(timeout=60)
        finally:
            set_fsync(durable_postgres, "on")
    assert process.returncode == 1
    assert f"{setting}=off" in said


def test_only_postgresql_is_taken_as_an_address(tmp_path: Path) -> None:
    process = launch(tmp_path / "pusat", "mysql://localhost/pusat")
    said, _none = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "postgresql://" in said


def test_without_its_key_the_file_of_a_centre_stays_closed(tmp_path: Path) -> None:
    folder = tmp_path / "pusat"
    with RunningCentre.start(folder) as centre:
        centre.stop()
    assert (folder / "centre.key").stat().st_mode & 0o077 == 0
    assert (folder / "centre.db").stat().st_mode & 0o077 == 0
    assert b"SQLite format" not in (folder / "centre.db").read_bytes()[:64]
    before = (folder / "centre.db").read_bytes()
    (folder / "centre.key").unlink()
    process = launch(folder)
    said, _none = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Kunci data pusat tidak ditemukan" in said
    assert (folder / "centre.db").read_bytes() == before


def test_a_centre_of_sample_data_says_so(tmp_path: Path) -> None:
    with RunningCentre.start(tmp_path / "pusat", "", "--sample") as centre:
        key = make_private_key()
        answer = enrol(centre, centre.code(), key)
        assert answer.json()["sample"] is True
        assert answer.json()["centre_name"] == "Pusat"
