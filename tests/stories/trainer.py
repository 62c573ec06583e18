"""A trainer at work, in processes that may be killed at any moment and started again.

    python -m tests.stories.trainer

reads a line of stdin for each life, lives it in a process of its own and tells when that has ended:

    work FOLDER     registers and marks, person after person, until it is killed
    finish FOLDER   finishes only what was begun
    send FOLDER     sends over a thin line

Each save is told on stdout after it returned, each request before it goes and after its answer came. The PIN
comes from TRAINER_APP_PIN, as for the program's own commands. A killed form is found again as the window
finds it: by its draft, which holds the id that its person will have. Lives are forked, because to load the
program takes longer than all that is of interest here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.registration import Registration, correct_person, register
from trainer_app.actions.sessions import SessionPlan, create_batch, plan_session
from trainer_app.desktop.pages.register_draft import Unfinished, forget_form, keep_form, kept_form
from trainer_app.records import synthetic
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Attendance, Batch, Person, Session
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import create_store, open_store
from trainer_app.storage.ringfile import Cost
from trainer_app.storage.store import Store
from trainer_app.sync import patience
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import make_private_key

REGENCY, VILLAGE = "53.01", "53.01.08.2006"
#: So few bytes a request, that an evening's sending takes many.
THIN_LINE_BYTES = 200


def tell(*words: object) -> None:
    """What was told is on the disk. One write, so that no kill leaves half a line."""
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


class Day:
    """One batch and one session; person after person."""

    def __init__(self, store: Store, staff: RecordId, told: Callable[..., None]) -> None:
        self.store, self.staff, self._told = store, staff, told
        self.batch = next(iter(store.find(Batch)), None) or create_batch(
            store, staff, name="Angkatan 1 CONTOH", village=VILLAGE
        )
        self.session = next(iter(store.find(Session)), None) or self._planned()

    def _planned(self) -> Session:
        now = datetime.now(UTC)
        plan = SessionPlan(self.batch.id, "Toko daring", now, now + timedelta(minutes=150))
        return plan_session(self.store, plan, self.staff)

    def finish(self) -> None:
        """Save the form that was being filled in at the last cut, and mark who has no mark yet."""
        if (left := kept_form(self.store, self.staff)) is not None:
            self._register(left[0].person, int(left[0].answers["number"]))
        for person in self.store.find(Person):
            if not self.store.count(Attendance, {"person": person.id}):
                self._mark(person.id, "H")

    def go_on(self) -> None:
        """The next person, and the next; marks and landmarks are corrected now and then."""
        for number in count(self.store.count(Person)):
            self.one(number)

    def one(self, number: int) -> None:
        """All that is done with one person."""
        form = Unfinished(new_id(), {"number": number}, batch=self.batch.id)
        keep_form(self.store, self.staff, form)
        self._register(form.person, number)
        self._mark(form.person, "HTA"[number % 3])
        if number % 4 == 0:
            self._correct(form.person, number)
        if number % 5 == 0:
            self._mark(form.person, "I")

    def _register(self, person: RecordId, number: int) -> None:
        today = datetime.now(UTC).date()
        made = next(synthetic.people(8, 1, on=today, regencies=[REGENCY], first=number))
        answers = Registration(person=made.person, enterprise=made.enterprise, consent=made.consent)
        register(self.store, answers, self.staff, batch=self.batch.id, person_id=person)
        self._told("registered", person.hex(), number)
        forget_form(self.store, self.staff)

    def _mark(self, person: RecordId, status: str) -> None:
        record_attendance(self.store, self.session, [person], status, self.staff, method="tombol")
        self._told("marked", person.hex(), status)

    def _correct(self, person: RecordId, number: int) -> None:
        landmark = f"dekat sumur nomor {number}"
        correct_person(self.store, person, {"landmark": landmark}, self.staff)
        self._told("corrected", person.hex(), landmark)


class TellingCarrier(HttpCarrier):
    """The carrier of the program, so slow of speech that it can be interrupted."""

    def send(self, data: bytes) -> bytes:
        tell("going", len(data))
        answer = super().send(data)
        tell("answered", len(answer))
        return answer


def live(deed: str, folder: Path) -> None:
    """Open the laptop as its trainer does, and work."""
    tell("begun", os.getpid())
    ring = KeyRing(folder)
    user = ring.users()[0]
    key = ring.unlock(user.staff_id, os.environ["TRAINER_APP_PIN"])
    tell("unlocked")
    store = open_store(folder, key)
    if deed == "send":
        patience.FIRST_BUDGET = patience.LEAST_BUDGET = patience.MOST_BUDGET = THIN_LINE_BYTES
        exchange(store, TellingCarrier(store.meta("centre_address").decode()))
    else:
        day = Day(store, user.staff_id, tell)
        day.finish()
        if deed == "work":
            day.go_on()
    store.close()
    tell("done")


def rehearse() -> None:
    """Do all of it once elsewhere, so that everything is loaded before the first life begins."""
    with TemporaryDirectory() as name:
        folder, staff = Path(name), new_id()
        ring = KeyRing(folder, cost=Cost(64, 1))
        key = ring.create(staff, "Siti CONTOH", "pelatih", os.environ["TRAINER_APP_PIN"], keystore=False)
        create_store(folder, key).close()
        store = open_store(folder, ring.unlock(staff, os.environ["TRAINER_APP_PIN"]))
        store.found(new_id(), make_private_key(), "Laptop CONTOH", (5301,))
        Day(store, staff, lambda *_words: None).one(0)
        store.close()


def main() -> None:
    """One life after the other."""
    rehearse()
    for line in sys.stdin:
        deed, folder = line.rstrip("\n").split(" ", 1)
        child = os.fork()
        if not child:
            live(deed, Path(folder))
            return
        os.waitpid(child, 0)
        tell("ended")


if __name__ == "__main__":
    main()
