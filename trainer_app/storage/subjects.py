"""Rows as people count them: a person with all that was written on the form is one record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trainer_app.records.fields import KINDS, fields_by_number
from trainer_app.records.ids import RecordId
from trainer_app.storage.saving import PART_OF_PERSON

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

Row = tuple[int, RecordId]  # kind and id


def count_subjects(store: Store, area: int, rows: Iterable[Row]) -> int:
    """How many records these rows of an area are."""
    subjects: set[RecordId] = set()
    with store.db.reading() as c:
        for kind, row in rows:
            cls = KINDS.get(kind)
            number = PART_OF_PERSON.get(cls) if cls else None
            person = None
            if cls and number:
                column = fields_by_number(cls)[number].name
                person = c.value(f"SELECT {column} FROM {cls.table} WHERE area = ? AND id = ?", area, row)
            subjects.add(bytes(person) if person else row)
    return len(subjects)
