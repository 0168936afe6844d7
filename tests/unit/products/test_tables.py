"""Tables of a sample's figures, templates for several products, pages that run on, and workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.unit.products.conftest import MADE_ON, figure, figures, register_of

from saphan.core.problem import Problem
from saphan.core.text import Text
from saphan.core.unit import Unit
from saphan.mission.model import Mission
from saphan.publish import products
from saphan.publish.figures.model import Figure, Register, Release
from saphan.publish.products import Fault, template

Labels = Mapping[tuple[str, str], Text]
ROW = '[[pages]]\nrows = [[{ width = 12, blocks = ["water"] }]]\n'
TEMPLATE = """
id = "needs"
after = "needs.interviews/YEAR"
each = { province = ["TH63", "TH85"] }
[names]
share = "needs.share/question=water"
[title]
en = "Needs of {name:$province}"
[subtitle]
en = "A sample"
[summary]
en = "A summary"
PAGES
[blocks.water]
kind = "table"
heading = { en = "Water" }
columns = [
    { label = { en = "{name:$province}" }, cell = { province = "$province" } },
    { label = { en = "All" } },
]
rows = [{ figures = "$share/answer=*/YEAR" }, { figures = "needs.mean/YEAR", label = { en = "People" } }]
[blocks.bars]
kind = "bars"
heading = { en = "Safe water by province" }
figures = "$share/answer=safe/province=*/YEAR"
""".replace("YEAR", "2023")
OF_WHOM = Text({"en": "households for whom this is known"})


def sampled(indicator: str, value: float, n: int, *, unit: Unit = Unit.SHARE, **cell: str) -> Figure:
    """A figure of a household sample."""
    made = figure(indicator, value, half=0.2, unit=unit, rests_on=n, **cell)
    return replace(made, base=n, denominator=OF_WHOM, judged=True)


def sample() -> list[Figure]:
    """What a sample told of two provinces: in one of them too little of poor water."""
    made = [figure("needs.interviews", 200, unit=Unit.INTERVIEW, rests_on=200)]
    for province, n, safe in (("TH63", 120, 0.5), ("TH85", 80, 0.75)):
        cell = {"question": "water", "province": province}
        made.append(sampled("needs.share", safe, n, answer="safe", **cell))
        poor = sampled("needs.share", 0.04, n, answer="poor", **cell)
        made.append(poor if province == "TH63" else replace(poor, release=Release.UNRELIABLE))
        made.append(sampled("needs.mean", 3.5, n, unit=Unit.NUMBER, province=province))
    made += [
        sampled("needs.share", share, 200, question="water", answer=a)
        for a, share in {"safe": 0.6, "poor": 0.04}.items()
    ]
    return [*made, sampled("needs.mean", 3.27, 200, unit=Unit.NUMBER)]


@pytest.fixture
def written(mission: Mission, tmp_path: Path) -> Callable[..., Mission]:
    """The seed mission in English with one template, its pages as given."""

    def write(text: str = TEMPLATE, pages: str = ROW) -> Mission:
        folder = tmp_path / "mission"
        (folder / "products").mkdir(parents=True, exist_ok=True)
        (folder / "products" / "needs.toml").write_text(text.replace("PAGES", pages), "utf-8")
        return replace(mission, folder=folder, languages=("en",))

    return write


@pytest.fixture
def register(mission: Mission) -> Register:
    """The register of a mission that also fielded a sample."""
    return register_of([*figures(), *sample()], mission)


def build(mission: Mission, register: Register, labels: Labels, folder: Path) -> dict[str, products.Product]:
    made = products.build(register, mission, folder, labels=labels, made_on=MADE_ON)
    return {one.path.name: one for one in made if one.path.parent == folder}


def test_one_template_makes_a_product_for_each_code_with_n_and_of_whom(
    written: Callable[..., Mission], register: Register, labels: Labels, tmp_path: Path
) -> None:
    mission = written()
    made = build(mission, register, labels, tmp_path / "out")
    assert {name for name in made if name.endswith(".pdf")} == {"needs-TH63.en.pdf", "needs-TH85.en.pdf"}
    page = made["needs-TH63.en.html"].path.read_text("utf-8")
    assert "Needs of Tak" in page
    assert "households for whom this is known" in page
    assert "Probability sample" in page
    respondents = [one.text for one in made["needs-TH63.en.html"].printed if str(one.hedge) == "respondents"]
    assert respondents == ["120", "200", "120", "200"]
    other = made["needs-TH85.en.html"]
    assert "not precise enough" in other.path.read_text("utf-8")
    assert not any("answer=poor/province=TH85" in one.figure for one in other.printed)
    for name, product in made.items():
        reader = {"pdf": products.read_pdf, "html": products.read_html, "xlsx": products.read_xlsx}
        reading = reader[name.rpartition(".")[2]](product.path)
        assert products.disagreements(reading, register, mission) == ()
        assert len(reading.found) == len(product.printed)


def test_a_chart_of_groups_says_how_many_answered_in_each(
    written: Callable[..., Mission], register: Register, labels: Labels, tmp_path: Path
) -> None:
    pages = '[[pages]]\nrows = [[{ width = 12, blocks = ["bars"] }]]\n'
    made = build(written(pages=pages), register, labels, tmp_path / "out")
    page = made["needs-TH63.en.html"].path.read_text("utf-8")
    note = page[page.index('class="note"') :]
    assert "n = " in note
    assert "Tak" in note
    assert "Ranong" in note
    assert [one.text for one in made["needs-TH63.en.pdf"].printed if str(one.hedge) == "respondents"] == ["80", "120"]


def test_rows_that_a_page_does_not_hold_go_on_to_another(
    written: Callable[..., Mission], register: Register, labels: Labels, tmp_path: Path
) -> None:
    rows = ", ".join(['[{ width = 12, blocks = ["water"] }]'] * 8)
    mission = written(pages=f"[[pages]]\nrows = [{rows}]\n")
    made = build(mission, register, labels, tmp_path / "out")
    reading = products.read_pdf(made["needs-TH63.en.pdf"].path)
    assert {found.where for found in reading.found} == {"page 1", "page 2"}
    assert products.disagreements(reading, register, mission) == ()


def test_a_product_waits_for_the_figure_that_it_comes_after(
    written: Callable[..., Mission], mission: Mission, labels: Labels, tmp_path: Path
) -> None:
    before = register_of(figures(), mission)
    waits = written()
    assert products.waiting(before, waits) == ("needs-TH63", "needs-TH85")
    assert build(waits, before, labels, tmp_path / "out") == {}


def test_a_name_that_nothing_stands_for_is_a_finding(written: Callable[..., Mission]) -> None:
    mission = written(TEMPLATE.replace("$share/answer=*", "$sahre/answer=*"))
    with pytest.raises(Problem) as refused:
        template.load(mission.folder / "products" / "needs.toml", ("en",))
    (found,) = refused.value.findings
    assert found.code == "template.name"
    assert "share" in found.remedy


@pytest.mark.parametrize("each", ["{ a = ['x'], b = ['y'] }", "{ a = [] }", "{ a = ['x', 'x'] }", "{ a = 3 }"])
def test_products_are_told_apart_by_one_key_whose_codes_stand_once(written: Callable[..., Mission], each: str) -> None:
    mission = written(TEMPLATE.replace('{ province = ["TH63", "TH85"] }', each))
    with pytest.raises(Problem) as refused:
        template.load(mission.folder / "products" / "needs.toml", ("en",))
    assert {found.code for found in refused.value.findings} == {"toml.value"}


@pytest.fixture
def workbook(
    written: Callable[..., Mission], register: Register, labels: Labels, tmp_path: Path
) -> tuple[Path, Mission]:
    """A product's workbook."""
    mission = written()
    return build(mission, register, labels, tmp_path / "out")["needs-TH63.en.xlsx"].path, mission


