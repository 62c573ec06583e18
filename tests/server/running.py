"""Starting a centre as a process of its own, and what tests ask of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from trainer_app.records.ids import new_id
from trainer_app.server import administration
from trainer_app.server.centre import Centre, open_centre
from trainer_app.server.config import ServerConfig

PASSWORD = "kuda laut membaca koran"
AREA, OTHER_AREA = 5301, 9401
_WAIT_SECONDS = 60


class RunningCentre:
    """A served centre: its address, and its database through the same door as `trainer-app admin`."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, database: str, url: str) -> None:
        self.process = process
        self.folder = folder
        self.database = database
        self.url = url

    @classmethod
    @contextmanager
    def start(cls, folder: Path, database: str = "", *more: str) -> Iterator[RunningCentre]:
        """Serve on a free port until the block ends."""
        process = launch(folder, database, *more)
        try:
            url = announced(process)
            centre = cls(process, folder, database, url)
            assert httpx.get(f"{url}/readyz", timeout=_WAIT_SECONDS).status_code == 200
            yield centre
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with its workers
            process.communicate()

    @contextmanager
    def opened(self) -> Iterator[Centre]:
        """The centre's own database, beside the running process."""
        centre = open_centre(ServerConfig(self.folder, self.database))
        try:
            yield centre
        finally:
            centre.close()

    def code(self, areas: str = str(AREA), for_staff: str = "") -> str:
        """A fresh enrolment code."""
        with self.opened() as centre:
            return str(administration.make_code(centre, areas, for_staff).data["code"])

    def staff(self, role: str, areas: str = "") -> str:
        """A new staff member who can sign in; gives the login. Password: `PASSWORD`."""
        login = f"{role}-{new_id().hex()[-8:]}"
        with self.opened() as centre:
            administration.add_staff(centre, f"CONTOH {login}", role, areas, login=login, password=PASSWORD)
        return login

    @contextmanager
    def browser(self, login: str = "") -> Iterator[httpx.Client]:
        """A client that asks for pages, signed in where a login is given."""
        headers = {"accept": "text/html", "origin": self.url}
        with httpx.Client(base_url=self.url, headers=headers, timeout=_WAIT_SECONDS) as client:
            if login:
                answer = client.post("/masuk", data={"login": login, "password": PASSWORD})
                assert answer.status_code == 303, answer.text
            yield client

    def count(self, sql: str) -> int:
        """One number out of the database."""
        with self.opened() as centre, centre.db.reading() as c:
            return int(c.value(sql))

    def memory(self, field: str = "VmRSS") -> int:
        """Resident bytes of the process, or its peak (`VmHWM`)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"{field}:\s+(\d+) kB", status)
        assert found is not None
        return int(found.group(1)) * 1024

    def forget_peak(self) -> None:
        """Let the peak begin at what is used now."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self) -> int:
        """SIGTERM, as a service manager sends it; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_WAIT_SECONDS)


def launch(folder: Path, database: str = "", *more: str) -> subprocess.Popen[str]:
    """`trainer-app serve` on a free port."""
    command = [sys.executable, "-m", "trainer_app", "serve", "--port", "0", "--data", str(folder), *more]
    if database:
        command += ["--database", database]
    environment = {**os.environ, "LANGUAGE": "id", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def announced(process: subprocess.Popen[str]) -> str:
    """Wait for the line that says where it runs; gives the address."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found.group()
    raise AssertionError("the centre did not start:\n" + "".join(said))
