"""What the processes of a world do: a trainer's laptop, the centre, and whoever looks at both afterwards.

Each runs in a forked process of its own and tells on a pipe what it was told by the program: what was told
is to be found again, whatever happens after.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from tests.faults.shim import Trouble
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.registration import Registration, register
from trainer_app.actions.sessions import SessionPlan, create_batch, plan_session
from trainer_app.commands import doctor
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import CENTRE_AREA, Attendance, Device, Person, Session, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.problem import CarrierProblem, Problem, StoreProblem
from trainer_app.server.centre import Centre, open_centre, sqlite_key
from trainer_app.server.config import ServerConfig
from trainer_app.storage.database import Database, open_postgres, open_sqlite
from trainer_app.storage.digest import content_digest
from trainer_app.storage.examining import examine
from trainer_app.storage.feeds import feed_segments, heads
from trainer_app.storage.integrity import verify_log
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import create_store, open_store
from trainer_app.storage.ringfile import Cost
from trainer_app.storage.search import index_pending
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import feed_end
from trainer_app.sync.answer import Refusal, answer
from trainer_app.sync.carrier import Refused
from trainer_app.sync.exchange import exchange
from trainer_app.sync.keys import make_private_key, public_key_of

AREA, VILLAGE = 5301, "53.01.08.2006"
KEY, PIN, STAFF = bytes(range(32)), "482915", bytes(15) + b"\x01"
LAPTOP, CENTRE, SOCKET = "laptop", "centre", "centre.sock"
#: People that a laptop registers in one life, before it sends and after.
BEFORE_SENDING, AFTER_SENDING = 2, 1
#: Names have no digits.
_LETTERS = str.maketrans("0123456789abcdef", "abdefghijklmnopr")
_SIZE = struct.Struct("<cI")
_FINE, _REFUSED, _BUSY = b"+", b"-", b"~"
#: A centre that died is back soon.
TRIES, PATIENCE_SECONDS = 200, 0.05

Tell = Callable[..., None]


@dataclass(slots=True)
class Told:
    """What lives were told, and so what must be found."""

    #: Marks by person; "" is none yet.
    people: dict[str, str] = field(default_factory=dict)
    #: By area: so much of the own feed the centre confirmed.
    received: dict[int, int] = field(default_factory=dict)
    replica: str = ""

    @property
    def saved(self) -> int:
        """Registrations and marks that the laptop said are saved."""
        return len(self.people) + sum(1 for status in self.people.values() if status)

    @property
    def acknowledged(self) -> int:
        """Operations that the centre confirmed, those from before the first life too."""
        return sum(self.received.values())

    def hear(self, words: list[str]) -> None:
        """One line that a life said."""
        if words[0] == "saved":
            self.people[words[1]] = ""
        elif words[0] == "marked":
            self.people[words[1]] = words[2]
        elif words[0] == "received":
            self.received[int(words[1])] = max(self.received.get(int(words[1]), 0), int(words[2]))


# ---------------------------------------------------------------- the way between the two
def _whole(link: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = link.recv(size - len(data))
        if not part:
            raise ConnectionError("it broke off")
        data += part
    return data


class SocketCarrier:
    """Requests and answers over a socket of this machine; it breaks when the other side dies.

    With `twice` every request goes a second time, and with `again` old ones go before it.
    """

    def __init__(self, path: Path, *, twice: bool = False, again: bool = False) -> None:
        self._path, self._twice, self._again = path, twice, again
        self._sent: list[bytes] = []
        self.replayed = 0

    def send(self, data: bytes) -> bytes:
        if self._again:
            for old in self._sent[-3:]:
                self._replay(old)
        reply = self._once(data)
        self._sent.append(data)
        if self._twice:
            self._replay(data)
        return reply

    def _replay(self, data: bytes) -> None:
        with contextlib.suppress(Refused):
            self._once(data)
        self.replayed += 1

    def _once(self, data: bytes) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.connect(str(self._path))
                link.sendall(_SIZE.pack(_FINE, len(data)) + data)
                how, size = _SIZE.unpack(_whole(link, _SIZE.size))
                reply = _whole(link, size)
        except OSError as fault:
            raise CarrierProblem("cut", code="test.cut") from fault
        if how == _REFUSED:
            said = json.loads(reply)
            raise Refused(said["status"], said["text"], said["code"])
        if how == _BUSY:
            raise CarrierProblem("busy", code="test.busy")
        return reply

    def close(self) -> None:
        """Nothing stays open."""


def send_all(store: Store, carrier: SocketCarrier, tell: Tell) -> None:
    """Exchange until it succeeds, as a trainer who tries again; tell what was confirmed."""
    for _try in range(TRIES):
        try:
            exchange(store, carrier)
            break
        except CarrierProblem as problem:
            if not problem.code.startswith("test."):
                raise
            threading.Event().wait(PATIENCE_SECONDS)  # the centre is being started again
        except StoreProblem as problem:
            _no_room(problem, tell)
    else:
        raise AssertionError("the centre did not come back")
    for head in heads(store):
        if head.replica == store.replica:
            tell("received", head.area, head.centre_seq)


def _no_room(problem: StoreProblem, tell: Tell) -> None:
    """A disk that was full has room again, once somebody was told."""
    if problem.code != "disk.full":
        raise problem
    tell("full")
    Trouble().relent()


# ---------------------------------------------------------------- a laptop
def laptop_life(world: Path, told: Told, tell: Tell, carrier: SocketCarrier, jumps: list[int]) -> None:
    """Open, look whether everything is there, register, mark, send, register, send, close."""
    store = opened(world, tell)
    try:
        tell_missing(store, told, tell, "on the laptop after a start")
        session = store.find(Session)[0]
        for round_number, people in enumerate((BEFORE_SENDING, AFTER_SENDING)):
            if jumps:
                Trouble().clock(jumps[round_number % len(jumps)])
            for _person in range(people):
                register_one(store, session, tell)
            send_all(store, carrier, tell)
            with_room(lambda: index_pending(store), tell)
            with_room(lambda: examine(store), tell)
        tell_missing(store, told, tell, "on the laptop")
    finally:
        store.close()
    tell("calls", Trouble().seen())
    tell("done")


def opened(world: Path, tell: Tell) -> Store:
    """The laptop's data, as the window opens it; when the disk is full, again once there is room."""
    try:
        return open_store(world / LAPTOP, KEY)
    except StoreProblem as problem:
        _no_room(problem, tell)
    return open_store(world / LAPTOP, KEY)


