"""The laptops of the visitor's areas: when each was last heard, what of it was received, what it says of
itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer_app.records.ids import RecordId
from trainer_app.records.staff import DEVICE_STATE
from trainer_app.reports.coverage import coverage
from trainer_app.reports.laptops import (
    area_names,
    held_words,
    is_unseen,
    longest_unheard_first,
    missing_words,
    offset_words,
)
from trainer_app.server import copies_page
from trainer_app.server.access import Scope, SupervisorScope
from trainer_app.server.faults import page_responses
from trainer_app.server.state import state_of
from trainer_app.server.web import respond
from trainer_app.storage import fleet
from trainer_app.storage.fleet import ACTIVE, Laptop
from trainer_app.sync.claims import to_look_at
from trainer_app.words import _, ago, ngettext, number, percent


def router() -> APIRouter:
    """GET /laptop, and what an administrator decides there."""
    routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

    @routes.get("/laptop", summary="Laptops of the visitor's areas", responses=page_responses(403))
    def laptops(request: Request, scope: SupervisorScope) -> Response:
        return _page(request, scope, [], "", 200)

    routes.include_router(copies_page.router(_page))
    return routes


def _page(request: Request, scope: Scope, lines: list[str], problem: str, status: int) -> Response:
    """The page, with what came of a deed."""
    centre = state_of(request).centre
    with centre.db.reading() as c:
        found = fleet.laptops(c, scope.areas)
    waiting = to_look_at(centre.store)
    now = datetime.now().astimezone()

    def filled() -> dict[str, Any]:
        copies = copies_page.copies(centre, scope, waiting, now)
        ids = frozenset(device.id for device in waiting)
        about = {"copies": copies, "done": lines, "problem": problem}
        return {**context(found, scope.areas, now, ids), **about}

    return respond(request, "laptops.html", scope, filled, status)


def context(
    laptops: list[Laptop],
    areas: frozenset[int] | None,
    now: datetime,
    copies: frozenset[RecordId] = frozenset(),
) -> dict[str, Any]:
    """Rows, the longest unheard first among the active ones. `copies`: laptops whose data goes on from that
    of another one, which somebody has to look at.
    """
    now_ms = round(now.timestamp() * 1000)
    rows = [
        {**_row(one, areas, now, now_ms), "is_copy": one.id in copies}
        for one in longest_unheard_first(laptops)
    ]
    return {"summary": _summary(laptops, now_ms), "rows": rows}


def _summary(laptops: list[Laptop], now_ms: int) -> str:
    known = coverage(laptops, now_ms)
    text = ngettext("{n} laptop aktif", "{n} laptop aktif", known.laptops).format(n=number(known.laptops))
    if known.share is None:
        return text
    return f"{text} · " + _("{persen} sudah mengirim dalam 7 hari").format(persen=percent(known.share))


def _row(laptop: Laptop, areas: frozenset[int] | None, now: datetime, now_ms: int) -> dict[str, Any]:
    active = laptop.state == ACTIVE
    return {
        "name": laptop.name,
        "state": "" if active else _(DEVICE_STATE.get(laptop.state, laptop.state)),
        "areas": area_names(laptop, areas),
        "heard": _ago(laptop.seen_at, now) or _("belum pernah"),
        "late": is_unseen(laptop, now_ms),
        "received": _ago(laptop.received_at, now) or "–",
        "waiting": held_words(laptop, now),
        "missing": missing_words(laptop) or "–",
        "offset": offset_words(laptop.offset_ms),
        "version": laptop.version or "–",
    }


def _ago(ms: int | None, now: datetime) -> str:
    return "" if ms is None else ago(datetime.fromtimestamp(ms / 1000, now.tzinfo), now)
