"""Tables that only the centre has: who may sign in, and codes that enrol laptops.

Kept apart from `tables.METADATA` so that no laptop ever carries them: small reference tables.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from trainer_app.storage.database import Database

SERVER_METADATA = sa.MetaData()
Big = sa.BigInteger
Bytes = sa.LargeBinary


def _table(name: str, *columns: sa.Column[Any] | sa.Index) -> sa.Table:
    return sa.Table(name, SERVER_METADATA, *columns, sqlite_with_rowid=False)


def _key(name: str, type_: Any) -> sa.Column[Any]:
    return sa.Column(name, type_, primary_key=True, autoincrement=False)


_table(
    "account",
    _key("staff", Bytes),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("totp", sa.Text),  # base32 secret; null: no second factor
    sa.Column("totp_last", Big),  # the last used time step, so that a code works once
    sa.Column("created_at", Big, nullable=False),
    sa.Column("changed_at", Big, nullable=False),
)
_table(
    "web_session",
    _key("token", Bytes),  # SHA-256 of the cookie: a copy of this table signs nobody in
    sa.Column("staff", Bytes, nullable=False, index=True),
    sa.Column("created_at", Big, nullable=False),
    sa.Column("seen_at", Big, nullable=False),
)
_table(
    "throttle",
    _key("subject", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("until", Big, nullable=False),
    sa.Column("at", Big, nullable=False),
)
_table(
    "enrolment_code",
    _key("code", Bytes),  # Argon2id of the code under a salt of this centre
    sa.Column("areas", sa.Text, nullable=False),
    sa.Column("for_staff", Bytes),
    sa.Column("made_by", Bytes, nullable=False),
    sa.Column("made_at", Big, nullable=False),
    sa.Column("expires_at", Big, nullable=False),
    sa.Column("used_at", Big),
    sa.Column("replica", Bytes),
    sa.Column("public_key", sa.Text),
)


def create_server_tables(db: Database) -> None:
    """Make every table and index of the centre that is missing."""
    SERVER_METADATA.create_all(db.engine)
    for table in SERVER_METADATA.sorted_tables:
        for index in table.indexes:
            index.create(db.engine, checkfirst=True)
