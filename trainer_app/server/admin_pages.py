"""Two small pages for administrators: codes that enrol laptops, and staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer_app.records.kinds import Staff
from trainer_app.records.problem import InputProblem
from trainer_app.records.staff import ROLE, TRAINER
from trainer_app.server import administration
from trainer_app.server.access import AdminScope, Scope, check_form
from trainer_app.server.administration import Done
from trainer_app.server.centre import Centre
from trainer_app.server.faults import page_responses, refuse
from trainer_app.server.listing import listed
from trainer_app.server.state import state_of
from trainer_app.server.typed import areas_in_words, read_areas, spaced
from trainer_app.server.web import respond
from trainer_app.storage import accounts
from trainer_app.words import _

Text = Annotated[str, Form(max_length=400)]


def router() -> APIRouter:
    """GET and POST /kode, GET and POST /petugas."""
    routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
    refusals = page_responses(403, 404)

    @routes.get("/kode", summary="Enrolment codes that are still good", responses=refusals)
    def codes(request: Request, scope: AdminScope) -> Response:
        return _codes(request, scope, {})

    @routes.post("/kode", summary="Make an enrolment code", responses=refusals)
    def make_code(request: Request, scope: AdminScope, csrf: Text, areas: Text, staff: Text = "") -> Response:
        check_form(request, scope, csrf)
        centre = state_of(request).centre

        def make() -> Done:
            scope.require_areas(read_areas(areas))
            _require_known_staff(centre, scope, staff)
            return administration.make_code(centre, areas, staff, scope.visitor.staff)

        made, problem = _tried(make)
        context = {"areas": "" if made else areas, "problem": problem, "made": made and _shown(made, "code")}
        return _codes(request, scope, context, 422 if problem else 200)

    @routes.get("/petugas", summary="Staff", responses=refusals)
    def staff_page(request: Request, scope: AdminScope) -> Response:
        return _staff(request, scope, {})

    @routes.post("/petugas", summary="Add a staff member", responses=refusals)
    def add_staff(
        request: Request, scope: AdminScope, csrf: Text, name: Text, role: Text, areas: Text = ""
    ) -> Response:
        check_form(request, scope, csrf)
        centre = state_of(request).centre

        def make() -> Done:
            numbers = read_areas(areas)
            # no area means all, which only somebody of all areas may give
            scope.require_areas(numbers or ([] if scope.areas is None else [-1]))
            return administration.add_staff(centre, name, role, areas, by=scope.visitor.staff)

        made, problem = _tried(make)
        context: dict[str, Any] = {"problem": problem, "made": made and _shown(made, "personal_code")}
        if not made:
            context.update(name=name, areas=areas, role_chosen=role)
        return _staff(request, scope, context, 422 if problem else 200)

    return routes


def _tried(make: Callable[[], Done]) -> tuple[Done | None, str]:
    try:
        return make(), ""
    except InputProblem as problem:
        return None, problem.message


def _shown(done: Done, key: str) -> dict[str, Any]:
    """The code large, the other sentences below it."""
    return {
        "code": spaced(done.data[key]),
        "lines": [line for line in done.lines if spaced(done.data[key]) not in line],
    }


def _staff_of(centre: Centre, scope: Scope) -> list[Staff]:
    """Staff whose areas this person may see all of."""
    found = []
    for staff in centre.store.find(Staff, {"state": "aktif"}, order="full_name"):
        areas = accounts.read_areas(staff.areas)
        if scope.areas is None or (areas is not None and areas <= scope.areas):
            found.append(staff)
    return found


def _require_known_staff(centre: Centre, scope: Scope, staff: str) -> None:
    if staff and staff not in {one.id.hex() for one in _staff_of(centre, scope)}:
        raise refuse(404)


def _codes(request: Request, scope: Scope, more: dict[str, Any], status: int = 200) -> Response:
    centre = state_of(request).centre

    def context() -> dict[str, Any]:
        return {
            "open": _open_codes(centre, scope),
            "people": [(one.id.hex(), one.full_name) for one in _staff_of(centre, scope)],
            "areas": "",
            "problem": "",
            "made": None,
            **more,
        }

    return respond(request, "codes.html", scope, context, status)


def _open_codes(centre: Centre, scope: Scope) -> list[str]:
    done = listed(centre, "codes")
    rows = zip(done.lines[1:], done.data["codes"], strict=False)
    return [
        line.strip()
        for line, values in rows
        if scope.areas is None or scope.areas.issuperset(values["areas"])
    ]


def _staff(request: Request, scope: Scope, more: dict[str, Any], status: int = 200) -> Response:
    centre = state_of(request).centre

    def context() -> dict[str, Any]:
        return {
            "people": [_line(one) for one in _staff_of(centre, scope)],
            "roles": [(code, _(name)) for code, name in ROLE.items()],
            "name": "",
            "areas": "",
            "role_chosen": TRAINER,
            "problem": "",
            "made": None,
            **more,
        }

    return respond(request, "staff.html", scope, context, status)


def _line(staff: Staff) -> str:
    areas = sorted(accounts.read_areas(staff.areas) or ())
    role = _(ROLE.get(staff.role or "", ""))
    return f"{staff.full_name} · {role} · {areas_in_words(areas)}"
