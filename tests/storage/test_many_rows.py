"""New rows in great number: the same on both engines, also when some of them are there already."""

from __future__ import annotations

from tests.storage.conftest import AREA, MakeStore
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Attendance
from trainer_app.storage import rows
from trainer_app.storage.rows import insert_columns

MANY = rows.ANALYSED_ROWS + 1


def test_many_new_rows_and_then_some_that_are_there(make_store: MakeStore) -> None:
    store = make_store()
    ids = [new_id() for _n in range(2 * MANY)]
    columns = {1: [new_id() for _n in ids], 2: [new_id() for _n in ids]}

    def insert(start: int, end: int) -> int:
        part = {number: column[start:end] for number, column in columns.items()}
        numbers = range(start + 1, end + 1)
        with store.db.writing() as c:
            stamps = [1_000 + number for number in numbers], 1, list(numbers)
            return insert_columns(c, Attendance, AREA, ids[start:end], part, stamps)

    assert insert(0, MANY) == MANY
    assert insert(MANY - 60, MANY + 60) == 60, "those that are there stay as they are"
    assert store.count(Attendance) == MANY + 60
    assert insert(0, 60) == 0
    assert insert(MANY + 60, 2 * MANY) == MANY - 60
    with store.db.reading() as c:
        found = c.all("SELECT id, _s FROM attendance WHERE area = ?", AREA)
    assert {bytes(row): seq for row, seq in found} == dict(zip(ids, range(1, 2 * MANY + 1), strict=True))
