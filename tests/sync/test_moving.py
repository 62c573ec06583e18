"""A story: a laptop in each of two regencies, a supervisor's that holds both, the centre; somebody moves."""

from __future__ import annotations

from datetime import date

import pytest

from tests.sync.world import AREA, STAFF, Cut, Laptop, World
from trainer_app.actions.assessment import record_answers
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.moving import move_person
from trainer_app.actions.registration import Registration, correct_person, register
from trainer_app.records.assessment import AFTER
from trainer_app.records.ids import new_id
from trainer_app.records.item_set import item_set
from trainer_app.records.kinds import Attendance, Batch, Person, Session
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.records.staff import SUPERVISOR
from trainer_app.storage import counts, rollup
from trainer_app.storage.attendance_queries import attendance_sheet
from trainer_app.storage.digest import content_digest
from trainer_app.storage.findings import findings
from trainer_app.storage.moved_rows import to_be_moved
from trainer_app.storage.server_tables import create_server_tables
from trainer_app.sync.exchange import exchange

OTHER = 5302
HOME, ELSEWHERE = "53.01.08.2006", "53.02.01.1001"
ANSWERS = Registration(
    person={"full_name": "Siti CONTOH", "sex": "P", "village": HOME},
    enterprise={"name": "Warung CONTOH", "business_group": "olahan_pangan"},
    consent={"purposes": "program", "manner": "tanda_tangan"},
)


def send(*laptops: Laptop) -> None:
    for _round in range(2):
        for laptop in laptops:
            exchange(laptop.store, laptop.carrier)


def told(world: World) -> dict[int, tuple[int, int]]:
    """(registered, trained) of each area that has any."""
    with world.centre.db.reading() as c:
        found = counts.by_area(c, None)
    pairs = {area: (n["registered"], n["trained"]) for area, n in found.items()}
    return {area: pair for area, pair in pairs.items() if any(pair)}


def test_somebody_of_the_one_regency_moves_to_the_other_and_nothing_is_lost_or_counted_twice(
    world: World,
) -> None:
    create_server_tables(world.centre.db)
    world.centre.on_applied = rollup.update
    old, new = world.laptop(areas=(AREA,)), world.laptop(areas=(OTHER,))
    supervisor = world.laptop(areas=(AREA, OTHER))
    everyone = (old, new, supervisor)

    siti = register(old.store, ANSWERS, STAFF).person
    batch, session, now = new_id(), new_id(), old.store.clock.now_ms()
    old.store.save(
        [
            Edit(Batch, batch, AREA, {"name": "Angkatan 1 CONTOH"}),
            Edit(Session, session, AREA, {"batch": batch, "starts_at": now, "hours": 4, "state": "ditutup"}),
        ],
        STAFF,
    )
    held = old.store.get(Session, session)
    assert held is not None
    record_attendance(old.store, held, [siti], "H", STAFF, method="kertas", reason="lembar kertas")
    items, group = item_set(), old.store.get(Batch, batch)
    assert items is not None
    assert group is not None
    answers = dict.fromkeys(items.items, 1)
    record_answers(old.store, group, siti, AFTER, answers, date(2026, 11, 20), STAFF)
    send(*everyone)
    assert told(world) == {AREA: (1, 1)}

    # Her trainer does not hold the regency she went to: the address is saved, the supervisor is asked.
    correct_person(old.store, siti, {"village": ELSEWHERE}, STAFF)
    send(*everyone)
    assert told(world) == {AREA: (1, 1)}
    (item,) = to_be_moved(supervisor.store)
    assert to_be_moved(old.store) == to_be_moved(new.store) == ()
    move_person(supervisor.store, item, STAFF, SUPERVISOR, (AREA, OTHER))

    # Meanwhile, unseen, the trainer writes a telephone number; a sending is cut half way.
    correct_person(old.store, siti, {"phone": "081227334155"}, STAFF)
    supervisor.carrier.cut = Cut("answer")
    with pytest.raises(CarrierProblem, match="cut"):
        exchange(supervisor.store, supervisor.carrier)
    send(*everyone)

    there, gone = new.store.get(Person, siti), old.store.get(Person, siti)
    assert there is not None
    assert gone is not None
    assert (there.area, there.full_name, there.moved_from) == (OTHER, "Siti CONTOH", AREA)
    assert (gone.area, gone.moved_to) == (AREA, OTHER)
    assert told(world) == {OTHER: (1, 1)}
    (row,) = attendance_sheet(old.store, held)
    assert (row.name, row.status) == ("Siti CONTOH", "H")
    assert supervisor.store.count(Attendance, {"person": siti}) == 1
    asked = {found.field: found.losing for found in findings(supervisor.store)}
    assert asked["phone"] == "+6281227334155"
    assert content_digest(supervisor.store, (AREA, OTHER)) == content_digest(world.centre, (AREA, OTHER))

    # The laptop of the new regency goes on with her.
    correct_person(new.store, siti, {"phone": "081227334155"}, STAFF)
    send(*everyone)
    assert [found.field for found in findings(supervisor.store) if found.field == "phone"] == []
    assert told(world) == {OTHER: (1, 1)}
