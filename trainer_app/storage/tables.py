"""Tables, made from the records: one column per declared field and five for the merge. The same on laptop,
hub and centre.

`area` stands first in every key of replicated data and never changes, so that PostgreSQL can partition by it
and a larger engine can shard by it. No foreign keys and no unique rule but the primary key on replicated
tables: duplicates and orphans are findings for people, never reasons to refuse a row.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from trainer_app.records.fields import FLAG, INSTANT, NUMBER, REFERENCE, Field, Record, fields_of
from trainer_app.records.kinds import (
    KINDS,
    Assessment,
    Attendance,
    ChannelUse,
    Consent,
    Decision,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Photo,
    Session,
    Visit,
)
from trainer_app.records.progress import MEASURES
from trainer_app.storage import search
from trainer_app.storage.conditions import lives_elsewhere
from trainer_app.storage.database import Database
from trainer_app.storage.statistics import assume_shape

METADATA = sa.MetaData()
MERGE_COLUMNS = ("_h", "_r", "_s", "_x", "_extra")
Big = sa.BigInteger
Bytes = sa.LargeBinary


def _column(field: Field) -> sa.Column[object]:
    if field.type is REFERENCE:
        return sa.Column(field.name, Bytes)
    if field.type is FLAG:
        return sa.Column(field.name, sa.SmallInteger)
    if field.type in (NUMBER, INSTANT):
        return sa.Column(field.name, Big)
    return sa.Column(field.name, sa.Text)


def _data_table(cls: type[Record]) -> sa.Table:
    return sa.Table(
        cls.table,
        METADATA,
        sa.Column("area", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", Bytes, primary_key=True),
        *(_column(field) for field in fields_of(cls)),
        sa.Column("_h", Big, nullable=False),
        sa.Column("_r", sa.Integer, nullable=False),
        sa.Column("_s", Big, nullable=False),
        sa.Column("_x", Bytes),
        sa.Column("_extra", Bytes),
        sqlite_with_rowid=False,
    )


DATA_TABLES = {cls: _data_table(cls) for cls in KINDS.values()}

#: What screens and duplicate look-ups search by; each is one more write per row, so there are few.
_INDEXES: tuple[tuple[type[Record], str], ...] = (
    (Person, "nik"),
    (Person, "phone"),
    (Enterprise, "owner"),
    (Enrolment, "person"),
    (Session, "batch"),
    (Attendance, "session"),
    (Attendance, "person"),
    (Milestone, "enterprise"),
    (Photo, "about"),
    (Assessment, "batch"),
    (ChannelUse, "enterprise"),
    (Assessment, "person"),
)
for _cls, _name in _INDEXES:
    _table = DATA_TABLES[_cls]
    sa.Index(f"ix_{_cls.table}_{_name}", _table.c.area, _table.c[_name])
for _name in ("first", "second"):
    sa.Index(f"ix_decision_{_name}", DATA_TABLES[Decision].c[_name])
sa.Index("ix_photo_digest", DATA_TABLES[Photo].c.digest)


def _few(cls: type[Record], name: str, column: str, *more: str) -> None:
    """An index of the few rows of a kind that have a value in a column: it costs a save of others nothing."""
    table = DATA_TABLES[cls]
    has = table.c[column].is_not(None)
    columns = (table.c[key] for key in ("area", *more))
    sa.Index(f"ix_{cls.table}_{name}", *columns, sqlite_where=has, postgresql_where=has)


_few(Consent, "withdrawn", "withdrawn_at", "person")  # whoever withdrew is in no list
for _cls in (Person, Enterprise, Consent):  # what can move is looked through whenever questions are counted
    _few(_cls, "moved", "moved_to", "moved_to", "id")
sa.Index(  # everybody of a batch, without a look at the rows themselves
    "ix_enrolment_members",
    *(DATA_TABLES[Enrolment].c[key] for key in ("area", "batch", "person", "state", "deleted_at")),
)
_milestones, _visits = DATA_TABLES[Milestone], DATA_TABLES[Visit]
_standing = sa.text("lapsed_on IS NULL AND deleted_at IS NULL")
sa.Index(  # what is to be looked at again
    "ix_milestone_standing",
    *(
        _milestones.c[key]
        for key in ("area", "reached_on", "step", "checked_on", "enterprise", "lapsed_on", "deleted_at")
    ),
    sqlite_where=_standing,
    postgresql_where=_standing,
)
sa.Index(  # the last contact with each person
    "ix_visit_person",
    *(_visits.c[key] for key in ("area", "person", "done_on", "next_on", "ended", "deleted_at")),
)
_few(Person, "came", "moved_from", "id")
_elsewhere = sa.text(lives_elsewhere())
sa.Index(
    "ix_person_elsewhere",
    *(DATA_TABLES[Person].c[key] for key in ("area", "id")),
    sqlite_where=_elsewhere,
    postgresql_where=_elsewhere,
)


def _system(name: str, *columns: sa.Column[object]) -> sa.Table:
    return sa.Table(name, METADATA, *columns, sqlite_with_rowid=False)


def _key(name: str, type_: Any) -> sa.Column[object]:
    return sa.Column(name, type_, primary_key=True, autoincrement=False)


_system("meta", _key("key", sa.Text), sa.Column("value", Bytes, nullable=False))
_system(
    "replica",
    _key("num", sa.Integer),
    sa.Column("id", Bytes, nullable=False, unique=True),
    sa.Column("public_key", Bytes),
    sa.Column("seen_at", Big),
    sa.Column("request_count", Big, nullable=False, server_default="0"),
    sa.Column("report", Bytes),
)
_system(
    "feed",
    _key("area", sa.Integer),
    _key("replica", sa.Integer),
    sa.Column("last_seq", Big, nullable=False),  # of all operations known, sealed or not
    sa.Column("head_seq", Big, nullable=False),  # of the unbroken run of stored segments
    sa.Column("head_hash", Bytes, nullable=False),
    sa.Column("head_hlc", Big, nullable=False),
    sa.Column("hub_seq", Big, nullable=False),
    sa.Column("centre_seq", Big, nullable=False),  # covered by a verified receipt of the centre
)
_system(
    "operation",
    _key("area", sa.Integer),
    _key("replica", sa.Integer),
    _key("seq", Big),
    sa.Column("hlc", Big, nullable=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("row", Bytes, nullable=False),
    sa.Column("author", Bytes, nullable=False),
    sa.Column("base", Big, nullable=False),
    sa.Column("body", Bytes, nullable=False),
)
_system(
    "segment",
    _key("area", sa.Integer),
    _key("replica", sa.Integer),
    _key("lo", Big),
    sa.Column("hi", Big, nullable=False),
    sa.Column("pos", Big, nullable=False),
    sa.Column("hash", Bytes, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # applied, parked, waiting, revoked, snapshot
    sa.Column("restamp_seq", Big),
    sa.Column("restamp_hlc", Big),
    sa.Column("stored_at", Big, nullable=False),
    sa.Column("body", Bytes, nullable=False),
)
sa.Index("ix_segment_pos", METADATA.tables["segment"].c.area, METADATA.tables["segment"].c.pos, unique=True)
sa.Index("ix_segment_hash", METADATA.tables["segment"].c.hash)
_corrected = sa.text("restamp_seq IS NOT NULL")
sa.Index(  # few, and looked for whenever a segment arrives at the centre
    "ix_segment_corrected",
    METADATA.tables["segment"].c.area,
    sqlite_where=_corrected,
    postgresql_where=_corrected,
)
_system("area_head", _key("area", sa.Integer), sa.Column("pos", Big, nullable=False))
_system(
    "receipt",
    _key("area", sa.Integer),
    _key("replica", sa.Integer),
    _key("lo", Big),
    sa.Column("hi", Big, nullable=False),
    sa.Column("received_at", Big, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("body", Bytes, nullable=False),
)
_system(
    "touch",  # updates of a row after its first operation: where its history is
    _key("area", sa.Integer),
    _key("row", Bytes),
    _key("replica", sa.Integer),
    _key("seq", Big),
)
_system(
    "cursor",
    _key("peer", Bytes),
    _key("epoch", Bytes),
    _key("area", sa.Integer),
    sa.Column("pos", Big, nullable=False),
)
_system(
    "inbox",  # a segment on its way in, piece by piece
    _key("hash", Bytes),
    sa.Column("total", Big, nullable=False),
    sa.Column("body", Bytes, nullable=False),
    sa.Column("touched_at", Big, nullable=False),
)
_system(
    "blob",  # the bytes of photos by their name; columns that are asked for stand before the bytes
    _key("digest", sa.Text),
    sa.Column("bearer", sa.Integer, nullable=False),  # number of the replica that brought it
    sa.Column("kept_at", Big, nullable=False),
    sa.Column("hub_at", Big),  # since when a supervisor's laptop holds it too
    sa.Column("refused_at", Big),  # since when the centre will not have it
    sa.Column("epoch", Bytes),  # the life of the centre that holds it, and its signed word for that
    sa.Column("seal", Bytes),
    sa.Column("body", Bytes, nullable=False),
)
sa.Index("ix_blob_kept", METADATA.tables["blob"].c.bearer, METADATA.tables["blob"].c.kept_at)
_system(
    "snapshot",  # an area up to a position, for new laptops; empty where the segments are fewer bytes
    _key("area", sa.Integer),
    _key("pos", Big),
    sa.Column("hash", Bytes, nullable=False),
    sa.Column("body", Bytes, nullable=False),
    sa.Column("made_at", Big, nullable=False),
)
_system(
    "quarantine",
    _key("area", sa.Integer),
    _key("replica", sa.Integer),
    _key("seq", Big),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("row", Bytes, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("resolved_at", Big),
    sa.Column("fixed_seq", Big),  # the own operation that says it again, rightly
)
_system(
    "review",
    _key("area", sa.Integer),
    _key("kind", sa.Integer),
    _key("row", Bytes),
    _key("field", sa.Integer),  # 0: not a field but two people
    _key(
        "other", Bytes
    ),  # of a field the replica and number of what was said; the other person; what is lacking
    sa.Column("detail", Bytes, nullable=False),
    sa.Column("found_at", Big, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # open, counts, agrees, waiting
)
sa.Index("ix_review_other", METADATA.tables["review"].c.other)
_system(  # where possible duplicates meet: a print of a NIK, of a phone number, of village and year of birth
    "match_key",
    _key("key", Big),
    _key("area", sa.Integer),
    _key("id", Bytes),
)
_system(  # how much of the log was looked at for duplicates and orphans
    "examined",
    _key("area", sa.Integer),
    sa.Column("pos", Big, nullable=False),
    sa.Column("own_seq", Big, nullable=False),
)
_system("examine_pending", _key("area", sa.Integer), _key("id", Bytes))  # people to be looked at again
_system(  # whoever was found to be the same person as somebody with a smaller id
    "alias",
    _key("id", Bytes),
    sa.Column("area", sa.Integer, nullable=False),
    sa.Column("canonical", Bytes, nullable=False),
    sa.Column("canonical_area", sa.Integer, nullable=False),
)
sa.Index("ix_alias_canonical", METADATA.tables["alias"].c.canonical)
_system(
    "draft",
    _key("form", sa.Text),
    _key("staff", Bytes),
    sa.Column("body", Bytes, nullable=False),
    sa.Column("at", Big, nullable=False),
)
_system(
    "own_version",  # what this replica wrote, a line per thing people count: newest number, since when
    _key("area", sa.Integer),
    _key("subject", Bytes),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("seq", Big, nullable=False),
    sa.Column("since", Big, nullable=False),
    sa.Column("first_seq", Big),  # of the first edit here; 0: it was somewhere else before; null: not known
)
_system("search_pending", _key("area", sa.Integer), _key("id", Bytes))
_system(
    "access_log",  # who looked at what of a person on this laptop; never sent
    _key("at", Big),
    _key("person", Bytes),
    _key("staff", Bytes),
    _key("what", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
)
_system(  # a list of people that came in on this laptop, so that it can go on or be taken back; never sent
    "list_import",
    _key("id", Bytes),
    sa.Column("at", Big, nullable=False),
    sa.Column("staff", Bytes, nullable=False),
    sa.Column("name", sa.Text, nullable=False),  # of the file
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("last_line", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # running, done, undone
    sa.Column("people", sa.Integer, nullable=False),
)
_system(
    "imported",
    _key("import", Bytes),
    _key("line", sa.Integer),
    sa.Column("area", sa.Integer, nullable=False),
    sa.Column("person", Bytes, nullable=False),
)


def _counts() -> list[sa.Column[object]]:
    return [sa.Column(measure, Big, nullable=False, server_default="0") for measure in MEASURES]


def _days() -> list[sa.Column[object]]:
    return [sa.Column(measure, sa.Text) for measure in MEASURES]


# how far people have come, added up (`rollup`): area first in the key, nothing unique without it
_system(
    "progress",
    _key("area", sa.Integer),
    _key("person", Bytes),
    sa.Column("district", sa.Text, nullable=False),
    *_days(),
    sa.Column("sessions", sa.Integer, nullable=False),
    sa.Column("hours", sa.Integer, nullable=False),
)
sa.Index("ix_progress_person", METADATA.tables["progress"].c.person)  # of somebody who moved, in all areas
_system("area_total", _key("area", sa.Integer), _key("district", sa.Text), *_counts())
_system("area_month", _key("area", sa.Integer), _key("month", sa.Text), *_counts())
_system(
    "rollup_link",  # what a row pointed to when it was last counted: an enterprise may change hands
    _key("area", sa.Integer),
    _key("row", Bytes),
    sa.Column("parent", Bytes, nullable=False),
)
_system(  # how much of the log the counts of a laptop know, and by which rule they were made
    "counted",
    _key("area", sa.Integer),
    sa.Column("pos", Big, nullable=False),
    sa.Column("own_seq", Big, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
)


def create_all(db: Database) -> None:
    """Make every table and index that is missing."""
    with db.writing() as c:
        METADATA.create_all(c.raw)
        if db.dialect == "sqlite":
            search.create(c)
            assume_shape(c, list(DATA_TABLES.values()))


def insert_into(table: str, conflict: str = "") -> str:
    """The statement that inserts a whole row of a system table, columns as declared; `conflict` ends it."""
    names = [column.name for column in METADATA.tables[table].columns]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) {conflict}"


def columns_of(cls: type[Record]) -> tuple[str, ...]:
    """The column names of a kind's table, in insert order."""
    return ("area", "id", *(field.name for field in fields_of(cls)), *MERGE_COLUMNS)
