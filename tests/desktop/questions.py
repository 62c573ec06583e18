"""Two laptops that wrote the same things without knowing of each other, brought together in one store."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.desktop.desks import AREA, DEK, SUPERVISOR, TRAINER
from trainer_app.records.ids import NO_ID, RecordId, named_id, new_id
from trainer_app.records.kinds import (
    CENTRE_AREA,
    Attendance,
    Batch,
    Device,
    Enrolment,
    Enterprise,
    Person,
    Session,
    Staff,
    derived_id,
)
from trainer_app.records.operation import Edit
from trainer_app.records.segment import open_segment
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.opening import create_store
from trainer_app.storage.store import Store

BUDI = named_id(NO_ID, "CONTOH Budi")
NIK = "3403115403840002"
VILLAGE = "53.01.08.2006"


def deliver(source: Store, target: Store) -> None:
    """All that `source` wrote in the area goes to `target`."""
    key = Ed25519PrivateKey.from_private_bytes(source.private_key)
    seal(source, key.sign)
    public = key.public_key().public_bytes_raw()
    for stored in feed_segments(source, AREA, source.replica):
        apply_segment(target, open_segment(stored.body, public), stored.body, public_key=public)


def other_laptop(folder: Path) -> Store:
    """Laptop 02 of Pak Budi."""
    folder.mkdir()
    store = create_store(folder, DEK)
    store.found(named_id(NO_ID, "laptop 2"), bytes([2]) * 32, "Laptop 02 CONTOH", (AREA,))
    return store


def person_edits(
    person: RecordId, name: str, phone: str, firm: str, nik: str | None = NIK, **more: str
) -> list[Edit]:
    """One registration."""
    answers = {"full_name": name, "sex": "P", "phone": phone, "village": VILLAGE, "nik": nik, **more}
    return [
        Edit(Person, person, AREA, answers),
        Edit(
            Enterprise, derived_id(Enterprise, person), AREA, {"owner": person, "name": firm, "product": firm}
        ),
    ]


def fill(here: Store, there: Store) -> tuple[RecordId, RecordId, RecordId]:
    """A person registered twice, and one whose phone number two people changed; gives the three ids."""
    here.save(
        [
            Edit(Staff, BUDI, CENTRE_AREA, {"full_name": "CONTOH Pak Budi", "role": "pelatih"}),
            Edit(Device, there.replica, CENTRE_AREA, {"name": "Laptop 02 CONTOH"}),
            Edit(Device, here.replica, CENTRE_AREA, {"name": "Laptop CONTOH"}),
        ],
        SUPERVISOR,
    )
    first, second, third = new_id(), new_id(), new_id()
    if first > second:
        first, second = second, first
    batch, sessions = new_id(), [new_id() for _ in range(3)]
    plan = [Edit(Batch, batch, AREA, {"name": "Angkatan 1 CONTOH"})]
    plan += [
        Edit(Session, row, AREA, {"batch": batch, "topic": f"Modul {n}", "starts_at": n})
        for n, row in enumerate(sessions, 1)
    ]
    there.save(plan, BUDI)
    there.save(
        person_edits(first, "CONTOH Siti Aminah", "+6281227334155", "Keripik Singkong Bu Aminah"), BUDI
    )
    there.save(person_edits(third, "CONTOH Dewi Lestari", "+6281355500012", "Kios Dewi", None), BUDI)
    there.save([_mark(sessions[0], first), _mark(sessions[1], first), _joins(batch, first)], BUDI)
    deliver(there, here)
    here.save(person_edits(second, "CONTOH Siti Aminah", "+6285743102298", "Kripik Bu Aminah"), TRAINER)
    here.save([_mark(sessions[2], second), _joins(batch, second)], TRAINER)
    here.save([Edit(Person, third, AREA, {"phone": "+6281355500099"})], TRAINER)
    there.save([Edit(Person, third, AREA, {"phone": "+6281355500077"})], BUDI)
    deliver(there, here)
    return first, second, third


def _mark(session: RecordId, person: RecordId) -> Edit:
    values = {"session": session, "person": person, "status": "H", "marked_by": TRAINER}
    return Edit(Attendance, derived_id(Attendance, session, person), AREA, values)


def _joins(batch: RecordId, person: RecordId) -> Edit:
    values = {"batch": batch, "person": person, "state": "aktif"}
    return Edit(Enrolment, derived_id(Enrolment, batch, person), AREA, values)
