"""Every refusal as JSON: a stable code for programs and one sentence for people."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from trainer_app.records.problem import Problem
from trainer_app.words import N_, _

_log = logging.getLogger(__name__)


class Fault(BaseModel):
    """What every refusal says."""

    code: str = Field(
        description="Stable, for programs: enrol.used, request.too_large, …", examples=["enrol.used"]
    )
    message: str = Field(description="One or two sentences for people, in Indonesian.")


class Refused(Exception):
    """Answer this request with a status, a code and a sentence; `headers` are added."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


_SENTENCES = {
    400: ("request.malformed", N_("Permintaan tidak bisa dibaca. Perbarui aplikasi, lalu coba lagi.")),
    401: ("access.sign_in", N_("Masuk dulu, lalu coba lagi.")),
    403: ("access.denied", N_("Anda belum boleh membuka ini. Minta admin.")),
    404: ("not_found", N_("Halaman atau alamat itu tidak ada.")),
    405: ("method", N_("Alamat itu tidak menerima permintaan seperti ini.")),
    408: ("request.slow", N_("Kiriman datang terlalu lambat. Coba lagi saat sinyal lebih baik.")),
    413: ("request.too_large", N_("Kiriman terlalu besar. Kirim dalam bagian yang lebih kecil.")),
    415: ("request.type", N_("Jenis isi permintaan tidak dikenal.")),
    422: ("request.content", N_("Isi permintaan belum benar.")),
    429: ("request.wait", N_("Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.")),
    503: ("busy", N_("Pusat sedang sibuk. Coba lagi sebentar lagi.")),
}
_FAULT_OF_OURS = ("internal", N_("Ada yang salah di pusat. Data Anda tetap aman di laptop; coba lagi nanti."))


def sentence(status: int) -> tuple[str, str]:
    """The usual code and sentence of a status."""
    code, message = _SENTENCES.get(status, _FAULT_OF_OURS)
    return code, _(message)


def refuse(status: int, headers: dict[str, str] | None = None) -> Refused:
    """A refusal with the usual words of its status."""
    return Refused(status, *sentence(status), headers)


def fault_response(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The JSON of a refusal."""
    return JSONResponse({"code": code, "message": message}, status, headers=headers)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: which refusals it may answer."""
    return {status: {"model": Fault, "description": sentence(status)[0]} for status in statuses}


def page_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The same for a page: a browser gets a page or the sign-in form, a program JSON."""
    content = {
        "text/html": {"schema": {"type": "string"}},
        "application/json": {"schema": {"$ref": f"#/components/schemas/{Fault.__name__}"}},
    }
    described: dict[int | str, dict[str, Any]] = {
        status: {"content": content, "description": sentence(status)[0]} for status in (401, 422, *statuses)
    }
    return {**described, 303: {"description": "elsewhere: the sign-in form, or the page after a form"}}


#: Makes a page out of a refusal for a browser; None for programs.
Page = Callable[[Request, int, str], Response | None]


def install(app: FastAPI, page: Page) -> None:
    """Answer every kind of fault in the same shape: JSON, or a page where a browser asks."""

    def answer(
        request: Request, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> Response:
        shown = page(request, status, message)
        if shown is None:
            return fault_response(status, code, message, headers)
        shown.headers.update(headers or {})
        return shown

    @app.exception_handler(Refused)
    async def _refused(request: Request, fault: Refused) -> Response:
        return answer(request, fault.status, fault.code, fault.message, fault.headers)

    @app.exception_handler(Problem)
    async def _problem(request: Request, fault: Problem) -> Response:
        return answer(request, 503, fault.code or "busy", fault.message)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, _fault: RequestValidationError) -> Response:
        return answer(request, 422, *sentence(422))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, fault: HTTPException) -> Response:
        return answer(request, fault.status_code, *sentence(fault.status_code), dict(fault.headers or {}))

    @app.exception_handler(Exception)
    async def _ours(request: Request, fault: Exception) -> Response:
        _log.error("fault while answering %s", request.url.path, exc_info=fault)
        return answer(request, 500, *sentence(500))
