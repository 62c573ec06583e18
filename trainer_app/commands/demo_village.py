"""A sample village: a centre of its own, an enrolled laptop and a day of real work, all marked CONTOH.

Everything goes through the program's own doors: the server is a process, the laptop enrols with a code,
people are registered and marked by the deeds behind the pages, and the first part of it is sent. Only a
sample centre accepts a sample laptop, so none of it can reach a real one.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from trainer_app import settings
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.milestones import reach_milestone
from trainer_app.actions.registration import Registration, register
from trainer_app.actions.sessions import SessionPlan, create_batch, plan_session, set_state
from trainer_app.actions.staff import first_sign_in, roster
from trainer_app.actions.visits import Notes, record_visit
from trainer_app.records import places, synthetic
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Enterprise, Module, Session, derived_id
from trainer_app.records.problem import CarrierProblem, StoreProblem
from trainer_app.records.training import CLOSED
from trainer_app.server import administration
from trainer_app.server.centre import open_centre
from trainer_app.server.channels import load_channels
from trainer_app.server.config import ServerConfig
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import create_store
from trainer_app.storage.store import Store
from trainer_app.sync.carriers import carrier_for
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import ExchangeResult, exchange
from trainer_app.words import _

#: A file with this name says that a folder holds sample data only and may be emptied.
MARKER = "CONTOH"
REGENCY, VILLAGE = "53.01", "53.01.08.2006"
TRAINER, SUPERVISOR, ADMIN = "Siti Rahma CONTOH", "Hendra Wijaya CONTOH", "Admin CONTOH"
TRAINER_PIN, SUPERVISOR_PIN = "274519", "803624"
LOGIN, PASSWORD = "contoh", "kebun kopi pagi hari"
SENT_PEOPLE, WAITING_PEOPLE = 24, 6
HELD_SESSIONS = 3
#: Steps that somebody sees at the enterprise; the earlier ones follow from forms and classes.
SEEN_STEPS = ("T3", "T4", "T5", "T6")
START_SECONDS = 60
Tell = Callable[[str], object]


@dataclass(slots=True)
class Village:
    """The sample village while its centre runs. Close the store before the window opens the laptop."""

    folder: Path
    address: str
    process: subprocess.Popen[str]
    store: Store
    trainer: RecordId
    sent: ExchangeResult

    @property
    def laptop_folder(self) -> Path:
        """The data folder of the sample laptop."""
        return self.folder / "laptop"

    def stop(self) -> None:
        """End the centre in order; a second call does nothing."""
        self.process.terminate()
        self.process.wait(START_SECONDS)


def build(folder: Path, tell: Tell) -> Village:
    """Fill a new sample village in `folder`, telling each step. `StoreProblem` if that holds other data."""
    _empty(folder)
    tell(_("Menyiapkan pusat contoh…"))
    code, trainer = _found_centre(folder / "pusat")
    process, address = _serve(folder / "pusat")
    try:
        tell(_("Pusat contoh berjalan di {alamat}").format(alamat=address))
        store = _enrolled_laptop(folder / "laptop", address, code, trainer)
        tell(_("Laptop contoh terdaftar: {nama}").format(nama=store.name))
        batch = create_batch(
            store,
            trainer,
            name="Angkatan 1 CONTOH",
            village=VILLAGE,
            venue="Balai Desa Oelnasi",
            capacity=40,
        )
        people = list(synthetic.people(1, SENT_PEOPLE + WAITING_PEOPLE, on=_today(), regencies=[REGENCY]))
        first = [_register(store, person, batch.id, trainer) for person in people[:SENT_PEOPLE]]
        _hold_sessions(store, batch, first, trainer)
        _climb(store, people[:SENT_PEOPLE], first, trainer)
        _follow_up(store, first, trainer)
        sent = exchange(store, carrier_for(store))
        tell(_("{n} perubahan diterima pusat").format(n=sent.sent_operations))
        for person in people[SENT_PEOPLE:]:
            _register(store, person, batch.id, trainer)
        _session_today(store, batch, first, trainer)
    except BaseException:
        process.kill()
        raise
    return Village(folder, address, process, store, trainer, sent)


def _empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise StoreProblem(
            _("Folder {folder} berisi data lain, jadi tidak dipakai untuk data contoh.").format(
                folder=folder
            ),
            code="sample.folder",
        )
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "laptop").mkdir(parents=True, mode=0o700)
    (folder / "pusat").mkdir(mode=0o700)
    (folder / MARKER).touch()


def _found_centre(folder: Path) -> tuple[str, RecordId]:
    """The centre with programme, targets, modules, staff; the laptop's code and the trainer's id."""
    centre = open_centre(ServerConfig(folder=folder, sample=True, name="Pusat CONTOH"))
    try:
        administration.first_admin(centre, ADMIN, LOGIN, PASSWORD)
        administration.load_modules(centre)
        load_channels(centre)
        year = _today().year
        administration.set_programme(centre, f"UMKM Digital {year} CONTOH", starts=f"{year}-01-01")
        administration.set_target(centre, f"{year}-12", REGENCY, trained=40, digitised=30)
        trainer = administration.add_staff(centre, TRAINER, "pelatih", REGENCY).data["staff"]
        administration.add_staff(centre, SUPERVISOR, "pengawas", REGENCY)
        code = administration.make_code(centre, REGENCY, for_staff=TRAINER).data["code"]
        return str(code), bytes.fromhex(trainer)
    finally:
        centre.close()


def _serve(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """The centre as a process on a free port, and its address once it is ready."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "trainer_app"]
    command = [*program, "serve", "--port", "0", "--data", str(folder), "--sample"]
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - this very program
            command, stdout=subprocess.PIPE, stderr=log, text=True
        )
    for line in process.stdout or ():
        found = re.search(r"http://[^\s)]+", line)
        if found:
            _wait_until_ready(found.group(0))
            return process, found.group(0)
    raise CarrierProblem(_("Pusat contoh tidak bisa berjalan."), code="demo.serve")


