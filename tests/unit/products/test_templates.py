"""Templates: every mistake is found in one pass, with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
from pypdf import PdfReader
from tests.unit.products.conftest import MADE_ON

from saphan.core.problem import Problem
from saphan.core.text import Text
from saphan.mission.model import Mission
from saphan.publish import products
from saphan.publish.figures.model import Register
from saphan.publish.products import template

Labels = Mapping[tuple[str, str], Text]
LANGUAGES = ("en", "th", "my")
PROVINCES = ("TH23", "TH27", "TH63", "TH74", "TH85")


@pytest.fixture
def edited(mission: Mission, tmp_path: Path) -> Callable[[str, str], Mission]:
    """The seed mission with one edit in its factsheet."""

    def edit(before: str, after: str) -> Mission:
        folder = tmp_path / "mission"
        copytree(mission.folder, folder)
        file = folder / "products" / "factsheet.toml"
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), "utf-8")
        return replace(mission, folder=folder)

    return edit


def codes(mission: Mission) -> list[str]:
    with pytest.raises(Problem) as refused:
        template.load(mission.folder / "products" / "factsheet.toml", LANGUAGES)
    return [finding.code for finding in refused.value.findings]


def test_the_seed_template_is_sound(mission: Mission) -> None:
    (read,) = template.load(mission.folder / "products" / "factsheet.toml", LANGUAGES)
    placed = {name for page in read.pages for row in page for column in row for name in column.blocks}
    assert placed == read.blocks.keys()


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('kind = "trend"', 'kind = "trent"', "template.kind"),
        ('kind = "trend"\nheight', 'kind = "trend"\nhigh', "toml.value"),
        ('blocks = ["origins"]', 'blocks = ["origin"]', "template.block"),
        ('th = "โดยสรุป", ', "", "template.language"),
        ("[summary]", "[sumary]", "toml.value"),
        ("[summary]", "[summary", "toml.syntax"),
    ],
)
def test_a_mistake_is_found(edited: Callable[[str, str], Mission], before: str, after: str, code: str) -> None:
    assert code in codes(edited(before, after))


def test_a_template_that_is_not_utf_8_is_refused(mission: Mission, tmp_path: Path) -> None:
    file = tmp_path / "factsheet.toml"
    file.write_bytes((mission.folder / "products" / "factsheet.toml").read_text("utf-8").encode("utf-16"))
    with pytest.raises(Problem, match="UTF-8"):
        template.load(file, LANGUAGES)


def test_mistakes_of_several_blocks_are_found_together(
    edited: Callable[[str, str], Mission], register: Register, labels: Labels, tmp_path: Path
) -> None:
    mission = edited("A movement is one crossing", "Around 300 crossings a day; a movement is one crossing")
    file = mission.folder / "products" / "factsheet.toml"
    file.write_text(file.read_text("utf-8").replace("mode=*", "moed=*", 1), "utf-8")
    with pytest.raises(Problem) as refused:
        products.build(register, mission, tmp_path / "out", labels=labels, made_on=MADE_ON)
    found = {finding.code for finding in refused.value.findings}
    assert found == {"template.naked", "template.figure"}
    assert not (tmp_path / "out").exists()


def test_text_that_overflows_its_pages_is_refused(
    edited: Callable[[str, str], Mission], register: Register, labels: Labels, tmp_path: Path
) -> None:
    mission = edited("A movement is one crossing by one person", "A movement is one crossing by one person. " * 60)
    with pytest.raises(Problem) as refused:
        products.build(register, mission, tmp_path / "out", labels=labels, made_on=MADE_ON)
    assert refused.value.findings[0].code == "template.pages"


def test_the_seed_mission_has_nothing_wrong(mission: Mission) -> None:
    found, findings = products.find(mission)
    assert [one.id for one in found] == ["factsheet", *(f"needs-{code}" for code in PROVINCES)]
    assert findings == []


def test_everything_wrong_is_found_before_there_is_a_figure(edited: Callable[[str, str], Mission]) -> None:
    mission = edited("A movement is one crossing", "Around 300 crossings a day; a movement is one crossing")
    file = mission.folder / "products" / "factsheet.toml"
    text = file.read_text("utf-8")
    for before, after in (
        ("TH6304 = ", "TH6399 = "),
        ("{cite:dtm-framework}", "{cite:dtm}"),
        ("{about:survey", "{abuot:survey"),
        ('kind = "sankey"', 'kind = "sanky"'),
    ):
        assert before in text
        text = text.replace(before, after, 1)
    file.write_text(text, "utf-8")
    _, findings = products.find(mission)
    # A template with a block of no known kind cannot be read, so its places stay unread; its sentences do not.
    assert {one.code for one in findings} == {"template.naked", "template.citation", "hedge.unknown", "template.kind"}
    file.write_text(text.replace('kind = "sanky"', 'kind = "sankey"'), "utf-8")
    _, findings = products.find(mission)
    assert "place.unknown" in {one.code for one in findings}
    assert all(one.at.file == "products/factsheet.toml" and one.at.column and one.at.row for one in findings)


def test_charts_give_way_to_somewhat_longer_text(
    edited: Callable[[str, str], Mission], register: Register, labels: Labels, tmp_path: Path
) -> None:
    mission = edited("A movement is one crossing by one person", "A movement is one crossing by one person. " * 20)
    made = products.build(register, mission, tmp_path / "out", labels=labels, made_on=MADE_ON)
    (sheet,) = [product for product in made if product.path.name == "factsheet.en.pdf"]
    assert len(PdfReader(sheet.path).pages) == 2
