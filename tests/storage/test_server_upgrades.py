"""A centre's database of an older program: what it lacks is added, what was kept aside comes in, counts
are made anew.
"""

from __future__ import annotations

import msgpack
import pytest

from tests.storage.conftest import AREA, MakeStore
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.storage import counts
from trainer_app.storage.server_tables import create_server_tables
from trainer_app.storage.server_upgrades import bring_up_to_date, catch_up, missing_columns
from trainer_app.storage.store import Store

STAFF = new_id()


@pytest.fixture
def older(make_store: MakeStore) -> Store:
    """A centre whose program did not know a person's source yet, nor sales before the programme."""
    store = make_store(areas=())
    create_server_tables(store.db)
    row = new_id()
    store.save([Edit(Person, row, AREA, {"full_name": "Siti CONTOH", "village": "53.01.08.2006"})], STAFF)
    with store.db.writing() as c:
        c.run("ALTER TABLE person DROP COLUMN source")
        c.run("ALTER TABLE area_total DROP COLUMN already")
        kept = msgpack.packb({19: "dinas"})
        stamps = msgpack.packb({19: (9 << 60, 1, 1)})
        c.run("UPDATE person SET _extra = ?, _x = ? WHERE id = ?", kept, stamps, row)
    return store


def test_missing_columns_are_added_and_filled(older: Store) -> None:
    with older.db.reading() as c:
        assert {column.name for column in missing_columns(c)} == {"source", "already"}
    bring_up_to_date(older.db)
    with older.db.reading() as c:
        assert missing_columns(c) == []
    assert [person.source for person in older.find(Person)] == ["dinas"]
    bring_up_to_date(older.db)


def test_a_new_rule_counts_everything_anew_once(older: Store) -> None:
    bring_up_to_date(older.db)
    catch_up(older)
    with older.db.reading() as c:
        assert counts.by_area(c, None)[AREA]["registered"] == 1
    older.db.transact(lambda c: c.run("UPDATE area_total SET registered = 7"))
    catch_up(older)
    with older.db.reading() as c:
        assert counts.by_area(c, None)[AREA]["registered"] == 7, "nothing to do, so nothing was done"
