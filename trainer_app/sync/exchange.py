"""One exchange with the centre: what waits here goes up, what is new there comes down, receipts come back.

Sealing, sending and storing are short transactions of their own, so people go on working meanwhile, and a
cut, a pause or a closed window at any moment loses nothing: what was acknowledged stays acknowledged.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from trainer_app import __version__
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.feeds import FeedHead, StoredSegment, feed_segments, heads, seal
from trainer_app.storage.peers import cursors, forget_confirmations, next_request, unsent
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import SENDING, Store
from trainer_app.sync.arrival import Arrival, NotTrusted
from trainer_app.sync.carrier import Carrier, Refused
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import (
    FORK,
    GAP,
    PARTIAL,
    STORED,
    Answer,
    MessageFault,
    Piece,
    Report,
    Request,
    pack_request,
    read_answer,
)
from trainer_app.words import _

FIRST_BUDGET = 256 * 1024
LEAST_BUDGET, MOST_BUDGET = 8 * 1024, 1024 * 1024
#: A request or an answer is as large as the link carries in this time.
SECONDS_PER_ROUND = 15.0
#: A clock that is off by less than this is left alone.
CLOCK_TOLERANCE_MS = 120_000
#: Rounds without any progress before an exchange gives up.
IDLE_ROUNDS = 2
UNSETTLED = "exchange_unsettled"


class Stopped(Exception):
    """Somebody paused or cancelled. Nothing is lost; the next exchange continues."""


class StopToken:
    """Lets another thread stop an exchange between two pieces."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def stop(self) -> None:
        """Stop at the next opportunity."""
        self._event.set()

    def check(self) -> None:
        """Raises `Stopped` when somebody wants to stop."""
        if self._event.is_set():
            raise Stopped


@dataclass(slots=True)
class Progress:
    """How far an exchange is. Operations and bytes of own segments; `phase` is connecting, sending,
    receiving or done.
    """

    phase: str = "connecting"
    sent_operations: int = 0
    total_operations: int = 0
    sent_bytes: int = 0
    total_bytes: int = 0
    received_operations: int = 0


@dataclass(slots=True)
class ExchangeResult:
    """What an exchange did. `receipts` are the codes of new receipts, like A7K-2391."""

    sent_operations: int = 0
    received_operations: int = 0
    receipts: list[str] = field(default_factory=list)
    rejected: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    rounds: int = 0
    revoked: bool = False


Listener = Callable[[Progress], None]


def exchange(
    store: Store,
    carrier: Carrier,
    listener: Listener | None = None,
    stop: StopToken | None = None,
) -> ExchangeResult:
    """Exchange with the centre until neither side has anything new. Raises `CarrierProblem` and `Stopped`."""
    return _Exchange(store, carrier, listener or (lambda _progress: None), stop or StopToken()).run()


