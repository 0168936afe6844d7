"""What was built, in a real browser, as a reader meets it: by the landing page, at a desk and on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import Bridge
from tests.web.conftest import Server, running

CHROMIUM = shutil.which("chromium")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
LANGUAGES = {"en": "English", "th": "ไทย", "my": "မြန်မာ"}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the browser chromium (apt-get install chromium)")


@pytest.fixture(scope="module")
def server(bridge: Bridge) -> Iterator[Server]:
    with running(bridge.var / "products") as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page whose every complaint, of the policy too, fails the test."""
    opened = browser.new_context(base_url=f"http://127.0.0.1:{server.port}", viewport=DESK, locale="en-GB").new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.context.close()
    assert complaints == []


def overflows(page: Page) -> int:
    """How many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_from_the_landing_page_to_a_figure_and_its_parents(page: Page) -> None:
    page.goto("/")
    assert page.get_by_text("SIMULATED DATA").first.is_visible()
    page.get_by_role("link", name="Flow monitoring at the Thailand").click()
    page.wait_for_url("**/factsheet.en.html")
    number = page.locator("a.n").first
    printed = number.inner_text()
    number.click()
    assert "/figures/flow.movements/direction=in/2023/" in page.url
    assert printed in page.locator("main").inner_text()
    page.locator("main ul a").first.click()
    assert "/figures/" in page.url
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_its_window_in_every_language(page: Page, language: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    first = "" if language == "en" else f".{language}"
    for path in (
        f"/?language={language}",
        f"/factsheet.{language}.html",
        f"/figures/index{first}.html",
        f"/figures/flow.movements/direction=in/2023/index{first}.html",
    ):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        assert overflows(page) <= 0, path


def test_languages_lead_to_each_other(page: Page) -> None:
    page.goto("/")
    page.locator("nav").get_by_role("link", name=LANGUAGES["th"]).click()
    assert page.locator("html").get_attribute("lang") == "th"
    page.goto("/factsheet.th.html")
    page.locator("nav").get_by_role("link", name=LANGUAGES["my"]).click()
    page.wait_for_url("**/factsheet.my.html")


def test_a_reader_with_a_keyboard_reaches_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def test_the_numbers_of_a_chart_can_be_read_as_a_table(page: Page) -> None:
    page.goto("/factsheet.en.html")
    table = page.locator("details").first
    assert not table.locator("table").is_visible()
    table.locator("summary").click()
    assert table.locator("table").is_visible()
    assert table.locator("tbody tr").count() >= 12


def test_every_link_of_the_landing_page_and_the_factsheet_leads_somewhere(page: Page, server: Server) -> None:
    for path in ("/", "/factsheet.my.html"):
        page.goto(path)
        links = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
        own = sorted({link.split("#")[0] for link in links if f":{server.port}/" in link})
        assert len(own) > 8
        for link in own:
            answer = page.request.get(link)
            assert answer.status == 200, link


def test_a_pdf_and_the_dataset_can_be_taken_home(page: Page, bridge: Bridge) -> None:
    for path in ("factsheet.th.pdf", "dataset/figures.xlsx", "dataset/figures.csv"):
        answer = page.request.get(f"/{path}")
        assert answer.body() == (bridge.var / "products" / path).read_bytes()


def test_a_page_that_is_not_there_helps_on(browser: Browser, server: Server) -> None:
    page = browser.new_page(base_url=f"http://127.0.0.1:{server.port}")
    answer = page.goto("/figures/flow.movements/direction=inn/2023/")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("link", name="flow.movements/direction=in/2023", exact=True).click()
    assert page.locator("h1").is_visible()
    page.close()
