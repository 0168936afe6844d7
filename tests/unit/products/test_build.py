"""What is made: files in every language, whose every number leads to its page, and nothing that may not go outside."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pypdfium2
import pytest
from lxml import html
from openpyxl import load_workbook
from pypdf import PdfReader
from tests.unit.products.conftest import MADE_ON

from saphan.core.text import Text
from saphan.mission.model import Mission
from saphan.publish import formats, products
from saphan.publish.figures.model import Kind, Register, Release
from saphan.publish.figures.register import decode
from saphan.publish.products.words import say

LANGUAGES = ("en", "th", "my")


def read(product: products.Product) -> PdfReader:
    return PdfReader(io.BytesIO(product.path.read_bytes()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_factsheet_has_two_pages_and_says_to_which_standards_it_keeps(
    built: Mapping[str, products.Product], language: str
) -> None:
    document = read(built[f"factsheet.{language}.pdf"])
    assert len(document.pages) == 2
    metadata = document.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert document.trailer["/Root"]["/Lang"] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_factsheet_uses_only_our_own_fonts(built: Mapping[str, products.Product], language: str) -> None:
    document = read(built[f"factsheet.{language}.pdf"])
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in document.pages for font in page["/Resources"]["/Font"].values()
    }
    assert fonts and all(re.search(r"\+NotoSans(Thai|Myanmar)?-(Regular|Bold)", font) for font in fonts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_leaves_the_paper(built: Mapping[str, products.Product], language: str) -> None:
    document = pypdfium2.PdfDocument(built[f"factsheet.{language}.pdf"].path)
    for page in document:
        text = page.get_textpage()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            assert right <= page.get_width() - 34 or right == left
            assert left >= 34 or right == left
            assert 14 <= bottom <= top <= page.get_height()
    document.close()


def test_the_register_inside_is_the_public_one(built: Mapping[str, products.Product], register: Register) -> None:
    carried = decode(read(built["factsheet.en.pdf"]).attachments["register.json"][0])
    public = {figure.name for figure in register if figure.release is Release.PUBLIC}
    assert carried.figures.keys() == public
    figures = built["factsheet.en.pdf"].path.parent / "dataset" / "figures.csv"
    assert read(built["factsheet.my.pdf"]).attachments["figures.csv"][0] == figures.read_bytes()
    assert "flow.movements/direction=in/mode=plane/2023" in register.figures.keys() - public


def test_nothing_withheld_is_written_anywhere(
    built: Mapping[str, products.Product], register: Register, mission: Mission
) -> None:
    hidden = [figure.name for figure in register if figure.release is not Release.PUBLIC]
    hidden += [f"{point.id}<" for point in mission.places.points.values() if not point.official]
    assert len(hidden) > 2
    for path, product in built.items():
        if path.endswith(".html"):
            text = product.path.read_text("utf-8")
            assert not [name for name in hidden if name in text], path


@pytest.mark.parametrize("path", ["factsheet.en.html", "factsheet.my.html", "figures/index.th.html"])
def test_every_link_of_a_page_leads_somewhere(built: Mapping[str, products.Product], path: str) -> None:
    product = built[path]
    page = html.document_fromstring(product.path.read_text("utf-8"))
    for link in page.iter("a", "link"):
        parts = urlsplit(link.get("href", ""))
        if not parts.scheme and parts.path:
            assert (product.path.parent / unquote(parts.path)).is_file(), parts.path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_pdf_leads_to_a_page_in_its_language(
    built: Mapping[str, products.Product], language: str
) -> None:
    product = built[f"factsheet.{language}.pdf"]
    for page in read(product).pages:
        for annotation in page.annotations or ():
            parts = urlsplit(annotation.get_object()["/A"]["/URI"])
            if not parts.scheme:
                target = product.path.parent / unquote(parts.path)
                assert html.fromstring(target.read_bytes()).get("lang") == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_light_and_needs_nothing_from_elsewhere(built: Mapping[str, products.Product], language: str) -> None:
    data = built[f"factsheet.{language}.html"].path.read_bytes()
    assert len(gzip.compress(data)) < 100_000
    page = html.document_fromstring(data.decode())
    assert not page.xpath("//script | //img | //iframe | //link[@rel='stylesheet']")
    assert "url(" not in data.decode() and "@import" not in data.decode()


def test_every_page_says_that_it_is_simulated_and_not_signed(built: Mapping[str, products.Product]) -> None:
    for path, product in built.items():
        said = [say(message, product.language) for message in ("simulated", "provisional")]
        if path.endswith(".html"):
            page = product.path.read_text("utf-8")
            assert all(words in page for words in said), path
        elif path.endswith(".xlsx"):
            told = [row[0] for row in load_workbook(product.path)["read me"].iter_rows(values_only=True)]
            assert all(any(words in line for line in told) for words in said), path
        else:
            assert said[0] in str(read(product).metadata)
    # Thai and Burmese cannot be read back word by word from a PDF; their pages are set by the same template.
    for page in read(built["factsheet.en.pdf"]).pages:
        assert "SIMULATED DATA" in page.extract_text() and "PROVISIONAL" in page.extract_text()


def test_the_page_of_a_figure_says_how_it_came_about(built: Mapping[str, products.Product], register: Register) -> None:
    figure = register.figures["flow.movements/direction=in/2023"]
    page = built[f"figures/{figure.name}/index.html"].path.read_text("utf-8")
    for said in (
        figure.key,
        register.frame,
        figure.method,
        "between 1,290,000 and 1,380,000",
        "19% of the value was counted, not extrapolated",
        "saphan figure why",
        "14,912 submissions received, 14,912 used",
        "direction=in/2023-05",  # a child
    ):
        assert said in page


def test_notes_on_the_data_stand_once_and_pages_of_figures_lead_there(built: Mapping[str, products.Product]) -> None:
    page = built["figures/flow.movements/direction=in/2023/index.th.html"].path.read_text("utf-8")
    every = built["figures/index.th.html"].path.read_text("utf-8")
    note = "2 observation hours not used: no such hour."
    assert note in every and note not in page
    assert 'figures/index.th.html#notes"' in page
    assert 'id="notes"' in every


def test_a_parent_that_may_not_be_named_is_not_named(built: Mapping[str, products.Product]) -> None:
    page = built["figures/flow.movements/direction=in/point=TAK-01/2023/index.html"].path.read_text("utf-8")
    assert "restricted: not for outside" in page
    assert "TAK-03" not in page


def test_equal_input_gives_equal_bytes(
    built: Mapping[str, products.Product],
    register: Register,
    mission: Mission,
    labels: Mapping[tuple[str, str], Text],
    tmp_path: Path,
) -> None:
    dataset = formats.dataset(register, mission, labels, tmp_path / "dataset", mission.languages)
    again = products.build(register, mission, tmp_path, labels=labels, made_on=MADE_ON, dataset=dataset)
    assert {product.path.relative_to(tmp_path).as_posix(): product.sha256 for product in again} == {
        path: product.sha256 for path, product in built.items()
    }


def test_a_chart_whose_values_are_all_withheld_says_so(
    register: Register, mission: Mission, labels: Mapping[tuple[str, str], Text], tmp_path: Path
) -> None:
    hidden = {
        name: replace(figure, release=Release.TOO_FEW) if "mode" in figure.cell else figure
        for name, figure in register.figures.items()
    }
    products.build(replace(register, figures=hidden), mission, tmp_path, labels=labels, made_on=MADE_ON)
    page = (tmp_path / "factsheet.en.html").read_text("utf-8")
    assert "These values are withheld to protect people" in page
    assert "Motorbike" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_factsheet_has_real_headings_and_words_for_every_chart(
    built: Mapping[str, products.Product], language: str
) -> None:
    found: dict[str, list[str]] = {}
    pending = [read(built[f"factsheet.{language}.pdf"]).trailer["/Root"]["/StructTreeRoot"]]
    while pending:
        node = pending.pop().get_object()
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            found.setdefault(str(node.get("/S")), []).append(str(node.get("/Alt", "")))
            pending.extend([node["/K"]] if "/K" in node else [])
    assert len(found["/H1"]) == 1
    assert len(found["/H2"]) > 8
    assert len(found["/Figure"]) == 9
    assert all(len(words) > 40 for words in found["/Figure"])


@pytest.mark.parametrize("basis", ["design", "model"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_box_says_by_itself_what_the_intervals_rest_on(
    register: Register,
    mission: Mission,
    labels: Mapping[tuple[str, str], Text],
    tmp_path: Path,
    language: str,
    basis: str,
) -> None:
    based = {
        name: replace(figure, basis=basis) if figure.kind is Kind.ESTIMATE else figure
        for name, figure in register.figures.items()
    }
    products.build(replace(register, figures=based), mission, tmp_path, labels=labels, made_on=MADE_ON)
    page = html.document_fromstring((tmp_path / f"factsheet.{language}.html").read_text("utf-8"))
    box = page.get_element_by_id("method").text_content()
    other = {"design": "model", "model": "design"}[basis]
    assert say(f"basis-{basis}", language) in box
    assert say(f"basis-{other}", language) not in box