def with_room(deed: Callable[[], object], tell: Tell) -> None:
    """Do it, and when the disk is full do it again once there is room."""
    try:
        deed()
    except StoreProblem as problem:
        _no_room(problem, tell)
        deed()


def register_one(store: Store, session: Session, tell: Tell) -> None:
    """A person with everything, and a mark."""
    person = new_id()
    answers = Registration(
        person={
            "full_name": f"Siti {person.hex()[-6:].translate(_LETTERS)} CONTOH",
            "sex": "P",
            "village": VILLAGE,
        },
        enterprise={"unnamed": 1, "business_group": "olahan_pangan"},
        consent={"purposes": "program", "manner": "tanda_tangan"},
    )

    def registered() -> None:
        if store.get(Person, person) is not None:
            tell("wrong", "saved though the disk was full:", person.hex())
        register(store, answers, STAFF, batch=session.batch, person_id=person)

    def marked() -> None:
        record_attendance(store, session, [person], status, STAFF, method="tombol")

    status = "HTIS"[person[-1] % 4]
    with_room(registered, tell)
    tell("saved", person.hex())
    with_room(marked, tell)
    tell("marked", person.hex(), status)


def tell_missing(store: Store, told: Told, tell: Tell, where: str) -> None:
    """What was told to be saved and is not here."""
    if told.replica and store.replica.hex() != told.replica:
        tell("wrong", "it is another laptop now")
    session = store.find(Session)[0]
    for person, status in told.people.items():
        if store.get(Person, bytes.fromhex(person)) is None:
            tell("lost", person, where)
        mark = store.get(Attendance, derived_id(Attendance, session.id, bytes.fromhex(person)))
        if status and (mark is None or mark.status != status):
            tell("lost", f"{person} {status}", where)


# ---------------------------------------------------------------- the centre
def centre_life(config: ServerConfig, path: Path, tell: Tell) -> None:
    """Open and answer until it is killed."""
    centre = _opened_centre(config, tell)
    with socket.socket(socket.AF_UNIX) as listener:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        listener.listen(8)
        tell("ready")
        while True:
            link, _address = listener.accept()
            with link, contextlib.suppress(OSError):
                _how, size = _SIZE.unpack(_whole(link, _SIZE.size))
                how, reply = _answered(centre, _whole(link, size), tell)
                link.sendall(_SIZE.pack(how, len(reply)) + reply)
            tell("calls", Trouble().seen())


