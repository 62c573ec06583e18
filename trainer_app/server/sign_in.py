"""Signing in and out."""

from __future__ import annotations

import logging
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer_app.server.access import AnyScope, check_channel, check_form, check_origin, cookie_name, secure
from trainer_app.server.centre import Centre
from trainer_app.server.faults import fault_response, page_responses, sentence
from trainer_app.server.state import address_of, state_of
from trainer_app.server.web import own_path, respond, see_other
from trainer_app.storage import accounts, throttle
from trainer_app.storage.database import Connection
from trainer_app.words import _, duration

PATH = "/masuk"
_log = logging.getLogger(__name__)
Text = Annotated[str, Form(max_length=400)]


def router() -> APIRouter:
    """GET and POST /masuk, POST /keluar."""
    routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

    @routes.get(PATH, summary="The sign-in form")
    def form(request: Request, ke: str = "/") -> Response:
        return _form(request, own_path(ke), "", "", 200)

    @routes.post(PATH, summary="Sign in", status_code=303, responses=page_responses(403, 429))
    def sign_in(request: Request, login: Text, password: Text, code: Text = "", ke: Text = "/") -> Response:
        check_origin(request)
        check_channel(request)
        state = state_of(request)
        tried = partial(try_sign_in, state.centre, address_of(request), login, password, code)
        wait, token = state.slow.run(tried)
        if token is None:
            return _form(request, own_path(ke), login, wait, 429 if wait else 403)
        response = see_other(own_path(ke))
        response.set_cookie(
            cookie_name(request), token, path="/", secure=secure(request), httponly=True, samesite="lax"
        )
        return response

    @routes.post("/keluar", summary="Sign out", status_code=303, responses=page_responses(403))
    def sign_out(request: Request, scope: AnyScope, csrf: Text) -> Response:
        check_form(request, scope, csrf)
        state_of(request).centre.db.transact(lambda c: accounts.end_session(c, scope.token))
        response = see_other(PATH)
        response.delete_cookie(cookie_name(request), path="/", secure=secure(request), httponly=True)
        return response

    return routes


async def needed(request: Request, _fault: Exception) -> Response:
    """Nobody is signed in: to the form, and back to the page afterwards; programs are told so."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return see_other(f"{PATH}?{urlencode({'ke': request.url.path})}")
    return fault_response(401, *sentence(401))


def _form(request: Request, after: str, login: str, wait: str, status: int) -> HTMLResponse:
    def words() -> dict[str, object]:
        problem = ""
        if wait:
            problem = _("Terlalu banyak percobaan. Coba lagi {waktu} lagi.").format(
                waktu=duration(float(wait))
            )
        elif status != 200:
            problem = _("Nama masuk, kata sandi, atau kode belum cocok.")
        return {"after": after, "login": login[: accounts.LOGIN_LONGEST], "problem": problem}

    return respond(request, "sign_in.html", None, words, status)


def try_sign_in(centre: Centre, address: str, login: str, password: str, code: str) -> tuple[str, str | None]:
    """Seconds to wait (as text, empty for none) and the session's token, None when it was wrong. Wrong
    guesses slow down the account and the address they come from.
    """
    now = centre.now_ms()
    account, place = f"login:{accounts.login_name(login)}", f"masuk:{address}"
    wait = centre.db.transact(lambda c: throttle.begin(c, now, account, place))
    if wait:
        return str(-(-wait // 1000)), None
    with centre.db.reading() as c:
        known = accounts.find_login(c, login)
        visitor = accounts.signed_in(c, known.staff) if known else None
    fits = accounts.password_fits(known, password) and visitor is not None
    token = centre.db.transact(lambda c: _begin(c, known, code, now)) if fits and known else None
    if token is None:
        _log.info("sign-in refused")
        return "", None
    centre.db.transact(lambda c: _forget_guesses(c, account, place, now))
    return "", token


def _forget_guesses(c: Connection, account: str, place: str, now: int) -> None:
    """An office shares an address: somebody's right password does not excuse the guesses of others there."""
    throttle.succeeded(c, account)
    throttle.was_right(c, place)
    throttle.sweep(c, now)


def _begin(c: Connection, known: accounts.Login, code: str, now: int) -> str | None:
    if not accounts.use_second_factor(c, known, code, now):
        return None
    return accounts.begin_session(c, known.staff, now)
