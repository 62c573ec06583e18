"""A stick in the tests: a folder, or a real file system that can be small, read-only and pulled out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sync.world import AREA, STAFF, Laptop, World, connect
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.sync.bundle.homecoming import CameHome, replies, take_reply
from trainer_app.sync.bundle.packing import Exported, export_bundle
from trainer_app.sync.bundle.taking import Taken, packages, take_bundle
from trainer_app.sync.recipients import publish


def register(laptop: Laptop, n: int = 1, area: int = AREA) -> list[RecordId]:
    """Made-up people."""
    rows = [new_id() for _i in range(n)]
    for row in rows:
        values = {"full_name": f"Siti {row.hex()[-5:]} CONTOH", "sex": "P", "village": "53.01.08.2006"}
        laptop.store.save([Edit(Person, row, area, values)], STAFF)
    return rows


def introduced(world: World, *laptops: Laptop) -> None:
    """The centre publishes its age recipient, and these laptops hear of it."""
    publish(world.centre)
    connect(*laptops)


def save(laptop: Laptop, stick: Path) -> Exported:
    """The laptop's side, on the way out."""
    return export_bundle(laptop.store, stick)


def take_all(world: World, stick: Path) -> list[Taken]:
    """The centre's side."""
    found = list(packages(world.centre, world.authority, stick))
    assert all(package.problem is None for package in found), found
    return [take_bundle(world.centre, world.authority, package.path) for package in found]


def bring_home(laptop: Laptop, stick: Path) -> list[CameHome]:
    """The laptop's side, on the way back."""
    return [take_reply(laptop.store, path) for path in replies(laptop.store, stick)]


@contextmanager
def mounted(point: Path, *options: str, kind: str = "tmpfs", source: str = "tmpfs") -> Iterator[Path]:
    """A file system of its own for as long as the block lasts."""
    point.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", kind, "-o", ",".join(options) or "rw", source, str(point)], check=True)
    try:
        yield point
    finally:
        subprocess.run(["umount", "-l", str(point)], check=False, stderr=subprocess.DEVNULL)


def lock(point: Path) -> None:
    """Push the little switch on its side."""
    subprocess.run(["mount", "-o", "remount,ro", str(point)], check=True)


def pull_out(point: Path) -> None:
    """The stick is pulled, whatever is open on it."""
    subprocess.run(["umount", "-l", str(point)], check=True)
    point.rmdir()


def can_mount(folder: Path) -> bool:
    """Whether this machine lets the tests mount."""
    try:
        with mounted(folder / "probe", "size=64k"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False
