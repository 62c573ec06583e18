"""What the centre and a supervisor's laptop do with bundles: look at them, store one, answer it.

Each segment is stored and merged in one transaction of its own, by `sync.intake`, as if it had come over a
network: a bundle may be taken twice, or taken up again after a power cut, and nothing comes double.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainer_app.records.kinds import Device
from trainer_app.records.problem import CarrierProblem
from trainer_app.records.segment import SegmentFault, body_hash, peek
from trainer_app.storage.care import take_into_care
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import note_contact, segment_end
from trainer_app.sync.answer import Authority, photo_intake
from trainer_app.sync.bundle.format import (
    UP,
    Bundle,
    BundleFault,
    BundleItem,
    Manifest,
    SignedBundle,
    read_bundle,
    split_bundle,
)
from trainer_app.sync.bundle.photo_file import take_photos
from trainer_app.sync.bundle.replying import write_reply
from trainer_app.sync.bundle.sealing import damaged, open_bundle
from trainer_app.sync.bundle.stick import Say, bundles_in, read_file
from trainer_app.sync.claims import hear
from trainer_app.sync.intake import Bearer, Intake, NotHere
from trainer_app.sync.messages import FORK, REFUSED, STORED, Piece
from trainer_app.sync.receipting import Receipts
from trainer_app.sync.recipients import learn_recipient, own_identity
from trainer_app.sync.succession import former_ids
from trainer_app.words import _

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Package:
    """A bundle on a stick as people see it before it is taken. With a `problem` it cannot be taken, and says
    why.
    """

    path: Path
    sender: bytes = b""
    name: str = ""
    made_at: int = 0
    manifest: Manifest = field(default_factory=Manifest)
    problem: CarrierProblem | None = None
    is_reply: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a bundle. `operations` were new here; `refused` are sentences about what may not come in;
    `reply` lies on the stick, or `reply_problem` says why not.
    """

    path: Path
    name: str
    made_at: int
    manifest: Manifest
    operations: int
    refused: tuple[str, ...]
    revoked: bool
    reply: Path | None
    reply_problem: CarrierProblem | None
    photos: int = 0

    @property
    def nothing_new(self) -> bool:
        """All of it was here before: taken twice, or it came another way."""
        return not (self.operations or self.refused or self.photos)


def packages(store: Store, authority: Authority, folder: Path) -> Iterator[Package]:
    """The laptops' bundles in a folder, oldest first. Raises `CarrierProblem` when the folder is gone."""
    for path in bundles_in(folder, UP):
        try:
            bundle, _bearer = _opened(store, authority, path)
        except CarrierProblem as problem:
            yield Package(path, problem=problem)
        else:
            yield Package(path, bundle.sender, bundle.name, bundle.made_at, bundle.manifest)


def take_bundle(store: Store, authority: Authority, path: Path, say: Say | None = None) -> Taken:
    """Store what a laptop's bundle brings, and write the reply beside it.

    Raises `CarrierProblem` when the bundle as a whole cannot be taken; then nothing of it was.
    """
    bundle, bearer = _opened(store, authority, path)
    _hear_claims(store, authority, bundle)
    taking = _Taking(store, authority, bundle, bearer)
    taking.run(say or (lambda _share: None))
    _note(store, authority, bundle)
    if not authority.is_centre:
        _take_care(store, bundle)
    photos, seals = _take_photos(store, authority, path, bearer)
    reply, reply_problem = None, None
    try:
        reply = write_reply(store, authority, bundle, bearer, path.parent, fork=taking.fork, seals=seals)
    except CarrierProblem as problem:
        reply_problem = problem
    return Taken(
        path,
        bundle.name,
        bundle.made_at,
        bundle.manifest,
        taking.operations,
        tuple(dict.fromkeys(taking.refused)),
        bearer.revoked,
        reply,
        reply_problem,
        photos,
    )


def _take_photos(
    store: Store, authority: Authority, path: Path, bearer: Bearer
) -> tuple[int, list[tuple[bytes, bytes]]]:
    """The photos beside a bundle. When they cannot be taken records stand all the same."""
    intake = photo_intake(store, authority, bearer)
    try:
        return take_photos(path, intake, bearer.replica, lambda it: verified(unsealed(store, it), bearer.key))
    except CarrierProblem as problem:
        _log.info("photos on a stick were not taken: %s", problem.code)
        return 0, []


