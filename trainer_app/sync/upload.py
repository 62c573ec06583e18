"""What goes up: own words that are not confirmed, the words of others that are in care here, and those that a
centre lost and wants back.

Keeps book of what the other side said it holds; nothing of it is sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge

from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.care import in_care
from trainer_app.storage.feeds import FeedHead, StoredSegment, feed_segments, heads
from trainer_app.storage.peers import REASK, REFILL
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import covered
from trainer_app.sync.messages import (
    FORK,
    GAP,
    PARTIAL,
    REFUSED,
    STORED,
    Answer,
    Feed,
    Piece,
    Request,
    Verdict,
)
from trainer_app.sync.relaying import receipt_beside
from trainer_app.words import _

#: The code of the problem that somebody else speaks under the name of this laptop.
FORKED = "feed.fork"
#: In the table `meta`: a request went out whose answer did not come back.
UNSETTLED = "exchange_unsettled"
#: More than any number of a feed.
_ALL = 1 << 63
#: What the centre said goes to a hub that does not know this laptop in one request.
INTRODUCTION_BYTES = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Going:
    """A piece on its way up, and the segment it is of."""

    piece: Piece
    segment: StoredSegment


class Upload:
    """One exchange's way up. `hub`: the other side is a hub, which gives no receipts of its own."""

    def __init__(self, store: Store, *, hub: bool = False) -> None:
        self._store = store
        #: Whether feeds of areas that were taken from this laptop are part of it.
        self.all_areas = False
        #: Whether only the centre's own words are exchanged, for this laptop may have other areas by now.
        self.centre_only = False
        #: How many segments of others the other side took.
        self.brought = 0
        self._doubted = False
        self.hub = hub
        # which areas a hub carries, and what it has had already, is not known before it was asked
        self._probe = hub or store.meta(UNSETTLED, b"0") == b"1"
        self._refill = not hub and store.meta(REFILL, b"0") == b"1"
        # up to where own receipts of a new life were heard, by area; None: they need not be asked for again
        self._again: dict[int, int] | None = None
        if not hub and store.meta(REASK, b"0") == b"1":
            self._again = {}
        self._carried: set[int] | None = None
        # feeds in care that the other side was told of, and those that it will not take
        self._told_of_care = False
        # whether the other side has said what it lacks of the words of others
        self._heard = False
        self._introduced = self._introducing = False
        self._given_up: set[tuple[int, bytes]] = set()
        # what the other side holds, as it said: of own feeds by area, of feeds of others, of segments in
        # bytes
        self._held: dict[int, int] = {}
        self._wanted: dict[tuple[int, bytes], int] = {}
        self._offsets: dict[bytes, int] = {}

    def state(self) -> tuple[object, ...]:
        """What changes as long as it gets on."""
        confirmed = [self._confirmed(head) for head in self.own()]
        book = dict(self._held), dict(self._wanted), dict(self._offsets)
        again = None if self._again is None else dict(self._again)
        return (self._refill, self._told_of_care, self._heard, self._carried, again, confirmed, *book)

    # --- what is left ---------------------------------------------------------------------------------------

    def own(self) -> list[FeedHead]:
        """The feeds of this laptop that this part of the exchange is about."""
        if self.centre_only:
            return []
        store = self._store
        return [
            head
            for head in heads(store)
            if head.replica == store.replica
            and (self.all_areas or head.area in store.areas)
            and (self._carried is None or head.area in self._carried)
        ]

    def _confirmed(self, head: FeedHead) -> int:
        """Up to where a feed needs not be sent: what the centre confirmed. A hub wants all of a feed of which
        the centre lacks anything, for it stores no feed with a gap; and what another hub holds goes to this
        one as well, for a hub may be lost.
        """
        if self.hub and head.centre_seq < head.head_seq:
            return self._held.get(head.area, 0)
        return head.centre_seq

    def unconfirmed(self) -> dict[int, int]:
        """Areas whose own feed the centre has not confirmed to its end, and the number up to which it has; of
        a new life of it all of them, until its receipts are here.
        """
        asked = {head.area: min(head.centre_seq, self._asked_again(head)) for head in self.own()}
        return {head.area: asked[head.area] for head in self.own() if asked[head.area] < head.head_seq}

    def _asked_again(self, head: FeedHead) -> int:
        """Up to where the receipts of a feed need not be asked for again."""
        return head.head_seq if self._again is None else self._again.get(head.area, 0)

    def heard_receipts(self, asked: Mapping[int, int], heard: Mapping[int, int]) -> None:
        """The centre's answer to a request for receipts after the numbers `asked`, by area: they reach up to
        `heard`.
        """
        if self._again is None:
            return
        for area in asked:
            self._again[area] = heard.get(area, _ALL)
        if self.all_areas and all(self._asked_again(head) >= head.head_seq for head in self.own()):
            self._again = None
            self._store.set_meta(REASK, b"0")

    def left(self, *, revoked: bool) -> bool:
        """Whether anything has yet to go up. A laptop that was taken out brings what it has, but waits for no
        receipt.
        """
        if revoked:
            return any(self._reached(head) < head.head_seq for head in self.own())
        waits = any(self._confirmed(head) < head.head_seq for head in self.own())
        asks = any(self._asked_again(head) < head.head_seq for head in self.own())
        return waits or self._refill or asks or self._care_is_left()

    def _reached(self, head: FeedHead) -> int:
        return max(self._held.get(head.area, 0), self._confirmed(head))

    def _care_is_left(self) -> bool:
        return bool(self._wanted) or (not self._told_of_care and bool(in_care(self._store)))

    # --- going ----------------------------------------------------------------------------------------------

    def ask_first(self) -> None:
        """Before any byte is sent again, ask what arrived."""
        self._probe = True

    def next(self, budget: int) -> list[Going]:
        """What goes with the next request, of not more than `budget` bytes."""
        if self._introducing:
            return list(self._pieces(INTRODUCTION_BYTES, self._segments_of_others()))
        if not self._probe and not self._heard and self.offered():
            return []  # own words may rest on those of others: first it must be known which of these go along
        going = list(self._offers() if self._probe else self._pieces(budget, self._waiting()))
        self._probe = False
        return going

    def introduce(self) -> bool:
        """A hub does not know this laptop, or not as it is now: let the next request bring what the centre
        said, all of it. False when that was done already.
        """
        if not self.hub or self._introduced:
            return False
        self._introduced = self._introducing = True
        self._wanted = {(area, replica): 0 for area, replica, _held in self._of_centre()}
        return bool(self._wanted)

    def _waiting(self) -> Iterator[StoredSegment]:
        """What the other side lacks, as far as it said, in the order in which it came to be here: whoever saw
        a word says theirs behind it, and so both arrive.
        """
        own = {(head.area, head.replica): self._reached(head) for head in self.own()}
        feeds = [feed_segments(self._store, *feed, held) for feed, held in {**self._wanted, **own}.items()]
        yield from merge(*feeds, key=lambda segment: (segment.area, segment.pos))

    def _segments_of_others(self) -> Iterator[StoredSegment]:
        for (area, replica), held in sorted(self._wanted.items()):
            yield from feed_segments(self._store, area, replica, held)

    def _offers(self) -> Iterator[Going]:
        asked: set[tuple[int, bytes]] = set()
        for segment in self._waiting():
            if (segment.area, segment.replica) not in asked:
                asked.add((segment.area, segment.replica))
                yield Going(Piece(segment.hash, len(segment.body), 0, b""), segment)

    def _pieces(self, budget: int, segments: Iterator[StoredSegment]) -> Iterator[Going]:
        left = budget
        for segment in segments:
            offset = self._offsets.get(segment.hash, 0)
            data = segment.body[offset : offset + left]
            if not data:
                return
            left -= len(data)
            receipt = receipt_beside(self._store, segment)
            piece = Piece(segment.hash, len(segment.body), offset, data, receipt)
            yield Going(piece, segment)

    def offered(self) -> list[Feed]:
        """What is here of the words of others, for the other side to say what it lacks: the feeds in care;
        for a centre that lives anew all of this laptop's areas and the centre's own.
        """
        if self._wanted:
            return []
        if not self._refill:
            return [] if self._told_of_care else [*self._of_centre(), *self._in_care()]
        here = {CENTRE_AREA} if self.centre_only else {CENTRE_AREA, *self._store.areas}
        return [
            (head.area, head.replica, head.head_seq)
            for head in heads(self._store)
            if head.replica != self._store.replica and head.area in here and head.head_seq
        ]

    def _in_care(self) -> list[Feed]:
        return [(one.area, one.replica, one.head_seq) for one in in_care(self._store)]

    def _of_centre(self) -> list[Feed]:
        """For a hub, which may be longer away from the centre than this laptop: what the centre said."""
        own = self._store.replica
        known = heads(self._store, (CENTRE_AREA,)) if self.hub else []
        return [(head.area, head.replica, head.head_seq) for head in known if head.replica != own]

    def left_after(self, going: Sequence[Going]) -> int:
        """How many own operations the other side still lacks when these pieces are stored."""
        there = {head.area: self._reached(head) for head in self.own()}
        for one in going:
            complete = one.piece.offset + len(one.piece.data) == one.piece.total
            if complete and one.piece.data and one.segment.replica == self._store.replica:
                there[one.segment.area] = max(there[one.segment.area], one.segment.hi)
        return sum(max(0, head.head_seq - there[head.area]) for head in self.own())

    def cared(self) -> list[Feed]:
        """The feeds of others whose receipts this laptop wants to take along."""
        return [(one.area, one.replica, one.receipted) for one in in_care(self._store)]

    # --- what the other side says of it ---------------------------------------------------------------------

    def take(self, answer: Answer, request: Request, going: Sequence[Going]) -> int:
        """Keep book of an answer; gives how many bytes of own words arrived. Raises `CarrierProblem` when it
        does not answer the request, or says that this laptop is a copy.
        """
        self._held.update(answer.held)
        self._introducing = False
        if self.hub and request.heads:
            self._carried = (self._carried or set()) | set(answer.held)
        if len(answer.verdicts) != len(going):
            raise CarrierProblem(
                _("Jawaban dari pusat tidak lengkap. Catatan tetap aman di laptop ini. Coba lagi."),
                code="answer.verdicts",
            )
        if any(answer.held.get(head.area, 0) > head.head_seq for head in self.own()):
            raise forked()
        arrived = sum(
            self._take_verdict(verdict, one) for verdict, one in zip(answer.verdicts, going, strict=True)
        )
        if request.feeds:
            self._heard = True
            self._take_wants(answer)
        there = {(head.area, head.replica): head.head_seq for head in heads(self._store)}
        self._wanted = {feed: seq for feed, seq in self._wanted.items() if seq < there.get(feed, 0)}
        return arrived

    def _take_verdict(self, verdict: Verdict, one: Going) -> int:
        segment, piece = one.segment, one.piece
        if verdict.status == PARTIAL:
            self._offsets[piece.hash] = min(verdict.held, piece.total - 1)
        if segment.replica != self._store.replica:
            self._take_verdict_of_others(verdict, segment)
            return 0
        if verdict.status == FORK:
            raise forked()
        return len(piece.data) if verdict.status in (STORED, PARTIAL) else 0

    def _take_verdict_of_others(self, verdict: Verdict, segment: StoredSegment) -> None:
        feed = segment.area, segment.replica
        if verdict.status in (FORK, REFUSED):
            self._wanted.pop(feed, None)
            self._given_up.add(feed)
        elif feed in self._wanted and verdict.status == GAP:
            self._take_gap(feed, verdict.held)
        elif feed in self._wanted and verdict.status == STORED:
            self._wanted[feed] = max(self._wanted[feed], segment.hi)
            self.brought += 1

    def _take_gap(self, feed: tuple[int, bytes], held: int) -> None:
        """The other side lacks words before those that it was sent: it gets them, when they are here."""
        if held == self._wanted[feed]:
            del self._wanted[feed]
            self._given_up.add(feed)
        else:
            self._wanted[feed] = held

    def _take_wants(self, answer: Answer) -> None:
        """The other side says what it lacks; a centre that lives anew until it lacks nothing more."""
        wanted = {(area, replica): seq for area, replica, seq in answer.wants}
        self._wanted = {
            feed: seq
            for feed, seq in wanted.items()
            if feed not in self._given_up and seq >= covered(self._store, *feed)
        }
        self._told_of_care = not any(area == CENTRE_AREA for area, _replica in self._wanted)
        if self._refill and not self._wanted and not self.centre_only:
            self._refill = False
            self._store.set_meta(REFILL, b"0")

    def begin_anew(self) -> None:
        """The centre lives anew: nothing is known of what it holds, so ask first."""
        self._held, self._offsets, self._wanted = {}, {}, {}
        self._told_of_care = self._heard = False
        self._store.set_meta(REFILL, b"1")
        self._probe = self._refill = True
        self._again = {}

    def doubt(self) -> bool:
        """A receipt does not fit what is here: send own words that have none again, for the verdict on them
        tells whether this laptop is a copy. False when that was done before in this exchange.
        """
        if self._doubted:
            return False
        self._doubted, self._held = True, {}
        return True

    def going_out(self, request: Request) -> None:
        """Remember, before it goes, that a request brings something or asks for receipts."""
        if request.heads:
            self._store.set_meta(UNSETTLED, b"1")

    def settled(self) -> None:
        """After receipts were kept: when nothing waits for one any more, the next exchange needs not ask."""
        if not self.unconfirmed():
            self._store.set_meta(UNSETTLED, b"0")


def forked() -> CarrierProblem:
    """The other side has other words under the name of this laptop."""
    return CarrierProblem(
        _(
            "Data laptop ini pernah disalin atau dipulihkan, jadi pusat menahannya. "
            "Catatan tetap aman di laptop ini. Minta pengawas memeriksa."
        ),
        code=FORKED,
    )
