"""The laptop's own client against a running centre: joining, sending, receiving."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.server.laptops import STAFF, VILLAGE
from tests.server.running import AREA, RunningCentre
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.problem import AccessProblem
from trainer_app.server import administration
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.digest import content_digest
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import exchange


@contextmanager
def new_laptop(folder: Path) -> Iterator[Store]:
    db = open_sqlite(folder / f"{new_id().hex()}.db", bytes(32))
    create_all(db)
    try:
        yield Store(db)
    finally:
        db.close()


def send(laptop: Store, centre: RunningCentre) -> None:
    carrier = HttpCarrier(centre.url)
    try:
        exchange(laptop, carrier)
    finally:
        carrier.close()


def test_two_laptops_and_the_centre_end_up_with_the_same(centre: RunningCentre, tmp_path: Path) -> None:
    with ExitStack() as stack:
        one, two = (stack.enter_context(new_laptop(tmp_path)) for _i in range(2))
        with centre.opened() as opened:
            made = administration.add_staff(
                opened, f"CONTOH {new_id().hex()[-6:]}", "pelatih", str(AREA)
            ).data
        for laptop in (one, two):
            enrolled = enrol(laptop, centre.url, centre.code(), "Laptop CONTOH")
            assert enrolled.areas == (AREA,)
        for laptop, name in ((one, "Siti CONTOH"), (two, "Budi CONTOH")):
            values = {"full_name": name, "sex": "P", "village": VILLAGE}
            laptop.save([Edit(Person, new_id(), AREA, values)], STAFF)
        for laptop in (one, two, one):
            send(laptop, centre)
        assert {person.full_name for person in one.find(Person)} >= {"Siti CONTOH", "Budi CONTOH"}
        assert two.get(Staff, bytes.fromhex(made["staff"])) is not None, "staff reach every laptop"
        for laptop in (one, two):
            assert send_state(laptop).all_received
        with centre.opened() as opened:
            digests = {content_digest(store, (AREA,)) for store in (one, two, opened.store)}
        assert len(digests) == 1


def test_the_centre_s_sentence_reaches_the_person(centre: RunningCentre, tmp_path: Path) -> None:
    with new_laptop(tmp_path) as laptop, pytest.raises(AccessProblem, match="Kode tidak dikenal"):
        enrol(laptop, centre.url, "ABCDEFGH", "Laptop CONTOH")


def test_a_laptop_of_real_data_keeps_away_from_a_centre_of_samples(tmp_path: Path) -> None:
    with RunningCentre.start(tmp_path / "pusat", "", "--sample") as centre, new_laptop(tmp_path) as laptop:
        with pytest.raises(AccessProblem) as refused:
            enrol(laptop, centre.url, centre.code(), "Laptop CONTOH")
        assert refused.value.code == "sample.mixed"
        assert not laptop.replica
