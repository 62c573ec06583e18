"""A snapshot is made and taken in on both engines; it says what the segments say, no more and no less."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.conftest import AREA
from tests.storage.test_applying import deliver, person_edit, register, signer
from trainer_app.records.clock import pack
from trainer_app.records.ids import new_id
from trainer_app.records.segment.snapshot import open_snapshot
from trainer_app.storage import snapshots
from trainer_app.storage.digest import content_digest
from trainer_app.storage.findings import findings
from trainer_app.storage.integrity import verify_log
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.snapshots import has_nothing, snapshot_for, take_in
from trainer_app.sync.keys import public_key_of

STAFF = new_id()
EPOCH, PEER = b"e" * 16, b"p" * 16


@pytest.fixture(autouse=True)
def _always(monkeypatch):
    monkeypatch.setattr(snapshots, "WORTH_BYTES", 1)


def snapshot_of(centre):
    return snapshot_for(centre, AREA, b"", EPOCH, signer(centre))


def taken_by(store, centre):
    kept = snapshot_of(centre)
    snapshot = open_snapshot(kept.body, public_key_of(centre.private_key))
    return take_in(store, snapshot, peer=PEER, epoch=EPOCH, pos=kept.pos)


def filled(make_store, days=8):
    """A centre that two laptops sent to, a little every day."""
    centre, laptops = make_store(areas=()), [make_store(), make_store()]
    for _ in range(days):
        for laptop in laptops:
            row = register(laptop)
            laptop.save([person_edit(row, landmark="dekat pasar")], STAFF)
            deliver(laptop, centre)
    return centre, laptops


def test_the_same_on_both_engines(make_store):
    centre, laptops = filled(make_store)
    new = make_store()
    assert has_nothing(new, AREA)
    assert taken_by(new, centre) == 32
    assert not has_nothing(new, AREA)
    assert content_digest(new, (AREA,)) == content_digest(centre, (AREA,))
    assert rebuild(new, repair=False) == []
    assert verify_log(new).faults == ()
    assert findings(new) == findings(centre)
    register(laptops[0])
    assert [outcome.result for outcome in deliver(laptops[0], new)] == ["known"] * 8 + ["stored"]
    deliver(laptops[0], centre)
    assert content_digest(new, (AREA,)) == content_digest(centre, (AREA,))
    assert verify_log(new).faults == ()


def test_it_is_made_once_and_again_when_much_came(make_store, monkeypatch):
    monkeypatch.setattr(snapshots, "TAIL_BYTES", 400)
    centre, laptops = filled(make_store, days=12)
    first = snapshot_of(centre)
    register(laptops[0])
    deliver(laptops[0], centre)
    assert snapshot_of(centre) == first
    for _ in range(12):
        register(laptops[0])
        deliver(laptops[0], centre)
    second = snapshot_of(centre)
    assert second.pos > first.pos
    assert snapshot_for(centre, AREA, first.hash, EPOCH, signer(centre)) == first, "for who has a part of it"
    assert snapshot_for(centre, AREA, second.hash, EPOCH, signer(centre)) == second


def test_where_segments_are_fewer_bytes_there_is_none(make_store):
    centre, laptop = make_store(areas=()), make_store()
    register(laptop)
    deliver(laptop, centre)
    assert snapshot_of(centre) is None
    with centre.db.reading() as c:
        assert c.value("SELECT COUNT(*) FROM snapshot") == 1, "it was tried once"
    assert snapshot_of(centre) is None
    assert snapshot_for(centre, 5302, b"", EPOCH, signer(centre)) is None


def test_corrections_and_words_of_a_revoked_laptop(make_store):
    centre, _laptops = filled(make_store, days=4)
    fast, gone = make_store(), make_store()
    for _ in range(4):
        register(fast)
        register(fast)
        deliver(fast, centre, restamp=(1, pack(centre.clock.now_ms() - 1000)))
    for revoked in (False, True):
        register(gone)
        deliver(gone, centre, revoked=revoked)
    new = make_store()
    taken_by(new, centre)
    assert content_digest(new, (AREA,)) == content_digest(centre, (AREA,))
    with new.db.reading() as c:
        head = c.value(
            "SELECT head_seq FROM feed f JOIN replica r ON r.num = f.replica WHERE r.id = ?", gone.replica
        )
    assert head == 1, "what came after it was taken out is handed on to nobody"


def test_all_of_it_or_nothing(make_store, monkeypatch):
    centre, _laptops = filled(make_store)
    new = make_store()
    real, calls = snapshots.materialise, 0

    def fails_at_the_second(*about):
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("the power went")
        return real(*about)

    monkeypatch.setattr(snapshots, "materialise", fails_at_the_second)
    with pytest.raises(RuntimeError):
        taken_by(new, centre)
    monkeypatch.setattr(snapshots, "materialise", real)
    assert has_nothing(new, AREA)
    assert taken_by(new, centre) == 32
    with pytest.raises(ValueError, match="not the next"):
        taken_by(new, centre)
    assert content_digest(new, (AREA,)) == content_digest(centre, (AREA,))


def test_large_texts_take_more_blocks(make_store, monkeypatch):
    monkeypatch.setattr(snapshots, "OPERATIONS_PER_BLOCK", 5)
    centre, _laptops = filled(make_store)
    snapshot = open_snapshot(snapshot_of(centre).body, public_key_of(centre.private_key))
    assert len(snapshot.blocks) == 8
    new = make_store()
    taken_by(new, centre)
    assert content_digest(new, (AREA,)) == content_digest(centre, (AREA,))
    assert verify_log(new).faults == ()


@pytest.mark.parametrize("make_store", ["sqlite"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.booleans()), min_size=3, max_size=25))
def test_whatever_was_written(make_store, deeds):
    """Edits of a few shared people by three laptops, some of which meet in between."""
    centre, laptops = make_store(areas=()), [make_store() for _ in range(3)]
    rows = [new_id() for _ in range(4)]
    for n, (who, which, meets) in enumerate(deeds):
        laptops[who].save([person_edit(rows[which], full_name=f"Nama {n} CONTOH", sex="P")], STAFF)
        if meets:
            deliver(laptops[who], centre)
            deliver(laptops[who], laptops[(who + 1) % 3])
    for laptop in laptops:
        deliver(laptop, centre)
    kept = snapshot_of(centre)
    if kept is None:
        return
    new = make_store()
    taken_by(new, centre)
    assert content_digest(new, (AREA,)) == content_digest(centre, (AREA,))
    assert rebuild(new, repair=False) == []