def _opened_centre(config: ServerConfig, tell: Tell) -> Centre:
    """Open it; when the disk is full or PostgreSQL stops meanwhile, again, as whoever looks after it does."""
    try:
        return open_centre(config, create=False)
    except StoreProblem as problem:
        _no_room(problem, tell)
    except sa.exc.DBAPIError as fault:
        if not config.database:
            raise
        tell("stopped", type(fault).__name__)
    return open_centre(config, create=False)


def _answered(centre: Centre, data: bytes, tell: Tell) -> tuple[bytes, bytes]:
    """As the route does it: refusals are told, whatever else goes wrong is "try again"."""
    try:
        reply = answer(centre.store, centre.authority(), data)
        examine(centre.store)
    except Refusal as refusal:
        said = {"status": refusal.status, "code": refusal.code, "text": refusal.text}
        return _REFUSED, json.dumps(said).encode()
    except StoreProblem as problem:
        _no_room(problem, tell)
        return _BUSY, b""
    except sa.exc.DBAPIError as fault:
        if centre.db.dialect == "sqlite":
            raise
        tell("stopped", type(fault).__name__)  # PostgreSQL went away
        return _BUSY, b""
    return _FINE, reply


# ---------------------------------------------------------------- the beginning
def found_world(world: Path, config: ServerConfig) -> None:
    """A centre, and a laptop with a few people whom the centre has."""
    centre = open_centre(config)
    folder = world / LAPTOP
    folder.mkdir()
    KeyRing(folder, cost=Cost(64, 1)).create(STAFF, "Siti CONTOH", "pelatih", PIN, keystore=False, dek=KEY)
    store = create_store(folder, KEY)
    join(store, centre)
    now = datetime.now(UTC)
    batch = create_batch(store, STAFF, name="Angkatan 1 CONTOH", village=VILLAGE)
    plan = SessionPlan(batch.id, "Toko daring", now, now + timedelta(minutes=150))
    session = plan_session(store, plan, STAFF)
    for _person in range(5):
        register_one(store, session, lambda *_words: None)
    exchange(store, DirectCarrier(centre))
    examine(store)
    store.close()
    centre.close()


def join(store: Store, centre: Centre) -> None:
    """Make it a laptop that the centre knows."""
    replica, key = new_id(), make_private_key()
    store.found(replica, key, "Laptop CONTOH", (AREA,))
    about = {"centre_replica": centre.store.replica, "centre_key": centre.public_key, "epoch": centre.epoch}
    for name, value in about.items():
        store.set_meta(name, value)
    values = {
        "name": "Laptop CONTOH",
        "public_key": public_key_of(key).hex(),
        "areas": str(AREA),
        "state": "aktif",
    }
    centre.save([Edit(Device, replica, CENTRE_AREA, values)], NO_ID)


