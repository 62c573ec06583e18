"""The test database itself: fresh for each test, copied from a prepared one, gone afterwards."""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres import Postgres


def _prepare(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE contoh (nomor int)")
        connection.execute("INSERT INTO contoh VALUES (7)")


def test_each_database_is_empty_and_apart(postgres: Postgres, postgres_url: str) -> None:
    _prepare(postgres_url)
    with postgres.fresh() as other, psycopg.connect(other) as connection:
        assert connection.execute("SELECT to_regclass('contoh')").fetchone() == (None,)


def test_prepared_databases_are_copies_that_do_not_touch_each_other(postgres: Postgres) -> None:
    with postgres.fresh(_prepare) as first, postgres.fresh(_prepare) as second:
        with psycopg.connect(first) as connection:
            connection.execute("DELETE FROM contoh")
        with psycopg.connect(second) as connection:
            assert connection.execute("SELECT nomor FROM contoh").fetchall() == [(7,)]


def test_a_database_is_dropped_even_while_someone_is_connected(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        left_open = psycopg.connect(url)
    left_open.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)
