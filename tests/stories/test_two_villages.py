"""Two villages, three trainers, a supervisor with a hub and a stick, and a centre: all that was written
arrives exactly once, whatever way it took, and the proof of it comes back by the same ways.

Siti and Budi work in the first village, where the supervisor's laptop stands; Ani works in the second, where
there is no network at all. Budi finds a signal on the way home, so his words come twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.server.running import AREA, RunningCentre
from tests.stories.places import Site
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Attendance, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem
from trainer_app.server.hub import Hub
from trainer_app.storage.digest import content_digest
from trainer_app.storage.opening import create_store
from trainer_app.storage.rebuild import differences
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.bundle.at_laptop import seen, take
from trainer_app.sync.bundle.packing import export_bundle
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.carriers.lan import LanCarrier, meet
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import exchange

SUPERVISOR = "Hendra CONTOH"
SESSION = new_id()  # one session of the first village, marked on two laptops
DEK = bytes(range(32))


@dataclass
class Laptop:
    """A laptop in somebody's bag."""

    store: Store
    staff: RecordId
    people: list[RecordId] = field(default_factory=list)

    def register(self, names: list[str]) -> None:
        """People of the village, each saved alone."""
        for name in names:
            person = new_id()
            values = {"full_name": f"{name} CONTOH", "sex": "P", "village": "53.01.08.2006"}
            self.store.save([Edit(Person, person, AREA, values)], self.staff)
            self.people.append(person)

    def mark(self, person: RecordId, status: str) -> None:
        """One mark in the session that both laptops of the village have."""
        row = derived_id(Attendance, SESSION, person)
        values = {"session": SESSION, "person": person, "status": status, "method": "petak"}
        self.store.save([Edit(Attendance, row, AREA, values)], self.staff)

    def over_internet(self) -> None:
        """Straight to the centre."""
        carrier = HttpCarrier(str(self.store.meta("centre_address", b""), "utf-8"))
        try:
            exchange(self.store, carrier)
        finally:
            carrier.close()

    def over_wifi(self, hub: Hub, carrier_class: type[LanCarrier] = LanCarrier) -> None:
        """To the supervisor's laptop in the same room."""
        met = meet(self.store, f"127.0.0.1:{hub.port}", "")
        carrier = carrier_class(met)
        try:
            exchange(self.store, carrier, hub=met.replica)
        finally:
            carrier.close()

    def from_stick(self, stick: Path) -> None:
        """Take whatever lies there for this laptop; twice, because nobody remembers."""
        for _time in range(2):
            for package in seen(self.store, stick):
                take(self.store, package)


class PulledOut(LanCarrier):
    """The lid is closed before the answer is there."""

    def send(self, data: bytes) -> bytes:
        super().send(data)
        self.close()
        raise CarrierProblem("lid closed", code="test.cut")


@contextmanager
def hosting(laptop: Laptop) -> Iterator[Hub]:
    hub = Hub(laptop.store, host="127.0.0.1", port=0)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()


def joined(centre: RunningCentre, stack: ExitStack, folder: Path, for_staff: str = "") -> Laptop:
    folder.mkdir(parents=True)
    store = create_store(folder, DEK)
    stack.callback(store.close)
    enrol(store, centre.url, centre.code(for_staff=for_staff), folder.name)
    laptop = Laptop(store, new_id())
    laptop.over_internet()  # the only time at the office: who is who comes along
    return laptop


def test_two_villages(site: Site, tmp_path: Path) -> None:
    stick = tmp_path / "FLASHDISK"
    stick.mkdir()
    with ExitStack() as stack:
        with site.open() as centre:
            centre.staff("pengawas", str(AREA))
            hendra = joined(centre, stack, tmp_path / "hendra", _supervisor(centre))
            siti, budi, ani = (joined(centre, stack, tmp_path / name) for name in ("siti", "budi", "ani"))
            hendra.over_internet()
        # --- the centre is far away from here on ---
        siti.register([f"Yuliana {n}" for n in "abcdefghij"])
        budi.register([f"Maria {n}" for n in "abcde"])
        ani.register([f"Oktovina {n}" for n in "abcdefg"])
        _the_first_village(hendra, siti, budi)
        _the_second_village(hendra, ani, stick)
        laptops = (hendra, siti, budi, ani)
        assert sum(send_state(one.store).received for one in laptops) == 0, "nobody has heard of the centre"
        with site.open() as centre:
            budi.over_internet()  # a signal on the hill: the hub carries the same words
            hendra.over_internet()
            _everything_is_there_once(centre, laptops)
        # --- the proof comes back without internet ---
        with hosting(hendra) as hub:
            siti.over_wifi(hub)
            budi.over_wifi(hub)
        export_bundle(ani.store, stick)
        hendra.from_stick(stick)
        ani.from_stick(stick)
        for one in laptops:
            state = send_state(one.store)
            assert state.all_received or not state.total, state
        with site.open() as centre:
            for one in laptops:
                one.over_internet()
            with centre.opened() as there:
                wanted = content_digest(there.store, (AREA,))
                assert differences(there.store) == []
            assert [content_digest(one.store, (AREA,)) for one in laptops] == [wanted] * len(laptops)
        assert site.doctor().returncode == 0


def _supervisor(centre: RunningCentre) -> str:
    """A supervisor whose laptop may take in from others."""
    from trainer_app.server import administration

    with centre.opened() as there:
        administration.add_staff(there, SUPERVISOR, "pengawas", str(AREA))
    return SUPERVISOR


def _the_first_village(hendra: Laptop, siti: Laptop, budi: Laptop) -> None:
    with hosting(hendra) as hub:
        try:
            siti.over_wifi(hub, PulledOut)
        except CarrierProblem:
            assert send_state(siti.store).at_supervisor == 0, "a laptop says only what it was told"
        siti.over_wifi(hub)
        budi.over_wifi(hub)
        siti.over_wifi(hub)  # the people of the other laptop
        assert siti.store.get(Person, budi.people[0]) is not None
        # both sign the same person in, and neither sees the other
        siti.mark(budi.people[0], "H")
        budi.mark(budi.people[0], "T")
        siti.over_wifi(hub)
        budi.over_wifi(hub)
    for one in (siti, budi):
        state = send_state(one.store)
        assert (state.pending, state.received) == (0, 0)
        assert state.at_supervisor == state.total


def _the_second_village(hendra: Laptop, ani: Laptop, stick: Path) -> None:
    export_bundle(ani.store, stick)
    assert send_state(ani.store).pending == 7, "a stick can be lost"
    hendra.from_stick(stick)
    ani.from_stick(stick)
    assert send_state(ani.store).at_supervisor == 7


def _everything_is_there_once(centre: RunningCentre, laptops: tuple[Laptop, ...]) -> None:
    with centre.opened() as there:
        people = [person for one in laptops for person in one.people]
        assert len(people) == 22
        assert there.store.count(Person) == len(people)
        assert all(there.store.get(Person, person) is not None for person in people)
        assert there.store.count(Attendance) == 1
        mark = there.store.find(Attendance)[0]
        assert mark.status in ("H", "T")
