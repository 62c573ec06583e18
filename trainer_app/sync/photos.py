"""Photos behind everything else: their bytes go up in pieces once no record waits any more.

The side that answers says of each photo how much of it is there, so a drop costs the question again and
nothing else. It takes only what a record speaks of, of the size that is said there, and only a
plain picture (`records.checks.jpeg`). The centre signs for what it holds; a supervisor's laptop hands that
on. Whatever becomes of a photo, records are not touched by it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from trainer_app.records.checks.jpeg import JpegFault, jpeg_size
from trainer_app.records.clock import DAY_MS
from trainer_app.records.photo import MAX_BYTES, MAX_SIDE, photo_name
from trainer_app.storage import blobs
from trainer_app.storage.inbox import Inbox
from trainer_app.storage.sending_state import PENDING, RECEIVED
from trainer_app.storage.store import EPOCH, Store
from trainer_app.sync.byte_reading import MessageFault
from trainer_app.sync.keys import PHOTO, is_signed, sign
from trainer_app.sync.messages import HASH_BYTES, Piece
from trainer_app.sync.photo_words import HELD, LATER, NO, NOT_WANTED, PART, PhotoWord
from trainer_app.sync.progress import Progress

#: Asked about and sent together: a question about them has some 350 bytes.
GROUP = 8
#: A laptop brings at most so many a day, for others too when it is a supervisor's.
MOST_A_DAY = 1000

_log = logging.getLogger(__name__)


def seal_photo(private_key: bytes, epoch: bytes, name: bytes) -> bytes:
    """The centre's word that it holds these bytes in this life of it."""
    return sign(private_key, PHOTO + epoch + name)


def is_sealed(store: Store, name: bytes, seal: bytes, epoch: bytes) -> bool:
    """Whether the centre of this laptop said so."""
    return is_signed(store.meta("centre_key", b""), seal, PHOTO + epoch + name)


# --- going up -----------------------------------------------------------------------------------------------


class PhotoUpload:
    """One exchange's photos on their way up. Idle until `begin`."""

    def __init__(self, store: Store, *, hub: bool = False) -> None:
        self._store, self._hub = store, hub
        self._queue: list[blobs.Waiting] = []
        self._held: dict[str, int] = {}
        self._begun = False
        self.done = self.done_bytes = 0
        self._expect(blobs.waiting(store))
        #: The other side takes no more today.
        self.later = False

    def begin(self) -> None:
        """Records are done: now photos, those that the centre has not confirmed."""
        self._queue = blobs.waiting(self._store)
        self._begun = True
        self._expect(self._queue)

    def _expect(self, photos: Sequence[blobs.Waiting]) -> None:
        self.total, self.total_bytes = len(photos), sum(one.size for one in photos)

    @property
    def left(self) -> bool:
        """Whether anything has yet to be asked or sent."""
        return bool(self._queue)

    def tell(self, progress: Progress) -> None:
        """How far photos are."""
        progress.sent_photos, progress.total_photos = self.done, self.total
        progress.sent_photo_bytes, progress.total_photo_bytes = self.done_bytes, self.total_bytes

    def state(self) -> tuple[object, ...]:
        """What changes as long as it gets on."""
        return (self._begun, len(self._queue), dict(self._held))

    def ask_first(self) -> None:
        """The link broke: ask again how much of the first ones arrived."""
        self._held.clear()

    def next(self, budget: int) -> list[Piece]:
        """What goes with the next request: questions, or bytes of not more than `budget`."""
        group = self._queue[:GROUP]
        asked = [one for one in group if one.digest in self._held]
        if len(asked) < len(group):
            return [_piece(one, 0, b"") for one in group]
        pieces = []
        for one in group:
            body = blobs.body_of(self._store, one.digest) or b""
            offset = self._held[one.digest]
            data = body[offset : offset + budget]
            if not data:
                break
            budget -= len(data)
            pieces.append(_piece(one, offset, data))
        return pieces

    def take(self, words: Sequence[PhotoWord], going: Sequence[Piece]) -> None:
        """Keep book of an answer. A side that says nothing about photos does not know them yet."""
        if not going:
            return
        if len(words) != len(going):
            self._queue = []
            return
        for word, piece in zip(words, going, strict=True):
            self._take(word, piece)

    def _take(self, word: PhotoWord, piece: Piece) -> None:
        digest = piece.hash.hex()
        before = self._held.get(digest, 0)
        if word.status == PART:
            self._held[digest] = min(word.held, piece.total - 1)
            self.done_bytes += max(0, self._held[digest] - before)
            return
        self._queue = [one for one in self._queue if one.digest != digest]
        self._held.pop(digest, None)
        if word.status == HELD and self._is_there(word, piece.hash):
            self.done += 1
            self.done_bytes += piece.total - before
        elif word.status == NO and not self._hub:
            blobs.refused(self._store, digest)
        elif word.status == LATER:
            self._queue, self.later = [], True

    def _is_there(self, word: PhotoWord, name: bytes) -> bool:
        """Write down what a photo's being there means; False for a word of the centre that is not its own."""
        digest, epoch = name.hex(), self._store.meta(EPOCH, b"")
        known = is_sealed(self._store, name, word.seal, epoch)
        if known:
            blobs.at_centre(self._store, digest, epoch, word.seal)
        elif self._hub:
            blobs.at_hub(self._store, digest)
        return known or self._hub


