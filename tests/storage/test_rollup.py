"""The kept counts equal a fresh count, whatever arrived, in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.conftest import AREA, MakeStore
from trainer_app.records.assessment import AFTER, BEFORE, Assessment, assessment_id
from trainer_app.records.clock import BUILD_MS, HOUR_MS
from trainer_app.records.decision import Decision, decision_id
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import (
    Attendance,
    Consent,
    Enterprise,
    Milestone,
    Person,
    Session,
    derived_id,
)
from trainer_app.records.operation import Edit
from trainer_app.records.segment import open_segment
from trainer_app.storage import counts, rollup
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.server_tables import create_server_tables
from trainer_app.storage.store import Store

STAFF = new_id()
NOW = BUILD_MS + 20 * 24 * HOUR_MS
VILLAGES = ("53.01.08.2006", "53.01.09.2001", "53.02.01.2001")
DAY = "2026-11-20"


@pytest.fixture
def centre(make_store: MakeStore) -> Store:
    """A centre that keeps its rollups."""
    store = make_store(areas=(), wall=lambda: NOW)
    create_server_tables(store.db)
    store.on_applied = rollup.update
    return store


def deliver(source: Store, centre: Store) -> None:
    key = Ed25519PrivateKey.from_private_bytes(source.private_key)
    seal(source, key.sign)
    public = key.public_key().public_bytes_raw()
    for stored in feed_segments(source, AREA, source.replica):
        apply_segment(centre, open_segment(stored.body, public), stored.body, public_key=public)


def edit(cls: type, row: RecordId, **values: object) -> Edit:
    return Edit(cls, row, AREA, values)  # type: ignore[arg-type]  # values of the fields' own types


def person(row: RecordId, village: str = VILLAGES[0]) -> Edit:
    return edit(Person, row, full_name="Siti CONTOH", sex="P", village=village)


def enterprise(row: RecordId) -> Edit:
    return edit(Enterprise, derived_id(Enterprise, row), owner=row, business_group="kuliner")


def milestone(enterprise_id: RecordId, step: str, **more: object) -> Edit:
    return edit(Milestone, new_id(), enterprise=enterprise_id, step=step, reached_on=DAY, **more)


def session(row: RecordId, batch: RecordId, state: str = "ditutup", hours: int = 4) -> Edit:
    return edit(Session, row, batch=batch, topic="Foto produk", starts_at=NOW, state=state, hours=hours)


def mark(session_id: RecordId, person_id: RecordId, status: str = "H") -> Edit:
    row = derived_id(Attendance, session_id, person_id)
    return edit(Attendance, row, session=session_id, person=person_id, status=status)


def sitting(batch: RecordId, person_id: RecordId, answers: int = 10, phase: str = AFTER) -> Edit:
    given = {f"a{slot}": 2 for slot in range(1, answers + 1)}
    row = assessment_id(batch, person_id, phase)
    return edit(
        Assessment, row, batch=batch, person=person_id, phase=phase, item_set="1", taken_on=DAY, **given
    )


def totals(centre: Store) -> dict[str, int]:
    with centre.db.reading() as c:
        assert rollup.differences(c, AREA) == []
        found = counts.by_area(c, None).get(AREA, {})
    return {measure: count for measure, count in found.items() if count}


def test_a_person_counts_from_registration_to_the_first_sale(make_store: MakeStore, centre: Store) -> None:
    laptop = make_store(wall=lambda: NOW)
    siti, meeting, batch = new_id(), new_id(), new_id()
    laptop.save([person(siti), enterprise(siti), session(meeting, batch), mark(meeting, siti)], STAFF)
    deliver(laptop, centre)
    assert totals(centre) == {"registered": 1, "attended": 1}
    laptop.save([sitting(batch, siti, phase=BEFORE), sitting(batch, siti, 9)], STAFF)
    deliver(laptop, centre)
    assert "trained" not in totals(centre)
    laptop.save([edit(Assessment, assessment_id(batch, siti, AFTER), a10=0)], STAFF)
    deliver(laptop, centre)
    assert totals(centre) == {"registered": 1, "attended": 1, "trained": 1}
    shop = derived_id(Enterprise, siti)
    laptop.save([milestone(shop, step) for step in ("T3", "T4", "T5", "T6")], STAFF)
    deliver(laptop, centre)
    assert totals(centre) == dict.fromkeys(
        ("registered", "attended", "trained", "qris", "digitised", "first_sale", "active", "shop"), 1
    )
    with centre.db.reading() as c:
        assert counts.by_district(c, AREA).keys() == {"53.01.08"}
        assert counts.by_month(c, [AREA])["2026-11"]["digitised"] == 1
        assert counts.by_area(c, [5302]) == {}
        assert counts.by_month(c, []) == {}


def test_a_lapsed_step_and_a_deleted_person_do_not_count(make_store: MakeStore, centre: Store) -> None:
    laptop = make_store(wall=lambda: NOW)
    siti = new_id()
    step = milestone(derived_id(Enterprise, siti), "T3")
    laptop.save([person(siti), enterprise(siti), step], STAFF)
    deliver(laptop, centre)
    assert totals(centre) == {"registered": 1, "digitised": 1, "shop": 1}
    laptop.save([edit(Milestone, step.id, lapsed_on="2026-11-23")], STAFF)
    deliver(laptop, centre)
    assert totals(centre) == {"registered": 1}
    laptop.save([edit(Person, siti, deleted_at=NOW, deleted_reason="ganda")], STAFF)
    deliver(laptop, centre)
    assert totals(centre) == {}


def test_a_session_that_is_closed_later_trains_and_one_more_untrains(
    make_store: MakeStore, centre: Store
) -> None:
    laptop = make_store(wall=lambda: NOW)
    siti, first, second, batch = new_id(), new_id(), new_id(), new_id()
    held = [session(first, batch, "berjalan"), mark(first, siti), sitting(batch, siti)]
    laptop.save([person(siti), *held], STAFF)
    deliver(laptop, centre)
    assert totals(centre) == {"registered": 1, "attended": 1}
    laptop.save([edit(Session, first, state="ditutup")], STAFF)
    deliver(laptop, centre)
    assert totals(centre)["trained"] == 1
    laptop.save([session(second, batch)], STAFF)
    deliver(laptop, centre)
    assert "trained" not in totals(centre)
    laptop.save([edit(Session, second, state="batal")], STAFF)
    deliver(laptop, centre)
    assert totals(centre)["trained"] == 1


def test_an_enterprise_that_changes_hands_takes_its_steps_along(make_store: MakeStore, centre: Store) -> None:
    laptop = make_store(wall=lambda: NOW)
    siti, budi = new_id(), new_id()
    shop = derived_id(Enterprise, siti)
    laptop.save([person(siti), person(budi, VILLAGES[1]), enterprise(siti), milestone(shop, "T4")], STAFF)
    deliver(laptop, centre)
    laptop.save([edit(Enterprise, shop, owner=budi)], STAFF)
    deliver(laptop, centre)
    assert totals(centre) == {"registered": 2, "digitised": 1, "qris": 1}
    with centre.db.reading() as c:
        assert counts.by_district(c, AREA)["53.01.09"]["digitised"] == 1


def test_people_from_outside_the_regency_stand_in_no_district(make_store: MakeStore, centre: Store) -> None:
    laptop = make_store(wall=lambda: NOW)
    laptop.save([person(new_id(), VILLAGES[2])], STAFF)
    deliver(laptop, centre)
    with centre.db.reading() as c:
        assert counts.by_district(c, AREA).keys() == {""}


def test_the_day_of_consent_is_the_day_of_registration(make_store: MakeStore, centre: Store) -> None:
    """A paper form that is entered in December counts in November; a date ahead of the clock does not."""
    laptop = make_store(wall=lambda: NOW)
    on_paper, slip = new_id(), new_id()
    for row, given_at in ((on_paper, NOW - 40 * 24 * HOUR_MS), (slip, NOW + 400 * 24 * HOUR_MS)):
        consent = edit(Consent, derived_id(Consent, row), person=row, given_at=given_at)
        laptop.save([person(row), consent], STAFF)
    deliver(laptop, centre)
    with centre.db.reading() as c:
        months = {month: found["registered"] for month, found in counts.by_month(c, None).items()}
    assert months == {"2026-10": 1, "2026-11": 1}
    assert totals(centre) == {"registered": 2}


def test_counting_anew_repairs_what_was_wrong(make_store: MakeStore, centre: Store) -> None:
    laptop = make_store(wall=lambda: NOW)
    laptop.save([person(new_id()), person(new_id())], STAFF)
    deliver(laptop, centre)
    centre.db.transact(lambda c: c.run("UPDATE area_total SET registered = 7 WHERE area = ?", AREA))
    with centre.db.reading() as c:
        assert [line.split()[0] for line in rollup.differences(c, AREA)] == ["area_total"]
    centre.db.transact(lambda c: rollup.recompute(c, AREA))
    assert totals(centre) == {"registered": 2}


class _History:
    """Random but sensible edits of two laptops over a handful of people, sessions and enterprises."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a history, no secret
        self._people = [new_id() for _i in range(6)]
        self._sessions = [new_id() for _i in range(4)]
        self._batches = [new_id() for _i in range(2)]
        self._steps = [new_id() for _i in range(5)]

    def edits(self) -> Sequence[Edit]:
        choose = self._random.choice
        who, meeting, step = choose(self._people), choose(self._sessions), choose(self._steps)
        shop = derived_id(Enterprise, choose(self._people))
        makers: list[Callable[[], Edit]] = [
            lambda: person(who, choose(VILLAGES)),
            lambda: edit(Person, who, deleted_at=choose((None, NOW))),
            lambda: enterprise(who),
            lambda: edit(Enterprise, shop, owner=who),
            lambda: session(
                meeting, choose(self._batches), choose(("terjadwal", "berjalan", "ditutup", "batal"))
            ),
            lambda: edit(Session, meeting, hours=choose((1, 4, 9)), deleted_at=choose((None, None, NOW))),
            lambda: mark(meeting, who, choose("HTISA")),
            lambda: mark(meeting, who, "H"),
            lambda: sitting(choose(self._batches), who, choose((9, 12))),
            lambda: edit(
                Assessment, assessment_id(choose(self._batches), who, AFTER), deleted_at=choose((None, NOW))
            ),
            lambda: edit(Milestone, step, enterprise=shop, step=choose(("T3", "T4", "T5", "T6"))),
            lambda: edit(Milestone, step, reached_on=choose((DAY, "2026-09-02", "2026-99-99"))),
            lambda: edit(Milestone, step, lapsed_on=choose((None, DAY)), before_programme=choose((0, 1))),
        ]
        return [choose(makers)() for _i in range(self._random.randint(1, 12))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=6)
