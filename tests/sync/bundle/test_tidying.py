"""A stick is cleaned by the laptop that plugs it in: only of its own files, and only of what arrived."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.bundle.sticks import (
    bring_home,
    can_mount,
    introduced,
    lock,
    mounted,
    pull_out,
    register,
    save,
    take_all,
)
from tests.sync.world import Laptop, World
from trainer_app.records.ids import NO_ID
from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.records.operation import Edit
from trainer_app.storage.branching import go_on_alone
from trainer_app.sync.bundle import at_laptop
from trainer_app.sync.bundle import stick as sticks
from trainer_app.sync.bundle.telling import exported_lines, tidied_lines
from trainer_app.sync.bundle.tidying import tidy
from trainer_app.sync.exchange import exchange
from trainer_app.sync.recipients import own_recipient


@pytest.fixture
def ana(world: World) -> Laptop:
    """A laptop with three people that wait."""
    laptop = world.laptop()
    introduced(world, laptop)
    register(laptop, 3)
    return laptop


def names(folder: Path) -> list[str]:
    return sorted(path.name.split("_")[0] for path in folder.iterdir())


def older(path: Path, day: str) -> Path:
    """The same file as if it had been written on another day."""
    kind, name, _day, laptop = path.name.split("_")
    return path.rename(path.with_name(f"{kind}_{name}_{day}_{laptop}"))


def test_what_came_home_goes_and_what_waits_stays(world: World, ana: Laptop, stick: Path) -> None:
    older(save(ana, stick).path, "2026-11-01")
    assert tidy(ana.store, stick).removed == (), "nobody has received it"
    take_all(world, stick)
    assert tidy(ana.store, stick).removed == (), "the receipt is on the stick, and not here yet"
    bring_home(ana, stick)
    register(ana, 1)
    waits = save(ana, stick).path
    tidied = tidy(ana.store, stick)
    assert sorted(path.name.split("_")[0] for path in tidied.removed) == ["balasan", "kiriman"]
    assert tidied.freed_bytes > 0
    assert list(stick.iterdir()) == [waits]
    (line,) = tidied_lines(tidied)
    assert line.startswith("2 berkas lama laptop ini dihapus dari flashdisk")
    assert tidied_lines(tidy(ana.store, stick)) == []


def test_what_came_another_way_goes_too(ana: Laptop, stick: Path) -> None:
    path = save(ana, stick).path
    exchange(ana.store, ana.carrier)
    assert tidy(ana.store, stick).removed == (path,)


def test_a_package_that_holds_one_record_more_than_the_receipts_stays(
    world: World, ana: Laptop, stick: Path, tmp_path: Path
) -> None:
    (tmp_path / "first").mkdir()
    save(ana, tmp_path / "first")
    register(ana, 1)
    waits = save(ana, stick).path
    take_all(world, tmp_path / "first")
    bring_home(ana, tmp_path / "first")
    assert tidy(ana.store, stick).removed == ()
    assert waits.exists()


def test_files_of_others_are_left_alone(world: World, ana: Laptop, stick: Path) -> None:
    budi = world.laptop()
    introduced(world, budi)
    register(budi, 2)
    save(ana, stick)
    save(budi, stick)
    (stick / "foto.jpg").write_bytes(b"x")
    take_all(world, stick)
    bring_home(ana, stick)
    bring_home(budi, stick)
    before = {path.name for path in stick.iterdir()}
    removed = {path.name for path in tidy(ana.store, stick).removed}
    mark = ana.store.replica[-6:].hex()
    assert len(removed) == 2
    assert all(mark in name for name in removed)
    assert {path.name for path in stick.iterdir()} == before - removed


def test_a_name_alone_does_not_make_a_file_ones_own(world: World, ana: Laptop, stick: Path) -> None:
    """What another laptop wrote under a name that looks like this one's, and what is damaged, stays."""
    budi = world.laptop()
    introduced(world, budi)
    register(budi, 2)
    theirs = save(budi, stick).path
    like_mine = sticks.bundle_name(0, ana.store.replica, "Ana", sticks.date(2026, 11, 2))
    theirs.rename(stick / like_mine)
    (stick / sticks.bundle_name(0, ana.store.replica, "Ana", sticks.date(2026, 11, 3))).write_bytes(b"x")
    (stick / sticks.bundle_name(1, ana.store.replica, "Ana", sticks.date(2026, 11, 3))).write_bytes(b"x")
    exchange(ana.store, ana.carrier)
    exchange(budi.store, budi.carrier)
    assert tidy(ana.store, stick).removed == ()
    assert names(stick) == ["balasan", "kiriman", "kiriman"]


