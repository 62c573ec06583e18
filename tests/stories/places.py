"""The two ends of a story as processes: a centre that comes and goes, a trainer's program that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.server.running import AREA, RunningCentre
from trainer_app.server import administration
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import create_store
from trainer_app.storage.ringfile import Cost
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import exchange

PIN = "274519"
TRAINER = "Siti Rahma CONTOH"
#: A day of work and an evening of sending end long before this.
PATIENCE_SECONDS = 120


@dataclass
class Site:
    """A centre's folder and database. It keeps its port, so that laptops find it again."""

    folder: Path
    database: str
    port: int = 0

    @contextmanager
    def open(self) -> Iterator[RunningCentre]:
        """The centre runs until the block ends, and ends as if the power went."""
        with RunningCentre.start(self.folder, self.database, "--port", str(self.port)) as centre:
            self.port = urlsplit(centre.url).port or 0
            yield centre

    def doctor(self) -> subprocess.CompletedProcess[str]:
        """What `trainer-app doctor` finds at the centre."""
        where = ["--database", self.database] if self.database else []
        return command("doctor", "--centre", "--deep", "--data", str(self.folder), *where)


class Trainer:
    """Somebody at a laptop. One life of the program at a time; it can be killed at any moment."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder
        self._life = 0
        self.told: list[list[str]] = []

    @classmethod
    @contextmanager
    def at(cls, folder: Path) -> Iterator[Trainer]:
        """A trainer at the laptop of that data folder."""
        words = [sys.executable, "-m", "tests.stories.trainer"]
        pipe = subprocess.PIPE
        with subprocess.Popen(words, env=_environment(), stdin=pipe, stdout=pipe, text=True) as process:
            trainer = cls(process, folder)
            try:
                yield trainer
            finally:
                trainer.kill()

    def begin(self, deed: str) -> None:
        """A new life."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{deed} {self._folder}\n")
        self._process.stdin.flush()
        assert self.until("begun")
        self._life = int(self.told.pop()[1])

    def until(self, word: str, times: int = 1) -> bool:
        """Listen until it has told `word` so often; False when the life ended before."""
        assert self._process.stdout is not None
        while times:
            told = self._process.stdout.readline().split()
            if told in ([], ["ended"]):
                self._life = 0
                return False
            self.told.append(told)
            times -= told[0] == word
        return True

    def moment(self, seconds: float) -> None:
        """Let it live for a moment longer."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL; what it had told by then counts."""
        if self._life:
            os.kill(self._life, signal.SIGKILL)
            self.until("ended")

    def to_its_end(self, deed: str) -> None:
        """A life that is let to finish, and does."""
        self.begin(deed)
        self.until("ended")
        assert self.told.pop() == ["done"]


def join(folder: Path, centre: RunningCentre) -> None:
    """A new laptop for a trainer of the centre, who has a PIN on it."""
    folder.mkdir(mode=0o700)
    with centre.opened() as opened:
        administration.load_modules(opened)
        staff = administration.add_staff(opened, TRAINER, "admin", str(AREA)).data["staff"]
    dek = KeyRing(folder, cost=Cost(64, 1)).create(
        bytes.fromhex(staff), TRAINER, "admin", PIN, keystore=False
    )
    store = create_store(folder, dek)
    try:
        enrol(store, centre.url, centre.code(), "Laptop CONTOH")
        exchange(store, HttpCarrier(centre.url))
    finally:
        store.close()


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """One of the program's own commands."""
    return subprocess.run(
        [sys.executable, "-m", "trainer_app", *words],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "TRAINER_APP_PIN": PIN, "LANGUAGE": "id"}
