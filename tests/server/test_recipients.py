"""Who may open what: recipients of the centre and of supervisors' laptops, told and published."""

from __future__ import annotations

from pathlib import Path

from tests.server.laptops import TestLaptop
from tests.server.running import AREA, RunningCentre
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Policy, Staff
from trainer_app.records.operation import Edit
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import exchange
from trainer_app.sync.recipients import (
    RECIPIENT_TOLD,
    centre_recipient,
    hub_recipients,
    is_recipient,
    own_recipient,
)


def person(centre: RunningCentre, role: str) -> str:
    """A new member of the staff; gives the name."""
    name = f"{role} {new_id().hex()[-6:]} CONTOH"
    with centre.opened() as opened:
        values = {"full_name": name, "role": role, "state": "aktif", "areas": str(AREA)}
        opened.save([Edit(Staff, new_id(), CENTRE_AREA, values)])
    return name


def joined(centre: RunningCentre, folder: Path, for_staff: str) -> Store:
    """A laptop that joined as the program does."""
    db = open_sqlite(folder / f"{new_id().hex()}.db", bytes(32))
    create_all(db)
    store = Store(db)
    enrol(store, centre.url, centre.code(str(AREA), for_staff), "Laptop CONTOH")
    return store


def send(centre: RunningCentre, store: Store) -> int:
    """One exchange; gives the bytes of its requests."""
    carrier = HttpCarrier(centre.url)
    try:
        return exchange(store, carrier).bytes_up
    finally:
        carrier.close()


def test_enrolment_tells_the_centres_recipient_and_the_feed_too(
    centre: RunningCentre, tmp_path: Path
) -> None:
    laptop = joined(centre, tmp_path, "")
    known = centre_recipient(laptop)
    assert is_recipient(known)
    laptop.set_meta("centre_recipient", b"")
    send(centre, laptop)
    assert centre_recipient(laptop) == known, "a laptop that joined before learns it by normal sending"
    with centre.opened() as opened:
        assert own_recipient(opened.store) == known
        rules = [rule for rule in opened.store.find(Policy) if rule.recipient]
        assert [rule.area_of for rule in rules] == [0]
    laptop.close()


def test_only_supervisors_laptops_are_published(centre: RunningCentre, tmp_path: Path) -> None:
    supervisor = joined(centre, tmp_path, person(centre, "pengawas"))
    trainer = joined(centre, tmp_path, person(centre, "pelatih"))
    for store in (supervisor, trainer):
        send(centre, store)
    assert own_recipient(supervisor) in hub_recipients(trainer)
    assert own_recipient(trainer) not in hub_recipients(supervisor)
    assert own_recipient(supervisor) not in hub_recipients(supervisor), "to itself it is sealed anyhow"
    supervisor.close()
    trainer.close()


def test_a_supervisors_laptop_that_joined_before_tells_its_own_once(
    centre: RunningCentre, tmp_path: Path
) -> None:
    laptop = joined(centre, tmp_path, person(centre, "pengawas"))
    with centre.opened() as opened:
        opened.save([Edit(Device, laptop.replica, CENTRE_AREA, {"recipient": None})])
    laptop.set_meta(RECIPIENT_TOLD, b"0")
    first = send(centre, laptop)
    with centre.opened() as opened:
        device = opened.store.get(Device, laptop.replica)
        assert device is not None
        assert device.recipient == own_recipient(laptop)
    assert send(centre, laptop) < first - 60
    laptop.close()


def test_a_strange_recipient_is_not_published(centre: RunningCentre, tmp_path: Path) -> None:
    laptop = TestLaptop(centre, tmp_path)
    laptop.exchange(recipient="age1" + "x" * 500, cursors={0: 0})
    with centre.opened() as opened:
        device = opened.store.get(Device, laptop.store.replica)
        assert device is not None
        assert device.recipient is None
    laptop.close()
