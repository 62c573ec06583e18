"""Sticks that are full, gone, read-only or lie; packages that are cut, altered, foreign or old: a sentence,
and nothing half applied.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
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
from tests.sync.world import AREA, STAFF, Laptop, World
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.digest import content_digest
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.stick_note import stick_note
from trainer_app.sync.answer import Authority
from trainer_app.sync.bundle import stick as sticks
from trainer_app.sync.bundle.format import MAX_BUNDLE_BYTES, pack_bundle, read_bundle, split_bundle
from trainer_app.sync.bundle.homecoming import take_reply
from trainer_app.sync.bundle.packing import export_bundle
from trainer_app.sync.bundle.sealing import open_bundle, seal_bundle
from trainer_app.sync.bundle.taking import packages, take_bundle
from trainer_app.sync.exchange import exchange
from trainer_app.sync.recipients import centre_recipient, own_identity, own_recipient

#: A bit is turned and the file is cut at every so many bytes; 1 was tried too.
STEP = 3


@pytest.fixture
def ana(world: World) -> Laptop:
    """A laptop with three people that wait."""
    laptop = world.laptop()
    introduced(world, laptop)
    register(laptop, 3)
    return laptop


def refused(deed: Callable[[], object]) -> CarrierProblem:
    with pytest.raises(CarrierProblem) as caught:
        deed()
    assert len(caught.value.message) > 20
    return caught.value


def take(world: World, path: Path) -> object:
    return take_bundle(world.centre, world.authority, path)


def rewritten(laptop: Laptop, path: Path, **changes: object) -> None:
    """The same package with other words in it, signed by the laptop itself."""
    bundle = read_bundle(split_bundle(open_bundle(path.read_bytes(), own_identity(laptop.store))))
    changed = replace(bundle, **changes)  # type: ignore[arg-type]  # any field of a bundle
    data = pack_bundle(changed, sender=laptop.store.replica, private_key=laptop.store.private_key)
    path.write_bytes(seal_bundle(data, [centre_recipient(laptop.store), own_recipient(laptop.store)]))


# ---------------------------------------------------------------- the stick
def test_a_full_stick(ana: Laptop, tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    with mounted(tmp_path / "small", "size=256k") as small:
        (small / "film.mp4").write_bytes(bytes(200_000))
        problem = refused(lambda: save(ana, small))
        assert problem.code == "stick.full"
        assert "KB lagi" in problem.message
        assert [path.name for path in small.iterdir()] == ["film.mp4"]
        assert stick_note(ana.store) is None
        (small / "film.mp4").unlink()
        assert save(ana, small).path.exists()


def test_a_stick_that_fills_while_it_is_written(
    ana: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room was there when it was asked for, and somebody else took it."""
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    monkeypatch.setattr(sticks, "_check_room", lambda folder, needed: None)
    with mounted(tmp_path / "small", "size=64k") as small:
        (small / "film.mp4").write_bytes(bytes(64 * 1024))
        problem = refused(lambda: save(ana, small))
        assert problem.code == "stick.full"
        assert [path.name for path in small.iterdir()] == ["film.mp4"]


