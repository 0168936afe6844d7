"""Sums that cannot be rounded so that they add up are printed with a note; all others without."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import html
from pypdf import PdfReader
from tests.unit.products.conftest import FACTS, MADE_ON, YEAR, figure, figures

from saphan.core.digest import of_value
from saphan.core.text import Text
from saphan.core.unit import Unit
from saphan.mission.model import Mission
from saphan.publish import products
from saphan.publish.figures.model import WHOLE, Sum
from saphan.publish.figures.register import propose
from saphan.publish.products.words import say

LANGUAGES = ("en", "th", "my")
STAYS = ("under-3-months", "3-12-months", "1-2-years")


@pytest.fixture(scope="module")
def folder(mission: Mission, labels: Mapping[tuple[str, str], Text], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Products of a register in which a third of few people asked gave each length of stay; a third prints as 33%."""
    thirds = [
        figure("survey.share", 1 / 3, unit=Unit.SHARE, rests_on=30, question="intended_stay", answer=stay)
        for stay in STAYS
    ]
    others = [one for one in figures() if one.cell.get("question") != "intended_stay"]
    ways = Sum(
        total=f"flow.movements/{YEAR}", parts=tuple(f"flow.movements/direction={way}/{YEAR}" for way in ("in", "out"))
    )
    register = propose(
        [*others, *thirds],
        [Sum(total=WHOLE, parts=tuple(third.name for third in thirds)), ways],
        mission=mission,
        frame=of_value("frame"),
        facts=FACTS,
    )
    folder = tmp_path_factory.mktemp("broken")
    products.build(register, mission, folder, labels=labels, made_on=MADE_ON)
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_whose_parts_do_not_add_up_says_so(folder: Path, language: str) -> None:
    page = html.document_fromstring((folder / f"factsheet.{language}.html").read_text("utf-8"))
    noted = [
        section.get("id")
        for section in page.iter("section")
        if say("rounding", language) in "".join(note.text_content() for note in section.find_class("note"))
    ]
    assert noted == ["stay"]
    shown = page.get_element_by_id("stay").xpath(".//td[@class='num']")
    assert [cell.text_content() for cell in shown] == ["33%"] * 3


def test_the_note_is_on_paper_too(folder: Path) -> None:
    words = "".join("".join(page.extract_text() for page in PdfReader(folder / "factsheet.en.pdf").pages).split())
    assert words.count("".join(say("rounding", "en").split())) == 1


def test_the_list_of_all_figures_says_so_under_the_same_table(folder: Path) -> None:
    page = html.document_fromstring((folder / "figures" / "index.html").read_text("utf-8"))
    noted = [
        section.find("h2").get("id")
        for section in page.iter("section")
        if say("rounding", "en") in section.text_content()
    ]
    assert noted == ["survey.share-answer"]


def test_nothing_is_noted_where_everything_adds_up(built: Mapping[str, products.Product]) -> None:
    assert not [path for path, product in built.items() if say("rounding", "en").encode() in product.path.read_bytes()]
