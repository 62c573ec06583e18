"""The overview: everything, one province, one regency."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer_app.reports.overview import PROVINCE, REGENCY, View, overview
from trainer_app.server import overview_page
from trainer_app.server.access import AnyScope, Scope
from trainer_app.server.faults import page_responses
from trainer_app.server.state import state_of
from trainer_app.server.web import respond


def router() -> APIRouter:
    """GET / and GET /wilayah/{code}."""
    routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

    @routes.get("/", summary="Overview of all that the visitor may see", responses=page_responses())
    def start(request: Request, scope: AnyScope) -> Response:
        return _page(request, scope, scope.home())

    @routes.get(
        "/wilayah/{code}",
        summary="Overview of a province (53) or a regency (53.01)",
        responses=page_responses(404),
    )
    def area(request: Request, scope: AnyScope, code: str) -> Response:
        return _page(request, scope, scope.view(code))

    return routes


def _page(request: Request, scope: Scope, view: View) -> Response:
    now = datetime.now().astimezone()
    report = overview(state_of(request).centre.store, view, scope.areas, now)
    return respond(
        request,
        "overview.html",
        scope,
        lambda: overview_page.context(report, now, parents(view, scope), limited=scope.areas is not None),
    )


def parents(view: View, scope: Scope) -> list[View]:
    """The views above this one that the visitor may open, the widest first."""
    home = scope.home()
    above = [View()]
    if view.level == REGENCY:
        above.append(View(PROVINCE, view.code[:2]))
    if view in (home, View()):
        return []
    return above[above.index(home) :] if home in above else above
