"""A report of a problem tells how the laptop is, and nothing of anybody on it."""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import Path

from tests.desktop.desks import DEK
from tests.desktop.everyone.laptop import season
from trainer_app import __version__
from trainer_app.log import close_logging, setup_logging
from trainer_app.records.kinds import Enterprise, Person, Staff
from trainer_app.records.places import find_village
from trainer_app.reports.problem_report import problem_report
from trainer_app.storage.opening import open_store


def test_nobody_of_the_store_can_be_found_in_it(tmp_path: Path, qapp: object) -> None:
    made = season(tmp_path)
    store = open_store(made.folder, DEK)
    people, firms = store.find(Person), store.find(Enterprise)
    setup_logging(made.folder)
    for person in people:  # what nobody should do, and somebody will
        village = find_village(person.village)
        logging.getLogger("trainer_app.tests").info(
            "cannot save %r of %s: NIK %s, phone %s", person.full_name, village, person.nik, person.phone
        )
    logging.getLogger("trainer_app.tests").info("row 17 of table person is missing")
    close_logging()
    with zipfile.ZipFile(io.BytesIO(problem_report(store, made.folder))) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    store_name = store.name
    staff = store.find(Staff)
    store.close()
    everything = "\n".join(told.values())
    secrets = {store_name, *(member.full_name for member in staff)}
    for person in people:
        secrets |= {person.full_name, person.nik, person.phone, (person.phone or "").removeprefix("+62")}
        village = find_village(person.village)
        secrets.add(village.name if village is not None else "")
    secrets |= {firm.name for firm in firms}
    found = {secret for secret in secrets if secret and secret.casefold() in everything.casefold()}
    assert found == set()
    assert len(secrets) > len(people)
    assert __version__ in told["facts.txt"]
    assert f"rows person: {len(people)}" in told["facts.txt"]
    assert "row 17 of table" in everything, "what helps is still there"
