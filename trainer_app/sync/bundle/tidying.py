"""What this laptop wrote to a stick, and what was written to it for this laptop, goes when it was of use.

A stick that goes to and fro for months would fill up with packages. Whoever plugs it in removes only its own:
a package of which every segment lies here too and is covered by receipts of the centre, with its photos when
none of them waits any more, and a reply that was taken or is of a life of the centre that is over. What no
receipt covers stays, and so does everything of others, for their copies are no matter of this laptop's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trainer_app.records.problem import CarrierProblem
from trainer_app.records.segment import body_hash, peek
from trainer_app.storage.blobs import waiting
from trainer_app.storage.branching import is_restored
from trainer_app.storage.feeds import heads
from trainer_app.storage.peers import cursors
from trainer_app.storage.receipts import is_kept
from trainer_app.storage.store import Store
from trainer_app.storage.sync_queries import segment_end
from trainer_app.sync.bundle.format import UP, Bundle
from trainer_app.sync.bundle.homecoming import opened_reply, replies
from trainer_app.sync.bundle.packing import own_feeds
from trainer_app.sync.bundle.stick import Tidied, bundle_pattern, bundles_in, photos_beside, remove_leftovers
from trainer_app.sync.bundle.taking import unsealed, verified
from trainer_app.sync.keys import public_key_of
from trainer_app.sync.photos import has_news
from trainer_app.sync.receipt import ReceiptFault, open_receipt

#: The reply is of a life of the centre that is over: it is never taken any more.
_OLD = "bundle.old"


def tidy(store: Store, folder: Path) -> Tidied:
    """Remove this laptop's own files that have done their work. Raises nothing: a stick that may not be
    written, or is pulled out, keeps what is left on it.
    """
    if is_restored(store):  # it may be another branch's name that the files have
        return Tidied()
    removed, freed = [], 0
    try:
        remove_leftovers(folder, bundle_pattern(store.replica))
        for path in _with_photos(_done(store, folder)):
            size = path.stat().st_size
            path.unlink()
            removed.append(path)
            freed += size
    except (OSError, CarrierProblem):
        pass  # what was not removed now is removed another time
    return Tidied(tuple(removed), freed)


def _with_photos(done: Iterator[Path]) -> Iterator[Path]:
    """Photos go with the package that they lie beside."""
    for path in done:
        beside = photos_beside(path)
        if beside != path and beside.is_file():
            yield beside
        yield path


def _done(store: Store, folder: Path) -> Iterator[Path]:
    """The files that have done their work. A reply tells of its package, so all replies are looked at before
    one is removed.
    """
    taken = {path: _taken_number(store, path) for path in replies(store, folder)}
    answered = max((number for number in taken.values() if number is not None), default=-1)
    yield from [path for path, number in taken.items() if number is not None]
    yield from [path for path in bundles_in(folder, UP, store.replica) if _is_received(store, path, answered)]


def _taken_number(store: Store, path: Path) -> int | None:
    """The number of the package that a reply answers, if there is nothing more to be taken from the reply."""
    try:
        reply, peer = opened_reply(store, path)
    except CarrierProblem as problem:
        return -1 if problem.code == _OLD else None
    read = cursors(store, peer, reply.epoch)
    new = reply.fork or any(read.get(area, 0) < end for area, end in reply.ends.items())
    new = new or has_news(store, reply.seals, hub=reply.hub)
    if new or not all(_is_known(store, data) for data in reply.receipts):
        return None
    if reply.hub and not _promise_is_known(store, reply):
        return None
    return reply.number


def _is_known(store: Store, data: bytes) -> bool:
    try:
        receipt = open_receipt(data, None)
    except ReceiptFault:
        return False
    return is_kept(store, receipt.area, receipt.replica, receipt.lo, receipt.hi)


def _promise_is_known(store: Store, reply: Bundle) -> bool:
    """A supervisor's laptop said how much of each feed it holds."""
    known = {head.area: max(head.hub_seq, head.centre_seq) for head in own_feeds(store)}
    return all(known.get(area, 0) >= seq for area, seq in reply.held.items())


def _is_received(store: Store, path: Path, answered: int) -> bool:
    """Whether the centre has everything that a package brings. One without segments asks for news: it goes
    when its reply was taken.
    """
    try:
        signed = unsealed(store, path)
        if signed.sender != store.replica:
            return False
        bundle = verified(signed, public_key_of(store.private_key))
    except CarrierProblem:
        return False  # damaged, or not for this laptop to judge
    if bundle.kind != UP or (photos_beside(path).is_file() and waiting(store)):
        return False
    received = {(head.area, head.replica): head.centre_seq for head in heads(store)}
    for item in bundle.items:
        header = peek(item.data)
        if received.get((header.area, header.replica), 0) < header.hi:
            return False
        if segment_end(store, body_hash(item.data)) is None:
            return False  # other words under this name: another branch of a copied laptop wrote them
    return bool(bundle.items) or bundle.number <= answered