class _Exchange:
    def __init__(self, store: Store, carrier: Carrier, listener: Listener, stop: StopToken) -> None:
        self._store, self._carrier, self._listener, self._stop = store, carrier, listener, stop
        self._centre = store.meta("centre_replica", b"")
        self._arrival = Arrival(store, self._centre, store.meta("centre_key", b""))
        self._budget = FIRST_BUDGET
        self._sent: dict[int, int] = {}  # area -> newest number that the other side holds, as it said
        self._offsets: dict[bytes, int] = {}  # segment -> bytes of it that the other side holds, as it said
        self._progress = Progress()
        self._result = ExchangeResult()
        self._more = True

    def run(self) -> ExchangeResult:
        store = self._store
        if not self._centre:
            raise CarrierProblem(
                _("Laptop ini belum didaftarkan ke pusat. Daftarkan dulu, lalu kirim."), code="enrol.missing"
            )
        seal(store, lambda data: sign(store.private_key, data))
        waiting = unsent(store)
        self._progress.total_operations, self._progress.total_bytes = waiting.operations, waiting.bytes
        probe = store.meta(UNSETTLED, b"0") == b"1"
        idle = 0
        while self._more or self._unacknowledged():
            self._stop.check()
            before = self._state()
            self._round(probe=probe)
            probe = False
            idle = idle + 1 if self._state() == before else 0
            if idle >= IDLE_ROUNDS:
                raise CarrierProblem(
                    _(
                        "Pusat belum bisa menerima sebagian data. "
                        "Catatan tetap aman di laptop ini. Coba lagi nanti."
                    ),
                    code="exchange.idle",
                )
        self._tell("done")
        return self._result

    def _state(self) -> tuple[object, ...]:
        return (
            self._more,
            dict(self._sent),
            dict(self._offsets),
            cursors(self._store, self._centre, self._store.meta("epoch", b"")),
            len(self._result.receipts),
            self._arrival.held_bytes,
        )

    # one round

    def _round(self, *, probe: bool) -> None:
        own = [head for head in heads(self._store) if head.replica == self._store.replica]
        pieces = list(self._offers(own)) if probe else list(self._pieces(own))
        self._tell("sending" if pieces else "receiving")
        answer = self._send(self._request(own, pieces))
        self._settle_epoch(answer)
        self._learn_time(answer)
        self._take_verdicts(answer, pieces)
        self._take_receipts(answer)
        self._tell("receiving")
        received = self._arrival.take(answer.items, self._store.meta("epoch", b""))
        self._result.received_operations += received
        self._progress.received_operations += received
        self._result.revoked = answer.revoked
        self._more = answer.more
        self._arrival.obey(self._store)

    def _request(self, own: list[FeedHead], pieces: list[Piece]) -> Request:
        store = self._store
        epoch = store.meta("epoch", b"")
        held = cursors(store, self._centre, epoch)
        state = send_state(store)
        return Request(
            __version__,
            next_request(store),
            epoch,
            self._budget,
            {area: held.get(area, 0) for area in sorted({0, *store.areas})},
            {head.area: head.centre_seq for head in own if head.centre_seq < head.head_seq},
            self._arrival.partial(),
            pieces,
            Report(store.clock.now_ms() - store.clock.offset_ms, state.pending),
            store.meta("sample", b"0") == b"1",
        )

    def _send(self, request: Request) -> Answer:
        store = self._store
        if request.heads:
            store.set_meta(UNSETTLED, b"1")
        started = time.monotonic()
        try:
            data, reply = self._carry(request)
        except Refused as refused:
            data, reply = self._again(request, refused)
        try:
            answer = read_answer(reply)
        except MessageFault as fault:
            raise CarrierProblem(
                _("Jawaban dari pusat tidak lengkap. Catatan tetap aman di laptop ini. Coba lagi."),
                code="answer.malformed",
            ) from fault
        self._measure(len(data) + len(reply), time.monotonic() - started)
        return answer

    def _carry(self, request: Request) -> tuple[bytes, bytes]:
        store = self._store
        data = pack_request(
            request, replica=store.replica, private_key=store.private_key, receiver=self._centre
        )
        self._result.rounds += 1
        self._result.bytes_up += len(data)
        reply = self._carrier.send(data)
        self._result.bytes_down += len(reply)
        return data, reply

    def _again(self, request: Request, refused: Refused) -> tuple[bytes, bytes]:
        """The other side has seen a later request of this laptop (a lost answer, a restored file): count
        on from there.
        """
        last = re.fullmatch(r"request\.replayed:(\d+)", refused.code)
        if last is None:
            raise CarrierProblem(refused.message, code=refused.code) from refused
        import dataclasses

        counter = next_request(self._store, at_least=int(last[1]))
        try:
            return self._carry(dataclasses.replace(request, counter=counter))
        except Refused as second:
            raise CarrierProblem(second.message, code=second.code) from second

    def _measure(self, size: int, seconds: float) -> None:
        rate = size / max(seconds, 0.001)
        self._budget = int(max(LEAST_BUDGET, min(MOST_BUDGET, rate * SECONDS_PER_ROUND)))

    # going up

    def _held_there(self, head: FeedHead) -> int:
        return max(self._sent.get(head.area, 0), head.centre_seq)

    def _unacknowledged(self) -> bool:
        own = [head for head in heads(self._store) if head.replica == self._store.replica]
        return any(head.centre_seq < head.head_seq for head in own)

    def _waiting(self, own: list[FeedHead]) -> Iterator[StoredSegment]:
        for head in own:
            yield from feed_segments(self._store, head.area, head.replica, self._held_there(head))

    def _offers(self, own: list[FeedHead]) -> Iterator[Piece]:
        """After a cut: first ask how much of the next segments is there, before any byte is sent again."""
        for head in own:
            for segment in feed_segments(self._store, head.area, head.replica, self._held_there(head)):
                yield Piece(segment.hash, len(segment.body), 0, b"")
                break

    def _pieces(self, own: list[FeedHead]) -> Iterator[Piece]:
        left = self._budget
        for segment in self._waiting(own):
            self._stop.check()
            offset = self._offsets.get(segment.hash, 0)
            data = segment.body[offset : offset + left]
            if not data:
                return
            left -= len(data)
            yield Piece(segment.hash, len(segment.body), offset, data)

    def _take_verdicts(self, answer: Answer, pieces: list[Piece]) -> None:
        for verdict in answer.verdicts:
            if verdict.status == PARTIAL:
                self._offsets[verdict.hash] = verdict.held
            elif verdict.status in (GAP, FORK):
                self._not_accepted(verdict.status)
        for area, seq in answer.held.items():
            self._sent[area] = seq
        taken = {verdict.hash for verdict in answer.verdicts if verdict.status in (STORED, PARTIAL)}
        self._progress.sent_bytes += sum(len(piece.data) for piece in pieces if piece.hash in taken)

    def _not_accepted(self, status: int) -> None:
        if status == FORK:
            raise CarrierProblem(
                _(
                    "Data laptop ini pernah disalin atau dipulihkan, jadi pusat menahannya. "
                    "Catatan tetap aman. Minta pengawas memeriksa."
                ),
                code="feed.fork",
            )

    def _take_receipts(self, answer: Answer) -> None:
        for data in answer.receipts:
            try:
                receipt, code, is_new = self._arrival.receipt(data)
            except NotTrusted as fault:
                raise CarrierProblem(
                    _(
                        "Tanda terima dari pusat tidak asli. "
                        "Catatan tetap aman di laptop ini. Hubungi pengawas."
                    ),
                    code="receipt.signature",
                ) from fault
            if is_new:
                self._result.receipts.append(code)
                self._result.sent_operations += receipt.operations
                self._result.rejected += len(receipt.quarantined)
                self._progress.sent_operations += receipt.operations
        if answer.receipts:
            self._store.announce({SENDING})
        if not self._unacknowledged():
            self._store.set_meta(UNSETTLED, b"0")

    # what the answer says of the other side

    def _settle_epoch(self, answer: Answer) -> None:
        if answer.epoch == self._store.meta("epoch", b""):
            return
        self._store.set_meta("epoch", answer.epoch)
        own = {h.area: 0 for h in heads(self._store) if h.replica == self._store.replica}
        forget_confirmations(self._store, {**own, **answer.held})
        self._sent = dict(answer.held)
        self._more = True

    def _learn_time(self, answer: Answer) -> None:
        clock = self._store.clock
        offset = answer.time - (clock.now_ms() - clock.offset_ms)
        offset = offset if abs(offset) > CLOCK_TOLERANCE_MS else 0
        if abs(offset - clock.offset_ms) > CLOCK_TOLERANCE_MS or (offset == 0 and clock.offset_ms):
            clock.offset_ms = offset
            self._store.set_meta("clock_offset", b"%d" % offset)

    def _tell(self, phase: str) -> None:
        self._progress.phase = phase
        self._listener(self._progress)
