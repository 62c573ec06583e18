"""What was sent and changed since waits again, and is told from what nobody else has seen yet."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.storage.conftest import AREA
from tests.storage.test_store import registration
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Enrolment, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.storage.branching import go_on_alone
from trainer_app.storage.feeds import confirm, seal
from trainer_app.storage.sending_state import row_state, send_state
from trainer_app.storage.store import Store

AUTHOR = new_id()


def arrived(store: Store, seq: int, *, by_centre: bool) -> None:
    store.db.transact(lambda c: confirm(store, c, AREA, store.replica, seq, by_centre=by_centre))


def sealed(store: Store) -> None:
    seal(store, Ed25519PrivateKey.from_private_bytes(store.private_key).sign)


def rename(store: Store, person: bytes, name: str) -> int:
    (operation,) = store.save([Edit(Person, person, AREA, {"full_name": name})], AUTHOR)
    return operation.seq


@pytest.mark.parametrize(("by_centre", "before"), [(True, "received"), (False, "at_supervisor")])
def test_a_change_after_sending_is_told_and_counted_as_waiting(store, by_centre, before):
    person = new_id()
    store.save(registration(person), AUTHOR)
    rename(store, person, "Siti A. CONTOH")
    assert row_state(store, person) == "pending"  # nobody else has seen any of it
    arrived(store, 4, by_centre=by_centre)
    assert row_state(store, person) == before
    last = rename(store, person, "Siti Aminah, S.Pd. CONTOH")
    assert row_state(store, person) == "changed"
    state = send_state(store)
    assert (state.total, state.pending, state.changed) == (1, 1, 1)
    assert state.oldest_pending_ms is not None
    arrived(store, last, by_centre=by_centre)
    assert row_state(store, person) == before
    assert send_state(store).changed == 0


def test_the_person_was_changed_when_a_part_of_the_form_was(store):
    person, batch = new_id(), new_id()
    store.save(registration(person), AUTHOR)
    arrived(store, 3, by_centre=True)
    enrolment = {"batch": batch, "person": person}
    store.save([Edit(Enrolment, derived_id(Enrolment, batch, person), AREA, enrolment)], AUTHOR)
    assert row_state(store, person) == "changed"


def test_a_first_edit_of_what_another_laptop_wrote_is_a_change(store):
    """It is here under the name of another replica: so the centre has seen it in some version."""
    person = new_id()
    store.save(registration(person), AUTHOR)
    sealed(store)
    arrived(store, 3, by_centre=True)
    go_on_alone(store)
    store.db.transact(lambda c: c.run("DELETE FROM own_version"))
    assert row_state(store, person) is None
    rename(store, person, "Siti Aminah, S.Pd. CONTOH")
    assert row_state(store, person) == "changed"


def test_under_a_new_name_what_was_never_sent_is_no_change(store):
    sent, unsent = new_id(), new_id()
    store.save(registration(sent), AUTHOR)
    sealed(store)
    arrived(store, 3, by_centre=True)
    store.save(registration(unsent), AUTHOR)
    rename(store, sent, "Siti Aminah, S.Pd. CONTOH")
    go_on_alone(store)
    assert (row_state(store, sent), row_state(store, unsent)) == ("changed", "pending")


def test_a_line_of_an_older_program_learns_it_with_the_next_edit(store):
    person = new_id()
    store.save(registration(person), AUTHOR)
    store.db.transact(lambda c: c.run("UPDATE own_version SET first_seq = NULL"))
    assert row_state(store, person) == "pending"
    arrived(store, 3, by_centre=True)
    assert row_state(store, person) == "received"
    rename(store, person, "Siti Aminah, S.Pd. CONTOH")
    assert row_state(store, person) == "changed"