@given(seed=st.integers(0, 1 << 30))
def test_kept_counts_equal_a_recount_after_any_history(
    make_store: MakeStore, centre: Store, seed: int
) -> None:
    """The same centre goes on through all examples, so histories also pile up on each other."""
    laptops = [make_store(wall=lambda: NOW), make_store(wall=lambda: NOW + HOUR_MS)]
    history = _History(seed)
    order = random.Random(seed + 1)  # noqa: S311 - a history, no secret
    for _round in range(6):
        for laptop in laptops:
            laptop.save(history.edits(), STAFF)
        for laptop in order.sample(laptops, order.randint(0, 2)):
            deliver(laptop, centre)
        totals(centre)
    for laptop in laptops:
        deliver(laptop, centre)
    before = totals(centre)
    centre.db.transact(lambda c: rollup.recompute(c, AREA))
    assert totals(centre) == before


def test_people_who_were_merged_count_once_and_twice_again_when_that_is_taken_back(
    centre: Store, make_store: MakeStore
) -> None:
    laptop = make_store(wall=lambda: NOW)
    one, two, third = sorted(new_id() for _ in range(3))
    batch, sessions = new_id(), [new_id(), new_id()]
    laptop.save(
        [
            *(person(row) for row in (one, two, third)),
            *(enterprise(row) for row in (one, two)),
            milestone(derived_id(Enterprise, two), "T4"),
            *(session(row, batch) for row in sessions),
            mark(sessions[0], one),
            mark(sessions[0], two),
            mark(sessions[1], two),
        ],
        STAFF,
    )
    deliver(laptop, centre)
    assert _figures(centre) == {"registered": 3, "attended": 2, "digitised": 1, "sessions": [1, 2]}

    def decide(first: RecordId, second: RecordId, **more: object) -> Edit:
        values = {"first": first, "second": second, "about": "orang", "answer": "sama", **more}
        return edit(Decision, decision_id(first, second), **values)

    laptop.save([decide(one, two)], STAFF)
    deliver(laptop, centre)
    assert _figures(centre) == {"registered": 2, "attended": 1, "digitised": 1, "sessions": [2]}
    laptop.save([decide(two, third)], STAFF)
    deliver(laptop, centre)
    assert _figures(centre) == {"registered": 1, "attended": 1, "digitised": 1, "sessions": [2]}
    laptop.save([decide(one, two, undone_at=NOW)], STAFF)
    deliver(laptop, centre)
    assert _figures(centre) == {"registered": 2, "attended": 2, "digitised": 1, "sessions": [1, 2]}


def _figures(centre: Store) -> dict[str, object]:
    with centre.db.reading() as c:
        assert rollup.differences(c, AREA) == []
        totals = c.all("SELECT registered, attended, digitised FROM area_total WHERE area = ?", AREA)
        sessions = c.all("SELECT sessions FROM progress WHERE area = ? AND sessions > 0", AREA)
    sums = [sum(row[place] for row in totals) for place in range(3)]
    names = ("registered", "attended", "digitised")
    return {**dict(zip(names, sums, strict=True)), "sessions": sorted(row[0] for row in sessions)}
