"""Who may see and do what: every page, every role, own and foreign areas."""

from __future__ import annotations

import re

import httpx
import pyotp
import pytest

from tests.server.running import PASSWORD, RunningCentre
from trainer_app.records.ids import new_id
from trainer_app.server import administration
from trainer_app.server.web import MENU
from trainer_app.storage.throttle import FREE_FAILURES

ROLES = ("pelatih", "pengawas", "admin", "pengamat")
OWN, FOREIGN = "53.01", "94.01"
#: Page, and the roles that may open it.
PAGES: dict[str, tuple[str, ...]] = {
    "/": ROLES,
    f"/wilayah/{OWN}": ROLES,
    "/laporan": ROLES,
    "/laporan/areas": ROLES,
    "/laporan/attendance": ("pengawas", "admin"),
    "/laptop": ("pengawas", "admin"),
    "/foto": ("pengawas", "admin"),
    "/program": ("admin",),
    "/modul": ("admin",),
    "/kode": ("admin",),
    "/petugas": ("admin",),
}
#: Reached from another page.
BESIDE_THE_MENU = ("/modul",)
#: What nobody of Kabupaten Kupang may open: another regency, another province, what does not exist.
NOT_THEIRS = (
    f"/wilayah/{FOREIGN}",
    "/wilayah/94",
    "/wilayah/53.02",
    "/wilayah/99.99",
    "/wilayah/5301",
    "/wilayah/x",
    "/laporan/x",
    "/laporan/areas?wilayah=94",
    f"/laporan/areas/csv?wilayah={FOREIGN}",
)


@pytest.fixture(scope="module")
def logins(centre: RunningCentre) -> dict[str, str]:
    """One person of each role, all of Kabupaten Kupang only."""
    return {role: centre.staff(role, "5301") for role in ROLES}


@pytest.fixture(autouse=True)
def _no_memory_of_wrong_guesses(centre: RunningCentre) -> None:
    with centre.opened() as opened:
        opened.db.transact(lambda c: c.run("DELETE FROM throttle"))


def csrf_of(client: httpx.Client, path: str = "/") -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get(path).text)
    assert found is not None
    return found.group(1)


def test_the_menu_is_the_table_of_this_test() -> None:
    assert {path: tuple(sorted(roles)) for path, _name, roles in MENU} == {
        path: tuple(sorted(roles))
        for path, roles in PAGES.items()
        if path.count("/") == 1 and path not in BESIDE_THE_MENU
    }


@pytest.mark.parametrize("role", ROLES)
def test_pages_by_role(centre: RunningCentre, logins: dict[str, str], role: str) -> None:
    with centre.browser(logins[role]) as client:
        for path, roles in PAGES.items():
            answer = client.get(path)
            assert answer.status_code == (200 if role in roles else 403), path
            assert answer.headers["cache-control"] == "no-store"
            assert "script-src" not in answer.headers["content-security-policy"]
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            if role in roles:
                for menu_path, _name, menu_roles in MENU:
                    assert (f'<li><a href="{menu_path}"' in answer.text) == (role in menu_roles)


@pytest.mark.parametrize("role", ROLES)
def test_foreign_areas_do_not_exist(centre: RunningCentre, logins: dict[str, str], role: str) -> None:
    with centre.browser(logins[role]) as client:
        for path in NOT_THEIRS:
            assert client.get(path).status_code == 404, path
        assert client.get("/").text.count("Kab. Kupang") >= 1
        province = client.get("/wilayah/53")
        assert province.status_code == 200, "the province, as far as it is theirs"
        assert "/wilayah/53.02" not in province.text


def test_an_admin_of_one_area_gives_away_no_other(centre: RunningCentre, logins: dict[str, str]) -> None:
    codes, staff = "SELECT COUNT(*) FROM enrolment_code", "SELECT COUNT(*) FROM staff"
    with centre.browser(logins["admin"]) as client:
        csrf = csrf_of(client)
        before = centre.count(codes), centre.count(staff)
        for path, form in (
            ("/kode", {"areas": "9401"}),
            ("/kode", {"areas": "5301,9401"}),
            ("/kode", {"areas": "5301", "staff": new_id().hex()}),
            ("/petugas", {"name": "CONTOH", "role": "admin", "areas": "9401"}),
            ("/petugas", {"name": "CONTOH", "role": "admin", "areas": ""}),
        ):
            assert client.post(path, data={"csrf": csrf, **form}).status_code == 404, form
        assert (centre.count(codes), centre.count(staff)) == before
        assert client.post("/kode", data={"csrf": csrf, "areas": "5301"}).status_code == 200
        assert client.post("/kode", data={"csrf": csrf, "areas": "entah"}).status_code == 422
        made = client.post(
            "/petugas", data={"csrf": csrf, "name": "CONTOH Baru", "role": "pelatih", "areas": "5301"}
        )
        assert made.status_code == 200
        assert re.search(r'<p class="code">[A-Z2-9]{4} [A-Z2-9]{4}</p>', made.text)
        assert (centre.count(codes), centre.count(staff)) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("role", ["pelatih", "pengawas", "pengamat"])
def test_only_admins_make_codes_and_staff(centre: RunningCentre, logins: dict[str, str], role: str) -> None:
    with centre.browser(logins[role]) as client:
        csrf = csrf_of(client)
        assert client.post("/kode", data={"csrf": csrf, "areas": "5301"}).status_code == 403
        form = {"csrf": csrf, "name": "CONTOH", "role": "admin", "areas": "5301"}
        assert client.post("/petugas", data=form).status_code == 403