def test_a_supervisors_word_is_no_receipt(world: World, ana: Laptop, stick: Path) -> None:
    hub = world.laptop()
    values = {"recipient": own_recipient(hub.store)}
    world.centre.save([Edit(Device, hub.store.replica, CENTRE_AREA, values)], NO_ID)
    introduced(world, hub, ana)
    register(ana, 1)
    save(ana, stick)
    exchange(hub.store, hub.carrier)
    for package in at_laptop.seen(hub.store, stick):
        at_laptop.take(hub.store, package)
    assert tidy(hub.store, stick).removed == (), "nothing on it is the supervisor's"
    assert tidy(ana.store, stick).removed == (), "the reply was not taken"
    assert bring_home(ana, stick)[0].hub
    tidied = tidy(ana.store, stick)
    assert [path.name.split("_")[0] for path in tidied.removed] == ["balasan"]
    assert names(stick) == ["kiriman"], "the centre has not got it"


def test_a_package_that_only_asks_for_news_waits_for_its_reply(
    world: World, ana: Laptop, stick: Path
) -> None:
    exchange(ana.store, ana.carrier)
    assert save(ana, stick).manifest.segments == 0
    assert tidy(ana.store, stick).removed == ()
    take_all(world, stick)
    bring_home(ana, stick)
    assert len(tidy(ana.store, stick).removed) == 2
    assert list(stick.iterdir()) == []


def test_a_reply_of_a_life_of_the_centre_that_is_over_goes(world: World, ana: Laptop, stick: Path) -> None:
    copy = world.backup_centre()
    save(ana, stick)
    (taken,) = take_all(world, stick)
    world.restore_centre(copy)
    exchange(ana.store, ana.carrier)
    assert taken.reply in tidy(ana.store, stick).removed


def test_the_package_of_another_branch_of_a_copied_laptop_stays(
    world: World, ana: Laptop, stick: Path
) -> None:
    path = save(ana, stick).path
    exchange(ana.store, ana.carrier)
    go_on_alone(ana.store)
    assert tidy(ana.store, stick).removed == ()
    assert path.exists()


def test_what_is_done_with_makes_room_on_a_full_stick(world: World, ana: Laptop, tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    with mounted(tmp_path / "small", "size=180k") as small:
        path = save(ana, small).path
        for day in range(1, 17):
            copy = small / sticks.bundle_name(0, ana.store.replica, "Ana", sticks.date(2026, 10, day))
            copy.write_bytes(path.read_bytes())
        exchange(ana.store, ana.carrier)
        register(ana, 1)
        with pytest.raises(sticks.CarrierProblem):
            save(ana, small)
        done = at_laptop.save(ana.store, small)
        assert len(done.tidied.removed) == 17
        assert list(small.iterdir()) == [done.path]
        assert "17 berkas lama" in exported_lines(done)[-1]


def test_what_was_never_finished_is_cleared_away(ana: Laptop, stick: Path) -> None:
    name = sticks.bundle_name(0, ana.store.replica, "Ana", sticks.date(2026, 10, 1))
    theirs = sticks.bundle_name(0, NO_ID, "Budi", sticks.date(2026, 10, 1))
    for one in (name, theirs):
        (stick / f".{one}.abc").write_bytes(b"half")
    tidy(ana.store, stick)
    assert [path.name for path in stick.iterdir()] == [f".{theirs}.abc"]


def test_a_locked_stick_keeps_everything_and_nothing_is_said(ana: Laptop, tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    with mounted(tmp_path / "locked", "size=1m") as locked:
        path = save(ana, locked).path
        exchange(ana.store, ana.carrier)
        lock(locked)
        assert tidy(ana.store, locked).removed == ()
        assert path.exists()


def test_a_stick_pulled_out_meanwhile(ana: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was removed before is told; nothing is raised."""
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    with mounted(tmp_path / "pulled", "size=1m") as pulled:
        first = older(save(ana, pulled).path, "2026-11-01")
        save(ana, pulled)
        exchange(ana.store, ana.carrier)
        whole = Path.unlink

        def pull(path: Path, *args: bool, **more: bool) -> None:
            whole(path, *args, **more)
            if path == first:
                pull_out(pulled)

        monkeypatch.setattr(Path, "unlink", pull)
        assert tidy(ana.store, pulled).removed == (first,)
    assert tidy(ana.store, pulled).removed == ()
