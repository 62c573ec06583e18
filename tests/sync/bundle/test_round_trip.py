"""Out on a stick and back: what a laptop wrote arrives once, and its receipts ride home."""

from __future__ import annotations

from pathlib import Path

from tests.sync.bundle.sticks import bring_home, introduced, register, save, take_all
from tests.sync.world import World
from trainer_app.records.kinds import Person
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.stick_note import stick_note
from trainer_app.sync.exchange import exchange


def test_out_and_back(world: World, stick: Path) -> None:
    ana, budi = world.laptop(), world.laptop()
    introduced(world, ana, budi)
    rows = register(ana, 5)
    others = register(budi, 3)
    exchange(budi.store, budi.carrier)
    saved = save(ana, stick)
    assert (saved.manifest.records, saved.manifest.operations) == (5, 5)
    assert saved.path.parent == stick
    assert send_state(ana.store).pending == 5, "a copy on a stick changes no state"
    note = stick_note(ana.store)
    assert note is not None
    assert note.records == 5
    (taken,) = take_all(world, stick)
    assert (taken.operations, taken.refused, taken.reply_problem) == (5, (), None)
    assert all(world.centre.get(Person, row) for row in rows)
    (home,) = bring_home(ana, stick)
    assert home.operations == 5
    assert len(home.receipts) == 1
    assert home.received >= 3
    state = send_state(ana.store)
    assert (state.pending, state.received) == (0, 5)
    assert stick_note(ana.store) is None
    assert all(ana.store.get(Person, row) for row in others)
    exchange(budi.store, budi.carrier)
    assert world.equal(ana, budi)


def test_everything_twice_changes_nothing(world: World, stick: Path) -> None:
    ana = world.laptop()
    introduced(world, ana)
    register(ana, 2)
    save(ana, stick)
    take_all(world, stick)
    (again,) = take_all(world, stick)
    assert again.nothing_new
    bring_home(ana, stick)
    (again_home,) = bring_home(ana, stick)
    assert again_home.nothing_new
    assert world.equal(ana)
    before = len(ana.carrier.requests)
    exchange(ana.store, ana.carrier)
    assert len(ana.carrier.requests) == before + 1, "nothing was left for another way"
    assert len(ana.carrier.requests[-1]) < 300
