"""The receiving side of an exchange, the same for centre and hub: who asks, what they bring, what they get.

Accept means durable and acknowledged: a verdict STORED and a receipt are given only after the commit. A
request that cannot be trusted or read is refused as a whole with a `Refusal`, before anything of it is
stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgpack

from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.storage.database import Connection
from trainer_app.storage.feeds import seal, segments_after
from trainer_app.storage.store import Store
from trainer_app.sync.intake import Intake, NotHere
from trainer_app.sync.keys import sign
from trainer_app.sync.messages import (
    Answer,
    Item,
    MessageFault,
    Request,
    SignedRequest,
    pack_answer,
    read_request,
    split_request,
)
from trainer_app.words import _

REVOKED_STATE = "dicabut"
#: An answer never has more bytes of segments than this, whatever the other side says it can take.
MAX_ANSWER_BYTES = 1024 * 1024
MIN_ANSWER_BYTES = 8 * 1024


class Refusal(Exception):
    """The request is refused as it stands. `status` is for HTTP, `code` for programs, `text` for people."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code)
        self.status, self.code, self.text = status, code, text


@dataclass(frozen=True, slots=True)
class Authority:
    """In whose name this side answers. Only the centre (`is_centre`) gives receipts."""

    epoch: bytes
    sample: bool = False
    is_centre: bool = True


def answer(store: Store, authority: Authority, data: bytes) -> bytes:
    """The answer to a request of a laptop. Raises `Refusal`; then nothing of the request was stored."""
    signed, device = _who(store, data)
    try:
        request = read_request(signed.body)
    except MessageFault as fault:
        raise Refusal(400, f"request.{fault}", _("Permintaan tidak bisa dibaca.")) from fault
    if request.sample != authority.sample:
        raise Refusal(403, "sample.mixed", _("Data contoh dan data sungguhan tidak boleh bercampur."))
    areas = assigned(device)
    _check_areas(request, areas)
    intake = Intake(store, authority.epoch, signed.replica, areas)
    try:
        intake.look_at(request.pieces)
    except NotHere as fault:
        raise Refusal(fault.status, fault.code, fault.text) from fault
    store.db.transact(lambda c: _note_contact(store, c, signed.replica, request))
    revoked = device.state == REVOKED_STATE
    try:
        verdicts = intake.take(request.pieces, revoked_after=device.revoked_after or 0 if revoked else None)
    except NotHere as fault:
        raise Refusal(fault.status, fault.code, fault.text) from fault
    receipts = intake.receipts(request.heads) if authority.is_centre else []
    items, more = ([], False) if revoked else _items(store, request, signed.replica)
    return pack_answer(
        Answer(
            authority.epoch,
            store.clock.now_ms(),
            more,
            revoked,
            intake.held(request.heads),
            verdicts,
            receipts,
            items,
        )
    )


def _who(store: Store, data: bytes) -> tuple[SignedRequest, Device]:
    """The laptop that signed the request."""
    try:
        signed = split_request(data)
    except MessageFault as fault:
        raise Refusal(400, "request.short", _("Permintaan tidak bisa dibaca.")) from fault
    device = store.get(Device, signed.replica)
    if device is None or not device.public_key:
        raise Refusal(401, "device.unknown", _("Laptop ini belum didaftarkan di pusat. Daftarkan lagi."))
    if not signed.is_by(bytes.fromhex(device.public_key), store.replica):
        raise Refusal(401, "request.signature", _("Tanda tangan laptop tidak cocok."))
    return signed, device


def assigned(device: Device) -> tuple[int, ...]:
    """The areas of a laptop, its home area first."""
    return tuple(int(area) for area in (device.areas or "").split(",") if area.strip())


def _check_areas(request: Request, areas: tuple[int, ...]) -> None:
    asked = {*request.cursors, *request.heads, *(area for area, _pos, _have in request.partial)}
    if asked - {CENTRE_AREA, *areas}:
        raise Refusal(403, "area.foreign", _("Laptop ini tidak bertugas di wilayah itu."))


def _note_contact(store: Store, c: Connection, replica: bytes, request: Request) -> None:
    """Remember the contact; a request that was seen before is refused, so that it cannot be played again."""
    num = store.replicas.introduce(c, replica)
    report = msgpack.packb([request.app, request.report.os_clock, request.report.pending])
    fresh = c.run(
        "UPDATE replica SET request_count = ?, seen_at = ?, report = ? WHERE num = ? AND request_count < ?",
        request.counter,
        store.clock.now_ms(),
        report,
        num,
        request.counter,
    )
    if not fresh:
        last = c.value("SELECT request_count FROM replica WHERE num = ?", num)
        raise Refusal(409, f"request.replayed:{last}", _("Permintaan ini sudah pernah diterima."))


def _items(store: Store, request: Request, replica: bytes) -> tuple[list[Item], bool]:
    """Segments after the cursors, the centre's own feed first, up to the budget; a large one in pieces."""
    seal(store, lambda unsigned: sign(store.private_key, unsigned))
    left = max(MIN_ANSWER_BYTES, min(request.budget, MAX_ANSWER_BYTES))
    have = {(area, pos): held for area, pos, held in request.partial}
    items: list[Item] = []
    for area, cursor in sorted(request.cursors.items()):
        for segment in segments_after(store, area, cursor, MAX_ANSWER_BYTES, but_not=replica):
            if left <= 0:
                return items, True
            offset = min(have.get((area, segment.pos), 0), len(segment.body))
            data = segment.body[offset : offset + left]
            receipt = _receipt_of(store, area, segment.replica, segment.lo) if segment.restamp else b""
            items.append(Item(area, segment.pos, len(segment.body), offset, data, receipt))
            left -= len(data)
            if offset + len(data) < len(segment.body):
                return items, True
    return items, False


def _receipt_of(store: Store, area: int, replica: bytes, seq: int) -> bytes:
    with store.db.reading() as c:
        body = c.value(
            "SELECT body FROM receipt WHERE area = ? AND replica = ? AND lo <= ? AND hi >= ?",
            area,
            store.replicas.number(replica),
            seq,
            seq,
        )
    return bytes(body or b"")
