"""Whatever people do, in whatever order laptops send, whatever is cut: in the end all hold the same, and all
of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sync.world import AREA, Cut, Laptop, World
from trainer_app.records.clock import HOUR_MS
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import CENTRE_AREA, Attendance, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.digest import content_digest
from trainer_app.storage.feeds import decoded, feed_segments
from trainer_app.storage.findings import findings
from trainer_app.storage.rebuild import rebuild
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.exchange import exchange

STAFF = new_id()
PEOPLE = [new_id() for _ in range(3)]
SESSIONS = [new_id() for _ in range(2)]
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True)
class Step:
    """Somebody does something on one of the laptops."""

    laptop: int
    what: str
    row: int = 0
    field: str = ""
    value: str = ""
    cut: str = ""
    jump_ms: int = 0


_who = st.integers(0, 2)
_names = st.sampled_from(["Siti CONTOH", "Siti Aminah CONTOH", "Budi CONTOH"])
_edits = st.one_of(
    st.builds(Step, _who, st.just("edit"), st.integers(0, 2), st.just("full_name"), _names),
    st.builds(
        Step,
        _who,
        st.just("edit"),
        st.integers(0, 2),
        st.sampled_from(["landmark", "rt", "education"]),
        st.sampled_from(["sd", "smp", "sma"]),
    ),
    st.builds(Step, _who, st.just("mark"), st.integers(0, 5), value=st.sampled_from(list("HTIA"))),
    st.builds(Step, _who, st.just("delete"), st.integers(0, 2), value=st.sampled_from(["", "salah"])),
)
_sendings = st.builds(Step, _who, st.just("send"), cut=st.sampled_from(["", "", "request", "answer"]))
_jumps = st.builds(
    Step,
    _who,
    st.just("jump"),
    jump_ms=st.sampled_from([-3 * DAY_MS, -HOUR_MS, 0, HOUR_MS, 40 * DAY_MS, 400 * DAY_MS]),
)
_restarts = st.builds(Step, _who, st.just("restart"))
_steps = st.lists(st.one_of(_edits, _edits, _edits, _sendings, _sendings, _jumps, _restarts), max_size=24)


def _do(world: World, laptop: Laptop, step: Step) -> int:
    """Do a step; gives how many operations it saved."""
    if step.what == "send":
        laptop.carrier.cut = Cut(step.cut) if step.cut else None
        with pytest.raises(CarrierProblem, match="cut") if step.cut else nullcontext():
            exchange(laptop.store, laptop.carrier)
    elif step.what == "jump":
        laptop.wall.ahead_ms = step.jump_ms
    elif step.what == "restart":
        world.reopen(laptop)
    else:
        return len(laptop.store.save([_edit(laptop, step)], STAFF))
    return 0


def _edit(laptop: Laptop, step: Step) -> Edit:
    if step.what == "mark":
        session, person = SESSIONS[step.row % 2], PEOPLE[step.row % 3]
        values = {"session": session, "person": person, "status": step.value}
        return Edit(Attendance, derived_id(Attendance, session, person), AREA, values)
    if step.what == "delete":
        gone = laptop.store.clock.now_ms() if step.value else None
        return Edit(
            Person, PEOPLE[step.row], AREA, {"deleted_at": gone, "deleted_reason": step.value or None}
        )
    return Edit(Person, PEOPLE[step.row], AREA, {step.field: step.value})


def _settle(laptops: Sequence[Laptop]) -> None:
    """Everybody sends until nobody has anything new."""
    for _ in range(2):
        for laptop in laptops:
            laptop.carrier.cut = None
            exchange(laptop.store, laptop.carrier)


def _contradictions(store: Store) -> set[tuple[str, bytes, str, int]]:
    """What people are asked to look at: table, row, field, and which operation lost."""
    return {(f.cls.table, f.row, f.field, f.loser[2]) for f in findings(store)}


def _check(world: World, laptops: Sequence[Laptop], saved: Sequence[int]) -> None:
    stores = [world.centre, *(laptop.store for laptop in laptops)]
    assert len({content_digest(store, (CENTRE_AREA, AREA)) for store in stores}) == 1
    for store in stores:
        assert rebuild(store, repair=False) == []
    for laptop, count in zip(laptops, saved, strict=True):
        replica = laptop.store.replica
        log = [op for s in feed_segments(world.centre, AREA, replica) for op in decoded(s).operations()]
        assert [op.seq for op in log] == list(range(1, count + 1)), "no operation is lost, none comes twice"
        state = send_state(laptop.store)
        assert state.total == 0 or state.all_received


@given(_steps)
def test_all_end_up_with_the_same(steps: list[Step]) -> None:
    with TemporaryDirectory() as folder, World(Path(folder)) as world:
        laptops = [world.laptop(), world.laptop(), world.laptop(ahead_ms=5 * HOUR_MS)]
        saved = [0, 0, 0]
        for step in steps:
            saved[step.laptop] += _do(world, laptops[step.laptop], step)
        _settle(laptops)
        _check(world, laptops, saved)


@given(_steps)
@settings(max_examples=10)
def test_the_centre_is_lost_and_filled_again(steps: list[Step]) -> None:
    with TemporaryDirectory() as folder, World(Path(folder)) as world:
        laptops = [world.laptop(), world.laptop(), world.laptop()]
        saved = [0, 0, 0]
        half = len(steps) // 2
        for step in steps[:half]:
            saved[step.laptop] += _do(world, laptops[step.laptop], step)
        copy = world.backup_centre()
        for step in steps[half:]:
            saved[step.laptop] += _do(world, laptops[step.laptop], step)
        world.restore_centre(copy)
        _settle(laptops)
        _check(world, laptops, saved)


def test_an_edit_that_saw_a_value_beats_it_under_any_clock(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        fast, slow = world.laptop(ahead_ms=300 * DAY_MS), world.laptop(ahead_ms=-20 * DAY_MS)
        fast.store.save(
            [Edit(Person, PEOPLE[0], AREA, {"full_name": "Satu CONTOH", "landmark": "satu"})], STAFF
        )
        _settle([fast, slow])
        slow.store.save([Edit(Person, PEOPLE[0], AREA, {"landmark": "dua"})], STAFF)
        _settle([slow, fast])
        for store in (world.centre, fast.store, slow.store):
            person = store.get(Person, PEOPLE[0])
            assert person is not None
            assert person.landmark == "dua"
        assert world.equal(fast, slow)
        assert _contradictions(world.centre) == set(), "who saw the other's words does not contradict them"


def test_a_clock_once_wrong_is_right_again_after_a_receipt(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        laptop = world.laptop(ahead_ms=400 * DAY_MS)
        laptop.store.save([Edit(Person, PEOPLE[0], AREA, {"full_name": "Satu CONTOH"})], STAFF)
        exchange(laptop.store, laptop.carrier)
        laptop.wall.ahead_ms = 0
        exchange(laptop.store, laptop.carrier)
        (operation,) = laptop.store.save([Edit(Person, PEOPLE[1], AREA, {"full_name": "Dua CONTOH"})], STAFF)
        assert abs((operation.hlc >> 16) - world.now()) < HOUR_MS
