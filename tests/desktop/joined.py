"""Laptops that have joined a served centre, for tests of sending."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.desktop.desks import AREA, CHEAP, DEK, PIN, SUPERVISOR_NAME, TRAINER_NAME
from tests.server.running import RunningCentre
from trainer_app.actions.staff import roster
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Batch
from trainer_app.records.operation import Edit
from trainer_app.server import administration
from trainer_app.settings import Settings, save
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import create_store
from trainer_app.storage.store import Store
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import exchange


@dataclass(frozen=True)
class ServedCentre:
    """A centre that serves, and the personal codes of its people."""

    running: RunningCentre
    trainer_code: str
    supervisor_code: str

    @classmethod
    def prepared(cls, running: RunningCentre) -> ServedCentre:
        with running.opened() as centre:
            codes = [
                str(administration.add_staff(centre, name, role, str(AREA)).data["personal_code"])
                for name, role in ((TRAINER_NAME, "pelatih"), (SUPERVISOR_NAME, "pengawas"))
            ]
        return cls(running, *codes)

    @property
    def address(self) -> str:
        return self.running.url

    def code(self, for_staff: str = "") -> str:
        """A fresh enrolment code."""
        return self.running.code(str(AREA), for_staff)

    def set_rule(self, send_by: str) -> None:
        """Who starts a sending, from now on."""
        with self.running.opened() as centre:
            administration.set_policy(centre, send_by, str(AREA))

    def laptop(self, folder: Path) -> RecordId:
        """A laptop in ``folder`` that has joined, with the trainer as its user; gives the trainer's id."""
        store = create_store(folder, DEK)
        enrol(store, self.address, self.code(), f"Laptop {new_id().hex()[-6:]}")
        self.exchange(store)
        trainer = next(person for person in roster(store) if person.name == TRAINER_NAME)
        KeyRing(folder, cost=CHEAP).create(
            trainer.id, trainer.name, trainer.role, PIN, keystore=False, dek=DEK
        )
        store.close()
        save(Settings(centre=self.address), folder)
        return trainer.id

    def exchange(self, store: Store) -> None:
        """One exchange, without any screen."""
        carrier = HttpCarrier(self.address)
        try:
            exchange(store, carrier)
        finally:
            carrier.close()


def write_batches(store: Store, by: RecordId, n: int) -> None:
    """So many records that wait to be sent."""
    for number in range(n):
        store.save([Edit(Batch, new_id(), AREA, {"name": f"CONTOH {number}"})], by)
