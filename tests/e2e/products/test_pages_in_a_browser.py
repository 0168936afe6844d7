"""Pages in a real browser: nothing to scroll sideways, nothing from elsewhere, everything reachable without sight."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright
from tests.unit.products.conftest import LABELS, MADE_ON, figures, labels_of, register_of

from saphan import mission as missions
from saphan.publish import products

LANGUAGES = ("en", "th", "my")
FIGURE = "figures/flow.movements/direction=in/2023/index{}.html"
PAGES = [f"factsheet.{language}.html" for language in LANGUAGES] + [
    "figures/index.html",
    *(FIGURE.format("" if language == "en" else f".{language}") for language in LANGUAGES),
]


@pytest.fixture(scope="module")
def folder(thailand: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("products")
    mission = missions.open(thailand)
    register = register_of(figures(), mission)
    products.build(register, mission, made, labels=labels_of(LABELS), made_on=MADE_ON)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that playwright brought; skipped, with this reason, where there is neither."""
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"needs Chromium (apt-get install chromium): {error.message.splitlines()[0]}")
        yield started
        started.close()


def opened(browser: Browser, folder: Path, path: str, width: int, script: bool = True) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 800}, java_script_enabled=script)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / path).as_uri())
    return page, asked


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_and_nothing_is_fetched(browser: Browser, folder: Path, path: str, width: int) -> None:
    page, asked = opened(browser, folder, path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [(folder / path).as_uri()]
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_headings_landmarks_and_names_are_in_order(browser: Browser, folder: Path, path: str) -> None:
    page, _ = opened(browser, folder, path, 1280)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    nameless = "[...document.querySelectorAll('a')].filter(a => !a.textContent.trim()).length"
    assert page.evaluate(nameless) == 0
    assert page.evaluate("[...document.querySelectorAll('svg')].filter(s => !s.getAttribute('aria-label')).length") == 0
    assert page.evaluate("document.querySelectorAll('main').length") == 1
    assert page.evaluate("[...document.querySelectorAll('table')].filter(t => !t.querySelector('th')).length") == 0
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_text_stands_out_from_its_ground(browser: Browser, folder: Path, path: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 : 1, on white where nothing behind it is coloured."""
    page, _ = opened(browser, folder, path, 1280)
    pairs: list[Mapping[str, str]] = page.evaluate(
        """[...document.querySelectorAll('p,a,th,td,dt,dd,h1,h2,summary,li,code')].map(element => {
            let ground = element;
            const clear = one => getComputedStyle(one).backgroundColor === 'rgba(0, 0, 0, 0)';
            while (ground && clear(ground)) ground = ground.parentElement;
            return {text: getComputedStyle(element).color,
                    ground: ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)'};
        })"""
    )
    assert pairs
    assert not {(pair["text"], pair["ground"]) for pair in pairs if contrast(pair["text"], pair["ground"]) < 4.5}
    page.close()


def contrast(text: str, ground: str) -> float:
    light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of `rgb(r, g, b)` (WCAG 2.2)."""
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_reader_without_script_goes_from_a_number_to_its_page_and_back(browser: Browser, folder: Path) -> None:
    page, _ = opened(browser, folder, "factsheet.th.html", 360, script=False)
    page.click("#messages a.n >> nth=0")
    assert page.locator("html").get_attribute("lang") == "th"
    assert "flow.movements/direction=in/2023" in page.locator("h1").locator("xpath=..").inner_text()
    page.click("nav a >> text=English")
    assert page.locator("html").get_attribute("lang") == "en"
    page.click("nav li.apart a")
    assert page.url.endswith("factsheet.en.html")
    page.close()


def test_a_phone_sees_the_narrow_chart_and_a_desk_the_wide_one(browser: Browser, folder: Path) -> None:
    for width, shown, hidden in ((360, "narrow-only", "wide-only"), (1280, "wide-only", "narrow-only")):
        page, _ = opened(browser, folder, "factsheet.en.html", width)
        assert page.locator(f"#trend .{shown} svg").is_visible()
        assert not page.locator(f"#trend .{hidden} svg").is_visible()
        size = page.evaluate(f"parseFloat(getComputedStyle(document.querySelector('#trend .{shown} text')).fontSize)")
        box = page.locator(f"#trend .{shown} svg").bounding_box()
        assert box is not None
        view = page.evaluate(f"document.querySelector('#trend .{shown} svg').viewBox.baseVal.width")
        assert size * box["width"] / view >= 11  # pixels: chart text stays readable
        page.close()
