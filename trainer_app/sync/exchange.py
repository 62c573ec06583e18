"""One exchange with the centre: what waits here goes up, what is new there comes down, receipts come back.

Sealing, sending and storing are short transactions of their own, so people go on working meanwhile, and a
cut, a pause or a closed window at any moment loses nothing: what was acknowledged stays acknowledged.
"""

from __future__ import annotations

import dataclasses
import random
import re
import time
from collections.abc import Callable

from trainer_app import __version__
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.branching import FORGOTTEN, is_restored
from trainer_app.storage.feeds import confirm, heads, seal
from trainer_app.storage.peers import cursors, forget_confirmations, next_request, set_cursor, unsent
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import EPOCH, SENDING, Store
from trainer_app.sync.arrival import Arrival, NotTrusted
from trainer_app.sync.carrier import Carrier, Refused
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import (
    Answer,
    MessageFault,
    Piece,
    Report,
    Request,
    pack_request,
    read_answer,
)
from trainer_app.sync.progress import ExchangeResult, Progress, Stopped, StopToken
from trainer_app.sync.upload import Upload
from trainer_app.words import _

__all__ = ["ExchangeResult", "Listener", "Progress", "StopToken", "Stopped", "exchange"]

#: The first request and answer; a season of 500 people fits, and on the slowest link it takes 15 s.
FIRST_BUDGET = 64 * 1024
LEAST_BUDGET, MOST_BUDGET = 8 * 1024, 1024 * 1024
#: A request or an answer is as large as the link carries in this time, and grows by not more than this
#: factor.
SECONDS_PER_ROUND, GROWTH = 15.0, 4
#: A clock that is off by less than this is left alone.
CLOCK_TOLERANCE_MS = 120_000
#: Rounds without any progress before an exchange gives up.
IDLE_ROUNDS = 2
#: A request is tried so often when the link breaks in the middle of an exchange or the centre is busy.
TRIES = 3
LONGEST_WAIT_SECONDS = 30.0
_BUSY = "http.busy"
_FOREIGN = "area.foreign"
_UNKNOWN = "device.unknown"
_BROKEN = ("http.timeout", "http.unreachable", "answer.short")

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
        self._centre: bytes = store.meta("centre_replica", b"")
        self._epoch: bytes = store.meta(EPOCH, b"")
        self._arrival = Arrival(store, self._centre, store.meta("centre_key", b""))
        self._upload = Upload(store)
        self._budget = FIRST_BUDGET
        self._progress = Progress()
        self._result = ExchangeResult()
        self._more = True
        self._centre_only = False
        self._answers = self._failures = 0

    def run(self) -> ExchangeResult:
        store = self._store
        if not self._centre:
            raise CarrierProblem(
                _("Laptop ini belum didaftarkan ke pusat. Daftarkan dulu, lalu kirim."), code="enrol.missing"
            )
        if is_restored(store):
            raise CarrierProblem(
                _(
                    "Data laptop ini dipulihkan dari cadangan. Catatan aman. "
                    "Daftarkan ulang laptop dengan kode baru, lalu kirim."
                ),
                code="feed.restored",
            )
        seal(store, lambda data: sign(store.private_key, data))
        waiting = unsent(store)
        self._progress.total_operations, self._progress.total_bytes = waiting.operations, waiting.bytes
        self._until_settled()
        # last, because the centre may refuse what this laptop wrote in an area that was taken from it
        self._upload.all_areas = True
        self._until_settled()
        self._tell("done")
        return self._result

    def _until_settled(self) -> None:
        idle = 0
        while self._more or self._upload.left(revoked=self._result.revoked):
            self._stop.check()
            before = self._state()
            try:
                self._round()
            except CarrierProblem as problem:
                if problem.code == _FOREIGN:
                    self._ask_for_areas(problem)
                else:
                    self._try_again_after(problem)
                continue
            self._failures = 0
            idle = idle + 1 if self._state() == before else 0
            if idle >= IDLE_ROUNDS:
                raise CarrierProblem(
                    _(
                        "Pusat belum bisa menerima sebagian data. "
                        "Catatan tetap aman di laptop ini. Coba lagi nanti."
                    ),
                    code="exchange.idle",
                )

    def _try_again_after(self, problem: CarrierProblem) -> None:
        """Wait when the centre is busy, or when the link broke in the middle (full jitter); else raise the
        problem.

        Then ask first what arrived. The first request of an exchange is not tried again on a dead link:
        whoever started it wants to know.
        """
        if problem.code == _UNKNOWN:  # a new code helps: `trainer-app restore --code`
            self._store.set_meta(FORGOTTEN, b"1")
        self._failures += 1
        in_the_middle = self._answers > 0 and problem.code in _BROKEN
        if self._failures >= TRIES or not (in_the_middle or problem.code == _BUSY):
            raise problem
        wanted = problem.retry_after_seconds
        wait = random.uniform(0, 2**self._failures) if wanted is None else wanted  # noqa: S311 - spreads the load
        if wait > LONGEST_WAIT_SECONDS:
            raise problem
        self._stop.wait(wait)
        self._upload.ask_first()

    def _ask_for_areas(self, problem: CarrierProblem) -> None:
        """The centre says that an area is not this laptop's: ask which are now, and go on if they are others.

        Else raise the problem.
        """
        before = self._store.areas
        self._centre_only = True
        try:
            self._round()
        finally:
            self._centre_only = False
        if self._store.areas == before:
            raise problem
        self._upload.ask_first()

    def _state(self) -> tuple[object, ...]:
        """What changes as long as an exchange gets on."""
        read = cursors(self._store, self._centre, self._epoch)
        return (self._more, self._epoch, read, self._arrival.partial(self._epoch), *self._upload.state())

    # --- one round ------------------------------------------------------------------------------------------

    def _round(self) -> None:
        going = [] if self._centre_only else self._upload.next(self._budget)
        self._tell("sending" if going else "receiving")
        request = self._request([one.piece for one in going])
        answer = self._send(request)
        self._upload.hub, self._result.revoked, self._more = answer.hub, answer.revoked, answer.more
        self._learn_time(answer)
        if self._lives_anew(answer):
            return
        self._progress.sent_bytes += self._upload.take(answer, request, going)
        self._take_receipts(answer)
        self._tell("receiving")
        self._take_items(answer)
        if self._arrival.obey():
            self._more = True

    def _request(self, pieces: list[Piece]) -> Request:
        store = self._store
        read = cursors(store, self._centre, self._epoch)
        areas = {CENTRE_AREA} if self._centre_only else {CENTRE_AREA, *store.areas}
        return Request(
            __version__,
            next_request(store),
            self._epoch,
            self._budget,
            {area: read.get(area, 0) for area in sorted(areas)},
            {} if self._centre_only else self._upload.unconfirmed(),
            [part for part in self._arrival.partial(self._epoch) if part[0] in areas],
            pieces,
            Report(store.clock.now_ms() - store.clock.offset_ms, send_state(store).pending),
            store.meta("sample", b"0") == b"1",
            [] if self._centre_only else self._upload.offered(),
        )

    def _send(self, request: Request) -> Answer:
        self._upload.going_out(request)
        started = time.monotonic()
        try:
            data, reply = self._carry(request)
        except Refused as refused:
            data, reply = self._count_on(request, refused)
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
        self._answers += 1
        self._result.bytes_down += len(reply)
        return data, reply

    def _count_on(self, request: Request, refused: Refused) -> tuple[bytes, bytes]:
        """The other side has seen this or a later request of this laptop (a lost answer, a restored file): go
        on counting from there.
        """
        last = re.fullmatch(r"request\.replayed:(\d{1,18})", refused.code)
        if last is None:
            raise refused
        counter = next_request(self._store, at_least=int(last[1]))
        return self._carry(dataclasses.replace(request, counter=counter))

    def _measure(self, size: int, seconds: float) -> None:
        rate = size / max(seconds, 0.001)
        most = min(MOST_BUDGET, GROWTH * self._budget)
        self._budget = int(max(LEAST_BUDGET, min(most, rate * SECONDS_PER_ROUND)))

    # --- receipts -------------------------------------------------------------------------------------------

    def _take_receipts(self, answer: Answer) -> None:
        for short in answer.receipts:
            self._take_receipt(short, answer)
        if answer.hub:
            self._confirmed_by_hub(answer)
        if answer.receipts or answer.hub:
            self._store.announce({SENDING})
        self._upload.settled()

    def _take_receipt(self, short: bytes, answer: Answer) -> None:
        try:
            receipt, code, is_new = self._arrival.receipt(short, self._epoch, answer.held)
        except NotTrusted as fault:
            raise CarrierProblem(
                _("Tanda terima dari pusat tidak asli. Catatan tetap aman di laptop ini. Hubungi pengawas."),
                code="receipt.signature",
            ) from fault
        if is_new:
            self._result.receipts.append(code)
            self._result.sent_operations += receipt.operations
            self._result.rejected += len(receipt.quarantined)
            self._progress.sent_operations += receipt.operations

    def _confirmed_by_hub(self, answer: Answer) -> None:
        """A hub's word is no receipt: it only says that it will carry this on."""
        store = self._store
        for area, seq in answer.held.items():
            with store.db.writing() as c:
                confirm(store, c, area, store.replica, seq, by_centre=False)

    # --- coming down ----------------------------------------------------------------------------------------

    def _take_items(self, answer: Answer) -> None:
        try:
            received = self._arrival.take(answer.items, self._epoch)
        except NotTrusted as fault:
            raise CarrierProblem(
                _("Kiriman dari pusat tidak asli. Catatan tetap aman di laptop ini. Hubungi pengawas."),
                code="receipt.signature",
            ) from fault
        read = cursors(self._store, self._centre, self._epoch)
        newest = {item.area: item.pos for item in answer.items}
        for area, end in answer.ends.items():
            # what lies between the last segment and the end are this laptop's own words
            if read.get(area, 0) >= newest.get(area, 0):
                set_cursor(self._store, self._centre, self._epoch, area, end)
        self._result.received_operations += received
        self._progress.received_operations += received

    # --- what the answer says of the other side -------------------------------------------------------------

    def _lives_anew(self, answer: Answer) -> bool:
        """The centre was restored from an older copy: nothing is confirmed until it says so again."""
        if not answer.epoch or answer.epoch == self._epoch:
            return False
        self._epoch = answer.epoch
        self._store.set_meta(EPOCH, answer.epoch)
        own = {head.area: 0 for head in heads(self._store) if head.replica == self._store.replica}
        forget_confirmations(self._store, {**own, **answer.held})
        self._upload.begin_anew()
        self._more = True
        return True

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
