"""The dashboard in a real browser: keyboard, small screens, languages, paper; no script and nothing from
elsewhere.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.contrast import contrast
from tests.server.laptops import TestLaptop
from tests.server.running import PASSWORD, RunningCentre
from trainer_app.bootstrap.system import BROWSERS
from trainer_app.server import administration, web

PAGE_BYTES = 150_000
MAP = "Usaha digital per provinsi"
Open = Callable[..., Page]
expect.set_options(timeout=60_000)  # a slow machine is no wrong page


def _month(by: int) -> str:
    """So many months from this one, as the machine that serves counts them: "2026-12"."""
    now = datetime.now().astimezone()
    years, month = divmod(now.month - 1 + by, 12)
    return f"{now.year + years}-{month + 1:02d}"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentre]:
    """A centre with people in three districts of Kab. Kupang and in Kab. Nabire; the engine makes no
    difference here.
    """
    folder = tmp_path_factory.mktemp("peramban")
    with RunningCentre.start(folder / "pusat") as centre:
        with centre.opened() as opened:
            administration.set_programme(opened, "Digital CONTOH", starts=f"{_month(-5)}-01")
            administration.set_target(opened, _month(1), "5301", trained=60, digitised=40)
        laptop = TestLaptop(centre, folder, "5301,9401")
        for village, n in (("53.01.08.2006", 12), ("53.01.09.2001", 8), ("53.01.04.2001", 2)):
            laptop.register(n, 5301, village)
        laptop.register(9, 9401, "94.01.01.2001")
        laptop.push()
        laptop.close()
        yield centre


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def admin(centre: RunningCentre) -> str:
    """Somebody who may see everything."""
    return centre.staff("admin")


@pytest.fixture(scope="module")
def session(centre: RunningCentre, admin: str) -> str:
    """That person's session."""
    with centre.browser(admin) as client:
        return client.cookies["trainer"]