def _piece(one: blobs.Waiting, offset: int, data: bytes) -> Piece:
    return Piece(bytes.fromhex(one.digest), one.size, offset, data)


# --- coming in ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhotoIntake:
    """What one laptop brings: `areas` are those of which it is taken (None: all), `sealing` the life of this
    centre, or empty on a supervisor's laptop, which hands on what the centre said.
    """

    store: Store
    bearer: bytes
    areas: Collection[int] | None
    sealing: bytes = b""

    def take(self, pieces: Sequence[Piece]) -> list[PhotoWord]:
        """A word for each piece. Raises `MessageFault` for what nobody would send."""
        for piece in pieces:
            if len(piece.hash) != HASH_BYTES or piece.offset + len(piece.data) > piece.total:
                raise MessageFault("photo")
        return [self._take(piece) for piece in pieces]

    def _take(self, piece: Piece) -> PhotoWord:
        digest = piece.hash.hex()
        if blobs.is_held(self.store, digest):
            return self._held(piece.hash)
        size = blobs.size_wanted(self.store, digest, self.areas)
        if size is None:
            return PhotoWord(NOT_WANTED)
        if piece.total > MAX_BYTES or piece.total != size:
            return PhotoWord(NO)
        if self._is_full():
            return PhotoWord(LATER)
        return self._put_together(piece)

    def _is_full(self) -> bool:
        since = self.store.clock.now_ms() - DAY_MS
        return blobs.brought_since(self.store, self._number(), since) >= MOST_A_DAY

    def _number(self) -> int:
        return self.store.db.transact(lambda c: self.store.replicas.introduce(c, self.bearer))

    def _put_together(self, piece: Piece) -> PhotoWord:
        inbox = Inbox(self.store)
        if not piece.data:
            return PhotoWord(PART, min(inbox.held(piece.hash), piece.total - 1))
        body = piece.data
        if not piece.whole:
            body = inbox.add(piece.hash, piece.total, piece.offset, piece.data)
            if len(body) < piece.total:
                return PhotoWord(PART, len(body))
            inbox.remove(piece.hash)
        if photo_name(body) != piece.hash:
            return PhotoWord(PART, 0)  # changed on its way: once more from the beginning
        if not _is_picture(body):
            _log.info("a photo that is no plain picture was not kept: %s", piece.hash.hex()[:12])
            return PhotoWord(NO)
        number, now = self._number(), self.store.clock.now_ms()
        self.store.db.transact(lambda c: blobs.hold(c, piece.hash.hex(), body, number, now))
        return self._held(piece.hash)

    def _held(self, name: bytes) -> PhotoWord:
        if self.sealing:
            return PhotoWord(HELD, 0, seal_photo(self.store.private_key, self.sealing, name))
        return PhotoWord(HELD, 0, blobs.seal_of(self.store, name.hex()))


def _is_picture(body: bytes) -> bool:
    try:
        return max(jpeg_size(body)) <= MAX_SIDE
    except JpegFault:
        return False


def has_news(store: Store, seals: Sequence[tuple[bytes, bytes]], *, hub: bool) -> bool:
    """Whether `take_seals` would learn anything."""
    epoch = store.meta(EPOCH, b"")
    where = blobs.states(store, [name.hex() for name, _seal in seals])
    for name, seal in seals:
        state = where.get(name.hex())
        if state == PENDING and hub:
            return True
        if state not in (None, RECEIVED) and is_sealed(store, name, seal, epoch):
            return True
    return False


def take_seals(store: Store, seals: Sequence[tuple[bytes, bytes]], *, hub: bool) -> int:
    """What came by a stick of photos that are held elsewhere; gives of how many it is news that the centre
    does. What it did not sign is the word of a supervisor's laptop at most.
    """
    epoch, new = store.meta(EPOCH, b""), 0
    waiting = {one.digest for one in blobs.waiting(store)}
    for name, seal in seals:
        digest = name.hex()
        if is_sealed(store, name, seal, epoch):
            blobs.at_centre(store, digest, epoch, seal)
            new += digest in waiting
        elif hub:
            blobs.at_hub(store, digest)
    return new