def test_an_older_file_survives_a_failed_write(world: World, ana: Laptop, tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    with mounted(tmp_path / "small", "size=256k") as small:
        first = save(ana, small)
        before = first.path.read_bytes()
        register(ana, 1)
        (small / "film.mp4").write_bytes(bytes(200_000))
        refused(lambda: save(ana, small))
        assert first.path.read_bytes() == before
        assert len(take_all_but_reply(world, small)) == 1


def take_all_but_reply(world: World, folder: Path) -> list[object]:
    """The stick has no room for the reply either: what was brought is safe all the same."""
    taken = [
        take_bundle(world.centre, world.authority, p.path)
        for p in packages(world.centre, world.authority, folder)
    ]
    for one in taken:
        assert one.operations == 3
        assert one.reply is None
        assert one.reply_problem is not None
        assert one.reply_problem.code == "stick.full"
    return list(taken)


def test_a_read_only_stick(world: World, ana: Laptop, stick: Path, tmp_path: Path) -> None:
    saved = save(ana, stick)
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    with mounted(tmp_path / "locked", "size=1m") as locked:
        (locked / saved.path.name).write_bytes(saved.path.read_bytes())
        lock(locked)
        assert refused(lambda: save(ana, locked)).code == "stick.read_only"
        (taken,) = [
            take_bundle(world.centre, world.authority, p.path)
            for p in packages(world.centre, world.authority, locked)
        ]
        assert taken.operations == 3
        assert taken.reply_problem is not None
        assert taken.reply_problem.code == "stick.read_only"


def test_a_stick_pulled_out_while_it_is_written(ana: Laptop, tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    with mounted(tmp_path / "pulled", "size=1m") as pulled:

        def pull(_share: float) -> None:
            pull_out(pulled)

        problem = refused(lambda: export_bundle(ana.store, pulled, say=pull))
    assert problem.code == "stick.gone"
    assert stick_note(ana.store) is None
    assert send_state(ana.store).pending == 3


def test_a_stick_that_was_pulled_before(world: World, ana: Laptop, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert refused(lambda: save(ana, gone)).code == "stick.gone"
    assert refused(lambda: list(packages(world.centre, world.authority, gone))).code == "stick.gone"


def test_a_stick_that_does_not_keep_what_is_written(
    ana: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Worn-out sticks take everything and give back something else."""
    whole = sticks._write

    def worn(handle: int, data: bytes, say: sticks.Say) -> None:
        spot = len(data) // 2
        whole(handle, data[:spot] + bytes([data[spot] ^ 1]) + data[spot + 1 :], say)

    monkeypatch.setattr(sticks, "_write", worn)
    assert refused(lambda: save(ana, stick)).code == "stick.verify"
    assert list(stick.iterdir()) == []


@pytest.mark.parametrize("name", ["Laptop Ana / Mbay: №3 «baru»?", "", "CON", "   ", "a" * 60, "Łódź…"])
def test_names_that_every_file_system_takes(name: str) -> None:
    made = sticks.bundle_name(0, new_id(), name, sticks.date(2026, 11, 24))
    assert sticks._NAME.fullmatch(made)
    assert len(made) < 90


def test_strange_files_on_the_stick_are_left_alone(world: World, ana: Laptop, stick: Path) -> None:
    save(ana, stick)
    for name in (
        "._kiriman_ana_2026-11-24_000000000000.trainer",
        "kiriman.trainer",
        ".kiriman_x.trainer.abc",
        "foto.jpg",
    ):
        (stick / name).write_bytes(b"x")
    (stick / "System Volume Information").mkdir()
    assert len(take_all(world, stick)) == 1


# ---------------------------------------------------------------- the file
def test_every_altered_or_cut_package_is_refused(world: World, ana: Laptop, stick: Path) -> None:
    """A bit is turned at every n-th byte, and there the file is cut."""
    path = save(ana, stick).path
    whole = path.read_bytes()
    untouched = content_digest(world.centre, (CENTRE_AREA, AREA))
    for at in range(0, len(whole), STEP):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        assert refused(lambda: take(world, path)).code in ("bundle.damaged", "bundle.recipient"), at
        path.write_bytes(whole[:at])
        assert refused(lambda: take(world, path)).code in ("bundle.damaged", "bundle.recipient"), at
    path.write_bytes(whole + b"\n")
    assert refused(lambda: take(world, path)).code == "bundle.damaged"
    assert content_digest(world.centre, (CENTRE_AREA, AREA)) == untouched
    path.write_bytes(whole)
    take(world, path)


def test_two_packages_spliced_together_are_refused(world: World, ana: Laptop, stick: Path) -> None:
    first = save(ana, stick).path.read_bytes()
    register(ana, 2)
    path = save(ana, stick).path
    second = path.read_bytes()
    for at in range(0, min(len(first), len(second)), 97):
        path.write_bytes(first[:at] + second[at:] if at else second[:50] + first)
        refused(lambda: take(world, path))


def test_what_is_not_a_package(world: World, stick: Path) -> None:
    rnd = random.Random(7)  # noqa: S311 - must repeat
    path = stick / sticks.bundle_name(0, new_id(), "x", sticks.date(2026, 11, 24))
    for data in (b"", b"age-encryption.org/v1\n", rnd.randbytes(500), bytes(70_000)):
        path.write_bytes(data)
        assert refused(lambda: take(world, path)).code in ("bundle.damaged", "bundle.recipient")
    path.write_bytes(seal_bundle(b"TB\1" + rnd.randbytes(300), [own_recipient(world.centre)]))
    assert refused(lambda: take(world, path)).code == "bundle.unknown"
    path.write_bytes(seal_bundle(b"TB\2" + rnd.randbytes(300), [own_recipient(world.centre)]))
    assert refused(lambda: take(world, path)).code == "bundle.version"
    path.write_bytes(seal_bundle(b"hello", [own_recipient(world.centre)]))
    assert refused(lambda: take(world, path)).code == "bundle.damaged"


def test_a_file_too_large_is_not_read_into_memory(world: World, stick: Path) -> None:
    path = stick / sticks.bundle_name(0, new_id(), "x", sticks.date(2026, 11, 24))
    with path.open("wb") as file:
        file.truncate(2 * MAX_BUNDLE_BYTES)
    assert refused(lambda: take(world, path)).code == "bundle.too_large"


def test_a_sealed_lie_is_found_by_the_signature(world: World, ana: Laptop, stick: Path) -> None:
    """Anybody can seal to the centre; only the laptop can sign for itself."""
    path = save(ana, stick).path
    bundle = read_bundle(split_bundle(open_bundle(path.read_bytes(), own_identity(ana.store))))
    eve = world.laptop()
    data = pack_bundle(bundle, sender=ana.store.replica, private_key=eve.store.private_key)
    path.write_bytes(seal_bundle(data, [own_recipient(world.centre)]))
    assert refused(lambda: take(world, path)).code == "bundle.signature"
    assert world.centre.count(Person) == 0


# ---------------------------------------------------------------- whose it is
def test_another_recipient(world: World, ana: Laptop, stick: Path, tmp_path: Path) -> None:
    path = save(ana, stick).path
    (tmp_path / "far").mkdir()
    with World(tmp_path / "far") as elsewhere:
        problem = refused(lambda: take(elsewhere, path))
        assert problem.code == "bundle.recipient"
        (package,) = packages(elsewhere.centre, elsewhere.authority, stick)
        assert package.problem is not None


def test_the_package_of_another_centre(world: World, ana: Laptop, stick: Path) -> None:
    path = save(ana, stick).path
    rewritten(ana, path, to=[new_id()])
    assert refused(lambda: take(world, path)).code == "bundle.centre"


def test_sample_data_and_real_data_stay_apart(world: World, ana: Laptop, stick: Path) -> None:
    path = save(ana, stick).path
    sample = Authority(world.authority.epoch, sample=True)
    assert refused(lambda: take_bundle(world.centre, sample, path)).code == "sample.mixed"
    rewritten(ana, path, sample=True)
    assert refused(lambda: take(world, path)).code == "sample.mixed"


def test_a_laptop_that_nobody_knows(world: World, ana: Laptop, stick: Path) -> None:
    path = save(ana, stick).path
    world.centre.save([Edit(Device, ana.store.replica, CENTRE_AREA, {"public_key": None})], NO_ID)
    assert refused(lambda: take(world, path)).code == "bundle.unknown"


def test_a_revoked_laptop_is_kept_apart(world: World, ana: Laptop, stick: Path) -> None:
    path = save(ana, stick).path
    values = {"state": "dicabut", "revoked_after": 0}
    world.centre.save([Edit(Device, ana.store.replica, CENTRE_AREA, values)], NO_ID)
    taken = take_bundle(world.centre, world.authority, path)
    assert taken.revoked
    assert world.centre.count(Person) == 0, "kept, and merged nowhere"
    (home,) = bring_home(ana, stick)
    assert home.revoked
    assert send_state(ana.store).received == 0


def test_words_of_a_stranger_inside_a_good_package(world: World, ana: Laptop, stick: Path) -> None:
    """A segment that its author may not say here stops its own feed; the laptop's own come in."""
    path = save(ana, stick).path
    eve = world.laptop(areas=(9401,))
    introduced(world, eve)
    eve.store.save([Edit(Person, new_id(), 9401, {"full_name": "Eve CONTOH"})], STAFF)
    (stick / "eve").mkdir()
    exported = export_bundle(eve.store, stick / "eve").path
    foreign = read_bundle(split_bundle(open_bundle(exported.read_bytes(), own_identity(eve.store)))).items
    own = read_bundle(split_bundle(open_bundle(path.read_bytes(), own_identity(ana.store)))).items
    rewritten(ana, path, items=[*foreign, *own])
    taken = take_bundle(world.centre, world.authority, path)
    assert taken.operations == 3
    assert len(taken.refused) == 1


# ---------------------------------------------------------------- replies
def test_the_reply_to_another_laptop(world: World, ana: Laptop, stick: Path) -> None:
    save(ana, stick)
    (taken,) = take_all(world, stick)
    budi = world.laptop()
    introduced(world, budi)
    path = taken.reply
    assert path is not None
    assert refused(lambda: take_reply(budi.store, path)).code == "bundle.recipient"


def test_every_altered_or_cut_reply_is_refused(world: World, ana: Laptop, stick: Path) -> None:
    save(ana, stick)
    (taken,) = take_all(world, stick)
    path = taken.reply
    assert path is not None
    whole = path.read_bytes()
    for at in range(0, len(whole), STEP):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        refused(lambda: take_reply(ana.store, path))
        path.write_bytes(whole[:at])
        refused(lambda: take_reply(ana.store, path))
    assert send_state(ana.store).received == 0
    path.write_bytes(whole)
    assert take_reply(ana.store, path).operations == 3


def test_a_reply_that_only_pretends_to_be_the_centres(world: World, ana: Laptop, stick: Path) -> None:
    save(ana, stick)
    (taken,) = take_all(world, stick)
    path = taken.reply
    assert path is not None
    reply = read_bundle(split_bundle(open_bundle(path.read_bytes(), own_identity(ana.store))))
    eve = world.laptop()
    for sender in (world.centre.replica, eve.store.replica, new_id()):
        data = pack_bundle(reply, sender=sender, private_key=eve.store.private_key)
        path.write_bytes(seal_bundle(data, [own_recipient(ana.store)]))
        assert refused(lambda: take_reply(ana.store, path)).code == "bundle.signature"
    assert send_state(ana.store).received == 0


def test_the_old_reply_of_a_centre_that_was_restored_since(world: World, ana: Laptop, stick: Path) -> None:
    copy = world.backup_centre()
    save(ana, stick)
    (taken,) = take_all(world, stick)
    world.restore_centre(copy)
    exchange(ana.store, ana.carrier)
    path = taken.reply
    assert path is not None
    assert refused(lambda: take_reply(ana.store, path)).code == "bundle.old"
    assert send_state(ana.store).received == 3


def test_a_restored_centre_is_heard_of_by_stick(world: World, ana: Laptop, stick: Path) -> None:
    copy = world.backup_centre()
    exchange(ana.store, ana.carrier)
    assert send_state(ana.store).received == 3
    world.restore_centre(copy)
    register(ana, 1)
    save(ana, stick)
    (first,) = take_all(world, stick)
    assert first.operations == 4, "the whole feed was in it"
    (home,) = bring_home(ana, stick)
    assert home.receipts
    assert send_state(ana.store).all_received
    assert world.equal(ana)
