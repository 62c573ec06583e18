"""A laptop's bundle: own segments that no receipt covers, and what it holds, for whoever answers it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from trainer_app import __version__
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.applying import SNAPSHOTS
from trainer_app.storage.branching import go_on_alone, is_restored
from trainer_app.storage.care import in_care
from trainer_app.storage.feeds import FeedHead, StoredSegment, decoded, feed_segments, heads, seal
from trainer_app.storage.peers import cursors, next_request
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.stick_note import note_copy
from trainer_app.storage.store import EPOCH, SENDING, Store
from trainer_app.sync.bundle.format import (
    MAX_BUNDLE_BYTES,
    MAX_FEEDS,
    MAX_HEAD_BYTES,
    MAX_ITEMS,
    UP,
    Bundle,
    BundleItem,
    Manifest,
    pack_bundle,
)
from trainer_app.sync.bundle.photo_file import write_photos
from trainer_app.sync.bundle.sealing import seal_bundle
from trainer_app.sync.bundle.stick import Say, Tidied, bundle_name, write_file
from trainer_app.sync.carriers.route import not_joined
from trainer_app.sync.claims import claims_to_send
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import Feed
from trainer_app.sync.recipients import centre_recipient, hub_recipients, hubs_may_read, own_recipient
from trainer_app.sync.relaying import receipt_beside
from trainer_app.sync.upload import UNSETTLED
from trainer_app.words import _

#: Room for the head beside the segments.
ROOM_BYTES = MAX_BUNDLE_BYTES - MAX_HEAD_BYTES
#: A feed up to this size goes as a whole; a season of a laptop has some 100 kB.
WHOLE_FEED_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that lies on the stick, whole and verified."""

    path: Path
    manifest: Manifest
    size_bytes: int
    #: More waits than fitted into one bundle.
    more: bool
    tidied: Tidied = field(default_factory=Tidied)
    #: Photos that were copied beside it, of so many that wait.
    photos: int = 0
    waiting_photos: int = 0


def export_bundle(
    store: Store, folder: Path, *, hubs: bool = True, photos: bool = True, say: Say | None = None
) -> Exported:
    """Write this laptop's bundle of the day to a stick, sealed to the centre and, with `hubs` and unless the
    centre's rule forbids it, to supervisors' laptops of its areas; then, with `photos`, as many photos as
    there is room for. Nothing changes its state by it. Raises `CarrierProblem`.
    """
    recipients = _recipients(store, hubs=hubs and hubs_may_read(store))
    seal(store, lambda data: sign(store.private_key, data))
    load = _Load(store)
    load.take_own()
    load.take_care()
    bundle = _bundle(store, load)
    signed = pack_bundle(bundle, sender=store.replica, private_key=store.private_key)
    data = seal_bundle(signed, recipients)
    store.set_meta(UNSETTLED, b"1")  # the centre may soon hold what it never told this laptop: ask first then
    name = bundle_name(UP, store.replica, store.name, day_of(bundle.made_at))
    path = write_file(folder, name, data, say)
    note_copy(store, bundle.made_at, load.own_heads)
    store.announce({SENDING})
    copied, waiting = write_photos(store, bundle, path, recipients) if photos else (0, 0)
    return Exported(path, bundle.manifest, len(data), load.more, photos=copied, waiting_photos=waiting)


