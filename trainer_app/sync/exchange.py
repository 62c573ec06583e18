"""One exchange with the centre: what waits here goes up, what is new there comes down, receipts come back.

Sealing, sending and storing are short transactions of their own, so people go on working meanwhile, and a
cut, a pause or a closed window at any moment loses nothing: what was acknowledged stays acknowledged.
"""

from __future__ import annotations

import dataclasses
import logging
import re
import time
from collections.abc import Callable
from typing import TypeVar

from trainer_app import __version__
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.branching import FORGOTTEN, go_on_alone, is_restored
from trainer_app.storage.feeds import heads, seal
from trainer_app.storage.peers import REFILL, begin_life, cursors, next_request, set_cursor, unsent
from trainer_app.storage.store import EPOCH, SENDING, Store
from trainer_app.sync.arrival import Arrival, NotTrusted, not_genuine
from trainer_app.sync.byte_reading import MessageFault
from trainer_app.sync.carrier import Carrier, CutAnswer, Refused
from trainer_app.sync.carriers.route import not_joined
from trainer_app.sync.claims import claims_to_send, learn
from trainer_app.sync.cut import read_cut
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import (
    Answer,
    Piece,
    Request,
    pack_request,
    read_answer,
)
from trainer_app.sync.patience import LARGE, Pace, Patience
from trainer_app.sync.photos import PhotoUpload
from trainer_app.sync.progress import ExchangeResult, Progress, Stopped, StopToken
from trainer_app.sync.receipt import Receipt
from trainer_app.sync.recipients import recipient_told, untold_recipient
from trainer_app.sync.reporting import report_of
from trainer_app.sync.snapshots import SnapshotArrival
from trainer_app.sync.upload import FORKED, Going, Upload, forked
from trainer_app.words import _

__all__ = ["ExchangeResult", "Listener", "Progress", "StopToken", "Stopped", "exchange"]

#: A clock that is off by less than this is left alone.
CLOCK_TOLERANCE_MS = 120_000
#: Rounds without any progress before an exchange gives up.
IDLE_ROUNDS = 2
_FOREIGN, _UNKNOWN, _ENVELOPE = "area.foreign", "device.unknown", "request.too_large"

Listener = Callable[[Progress], None]

_log = logging.getLogger(__name__)
T = TypeVar("T")


def exchange(
    store: Store,
    carrier: Carrier,
    listener: Listener | None = None,
    stop: StopToken | None = None,
    *,
    hub: RecordId = b"",
    photos: bool = True,
    timer: Callable[[], float] = time.monotonic,
) -> ExchangeResult:
    """Exchange with the centre until neither side has anything new. Raises `CarrierProblem` and `Stopped`.

    Photos go last, with `photos`; what keeps them back is told in the result, for records are done by then.

    With `hub` the other side is the supervisor's laptop of that replica id. It gives no receipts of its own,
    only those of the centre that it was given; of time and of the centre's life it is not believed.
    `timer` gives seconds; how fast the link is, and so how much goes at once, is measured with it.
    When the other side has heard something else under the name of this laptop, it goes on under another.
    """
    said, token = listener or (lambda _progress: None), stop or StopToken()
    if is_restored(store):
        go_on_alone(store)
    try:
        return _Exchange(store, carrier, said, token, hub, timer).run(photos=photos)
    except CarrierProblem as problem:
        if problem.code != FORKED:
            raise
        _log.info("somebody else speaks under the name of this laptop; it goes on under another")
        go_on_alone(store)
    return _Exchange(store, carrier, said, token, hub, timer).run(photos=photos)


