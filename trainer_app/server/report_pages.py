"""The reports of the catalogue as tables to read and as files to take along."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer_app import words
from trainer_app.records.staff import ADMIN, SUPERVISOR
from trainer_app.reports.catalogue import BY_KEY, REPORTS
from trainer_app.reports.report import Filters, Report
from trainer_app.reports.writing import as_csv, line
from trainer_app.server.access import AnyScope, Scope
from trainer_app.server.faults import page_responses, refuse
from trainer_app.server.overview_page import name_of
from trainer_app.server.state import state_of
from trainer_app.server.web import language_of, respond
from trainer_app.words import _

Code = Annotated[str, Query(alias="wilayah", max_length=5)]
Since = Annotated[str, Query(alias="dari", max_length=10)]
Until = Annotated[str, Query(alias="sampai", max_length=10)]
#: A byte order mark tells spreadsheets that the file is UTF-8.
ENCODING = "utf-8-sig"


def router() -> APIRouter:
    """GET /laporan, /laporan/{key} and /laporan/{key}/csv."""
    routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

    @routes.get("/laporan", summary="Reports that the visitor may open", responses=page_responses())
    def reports(request: Request, scope: AnyScope) -> Response:
        return respond(request, "reports.html", scope, lambda: {"reports": _listed(scope)})

    @routes.get("/laporan/{key}", summary="A report as a table", responses=page_responses(403, 404))
    def report(
        request: Request, scope: AnyScope, key: str, code: Code = "", since: Since = "", until: Until = ""
    ) -> Response:
        chosen = _chosen(key, scope)
        filters = _filters(scope, code, since, until)
        rows = chosen.rows(state_of(request).centre.store, filters)

        def context() -> dict[str, Any]:
            return {
                "title": _(chosen.title),
                "where": name_of(filters.view, limited=scope.areas is not None),
                "columns": [(_(column.title), column.kind.is_number) for column in chosen.columns],
                "rows": [line(chosen, row) for row in rows],
                "by_time": chosen.by_time,
                "since": since,
                "until": until,
                "code": code,
                "file": f"/laporan/{key}/csv?{request.url.query}",
            }

        return respond(request, "report.html", scope, context)

    @routes.get(
        "/laporan/{key}/csv",
        summary="A report as a file",
        responses={**page_responses(403, 404), 200: {"content": {"text/csv": {}}}},
        response_class=Response,
    )
    def file(
        request: Request, scope: AnyScope, key: str, code: Code = "", since: Since = "", until: Until = ""
    ) -> Response:
        chosen = _chosen(key, scope)
        filters = _filters(scope, code, since, until)
        with words.speaking(language_of(request)):
            text = as_csv(chosen, chosen.rows(state_of(request).centre.store, filters))
        name = f"{key}-{filters.now:%Y-%m-%d}.csv"
        return Response(
            text.encode(ENCODING),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    return routes


def _may_open(report: Report, scope: Scope) -> bool:
    return not report.inner or scope.visitor.role in (SUPERVISOR, ADMIN)


def _listed(scope: Scope) -> list[tuple[str, str]]:
    return [(f"/laporan/{report.key}", _(report.title)) for report in REPORTS if _may_open(report, scope)]


def _chosen(key: str, scope: Scope) -> Report:
    """Raises `Refused` 404 for a report that there is not, 403 for one that is not for this visitor."""
    report = BY_KEY.get(key)
    if report is None:
        raise refuse(404)
    if not _may_open(report, scope):
        raise refuse(403)
    return report


def _filters(scope: Scope, code: str, since: str, until: str) -> Filters:
    """Raises `Refused` 404 for an area that is not the visitor's, 422 for what is no day."""
    view = scope.view(code) if code else scope.home()
    now = datetime.now().astimezone()
    return Filters(now, scope.areas, view, _day(since), _day(until))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise refuse(422) from None
