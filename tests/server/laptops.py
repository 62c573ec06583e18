"""A laptop as the centre meets it: a real store, a key, and single requests under the test's control."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from tests.server.running import AREA, RunningCentre
from trainer_app import __version__
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Consent, Enterprise, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.segment import body_hash
from trainer_app.storage.database import open_sqlite
from trainer_app.storage.feeds import StoredSegment, feed_segments, seal
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all
from trainer_app.sync.keys import make_private_key, public_key_of, sign
from trainer_app.sync.messages import Answer, Piece, Report, Request, pack_request, read_answer

STAFF = new_id()
VILLAGE = "53.01.08.2006"


def enrol(centre: RunningCentre, code: str, key: bytes, name: str = "Laptop CONTOH") -> httpx.Response:
    """One request to /enrol/v1."""
    body = {"code": code, "name": name, "public_key": public_key_of(key).hex(), "app": __version__}
    return httpx.post(f"{centre.url}/enrol/v1", json=body, timeout=60)


class TestLaptop:
    """Enrolled at a running centre."""

    __test__ = False

    def __init__(self, centre: RunningCentre, folder: Path, areas: str = str(AREA)) -> None:
        self.centre = centre
        key = make_private_key()
        answer = enrol(centre, centre.code(areas), key)
        assert answer.status_code == 200, answer.text
        self.enrolled: dict[str, Any] = answer.json()
        self.areas: list[int] = self.enrolled["areas"]
        self.receiver = bytes.fromhex(self.enrolled["centre_replica"])
        self.db = open_sqlite(folder / f"{new_id().hex()}.db", bytes(32))
        create_all(self.db)
        self.store = Store(self.db)
        self.store.found(bytes.fromhex(self.enrolled["replica"]), key, "Laptop CONTOH", self.areas)
        self._counter = 0

    def close(self) -> None:
        self.db.close()

    def register(self, n: int = 1, area: int | None = None, village: str = VILLAGE) -> list[RecordId]:
        """New people with consent and enterprise."""
        where = area or self.areas[0]
        people = [new_id() for _i in range(n)]
        now = self.store.clock.now_ms()
        for person in people:
            consent = {"person": person, "given_at": now, "notice_version": "2026-11", "purposes": "program"}
            self.store.save(
                [
                    Edit(Person, person, where, {"full_name": "Siti CONTOH", "sex": "P", "village": village}),
                    Edit(Consent, derived_id(Consent, person), where, consent),
                    Edit(
                        Enterprise,
                        derived_id(Enterprise, person),
                        where,
                        {"owner": person, "name": "Warung CONTOH"},
                    ),
                ],
                STAFF,
            )
        return people

    def segments(self, area: int | None = None) -> list[StoredSegment]:
        """Everything this laptop wrote, sealed."""
        seal(self.store, lambda data: sign(self.store.private_key, data))
        return list(feed_segments(self.store, area or self.areas[0], self.store.replica))

    def request(self, **more: Any) -> bytes:
        """The signed bytes of a request; every one has a new number."""
        self._counter += 1
        values: dict[str, Any] = {
            "app": __version__,
            "counter": self._counter,
            "epoch": bytes.fromhex(self.enrolled["epoch"]),
            "budget": 1 << 20,
            "report": Report(self.store.clock.now_ms(), 3),
            **more,
        }
        return pack_request(
            Request(**values),
            replica=self.store.replica,
            private_key=self.store.private_key,
            receiver=self.receiver,
        )

    def post(self, data: bytes) -> httpx.Response:
        """One POST /sync/v1."""
        return httpx.post(f"{self.centre.url}/sync/v1", content=data, timeout=60)

    def exchange(self, **more: Any) -> Answer:
        """One exchange that must be answered."""
        answer = self.post(self.request(**more))
        assert answer.status_code == 200, answer.text
        return read_answer(answer.content)

    def push(self) -> Answer:
        """Bring everything written and ask for receipts."""
        pieces = [piece_of(segment.body) for area in self.areas for segment in self.segments(area)]
        return self.exchange(pieces=pieces, heads=dict.fromkeys(self.areas, 0))


def piece_of(body: bytes) -> Piece:
    """A whole segment as one piece."""
    return Piece(body_hash(body), len(body), 0, body)
