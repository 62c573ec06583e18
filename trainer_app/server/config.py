"""What a centre is started with, and how it is handed to worker processes."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "TRAINER_APP_SERVER"
#: 64 hexadecimal digits: the key of the centre's SQLite file, for who does not want it in a file beside the
#: data.
KEY_VARIABLE = "TRAINER_APP_CENTRE_KEY"
DATABASE_VARIABLE = "TRAINER_APP_DATABASE"
DATABASE_NAME = "centre.db"
#: Answers made at the same time in one worker, and how many more may wait for their turn.
EXCHANGES_AT_ONCE = 8
EXCHANGES_WAITING = 32
#: Sign-ins and enrolments that may wait for the one that is tried; each holds a thread.
HASHES_WAITING = 16


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """`database` is a postgresql:// address, or empty for an encrypted SQLite file in `folder`."""

    folder: Path
    database: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    name: str = "Pusat"
    sample: bool = False

    @property
    def loopback(self) -> bool:
        """True when only this machine can reach the address it listens on."""
        return self.host in ("127.0.0.1", "::1", "localhost")

    @property
    def database_path(self) -> Path:
        """The SQLite file, where no other database is named."""
        return self.folder / DATABASE_NAME

    def publish(self) -> None:
        """Put it where worker processes find it."""
        values = dataclasses.asdict(self) | {"folder": str(self.folder)}
        os.environ[VARIABLE] = json.dumps(values)

    @classmethod
    def published(cls) -> ServerConfig:
        """What the parent process published."""
        values = json.loads(os.environ[VARIABLE])
        return cls(**(values | {"folder": Path(values["folder"])}))
