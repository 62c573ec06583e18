"""The doctor's look at the log: a whole one is told to be whole, and every kind of damage is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.storage.test_opening import AREA, DEK, register
from trainer_app.records.ids import new_id
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import seal
from trainer_app.storage.integrity import verify_log
from trainer_app.storage.opening import create_store
from trainer_app.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three sealed segments of two operations each, and one operation that is not sealed."""
    made = create_store(tmp_path, DEK)
    made.found(new_id(), Ed25519PrivateKey.generate().private_bytes_raw(), "Laptop CONTOH", [AREA])
    key = Ed25519PrivateKey.from_private_bytes(made.private_key)
    for _segment in range(3):
        register(made)
        register(made)
        seal(made, key.sign)
    register(made)
    yield made
    made.close()


def damage(store: Store, sql: str, *params: object) -> list[str]:
    """What is found after one change behind the program's back."""
    store.db.transact(lambda c: c.run(sql, *params))
    return [fault.what for fault in verify_log(store).faults]


def test_a_whole_log(store):
    report = verify_log(store)
    assert (report.feeds, report.segments, report.operations, report.faults) == (1, 3, 6, ())


def test_an_empty_store_has_no_faults(tmp_path):
    store = create_store(tmp_path / "empty", DEK)
    assert verify_log(store).segments == 0
    store.close()


def flip(at: int) -> Callable[[Connection], None]:
    def work(c: Connection) -> None:
        body = bytearray(c.value("SELECT body FROM segment WHERE lo = 3"))
        body[at] ^= 1
        c.run("UPDATE segment SET body = ? WHERE lo = 3", bytes(body))

    return work


@pytest.mark.parametrize(("at", "what"), [(-1, ["signature"]), (-80, ["hash", "signature"])])
def test_a_changed_segment_is_named(store, at, what):
    store.db.transact(flip(at))
    report = verify_log(store)
    assert [fault.what for fault in report.faults] == what
    assert {fault.seq for fault in report.faults} == {3}


def test_a_lost_segment_is_a_gap(store):
    assert damage(store, "DELETE FROM segment WHERE lo = 3") == ["gap", "chain"]


def test_a_lost_end_is_not_the_head(store):
    assert damage(store, "DELETE FROM segment WHERE lo = 5") == ["head"]


def test_a_head_that_lies(store):
    assert damage(store, "UPDATE feed SET head_hash = ?", bytes(32)) == ["head"]


def test_a_lost_operation_that_was_not_sealed(store):
    assert damage(store, "DELETE FROM operation") == ["head"]


def test_a_segment_in_the_place_of_another(store):
    with store.db.reading() as c:
        body, named = c.one("SELECT body, hash FROM segment WHERE lo = 5")
    assert damage(store, "UPDATE segment SET body = ?, hash = ? WHERE lo = 3", body, named) == [
        "chain",
        "content",
        "chain",
    ]
