"""What arrives is stored, chained and merged: the same rows on every replica, whatever the order."""

from __future__ import annotations

import dataclasses

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.conftest import AREA
from trainer_app.records.clock import BUILD_MS, HOUR_MS, milliseconds, pack
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Attendance, Person, Session, Staff, derived_id
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.segment import open_segment, seal_segment
from trainer_app.storage import applying, upgrades
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import feed_segments, heads, seal
from trainer_app.storage.findings import findings
from trainer_app.storage.history import histories
from trainer_app.storage.rebuild import rebuild, refold
from trainer_app.storage.sending_state import send_state

VILLAGE = "53.01.08.2006"
STAFF = new_id()
NOW = BUILD_MS + 20 * 24 * HOUR_MS


def signer(store):
    return Ed25519PrivateKey.from_private_bytes(store.private_key).sign


def deliver(source, target, *, restamp=None, revoked=False):
    """Everything that `source` wrote goes to `target`."""
    seal(source, signer(source))
    key = Ed25519PrivateKey.from_private_bytes(source.private_key).public_key().public_bytes_raw()
    return [
        apply_segment(
            target, open_segment(s.body, key), s.body, restamp=restamp, public_key=key, revoked=revoked
        )
        for s in feed_segments(source, AREA, source.replica)
    ]


def person_edit(row, **values):
    return Edit(Person, row, AREA, values)


def register(store, name="Siti CONTOH"):
    row = new_id()
    store.save([person_edit(row, full_name=name, sex="P", village=VILLAGE)], STAFF)
    return row


def test_a_segment_brings_its_rows_once(make_store):
    laptop, centre = make_store(), make_store(areas=())
    row = register(laptop)
    assert [o.result for o in deliver(laptop, centre)] == ["stored"]
    assert [o.result for o in deliver(laptop, centre)] == ["known"]
    assert centre.get(Person, row).full_name == "Siti CONTOH"
    assert content_digest(centre, (AREA,)) == content_digest(laptop, (AREA,))
    laptop.save([person_edit(row, phone="+6281012345678")], STAFF)
    assert [o.result for o in deliver(laptop, centre)] == ["known", "stored"]
    assert content_digest(centre, (AREA,)) == content_digest(laptop, (AREA,))
    assert rebuild(centre, repair=False) == []


def test_two_laptops_change_the_same_person_and_the_same_mark(make_store):
    one, two, centre = make_store(), make_store(), make_store(areas=())
    row = register(one)
    deliver(one, two)
    session = new_id()
    for laptop, name, status in ((one, "Siti Aminah CONTOH", "H"), (two, "Siti Aminna CONTOH", "A")):
        mark = Edit(
            Attendance,
            derived_id(Attendance, session, row),
            AREA,
            {"session": session, "person": row, "status": status},
        )
        laptop.save([person_edit(row, full_name=name), mark], STAFF)
    deliver(two, centre)
    deliver(one, centre)
    deliver(two, one)
    deliver(one, two)
    assert len({content_digest(s, (AREA,)) for s in (one, two, centre)}) == 1
    assert centre.get(Person, row).full_name == "Siti Aminna CONTOH"
    for store in (one, two, centre):
        found = {(f.cls, f.field): (f.winning, f.losing) for f in findings(store)}
        assert found == {
            (Person, "full_name"): ("Siti Aminna CONTOH", "Siti Aminah CONTOH"),
            (Attendance, "status"): ("A", "H"),
        }
        told = histories(store, [(Person, row)], AREA)[(Person, row)]
        lost = [h for h in told if h.values.get("full_name") == "Siti Aminah CONTOH"]
        assert [h.won for h in lost] == [frozenset()]
        assert rebuild(store, repair=False) == []


def test_an_edit_that_saw_the_other_is_no_conflict(make_store):
    one, two = make_store(), make_store()
    row = register(one)
    deliver(one, two)
    two.save([person_edit(row, full_name="Siti Aminah CONTOH")], STAFF)
    deliver(two, one)
    one.save([person_edit(row, full_name="Siti Aminah, S.Pd. CONTOH")], STAFF)
    late = make_store(areas=())
    deliver(two, late)
    deliver(one, late)
    deliver(one, two)
    assert findings(one) == findings(two) == findings(late) == []
    assert len({content_digest(s, (AREA,)) for s in (one, two, late)}) == 1


