"""SQLite looks rows up by their index, not by reading an area: the plan is part of the promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.actions.people import laptop
from trainer_app.storage.conditions import lives_elsewhere

LOOKUPS = (
    ("SELECT * FROM enterprise WHERE area IN (0, 5301) AND owner = x'00'", "ix_enterprise_owner"),
    ("SELECT * FROM person WHERE area IN (0, 5301) AND nik = '1'", "ix_person_nik"),
    ("SELECT * FROM attendance WHERE area = 5301 AND session = x'00'", "ix_attendance_session"),
    (
        "SELECT p.id FROM person p WHERE p.area = 5301 AND NOT EXISTS (SELECT 1 FROM consent w "
        "WHERE w.area = 5301 AND w.person = p.id AND w.withdrawn_at IS NOT NULL)",
        "ix_consent_withdrawn",
    ),
    (
        "SELECT p.id FROM person p JOIN enterprise e ON e.area = p.area AND e.owner = p.id "
        "WHERE p.area = 5301",
        "ix_enterprise_owner",
    ),
    # what is counted on every piece of news, and for every page of the dashboard
    (
        "SELECT o.id FROM person o JOIN person n ON n.area = o.moved_to AND n.id = o.id "
        "WHERE o.area IN (0, 5301, 5302) AND n.area IN (0, 5301, 5302) AND o.moved_to IS NOT NULL",
        "ix_person_moved",
    ),
    ("SELECT id, area FROM person WHERE moved_to IS NOT NULL AND deleted_at IS NOT NULL", "ix_person_moved"),
    (
        f"SELECT p.id FROM person p WHERE p.area IN (0, 5301, 5302) AND {lives_elsewhere('p.')}",  # noqa: S608 - ours
        "ix_person_elsewhere",
    ),
    (
        "SELECT p.id FROM person p JOIN person q ON q.id = p.id AND q.area <> p.area "
        "WHERE p.area IN (0, 5301, 5302) AND q.area IN (0, 5301, 5302) AND p.moved_from IS NOT NULL",
        "ix_person_came",
    ),
)


@pytest.mark.parametrize(("sql", "index"), LOOKUPS)
def test_a_look_up_uses_its_index(tmp_path: Path, sql: str, index: str) -> None:
    store = laptop(tmp_path)
    with store.db.reading() as c:
        plan = " ".join(row[3] for row in c.all(f"EXPLAIN QUERY PLAN {sql}"))
    store.close()
    assert index in plan
