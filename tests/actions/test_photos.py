"""Adding a photo and taking it away: consent, limits, both or neither, and all of a person together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.people import laptop
from tests.sync.pictures import picture
from trainer_app.actions import people, photos
from trainer_app.actions.registration import Registration, correct_consent, register
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Person, Photo
from trainer_app.records.photo import MAX_BYTES, MOST_OF_ONE, photo_name
from trainer_app.records.problem import InputProblem
from trainer_app.storage import blobs
from trainer_app.storage.database import Connection
from trainer_app.storage.sending_state import row_state
from trainer_app.storage.store import Store

BY = new_id()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = laptop(tmp_path)
    yield made
    made.close()


def answers(purposes: str) -> Registration:
    return Registration(
        person={"full_name": "Siti CONTOH", "nik": "5301085508909001", "village": "53.01.08.2006"},
        enterprise={"name": "Warung CONTOH", "business_group": "olahan_pangan"},
        consent={"purposes": purposes, "manner": "tanda_tangan"},
    )


def registered(store: Store, purposes: str = "program,foto") -> Person:
    person = store.get(Person, register(store, answers(purposes), BY).person)
    assert person is not None
    return person


def shown(store: Store, person: RecordId) -> list[str | None]:
    return [photo.digest for photo in photos.photos_of(store, person)]


def test_a_photo_is_kept_with_its_bytes_and_waits(store: Store) -> None:
    person, body = registered(store), picture(width=800, height=600)
    added = photos.add_photo(store, person, "usaha", body, BY, note="Kios CONTOH")
    held = store.get(Photo, added.photo)
    assert held is not None
    assert (held.about, held.purpose, held.note) == (person.id, "usaha", "Kios CONTOH")
    assert (held.size, held.width, held.height) == (len(body), 800, 600)
    assert held.area == person.area
    assert blobs.body_of(store, held.digest or "") == body
    assert [one.digest for one in blobs.waiting(store)] == [held.digest]
    assert row_state(store, added.photo) == "pending"


def test_the_same_picture_twice_is_one(store: Store) -> None:
    person, body = registered(store), picture()
    first = photos.add_photo(store, person, "usaha", body, BY)
    again = photos.add_photo(store, person, "kegiatan", body, BY)
    assert (again.photo, again.operations) == (first.photo, ())
    assert store.count(Photo) == 1


def test_people_are_asked_before_they_are_photographed(store: Store) -> None:
    person = registered(store, "program")
    with pytest.raises(InputProblem) as refused:
        photos.add_photo(store, person, "usaha", picture(), BY)
    assert refused.value.code == "photo.consent"
    assert blobs.waiting(store) == []
    photos.add_photo(store, person, "toko_daring", picture(), BY)
    correct_consent(store, person.id, {"purposes": "program,foto", "manner": "tanda_tangan"}, BY)
    photos.add_photo(store, person, "usaha", picture(seed=2), BY)
    assert store.count(Photo) == 2


def test_who_takes_the_consent_back_is_not_sent_and_not_added_to(store: Store) -> None:
    person = registered(store)
    photos.add_photo(store, person, "usaha", picture(), BY)
    people.withdraw_consent(store, person.id, BY, purposes=("foto",))
    assert blobs.waiting(store) == []
    with pytest.raises(InputProblem):
        photos.add_photo(store, person, "usaha", picture(seed=2), BY)
    people.renew_consent(store, person.id, BY)
    assert len(blobs.waiting(store)) == 1


def test_there_is_an_end_to_photos(store: Store) -> None:
    person = registered(store)
    for seed in range(MOST_OF_ONE):
        photos.add_photo(store, person, "usaha", picture(seed=seed), BY)
    with pytest.raises(InputProblem, match=str(MOST_OF_ONE)):
        photos.add_photo(store, person, "usaha", picture(seed=99), BY)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"GIF89a", "photo.kind"),
        (picture(width=2000), "photo.size"),
        (picture(MAX_BYTES + 1), "photo.size"),
    ],
)
def test_what_is_no_small_picture_is_not_kept(store: Store, body: bytes, code: str) -> None:
    with pytest.raises(InputProblem) as refused:
        photos.add_photo(store, registered(store), "usaha", body, BY)
    assert refused.value.code == code
    assert not blobs.is_held(store, photo_name(body).hex())


def test_taken_away_and_brought_back(store: Store) -> None:
    person, body = registered(store), picture()
    added = photos.add_photo(store, person, "usaha", body, BY)
    assert photos.remove_photo(store, added.photo, BY)
    assert shown(store, person.id) == []
    assert photos.remove_photo(store, added.photo, BY) == [], "twice changes nothing"
    photos.bring_back(store, added.photo, BY)
    assert shown(store, person.id) == [photo_name(body).hex()]
    assert blobs.body_of(store, photo_name(body).hex()) == body


def test_photos_go_and_come_with_their_person(store: Store) -> None:
    person = registered(store)
    photos.add_photo(store, person, "usaha", picture(), BY)
    gone = people.delete_person(store, person.id, BY, "diminta")
    assert shown(store, person.id) == []
    assert blobs.waiting(store) == []
    people.restore_person(store, gone, BY)
    assert len(shown(store, person.id)) == 1


def test_record_and_bytes_are_saved_both_or_neither(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    person = registered(store)

    def fails(_store: Store, _c: Connection, *_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(blobs, "save_edits", fails)
    with pytest.raises(ZeroDivisionError):
        photos.add_photo(store, person, "usaha", picture(), BY)
    assert not blobs.is_held(store, photo_name(picture()).hex())
