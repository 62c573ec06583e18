"""A laptop joins: its store is made, the centre makes it a replica, the roster comes, the first person gets
a PIN.

The database key exists in memory only until somebody has a PIN; a power cut before that leaves a file that
nobody can open, holding nothing that is not at the centre. It is put aside, not deleted, when somebody begins
anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.actions.staff import Member, check_code, member, roster
from trainer_app.desktop.workspace import Opened, Workspace
from trainer_app.records.clock import wall_ms
from trainer_app.records.ids import RecordId
from trainer_app.records.problem import CarrierProblem, StoreProblem
from trainer_app.storage.keys import check_new_pin
from trainer_app.storage.opening import DATABASE_NAME, companions, create_store
from trainer_app.words import _, ngettext, number

if TYPE_CHECKING:
    from trainer_app.storage.store import Store
    from trainer_app.sync.exchange import Progress, StopToken

Say = Callable[[str, float], None]
KEY_BYTES = 32


class Joining:
    """One enrolment on its way. ``connect`` and ``fetch`` belong on the network's worker, ``finish`` on the
    store's.
    """

    def __init__(self, work: Workspace) -> None:
        self._work = work
        self._store: Store | None = None
        self._dek = b""
        self._stop: StopToken | None = None
        self.joined = False
        self.cancelled = False
        self.name = self.address = ""
        self.people: list[Member] = []
        self.known: RecordId | None = None

    def connect(self, address: str, code: str, name: str, say: Say) -> None:
        """Joins the centre and fetches the roster. Asking again after a lost answer gives the same laptop.

        Raises `InputProblem` for the address, `AccessProblem` for the code, `CarrierProblem`, `StoreProblem`.
        """
        from trainer_app.sync.carriers.route import checked_address
        from trainer_app.sync.enrolment import enrol

        self.cancelled = False
        address = checked_address(address)
        say(_("Menghubungi pusat…"), 0.1)
        store = self._made()
        enrolled = enrol(store, address, code, name)
        self.joined, self.name, self.address = True, name, address
        self.known = enrolled.for_staff
        self.fetch(say)

    def _made(self) -> Store:
        if self._store is None:
            if self._work.ring.exists:
                raise StoreProblem(
                    _("Laptop ini sudah didaftarkan. Masuk dengan PIN, atau minta pengawas."),
                    code="enrol.done",
                )
            put_aside(self._work.folder)
            self._dek = secrets.token_bytes(KEY_BYTES)
            self._store = create_store(self._work.folder, self._dek)
        return self._store

    def fetch(self, say: Say) -> None:
        """Gets what the centre has for this laptop, the roster first of all. Raises `CarrierProblem`."""
        from trainer_app.sync.carriers import carrier_for
        from trainer_app.sync.exchange import Stopped, StopToken, exchange

        store = self._made()
        self.cancelled, self._stop = False, StopToken()
        say(_("Mengambil daftar petugas dan jadwal…"), 0.3)
        carrier = carrier_for(store)

        def heard(progress: Progress) -> None:
            n = progress.received_operations
            if n:
                say(
                    ngettext("{n} catatan diterima…", "{n} catatan diterima…", n).format(n=number(n)),
                    _share(n),
                )

        try:
            exchange(store, carrier, heard, self._stop)
        except Stopped:
            self.cancelled = True
            raise CarrierProblem(_("Pengambilan data dihentikan."), code="enrol.stopped") from None
        finally:
            carrier.close()
        self.people = roster(store)

    def cancel(self) -> None:
        """Stops between two pieces; what came stays."""
        self.cancelled = True
        if self._stop is not None:
            self._stop.stop()

    def finish(self, staff: RecordId, code: str | None, pin: str) -> Opened:
        """Gives the first person a PIN, with which the store can be opened from now on.

        Raises `InputProblem` (fields ``code``, ``pin``), `AccessProblem`, `StoreProblem`; then nothing is
        set.
        """
        store = self._made()
        person = member(store, staff)
        if code is not None:
            check_code(store, staff, code)
        check_new_pin(pin)
        self._work.ring.create(person.id, person.name, person.role, pin, dek=self._dek)
        self._work.adopt(store, self._dek)
        return Opened(store, person)

    def abandon(self) -> None:
        """Somebody left the wizard for good: gives the file back."""
        if self._store is not None and self._work.store is not self._store:
            self._store.close()
            self._store = None
            self.joined = False


def put_aside(folder: Path) -> None:
    """Renames a data file that no key opens any more, so that a new one can be made."""
    stamp = wall_ms()
    path = folder / DATABASE_NAME
    for old in (path, *companions(path)):
        if old.exists():
            old.rename(old.with_name(f"{old.name}.unfinished-{stamp}"))


def _share(received: int) -> float:
    """A bar that always moves and never claims to know the end: half way at a thousand."""
    return 0.3 + 0.7 * received / (received + 1000)