@pytest.fixture
def open_page(centre: RunningCentre, browser: Browser, session: str) -> Iterator[Open]:
    """`open_page(path, width=1366)`: signed in, without JavaScript. Fails on what a browser complains of, and
    on anything that is asked from elsewhere.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def made(path: str, *, width: int = 1366, signed_in: bool = True) -> Page:
        context = browser.new_context(
            base_url=centre.url, viewport={"width": width, "height": 790}, java_script_enabled=False
        )
        contexts.append(context)
        context.set_default_timeout(60_000)
        page = context.new_page()
        # the browser also reports the answer to a form that was filled in wrongly
        page.on("console", lambda message: "422" in message.text or complaints.append(message.text))
        page.on(
            "request",
            lambda request: complaints.append(request.url) if not _own(centre, request.url) else None,
        )
        # a page that is left before its icon came has not failed
        page.on(
            "requestfailed",
            lambda request: (
                "ERR_ABORTED" in str(request.failure)
                or complaints.append(f"{request.url}: {request.failure}")
            ),
        )
        if signed_in:
            context.add_cookies([{"name": "trainer", "value": session, "url": centre.url}])
        page.goto(path)
        return page

    yield made
    for context in contexts:
        context.close()
    assert complaints == []


def _own(centre: RunningCentre, url: str) -> bool:
    return url.startswith((centre.url + "/", "data:"))


def test_from_signing_in_to_a_regency_with_the_keyboard_alone(open_page: Open, admin: str) -> None:
    page = open_page("/", signed_in=False)
    expect(page).to_have_url(re.compile(r"/masuk\?ke=%2F$"))
    page.keyboard.type(admin)  # the field has the focus already
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Indonesia")
    _tab_to(page, "Nusa Tenggara Timur: 0% sudah digital, 0 dari 22")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nusa Tenggara Timur")
    _tab_to(page, "Kab. Kupang: 0% sudah digital, 0 dari 22")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kab. Kupang")
    expect(page.locator(".head")).to_contain_text("100% laptop sudah mengirim dalam 7 hari")


def _tab_to(page: Page, name: str) -> None:
    wanted = page.get_by_role("link", name=name, exact=True)
    for _press in range(80):
        page.keyboard.press("Tab")
        if wanted.and_(page.locator(":focus")).count():
            return
    raise AssertionError(f"the Tab key never reaches {name}")


def test_the_numbers_and_their_tables(open_page: Open) -> None:
    page = open_page("/wilayah/53.01")
    cards = page.locator(".kpi")
    expect(cards.nth(0)).to_contain_text("22")
    expect(cards.nth(1)).to_contain_text("0% dari target 60")
    expect(cards.nth(3)).to_contain_text("0% dari target 40")
    expect(page.get_by_role("img", name="Usaha digital per kecamatan")).to_be_visible()
    expect(page.locator(".tile.t-few")).to_have_count(2)  # two people in one district, and one more as cover
    assert page.locator(".tile.t-few .value").all_text_contents() == ["< 5", "•"]
    table = page.get_by_role("region", name="Usaha digital per kecamatan")
    expect(table).to_be_hidden()
    page.get_by_text("Buka sebagai tabel").first.click()
    expect(table.get_by_role("row", name="Semau")).to_contain_text("< 5")
    page.get_by_text("Buka sebagai tabel").nth(1).click()
    expect(page.get_by_role("region", name="Kemajuan menuju target").get_by_role("row")).to_have_count(
        7
    )  # a head and six months
    expect(
        page.get_by_role("table", name="Orang yang sampai di tiap langkah").get_by_role("row")
    ).to_have_count(5)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/wilayah/53",
        "/wilayah/53.01",
        "/laporan/attendance",
        "/laptop",
        "/kode",
        "/petugas",
        "/program",
        "/modul",
    ],
)
def test_nothing_is_cut_off_on_a_phone(open_page: Open, path: str) -> None:
    page = open_page(path, width=360)
    box = page.locator("body").bounding_box()
    assert box is not None
    assert box["width"] <= 360
    wide = [
        found["width"]
        for found in (handle.bounding_box() for handle in page.locator("main > *, .card, h1, .top").all())
        if found is not None
    ]
    assert max(wide) <= 360
    if path.startswith("/wilayah"):
        expect(page.locator(".map")).to_be_hidden()
        expect(page.locator(".rates li").first).to_be_visible()
        expect(page.locator(".lines.narrow")).to_be_visible()


def test_english_stays_english(open_page: Open) -> None:
    page = open_page("/wilayah/53.01?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/wilayah/53")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")


def test_a_page_is_light_and_has_no_script(open_page: Open) -> None:
    page = open_page("/kode")
    answer = page.goto("/")
    assert answer is not None
    assert page.locator("script, [onclick], [style]").count() == 0
    whole = len(answer.body()) + sum(len(asset.body) for asset in web.assets().values())
    assert whole < PAGE_BYTES


def test_on_paper_without_menu(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/wilayah/53.01")
    page.emulate_media(media="print")
    expect(page.locator(".top nav")).to_be_hidden()
    expect(page.get_by_role("button", name="Keluar")).to_be_hidden()
    expect(page.locator(".map")).to_be_visible()
    page.pdf(path=tmp_path / "ringkasan.pdf", format="A4")
    assert (tmp_path / "ringkasan.pdf").read_bytes().count(b"/Type /Page\n") <= 3


def test_making_a_code_shows_it_once(open_page: Open) -> None:
    page = open_page("/kode")
    page.get_by_label("Wilayah laptop").fill("5301")
    page.get_by_role("button", name="Buat kode").click()
    shown = page.get_by_role("status").locator(".code").inner_text()
    assert re.fullmatch(r"[A-Z2-9]{4} [A-Z2-9]{4}", shown)
    page.goto("/kode")
    assert shown not in page.content()
    expect(page.locator(".plain li").first).to_contain_text("Kab. Kupang")
    page.get_by_label("Wilayah laptop").fill("entah")
    page.get_by_role("button", name="Buat kode").click()
    expect(page.get_by_role("alert")).to_contain_text("Wilayah entah tidak dikenal")


def test_the_laptop_page_says_what_is_known(open_page: Open) -> None:
    page = open_page("/laptop")
    row = page.get_by_role("row", name="Laptop CONTOH")
    expect(row).to_contain_text(re.compile(r"baru saja|\d menit lalu"))  # the tests before this one take time
    expect(row).to_contain_text("tepat")
    expect(row.get_by_role("cell").nth(3)).to_have_text("3 catatan")


def test_every_text_can_be_read() -> None:
    """WCAG: text at least 4.5 to 1 on each step of the map, also where the text turns white."""
    colours = web.tokens()
    dark, light = colours["ink"], colours["on_primary"]
    for step, text in enumerate((dark, dark, dark, light, light)):
        assert contrast(colours[f"map{step}"], text) >= 4.5, step
    assert contrast(colours["sunken"], dark) >= 4.5
    assert contrast(colours["surface"], colours["ink3"]) >= 4.5
