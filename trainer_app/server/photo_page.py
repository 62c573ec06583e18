"""Photos from the field, for those who may see people: supervisors their areas, administrators all.

On no page for observers and in no report. A picture is served as what it was checked to be when it came in,
a plain JPEG, and no browser is let guess otherwise.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer_app.records import places
from trainer_app.records.photo import PURPOSE
from trainer_app.server.access import SupervisorScope
from trainer_app.server.faults import page_responses, refuse
from trainer_app.server.state import state_of
from trainer_app.server.typed import local
from trainer_app.server.web import respond
from trainer_app.storage import photo_queries
from trainer_app.storage.photo_queries import SeenPhoto
from trainer_app.words import _, date_short

ON_A_PAGE = 24
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Before = Annotated[int | None, Query(ge=0, lt=1 << 62)]


def router() -> APIRouter:
    """GET /foto and GET /foto/{digest}."""
    routes = APIRouter(tags=["pages"])

    @routes.get(
        "/foto",
        summary="Photos of the visitor's areas",
        response_class=HTMLResponse,
        responses=page_responses(403),
    )
    def photos(request: Request, scope: SupervisorScope, sebelum: Before = None) -> Response:
        with state_of(request).centre.db.reading() as c:
            found = photo_queries.newest(c, scope.areas, sebelum, ON_A_PAGE + 1)
        return respond(request, "photos.html", scope, lambda: context(found))

    @routes.get(
        "/foto/{digest}",
        summary="One photo",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}}, **page_responses(403, 404)},
    )
    def photo(request: Request, scope: SupervisorScope, digest: Digest) -> Response:
        with state_of(request).centre.db.reading() as c:
            body = photo_queries.picture(c, digest, scope.areas)
        if body is None:
            raise refuse(404)
        named = {"content-disposition": 'inline; filename="foto.jpg"'}
        return Response(body, media_type="image/jpeg", headers=named)

    return routes


def context(found: list[SeenPhoto]) -> dict[str, Any]:
    """The photos of a page in words, and where the earlier ones begin."""
    shown = found[:ON_A_PAGE]
    return {
        "photos": [_words(photo) for photo in shown],
        "before": shown[-1].taken_at if len(found) > ON_A_PAGE else None,
    }


def _words(photo: SeenPhoto) -> dict[str, Any]:
    purpose = _(PURPOSE[photo.purpose]) if photo.purpose in PURPOSE else _("Foto")
    return {
        "digest": photo.digest,
        "title": photo.name or purpose,
        "purpose": purpose,
        "when": date_short(local(photo.taken_at).date()) if photo.taken_at else "",
        "place": places.area_label(photo.area),
        "note": photo.note,
        "width": photo.width,
        "height": photo.height,
    }