class _Taking:
    def __init__(self, store: Store, authority: Authority, bundle: Bundle, bearer: Bearer) -> None:
        self._store, self._bundle = store, bundle
        receipts = Receipts(store, authority.epoch, is_centre=authority.is_centre)
        self._intake = Intake(store, receipts, bearer, is_centre=authority.is_centre)
        self.operations = 0
        self.refused: list[str] = []
        self.fork = False

    def run(self, say: Say) -> None:
        """Segment after segment; one that may not come in stops its feed, not the others."""
        stopped: set[tuple[int, bytes]] = set()
        for i, item in enumerate(self._bundle.items, 1):
            feed = _feed(item)
            if feed not in stopped and not self._take(item):
                stopped.add(feed)
            say(i / len(self._bundle.items))

    def _take(self, item: BundleItem) -> bool:
        piece = Piece(body_hash(item.data), len(item.data), 0, item.data, item.receipt)
        here = segment_end(self._store, piece.hash) is not None
        try:
            self._intake.check([piece])
            verdict = self._intake.take([piece])[0]
        except NotHere as fault:
            self.refused.append(fault.text)
            return False
        if verdict.status == STORED and not here:
            header = peek(item.data)
            self.operations += header.hi - header.lo + 1
        elif verdict.status == FORK:
            self.fork = True
            self.refused.append(
                _("Data laptop ini pernah disalin atau dipulihkan. Minta pengawas memeriksa.")
            )
        elif verdict.status == REFUSED:
            self.refused.append(_("Ada kiriman dari laptop yang belum dikenal di sini, jadi ditahan."))
        elif verdict.status != STORED:
            self.refused.append(_("Ada bagian sebelumnya yang belum sampai. Minta pengirim menyimpan lagi."))
        return verdict.status == STORED


def _feed(item: BundleItem) -> tuple[int, bytes]:
    try:
        header = peek(item.data)
    except SegmentFault:
        return item.area, b""
    return header.area, header.replica


def _opened(store: Store, authority: Authority, path: Path) -> tuple[Bundle, Bearer]:
    """A bundle whose sender is known here, read and verified. Raises `CarrierProblem`."""
    signed = unsealed(store, path)
    bearer = Bearer.known(store, signed.sender, lambda: _claims(signed))
    if bearer is None:
        raise _unknown()
    bundle = verified(signed, bearer.key)
    if bundle.kind != UP:
        raise damaged()
    if bundle.sample != authority.sample:
        raise CarrierProblem(_("Data contoh dan data sungguhan tidak boleh bercampur."), code="sample.mixed")
    ours = {store.replica, *former_ids(store), store.meta("centre_replica", b"")}
    if not ours & set(bundle.to):
        raise CarrierProblem(_("Paket ini untuk pusat lain, jadi tidak diambil."), code="bundle.centre")
    return bundle, bearer


def _unknown() -> CarrierProblem:
    return CarrierProblem(
        _("Paket ini dari laptop yang belum dikenal di sini, jadi tidak diambil."), code="bundle.unknown"
    )


def _claims(signed: SignedBundle) -> Sequence[bytes]:
    """The claims in a bundle that nobody has verified; none when it cannot be read."""
    try:
        return read_bundle(signed).claims
    except BundleFault:
        return ()


def _hear_claims(store: Store, authority: Authority, bundle: Bundle) -> None:
    """Raises `CarrierProblem` when the centre does not take the claim of this very laptop."""
    hear(store, bundle.claims, is_centre=authority.is_centre)
    if authority.is_centre and store.get(Device, bundle.sender) is None:
        raise _unknown()


def unsealed(store: Store, path: Path) -> SignedBundle:
    """What is in a sealed file, not trusted yet. Raises `CarrierProblem`."""
    data = open_bundle(read_file(path), own_identity(store))
    try:
        return split_bundle(data)
    except BundleFault as fault:
        if str(fault) == "version":
            raise CarrierProblem(
                _("Paket ini dibuat aplikasi yang lebih baru. Perbarui aplikasi di sini, lalu coba lagi."),
                code="bundle.version",
            ) from fault
        raise damaged() from fault


def verified(signed: SignedBundle, key: bytes) -> Bundle:
    """The content, if the owner of `key` made it. Raises `CarrierProblem`."""
    if not signed.is_by(key):
        raise CarrierProblem(
            _("Tanda tangan paket tidak cocok dengan pengirimnya, jadi tidak ada yang diambil."),
            code="bundle.signature",
        )
    try:
        return read_bundle(signed)
    except BundleFault as fault:
        raise damaged() from fault


def _note(store: Store, authority: Authority, bundle: Bundle) -> None:
    """Remember the contact, unless a later one is known. How its clock goes cannot be told from a stick."""
    report: dict[str, object] = {"app": bundle.app, "pending": bundle.manifest.records}
    store.db.transact(lambda c: note_contact(store, c, bundle.sender, bundle.number, report))
    if authority.owner_of:
        learn_recipient(store, bundle.sender, bundle.recipient, authority.owner_of(bundle.sender))


def _take_care(store: Store, bundle: Bundle) -> None:
    """A supervisor's laptop promises to bring on what it was given."""
    own = [(area, bundle.sender, seq) for area, seq in bundle.heads.items()]
    for area, replica, seq in [*own, *bundle.care]:
        if area in store.areas:
            take_into_care(store, area, replica, seq)
