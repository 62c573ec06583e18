"""Pages: templates, language, style sheet and fonts. Everything comes from this program; pages need no
script.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from trainer_app import words
from trainer_app.records.staff import ADMIN, ROLE, SUPERVISOR
from trainer_app.server.access import Scope
from trainer_app.server.faults import refuse
from trainer_app.words import N_, _

LANGUAGE_COOKIE = "bahasa"
YEAR_SECONDS = 365 * 24 * 3600
LOOK = "siang"
FONTS = (
    "AtkinsonHyperlegibleNext-Regular.woff2",
    "AtkinsonHyperlegibleNext-SemiBold.woff2",
    "PlusJakartaSans-Bold.woff2",
)
#: The five steps of the map from the pale to the full brand colour, as shares of the latter.
MAP_STEPS = (0.0, 0.22, 0.48, 0.78, 1.0)
ALL_ROLES = frozenset(ROLE)
#: What programs ask for is answered to programs, whoever asks.
PROGRAM_PATHS = ("/sync/", "/enrol/", "/healthz", "/readyz", "/metrics", "/openapi.json")
#: Path, name, and who has it in the menu: only pages that work.
MENU: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("/", N_("Ringkasan"), ALL_ROLES),
    ("/laporan", N_("Laporan"), ALL_ROLES),
    ("/laptop", N_("Laptop"), frozenset({SUPERVISOR, ADMIN})),
    ("/foto", N_("Foto"), frozenset({SUPERVISOR, ADMIN})),
    ("/program", N_("Program"), frozenset({ADMIN})),
    ("/kode", N_("Kode pendaftaran"), frozenset({ADMIN})),
    ("/petugas", N_("Petugas"), frozenset({ADMIN})),
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file for the browser; its address carries its hash, so that it may be kept for ever."""

    name: str
    media_type: str
    body: bytes


def language_of(request: Request) -> str:
    """The language asked for in the address, else the one chosen before, else Indonesian."""
    wanted = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
    return wanted if wanted in words.LANGUAGES else "id"


def respond(
    request: Request,
    template: str,
    scope: Scope | None,
    context: Callable[[], Mapping[str, Any]],
    status: int = 200,
) -> HTMLResponse:
    """Fill a template in the visitor's language; `context` is called inside it, so that its words are
    right too.
    """
    code = language_of(request)
    with words.speaking(code):
        text = (
            _environment()
            .get_template(template)
            .render(
                **frame(request, scope, code),
                **context(),
            )
        )
    response = HTMLResponse(text, status)
    if request.query_params.get("lang") == code:
        response.set_cookie(
            LANGUAGE_COOKIE, code, max_age=YEAR_SECONDS, httponly=True, samesite="lax", secure=_https(request)
        )
    return response


def frame(request: Request, scope: Scope | None, code: str) -> dict[str, Any]:
    """What every page needs: menu, who is signed in, addresses of style sheet and fonts."""
    role = scope.visitor.role if scope else ""
    path = request.url.path
    inside = (to for to, _word, _roles in MENU if to != "/" and path.startswith(f"{to}/"))
    here = "/" if path.startswith("/wilayah/") else next(inside, path)
    return {
        "_": _,
        "ngettext": words.ngettext,
        "language": code,
        "other_language": "en" if code == "id" else "id",
        "path": path,
        "menu": [(to, _(name), to == here) for to, name, roles in MENU if role in roles],
        "scope": scope,
        "role": _(ROLE[role]) if role in ROLE else "",
        "style": f"/static/{style_sheet().name}",
    }


def _https(request: Request) -> bool:
    return request.url.scheme == "https"


def see_other(path: str) -> RedirectResponse:
    """After a form: look at that page."""
    return RedirectResponse(path, 303)


def own_path(text: str) -> str:
    """A path of this site out of what an address carried; "/" for anything else."""
    ok = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if ok else "/"


def html_fault(request: Request, status: int, message: str) -> Response | None:
    """A page that says what is wrong, for a browser; None for programs, which get JSON."""
    for_programs = request.url.path.startswith(PROGRAM_PATHS)
    if for_programs or "text/html" not in request.headers.get("accept", ""):
        return None
    return respond(request, "fault.html", None, lambda: {"message": message, "status": status}, status)


# --- files --------------------------------------------------------------------------------------------------


def router() -> APIRouter:
    """GET /static/…"""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/static/{name}")
    def static(name: str) -> Response:
        asset = assets().get(name)
        if asset is None:
            raise refuse(404)
        kept = {"cache-control": f"public, max-age={YEAR_SECONDS}, immutable"}
        return Response(asset.body, media_type=asset.media_type, headers=kept)

    return routes


@cache
def assets() -> Mapping[str, Asset]:
    """Every file that a page may ask for."""
    every = [style_sheet(), _icon(), *_fonts().values()]
    return {asset.name: asset for asset in every}


@cache
def style_sheet() -> Asset:
    """The style sheet, with the colours and sizes of the desktop's tokens written into it."""
    source = files("trainer_app.resources").joinpath("web", "style.css").read_text("utf-8")
    values = tokens()
    for key, asset in _fonts().items():
        values[f"font_{key}"] = f"/static/{asset.name}"
    text = source
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"%{name}%", values[name])
    return _hashed("gaya", "css", "text/css; charset=utf-8", text.encode())


@cache
def _fonts() -> Mapping[str, Asset]:
    folder = files("trainer_app.resources").joinpath("fonts", "web")
    return {
        name.removesuffix(".woff2"): _hashed(
            name.removesuffix(".woff2"), "woff2", "font/woff2", folder.joinpath(name).read_bytes()
        )
        for name in FONTS
    }


@cache
def _icon() -> Asset:
    body = files("trainer_app.resources").joinpath("icons", "app.svg").read_bytes()
    return Asset("app.svg", "image/svg+xml", body)


def _hashed(stem: str, ending: str, media_type: str, body: bytes) -> Asset:
    return Asset(f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}", media_type, body)


def tokens() -> dict[str, str]:
    """Colours by role, and the steps of the map."""
    source = files("trainer_app.resources").joinpath("style", "tokens.toml").read_text("utf-8")
    table = tomllib.loads(source)
    palette = table["palette"]
    look = {role: palette[name] for role, name in table["look"][LOOK].items()}
    steps = {
        f"map{i}": mixed(look["primary_soft"], look["primary"], part) for i, part in enumerate(MAP_STEPS)
    }
    return {**look, **steps}


def mixed(light: str, dark: str, part: float) -> str:
    """The colour that lies `part` of the way from one to the other."""
    pairs = [(int(light[i : i + 2], 16), int(dark[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in pairs)


@cache
def _environment() -> jinja2.Environment:
    folder = files("trainer_app.resources").joinpath("web", "templates")
    loader = jinja2.FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8"))
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=words.number, percent=words.percent)
    return environment