def day_of(ms: int) -> date:
    """The day of a moment by this machine's calendar."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone().date()


def require_joined(store: Store) -> None:
    """Raises `CarrierProblem` unless this laptop has joined a centre. One that was restored goes on under
    another name from now on.
    """
    if not store.meta("centre_replica", b""):
        raise not_joined()
    if is_restored(store):
        go_on_alone(store)


def _recipients(store: Store, *, hubs: bool) -> list[str]:
    require_joined(store)
    centre = centre_recipient(store)
    if not centre:
        raise CarrierProblem(
            _(
                "Kunci pusat untuk flashdisk belum ada di laptop ini. "
                "Kirim sekali lewat internet atau Wi-Fi pengawas, lalu coba lagi."
            ),
            code="bundle.no_recipient",
        )
    # this laptop too, so that it can show what is on a stick
    return [centre, *(hub_recipients(store) if hubs else []), own_recipient(store)]


class _Load:
    """What goes into a bundle, as far as there is room: feeds in order, each an unbroken run."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._left = ROOM_BYTES
        self.items: list[BundleItem] = []
        self.kinds: Counter[int] = Counter()
        self.operations = 0
        self.own_heads: dict[int, int] = {}
        self.care: list[Feed] = []
        self.more = False

    def take_own(self) -> None:
        """Own feeds of which no receipt of the centre covers the end."""
        for head in own_feeds(self._store):
            self.own_heads[head.area] = head.centre_seq
            for segment in self._feed(head.area, head.replica, head.head_seq, head.centre_seq):
                if not self._fits(segment, head.centre_seq):
                    break
                self.own_heads[head.area] = segment.hi
                if segment.hi > head.centre_seq:
                    for group in decoded(segment).groups:
                        self.kinds[group.kind] += len(group.rows)

    def take_care(self) -> None:
        """Words of others that came through this laptop and wait for the centre's receipt."""
        for cared in in_care(self._store):
            self.care.append((cared.area, cared.replica, cared.receipted))
            for segment in self._feed(cared.area, cared.replica, cared.head_seq, cared.receipted):
                if not self._fits(segment, cared.receipted):
                    break

    def _feed(self, area: int, replica: bytes, head_seq: int, receipted: int) -> list[StoredSegment]:
        """What goes of a feed: all of it as long as it is small, for nobody stores a feed with a gap, and a
        supervisor's laptop or a restored centre may not have what another had; else what waits.
        """
        if head_seq <= receipted:
            return []
        run = list(feed_segments(self._store, area, replica))
        whole = sum(len(segment.body) for segment in run) <= WHOLE_FEED_BYTES
        # the centre has what a snapshot stands for, and nobody else can hand it on
        return [one for one in run if one.state not in SNAPSHOTS and (whole or one.hi > receipted)]

    def _fits(self, segment: StoredSegment, receipted: int) -> bool:
        receipt = receipt_beside(self._store, segment)
        size = len(segment.body) + len(receipt)
        if size > self._left or len(self.items) >= MAX_ITEMS:
            self.more = True
            return False
        self._left -= size
        self.operations += max(0, segment.hi - max(segment.lo - 1, receipted))
        self.items.append(BundleItem(segment.area, 0, segment.body, receipt))
        return True


def own_feeds(store: Store) -> Iterator[FeedHead]:
    """All feeds that this laptop wrote, also in areas that were taken from it."""
    return (head for head in heads(store) if head.replica == store.replica)


def _bundle(store: Store, load: _Load) -> Bundle:
    epoch: bytes = store.meta(EPOCH, b"")
    centre: bytes = store.meta("centre_replica", b"")
    state = send_state(store)
    manifest = Manifest(
        state.pending + state.at_supervisor,
        load.operations,
        len(load.items),
        0,
        state.oldest_pending_ms or 0,
        dict(load.kinds),
    )
    return Bundle(
        kind=UP,
        app=__version__,
        number=next_request(store),
        made_at=store.clock.now_ms(),
        sample=store.meta("sample", b"0") == b"1",
        epoch=epoch,
        to=[centre],
        name=store.name,
        recipient=own_recipient(store),
        manifest=manifest,
        heads={head.area: head.centre_seq for head in own_feeds(store)},
        cursors=cursors(store, centre, epoch),
        vector=[(head.area, head.replica, head.head_seq) for head in heads(store) if head.head_seq][
            :MAX_FEEDS
        ],
        care=load.care,
        items=load.items,
        more=load.more,
        claims=claims_to_send(store),
    )
