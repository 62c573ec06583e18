"""Photos on a stick: a file of their own beside the bundle, written after it as far as there is room.

A program that does not know photos passes the file over. What becomes of it never keeps a record back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from trainer_app.records.problem import CarrierProblem
from trainer_app.storage import blobs
from trainer_app.storage.store import Store
from trainer_app.sync.bundle.format import MAX_PHOTOS, PHOTOS, Bundle, BundlePhoto, Manifest, pack_bundle
from trainer_app.sync.bundle.sealing import damaged, seal_bundle
from trainer_app.sync.bundle.stick import free_bytes, photos_beside, write_file
from trainer_app.sync.byte_reading import MessageFault
from trainer_app.sync.messages import Piece
from trainer_app.sync.photo_words import HELD
from trainer_app.sync.photos import PhotoIntake

#: Some 250 photos; what is larger would have to be held in memory several times.
ROOM_BYTES = 24 * 1024 * 1024
#: Left free for the reply that is to come home on the same stick.
SPARE_BYTES = 2 * 1024 * 1024
#: What a photo adds beside its bytes.
_EACH_BYTES = 64

_log = logging.getLogger(__name__)


def write_photos(store: Store, bundle: Bundle, path: Path, recipients: Sequence[str]) -> tuple[int, int]:
    """Copy waiting photos beside a bundle that was written to `path`; gives how many were, of how many. Those
    that do not fit are asked about only.
    """
    waiting = blobs.waiting(store)[:MAX_PHOTOS]
    if not waiting:
        return 0, 0
    try:
        photos = list(_chosen(store, waiting, min(ROOM_BYTES, free_bytes(path.parent) - SPARE_BYTES)))
        alone = replace(_without_records(bundle), photos=photos)
        signed = pack_bundle(alone, sender=store.replica, private_key=store.private_key)
        write_file(path.parent, photos_beside(path).name, seal_bundle(signed, recipients))
    except CarrierProblem as problem:
        _log.info("no photos on the stick: %s", problem.code)
        return 0, len(waiting)
    return sum(bool(photo.data) for photo in photos), len(waiting)


def _chosen(store: Store, waiting: Sequence[blobs.Waiting], room: int) -> list[BundlePhoto]:
    photos = []
    for one in waiting:
        fits = one.size + _EACH_BYTES <= room
        body = (blobs.body_of(store, one.digest) if fits else None) or b""
        room -= len(body) + _EACH_BYTES
        photos.append(BundlePhoto(bytes.fromhex(one.digest), one.size, body))
    return photos


def _without_records(bundle: Bundle) -> Bundle:
    """Who it is from and for; everything else is in the bundle beside it."""
    return replace(
        bundle,
        kind=PHOTOS,
        manifest=Manifest(),
        heads={},
        cursors={},
        vector=(),
        care=(),
        items=(),
        receipts=(),
    )


def take_photos(
    path: Path, intake: PhotoIntake, sender: bytes, read: Callable[[Path], Bundle]
) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Store the photos beside a bundle that was taken from `path`; `read` opens and verifies a file. Gives
    how many are new here, and of which it can be said that they are held here. Raises `CarrierProblem`.
    """
    beside = photos_beside(path)
    if not beside.is_file():
        return 0, []
    bundle = read(beside)
    if bundle.kind != PHOTOS or bundle.sender != sender:
        raise damaged()
    new, seals = 0, []
    for photo in bundle.photos[:MAX_PHOTOS]:
        before = blobs.is_held(intake.store, photo.name.hex())
        try:
            word = intake.take([Piece(photo.name, photo.total, 0, photo.data)])[0]
        except MessageFault as fault:
            raise damaged() from fault
        if word.status == HELD:
            seals.append((photo.name, word.seal))
            new += not before
    return new, seals