def test_nobody_signed_in_sees_nothing(centre: RunningCentre) -> None:
    with centre.browser() as client:
        for path in PAGES:
            answer = client.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/masuk?ke=%2F")
        for path in ("/kode", "/petugas", "/keluar"):
            assert client.post(path, data={"csrf": "0" * 64}).status_code == 401
    plain = httpx.get(f"{centre.url}/")
    assert (plain.status_code, plain.json()["code"]) == (401, "access.sign_in")


def test_forms_need_their_word_and_their_origin(centre: RunningCentre, logins: dict[str, str]) -> None:
    with centre.browser(logins["admin"]) as client:
        csrf = csrf_of(client)
        form = {"csrf": csrf, "areas": "5301"}
        assert client.post("/kode", data={**form, "csrf": "0" * 64}).status_code == 403
        assert client.post("/kode", data=form, headers={"origin": "https://lain.example"}).status_code == 403
        assert client.post("/kode", data=form, headers={"origin": "null"}).status_code == 403
        same = {"origin": "null", "sec-fetch-site": "same-origin"}
        assert client.post("/kode", data=form, headers=same).status_code == 200
    foreign = {"origin": "https://lain.example"}
    data = {"login": logins["admin"], "password": PASSWORD}
    assert httpx.post(f"{centre.url}/masuk", data=data, headers=foreign).status_code == 403


def test_the_session_cookie_is_for_this_site_and_no_script(
    centre: RunningCentre, logins: dict[str, str]
) -> None:
    data = {"login": logins["pelatih"], "password": PASSWORD}
    answer = httpx.post(f"{centre.url}/masuk", data=data, headers={"origin": centre.url})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("trainer=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    behind_proxy = {
        "origin": f"https://{httpx.URL(centre.url).netloc.decode()}",
        "x-forwarded-proto": "https",
    }
    secure = httpx.post(f"{centre.url}/masuk", data=data, headers=behind_proxy)
    cookie = secure.headers["set-cookie"].lower()
    assert cookie.startswith("__host-trainer=")
    assert "secure" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie
    assert secure.headers["strict-transport-security"].startswith("max-age=")


def test_over_the_network_a_password_needs_https(centre: RunningCentre, logins: dict[str, str]) -> None:
    data = {"login": logins["pelatih"], "password": PASSWORD}
    headers = {"origin": centre.url, "x-forwarded-for": "203.0.113.9"}
    answer = httpx.post(f"{centre.url}/masuk", data=data, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "access.https")
    assert httpx.get(f"{centre.url}/metrics", headers=headers).status_code == 404


def test_signing_out_ends_the_session_at_the_centre(centre: RunningCentre, logins: dict[str, str]) -> None:
    with centre.browser(logins["pelatih"]) as client:
        token = client.cookies["trainer"]
        assert client.post("/keluar", data={"csrf": csrf_of(client)}).status_code == 303
        stolen = {"cookie": f"trainer={token}", "accept": "text/html"}
        assert httpx.get(f"{centre.url}/", headers=stolen).status_code == 303


def test_somebody_who_left_is_out_at_once(centre: RunningCentre) -> None:
    login = centre.staff("pengawas", "5301")
    with centre.browser(login) as client:
        assert client.get("/").status_code == 200
        with centre.opened() as opened:
            administration.stop_staff(opened, login)
        assert client.get("/").status_code == 303
        assert client.post("/masuk", data={"login": login, "password": PASSWORD}).status_code == 403


def test_areas_that_are_taken_away_are_gone_at_the_next_page(centre: RunningCentre) -> None:
    from trainer_app.records.kinds import CENTRE_AREA, Staff
    from trainer_app.records.operation import Edit

    login = centre.staff("pengawas", "5301,5302")
    with centre.browser(login) as client:
        assert client.get("/wilayah/53.02").status_code == 200
        with centre.opened() as opened:
            staff = administration.find_staff(opened, login)
            opened.save([Edit(Staff, staff.id, CENTRE_AREA, {"areas": "5301"})])
        assert client.get("/wilayah/53.02").status_code == 404


def test_guessing_a_password_is_slowed_down(centre: RunningCentre) -> None:
    login = centre.staff("pengamat")
    with centre.browser() as client:
        for _guess in range(FREE_FAILURES + 1):
            wrong = client.post("/masuk", data={"login": login, "password": "salah salah salah"})
            assert wrong.status_code == 403
            assert "belum cocok" in wrong.text
        assert client.post("/masuk", data={"login": login, "password": PASSWORD}).status_code == 429


def test_the_second_factor_is_asked_for(centre: RunningCentre) -> None:
    login = f"admin-{new_id().hex()[-8:]}"
    with centre.opened() as opened:
        made = administration.add_staff(
            opened, f"CONTOH {login}", "admin", "", login=login, password=PASSWORD, totp=True
        )
    totp = pyotp.parse_uri(made.data["totp"])
    assert isinstance(totp, pyotp.TOTP)
    with centre.browser() as client:
        form = {"login": login, "password": PASSWORD}
        assert client.post("/masuk", data=form).status_code == 403
        code = totp.now()
        assert client.post("/masuk", data={**form, "code": code}).status_code == 303
        assert client.post("/masuk", data={**form, "code": code}).status_code == 403, "a code works once"


def test_after_signing_in_only_to_pages_of_this_site(centre: RunningCentre, logins: dict[str, str]) -> None:
    data = {"login": logins["pelatih"], "password": PASSWORD}
    with centre.browser() as client:
        for wanted, given in (
            ("/wilayah/53.01", "/wilayah/53.01"),
            ("//lain.example/", "/"),
            ("https://lain.example/", "/"),
            ("/\\lain.example", "/"),
        ):
            answer = client.post("/masuk", data={**data, "ke": wanted})
            assert answer.headers["location"] == given