class DirectCarrier:
    """Straight to a centre that is open in this process."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def send(self, data: bytes) -> bytes:
        try:
            return answer(self._centre.store, self._centre.authority(), data)
        except Refusal as refusal:
            raise Refused(refusal.status, refusal.text, refusal.code) from refusal

    def close(self) -> None:
        """Nothing is open."""


# ---------------------------------------------------------------- after each fault, and the end
def look(config: ServerConfig, told: Told, tell: Tell) -> None:
    """The centre's database as the fault left it, before anybody repairs or sends anew: whatever was
    confirmed is there, once, in an unbroken chain. Only reads.
    """
    db = (
        open_postgres(config.database)
        if config.database
        else open_sqlite(config.database_path, sqlite_key(config), read_only=True)
    )
    try:
        store = Store(db)
        _tell_unreceived(db, bytes.fromhex(told.replica), told, tell)
        _tell_broken(store, "at the centre", tell)
    finally:
        db.close()
    tell("checked")


def look_at_laptop(world: Path, told: Told, tell: Tell) -> None:
    """The same of the laptop, which nobody has open."""
    store = open_store(world / LAPTOP, KEY, read_only=True)
    try:
        tell_missing(store, told, tell, "on the laptop after a fault")
        _tell_broken(store, "on the laptop", tell)
    finally:
        store.close()
    tell("checked")


def _tell_unreceived(db: Database, replica: bytes, told: Told, tell: Tell) -> None:
    with db.reading() as c:
        for area, seq in told.received.items():
            held = feed_end(c, area, replica)[0]
            if held < seq:
                tell("lost", f"{area} from {held + 1} to {seq}", "at the centre, though confirmed")


def _tell_broken(store: Store, where: str, tell: Tell) -> None:
    for fault in verify_log(store).faults:
        tell("wrong", f"{fault.what} in area {fault.area} of {fault.replica.hex()} at {fault.seq}", where)
    for head in heads(store):
        held = sum(one.hi - one.lo + 1 for one in feed_segments(store, head.area, head.replica))
        if held > head.head_seq:
            tell("doubled", f"{held} operations of {head.head_seq} in area {head.area}", where)


def check_life(world: Path, config: ServerConfig, told: Told, tell: Tell) -> None:
    """Look at both, let the laptop send to the end, and look again."""
    centre = open_centre(config, create=False)
    store = open_store(world / LAPTOP, KEY)
    try:
        tell_missing(store, told, tell, "on the laptop in the end")
        for head in heads(store):
            if head.replica == store.replica:
                told.received[head.area] = max(told.received.get(head.area, 0), head.centre_seq)
        _tell_unreceived(centre.db, store.replica, told, tell)
        exchange(store, DirectCarrier(centre))
        index_pending(store)
        examine(store)
        tell_missing(centre.store, Told(told.people), tell, "at the centre")
        _compare(store, centre, tell)
        _tell_broken(centre.store, "at the centre in the end", tell)
        _tell_doubled(centre.store, tell)
    finally:
        store.close()
        centre.close()
    _ask_doctor(["--data", str(world / LAPTOP), "--deep"], tell)
    at = ["--database", config.database] if config.database else []
    _ask_doctor(["--centre", "--data", str(config.folder), *at, "--deep"], tell)
    tell("checked")


def _tell_doubled(store: Store, tell: Tell) -> None:
    """Nobody is there twice, whether under one id or under two: every person has a name of their own."""
    names = [person.full_name for person in store.find(Person)]
    marks = [(mark.session, mark.person) for mark in store.find(Attendance)]
    for what, found in (("people", names), ("marks", marks)):
        if len(set(found)) != len(found):
            tell("doubled", f"{len(found) - len(set(found))} {what}", "at the centre")


def _compare(store: Store, centre: Centre, tell: Tell) -> None:
    state = send_state(store)
    if not state.all_received:
        tell("wrong", f"not all is received: {state}")
    here, there = store.count(Person), centre.store.count(Person)
    if here != there:
        tell("wrong", f"{here} people on the laptop, {there} at the centre")
    areas = (CENTRE_AREA, AREA)
    if content_digest(store, areas) != content_digest(centre.store, areas):
        tell("wrong", "laptop and centre do not hold the same")
    with centre.db.reading() as c:
        for head in heads(store):
            if head.replica == store.replica and feed_end(c, head.area, store.replica)[0] != head.last_seq:
                tell("wrong", f"area {head.area}: the centre does not hold exactly what the laptop said")


def _ask_doctor(arguments: list[str], tell: Tell) -> None:
    os.environ["TRAINER_APP_PIN"] = PIN
    parser = argparse.ArgumentParser()
    doctor.add_arguments(parser)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            verdict = doctor.run(parser.parse_args(arguments))
    except Problem as problem:
        tell("wrong", f"doctor: {problem}")
        return
    if verdict:
        tell("wrong", "doctor: " + said.getvalue().replace("\n", " / "))


def forked(deed: Callable[[Tell], None], before: Callable[[], None] | None = None) -> tuple[int, int]:
    """Do it in a process of its own; gives its id and the end of the pipe on which it tells."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    os.close(read)

    def tell(*words: object) -> None:
        # one write: no kill leaves half a line
        os.write(write, (" ".join(map(str, words)).replace("\n", " ") + "\n").encode())

    try:
        if before is not None:
            before()
        deed(tell)
    except BaseException as fault:
        import traceback

        where = " < ".join(
            f"{f.name}:{f.lineno}" for f in reversed(traceback.extract_tb(fault.__traceback__))
        )
        tell("wrong", f"{type(fault).__name__}: {fault} ({where})"[:3000])
    finally:
        sys.stdout.flush()
        os._exit(0)
