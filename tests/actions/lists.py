"""Lists of people as files, for the tests of what comes in and goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from trainer_app.actions.list_columns import list_columns
from trainer_app.actions.list_import import Found, Look, Opened, Progress, Taking, open_list
from trainer_app.records.cells import cell_of
from trainer_app.records.ids import RecordId
from trainer_app.records.synthetic import SyntheticPerson, people
from trainer_app.sheets.writing import Cell, SheetColumn, sheet_writer
from trainer_app.storage.store import Store

ON = date(2026, 11, 24)
#: What every row of a plain list has, so that a test says only what it is about.
WHOLE: Mapping[str, Cell] = {
    "Nama": "Siti Aminah CONTOH",
    "L/P": "P",
    "Tgl Lahir": "14-03-1984",
    "No HP": "0810 1234 5678",
    "Desa": "Oelnasi",
    "Kecamatan": "Kupang Tengah",
    "Nama Usaha": "Keripik Siti",
    "Jenis Usaha": "Olahan pangan",
    "Setuju untuk": "Dicatat untuk pelatihan ini",
    "Cara setuju": "Lembar persetujuan ditandatangani",
    "Tanggal persetujuan": "20-11-2026",
}


def write(path: Path, rows: Sequence[Mapping[str, Cell]], titles: Sequence[str] = ()) -> Path:
    """A list of plain rows: each is `WHOLE` with what is said of it."""
    columns = list(titles or dict.fromkeys([*WHOLE, *(title for row in rows for title in row)]))
    kind = path.suffix[1:]
    with (
        path.open("wb") as file,
        sheet_writer(file, kind, [SheetColumn(title) for title in columns]) as writer,
    ):
        for row in rows:
            writer.row([{**WHOLE, **row}.get(title) for title in columns])
    return path


def write_people(path: Path, some: Sequence[SyntheticPerson]) -> Path:
    """Synthetic people with every column that there is."""
    columns = [
        one for one in list_columns().values() if one.field is not None and one.key != "enrolment.batch"
    ]
    with (
        path.open("wb") as file,
        sheet_writer(file, path.suffix[1:], [SheetColumn(c.title) for c in columns]) as to,
    ):
        for one in some:
            said = {"person": one.person, "enterprise": one.enterprise, "consent": one.consent}
            values = [(c, said[c.key.split(".")[0]].get(c.key.split(".")[1])) for c in columns]
            to.row([cell_of(c.field, value, 8) for c, value in values if c.field is not None])
    return path


def sample(n: int, seed: int = 3) -> list[SyntheticPerson]:
    """So many people of the laptop's regency."""
    return list(people(seed, n, on=ON, regencies=["53.01"]))


def look(store: Store, path: Path, now: int | None = None) -> tuple[Opened, Found]:
    """The whole dry run."""
    opened = open_list(store, path)
    looking = Look(store, opened, now)
    while not looking.step().done:
        pass
    return opened, looking.found


def take(store: Store, path: Path, by: RecordId, **more: object) -> Progress:
    """Everything that can come in."""
    taking = Taking(store, open_list(store, path), by, **more)  # type: ignore[arg-type]  # as the tests say
    while not (progress := taking.step()).done:
        pass
    return progress