def test_a_workbook_holds_numbers_once_and_tables_refer_to_them(workbook: tuple[Path, Mission]) -> None:
    book = load_workbook(io.BytesIO(workbook[0].read_bytes()))
    assert book.sheetnames == ["read me", "tables", "numbers"]
    cells = [cell.value for row in book["tables"].iter_rows() for cell in row if cell.value is not None]
    assert not any(isinstance(cell, int | float) for cell in cells)
    assert sum(str(cell).startswith("=numbers!") for cell in cells) > 10


@pytest.mark.parametrize(
    ("where", "before", "after", "fault"),
    [
        ("numbers", "<v>0.5</v>", "<v>0.9</v>", Fault.LINK),  # the value beside its print
        ("strings", "<t>50%</t>", "<t>90%</t>", Fault.TEXT),  # the print itself
        ("numbers", "<v>120</v>", "<v>210</v>", Fault.LINK),  # how many answered
    ],
)
def test_a_number_altered_in_a_workbook_is_found(
    workbook: tuple[Path, Mission], register: Register, where: str, before: str, after: str, fault: Fault
) -> None:
    path, mission = workbook
    part = {"numbers": "xl/worksheets/sheet3.xml", "strings": "xl/sharedStrings.xml"}[where]
    with zipfile.ZipFile(path) as book:
        inside = {name: book.read(name) for name in book.namelist()}
    text = inside[part].decode()
    assert before in text
    inside[part] = text.replace(before, after, 1).encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, data in inside.items():
            book.writestr(name, data)
    wrong = products.disagreements(products.read_xlsx(path), register, mission)
    assert fault in {one.fault for one in wrong}


def test_what_is_no_workbook_of_ours_is_said_to_be_none(workbook: tuple[Path, Mission]) -> None:
    path, _ = workbook
    path.write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(Problem) as refused:
        products.read_xlsx(path)
    assert refused.value.findings[0].code == "product.unreadable"
