"""A restored laptop goes on as another replica: nothing that anybody wrote is lost, and all come to the same
rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.storage.test_opening import AREA, AUTHOR, DEK, register
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.segment import open_segment
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.backup import backup_now, restore
from trainer_app.storage.branching import is_restored
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import confirm, feed_segments, heads, seal
from trainer_app.storage.findings import findings
from trainer_app.storage.integrity import verify_log
from trainer_app.storage.opening import DATABASE_NAME, create_store, open_store
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import row_state, send_state
from trainer_app.storage.store import Store


class Place:
    """A laptop in a folder, and a centre that it sends to by hand."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.centre = stack.enter_context(closing(create_store(folder / "pusat", DEK)))
        self.centre.found(new_id(), _key(), "Pusat", ())
        self.laptop = create_store(folder / "laptop", DEK)
        self.laptop.found(new_id(), _key(), "Laptop CONTOH", [AREA])

    def send(self, *, receipted: bool = True) -> list[str]:
        """Seal, and hand everything of the laptop's own feed over; a receipt comes back unless it is lost."""
        key = Ed25519PrivateKey.from_private_bytes(self.laptop.private_key)
        public = key.public_key().public_bytes_raw()
        seal(self.laptop, key.sign)
        results = []
        for stored in feed_segments(self.laptop, AREA, self.laptop.replica):
            segment = open_segment(stored.body, public)
            results.append(apply_segment(self.centre, segment, stored.body, public_key=public).result)
            if receipted:
                self.laptop.db.transact(
                    lambda c, hi=segment.hi: confirm(
                        self.laptop, c, AREA, self.laptop.replica, hi, by_centre=True
                    )
                )
        return results

    def fetch(self) -> None:
        """Everything of others that the centre has."""
        for head in heads(self.centre, (AREA,)):
            for stored in feed_segments(self.centre, AREA, head.replica):
                if head.replica != self.laptop.replica:
                    apply_segment(self.laptop, open_segment(stored.body, None), stored.body)

    def backup(self) -> Path:
        return backup_now(self.folder / "laptop", self.laptop.db, DEK).path

    def restore(self, copy: Path) -> None:
        self.laptop.close()
        restore(self.folder / "laptop", copy, DEK)
        self.laptop = open_store(self.folder / "laptop", DEK)

    def said_again(self) -> int:
        """How many operations wait under the new name; opening the restored file made it."""
        with self.laptop.db.reading() as c:
            return int(c.value("SELECT COUNT(*) FROM operation"))

    def under_the_old_name(self) -> Store:
        """The file as a program would see it that notices nothing."""
        self.laptop.close()
        self.laptop = Store(open_sqlite(self.folder / "laptop" / DATABASE_NAME, DEK))
        return self.laptop

    def agree(self) -> None:
        """Both ends hold the same rows, each made from a whole log."""
        self.fetch()
        assert content_digest(self.laptop) == content_digest(self.centre)
        for store in (self.laptop, self.centre):
            assert rebuild(store, repair=False) == []
            assert verify_log(store).faults == ()
            assert findings(store) == []


def _key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        made = Place(tmp_path, stack)
        yield made
        made.laptop.close()


def rename(store: Store, person: bytes, name: str) -> None:
    store.save([Edit(Person, person, AREA, {"full_name": name})], AUTHOR)


def names(store: Store) -> set[str | None]:
    return {person.full_name for person in store.find(Person)}


def test_both_branches_are_kept(place):
    """What was sent after the backup is at the centre; what was written after the restore is new."""
    register(place.laptop, "Sebelum CONTOH")
    place.send()
    copy = place.backup()
    register(place.laptop, "Sesudah cadangan CONTOH")
    place.send()
    old = place.laptop.replica
    place.restore(copy)
    register(place.laptop, "Sesudah pemulihan CONTOH")
    assert place.said_again() == 1
    assert not is_restored(place.laptop)
    assert place.laptop.replica != old
    assert place.send() == ["stored"]
    place.agree()
    assert names(place.centre) == {"Sebelum CONTOH", "Sesudah cadangan CONTOH", "Sesudah pemulihan CONTOH"}


