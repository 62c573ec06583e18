"""Many laptops send at once while another reads on behind them: it must see every operation, once, in order.

On PostgreSQL transactions become visible in another order than they began in. Positions are given under the
lock of the area, so that whoever has read up to one has read all before it.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

import pytest

from tests.postgres import Postgres
from tests.storage.conftest import AREA, prepare
from trainer_app.records.clock import pack, wall_ms
from trainer_app.records.ids import NO_ID, new_id
from trainer_app.records.kinds import CENTRE_AREA, Attendance, Device, derived_id
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.segment import open_segment, peek, seal_segment
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.database import open_postgres
from trainer_app.storage.store import Store
from trainer_app.sync.answer import Authority, answer
from trainer_app.sync.keys import make_private_key, public_key_of, sign
from trainer_app.sync.messages import Answer, Request, pack_request, read_answer

WRITERS = 8
EPOCH = bytes(range(16))


def write(store: Store, segments: int, operations: int) -> bytes:
    """One laptop's season, segment after segment; gives its replica id."""
    replica, key, session = new_id(), make_private_key(), new_id()
    public, before, numbers = public_key_of(key), b"", count(1)
    for _n in range(segments):
        told = []
        for _m in range(operations):
            seq, person = next(numbers), new_id()
            values = {1: session, 2: person}
            row = derived_id(Attendance, session, person)
            told.append(
                Operation(Attendance.kind, row, AREA, replica, seq, pack(wall_ms()), NO_ID, 0, values)
            )
        body, made = seal_segment(
            told,
            replica=replica,
            area=AREA,
            prev_hash=before,
            sign=lambda data: sign(key, data),
            os_clock=0,
            offset_ms=0,
        )
        before = made.hash
        outcome = apply_segment(store, open_segment(body, public), body, public_key=public)
        assert outcome.result == "stored"
    return replica


@dataclass(slots=True)
class Reader:
    """A laptop that asks again and again, and counts what it is given."""

    store: Store
    replica: bytes = field(default_factory=new_id)
    key: bytes = field(default_factory=make_private_key)
    cursors: dict[int, int] = field(default_factory=lambda: {CENTRE_AREA: 0, AREA: 0})
    seen: Counter[bytes] = field(default_factory=Counter)
    counter: int = 0
    rounds_with_news: int = 0

    def join(self) -> None:
        """The centre publishes it."""
        values = {"name": "Pembaca", "public_key": public_key_of(self.key).hex(), "areas": str(AREA)}
        self.store.save([Edit(Device, self.replica, CENTRE_AREA, {**values, "state": "aktif"})], NO_ID)

    def ask(self) -> bool:
        """One round; whether there was more than fitted."""
        self.counter += 1
        request = Request("1", self.counter, EPOCH, 1 << 20, dict(self.cursors))
        receiver = self.store.replica
        data = pack_request(request, replica=self.replica, private_key=self.key, receiver=receiver)
        told = read_answer(answer(self.store, Authority(EPOCH), data))
        self._take(told)
        return told.more

    def _take(self, told: Answer) -> None:
        for item in told.items:
            assert item.pos > self.cursors[item.area], "positions rise"
            assert item.offset == 0
            assert len(item.data) == item.total
            self.cursors[item.area] = item.pos
            if item.area == AREA:
                header = peek(item.data)
                assert header.lo == self.seen[header.replica] + 1, "an operation was missed or came twice"
                self.seen[header.replica] = header.hi
        for area, end in told.ends.items():
            self.cursors[area] = max(self.cursors[area], end)
        self.rounds_with_news += any(item.area == AREA for item in told.items)


def tail(postgres: Postgres, segments: int, operations: int) -> Reader:
    """Writers and a reader at once; gives the reader when both are done."""
    with postgres.fresh(prepare) as url:
        db = open_postgres(url)
        store = Store(db)
        store.found(new_id(), make_private_key(), "Pusat CONTOH", ())
        reader = Reader(store)
        reader.join()
        over = threading.Event()

        def read() -> None:
            while not over.is_set():
                reader.ask()
            while reader.ask():
                pass

        try:
            with ThreadPoolExecutor(WRITERS + 1) as threads:
                reading = threads.submit(read)
                writing = [threads.submit(write, store, segments, operations) for _n in range(WRITERS)]
                try:
                    written = [one.result() for one in writing]
                finally:
                    over.set()
                reading.result()
            assert reader.seen == dict.fromkeys(written, segments * operations)
            assert store.count(Attendance) == WRITERS * segments * operations
        finally:
            db.close()
    return reader


def test_a_reader_behind_eight_writers_misses_nothing(postgres: Postgres) -> None:
    assert tail(postgres, segments=20, operations=10).rounds_with_news > 3


@pytest.mark.soak
def test_a_million_operations_by_eight_writers(postgres: Postgres) -> None:
    reader = tail(postgres, segments=250, operations=500)
    seen = sum(reader.seen.values())
    sys.stdout.write(f"{seen:,} operations seen in {reader.rounds_with_news:,} answers, 0 missed\n")
