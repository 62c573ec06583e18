"""A laptop joins: a one-time code against a place in the fleet. The code decides areas and person, the laptop
brings its key.
"""

from __future__ import annotations

import logging
from functools import partial

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from trainer_app.actions.staff import sending_rule
from trainer_app.records.fields import Value
from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.staff import ADMIN, SUPERVISOR
from trainer_app.server import metrics
from trainer_app.server.centre import Centre
from trainer_app.server.faults import Refused, documented, sentence
from trainer_app.server.state import address_of, state_of
from trainer_app.storage import enrolment_codes, throttle
from trainer_app.storage.database import Connection
from trainer_app.storage.enrolment_codes import EXPIRED, USED, WRONG, CodeProblem, EnrolmentCode
from trainer_app.sync.recipients import is_recipient, own_recipient
from trainer_app.sync.succession import first_id

_log = logging.getLogger(__name__)
_STATUS = {WRONG: 404, EXPIRED: 410, USED: 410}


class EnrolmentRequest(BaseModel):
    """What a laptop says."""

    code: str = Field(
        min_length=1, max_length=40, description="As typed; blanks, dashes, small letters are forgiven"
    )
    name: str = Field(min_length=1, max_length=60, description="The laptop's name")
    public_key: str = Field(pattern="^[0-9a-f]{64}$", description="Ed25519, hexadecimal")
    app: str = Field(default="", max_length=40, description="Version of the program")
    recipient: str = Field(default="", max_length=80, description="age recipient (X25519) of the laptop")


class EnrolmentAnswer(BaseModel):
    """What the laptop becomes. Ids and keys are hexadecimal."""

    replica: str = Field(description="The laptop's replica id, 16 bytes")
    areas: list[int] = Field(description="Regency numbers; the first is its home area")
    epoch: str = Field(description="This life of the centre's database, 16 bytes")
    centre_key: str = Field(description="Ed25519 key that signs receipts and the centre's feed")
    centre_replica: str = Field(description="The centre's replica id")
    centre_name: str
    send_by: str = Field(description="Who starts a sending: pengawas, pelatih or otomatis")
    for_staff: str | None = Field(
        description="Staff id whose laptop this is, if the code was made for one person"
    )
    sample: bool = Field(
        description="A centre of sample data; real laptops stay away from it, and the other way round"
    )
    server_time: int = Field(description="Milliseconds since 1970 UTC")
    centre_recipient: str = Field(
        description="age recipient (X25519) of the centre: packages on a stick and the laptop's own key are "
        "sealed to it"
    )


def router() -> APIRouter:
    """POST /enrol/v1."""
    routes = APIRouter(tags=["laptops"])

    @routes.post(
        "/enrol/v1",
        summary="Enrol a laptop with a one-time code",
        response_model=EnrolmentAnswer,
        responses=documented(404, 408, 410, 413, 422, 429, 503),
    )
    def enrol(request: Request, wanted: EnrolmentRequest) -> EnrolmentAnswer:
        state = state_of(request)
        return state.slow.run(partial(enrol_laptop, state.centre, wanted, address_of(request)))

    return routes


def enrol_laptop(centre: Centre, wanted: EnrolmentRequest, address: str) -> EnrolmentAnswer:
    """Redeem the code and write the laptop into the centre's feed. Raises `Refused`."""
    subject = f"enrol:{address}"
    now = centre.now_ms()
    if "\0" in wanted.name or not wanted.name.strip():
        raise Refused(422, *sentence(422))
    _count_the_try(centre, subject, now)
    code_hash = enrolment_codes.hashed(wanted.code, first_id(centre.store))
    proposed = new_id(now)
    try:
        code, replica = centre.db.transact(
            lambda c: enrolment_codes.redeem(c, code_hash, proposed, wanted.public_key, now)
        )
    except CodeProblem as problem:
        metrics.ENROLMENTS.labels(problem.code).inc()
        raise Refused(_STATUS[problem.code], problem.code, problem.message) from problem
    # a laptop may ask again with its used code: that must not excuse guesses at other codes
    centre.db.transact(lambda c: throttle.was_right(c, subject))
    _write_device(centre, wanted, code, replica, now)
    metrics.ENROLMENTS.labels("ok").inc()
    _log.info("laptop enrolled: %s, app %r", replica.hex()[:8], wanted.app)
    return _answer(centre, code, replica)


def _count_the_try(centre: Centre, subject: str, now: int) -> None:
    """Every code is a guess until it fits. Raises `Refused` 429 when it is too early for the next."""
    wait = centre.db.transact(lambda c: throttle.begin(c, now, subject))
    if wait:
        raise Refused(429, *sentence(429), {"retry-after": str(-(-wait // 1000))})


def _write_device(
    centre: Centre, wanted: EnrolmentRequest, code: EnrolmentCode, replica: RecordId, now: int
) -> None:
    """The record from which every laptop and hub learns the new key. Writing it again changes nothing."""
    key = bytes.fromhex(wanted.public_key)
    if centre.store.get(Device, replica) is None:
        values: dict[str, Value] = {
            "name": wanted.name.strip(),
            "public_key": wanted.public_key,
            "areas": ",".join(map(str, code.areas)),
            "state": "aktif",
            "enrolled_at": now,
        }
        if is_recipient(wanted.recipient) and _is_for_supervisor(centre, code):
            values["recipient"] = wanted.recipient
        centre.save([Edit(Device, replica, CENTRE_AREA, values)], code.made_by)
    centre.db.transact(lambda c: _introduce(centre, c, replica, key))


def _is_for_supervisor(centre: Centre, code: EnrolmentCode) -> bool:
    """Whether packages of trainers may be opened on the laptop that joins with this code."""
    person = centre.store.get(Staff, code.for_staff) if code.for_staff else None
    return person is not None and person.role in (SUPERVISOR, ADMIN)


def _introduce(centre: Centre, c: Connection, replica: RecordId, key: bytes) -> None:
    centre.store.replicas.introduce(c, replica, key)


def _answer(centre: Centre, code: EnrolmentCode, replica: RecordId) -> EnrolmentAnswer:
    return EnrolmentAnswer(
        replica=replica.hex(),
        areas=list(code.areas),
        epoch=centre.epoch.hex(),
        centre_key=centre.public_key.hex(),
        centre_replica=centre.store.replica.hex(),
        centre_name=centre.store.name,
        send_by=sending_rule(centre.store, code.areas[0] if code.areas else CENTRE_AREA),
        for_staff=None if code.for_staff in (None, NO_ID) else code.for_staff.hex(),
        sample=centre.sample,
        server_time=centre.now_ms(),
        centre_recipient=own_recipient(centre.store),
    )
