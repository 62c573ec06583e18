"""Saving: one transaction with the operations and the rows, or nothing."""

from __future__ import annotations

import pytest

from tests.storage.conftest import AREA
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Attendance, Consent, Enrolment, Enterprise, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import unsealed
from trainer_app.storage.history import histories
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import row_state, send_state

AUTHOR = new_id()
VILLAGE = "53.01.08.2006"


def registration(person: bytes, name: str = "Siti Aminah CONTOH") -> list[Edit]:
    return [
        Edit(Person, person, AREA, {"full_name": name, "sex": "P", "village": VILLAGE, "sample": 1}),
        Edit(
            Enterprise,
            derived_id(Enterprise, person),
            AREA,
            {"owner": person, "name": "Keripik", "business_group": "olahan_pangan"},
        ),
        Edit(
            Consent,
            derived_id(Consent, person),
            AREA,
            {
                "person": person,
                "notice_version": "1",
                "purposes": "program",
                "manner": "lisan",
                "given_at": 1,
            },
        ),
    ]


def test_what_was_saved_is_read_back(store):
    person = new_id()
    operations = store.save(registration(person), AUTHOR)
    assert [op.seq for op in operations] == [1, 2, 3]
    assert {op.author for op in operations} == {AUTHOR}
    found = store.get(Person, person)
    assert (found.full_name, found.village, found.nik) == ("Siti Aminah CONTOH", VILLAGE, None)
    assert store.find(Enterprise, {"owner": person})[0].name == "Keripik"
    assert store.count(Person, {"sex": ("P", "L")}) == 1


def test_saving_the_same_again_is_no_edit(store):
    person = new_id()
    store.save(registration(person), AUTHOR)
    assert store.save(registration(person), AUTHOR) == []
    (operation,) = store.save(registration(person, "Siti Aminah, S.Pd. CONTOH"), AUTHOR)
    assert operation.values == {1: "Siti Aminah, S.Pd. CONTOH"}
    assert operation.base > 0


def test_one_bad_value_saves_nothing_at_all(store):
    person = new_id()
    bad = Edit(Enterprise, new_id(), AREA, {"owner": person, "business_group": "emas"})
    with pytest.raises(InputProblem) as caught:
        store.save([*registration(person), bad], AUTHOR)
    assert caught.value.field == "business_group"
    assert store.get(Person, person) is None
    with store.db.reading() as c:
        assert unsealed(store, c, AREA) == []


def test_listeners_hear_which_kinds_changed(store):
    heard = []
    store.changed.append(heard.append)
    store.save(registration(new_id()), AUTHOR)
    store.save([], AUTHOR)
    assert heard == [{Person.kind, Enterprise.kind, Consent.kind}]


def test_a_person_with_the_whole_form_counts_as_one_record(store):
    person, batch, session = new_id(), new_id(), new_id()
    store.save(registration(person), AUTHOR)
    store.save(
        [Edit(Enrolment, derived_id(Enrolment, batch, person), AREA, {"batch": batch, "person": person})],
        AUTHOR,
    )
    mark = Edit(
        Attendance,
        derived_id(Attendance, session, person),
        AREA,
        {"session": session, "person": person, "status": "H"},
    )
    store.save([mark], AUTHOR)
    state = send_state(store)
    assert (state.total, state.pending, state.received, state.all_received) == (2, 2, 0, False)
    assert row_state(store, person) == "pending"
    assert row_state(store, new_id()) is None


def test_history_tells_every_edit_and_what_of_it_still_stands(store):
    person = new_id()
    store.save(registration(person), AUTHOR)
    other = new_id()
    store.save([Edit(Person, person, AREA, {"full_name": "Siti CONTOH", "phone": "+6281012345678"})], other)
    first, second = histories(store, [(Person, person)], AREA)[(Person, person)]
    assert (first.author, second.author) == (AUTHOR, other)
    assert "full_name" not in first.won
    assert "village" in first.won
    assert second.won == {"full_name", "phone"}
    assert first.device == "Laptop CONTOH"


def test_rows_are_what_the_log_says(store):
    person = new_id()
    store.save(registration(person), AUTHOR)
    store.save([Edit(Person, person, AREA, {"phone": "+6281012345678"})], AUTHOR)
    store.save([Edit(Person, person, AREA, {"phone": None})], AUTHOR)
    assert rebuild(store, repair=False) == []
    with store.db.writing() as c:
        c.run("UPDATE person SET full_name = 'Orang lain' WHERE id = ?", person)
    before = content_digest(store)
    (difference,) = rebuild(store, repair=True)
    assert (difference.table, difference.row, difference.what) == ("person", person, "differs")
    assert content_digest(store) != before
    assert rebuild(store, repair=False) == []


def test_a_second_opening_goes_on_where_the_first_stopped(store):
    (last,) = store.save([registration(new_id())[0]], AUTHOR)
    again = type(store)(store.db)
    assert again.replica == store.replica
    assert again.areas == (AREA,)
    (next_,) = again.save([registration(new_id())[0]], AUTHOR)
    assert next_.seq == last.seq + 1
    assert next_.hlc > last.hlc


def test_a_record_goes_to_its_regency_if_the_laptop_has_it_and_home_if_not(make_store):
    store = make_store(areas=(5301, 5302))
    assert store.area_for("53.02.01.2001") == 5302
    assert store.area_for("91.01.01.2001") == 5301
    assert store.area_for(None) == 5301


def test_a_file_without_the_key_says_nothing(tmp_path, make_store, request):
    if "postgresql" in request.node.name:
        store = make_store()
        assert store.db.path is None
        return
    store = make_store()
    store.save(registration(new_id(), "Zubaidah Rahasia CONTOH"), AUTHOR)
    store.close()
    for file in tmp_path.iterdir():
        assert b"Zubaidah" not in file.read_bytes()
    with (
        pytest.raises(Exception, match="Berkas data rusak"),
        open_sqlite(store.db.path, bytes(32)).reading() as c,
    ):
        c.all("SELECT * FROM meta")
