"""Messages that were cut on their way: what of them came is kept, so that it need not come again.

A request is signed as a whole, so nothing of half a one can be believed; but a laptop also signs, in the
head, which bytes of which segments follow (`promise`). With that, bytes of a request that broke off go to
where pieces wait. They count only when the segment is whole and its author's signature holds.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from trainer_app.records.problem import Problem
from trainer_app.storage.store import Store
from trainer_app.sync.answer import Authority, photo_intake
from trainer_app.sync.byte_reading import MessageFault
from trainer_app.sync.intake import Bearer, Intake
from trainer_app.sync.messages import (
    Answer,
    Request,
    is_promised,
    read_answer,
    read_request,
    split_request,
)
from trainer_app.sync.receipting import Receipts
from trainer_app.sync.succession import former_ids

_log = logging.getLogger(__name__)


def keep_cut(store: Store, authority: Authority, data: bytes) -> int:
    """On the answering side: keep the bytes of segments and photos in a request that broke off; gives how
    many they are of. What cannot be trusted is dropped without a word, for nobody hears it.
    """
    try:
        signed = split_request(data)
        bearer = Bearer.known(store, signed.replica)
        request = read_request(signed.body, cut=True)
    except MessageFault:
        return 0
    if bearer is None or not _believed(store, authority, request, bearer):
        return 0
    pieces = [piece for piece in request.pieces if piece.data]
    photos = [photo for photo in request.photos if photo.data]
    receipts = Receipts(store, authority.epoch, is_centre=authority.is_centre)
    intake = Intake(store, receipts, bearer, is_centre=authority.is_centre, relays=bool(request.care))
    try:
        intake.check(pieces)
        intake.take(pieces)
        photo_intake(store, authority, bearer).take(photos)
    except (Problem, MessageFault) as fault:
        _log.info("bytes of a request that broke off were not kept: %s", fault)
        return 0
    return len(pieces) + len(photos)


def _believed(store: Store, authority: Authority, request: Request, bearer: Bearer) -> bool:
    names = (store.replica, *former_ids(store))
    same = request.sample == authority.sample
    return same and any(is_promised(request, bearer.key, name, bearer.replica) for name in names)


def read_cut(data: bytes) -> Answer | None:
    """What can be used of an answer that broke off; None when not even its head came."""
    try:
        answer = read_answer(data, cut=True)
    except MessageFault:
        return None
    # what is not here is still to come, so no area is at its end
    return replace(answer, more=True, ends={})
