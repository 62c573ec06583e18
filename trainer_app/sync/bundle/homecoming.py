"""A laptop takes the reply that came back on the stick: receipts turn its records green, news is merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.branching import go_on_alone
from trainer_app.storage.peers import REFILL, begin_life, cursors, past_lives, set_cursor
from trainer_app.storage.store import EPOCH, SENDING, Store
from trainer_app.sync.arrival import Arrival, NotTrusted, not_genuine
from trainer_app.sync.bundle.format import REPLY, Bundle
from trainer_app.sync.bundle.packing import own_feeds, require_joined
from trainer_app.sync.bundle.sealing import damaged
from trainer_app.sync.bundle.stick import Say, bundles_in
from trainer_app.sync.bundle.taking import Package, unsealed, verified
from trainer_app.sync.claims import learn
from trainer_app.sync.intake import Bearer
from trainer_app.sync.messages import Item
from trainer_app.sync.photos import take_seals
from trainer_app.sync.receipt import ReceiptFault
from trainer_app.sync.relaying import take_receipt
from trainer_app.sync.upload import FORKED
from trainer_app.words import _

#: So many segments are taken between two words about how far it is.
_STEP = 50


@dataclass(slots=True)
class CameHome:
    """What a reply brought. `receipts` are the codes of new receipts for own words, `operations` how many of
    these they cover, `relayed` how many receipts for others, `received` operations of others, `photos` how
    many photos the centre now says it holds.
    """

    path: Path
    sender: str
    hub: bool = False
    revoked: bool = False
    receipts: list[str] = field(default_factory=list)
    operations: int = 0
    rejected: int = 0
    relayed: int = 0
    received: int = 0
    photos: int = 0

    @property
    def nothing_new(self) -> bool:
        """It was taken before, or its news came another way."""
        return not (self.receipts or self.relayed or self.received or self.photos)


def replies(store: Store, folder: Path) -> list[Path]:
    """Replies for this laptop in a folder, oldest first. Raises `CarrierProblem` when the folder is gone."""
    return bundles_in(folder, REPLY, store.replica)


def look_at_reply(store: Store, path: Path) -> Package:
    """A reply as people see it before they take it; with a problem when it cannot be taken."""
    try:
        reply, _peer = opened_reply(store, path)
    except CarrierProblem as problem:
        return Package(path, problem=problem, is_reply=True)
    return Package(path, reply.sender, reply.name, reply.made_at, reply.manifest, is_reply=True)


def take_reply(store: Store, path: Path, say: Say | None = None) -> CameHome:
    """Take a reply. Raises `CarrierProblem`: it is for another laptop, of another centre, older than what
    this laptop knows of it, or not as it was written; then nothing of it was taken.
    """
    require_joined(store)
    reply, peer = opened_reply(store, path)
    _go_on_if_forked(store, reply)
    coming = _Coming(store, reply, peer, CameHome(path, reply.name, reply.hub, reply.revoked))
    coming.run(say or (lambda _share: None))
    return coming.result


def _go_on_if_forked(store: Store, reply: Bundle) -> None:
    """When other words are known under the name of this laptop, it goes on under another. Raises
    `CarrierProblem`: what waits has to go onto the stick once more then.
    """
    if reply.fork or any(reply.held.get(head.area, 0) > head.head_seq for head in own_feeds(store)):
        go_on_alone(store)
        raise CarrierProblem(
            _(
                "Data laptop ini pernah disalin atau dipulihkan, jadi ia melanjutkan dengan nama baru. "
                "Catatan tetap aman di sini. Simpan sekali lagi ke flashdisk."
            ),
            code=FORKED,
        )


def opened_reply(store: Store, path: Path) -> tuple[Bundle, bytes]:
    """A reply to this laptop, read and verified, and the name under which its sender's positions are kept.
    Raises `CarrierProblem`.
    """
    signed = unsealed(store, path)
    bearer = Bearer.known(store, signed.sender)
    if bearer is not None and bearer.revoked:
        raise CarrierProblem(
            _("Balasan ini dari laptop yang sudah dicabut, jadi tidak diambil."), code="bundle.revoked"
        )
    reply = verified(signed, bearer.key if bearer else store.meta("centre_key", b""))
    if reply.kind != REPLY or reply.hub != (bearer is not None):
        raise damaged()
    if store.replica not in reply.to:
        raise CarrierProblem(
            _("Balasan ini untuk laptop lain, jadi tidak diambil."), code="bundle.other_laptop"
        )
    if reply.sample != (store.meta("sample", b"0") == b"1"):
        raise CarrierProblem(_("Data contoh dan data sungguhan tidak boleh bercampur."), code="sample.mixed")
    if not reply.hub and reply.epoch in past_lives(store):
        raise CarrierProblem(
            _("Balasan ini lebih tua dari kabar terakhir dari pusat, jadi tidak diambil."), code="bundle.old"
        )
    return reply, reply.sender if reply.hub else store.meta("centre_replica", b"")


class _Coming:
    def __init__(self, store: Store, reply: Bundle, peer: bytes, result: CameHome) -> None:
        self._store, self._reply, self._peer, self.result = store, reply, peer, result
        self._arrival = Arrival(store, peer, store.meta("centre_key", b""))

    def run(self, say: Say) -> None:
        """Each receipt and each segment in a transaction of its own."""
        reply = self._reply
        if not reply.hub:
            self._follow_life()
        for data in reply.receipts:
            self._receipt(data)
        if reply.hub:
            self._arrival.held_by_hub(reply.held)
        self.result.photos = take_seals(self._store, reply.seals, hub=reply.hub)
        self._items(say)
        learn(self._store)
        self._arrival.obey()
        self._store.announce({SENDING})

    def _follow_life(self) -> None:
        """The centre was restored since this laptop last heard of it."""
        reply, store = self._reply, self._store
        if reply.epoch != store.meta(EPOCH, b""):
            own = {head.area: 0 for head in own_feeds(store)}
            begin_life(store, reply.epoch, {**own, **reply.held})

    def _receipt(self, data: bytes) -> None:
        try:
            kept = take_receipt(self._store, data)
        except ReceiptFault as fault:
            raise not_genuine() from fault
        if not kept.is_own:
            self.result.relayed += kept.is_new
        elif kept.is_new:
            self.result.receipts.append(kept.code)
            self.result.operations += kept.receipt.operations
            self.result.rejected += len(kept.receipt.quarantined)

    def _items(self, say: Say) -> None:
        reply, store = self._reply, self._store
        read = cursors(store, self._peer, reply.epoch)
        # what lies between a later start and where this laptop stands is not in this reply
        areas = {area for area, start in reply.starts.items() if start <= read.get(area, 0)}
        items = [
            Item(item.area, item.pos, len(item.data), 0, item.data, item.receipt)
            for item in reply.items
            if item.area in areas and item.pos > read.get(item.area, 0)
        ]
        if reply.hub and items:
            store.set_meta(REFILL, b"1")  # as after an exchange with a hub: the centre may lack some of it
        for at in range(0, len(items), _STEP):
            try:
                self.result.received += self._arrival.take(items[at : at + _STEP], reply.epoch)
            except NotTrusted as fault:
                raise not_genuine() from fault
            say(min(1.0, (at + _STEP) / len(items)))
        self._reach_ends(areas, items)

    def _reach_ends(self, areas: set[int], items: list[Item]) -> None:
        reply = self._reply
        read = cursors(self._store, self._peer, reply.epoch)
        for area in areas:
            newest = max((item.pos for item in items if item.area == area), default=0)
            if newest <= read.get(area, 0) < reply.ends.get(area, 0):
                set_cursor(self._store, self._peer, reply.epoch, area, reply.ends[area])
