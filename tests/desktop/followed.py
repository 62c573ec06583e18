"""People to be called: two batches that ended, neighbours in two villages, one who is already online."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.desktop.classroom import VILLAGE, Room, planned, today_at
from tests.desktop.desks import AREA, BEGIN, TRAINER, made_ring, made_store, made_window
from tests.desktop.registering import Keyboard
from trainer_app.actions.milestones import REACHED, Finding, record_findings
from trainer_app.actions.sessions import create_batch, enrol_all, set_state
from trainer_app.actions.visits import Notes, record_visit
from trainer_app.records.channel import Channel
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA, Enterprise, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.training import CLOSED
from trainer_app.settings import Settings, save
from trainer_app.storage.store import Store

OTHER_VILLAGE = "53.01.04.2004"
TODAY: date = BEGIN.date()
#: Name, village, days since the batch ended: due at day 7.
WHO = (
    ("Agus CONTOH", VILLAGE, 20),
    ("Budi CONTOH", OTHER_VILLAGE, 20),
    ("Citra CONTOH", VILLAGE, 20),
    ("Dewi CONTOH", VILLAGE, 7),
    ("Endang CONTOH", OTHER_VILLAGE, 4),
)


def traders(store: Store) -> dict[str, RecordId]:
    """Registered people with a business each, by name."""
    found = {}
    for number, (name, village, _days) in enumerate(WHO):
        row = found[name] = new_id()
        person = {"full_name": name, "sex": "P", "village": village, "phone": f"+62812000000{number:02}"}
        firm = {"owner": row, "name": f"Warung {name.split()[0]}", "business_group": "kuliner"}
        store.save(
            [
                Edit(Person, row, AREA, person),
                Edit(Enterprise, derived_id(Enterprise, row), AREA, {**firm, "village": village}),
            ],
            TRAINER,
        )
    return found


@contextmanager
def season(qtbot: QtBot, folder: Path) -> Iterator[Room]:
    """The trainer is signed in. Citra was called already and is online since 33 days."""
    store = made_store(folder)
    people = traders(store)
    store.save([Edit(Channel, new_id(), CENTRE_AREA, {"code": "gofood", "name": "GoFood"})], TRAINER)
    batch = session = None
    for days in (20, 7, 4):
        batch = create_batch(store, TRAINER, name=f"Angkatan {days}", village=VILLAGE, venue="Balai Desa")
        enrol_all(store, batch.id, [people[name] for name, _village, ago in WHO if ago == days], TRAINER)
        session = set_state(
            store, planned(store, batch.id, "Foto produk", today_at(9, -days)), CLOSED, TRAINER
        )
    citra = derived_id(Enterprise, people["Citra CONTOH"])
    online = Finding("T3", REACHED, TODAY - timedelta(33), "https://gofood.link/a/CONTOH")
    record_findings(store, citra, [online], TRAINER)
    record_visit(
        store,
        people["Citra CONTOH"],
        citra,
        Notes(problems=("stok",), note="ramai di pagi hari"),
        [],
        TODAY - timedelta(13),
        TRAINER,
    )
    store.close()
    made_ring(folder)
    save(Settings(), folder)
    assert batch is not None
    assert session is not None
    with made_window(qtbot, folder) as app:
        room = Room(qtbot, app, Keyboard(app.window), batch, session, people, folder)
        room.settle()
        yield room