def _wait_until_ready(address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - loopback
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise CarrierProblem(_("Pusat contoh tidak bisa berjalan."), code="demo.serve")


def _enrolled_laptop(folder: Path, address: str, code: str, trainer: RecordId) -> Store:
    ring = KeyRing(folder)
    dek = ring.create(trainer, TRAINER, "pelatih", TRAINER_PIN, keystore=False)
    store = create_store(folder, dek)
    enrol(store, address, code, "Laptop CONTOH", sample=True)
    exchange(store, carrier_for(store))
    supervisor = next(member for member in roster(store) if member.name == SUPERVISOR)
    first_sign_in(store, ring, dek, supervisor.id, SUPERVISOR_PIN, code=None)
    chosen = settings.load(folder)
    settings.save(dataclasses.replace(chosen, centre=address), folder)
    return store


def _register(store: Store, made: synthetic.SyntheticPerson, batch: RecordId, by: RecordId) -> RecordId:
    answers = Registration(person=made.person, enterprise=made.enterprise, consent=made.consent)
    return register(store, answers, by, batch=batch).person


def _zone() -> ZoneInfo:
    return ZoneInfo(places.time_zone(VILLAGE).iana)


def _today() -> date:
    return datetime.now(_zone()).date()


def _plan(store: Store, batch: Batch, days: int, number: int, by: RecordId) -> Session:
    modules = store.find(Module, order="code")
    module = modules[number % len(modules)]
    day = _today() + timedelta(days=days)
    starts = datetime(day.year, day.month, day.day, 9, 0, tzinfo=_zone())
    plan = SessionPlan(
        batch.id,
        module.title_id or "",
        starts,
        starts + timedelta(minutes=150),
        batch.venue or "",
        batch.village,
        module.id,
        module.hours,
    )
    return plan_session(store, plan, by)


def _hold_sessions(store: Store, batch: Batch, people: Sequence[RecordId], by: RecordId) -> None:
    """Sessions of the last weeks, marked and closed: most came, some late, some not."""
    for number in range(HELD_SESSIONS):
        session = _plan(store, batch, 7 * (number - HELD_SESSIONS), number, by)
        for place, status in ((0, "A"), (1, "T"), (2, "I")):
            record_attendance(store, session, people[number + place :: 9], status, by, method="tombol")
        marked = {p for place in range(3) for p in people[number + place :: 9]}
        rest = [person for person in people if person not in marked]
        record_attendance(store, session, rest, "H", by, method="sisanya")
        set_state(store, session, CLOSED, by)


def _climb(
    store: Store, made: Sequence[synthetic.SyntheticPerson], people: Sequence[RecordId], by: RecordId
) -> None:
    """The steps that some enterprises took after the classes, and those they had taken before."""
    for one, person in zip(made, people, strict=True):
        enterprise = derived_id(Enterprise, person)
        for step in one.journey.steps:
            if step in SEEN_STEPS:
                before = step in one.journey.before
                reach_milestone(store, enterprise, step, _today(), by, before_programme=before)


def _follow_up(store: Store, people: Sequence[RecordId], by: RecordId) -> None:
    """Some were called already and named a day for the next call: overdue, today, in three days."""
    for person, days, problems in zip(people, (-2, 0, 3), (("stok",), (), ("sinyal",)), strict=False):
        notes = Notes(problems=problems, next_on=_today() + timedelta(days=days))
        spoken = _today() - timedelta(days=9)
        record_visit(store, person, derived_id(Enterprise, person), notes, (), spoken, by)


def _session_today(store: Store, batch: Batch, people: Sequence[RecordId], by: RecordId) -> None:
    session = _plan(store, batch, 0, HELD_SESSIONS, by)
    record_attendance(store, session, people[:5], "H", by, method="petak")
    _plan(store, batch, 7, HELD_SESSIONS + 1, by)
