"""Bytes on a real socket between a laptop and a real centre, heads, receipts and all; and the codec's work.

The season is the one of tests/sync/season.py: about 45 answered fields a registration. The trained dictionary
has never seen its regency. The centre is the application of `trainer-app serve`, with its server's settings.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import msgpack
import uvicorn

from tests.benchmarks.counting import CountingWire
from tests.benchmarks.measurement import Measurement, alternating, seconds
from tests.sync.season import Deed, Season, make_season, operations
from trainer_app.records.clock import DAY_MS, Clock, milliseconds
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.segment import open_segment, seal_segment
from trainer_app.server import administration
from trainer_app.server.app import create_app
from trainer_app.server.centre import Centre, open_centre
from trainer_app.server.config import ServerConfig
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.opening import create_store
from trainer_app.storage.saving import save_edits
from trainer_app.storage.store import Store
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import ExchangeResult, exchange
from trainer_app.sync.keys import make_private_key, public_key_of, sign
from trainer_app.sync.patience import SECONDS_PER_ROUND

AREA = 5301
DEK = bytes(range(32))
PEOPLE = 500
LARGE = 65_000
ROUNDS = 3
#: EDGE at the edge of its cell.
BYTES_PER_SECOND, ROUND_TRIP_SECONDS = 32_000 / 8, 0.8


def measure() -> list[Measurement]:
    """All figures of this module."""
    return [*_season(), _season_with_plan(), *_day(), *_codec(), *_new_laptop()]


# --- a centre and laptops ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Time:
    """The true time of this world, ms."""

    now: int = 0


@dataclass(slots=True)
class Place:
    """A centre that serves, its wire, and the time."""

    folder: Path
    url: str
    wire: CountingWire
    time: _Time
    store: Store
    code: Callable[[], str]

    @contextmanager
    def laptop(self) -> Iterator[Store]:
        """An enrolled laptop that has heard the centre once, as after its set-up."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        store = create_store(folder, DEK)
        store.clock = Clock(wall=lambda: self.time.now)
        try:
            enrol(store, self.url, self.code(), "Laptop CONTOH")
            self.send(store)
            yield store
        finally:
            store.close()

    def send(self, store: Store) -> ExchangeResult:
        """One exchange over the counting wire, on a new connection."""
        carrier = HttpCarrier(f"http://127.0.0.1:{self.wire.port}")
        try:
            return exchange(store, carrier)
        finally:
            carrier.close()

    def counted(self, store: Store) -> tuple[int, int]:
        """Bytes and round trips of one exchange."""
        self.wire.forget()
        self.send(store)
        return self.wire.bytes, self.wire.trips


@contextmanager
def a_place() -> Iterator[Place]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trainer-wire-")))
        config = ServerConfig(folder / "pusat")
        centre = open_centre(config)
        when = _Time(int(time.time() * 1000))
        centre.store.clock = Clock(wall=lambda: when.now)
        administration.load_modules(centre)
        port = _serve(config, centre, stack)
        wire = stack.enter_context(CountingWire(("127.0.0.1", port)))

        def code() -> str:
            return str(administration.make_code(centre, str(AREA)).data["code"])

        yield Place(folder, f"http://127.0.0.1:{port}", wire, when, centre.store, code)


def _serve(config: ServerConfig, centre: Centre, stack: ExitStack) -> int:
    """Serve in a thread of this process, so that centre and laptops live in one time; gives the port."""
    settings = uvicorn.Config(
        create_app(config, centre),
        port=0,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)

    def stop() -> None:
        server.should_exit = True
        thread.join()

    stack.callback(stop)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


def load(place: Place, store: Store, deeds: Iterable[Deed], season: Season) -> None:
    """Save every deed at its moment; one commit for all, which changes nothing in what is written."""
    with store.db.writing() as c:
        for deed in sorted(deeds, key=lambda deed: deed.at):
            place.time.now = deed.at
            save_edits(store, c, deed.edits, season.author)
    place.time.now += 3_600_000


# --- figures ------------------------------------------------------------------------------------------------


def _season() -> list[Measurement]:
    """The classes are planned and sent already; then 500 registrations and 6,000 marks go up in one go."""
    season = make_season(people=PEOPLE)
    with a_place() as place, place.laptop() as store:
        load(place, store, season.plan, season)
        place.send(store)
        load(place, store, [*season.registrations, *season.marks], season)
        push, push_trips = place.counted(store)
        idle, idle_trips = place.counted(store)
        load(place, store, season.corrections, season)
        edits, edit_trips = place.counted(store)
        place.wire.forget()
        with place.laptop():
            fetch = place.wire.bytes
    deeds = PEOPLE + len(season.marks)
    ops = sum(len(deed.edits) for deed in (*season.registrations, *season.marks))
    return [
        Measurement("push 500 registrations + 6,000 marks: all bytes", push, "B", 42_000),
        Measurement("  per registration or mark", push / deeds, "B", 6.5),
        Measurement("  per operation", push / ops, "B", 6.5),
        Measurement("  round trips", push_trips, "", 1),
        Measurement("nothing new: all bytes", idle, "B", 300),
        Measurement("  round trips", idle_trips, "", 1),
        Measurement("50 edits: all bytes", edits, "B", 2_000),
        Measurement("  round trips", edit_trips, "", 1),
        Measurement("a new laptop fetches all of that: all bytes", fetch, "B", 50_000),
    ]


