"""A PostgreSQL of one's own that may be stopped in the middle, or lose its power with all that it had not
flushed.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
from pathlib import Path

import psycopg

from tests.faults import power
from tests.faults.shim import environment
from tests.postgres import programs_for

_SETTINGS = "-c listen_addresses='' -c shared_buffers=16MB -c max_connections=40 -c autovacuum=off"


class Cluster:
    """Started when it is made; `watched` keeps a journal, so that the power may go."""

    def __init__(self, folder: Path, *, watched: bool = False) -> None:
        folder.mkdir()
        self._folder, self._data, self._watched = folder.resolve(), folder.resolve() / "data", watched
        self._programs, self._account = programs_for(folder)
        self._journal = self._folder / "journal"
        self._cuts = 0
        options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--wal-segsize=1")
        self._run("initdb", *options, "--no-sync")
        self._before = power.read_folder(self._data) if watched else {}
        self.start()

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def copy(self, template: str, name: str) -> str:
        """A new database like another (or empty: template0); its address."""
        self._tell(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """A database goes."""
        self._tell(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _tell(self, command: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as c:
            c.execute(command.encode())

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", "start", "--wait", "--options", f"-k {self._folder} {_SETTINGS}")

    def stop_at_once(self) -> int:
        """Stop in the middle of everything (`pg_ctl stop -m immediate`), and start again."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")
        self.start()
        return 0

    def die(self) -> int:
        """Every process is killed, as by the system when memory is short; then it starts again."""
        self._kill()
        self.start()
        return 0

    def close(self) -> None:
        """The end."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def power_goes(self) -> int:
        """Every process dies, nothing or any part of what was not flushed is left; then it starts again.
        Gives how many changes were not safe.
        """
        self._kill()
        chance = random.Random(self._cuts) if self._cuts % 2 else None  # noqa: S311 - must repeat
        left, unsafe = power.after_cut(
            self._before, self._journal.read_bytes(), chance, names_with_files=True
        )
        power.put_folder(self._data, left)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._give_away()
        self._journal.unlink()
        self._before = left
        self._cuts += 1
        self.start()
        return unsafe

    def _kill(self) -> None:
        head = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(head, signal.SIGSTOP)  # so that it starts no others meanwhile
        family = [head, *_children(head)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(_alive(pid) for pid in family):
            os.sched_yield()
        # where nobody buries the dead, they seem alive
        for lock in (self._data / "postmaster.pid", *self._folder.glob(".s.PGSQL*")):
            lock.unlink(missing_ok=True)

    def _give_away(self) -> None:
        if not self._account:
            return
        for path in [self._data, *self._data.rglob("*")]:
            os.chown(path, self._account["user"], self._account["group"])
            path.chmod(0o700 if path.is_dir() else 0o600)

    def _run(self, name: str, *arguments: str) -> None:
        told = {**os.environ, "LC_ALL": "C.UTF-8"}
        if self._watched and arguments[0] == "start":
            told = {
                **environment(),
                "LC_ALL": "C.UTF-8",
                "FAULTS_FOLDER": str(self._data),
                "FAULTS_JOURNAL": str(self._journal),
            }
        log = self._folder / "log"
        command = [str(self._programs / name), "--pgdata", str(self._data), *arguments]
        with log.open("ab") as said:
            done = subprocess.run(
                command, env=told, stdout=said, stderr=said, cwd=self._folder, **self._account
            )
        assert done.returncode == 0, log.read_text(errors="replace")[-3000:]


def _stat(pid: int) -> tuple[str, int]:
    """State and parent of a process."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return words[0], int(words[1])


def _alive(pid: int) -> bool:
    try:
        return _stat(pid)[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if _stat(int(path.name))[1] == parent:
                found.append(int(path.name))
    return found