def test_a_gap_and_another_branch_are_not_stored(make_store):
    laptop, centre = make_store(), make_store(areas=())
    for _ in range(3):
        register(laptop)
        seal(laptop, signer(laptop))
    first, _second, third = list(feed_segments(laptop, AREA, laptop.replica))
    assert apply_segment(centre, open_segment(third.body, None), third.body).result == "gap"
    assert apply_segment(centre, open_segment(first.body, None), first.body).result == "stored"
    other = Operation(
        Person.kind, new_id(), AREA, laptop.replica, 1, pack(NOW), STAFF, 0, {1: "Lain CONTOH", 2: "L"}
    )
    body, branch = seal_segment(
        [other],
        replica=laptop.replica,
        area=AREA,
        prev_hash=b"",
        sign=signer(laptop),
        os_clock=NOW,
        offset_ms=0,
    )
    assert apply_segment(centre, branch, body).result == "fork"
    assert centre.count(Person) == 1


def test_a_bad_operation_goes_to_quarantine_and_holds_nothing_up(make_store, request):
    laptop, centre = make_store(), make_store(areas=())
    operations = [
        Operation(
            Person.kind, new_id(), AREA, laptop.replica, seq, pack(NOW, seq), STAFF, 0, {1: name, 2: "P"}
        )
        for seq, name in ((1, "Siti CONTOH"), (2, 17), (3, "Dewi CONTOH"))
    ]
    body, segment = seal_segment(
        operations,
        replica=laptop.replica,
        area=AREA,
        prev_hash=b"",
        sign=signer(laptop),
        os_clock=NOW,
        offset_ms=0,
    )
    request.getfixturevalue("expect_log")("quarantine")
    outcome = apply_segment(centre, segment, body)
    assert (outcome.result, outcome.quarantined) == ("stored", 1)
    assert {p.full_name for p in centre.find(Person)} == {"Siti CONTOH", "Dewi CONTOH"}
    assert rebuild(centre, repair=False) == []


def test_moments_that_no_machine_can_show_are_kept_apart(make_store, expect_log):
    """One session of the year 300,000 would else stop every list of sessions, on each laptop."""
    laptop, centre = make_store(), make_store(areas=())
    moments = {1: NOW, 2: -1, 3: 1 << 62, 4: 32_499_999_999_999, 5: 32_500_000_000_000}
    operations = [
        Operation(
            Session.kind, new_id(), AREA, laptop.replica, seq, pack(NOW, seq), STAFF, 0, {3: "x", 4: moment}
        )
        for seq, moment in moments.items()
    ]
    body, segment = seal_segment(
        operations,
        replica=laptop.replica,
        area=AREA,
        prev_hash=b"",
        sign=signer(laptop),
        os_clock=NOW,
        offset_ms=0,
    )
    expect_log("quarantine")
    assert apply_segment(centre, segment, body).quarantined == 3
    assert {session.starts_at for session in centre.find(Session)} == {moments[1], moments[4]}


def test_unknown_fields_are_kept_and_unknown_kinds_are_parked(make_store):
    laptop, centre = make_store(), make_store(areas=())
    row = new_id()
    operations = [
        Operation(
            Person.kind, row, AREA, laptop.replica, 1, pack(NOW), STAFF, 0, {1: "Siti CONTOH", 199: "baru"}
        ),
        Operation(240, new_id(), AREA, laptop.replica, 2, pack(NOW, 1), STAFF, 0, {1: "jenis baru"}),
    ]
    body, segment = seal_segment(
        operations,
        replica=laptop.replica,
        area=AREA,
        prev_hash=b"",
        sign=signer(laptop),
        os_clock=NOW,
        offset_ms=0,
    )
    outcome = apply_segment(centre, segment, body)
    assert (outcome.result, outcome.state) == ("stored", "parked")
    centre.save([person_edit(row, phone="+6281012345678")], STAFF)
    assert rebuild(centre, repair=False) == []
    with centre.db.reading() as c:
        assert c.value("SELECT _extra FROM person WHERE id = ?", row) is not None