class _Exchange:
    def __init__(
        self,
        store: Store,
        carrier: Carrier,
        listener: Listener,
        stop: StopToken,
        hub: RecordId,
        timer: Callable[[], float],
    ) -> None:
        self._store, self._carrier, self._listener, self._stop = store, carrier, listener, stop
        self._timer = timer
        self._hub = hub
        self._centre: bytes = hub or store.meta("centre_replica", b"")
        self._epoch: bytes = hub or store.meta(EPOCH, b"")
        self._arrival = Arrival(store, self._centre, store.meta("centre_key", b""))
        self._snapshots = SnapshotArrival(store, self._centre, store.meta("centre_key", b""))
        self._upload = Upload(store, hub=bool(hub))
        self._photos = PhotoUpload(store, hub=bool(hub))
        self._pace, self._patience = Pace(), Patience()
        self._cut: CutAnswer | None = None
        self._progress = Progress()
        self._result = ExchangeResult()
        self._more = True
        self._answers = 0

    def run(self, *, photos: bool) -> ExchangeResult:
        store = self._store
        if not (self._centre and store.meta("centre_replica")):
            raise not_joined()
        seal(store, lambda data: sign(store.private_key, data))
        waiting = unsent(store)
        self._progress.total_operations, self._progress.total_bytes = waiting.operations, waiting.bytes
        self._until_settled()
        # last, because the centre may refuse what this laptop wrote in an area that was taken from it
        self._upload.all_areas = True
        self._until_settled()
        self._photos.begin()
        self._send_photos(allowed=photos and not self._result.revoked)
        self._tell("done")
        return self._result

    def _send_photos(self, *, allowed: bool) -> None:
        """Last of all; records are done, so nothing that happens here is a fault of the exchange."""
        try:
            if allowed:
                self._until_settled()
        except CarrierProblem as problem:
            self._result.photo_problem = problem
        self._result.sent_photos = self._photos.done
        self._result.waiting_photos = self._photos.total - self._photos.done

    def _until_settled(self) -> None:
        idle = 0
        while self._more or self._upload.left(revoked=self._result.revoked) or self._photos.left:
            self._stop.check()
            before = self._state()
            try:
                self._round()
            except CarrierProblem as problem:
                self._bear(problem)
                continue
            if self._state() != before:
                idle = 0
                self._patience.got_on()
            elif not self._patience.failures:
                idle += 1
            if self._cut is not None:
                self._try_again_after(self._cut)
            if idle >= IDLE_ROUNDS:
                raise CarrierProblem(
                    _(
                        "Pusat belum bisa menerima sebagian data. "
                        "Catatan tetap aman di laptop ini. Coba lagi nanti."
                    ),
                    code="exchange.idle",
                )

    def _bear(self, problem: CarrierProblem) -> None:
        """Do what a problem asks for, so that the exchange can go on; else raise it."""
        if problem.code in (_UNKNOWN, _FOREIGN) and self._upload.introduce():
            return
        if problem.code == _FOREIGN:
            self._ask_for_areas(problem)
        elif problem.code == _UNKNOWN and not self._upload.hub:
            self._store.set_meta(FORGOTTEN, b"1")  # a new code helps
            raise problem
        elif problem.code in (LARGE, _ENVELOPE):
            if not self._pace.too_large():
                raise problem
        else:
            self._try_again_after(problem)
            # before any byte goes again, ask what arrived
            self._upload.ask_first()
            self._photos.ask_first()

    def _try_again_after(self, problem: CarrierProblem) -> None:
        """Wait when the centre is busy, or when the link broke in the middle; else raise the problem."""
        wait = self._patience.wait_after(problem, in_the_middle=self._answers > 0)
        if self._patience.failures > 1:
            self._pace.broke()
        self._stop.wait(wait)

    def _ask_for_areas(self, problem: CarrierProblem) -> None:
        """The centre says that an area is not this laptop's: ask which are now, and go on if they are others.

        A centre that lives anew may itself have lost the word that gave them: then it gets that word back.
        Else raise the problem.
        """
        before, brought = self._store.areas, self._upload.brought
        self._upload.centre_only = True
        try:
            self._read_on(before)
        finally:
            self._upload.centre_only = False
        told = self._store.areas != before or self._upload.brought > brought
        if not (told or self._result.revoked):
            raise problem
        self._upload.ask_first()

    def _read_on(self, areas: tuple[int, ...]) -> None:
        """Exchange the centre's own words until they give this laptop other areas than these, or end."""
        reached = None
        while self._store.areas == areas and reached != (reached := self._state()):
            self._round()

    def _state(self) -> tuple[object, ...]:
        """What changes as long as an exchange gets on."""
        read = cursors(self._store, self._centre, self._epoch)
        parts = self._arrival.partial(self._epoch), self._snapshots.parts()
        return (self._more, self._epoch, read, parts, *self._upload.state(), self._photos.state())

    # --- one round ------------------------------------------------------------------------------------------

    def _round(self) -> None:
        going = self._upload.next(self._pace.budget)
        photos = [] if going else self._photos.next(self._pace.budget)
        self._tell("photos" if photos else "sending" if going else "receiving")
        request = self._request(going, photos)
        answer = self._send(request)
        self._check_side(answer)
        if request.recipient:
            recipient_told(self._store)
        self._result.revoked, self._more = answer.revoked, answer.more
        self._result.update = answer.update
        self._learn_time(answer)
        if self._lives_anew(answer):
            return
        self._progress.sent_bytes += self._upload.take(answer, request, going)
        self._photos.take(answer.photos, photos)
        self._take_receipts(answer, request)
        self._tell("photos" if photos else "receiving")
        self._take_items(answer)
        # after the segments that they are about
        self._result.relayed += sum(self._genuine(self._arrival.relayed, data) for data in answer.relayed)
        learn(self._store)
        if self._arrival.obey():
            self._more = True

    def _request(self, going: list[Going], photos: list[Piece]) -> Request:
        store = self._store
        left = self._upload.left_after(going) if self._hub else None
        read = cursors(store, self._centre, self._epoch)
        # a laptop that was taken out is told nothing more, not even which areas it has lost
        nothing = self._upload.centre_only or self._result.revoked
        # of an area that stopped at words of somebody unknown here, this side can tell nothing else now
        areas = {CENTRE_AREA} if nothing else {CENTRE_AREA, *store.areas} - self._arrival.stopped
        return Request(
            __version__,
            next_request(store),
            self._epoch,
            self._pace.budget,
            {area: read.get(area, 0) for area in sorted(areas)},
            self._upload.unconfirmed(),
            [part for part in self._arrival.partial(self._epoch) if part[0] in areas],
            [one.piece for one in going],
            report_of(store, left),
            store.meta("sample", b"0") == b"1",
            self._upload.offered(),
            claims_to_send(store),
            {} if self._hub or self._upload.centre_only else self._snapshots.wanted(store.areas, self._epoch),
            care=[] if self._upload.centre_only else self._upload.cared(),
            recipient="" if self._hub else untold_recipient(store),
            photos=photos,
        )

    def _send(self, request: Request) -> Answer:
        self._upload.going_out(request)
        started = self._timer()
        try:
            data, reply = self._carry(request)
        except Refused as refused:
            data, reply = self._count_on(request, refused)
        answer = self._read(reply)
        if self._cut is None:
            self._pace.measured(len(data) + len(reply), self._timer() - started)
        return answer

    def _read(self, reply: bytes) -> Answer:
        """The answer, or what can be used of one that broke off."""
        if self._cut is not None:
            part = read_cut(reply)
            if part is None:
                raise self._cut
            return part
        try:
            return read_answer(reply)
        except MessageFault as fault:
            raise CarrierProblem(
                _("Jawaban dari pusat tidak lengkap. Catatan tetap aman di laptop ini. Coba lagi."),
                code="answer.malformed",
            ) from fault

    def _carry(self, request: Request) -> tuple[bytes, bytes]:
        store = self._store
        data = pack_request(
            request,
            replica=store.replica,
            private_key=store.private_key,
            receiver=self._centre,
            care=self._patience.breaks > 0,
        )
        self._result.rounds += 1
        self._result.bytes_up += len(data)
        self._cut = None
        try:
            reply = self._carrier.send(data)
        except CutAnswer as cut:
            self._cut, reply = cut, cut.part
        self._answers += 1
        self._result.bytes_down += len(reply)
        return data, reply

    def _count_on(self, request: Request, refused: Refused) -> tuple[bytes, bytes]:
        """The other side has seen this very request (it went twice on its way): go on counting from there.

        If it has seen a later one, not this laptop sent it. Raises `CarrierProblem` FORKED.
        """
        last = re.fullmatch(r"request\.replayed:(\d{1,18})", refused.code)
        if last is None:
            raise refused
        if int(last[1]) > request.counter:
            raise forked()
        counter = next_request(self._store, at_least=int(last[1]))
        return self._carry(dataclasses.replace(request, counter=counter))

    # --- receipts -------------------------------------------------------------------------------------------

    def _take_receipts(self, answer: Answer, request: Request) -> None:
        heard: dict[int, int] = {}
        for short in answer.receipts:
            receipt = self._take_receipt(short, answer)
            if receipt is not None:
                heard[receipt.area] = max(receipt.hi, heard.get(receipt.area, 0))
        self._upload.heard_receipts(request.heads, heard)
        if self._hub:
            self._arrival.held_by_hub(answer.held)
        if answer.receipts or self._hub:
            self._store.announce({SENDING})
        self._upload.settled()

    def _take_receipt(self, short: bytes, answer: Answer) -> Receipt | None:
        def take() -> tuple[Receipt, str, bool]:
            if self._hub:
                return self._arrival.through_hub(short)
            return self._arrival.receipt(short, self._epoch, answer.held)

        try:
            receipt, code, is_new = self._genuine(take)
        except CarrierProblem:
            # another branch of this laptop may have said something else under these numbers
            if self._hub or not self._upload.doubt():
                raise
            return None
        if is_new:
            self._result.receipts.append(code)
            self._result.sent_operations += receipt.operations
            self._result.rejected += len(receipt.quarantined)
            self._progress.sent_operations += receipt.operations
        return receipt

    def _genuine(self, take: Callable[..., T], *what: bytes) -> T:
        try:
            return take(*what)
        except NotTrusted as fault:
            raise not_genuine() from fault

    # --- coming down ----------------------------------------------------------------------------------------

    def _take_items(self, answer: Answer) -> None:
        taken = self._snapshots.take(answer.shares, self._epoch)
        self._result.received_operations += taken
        self._progress.received_operations += taken
        if self._hub and answer.items:
            # a hub's own words may be nowhere else: next time the centre is asked whether it has all of it
            self._store.set_meta(REFILL, b"1")
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
        if not answer.epoch or answer.epoch == self._epoch or self._hub:
            return False
        self._epoch = answer.epoch
        own = {head.area: 0 for head in heads(self._store) if head.replica == self._store.replica}
        begin_life(self._store, answer.epoch, {**own, **answer.held})
        self._upload.begin_anew()
        self._more = True
        return True

    def _check_side(self, answer: Answer) -> None:
        """A hub must not be taken for the centre, nor the centre for a hub."""
        if answer.hub != bool(self._hub):
            raise CarrierProblem(
                _("Yang menjawab bukan yang dituju. Catatan tetap aman di laptop ini. Hubungi pengawas."),
                code="answer.side",
            )

    def _learn_time(self, answer: Answer) -> None:
        if self._hub:
            return
        clock = self._store.clock
        offset = answer.time - (clock.now_ms() - clock.offset_ms)
        offset = offset if abs(offset) > CLOCK_TOLERANCE_MS else 0
        if abs(offset - clock.offset_ms) > CLOCK_TOLERANCE_MS or (offset == 0 and clock.offset_ms):
            clock.offset_ms = offset
            self._store.set_meta("clock_offset", b"%d" % offset)

    def _tell(self, phase: str) -> None:
        self._progress.phase = phase
        self._photos.tell(self._progress)
        self._listener(self._progress)
