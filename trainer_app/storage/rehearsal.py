"""A rehearsal before leaving: does this disk keep and give back what is saved, and how long does it take?"""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from trainer_app.records.ids import new_id
from trainer_app.records.kinds import CENTRE_AREA, Person
from trainer_app.records.operation import Edit
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all

NAME = "CONTOH Latihan"


def rehearse(folder: Path, area: int) -> float | None:
    """Save somebody in a scratch file beside the data, close it, open it again and look; the data itself is
    not touched. Gives the seconds of saving and reading back, None when what was read is not what was saved.
    Raises ``OSError`` when the folder cannot be written.
    """
    with TemporaryDirectory(prefix=".latihan-", dir=folder) as name:
        path, key, person = Path(name) / "latihan.db", os.urandom(32), new_id()
        db = open_sqlite(path, key)
        try:
            create_all(db)
            store = Store(db)
            store.found(new_id(), os.urandom(32), NAME, (area or CENTRE_AREA,))
            begun = time.perf_counter()
            store.save([Edit(Person, person, area, {"full_name": NAME})], person)
        finally:
            db.close()
        db = open_sqlite(path, key)
        try:
            read = Store(db).get(Person, person)
            seconds = time.perf_counter() - begun
        finally:
            db.close()
    return seconds if read is not None and read.full_name == NAME else None
