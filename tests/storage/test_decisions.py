"""Answers to questions: they travel, everybody ends with the same, and they can be taken back."""

from __future__ import annotations

from tests.storage.conftest import AREA
from tests.storage.test_applying import STAFF, deliver, person_edit, register
from trainer_app.actions.review import choose_value, take_back
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Decision, Person
from trainer_app.storage.digest import content_digest
from trainer_app.storage.findings import findings
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state

SUPERVISOR = new_id()


def everywhere(*stores):
    for _round in range(2):
        for one in stores:
            for other in stores:
                if one is not other:
                    deliver(one, other)
    assert len({content_digest(store, (AREA,)) for store in stores}) == 1
    for store in stores:
        assert rebuild(store, repair=False) == []


def test_the_value_that_had_lost_is_chosen_everywhere_and_can_be_taken_back(make_store):
    one, two, centre = make_store(), make_store(), make_store(areas=())
    row = register(one)
    deliver(one, two)
    one.save([person_edit(row, phone="+6281227334155")], STAFF)
    two.save([person_edit(row, phone="+6285743102298")], STAFF)
    everywhere(one, two, centre)
    (found,) = findings(one)
    assert found.winning == "+6285743102298"
    assert [send_state(store).review for store in (one, two, centre)] == [1, 1, 1]

    decision = choose_value(one, found, found.losing, SUPERVISOR)
    assert findings(one) == []
    everywhere(one, two, centre)
    for store in (one, two, centre):
        assert findings(store) == []
        assert store.get(Person, row).phone == "+6281227334155"
        assert store.get(Decision, decision).decided_by == SUPERVISOR

    take_back(two, decision, SUPERVISOR)
    everywhere(one, two, centre)
    for store in (one, two, centre):
        assert store.get(Person, row).phone == "+6285743102298"
        assert send_state(store).review == 1, "the question is asked again"


def test_choosing_what_counts_already_is_said_again_so_that_it_beats_the_other(make_store):
    one, two = make_store(), make_store()
    row = register(one)
    deliver(one, two)
    one.save([person_edit(row, full_name="Siti Aminah CONTOH")], STAFF)
    two.save([person_edit(row, full_name="Siti Aminna CONTOH")], STAFF)
    everywhere(one, two)
    (found,) = findings(two)
    choose_value(two, found, found.winning, SUPERVISOR)
    everywhere(one, two)
    assert findings(one) == findings(two) == []
    assert one.get(Person, row).full_name == found.winning
