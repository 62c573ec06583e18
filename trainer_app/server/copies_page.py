"""Laptops that go on from the data of another one, on the page of laptops: an administrator says for each
whether that is right.

The deeds are those of `trainer-app admin approve` and `revoke`; who did them stands in the centre's feed and
in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Device
from trainer_app.records.problem import InputProblem
from trainer_app.records.staff import ADMIN
from trainer_app.server import administration
from trainer_app.server.access import AdminScope, Scope, check_form
from trainer_app.server.administration import Done
from trainer_app.server.centre import Centre
from trainer_app.server.faults import page_responses, refuse
from trainer_app.server.state import state_of
from trainer_app.storage.accounts import read_areas
from trainer_app.sync.claims import ACTIVE, successors, to_look_at
from trainer_app.words import _, ago

Text = Annotated[str, Form(max_length=400)]
#: Shows the page of laptops again, with what came of a deed: sentences, a problem, the status.
Show = Callable[[Request, Scope, list[str], str, int], Response]
Deed = Callable[[Centre, str, RecordId], Done]
_ID_BYTES = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Copy:
    """A laptop that waits for a decision, as the page shows it. `with_it`: names of those that go out too."""

    id: str
    name: str
    before: str
    since: str
    with_it: tuple[str, ...]


def router(show: Show) -> APIRouter:
    """POST /laptop/setujui and /laptop/cabut."""
    routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
    refusals = page_responses(403, 404)

    @routes.post("/laptop/setujui", summary="Approve a laptop that goes on from another", responses=refusals)
    def approve(request: Request, scope: AdminScope, csrf: Text, laptop: Text) -> Response:
        check_form(request, scope, csrf)
        return _done(request, scope, laptop, administration.approve, show)

    @routes.post("/laptop/cabut", summary="Take such a laptop out", responses=refusals)
    def revoke(request: Request, scope: AdminScope, csrf: Text, laptop: Text, sure: Text = "") -> Response:
        check_form(request, scope, csrf)
        if sure != "ya":
            return show(request, scope, [], _("Centang dulu bahwa laptop ini memang dicabut."), 422)
        return _done(request, scope, laptop, administration.revoke, show)

    return routes


def _done(request: Request, scope: Scope, laptop: str, deed: Deed, show: Show) -> Response:
    centre = state_of(request).centre
    device = _device(centre, scope, laptop)
    try:
        if device.id not in {one.id for one in to_look_at(centre.store)}:  # in the meantime, or pressed twice
            raise InputProblem(
                _("Laptop {nama} sudah diputuskan.").format(nama=device.name), code="laptop.settled"
            )
        done = deed(centre, device.id.hex(), scope.visitor.staff)
    except InputProblem as problem:
        return show(request, scope, [], problem.message, 422)
    _log.info("laptop %s: %s by %s", device.id.hex()[:8], deed.__name__, scope.visitor.staff.hex()[:8])
    return show(request, scope, done.lines, "", 200)


def _device(centre: Centre, scope: Scope, laptop: str) -> Device:
    """The laptop of that id, all areas of which are the reader's. Raises `Refused` 404."""
    try:
        wanted = bytes.fromhex(laptop)
    except ValueError:
        wanted = b""
    device = centre.store.get(Device, wanted) if len(wanted) == _ID_BYTES else None
    if device is None:
        raise refuse(404)
    scope.require_areas(read_areas(device.areas) or ())
    return device


def copies(centre: Centre, scope: Scope, waiting: Sequence[Device], now: datetime) -> list[Copy]:
    """Those of the laptops that wait which this administrator may decide about; nobody else decides."""
    if scope.visitor.role != ADMIN:
        return []
    return [
        _copy(centre, device, now)
        for device in waiting
        if scope.areas is None or scope.areas.issuperset(read_areas(device.areas) or ())
    ]


def _copy(centre: Centre, device: Device, now: datetime) -> Copy:
    before = centre.store.get(Device, device.succeeds) if device.succeeds else None
    with_it = successors(centre.store, device.id, unapproved=True)
    since = device.enrolled_at
    return Copy(
        id=device.id.hex(),
        name=device.name or "",
        before=(before.name if before is not None else None) or "?",
        since=ago(datetime.fromtimestamp(since / 1000, now.tzinfo), now) if since else "?",
        with_it=tuple(one.name or "" for one in with_it if one.state == ACTIVE),
    )
