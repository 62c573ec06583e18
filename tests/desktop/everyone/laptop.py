"""A laptop in the middle of a season (CONTOH): something of everything that a page can show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PySide6.QtGui import QColor, QImage

from tests.desktop.classroom import today_at
from tests.desktop.desks import (
    AREA,
    BEGIN,
    DEK,
    SUPERVISOR,
    SUPERVISOR_NAME,
    SUPERVISOR_PIN,
    TRAINER,
    made_ring,
    made_store,
)
from tests.desktop.questions import fill, other_laptop
from trainer_app.actions.assessment import record_answers
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.channels import start_channel
from trainer_app.actions.milestones import REACHED, Finding
from trainer_app.actions.photos import add_photo
from trainer_app.actions.registration import Registration, correct_consent, register
from trainer_app.actions.sessions import SessionPlan, create_batch, plan_session, set_state
from trainer_app.actions.visits import Notes, record_visit
from trainer_app.desktop.photo_making import shrunk
from trainer_app.records import synthetic
from trainer_app.records.assessment import BEFORE
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.item_set import item_set
from trainer_app.records.kinds import CENTRE_AREA, Batch, Channel, Enterprise, Person, Session, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.training import CLOSED
from trainer_app.settings import Settings, save
from trainer_app.storage.examining import examine
from trainer_app.storage.replicas import OWN
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import keep_receipt
from trainer_app.storage.tables import insert_into
from trainer_app.sync.keys import public_key_of
from trainer_app.sync.receipt import Receipt, seal_receipt

VILLAGE = "53.01.08.2006"
PEOPLE = 14


@dataclass(frozen=True)
class Season:
    """Where things are on the laptop of `folder`."""

    folder: Path
    batch: RecordId
    session: RecordId
    person: RecordId
    twice: RecordId


def season(folder: Path) -> Season:
    """Fills a new laptop; a trainer and a supervisor may open it."""
    (folder / "laptop").mkdir(parents=True)
    store, other = made_store(folder / "laptop"), other_laptop(folder / "other")
    twice = fill(store, other)[0]
    other.close()
    batch = create_batch(
        store, TRAINER, name="Angkatan 4 CONTOH", village=VILLAGE, venue="Balai Desa Oelnasi", capacity=40
    )
    people = _people(store, batch)
    held = _sessions(store, batch.id, people)
    _visits(store, people)
    examine(store)
    _receipt(store)
    _refused(store, people[1])
    store.close()
    ring = made_ring(folder / "laptop")
    ring.add_user(DEK, SUPERVISOR, SUPERVISOR_NAME, "pengawas", SUPERVISOR_PIN)
    save(Settings(centre="http://127.0.0.1:9"), folder / "laptop")
    return Season(folder / "laptop", batch.id, held.id, people[0], twice)


def photo(colour: str) -> bytes:
    """A picture as the camera of a phone makes it, made small."""
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return shrunk(image)


def _people(store: Store, batch: Batch) -> list[RecordId]:
    made = []
    for one in synthetic.people(8, PEOPLE, on=BEGIN.date(), regencies=["53.01"]):
        answers = Registration(person=one.person, enterprise=one.enterprise, consent=one.consent)
        made.append(register(store, answers, TRAINER, batch=batch.id).person)
    correct_consent(store, made[0], {"purposes": "program,foto", "manner": "tanda_tangan"}, TRAINER)
    person = store.get(Person, made[0])
    assert person is not None
    for colour in ("teal", "tan"):
        add_photo(store, person, "usaha", photo(colour), TRAINER)
    items = item_set()
    assert items is not None
    answers = dict.fromkeys(items.items, 1)
    record_answers(store, batch, made[2], BEFORE, answers, BEGIN.date(), TRAINER)
    return made


def _sessions(store: Store, batch: RecordId, people: list[RecordId]) -> Session:
    """One that was held and closed, the one of today half marked, one to come."""
    made = []
    for topic, days in (("Foto produk", -7), ("Katalog WhatsApp Business", 0), ("QRIS dan pembukuan", 7)):
        starts = today_at(9, days)
        plan = SessionPlan(batch, topic, starts, starts + timedelta(hours=2), "Balai Desa Oelnasi", VILLAGE)
        made.append(plan_session(store, plan, TRAINER))
    record_attendance(store, made[0], people, "H", TRAINER, method="petak")
    set_state(store, made[0], CLOSED, TRAINER)
    for place, status in enumerate("HHTISA"):
        record_attendance(store, made[1], [people[place]], status, TRAINER, method="petak")
    return made[1]


def _visits(store: Store, people: list[RecordId]) -> None:
    """Somebody sells online and was visited; some are overdue, today's, or of this week."""
    gofood = {"code": "gofood", "name": "GoFood"}
    store.save([Edit(Channel, new_id(), CENTRE_AREA, gofood)], TRAINER)
    today = BEGIN.date()
    for place, days in enumerate((-13, 0, 3)):
        firm = derived_id(Enterprise, people[place])
        found = [Finding("T3", REACHED, today - timedelta(40), "https://gofood.link/a/CONTOH")]
        notes = Notes(problems=("stok",), note="ramai di pagi hari", next_on=today + timedelta(days))
        record_visit(store, people[place], firm, notes, found, today - timedelta(20), TRAINER)
    start_channel(store, derived_id(Enterprise, people[0]), "gofood", today - timedelta(40), TRAINER)


def _receipt(store: Store) -> None:
    at = store.clock.now_ms() - 2 * 3_600_000
    store.set_meta("centre_key", public_key_of(bytes([7]) * 32))
    for lo, code in ((1, "A7K-2391"), (10, "B2M-0417"), (20, "C9P-5580"), (30, "D4Q-1126"), (40, "E6R-7702")):
        told = Receipt(AREA, store.replica, lo, lo + 8, bytes(32), bytes(16), at, {Person.kind: 9})
        body = seal_receipt(told, bytes([7]) * 32)
        store.db.transact(
            lambda c, lo=lo, code=code, body=body: keep_receipt(c, AREA, OWN, (lo, lo + 8), at, code, body)
        )


def _refused(store: Store, person: RecordId) -> None:
    row = (AREA, OWN, 4, Person.kind, person, "value", "phone", None, None)
    store.db.transact(lambda c: c.run(insert_into("quarantine"), *row))