def test_what_is_understood_later_is_checked_then(make_store, monkeypatch, expect_log):
    laptop, centre = make_store(), make_store(areas=())
    operations = [
        Operation(kind, new_id(), AREA, laptop.replica, seq, pack(NOW, seq), STAFF, 0, {1: name})
        for seq, (kind, name) in enumerate(
            ((Person.kind, "Siti CONTOH"), (Person.kind, 17), (Staff.kind, "Bukan petugas CONTOH")), 1
        )
    ]
    body, segment = seal_segment(
        operations,
        replica=laptop.replica,
        area=AREA,
        prev_hash=b"",
        sign=signer(laptop),
        os_clock=NOW,
        offset_ms=0,
    )
    with monkeypatch.context() as older:
        older.setattr(applying, "KINDS", {})
        assert apply_segment(centre, segment, body).state == "parked"
    expect_log("quarantine")
    assert upgrades.adopt(centre)
    assert [person.full_name for person in centre.find(Person)] == ["Siti CONTOH"]
    assert centre.find(Staff) == []
    with centre.db.reading() as c:
        kept_apart = c.all("SELECT seq, reason, detail FROM quarantine ORDER BY seq")
    assert kept_apart == [(2, "value", "full_name"), (3, "foreign", "")]
    assert rebuild(centre, repair=False) == []
    assert not upgrades.adopt(centre), "once"


def test_a_revoked_laptop_changes_nothing_but_is_kept(make_store):
    laptop, centre = make_store(), make_store(areas=())
    register(laptop)
    (outcome,) = deliver(laptop, centre, revoked=True)
    assert outcome.state == "revoked"
    assert centre.count(Person) == 0
    assert heads(centre)[0].head_seq == 1


def test_a_receipt_that_corrects_a_clock_of_next_year_changes_the_winner(make_store):
    year = 365 * 24 * HOUR_MS
    fast, right = make_store(wall=lambda: NOW + year), make_store(wall=lambda: NOW)
    row = register(right)
    deliver(right, fast)
    fast.save([person_edit(row, landmark="dari masa depan")], STAFF)
    right.clock.last = pack(NOW + 3 * HOUR_MS)
    right.save([person_edit(row, landmark="yang benar")], STAFF)
    deliver(fast, right)
    assert right.get(Person, row).landmark == "dari masa depan"
    restamp = (1, pack(NOW + HOUR_MS))
    with right.db.writing() as c:
        num = right.replicas.number(fast.replica)
        c.run("UPDATE segment SET restamp_seq = ?, restamp_hlc = ? WHERE replica = ?", *restamp, num)
        refold(right, c, AREA, [(Person, row)])
    assert right.get(Person, row).landmark == "yang benar"
    assert rebuild(right, repair=False) == []
    third = make_store()
    deliver(fast, third, restamp=restamp)
    deliver(right, third)
    assert content_digest(third, (AREA,)) == content_digest(right, (AREA,))
    assert milliseconds(right.clock.tick()) < NOW + year


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 2), st.sampled_from(["full_name", "phone", "landmark"])),
        min_size=1,
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_any_interleaving_ends_in_equal_rows(make_store, edits, random):
    laptops, centre = [make_store(), make_store()], make_store(areas=())
    rows = [new_id() for _ in range(3)]
    for i, (who, which, field) in enumerate(edits):
        laptops[who].save([person_edit(rows[which], **{field: f"nilai {i}"})], STAFF)
        if random.random() < 0.4:
            seal(laptops[who], signer(laptops[who]))
        if random.random() < 0.3:
            deliver(laptops[who], laptops[1 - who])
    deliveries = [
        (laptops[0], centre),
        (laptops[1], centre),
        (laptops[0], laptops[1]),
        (laptops[1], laptops[0]),
    ]
    random.shuffle(deliveries)
    for source, target in deliveries:
        deliver(source, target)
    everyone = [*laptops, centre]
    assert len({content_digest(store, (AREA,)) for store in everyone}) == 1
    assert all(rebuild(store, repair=False) == [] for store in everyone)
    assert {key(f) for f in findings(centre)} == {key(f) for f in findings(laptops[0])}


def key(finding):
    return dataclasses.replace(finding, found_at=0)


def test_sealing_leaves_nothing_behind_and_changes_no_state(make_store):
    laptop = make_store()
    register(laptop)
    before = content_digest(laptop), send_state(laptop)
    assert seal(laptop, signer(laptop)) == 1
    assert seal(laptop, signer(laptop)) == 0
    assert (content_digest(laptop), send_state(laptop)) == before
    with pytest.raises(ValueError, match="not a run"):
        seal_segment(
            [
                Operation(Person.kind, new_id(), AREA, laptop.replica, seq, pack(NOW), STAFF, 0, {1: "x"})
                for seq in (1, 3)
            ],
            replica=laptop.replica,
            area=AREA,
            prev_hash=b"",
            sign=signer(laptop),
            os_clock=NOW,
            offset_ms=0,
        )
