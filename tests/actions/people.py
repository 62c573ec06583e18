"""Made-up people and a real laptop for the tests of deeds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trainer_app.actions.registration import Registration
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Batch
from trainer_app.records.operation import Edit
from trainer_app.storage.opening import create_store
from trainer_app.storage.store import Store

TRAINER = new_id()
KUPANG, SIDOMULYO = "53.01.08.2006", "34.01.01.2001"
AREA = 5301
NOW = int(datetime(2026, 11, 24, 2, 0, tzinfo=UTC).timestamp() * 1000)

#: The bold questions of the form and nothing else.
NEEDED = Registration(
    person={"full_name": "Siti Aminah CONTOH", "sex": "P", "village": KUPANG},
    enterprise={"unnamed": 1, "business_group": "olahan_pangan"},
    consent={"purposes": "program", "manner": "tanda_tangan"},
)


def laptop(folder: Path, areas: tuple[int, ...] = (AREA,)) -> Store:
    """A laptop of Kabupaten Kupang with a real encrypted file."""
    store = create_store(folder, bytes(range(32)))
    store.found(new_id(), Ed25519PrivateKey.generate().private_bytes_raw(), "Laptop CONTOH", areas)
    return store


def with_answers(base: Registration = NEEDED, **more: dict[str, Value]) -> Registration:
    """`base` with some answers added or replaced: `with_answers(person={"nik": "…"})`."""
    return Registration(
        person={**base.person, **more.get("person", {})},
        enterprise={**base.enterprise, **more.get("enterprise", {})},
        consent={**base.consent, **more.get("consent", {})},
    )


def batch(store: Store, name: str = "Angkatan 4 CONTOH") -> RecordId:
    """A batch in the laptop's area."""
    made = new_id()
    store.save([Edit(Batch, made, AREA, {"name": name, "village": KUPANG, "venue": "Balai desa"})], TRAINER)
    return made
