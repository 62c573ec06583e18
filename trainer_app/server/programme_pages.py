"""Pages for administrators: programmes with partner, agreement, dates and targets; the modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer_app.records import places
from trainer_app.records.fields import Record
from trainer_app.records.kinds import Module, Partner, Programme
from trainer_app.records.problem import InputProblem
from trainer_app.server import administration, programmes
from trainer_app.server.access import AdminScope, Scope, check_form
from trainer_app.server.centre import Centre
from trainer_app.server.faults import page_responses, refuse
from trainer_app.server.programmes import ProgrammeForm, TargetLine
from trainer_app.server.state import state_of
from trainer_app.server.typed import local
from trainer_app.server.web import respond, see_other
from trainer_app.words import _, number

Text = Annotated[str, Form(max_length=200)]
Table = Annotated[str, Form(max_length=60_000)]
R = TypeVar("R", bound=Record)
PROGRAMMES, MODULES = "/program", "/modul"


def router() -> APIRouter:
    """/program, /program/ID and /modul."""
    routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
    _programme_routes(routes)
    _target_routes(routes)
    _module_routes(routes)
    return routes


def _programme_routes(routes: APIRouter) -> None:
    refusals = page_responses(403, 404)

    @routes.get(PROGRAMMES, summary="Programmes", responses=refusals)
    def programme_list(request: Request, scope: AdminScope) -> Response:
        return _list(request, scope, ProgrammeForm(""), "")

    @routes.post(PROGRAMMES, summary="Make a programme", responses=refusals)
    def make_programme(
        request: Request,
        scope: AdminScope,
        csrf: Text,
        name: Text = "",
        partner: Text = "",
        agreement: Text = "",
        starts: Text = "",
        ends: Text = "",
    ) -> Response:
        centre = _allowed(request, scope, csrf)
        form = ProgrammeForm(name, partner, agreement, starts, ends)
        try:
            row = programmes.save_programme(centre, form, scope.visitor.staff)
        except InputProblem as problem:
            return _list(request, scope, form, problem.message, 422)
        return see_other(f"{PROGRAMMES}/{row.hex()}")

    @routes.get(PROGRAMMES + "/{row}", summary="One programme and its targets", responses=refusals)
    def programme_page(request: Request, scope: AdminScope, row: str) -> Response:
        return _one(request, scope, _found(_centre(request), Programme, row), {})

    @routes.post(PROGRAMMES + "/{row}", summary="Change a programme", responses=refusals)
    def change_programme(
        request: Request,
        scope: AdminScope,
        row: str,
        csrf: Text,
        name: Text = "",
        partner: Text = "",
        agreement: Text = "",
        starts: Text = "",
        ends: Text = "",
    ) -> Response:
        centre = _allowed(request, scope, csrf)
        programme = _found(centre, Programme, row)
        form = ProgrammeForm(name, partner, agreement, starts, ends)
        try:
            programmes.save_programme(centre, form, scope.visitor.staff, programme.id)
        except InputProblem as problem:
            return _one(request, scope, programme, {"form": form, "problem": problem.message}, 422)
        return see_other(f"{PROGRAMMES}/{row}")


def _target_routes(routes: APIRouter) -> None:
    refusals = page_responses(403, 404)

    @routes.post(PROGRAMMES + "/{row}/selesai", summary="End a programme today", responses=refusals)
    def end(request: Request, scope: AdminScope, row: str, csrf: Text) -> Response:
        centre = _allowed(request, scope, csrf)
        today = local(centre.now_ms()).date().isoformat()
        programmes.end_programme(centre, _found(centre, Programme, row), today, scope.visitor.staff)
        return see_other(f"{PROGRAMMES}/{row}")

    @routes.post(PROGRAMMES + "/{row}/target", summary="Set the table of targets", responses=refusals)
    def set_targets(
        request: Request, scope: AdminScope, row: str, csrf: Text, targets: Table = ""
    ) -> Response:
        centre = _allowed(request, scope, csrf)
        programme = _found(centre, Programme, row)
        try:
            lines = programmes.read_targets(targets)
        except InputProblem as problem:
            more = {"typed": targets, "targets_problem": problem.message}
            return _one(request, scope, programme, more, 422)
        programmes.save_targets(centre, programme.id, lines, scope.visitor.staff)
        return see_other(f"{PROGRAMMES}/{row}")


def _module_routes(routes: APIRouter) -> None:
    refusals = page_responses(403, 404)

    @routes.get(MODULES, summary="The modules of the curriculum", responses=refusals)
    def module_page(request: Request, scope: AdminScope) -> Response:
        return _modules(request, scope, "")

    @routes.post(MODULES, summary="Make or change a module", responses=refusals)
    def save_module(
        request: Request,
        scope: AdminScope,
        csrf: Text,
        row: Text = "",
        code: Text = "",
        title_id: Text = "",
        title_en: Text = "",
        hours: Text = "",
        core: Text = "",
        needs_internet: Text = "",
    ) -> Response:
        centre = _allowed(request, scope, csrf)
        known = _found(centre, Module, row) if row else None
        try:
            values = {
                "code": code,
                "title_id": title_id.strip(),
                "title_en": title_en.strip() or None,
                "hours": _hours(hours),
                "core": int(bool(core)),
                "needs_internet": int(bool(needs_internet)),
            }
            programmes.save_module(centre, values, scope.visitor.staff, known)
        except InputProblem as problem:
            return _modules(request, scope, problem.message, 422)
        return see_other(MODULES)

    @routes.post(MODULES + "/bawaan", summary="Take over the shipped modules", responses=refusals)
    def take_over(request: Request, scope: AdminScope, csrf: Text) -> Response:
        administration.load_modules(_allowed(request, scope, csrf))
        return see_other(MODULES)

    @routes.post(MODULES + "/{row}/berhenti", summary="Retire a module", responses=refusals)
    def retire(request: Request, scope: AdminScope, row: str, csrf: Text) -> Response:
        centre = _allowed(request, scope, csrf)
        programmes.retire_module(centre, _found(centre, Module, row), scope.visitor.staff)
        return see_other(MODULES)


# ---------------------------------------------------------------- what the pages hold
def _centre(request: Request) -> Centre:
    return state_of(request).centre


def _allowed(request: Request, scope: Scope, csrf: str) -> Centre:
    """The centre, for somebody of all areas with a form of ours; what is said here counts everywhere."""
    check_form(request, scope, csrf)
    if scope.areas is not None:
        raise refuse(403)
    return _centre(request)


def _found(centre: Centre, cls: type[R], row: str) -> R:
    try:
        held = centre.store.get(cls, bytes.fromhex(row))
    except ValueError:
        held = None
    if held is None or held.deleted_at is not None:
        raise refuse(404)
    return held


def _hours(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and 0 < int(text) <= 40):
        raise InputProblem(_("JP ditulis sebagai angka 1 sampai 40."), field="hours", code="module.hours")
    return int(text)


def _list(request: Request, scope: Scope, form: ProgrammeForm, problem: str, status: int = 200) -> Response:
    centre = _centre(request)

    def context() -> dict[str, Any]:
        partners = {partner.id: partner.name or "" for partner in centre.store.find(Partner)}
        today = local(centre.now_ms()).date().isoformat()
        rows = [
            {
                "to": f"{PROGRAMMES}/{one.id.hex()}",
                "name": one.name,
                "partner": partners.get(one.partner or b"", ""),
                "days": _days(one),
                "ended": bool(one.ends_on and one.ends_on < today),
            }
            for one in centre.store.find(Programme, order="name")
        ]
        return {"rows": rows, "form": form, "problem": problem, "partners": sorted(partners.values())}

    return respond(request, "programmes.html", scope, context, status)


def _days(programme: Programme) -> str:
    return f"{programme.starts_on or '…'} – {programme.ends_on or '…'}"


def _one(
    request: Request, scope: Scope, programme: Programme, more: dict[str, Any], status: int = 200
) -> Response:
    centre = _centre(request)

    def context() -> dict[str, Any]:
        partners = {partner.id: partner.name or "" for partner in centre.store.find(Partner)}
        lines = programmes.target_lines(centre, programme.id)
        form = ProgrammeForm(
            programme.name or "",
            partners.get(programme.partner or b"", ""),
            programme.agreement or "",
            programme.starts_on or "",
            programme.ends_on or "",
        )
        return {
            "programme": programme,
            "here": f"{PROGRAMMES}/{programme.id.hex()}",
            "form": form,
            "problem": "",
            "partners": sorted(partners.values()),
            "typed": programmes.written(lines),
            "targets_problem": "",
            **_table(lines),
            **more,
        }

    return respond(request, "programme.html", scope, context, status)


def _table(lines: Sequence[TargetLine]) -> dict[str, Any]:
    """Regencies down, months across: "trained / digitised" in each cell."""
    months = sorted({line.by_month for line in lines})
    cells = {(line.regency, line.by_month): _cell(line) for line in lines}
    regencies = sorted({line.regency for line in lines}, key=lambda code: code or "")
    rows = [(_where(code), [cells.get((code, month), "") for month in months]) for code in regencies]
    return {"months": months, "target_rows": rows}


def _where(regency: str | None) -> str:
    return places.regency(regency).label if regency else _("Seluruh wilayah")


def _cell(line: TargetLine) -> str:
    return " / ".join("–" if n is None else number(n) for n in (line.trained, line.digitised))


def _modules(request: Request, scope: Scope, problem: str, status: int = 200) -> Response:
    centre = _centre(request)

    def context() -> dict[str, Any]:
        found = programmes.module_list(centre)
        total = sum(module.hours or 0 for module in found)
        return {"modules": found, "total": number(total), "problem": problem}

    return respond(request, "modules.html", scope, context, status)
