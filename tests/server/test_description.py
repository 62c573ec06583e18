"""The description at /openapi.json and the centre agree, whatever is tried (schemathesis makes up the
requests).
"""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.running import RunningCentre

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
FEW = hypothesis.settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
)


@pytest.fixture(scope="module")
def described(centre: RunningCentre) -> Any:
    """What the running centre says of itself."""
    return schemathesis.openapi.from_url(f"{centre.url}/openapi.json")


@pytest.fixture(scope="module")
def admin_session(centre: RunningCentre) -> dict[str, str]:
    """Headers of a signed-in admin's browser."""
    with centre.browser(centre.staff("admin")) as client:
        cookie = f"trainer={client.cookies['trainer']}"
    return {"cookie": cookie, "accept": "text/html", "origin": centre.url}


def try_everything(described: Any, headers: dict[str, str], but_not: str = "") -> int:
    """A handful of made-up requests to every route; gives how many routes were tried."""
    tried = 0
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path == but_not:
            continue
        tried += 1

        @FEW
        @hypothesis.given(case=operation.as_strategy())
        def attempt(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, headers=headers)

        attempt()
    return tried


def test_a_program_that_is_not_signed_in(described: Any) -> None:
    assert try_everything(described, {}) >= 14


def test_an_admin_with_a_browser(described: Any, admin_session: dict[str, str]) -> None:
    assert try_everything(described, admin_session, but_not="/keluar") >= 13