def test_without_a_new_name_the_same_numbers_would_mean_two_things(place):
    """Why this exists: sending under the old name is refused as a fork."""
    register(place.laptop, "Sebelum CONTOH")
    place.send()
    copy = place.backup()
    register(place.laptop, "Sesudah cadangan CONTOH")
    place.send()
    place.laptop.close()
    restore(place.folder / "laptop", copy, DEK)
    register(place.under_the_old_name(), "Sesudah pemulihan CONTOH")
    assert place.send(receipted=False)[-1] == "fork"


def test_what_was_never_received_is_said_again_whatever_became_of_it(place):
    """Sealed and sent without a receipt, sealed and never sent, and not sealed: all reach the centre once."""
    sent = register(place.laptop, "Terkirim tanpa tanda terima CONTOH")
    place.send(receipted=False)
    register(place.laptop, "Disegel CONTOH")
    key = Ed25519PrivateKey.from_private_bytes(place.laptop.private_key)
    seal(place.laptop, key.sign)
    loose = register(place.laptop, "Belum disegel CONTOH")
    rename(place.laptop, loose, "Belum disegel, dibetulkan CONTOH")
    rename(place.laptop, sent, "Terkirim, dibetulkan CONTOH")
    expected = names(place.laptop)
    place.restore(place.backup())
    before = content_rows(place.laptop)
    assert place.said_again() == 5
    assert content_rows(place.laptop) == before
    assert send_state(place.laptop).pending == 3
    place.send()
    place.agree()
    assert names(place.centre) == expected
    assert send_state(place.laptop).pending == 0


def content_rows(store: Store) -> list[object]:
    return sorted(((p.id, p.full_name, p.sex, p.village) for p in store.find(Person)), key=repr)


def test_what_the_centre_confirmed_stays_confirmed(place):
    received = register(place.laptop, "Diterima CONTOH")
    place.send()
    waiting = register(place.laptop, "Menunggu CONTOH")
    place.restore(place.backup())
    assert place.said_again() == 1
    assert row_state(place.laptop, received) == "received"
    assert row_state(place.laptop, waiting) == "pending"
    rename(place.laptop, received, "Diterima, lalu dibetulkan CONTOH")
    assert row_state(place.laptop, received) == "changed"
    place.send()
    assert row_state(place.laptop, received) == row_state(place.laptop, waiting) == "received"
    place.agree()


def test_a_newer_word_of_somebody_else_is_not_overwritten_by_an_old_one_said_again(place):
    person = register(place.laptop, "Siti CONTOH")
    place.send(receipted=False)
    copy = place.backup()
    rename(place.laptop, person, "Siti Aminah CONTOH")
    place.send()
    place.restore(copy)
    assert place.said_again() == 1  # "Siti CONTOH", which no receipt in the backup covers
    place.send()
    place.agree()
    assert names(place.laptop) == {"Siti Aminah CONTOH"}


def test_a_fault_half_way_leaves_the_laptop_who_it_was(place, monkeypatch):
    register(place.laptop, "Siti CONTOH")
    before, digest, copy = place.laptop.replica, content_digest(place.laptop), place.backup()
    place.laptop.close()
    restore(place.folder / "laptop", copy, DEK)

    def broken(*_words: object) -> None:
        raise RuntimeError("stop")

    monkeypatch.setattr("trainer_app.storage.branching.refold", broken)
    with pytest.raises(RuntimeError):
        open_store(place.folder / "laptop", DEK)
    monkeypatch.undo()
    place.under_the_old_name()
    assert (place.laptop.replica, content_digest(place.laptop)) == (before, digest)
    assert is_restored(place.laptop)
    assert rebuild(place.laptop, repair=False) == []
    place.laptop.close()
    place.laptop = open_store(place.folder / "laptop", DEK)
    assert place.said_again() == 1


def test_twice_restored(place):
    register(place.laptop, "Satu CONTOH")
    for name in ("Dua CONTOH", "Tiga CONTOH"):
        place.restore(place.backup())
        place.said_again()
        register(place.laptop, name)
    place.send()
    place.agree()
    assert names(place.centre) == {"Satu CONTOH", "Dua CONTOH", "Tiga CONTOH"}