def _season_with_plan() -> Measurement:
    """The same, with the 20 batches and 240 sessions in the same push."""
    season = make_season(seed=8, people=PEOPLE)
    with a_place() as place, place.laptop() as store:
        load(place, store, [*season.plan, *season.registrations, *season.marks], season)
        push, _trips = place.counted(store)
    return Measurement("  with 20 batches and 240 sessions: all bytes", push, "B", 44_000)


def _day() -> list[Measurement]:
    """A day's work: new people, and marks for people who were sent long ago (their ids are told again)."""
    return [
        _day_of(3, 18, "a day's work, 30 operations (3 registrations, 18 marks): all bytes", 1_300),
        _day_of(5, 25, "  45 operations (5 registrations, 25 marks): all bytes", 1_950),
    ]


def _day_of(people: int, marks: int, name: str, limit: float) -> Measurement:
    season = make_season(seed=9, people=50, sessions=2)
    earlier = [*season.plan, *season.registrations[:-people], *season.marks[:25]]
    with a_place() as place, place.laptop() as store:
        load(place, store, earlier, season)
        place.send(store)
        load(place, store, [*season.registrations[-people:], *season.marks[25 : 25 + marks]], season)
        return Measurement(name, place.counted(store)[0], "B", limit)


def _new_laptop() -> list[Measurement]:
    """A district of 65,000 operations by ten laptops that sent every evening, and a laptop that joins now.

    The time is what the bytes take at 32 kbit/s, with a round trip of 0.8 s for each of the answers that such
    a link asks for: arithmetic, not a radio.
    """
    with a_place() as place:
        segments = [segment for n in range(10) for segment in _evenings(place, n)]
        began = time.perf_counter()
        place.wire.forget()
        with place.laptop() as store:
            took = time.perf_counter() - began
            fetched, people = place.wire.bytes, store.count(Person)
        plain = sum(size for size, _n in segments)
    answers = place.wire.trips + fetched / (BYTES_PER_SECOND * SECONDS_PER_ROUND)
    modelled = fetched / BYTES_PER_SECOND + answers * ROUND_TRIP_SECONDS
    if people != 3_900:
        raise AssertionError("the laptop did not get everybody")
    operations = sum(n for _size, n in segments)
    name = f"a new laptop fetches {operations:,} operations in {len(segments)} segments"
    return [
        Measurement(f"{name}: all bytes", fetched, "B", 400_000),
        Measurement("  at 32 kbit/s and 0.8 s a round trip, joining and all", modelled, "s", 100),
        Measurement("  here, with making the snapshot and taking it in", took, "s", 30),
        Measurement("  of the bytes of the segments themselves", fetched, "B", 0.5, plain),
    ]


def _evenings(place: Place, number: int) -> Iterator[tuple[int, int]]:
    """A laptop's season as the centre holds it, a segment a day; bytes and operations of each."""
    season = make_season(seed=100 + number, people=390)
    deeds = [*season.plan, *season.registrations, *season.marks, *season.corrections]
    replica, key = new_id(), make_private_key()
    values = {"name": f"Laptop {number}", "public_key": public_key_of(key).hex(), "areas": str(AREA)}
    place.store.save([Edit(Device, replica, CENTRE_AREA, values)], NO_ID)
    made = operations(sorted(deeds, key=lambda deed: deed.at), replica, season.author)
    before = b""
    for _day, ops in groupby(made, key=lambda op: milliseconds(op.hlc) // DAY_MS):
        body, segment = seal_segment(
            list(ops),
            replica=replica,
            area=AREA,
            prev_hash=before,
            sign=lambda data: sign(key, data),
            os_clock=0,
            offset_ms=0,
        )
        before = segment.hash
        apply_segment(place.store, segment, body, public_key=public_key_of(key))
        yield len(body), segment.n


def _codec() -> list[Measurement]:
    """Reading 65,000 operations as columns, against unpacking the same as MessagePack rows."""
    replica = bytes(16)
    season = make_season(people=5_000)
    ops = operations([*season.registrations, *season.marks], replica, season.author)[:LARGE]
    body, _segment = seal_segment(
        ops, replica=replica, area=AREA, prev_hash=b"", sign=lambda _data: bytes(64), os_clock=0, offset_ms=0
    )
    rows = msgpack.packb([_row(op) for op in ops])
    ours, bare = alternating(
        lambda: seconds(lambda: open_segment(body, None), time.process_time),
        lambda: seconds(lambda: msgpack.unpackb(rows, strict_map_key=False), time.process_time),
        ROUNDS,
    )
    return [
        Measurement("read 65,000 operations, CPU, against MessagePack rows", ours, "s", 1.5, bare),
        Measurement("  bytes per operation, sealed", len(body) / len(ops), "B", 5.5),
    ]


def _row(op: Operation) -> tuple[object, ...]:
    return (op.kind, op.row, op.seq, op.hlc, op.author, op.base, dict(op.values))
